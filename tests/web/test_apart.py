"""Whatever a route reads or ranks, it does where answers are found: meanwhile everything else is served."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.channels.web.console.app import PAGES
from bot.channels.web.console.workshop import HOME
from bot.desk.desk import HelpDesk
from bot.store.database import Database
from tests.web.conftest import Opens, Site
from tests.web.staffroom import ONE, Colleague, hire

TEXT = "구내식당은 몇 시에 여나요 {number}"
READ = {
    ("GET", "/console"),
    ("GET", "/console/search"),
    ("GET", "/console/answer/{id:path}"),
    ("GET", "/console/directory"),
    ("GET", "/console/try"),
    ("GET", "/console/tickets/{number}"),
    ("POST", "/console/none"),
    ("POST", "/console/flag"),
    ("POST", "/console/copied"),
    ("GET", "/browse"),
    ("GET", "/api/v1/suggest"),
    ("POST", "/api/v1/ask"),
}
"""Every route that reads a text that was not read before; what an open case asks for again is remembered."""


class Watched:
    """Takes the place of what reads: in the thread of answers it waits until something else was served; elsewhere it is noted."""

    def __init__(self) -> None:
        self.reading, self.served = threading.Event(), threading.Event()
        self.loop, self.in_the_loop = threading.current_thread(), 0

    def instead_of(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def read(*given: Any, **more: Any) -> Any:
            if threading.current_thread() is self.loop:
                self.in_the_loop += 1
            else:
                self.reading.set()
                assert self.served.wait(20), "nothing else was served"
            return real(*given, **more)

        return read

    async def request(self, site: Site, asking: asyncio.Task[Any]) -> bool:
        """Return whether a request reads anything; something else is served meanwhile."""
        while not asking.done() and not self.reading.is_set():
            await asyncio.sleep(0.001)
        read = self.reading.is_set()
        assert (await site.client().get("/")).status_code == 200
        self.served.set()
        await asking
        self.reading.clear()
        self.served.clear()
        return read


@pytest.fixture
def watched(shipped: HelpDesk, monkeypatch: pytest.MonkeyPatch) -> Watched:
    made = Watched()
    for of, name in ((shipped.matcher, "read"), (shipped.matcher, "rank"), (shipped.matcher.reader, "read")):
        monkeypatch.setattr(of, name, made.instead_of(getattr(of, name)))
    return made


@ONE
async def test_no_route_reads_a_text_in_the_loop(
    database: Database, site: Opens, shipped: HelpDesk, watched: Watched
) -> None:
    unlisted = next(e.id for e in shipped.base.entries.values() if e.unlisted)
    await hire(database, "admin")
    async with site(database) as opened:
        park = await Colleague(opened).enter("admin1")
        case = await opened.user("visitor").post("/api/v1/ticket", json={"text": TEXT.format(number="상담")})
        values = {"number": case.json()["ticket"]["id"], "id": unlisted, "id:path": unlisted, "login": "nobody"}
        read: set[tuple[str, str]] = set()
        for number, (method, path, asking) in enumerate(requests(opened, park, values)):
            watched.in_the_loop = 0
            if await watched.request(opened, asyncio.create_task(asking(TEXT.format(number=number)))):
                read.add((method, path))
            assert not watched.in_the_loop, (method, path)
    assert read == READ


def requests(site: Site, park: Colleague, values: dict[str, Any]) -> Iterator[Any]:
    """Every route that may take a text, and how it is asked with one."""
    for page in PAGES:
        if page.path.startswith(HOME) or "logout" in page.path or "/me" in page.path:
            continue
        path = page.path
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", str(value))
        yield page.method, page.path, lambda text, page=page, path=path: _asked(park, page.method, path, text)
    visitor = site.user("visitor")
    yield "GET", "/browse", lambda text: visitor.get("/browse", params={"q": text})
    yield "GET", "/api/v1/suggest", lambda text: visitor.get("/api/v1/suggest", params={"q": text})
    yield "POST", "/api/v1/ask", lambda text: visitor.post("/api/v1/ask", json={"text": text})


def _asked(park: Colleague, method: str, path: str, text: str) -> Any:
    if method == "GET":
        return park.http.get(path, params={"q": text, "before": f"{text} 먼저"})
    form = {"question": text, "words": f"{text} 하나\n{text} 둘", "call": "c", "entry": "royalty-cap", "why": "stale"}
    return park.send(path, **form)
