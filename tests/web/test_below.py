"""Below a path of somebody else's site: `https://host/help`, behind a proxy that takes the path off or leaves it on."""

import re
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import httpx
import pytest
from playwright.async_api import Browser, expect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.web.below import path_of
from bot.store import accounts
from bot.store.database import Database
from tests.web.browser import BROWSER, Visitor, live_on
from tests.web.conftest import Opens, Site
from tests.web.sites import site
from tests.web.staffroom import ONE, PASSWORD, Colleague, hidden, hire

HOST = "http://desk.test"
SEEN = f"{HOST}/help"
_LINK = re.compile(r'(?:href|src|action|formaction)="([^"]+)"')


class Proxy:
    """Passes on what is below `/help`, with the path or without it; all else belongs to somebody else."""

    def __init__(self, app: ASGIApp, *, strips: bool) -> None:
        self.app, self.strips = app, strips
        self.state = getattr(app, "state", None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith("/help"):
            await PlainTextResponse("somebody else's", 418)(scope, receive, send)
            return
        if self.strips:
            path = scope["path"].removeprefix("/help") or "/"
            scope = {**scope, "path": path, "raw_path": scope["raw_path"].removeprefix(b"/help") or b"/"}
        await self.app(scope, receive, send)


@pytest.fixture(params=[True, False], ids=["path taken off", "path left on"])
def strips(request: pytest.FixtureRequest) -> bool:
    return request.param


def behind(site: Site, *, strips: bool) -> Site:
    """Put the proxy before a site."""
    site.web = Proxy(site.web, strips=strips)
    return site


def links(html: str, at: str) -> set[str]:
    """The addresses that a page names, on its own host."""
    found = {urldefrag(urljoin(at, link.replace("&amp;", "&")))[0] for link in _LINK.findall(html)}
    return {a for a in found if a.startswith(HOST)}


async def crawled(client: httpx.AsyncClient, *begin: str, most: int = 60) -> dict[str, int]:
    """Follow links breadth first, a few of each kind, and return what each answered."""
    waiting, answered, kinds = [*begin], {}, {}
    while waiting and len(answered) < most:
        address = waiting.pop(0)
        kind = "/".join(address.split("?")[0].split("/")[:6])
        kinds[kind] = kinds.get(kind, 0) + 1
        if address in answered or kinds[kind] > 3:
            continue
        response = await client.get(address, headers={"Accept": "text/html"})
        answered[address] = response.status_code
        if "text/html" in response.headers.get("content-type", ""):
            waiting += sorted(links(response.text, address))
    return answered


@ONE
async def test_pages_link_to_themselves_only(database: Database, site: Opens, strips: bool) -> None:
    async with site(database, public_url=SEEN, rate=0) as opened:
        client = behind(opened, strips=strips).client()
        found = await crawled(client, f"{SEEN}/", f"{SEEN}/browse", f"{SEEN}/check", f"{SEEN}/browse?q=접수")
        assert len(found) > 20
        assert {a: s for a, s in found.items() if s != 200} == {}
        assert "/help/static/" in (await client.get(f"{SEEN}/")).text
        kept = await client.get(next(a for a in found if "/static/" in a))
        assert "immutable" in kept.headers["cache-control"]
        assert f"{SEEN}/a/" in (await client.get(f"{SEEN}/sitemap.xml")).text
        assert "Disallow: /help/console" in (await client.get(f"{SEEN}/robots.txt")).text


@ONE
async def test_the_api_and_the_script_of_other_sites(database: Database, site: Opens, strips: bool) -> None:
    async with site(database, public_url=SEEN) as opened:
        client = behind(opened, strips=strips).client()
        asked = await client.post(f"{SEEN}/api/v1/ask", json={"text": "접수 기간 알려주세요"})
        assert asked.status_code == 200
        described = (await client.get(f"{SEEN}/api/v1/openapi.json")).json()
        assert described["servers"] == [{"url": SEEN}]
        assert (await client.get(f"{SEEN}/embed.js")).status_code == 200
        assert (await client.get(f"{SEEN}/healthz/nothing", headers={"Accept": "text/html"})).status_code == 404


@ONE
async def test_the_console(database: Database, site: Opens, strips: bool) -> None:
    await hire(database, "admin", "admin1")
    async with site(database, public_url=SEEN, rate=0) as opened:
        http = behind(opened, strips=strips).client(Accept="text/html")
        away = await http.get(f"{SEEN}/console/tickets")
        assert away.headers["location"] == "/help/console/login?next=%2Fconsole%2Ftickets"
        page = await http.get(urljoin(SEEN, away.headers["location"]))
        assert 'action="/help/console/login"' in page.text
        form = {**hidden(page.text), "login": "admin1", "password": PASSWORD}
        came = await http.post(f"{SEEN}/console/login", data=form)
        assert (came.status_code, came.headers["location"]) == (303, "/help/console/tickets")
        assert {c.path for c in http.cookies.jar} >= {"/help/console"}
        found = await crawled(http, f"{SEEN}/console", f"{SEEN}/console/tickets", f"{SEEN}/console/me", most=45)
        sound = {200, 405}  # the second: what forms are sent to
        without = f"{SEEN}/console/workshop"  # there is no folder to work on
        assert {a: s for a, s in found.items() if s not in sound and a != without} == {}
        assert len(found) > 12


@ONE
async def test_a_desk_at_the_root_is_as_it_was(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database, public_url="http://desk.test/") as opened:
        page = await opened.client().get("/")
        assert 'src="/static/' in page.text
        assert "//static/" not in page.text
        came = await Colleague(opened).log_in("agent1")
        assert came.headers["location"] == "/console"
    assert path_of("https://desk.test/") == path_of("") == ""


def other_site(script: str) -> AbstractContextManager[str]:
    """A page of somebody else's that includes a script."""
    return site(f"<!doctype html><title>x</title><main>x</main>{script}")


@BROWSER
async def test_the_chat_the_button_and_the_console_in_a_browser(chromium: Browser, tmp_path: Path) -> None:
    live = live_on(tmp_path)
    live.server.settings.public_url = f"{live.url}/help"
    made = live.server.web()
    live.server.web = lambda: Proxy(made, strips=True)
    live.start()
    visit = Visitor(chromium, live.url, "below")
    try:
        await _chat(visit)
        with other_site(f'<script src="{live.url}/help/embed.js" async></script>') as other:
            page = await visit(other)
            await page.get_by_role("button", name="물어보기").click()
            await expect(page.frame_locator("iframe").locator("#notice")).to_be_attached()
        await live.do(_hired(live.server.database))
        await _console(visit)
        assert not visit.unexpected()
    finally:
        await visit.close(failed=False)
        live.stop()


async def _chat(visit: Visitor) -> None:
    page = await visit("/help/")
    await page.get_by_role("textbox").fill("접수 기간 알려주세요")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.desk").last).to_contain_text("2022")
    async with page.expect_popup() as opened:
        await page.locator("a.page").last.click()
    answer = await opened.value
    await expect(answer.get_by_role("heading", level=1)).to_be_visible()


async def _hired(database: Database) -> None:
    from datetime import UTC, datetime

    async with database.write() as connection:
        await accounts.add(connection, "", "agent1", "김상담", "agent", PASSWORD, datetime.now(UTC))


async def _console(visit: Visitor) -> None:
    page = await visit("/help/console")
    await page.get_by_label("아이디").fill("agent1")
    await page.get_by_label("비밀번호").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/help/console")
    await page.wait_for_load_state()
    await page.get_by_role("searchbox").or_(page.get_by_role("combobox")).first.fill("접수 기간")
    await expect(page.get_by_role("option").first).to_be_visible()
    assert "/help/console" in page.url
