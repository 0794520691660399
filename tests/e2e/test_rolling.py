"""Two replicas are replaced one after the other, as an orchestrator does it, while people ask: nobody is refused.

Minutes long: `make soak`.
"""

import asyncio
import itertools
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from tests.databases import database_url
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import WORDS, Process, small_knowledge
from tests.telegram.test_kill import SOAK

RATE, ROUNDS, DRAIN = 50, 3, 4
UNTOLD = 1.0
"""Seconds for which requests still come to a replica that was told to stop: so long does it take to be known everywhere."""

pytestmark = pytest.mark.skipif(not SOAK, reason="make soak")


@dataclass
class Balancer:
    """Asks the replicas that it believes to be there in turn, over connections that it keeps."""

    client: aiohttp.ClientSession
    ports: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    async def load(self, rate: float) -> None:
        """Ask at a steady rate, however long answers take, until cancelled; then wait for what is under way."""
        start = time.monotonic()
        async with asyncio.TaskGroup() as asking:
            with suppress(asyncio.CancelledError):
                for i in itertools.count():
                    await asyncio.sleep(max(0.0, start + i / rate - time.monotonic()))
                    asking.create_task(self._ask(i, self.ports[i % len(self.ports)]))

    async def _ask(self, i: int, port: int) -> None:
        root, began = f"http://127.0.0.1:{port}", time.monotonic()
        try:
            if i % 5 == 4:
                request = self.client.get(f"{root}/browse")
            else:
                user = {"X-Helpdesk-User": f"visitor-{i % 40:020d}"}
                text = f"{WORDS[i % len(WORDS)]} 알려 주세요"
                request = self.client.post(f"{root}/api/v1/ask", json={"text": text}, headers=user)
            async with request as answer:
                await answer.read()
                self.outcomes[str(answer.status)] += 1
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self.outcomes[type(error).__name__] += 1
        self.seconds.append(time.monotonic() - began)


@asynccontextmanager
async def loaded(balancer: Balancer) -> AsyncIterator[None]:
    """Have the balancer ask inside the block."""
    asking = asyncio.create_task(balancer.load(RATE))
    try:
        yield
    finally:
        asking.cancel()
        await asking


async def replaced(process: Process, balancer: Balancer) -> None:
    """Stop a replica and start it again; requests stop and begin to come as an orchestrator has them."""
    assert process.running is not None
    process.running.send_signal(signal.SIGTERM)
    await asyncio.sleep(UNTOLD)
    balancer.ports.remove(process.port)
    assert await asyncio.wait_for(process.running.wait(), 30) == 0
    await process.start()
    await process.answers()
    balancer.ports.append(process.port)


async def test_nobody_is_refused(postgres_server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with (
        FakeTelegram() as telegram,
        database_url("postgresql", postgres_server, tmp_path) as url,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as client,
    ):
        knowledge, settings = small_knowledge(tmp_path), {"HELPDESK_DRAIN": str(DRAIN), "HELPDESK_RATE": "0"}
        processes = []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            processes.append(Process.of(telegram.url, url, tmp_path / name, knowledge=knowledge, **settings))
        async with processes[0], processes[1]:
            for process in processes:
                await process.answers()
            balancer = Balancer(client, [p.port for p in processes])
            async with loaded(balancer):
                await asyncio.sleep(3)
                for _ in range(ROUNDS):
                    for process in processes:
                        await replaced(process, balancer)
                await asyncio.sleep(3)
    took = sorted(balancer.seconds)
    with capsys.disabled():
        print(
            f"\nrolling restart: {2 * ROUNDS} replacements, {len(took)} requests at {RATE}/s, {dict(balancer.outcomes)}; "
            f"p50 {took[len(took) // 2] * 1000:.0f} ms, p99 {took[len(took) * 99 // 100] * 1000:.0f} ms"
        )
    assert set(balancer.outcomes) == {"200"}
    assert len(took) > RATE * DRAIN * 2 * ROUNDS
