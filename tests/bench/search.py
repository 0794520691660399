"""From a keystroke to what it finds on the screen, in real Chromium on the shipped knowledge: the console's search, and
the chat's suggestions.

`helpdesk serve` is a process of its own on SQLite; the browser types questions a syllable at a time, and the next comes
when the results of the last are painted. A second figure is until the first answer stands beside them, which waits
40 ms for the fingers to rest. In the chat a keystroke comes 120 ms after the last, as a quick
typist's does, and no sooner than what the last found is painted.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import table
from tests.bench.data import ROOT
from tests.bench.roster import Roster
from tests.bench.system import say
from tests.bench.throughput import asked

if TYPE_CHECKING:
    from playwright.async_api import Browser

LIMIT = 30.0
"""Milliseconds within which 95 of 100 keystrokes in the console must have their results."""
CHAT_LIMIT = 50.0
"""The same for what the chat suggests."""
_KEYS, _QUICK, _WARM = 200, 60, 15
_PASSWORD = "measuring-is-knowing"
_PATIENCE = 120.0
_WATCH = """() => {
  window.seen = { typed: 0, results: 0, answer: 0 };
  const field = document.getElementById('q');
  field.addEventListener('beforeinput', (e) => { seen.typed = e.timeStamp; seen.results = seen.answer = 0; }, true);
  const painted = (name) => requestAnimationFrame(() => setTimeout(() => { seen[name] ||= performance.now() - seen.typed; }));
  new MutationObserver(() => painted('results')).observe(document.getElementById('list'), { childList: true });
  new MutationObserver(() => painted('answer')).observe(document.getElementById('reader'), { childList: true });
}"""
_PACE = 120
"""Milliseconds between two keystrokes in the chat."""
_WATCH_CHAT = """() => {
  window.seen = { typed: 0, suggested: 0 };
  const list = document.getElementById('suggestions');
  document.getElementById('text').addEventListener('beforeinput', (e) => { seen.typed = e.timeStamp; seen.suggested = 0; }, true);
  const painted = () => requestAnimationFrame(() => setTimeout(() => { seen.suggested ||= performance.now() - seen.typed; }));
  new MutationObserver(painted).observe(list, { childList: true, attributes: true });
}"""


@dataclass(frozen=True)
class Typing:
    """Milliseconds from each keystroke to its results, to the answer beside them, and in the chat to what is suggested."""

    results: tuple[float, ...]
    answers: tuple[float, ...]
    suggestions: tuple[float, ...]
    entries: int
    wordings: int

    @property
    def p95(self) -> float:
        return _percentile(self.results, 95)


def measure(roster: Roster, questions: Path, quick: bool) -> Typing | None:
    """Type 200 keystrokes (`quick`: 60); None where there is no browser or the console does not open."""
    from tests.web.browser import chromium_path

    path = chromium_path()
    if not path:
        roster.failed("search: no Chromium is installed")
        return None
    try:
        return asyncio.run(_typed(path, asked(questions), _QUICK if quick else _KEYS))
    except Exception as error:
        roster.failed(f"search: {type(error).__name__}: {error}")
        return None


async def _typed(chromium: str, texts: list[str], count: int) -> Typing:
    from playwright.async_api import async_playwright

    from tests.web.browser import _FLAGS

    async with _console() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="ko-KR")
        await page.goto(f"{address}/console/login")
        await page.fill("#login", "bench")
        await page.fill("#password", _PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/console")
        await page.evaluate(_WATCH)
        results: list[float] = []
        answers: list[float] = []
        for key in _keys(texts, count + _WARM):
            if key is None:
                await page.evaluate("document.getElementById('q').value = ''")
                continue
            await page.keyboard.insert_text(key)
            await page.wait_for_function("() => window.seen.results > 0")
            if await page.locator('[role="option"]').count():
                await page.wait_for_function("() => window.seen.answer > 0")
                answers.append(await page.evaluate("seen.answer"))
            results.append(await page.evaluate("seen.results"))
        suggestions = await _suggested(browser, address, texts, count)
        await browser.close()
    from bot.knowledge.build import load

    base = load(ROOT / "knowledge")
    wordings = sum(len(f.wordings) for f in base.frames)
    return Typing(
        tuple(results[_WARM:]), tuple(answers[_WARM:]), tuple(suggestions[_WARM:]), len(base.entries), wordings
    )


async def _suggested(browser: "Browser", address: str, texts: list[str], count: int) -> list[float]:
    """Type in the chat and return the milliseconds until what a keystroke finds is suggested."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800}, locale="ko-KR")
    await page.goto(address)
    await page.locator("#composer").wait_for()
    await page.evaluate(_WATCH_CHAT)
    await page.focus("#text")
    found: list[float] = []
    letters = 0
    for key in _keys(texts, count + _WARM):
        letters = 0 if key is None else letters + 1
        if key is None:
            await page.fill("#text", "")
        else:
            await page.keyboard.insert_text(key)
        await page.wait_for_timeout(_PACE)
        if letters > 1:  # to one letter nothing is suggested
            await page.wait_for_function("() => window.seen.suggested > 0")
            found.append(await page.evaluate("seen.suggested"))
    return found


