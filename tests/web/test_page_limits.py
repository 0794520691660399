"""Pages count as questions do, by what they cost: an address that asks for too many is told so, in its language, and for how long."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.routing import Mount

from bot import app
from bot.desk.desk import HelpDesk
from bot.serve import Server
from bot.settings import Settings
from bot.store.database import Database
from tests.telegram.running import small_knowledge
from tests.web.conftest import Opens, Site

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
HTML = {"Accept": "text/html"}
OPEN = ("/console/login", "/console/feed/{token}.atom", "/api/v1/openapi.json")
FREE = {"/embed.js", "/favicon.ico", "/robots.txt"}
"""What costs no more than to refuse it, as the static files do."""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    """A small desk in its place: nothing here depends on what it knows."""
    return app.desk(small_knowledge(tmp_path_factory.mktemp("knowledge")))


def read_by_anybody(site: Site) -> Iterator[str]:
    """The address of each page, with something in place of its parameters; the console's need a session, the API counts by itself."""
    for route in site.web.routes:
        path = getattr(route, "path", "")
        methods = getattr(route, "methods", None) or ()
        other = path.startswith(("/console", "/api/")) and path not in OPEN
        if not isinstance(route, Mount) and "GET" in methods and not other and path not in FREE:
            yield (
                path.replace("{token}", "x").replace("{id:path}", "x").replace("{id}", "x").replace("{section}", "x")
            )


async def refused(site: Site, method: str, path: str, address: str) -> httpx.Response:
    """What somebody gets who has asked for all that their address may."""
    async with site.client(address, **HTML) as client:
        await client.get("/browse")
        return await client.request(method, path)


async def test_no_page_is_without_a_limit(site: Opens) -> None:
    async with site(Database(NOWHERE), rate=0.1) as opened:
        paths = [("GET", path) for path in read_by_anybody(opened)]
        paths += [("POST", "/console/login"), ("GET", "/nowhere")]
        assert {"/", "/a/x", "/browse", "/check", "/sitemap.xml", "/console/login"} <= {path for _, path in paths}
        for number, (method, path) in enumerate(paths):
            reply = await refused(opened, method, path, f"203.0.113.{number}")
            assert reply.status_code == 429, (method, path)
            assert int(reply.headers["retry-after"]) >= 1, (method, path)


async def test_what_costs_more_counts_for_more(site: Opens) -> None:
    async with (
        site(Database(NOWHERE), rate=2.0, public_url="https://desk.test") as opened,
        opened.client(**HTML) as client,
    ):
        statuses = [(await client.get("/sitemap.xml")).status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]  # ten requests at once, and the list of all pages counts for five


async def test_a_long_search_counts_for_more(site: Opens) -> None:
    async with site(Database(NOWHERE), rate=2.0) as opened, opened.client(**HTML) as client:
        long = [(await client.get("/browse", params={"q": "골뱅이" * 60})).status_code for _ in range(3)]
    assert long == [200, 429, 429]  # as long as a question in a body may be at the same price


@pytest.mark.parametrize(
    ("path", "wanted", "code", "told"),
    [
        ("/a/x", "ko", "ko", "{}초 뒤에"),
        ("/a/x", "en", "en", "try again in {} s"),
        ("/a/x?lang=en", "ko", "en", "try again in {} s"),
        ("/console/login", "en", "ko", "{}초 뒤에"),
    ],
)
async def test_a_page_says_how_long_to_wait(site: Opens, path: str, wanted: str, code: str, told: str) -> None:
    limited = site(Database(NOWHERE), rate=0.1, frame_ancestors="https://univ.example")
    async with limited as opened, opened.client(**HTML) as client:
        client.headers["Accept-Language"] = wanted
        await client.get("/browse")
        reply = await client.get(path)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{code}">' in reply.text
    assert told.format(reply.headers["retry-after"]) in reply.text
    framed = (
        "'none'" if path.startswith("/console") else "https://univ.example"
    )  # else the frame of a site stays blank
    assert reply.headers["content-security-policy"] == f"default-src 'none'; frame-ancestors {framed}"


async def test_another_address_is_served(site: Opens) -> None:
    async with site(Database(NOWHERE), rate=0.1) as opened:
        assert (await refused(opened, "GET", "/", "203.0.113.7")).status_code == 429
        async with opened.client("203.0.113.8", **HTML) as other:
            assert (await other.get("/")).status_code == 200


async def test_whoever_watches_the_server_may_ask_as_often_as_they_like(tmp_path: Path) -> None:
    knowledge = small_knowledge(tmp_path)
    server = Server(Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/h.db", rate=0.1), knowledge)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server.web()), base_url="http://desk.test") as client:
        for path, status in (("/healthz", 200), ("/readyz", 503), ("/version", 200)):  # it does not run: not ready
            assert {(await client.get(path)).status_code for _ in range(20)} == {status}
