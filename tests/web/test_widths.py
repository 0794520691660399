"""axe finds nothing at all in the chat, the console and the pages: as narrow as a phone, at a desk, at 200 %, in every colour.

What has only one column, or folds, at one width is another page to those who hear it; so each is looked at.
"""

import re
from typing import Any

import pytest
from playwright.async_api import Page

from tests.web.agents import Agents, case_of
from tests.web.browser import BROWSER, Live, Visitor, axe_violations
from tests.web.chatting import Talk
from tests.web.test_console_browser import SHOWN
from tests.web.test_pages_browser import PLACES

pytestmark = BROWSER
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
SHAPES: dict[str, dict[str, Any]] = {
    "phone": {"size": PHONE},
    "tablet": {"size": {"width": 768, "height": 1024}},
    "desk": {"size": DESK},
    "200 percent": {"size": {"width": 640, "height": 400}, "device_scale_factor": 2},
    "dark": {"size": DESK, "dark": True},
    "contrast": {"size": PHONE, "contrast": "more"},
    "dark contrast": {"size": DESK, "contrast": "more", "dark": True},
}
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""Rules for what depends on the colours alone: all else is found in the others of the same width."""
IN = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
MORE = {
    "in English": "/?lang=en",
    "check": "/check",
    "end of the check": "/check?a=0.0.1.1",
    "English page": "/a/royalty-cap?lang=en",
    "log-in": "/console/login",
}
BEHIND = [  # what no navigation names
    "/console?q=창원대",
    "/console?q=qwezxc",
    "/console?q=창원대 전화번호",
    "/console/directory?id=institution.changwon",
    "/console/compare?with=institution.changwon&with=institution.chosun",
    "/console/workshop/review?within=90",
    "/console/workshop/use",
    "/console/workshop/files",
    "/console/mend/royalty-cap",
    "/console/try?q=창원대 전화",
    "/console/tickets?state=closed",
]


async def faults(page: Page, shape: dict[str, Any], name: str) -> list[str]:
    """What axe finds, whether one must scroll sideways, and whether somebody who asks for contrast got it; with a picture."""
    strong, dark = shape.get("contrast") == "more", "dark" in shape
    found = await axe_violations(page, *(OF_COLOURS if strong or dark else ()))
    if not await page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        found.append("the page scrolls sideways")
    if strong != (await page.evaluate("document.documentElement.dataset.contrast") == "high"):
        found.append("not the contrast that was asked for")
    of = "-".join([str(shape["size"]["width"]), *(["contrast"] if strong else []), *(["dark"] if dark else [])])
    plain = re.sub(r"\W+", "-", name).strip("-")
    await Visitor.shot(page, f"all-{of}-{plain}")
    return found


@IN
async def test_public_pages(visit: Visitor, shape: dict[str, Any]) -> None:
    visit.expected += ["status of 404"]
    page, found = await visit("", **shape), {}
    for name, path in (PLACES | MORE).items():
        await page.goto(path)
        found[name] = await faults(page, shape, name)
    assert not {k: v for k, v in found.items() if v}


@IN
async def test_chat(visit: Visitor, staffed: str, shape: dict[str, Any]) -> None:
    """A talk with choices, an answer, reasons, a person, and all that opens over it."""
    talk, found = await Talk.open(visit, **shape), {}

    async def look(name: str) -> None:
        found[name] = await faults(talk.page, shape, f"chat {name}")

    await look("empty")
    await talk.say("지원")
    await look("choices")
    await talk.say("창원대 전화번호")
    await talk.last.locator("[data-act='down']").click()
    await look("answer")
    await talk.at.locator("#open-menu").click()
    await talk.at.locator("#menu h3").first.wait_for()
    await look("menu")
    await talk.at.locator("#forget").click()
    await talk.at.locator("#forgetting").wait_for()
    await look("forgetting")
    await talk.at.locator("#forget-no").click()
    await talk.at.locator("#person").click()
    await talk.at.locator("#strip").wait_for()
    await look("person")
    await talk.at.locator("#later").click()
    await look("later")
    assert not {k: v for k, v in found.items() if v}


@IN
async def test_console(agent: Agents, live: Live, shape: dict[str, Any]) -> None:
    case = await case_of(live, f"axe-{len(shape)}", "사람과 말하고 싶어요")
    page, found = await agent(**shape), {}
    for path in [*SHOWN, *BEHIND, f"/console/tickets/{case.id}"]:
        await page.goto(path)
        found[path] = await faults(page, shape, path)
    await page.goto("/console/answer/royalty-cap")
    for dialog in ("help", "flag", "asking"):
        await page.evaluate("id => document.getElementById(id).showModal()", dialog)
        found[dialog] = await faults(page, shape, dialog)
        await page.evaluate("id => document.getElementById(id).close()", dialog)
    await page.goto(f"/console/tickets/{case.id}")
    await page.evaluate("document.getElementById('held').showModal()")
    found["held"] = await faults(page, shape, "held")
    assert not {k: v for k, v in found.items() if v}
