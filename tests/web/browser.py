"""Real Chromium, and the real application on uvicorn with a real database, for tests that act as people do.

A test module that uses it sets `pytestmark = BROWSER`: Playwright lives on one event loop for the whole session.
One Chromium and one application a session, a context (its own storage) a page. Screenshots are kept in `tests/artifacts`.
"""

import asyncio
import os
import re
import shutil
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from bot.channels.web.parts import Parts
from bot.serve import Server
from bot.settings import Settings
from tests.conftest import SHIPPED
from tests.telegram.running import free_port

T = TypeVar("T")
BROWSER = pytest.mark.asyncio(loop_scope="session")
ARTIFACTS = Path(__file__).resolve().parent.parent / "artifacts"
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
PATIENCE = 30_000
"""Milliseconds that an expected thing may take: the machine may be busy."""
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """Return where Chromium is, or empty."""
    usual = "/usr/bin/chromium"
    named = os.environ.get("CHROMIUM") or (usual if Path(usual).exists() else "")
    return (
        named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
    )


@dataclass
class Live:
    """`helpdesk serve` in a thread of its own. `parts` and `do` reach into it: to open a case, or to answer as staff."""

    server: Server
    port: int
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _uvicorn: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def parts(self) -> Parts:
        """What the web routes are made of."""
        found: Parts = self._web.state.parts
        return found

    async def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the application's own event loop, such as a transaction, and return its result."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    def start(self) -> None:
        """Serve; return when it answers."""
        self._web = self.server.web()
        config = uvicorn.Config(
            self._web, "127.0.0.1", self.port, log_config=None, access_log=False, lifespan="off", ws="none"
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()
        waiting = threading.Event()
        while not self._uvicorn.started:
            assert self._thread.is_alive(), "the application did not start"
            waiting.wait(0.02)

    def stop(self) -> None:
        """Stop, and wait until all is closed."""
        assert self._uvicorn is not None
        assert self._thread is not None
        self._uvicorn.should_exit = True
        self._uvicorn.force_exit = True  # streams that browsers left open
        self._thread.join(30)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        assert self._uvicorn is not None
        async with self.server.running():
            await self._uvicorn.serve()


def live_on(folder: Path, knowledge: Path = SHIPPED, **settings: object) -> Live:
    """Return an application that is not started yet: its database in `folder`, no limit on requests."""
    values: dict[str, Any] = {
        "telegram_token": "",
        "database_url": f"sqlite:///{folder}/live.db",
        "secret": "b" * 40,
        "rate": 0,
        **settings,
    }
    return Live(Server(Settings(_env_file=None, **values), knowledge), free_port())


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The application on the shipped knowledge base, one for all browser tests."""
    made = live_on(tmp_path_factory.mktemp("live"))
    made.start()
    yield made
    made.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium."""
    path = chromium_path()
    if not path:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium fonts-nanum)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        await browser.close()


Visit = Callable[..., Awaitable[Page]]


@dataclass
class Visitor:
    """Opens pages, each in a context of its own, and remembers what went wrong in them."""

    browser: Browser
    base: str
    name: str
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Patterns of faults that the test brings about itself."""
    contexts: list[BrowserContext] = field(default_factory=list)

    async def __call__(
        self, path: str = "", *, phone: bool = False, dark: bool = False, size: Any = None, **context: Any
    ) -> Page:
        """Open a path of the application, or nothing where it is empty, and return the page.

        More arguments are those of Playwright's `new_context`.
        """
        shape: dict[str, Any] = {"viewport": size or (PHONE if phone else DESKTOP)}
        if phone:
            shape |= {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
        opened = await self.browser.new_context(
            **{
                **shape,
                "base_url": self.base,
                "locale": "ko-KR",
                "timezone_id": "Asia/Seoul",
                "color_scheme": "dark" if dark else "light",
                "reduced_motion": "reduce",
                **context,
            }
        )
        opened.set_default_timeout(PATIENCE)
        self.contexts.append(opened)
        opened.on("weberror", lambda e: self.faults.append(f"exception: {e.error}"))
        opened.on("console", self._heard)
        page = await opened.new_page()
        if path:
            await page.goto(path)
        return page

    def _heard(self, said: ConsoleMessage) -> None:
        asked_by_chromium = said.location.get("url", "").endswith("/favicon.ico")
        if said.type == "error" and not asked_by_chromium:
            self.faults.append(f"console: {said.text}")

    @staticmethod
    async def shot(page: Page, name: str, *, whole: bool = False) -> None:
        """Keep a screenshot of what is seen, or of the whole page, as an artifact of the run."""
        ARTIFACTS.mkdir(exist_ok=True)
        await page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=whole, animations="disabled")

    async def close(self, *, failed: bool) -> None:
        """Close all pages, keeping a screenshot of each where the test failed."""
        for i, context in enumerate(self.contexts):
            for j, page in enumerate(context.pages):
                if failed and not page.is_closed():
                    await self.shot(page, f"failed-{self.name}-{i}-{j}")
            await context.close()

    def unexpected(self) -> list[str]:
        """Return what went wrong in pages but was not expected: exceptions, and errors in the console (CSP too)."""
        return [f for f in self.faults if not any(re.search(e, f) for e in self.expected)]


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest_asyncio.fixture(loop_scope="session")
async def visit(request: pytest.FixtureRequest, chromium: Browser, live: Live) -> AsyncIterator[Visitor]:
    """Open pages of the application: `page = await visit("/console", phone=True, dark=True)`.

    An exception in a page, or an error in its console that is not in `visit.expected`, fails the test.
    """
    visitor = Visitor(chromium, live.url, re.sub(r"[^\w-]+", "-", request.node.name))
    yield visitor
    failed = request.node.stash.get(_FAILED, True)
    await visitor.close(failed=failed)
    if not failed:
        assert not visitor.unexpected()


async def axe_violations(page: Page, *rules: str) -> list[str]:
    """Return all that axe finds in a page, best practice included: rule, how bad, what it means, and where."""
    return [
        f"{v['id']} ({v['impact']}): {v['help']}: " + " | ".join(n["html"][:160] for n in v["nodes"][:4])
        for v in await _violations(page, rules)
    ]


async def axe_faults(page: Page, *rules: str) -> list[str]:
    """Return what axe finds serious or critical in a page: rule, what it means, and where. By default by all its rules."""
    return [f for f in await axe_violations(page, *rules) if "(serious): " in f or "(critical): " in f]


async def _violations(page: Page, rules: tuple[str, ...]) -> list[dict[str, Any]]:
    from axe_playwright_python.async_playwright import Axe

    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = await Axe().run(page, options={"resultTypes": ["violations"], **only})
    violations: list[dict[str, Any]] = found.response["violations"]
    return violations
