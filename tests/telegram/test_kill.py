"""kill -9 at random points: nothing lost, nothing answered twice but what is marked unknown.

The whole run (`make soak`) is 1,000 updates and 50 kills for each of the four ways; `make test` runs a short one.
"""

import asyncio
import os
import random
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.schema import inbox, outbox
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import WORDS, Process, small_knowledge

SOAK = bool(os.environ.get("HELPDESK_SOAK"))
UPDATES, KILLS, CHATS = (1000, 50, 40) if SOAK else (150, 4, 25)


def answers(texts: Iterable[str]) -> list[str]:
    """Return which word each message answers."""
    return [m[1] for t in texts if (m := re.search(r"(\S+)의 답입니다", t))]


def missing(asked: list[str], told: list[str]) -> int:
    """Return how many answers are missing; fail on one that is doubled, foreign, or out of order."""
    at = 0
    for word in told:
        assert word in asked[at:], f"{word}: twice, foreign or out of order; asked {asked}, told {told}"
        at = asked.index(word, at) + 1
    return len(asked) - len(told)


async def states(database: Database) -> tuple[dict[str, int], dict[str, int]]:
    """Return the number of updates left open, and of unknown answers, by chat."""
    async with database.read() as c:
        open_ = list((await c.execute(select(inbox.c.lane).where(inbox.c.state != "done"))).scalars())
        open_ += list(
            (await c.execute(select(outbox.c.lane).where(outbox.c.state.in_(["new", "sending"])))).scalars()
        )
        unknown = list((await c.execute(select(outbox.c.lane).where(outbox.c.state == "unknown"))).scalars())
    count = lambda lanes: {lane: lanes.count(lane) for lane in lanes}  # noqa: E731
    return count(open_), count(unknown)


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_kill_9(new_url: str, webhook: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(f"{webhook}{new_url[:6]}")
    asked: dict[int, list[str]] = defaultdict(list)
    async with FakeTelegram() as telegram:
        process = Process.of(
            telegram.url,
            new_url,
            tmp_path,
            knowledge=small_knowledge(tmp_path),
            webhook=webhook,
            HELPDESK_SEND_RATE="1000",
        )

        async def feed() -> None:
            for _ in range(UPDATES):
                chat = rng.randrange(1, CHATS + 1)
                word = rng.choice([w for w in WORDS if not asked[chat] or w != asked[chat][-1]])
                asked[chat].append(word)
                telegram.say(chat, f"{word} 알려 주세요")
                await asyncio.sleep(rng.expovariate(UPDATES / (KILLS * 2.0)))

        feeding = asyncio.create_task(feed())
        for _ in range(KILLS):
            await process.start()
            before = len(telegram.messages)
            async with asyncio.timeout(180):  # each life does something before it ends
                while len(telegram.messages) == before and not (feeding.done() and not telegram.updates):
                    await asyncio.sleep(0.005)
            await asyncio.sleep(rng.random() * 0.4)
            await process.kill()
        await feeding
        async with process, Database(new_url) as database:
            try:
                async with asyncio.timeout(300):
                    while telegram.updates or (await states(database))[0] or len(telegram.messages) == 0:
                        await asyncio.sleep(0.1)
            except TimeoutError:
                pytest.fail(f"not fetched: {len(telegram.updates)}; left open: {(await states(database))[0]}")
            _, unknown = await states(database)
    lost = 0
    for chat, words in asked.items():
        gap = missing(words, answers(m.text for m in telegram.of(chat)))
        assert gap <= unknown.get(str(chat), 0), f"chat {chat}: {gap} answers lost"
        lost += gap
    with capsys.disabled():
        print(
            f"\n{'webhook' if webhook else 'polling'} on {new_url.split(':')[0]}: {UPDATES} updates, {KILLS} kills: "
            f"0 lost, 0 answered twice; {sum(unknown.values())} sends unknown, {lost} of them not delivered"
        )
