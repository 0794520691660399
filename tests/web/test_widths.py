"""axe finds nothing at all in the chat, the console and the pages, as narrow as a phone, a tablet and a desk.

What has only one column, or folds, at one width is another page to those who hear it; so each width is looked at.
"""

import pytest
from playwright.async_api import Page

from tests.web.agents import Agents
from tests.web.browser import BROWSER, Live, Visitor, axe_violations
from tests.web.chatting import Talk
from tests.web.test_console_browser import SHOWN
from tests.web.test_pages_browser import PLACES

pytestmark = BROWSER
WIDTHS = {
    "phone": {"width": 360, "height": 740},
    "tablet": {"width": 768, "height": 1024},
    "desk": {"width": 1280, "height": 800},
}
AT = pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
MORE = {"in English": "/?lang=en", "check": "/check", "English page": "/a/royalty-cap?lang=en"}


async def faults(page: Page) -> list[str]:
    """What axe finds, and whether one must scroll sideways."""
    found = await axe_violations(page)
    if not await page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        found.append("the page scrolls sideways")
    return found


@AT
async def test_public_pages(visit: Visitor, size: dict[str, int]) -> None:
    visit.expected += ["status of 404"]
    page, found = await visit("", size=size), {}
    for name, path in (PLACES | MORE).items():
        await page.goto(path)
        found[name] = await faults(page)
    assert not {k: v for k, v in found.items() if v}


@AT
async def test_chat(visit: Visitor, size: dict[str, int]) -> None:
    """A talk with choices, an answer, reasons and the menu."""
    talk, found = await Talk.open(visit, size=size), {}
    found["empty"] = await faults(talk.page)
    await talk.say("지원")
    found["choices"] = await faults(talk.page)
    await talk.say("창원대 전화번호")
    await talk.last.locator("[data-act='down']").click()
    found["answer"] = await faults(talk.page)
    await talk.at.locator("#open-menu").click()
    await talk.at.locator("#menu h3").first.wait_for()
    found["menu"] = await faults(talk.page)
    assert not {k: v for k, v in found.items() if v}


@AT
async def test_console(agent: Agents, live: Live, size: dict[str, int]) -> None:
    page, found = await agent(size=size), {}
    more = ["/console?q=창원대", "/console?q=qwezxc", "/console?q=창원대 전화번호"]
    for path in [*SHOWN, *more]:
        await page.goto(path)
        found[path] = await faults(page)
    assert not {k: v for k, v in found.items() if v}
