"""Members of staff at the console in real Chromium, and visitors' cases as the application keeps them."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from bot.store import keys, tickets
from bot.store.tickets import Ticket
from tests.web.browser import Live, Visitor
from tests.web.staffroom import PASSWORD, hire

_HIRED: dict[int, set[str]] = {}


@dataclass
class Agents:
    """Opens the console as a member of staff."""

    visit: Visitor
    live: Live

    async def __call__(
        self, path: str = "/console", *, role: str = "admin", login: str = "", name: str = "", **how
    ) -> Page:
        login = login or role
        hired = _HIRED.setdefault(id(self.live), set())
        if login not in hired:
            await self.live.do(hire(self.live.parts.database, role, login, name))
            hired.add(login)
        page = await self.visit("/console/login", **how)
        await page.fill("#login", login)
        await page.fill("#password", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/console")
        if path != "/console":
            await page.goto(path)
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def agent(visit: Visitor, live: Live) -> AsyncIterator[Agents]:
    yield Agents(visit, live)


async def clipboard(page: Page) -> str:
    return await page.evaluate("navigator.clipboard.readText()")


async def allow_clipboard(context: BrowserContext) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"])


@pytest.fixture
def staffed(live: Live) -> str:
    """Make sure that somebody is there to answer."""
    name = f"상담 {uuid.uuid4().hex[:6]}"

    async def add() -> None:
        async with live.parts.database.write() as connection:
            await keys.add(connection, name, "agent", datetime.now(UTC))

    asyncio.run_coroutine_threadsafe(add(), live.loop).result(30)
    return name


async def case_of(live: Live, user: str, *texts: str, channel: str = "web") -> Ticket:
    """Open a case in which its user wrote some texts."""

    async def work() -> Ticket:
        now = datetime.now(UTC)
        async with live.parts.database.write() as connection:
            case = await tickets.open_ticket(connection, user, channel, "", "ko", "", now)
            for text in texts:
                await tickets.say(connection, case.id, "user", text, now)
            return case

    return await live.do(work())


async def writes(live: Live, case: Ticket, text: str, author: str = "user") -> None:
    """Let a case's user, or a colleague, say something."""

    async def work() -> None:
        now = datetime.now(UTC)
        async with live.parts.database.write() as connection:
            if author == "user":
                await tickets.say(connection, case.id, "user", text, now)
            else:
                assert await live.parts.cases.staff_says(connection, case, author, text, now)

    await live.do(work())
