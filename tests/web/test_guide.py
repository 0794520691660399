"""The pictures of the guide for agents and of the README: `make pictures` takes them, and each run checks that all still come about."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.store import tickets
from tests.web.agents import Agents
from tests.web.browser import ARTIFACTS, BROWSER, Live, Visitor
from tests.web.chatting import Talk
from tests.web.test_console_browser import live_now

pytestmark = BROWSER
DOCS = Path(__file__).resolve().parents[2] / "docs"
PLACE = Path(os.environ.get("HELPDESK_PICTURES") or ARTIFACTS / "guide")
SIZE = {"width": 1180, "height": 720}
PAGES = ("agents.md", "../README.md", "../README.ko.md")
SHOWN = {
    page: re.findall(r"!\[.+?\]\([\w/]*pictures/(\w+)\.jpg\)", (DOCS / page).read_text("utf-8")) for page in PAGES
}


async def shot(page: Page, name: str) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PLACE / f"{name}.jpg", type="jpeg", quality=72, animations="disabled")


async def find(page: Page, text: str) -> None:
    await page.goto("/console")
    await page.fill("#q", text)
    await expect(page.locator("#results")).to_have_attribute("data-said", re.compile("."))


async def answer(page: Page, live: Live) -> None:
    await find(page, "창원대 전화")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer-title")).to_have_text("창원대 전화번호")


async def initials(page: Page, live: Live) -> None:
    await find(page, "ㄱㅅㄹ")
    await expect(page.locator("#list .hint").first).to_contain_text("기술료")


async def nothing(page: Page, live: Live) -> None:
    await find(page, "하남시 창업보조금")
    await expect(page.locator("#answer-title")).to_have_text("확인된 답이 없습니다")


async def inbox(page: Page, live: Live) -> None:
    async def a_case() -> int:
        async with live.parts.database.write() as connection:
            case = await tickets.open_ticket(
                connection, "guide-user", "web", "", "ko", "기술료를 나누어 낼 수 있나요", live_now()
            )
            await tickets.say(connection, case.id, "user", "저희 회사는 작년에 협약했습니다", live_now())
            return case.id

    await page.goto(f"/console/tickets/{await live.do(a_case())}")
    await expect(page.get_by_text("저희 회사는 작년에 협약했습니다").first).to_be_visible()


async def directory(page: Page, live: Live) -> None:
    await page.goto("/console/directory?id=institution.changwon")
    await expect(page.locator("h1")).to_have_text("국립창원대학교")


async def keys(page: Page, live: Live) -> None:
    await page.goto("/console")
    await page.evaluate("document.getElementById('help').showModal()")
    await expect(page.locator("#help")).to_be_visible()
    one = "t => Math.min(...[...t.rows].map(r => r.offsetHeight))"
    lowest = await page.eval_on_selector_all("#help table", f"all => all.map({one})")
    assert max(lowest) <= min(lowest) + 2, "no table is stretched to the one beside it"


SCREENS = {f.__name__: f for f in (answer, initials, nothing, inbox, directory, keys)}


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_of_the_guide(agent: Agents, live: Live, name: str) -> None:
    page = await agent(login="guide", role="agent", name="김상담", size=SIZE)
    await SCREENS[name](page, live)
    await shot(page, name)


async def test_the_chat_of_the_readme(visit: Visitor) -> None:
    talk = await Talk.open(visit, phone=True)
    await talk.say("창운대 담당 전번좀")
    await talk.reads("055-213-2114")
    await shot(talk.page, "chat")


async def test_every_picture_is_shown_and_small() -> None:
    assert sorted(SHOWN["agents.md"]) == sorted(SCREENS), "each screen once"
    pictures = {p.stem: p.stat().st_size for p in (DOCS / "pictures").iterdir()}
    assert set(pictures) == {*SCREENS, "chat"}
    assert {name for shown in SHOWN.values() for name in shown} == set(pictures)
    assert max(pictures.values()) < 150_000
