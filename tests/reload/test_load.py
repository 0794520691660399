"""Saves under load, at the real process: 50 questions a second over HTTP, none failed, good or broken."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest_asyncio

from bot.desk.desk import HelpDesk
from bot.reload.builder import Builder
from tests.conftest import SHIPPED
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import Process

RATE = 50
GROUP = -1001
USUAL = 1.1
"""Seconds that building the shipped knowledge takes beside this load on two cores with nothing else to do."""
FILE = "entries/fraud.yaml"
ASKED, ENTRY = "사업계획서를 대신 써 주는 건 불법이에요", "fraud-consulting"
OLD, NEW = "정상적인 자문까지 불법이라는 뜻은 아닙니다", "정상적인 자문은 불법이 아닙니다"


@dataclass
class Load:
    """Questions over HTTP, `RATE` a second whether answers come or not."""

    url: str
    questions: list[str]
    failed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    answered: list[tuple[str, str, str]] = field(default_factory=list)
    """Version, entry and text of each answer, as they came."""

    async def __aenter__(self) -> "Load":
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.gather(*self._asked)
        await self._session.close()

    async def _run(self) -> None:
        self._asked: set[asyncio.Task[None]] = set()
        begun, number = time.monotonic(), 0
        while True:
            self._asked.add(asyncio.create_task(self.ask(self.questions[number % len(self.questions)], number % 40)))
            number += 1
            await asyncio.sleep(max(0.0, begun + number / RATE - time.monotonic()))

    async def ask(self, text: str, user: int) -> None:
        begun = time.monotonic()
        headers = {"X-Helpdesk-User": f"load-user-{user:012}"}
        try:
            async with self._session.post(f"{self.url}/api/v1/ask", json={"text": text}, headers=headers) as response:
                body = await response.json()
                if response.status != 200 or not body["text"]:
                    self.failed.append(f"{response.status} {json.dumps(body, ensure_ascii=False)[:200]}")
                    return
                self.answered.append((body["knowledge"], body["entry"], body["text"]))
        except Exception as error:
            self.failed.append(repr(error))
        self.seconds.append(time.monotonic() - begun)

    async def until(self, done: Callable[[], object], seconds: float = 60.0) -> float:
        """Wait until something holds and return how long it took."""
        begun = time.monotonic()
        async with asyncio.timeout(seconds):
            while not done():
                await asyncio.sleep(0.01)
        return time.monotonic() - begun


@pytest_asyncio.fixture
async def running(shipped_copy: Path, tmp_path: Path) -> AsyncIterator[tuple[Process, FakeTelegram]]:
    async with FakeTelegram() as telegram:
        process = Process.of(
            telegram.url,
            f"sqlite:///{tmp_path}/desk.db",
            tmp_path,
            knowledge=shipped_copy,
            HELPDESK_STAFF_CHAT=str(GROUP),
            HELPDESK_RATE="0",
        )
        async with process:
            await ready(process)
            yield process, telegram


async def ready(process: Process) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(60):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{process.port}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)


async def get(process: Process, path: str) -> str:
    url = f"http://127.0.0.1:{process.metrics if path == '/metrics' else process.port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.text()


async def test_saves_under_load_fail_nobody(
    running: tuple[Process, FakeTelegram], shipped_copy: Path, shipped: HelpDesk
) -> None:
    process, telegram = running
    slack = 1.0

    async def measure() -> None:
        """Find out how much slower than usual the machine is just now."""
        nonlocal slack
        begun = time.monotonic()
        with Builder(SHIPPED) as yardstick:
            await yardstick.build()
        slack = max(slack, (time.monotonic() - begun) / USUAL)

    first = shipped.base.version
    path = shipped_copy / FILE
    good = path.read_text(encoding="utf-8")
    questions = [q for f in shipped.base.frames for q in f.tests.match][::7]
    for place in range(0, len(questions), 5):
        questions[place] = ASKED  # ten times a second, so that the first new answer is seen at once

    def consulted() -> list[tuple[str, str, str]]:
        return [a for a in load.answered if a[1] == ENTRY]

    async with Load(f"http://127.0.0.1:{process.port}", questions) as load:
        await load.until(lambda: len(load.answered) > RATE)
        assert OLD in consulted()[-1][2]

        path.write_text(good.replace(OLD, NEW) + "- id: [\n", encoding="utf-8")  # new, and broken
        async with asyncio.timeout(60):
            while not json.loads(await get(process, "/version"))["stale"]:
                await asyncio.sleep(0.02)
        reached = len(load.answered)
        await load.until(lambda: len(load.answered) > reached + RATE)
        assert {a[0] for a in load.answered} == {first}
        assert all(OLD in a[2] for a in consulted())
        metrics = await get(process, "/metrics")
        assert "helpdesk_knowledge_stale 1.0" in metrics
        assert 'helpdesk_knowledge_reloads_total{result="broken"} 1.0' in metrics
        assert f"{FILE}:" in process.log.read_text(encoding="utf-8")
        await telegram.until(lambda: telegram.of(GROUP), 60)
        assert FILE in telegram.of(GROUP)[0].text

        await measure()
        path.write_text(good.replace(OLD, NEW), encoding="utf-8")
        seconds = await load.until(lambda: NEW in consulted()[-1][2])
        await measure()
        await telegram.until(lambda: len(telegram.of(GROUP)) > 1, 60)

    assert load.failed == []
    assert seconds <= 2.0 * slack, f"served after {seconds:.2f} s, on a machine {slack:.1f} times slower"
    versions = list(dict.fromkeys(a[0] for a in load.answered))
    assert len(versions) == 2
    assert all((NEW if a[0] == versions[1] else OLD) in a[2] for a in consulted())
    shown = json.loads(await get(process, "/version"))
    assert (shown["knowledge"], shown["stale"]) == (versions[1], False)
    assert versions[1] in telegram.of(GROUP)[1].text
    load.seconds.sort()
    print(
        f"{len(load.answered)} answers, p50 {load.seconds[len(load.seconds) // 2] * 1000:.0f} ms, "
        f"p99 {load.seconds[int(len(load.seconds) * 0.99) - 1] * 1000:.0f} ms, "
        f"max {load.seconds[-1] * 1000:.0f} ms, a good save served after {seconds:.2f} s"
    )


async def test_a_signal_reads_the_folder_again_and_a_kill_leaves_nothing_behind(
    running: tuple[Process, FakeTelegram],
) -> None:
    process, _ = running
    assert process.running is not None
    number = process.running.pid
    (builder,) = children(number)
    process.running.send_signal(signal.SIGHUP)
    async with asyncio.timeout(60):
        while 'helpdesk_knowledge_reloads_total{result="served"} 1.0' not in await get(process, "/metrics"):
            await asyncio.sleep(0.05)
    await process.kill(signal.SIGKILL)
    async with asyncio.timeout(30):
        while Path(f"/proc/{builder}").exists():
            await asyncio.sleep(0.02)


def children(process: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