def _keys(texts: list[str], count: int) -> Iterator[str | None]:
    """Return `count` keystrokes of questions, spread over them all, and None between two questions."""
    done = 0
    for text in texts[:: max(1, len(texts) // count)]:
        yield None
        for key in text[:40]:
            if done == count:
                return
            if not key.isspace():  # a space changes nothing in what is found, but counts as part of the text
                done += 1
                yield key


@asynccontextmanager
async def _console() -> AsyncIterator[str]:
    """Serve the console on an empty database with one account."""
    from tests.telegram.running import free_port

    with tempfile.TemporaryDirectory(prefix="hd-bench-") as folder:
        port = free_port()
        settings = {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": "",
            "HELPDESK_DATABASE_URL": f"sqlite:///{folder}/bench.db",
            "HELPDESK_PORT": str(port),
        }
        command = [sys.executable, "-m", "bot"]
        add = await asyncio.create_subprocess_exec(
            *command, "staff", "add", "bench", cwd=ROOT, env=settings, stdin=asyncio.subprocess.PIPE, stdout=-3
        )
        await add.communicate(f"{_PASSWORD}\n".encode())
        serve = await asyncio.create_subprocess_exec(*command, "serve", cwd=ROOT, env=settings, stdout=-3, stderr=-3)
        try:
            address = f"http://127.0.0.1:{port}"
            await asyncio.wait_for(_ready(f"{address}/readyz"), _PATIENCE)
            yield address
        finally:
            serve.terminate()
            await serve.wait()


async def _ready(address: str) -> None:
    while True:
        try:
            with await asyncio.to_thread(urllib.request.urlopen, address):
                return
        except OSError:
            await asyncio.sleep(0.1)


def _percentile(values: tuple[float, ...], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100)[percent - 1]


def show(found: Typing | None) -> None:
    """Print the figures, if there are any."""
    if found is None:
        return
    rows = [
        [name, *(f"{v:.0f}" for v in (statistics.median(ms), _percentile(ms, 95), max(ms)))]
        for name, ms in (
            ("results", found.results),
            ("first answer beside them", found.answers),
            ("suggestions in the chat", found.suggestions),
        )
        if ms
    ]
    title = (
        f"Search in the browser, {len(found.results)} keystrokes, {found.wordings:,} wordings; ms after the keystroke"
    )
    table.show(title, ["shown", "median", "p95", "longest"], rows)
    chat = _percentile(found.suggestions, 95)
    for name, p95, limit in (("search", found.p95, LIMIT), ("chat", chat, CHAT_LIMIT)):
        verdict = "within" if p95 <= limit else "NOT within"
        say(f"  {name}: p95 {p95:.0f} ms is {verdict} {limit:.0f} ms")
