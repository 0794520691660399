"""Two processes on one PostgreSQL: work is shared, one polls and sends; when it is killed the other goes on."""

import asyncio
import random
import re
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bot.store.database import Database
from tests.databases import database_url
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import WORDS, Process, small_knowledge
from tests.telegram.test_kill import SOAK, answers, missing, states

ROUNDS, CHATS = 4, range(1, 151)
RATE, SECONDS, STREAM_CHATS = 200, 60, 1000
"""Updates a second, for how long, in how many chats: of one chat one at a time is under way."""


async def figure(process: Process, name: str) -> float:
    """Return what a process says of itself under /metrics, 0 where it says nothing."""
    async with aiohttp.ClientSession() as client:
        try:
            async with client.get(f"http://127.0.0.1:{process.metrics}/metrics") as answer:
                found = re.search(rf"^{re.escape(name)} (\S+)$", await answer.text(), re.MULTILINE)
        except aiohttp.ClientError:
            return 0.0
    return float(found[1]) if found else 0.0


async def leader(processes: list[Process]) -> Process:
    """Wait until one process leads, and return it; fail where two do."""
    async with asyncio.timeout(60):
        while True:
            leads = [p for p in processes if await figure(p, "helpdesk_leading")]
            assert len(leads) < 2
            if leads:
                return leads[0]
            await asyncio.sleep(0.1)


async def test_two_share_the_load_and_one_goes_on_alone(
    postgres_server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(4)
    asked: dict[int, list[str]] = defaultdict(list)
    knowledge = small_knowledge(tmp_path)
    async with FakeTelegram() as telegram, database_url("postgresql", postgres_server, tmp_path) as url:

        def ask(rounds: int) -> None:
            for _ in range(rounds):
                for chat in CHATS:
                    word = rng.choice([w for w in WORDS if not asked[chat] or w != asked[chat][-1]])
                    asked[chat].append(word)
                    telegram.say(chat, f"{word} 알려 주세요")

        processes = []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            processes.append(
                Process.of(telegram.url, url, tmp_path / name, knowledge=knowledge, HELPDESK_SEND_RATE="1000")
            )
        first, second = processes
        async with first:
            assert await leader([first]) is first
            async with second:
                await second.answers()
                ask(ROUNDS)
                await telegram.until(lambda: len(telegram.messages) >= 2 * len(CHATS), 60)
                shares = [await figure(p, 'helpdesk_updates_handled_total{channel="telegram"}') for p in processes]
                assert await leader(processes) is first
                assert telegram.conflicts == 0
                await first.kill()
                ask(2)
                assert await leader([second]) is second
                async with Database(url) as database, asyncio.timeout(120):
                    while telegram.updates or (await states(database))[0]:
                        await asyncio.sleep(0.1)
                    _, unknown = await states(database)
    lost = {c: gap for c in CHATS if (gap := missing(asked[c], answers(m.text for m in telegram.of(c))))}
    assert all(gap <= unknown.get(str(c), 0) for c, gap in lost.items())
    assert min(shares) > 0
    with capsys.disabled():
        print(
            f"\ntwo replicas: {sum(map(len, asked.values()))} updates, {shares[0]:.0f} and {shares[1]:.0f} handled when "
            f"the leader was killed: 0 lost, 0 answered twice; {sum(unknown.values())} sends unknown"
        )


@pytest.mark.skipif(not SOAK, reason="minutes long: make soak")
async def test_four_beside_one(postgres_server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What four replicas on one PostgreSQL do of a steady stream, beside one alone: order per chat, one poller."""
    found = {}
    for count in (1, 4):
        (folder := tmp_path / str(count)).mkdir()
        async with FakeTelegram() as telegram, database_url("postgresql", postgres_server, folder) as url:
            found[count] = await streamed(telegram, url, folder, count)
            assert telegram.conflicts == 0
    with capsys.disabled():
        for count, (rate, half, most) in found.items():
            print(
                f"\n{count} on one PostgreSQL: {rate:.0f} updates/s, answered after p50 {half:.2f} s, p99 {most:.2f} s"
            )
    assert found[4][0] >= 0.5 * found[1][0]


async def streamed(telegram: FakeTelegram, url: str, folder: Path, count: int) -> tuple[float, float, float]:
    """Send updates at a steady rate to some replicas; return how many were answered a second, and after how long."""
    began: dict[int, list[float]] = defaultdict(list)
    took: list[float] = []

    def sent(chat: int) -> float:
        took.append(time.monotonic() - began[chat][len(told[chat])])
        told[chat].append(0)
        return 0.0

    told: dict[int, list[int]] = defaultdict(list)
    knowledge, asked = small_knowledge(folder), defaultdict(list)
    async with AsyncExitStack() as stack:
        for i in range(count):
            (place := folder / f"r{i}").mkdir()
            more = {"knowledge": knowledge, "HELPDESK_SEND_RATE": "1000"}
            process = await stack.enter_async_context(Process.of(telegram.url, url, place, **more))
            await process.answers()
        telegram.flood = sent
        start = time.monotonic()
        for i in range(RATE * SECONDS):
            chat, word = 1 + i % STREAM_CHATS, WORDS[i // STREAM_CHATS % len(WORDS)]
            asked[chat].append(word)
            began[chat].append(time.monotonic())
            telegram.say(chat, f"{word} 알려 주세요")
            await asyncio.sleep(max(0.0, start + i / RATE - time.monotonic()))
        await telegram.until(lambda: len(took) >= RATE * SECONDS, 300)
        rate = len(took) / (time.monotonic() - start)
    assert not any(missing(asked[c], answers(m.text for m in telegram.of(c))) for c in asked)
    took.sort()
    return rate, took[len(took) // 2], took[len(took) * 99 // 100]
