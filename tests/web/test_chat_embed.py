"""The web chat on another site: put there by a script, or in a frame."""

import re
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect
from pydantic import ValidationError

from bot.chosen import web_options
from bot.settings import Settings
from tests.web.browser import BROWSER, Live, Visitor, axe_faults
from tests.web.chatting import CLOSED, Talk
from tests.web.sites import site

pytestmark = BROWSER
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "embed.md"
STRICT = "default-src 'self'; script-src {desk}; frame-src {desk}; style-src 'self'"


def other_site(body: str, policy: str) -> AbstractContextManager[str]:
    """A site of an institution, on an origin of its own; gives its address."""
    head = "<!doctype html><html lang='ko'><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
    return site(f"{head}<title>어느 기관</title><main><h1>어느 기관</h1>{body}</main>", policy)


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
async def test_by_script_on_a_site_with_a_strict_policy(visit: Visitor, live: Live, phone: bool) -> None:
    script = f'<script src="{live.url}/embed.js" data-language="ko" async></script>'
    with other_site(script, STRICT.format(desk=live.url)) as site:
        page = await visit(site, phone=phone)
        opening = page.get_by_role("button", name="물어보기")
        await expect(opening).to_have_attribute("aria-expanded", "false")
        assert page.frames[1:] == []
        await opening.click()
        talk = Talk(page, page.frame_locator("iframe"))
        await expect(talk.at.locator("#notice")).to_contain_text(CLOSED)
        await talk.say("창운대 전번")
        await talk.reads("055-213-2114")
        await visit.shot(page, f"embed-{'phone' if phone else 'desktop'}")
        assert await axe_faults(page) == []
        await talk.box.press("Escape")
        await expect(page.locator("iframe")).to_be_hidden()
        await expect(opening).to_be_focused()
        await opening.click()
        await talk.reads("055-213-2114")
        await talk.button("닫기").click()
        await expect(page.locator("iframe")).to_be_hidden()


async def test_in_a_frame_in_english(visit: Visitor, live: Live) -> None:
    frame = f'<iframe src="{live.url}/chat?lang=en" title="Help desk" width="340" height="560"></iframe>'
    with other_site(frame, "default-src 'self'; frame-src *") as site:
        page = await visit(site)
        talk = Talk(page, page.frame_locator("iframe"))
        await expect(talk.box).to_have_attribute("placeholder", "Type your question")
        await expect(talk.at.get_by_role("button", name="Close", exact=True)).to_be_hidden()
        await talk.say("can we still apply now")
        await visit.shot(page, "embed-frame-english")


async def test_in_a_sandbox_as_it_is_documented(visit: Visitor, live: Live) -> None:
    wanted = re.search(r"`(allow-scripts[a-z -]*)`", DOCUMENT.read_text(encoding="utf-8"))
    assert wanted is not None
    frame = f'<iframe sandbox="{wanted[1]}" src="{live.url}/chat" title="안내" width="340" height="560"></iframe>'
    with other_site(frame, "default-src 'self'; frame-src *") as site:
        page = await visit(site)
        talk = Talk(page, page.frame_locator("iframe"))
        await talk.say("창운대 전번")
        await talk.reads("055-213-2114")


async def test_only_those_may_embed_it_who_are_allowed(live: Live) -> None:
    response = httpx.get(f"{live.url}/chat")
    assert "frame-ancestors *" in response.headers["content-security-policy"]
    assert "x-frame-options" not in response.headers
    assert httpx.get(f"{live.url}/embed.js").headers["cross-origin-resource-policy"] == "cross-origin"
    allowed = "'self' https://univ.example.kr"
    assert web_options(Settings(_env_file=None, frame_ancestors=allowed)).frame_ancestors == allowed
    with pytest.raises(ValidationError):
        Settings(_env_file=None, frame_ancestors="*; script-src *")


async def test_what_the_documentation_names_is_there(live: Live) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    script = httpx.get(f"{live.url}/embed.js").text
    named = re.findall(r"`data-(\w+)`", text)
    assert named == ["language", "position", "label", "origin"]
    for name in named:
        taken = rf"const \{{[^}}]*\b{name}\b[^}}]*\}} = script\.dataset|script\.dataset\.{name}\b"
        assert re.search(taken, script), name
    for path in re.findall(r"https://desk\.example\.kr(/[^\s\"`]*)", text):
        if path != "/a/항목":
            assert httpx.get(live.url + path).status_code == 200, path
    assert "frame_ancestors" in Settings.model_fields
    assert "HELPDESK_FRAME_ANCESTORS" in text


@pytest.mark.parametrize(
    "script",
    [
        '<script type="module" src="{desk}/embed.js"></script>',
        '<script src="{desk}/embed.js"></script><script src="{desk}/embed.js"></script>',
        '<script data-origin="{desk}">fetch("{desk}/embed.js").then((r) => r.text()).then((t) => (0, eval)(t))</script>',
    ],
    ids=["module", "twice", "fetched"],
)
async def test_however_it_is_included_there_is_one_button(visit: Visitor, live: Live, script: str) -> None:
    with other_site(script.replace("{desk}", live.url), "default-src * 'unsafe-inline' 'unsafe-eval'") as site:
        page = await visit(site)
        await expect(page.get_by_role("button", name="물어보기")).to_have_count(1)
        await page.evaluate("document.body.replaceWith(document.createElement('body'))")  # as a router does
        await page.get_by_role("button", name="물어보기").click()
        await expect(page.frame_locator("iframe").locator("#notice")).to_contain_text(CLOSED)


async def test_a_site_that_isolates_itself_may_frame_it(live: Live) -> None:
    async with httpx.AsyncClient(base_url=live.url) as client:
        headers = (await client.get("/chat?embed=1")).headers
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
