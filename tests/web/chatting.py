"""A visitor at the web chat: what is typed, tapped and read."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.web.browser import PATIENCE, Visitor

expect.set_options(timeout=PATIENCE)
CLOSED = "2022년 6월 7일에 모집이 끝나 지금은 신청할 수 없습니다"
"""What the notice above the conversation begins with."""


@dataclass
class Talk:
    """The chat on a page, or in a frame of it."""

    page: Page
    at: Any
    """The page or the frame in which the chat is."""

    @classmethod
    async def open(cls, visit: Visitor, path: str = "/", **how: Any) -> "Talk":
        page = await visit(path, **how)
        talk = cls(page, page)
        await expect(talk.box).to_be_visible()
        return talk

    @property
    def box(self) -> Locator:
        found: Locator = self.at.locator("#text")
        return found

    @property
    def messages(self) -> Locator:
        """What was said, but for the welcome."""
        found: Locator = self.at.locator(".message:not(.welcome)")
        return found

    @property
    def mine(self) -> Locator:
        found: Locator = self.at.locator(".message.me .typed")
        return found

    @property
    def last(self) -> Locator:
        """The newest message of the desk or of staff."""
        found: Locator = self.at.locator(".message:not(.me):not(.welcome)").last
        return found

    def button(self, name: str) -> Locator:
        found: Locator = self.at.get_by_role("button", name=name, exact=True)
        return found

    async def say(self, text: str) -> None:
        """Type something, send it by Enter and wait until it is answered."""
        before = await self.messages.count()
        await self.box.fill(text)
        await self.box.press("Enter")
        await expect(self.messages).to_have_count(before + 2)

    async def reads(self, text: str) -> None:
        """Wait until the newest message says a text."""
        await expect(self.last).to_contain_text(text)
