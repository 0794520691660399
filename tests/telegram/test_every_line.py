"""A crash at every executed line of the store, of receiving and of sending: the next life does what is left.

First one life notes which lines it executes between an update's arrival and its answer. Then, for each line, one life ends
where it executes it for the first time, and a second one goes on. By polling the process is gone at once; by webhook the line
raises something that nobody expects, and the process is gone a moment later. `make soak` takes every line, `make test` some.
"""

import asyncio
import os
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.database import Database
from tests.telegram.fake import FakeTelegram
from tests.telegram.lives import Life, Lives
from tests.telegram.running import WORDS, free_port, small_knowledge
from tests.telegram.test_kill import SOAK, answers, missing

CHATS = 3
EACH = 1 if SOAK else 100
"""Every which line is taken."""
PATIENCE = 90.0


@dataclass
class Found:
    """What became of the updates of all lives."""

    lines: int = 0
    met: int = 0
    unmarked: list[str] = field(default_factory=list)
    """Where an answer is missing that is not marked as maybe lost."""
    doubled: list[str] = field(default_factory=list)
    """Where an answer came twice."""
    unknown: Counter[int] = field(default_factory=Counter)
    """How many sends were marked, by how many lines."""


@dataclass
class Round:
    """One round: three people ask, the first twice; the life ends; another one goes on."""

    lives: Lives
    template: Path
    folder: Path
    webhook: bool
    raised: bool

    async def lived(self, at: str = "", lines: str = "") -> tuple[bool, int, int, int]:
        """Return whether the line was met, how many answers are missing, came twice, and are marked."""
        file = Path(shutil.copy(self.template, self.folder / "round.db"))
        for side in ("-wal", "-shm"):
            Path(f"{file}{side}").unlink(missing_ok=True)
        port = free_port() if self.webhook else 0
        async with FakeTelegram() as telegram:
            asked = {chat: WORDS[chat : chat + (2 if chat == 1 else 1)] for chat in range(1, CHATS + 1)}
            for chat, words in asked.items():
                for word in words:
                    telegram.say(chat, f"{word} 알려 주세요")
            life = Life(f"sqlite:///{file}", telegram.url, at, self.raised, port, lines)
            met = await self._until_quiet(telegram, file, life)
            if met:
                await self._until_quiet(telegram, file, Life(life.database, life.api, port=port))
            told = {chat: answers(m.text for m in telegram.of(chat)) for chat in asked}
        gaps = sum(missing(words, list(dict.fromkeys(told[chat]))) for chat, words in asked.items())
        twice = sum(len(words) - len(set(words)) for words in told.values())
        return met, gaps, twice, _count(file, "SELECT count(*) FROM outbox WHERE state = 'unknown'")

    async def _until_quiet(self, telegram: FakeTelegram, file: Path, life: Life) -> bool:
        """Live until the life ends by itself, or nothing is left to do; return whether it ended by itself."""
        process = await self.lives.begin(life)
        ended = asyncio.create_task(self.lives.ended())
        async with asyncio.timeout(PATIENCE):
            while not ended.done() and not (telegram.polls + telegram.delivered and _quiet(telegram, file)):
                await asyncio.wait([ended], timeout=0.02)
        if not ended.done():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return await ended != -signal.SIGKILL


def _quiet(telegram: FakeTelegram, file: Path) -> bool:
    open_ = "SELECT (SELECT count(*) FROM inbox WHERE state != 'done') + (SELECT count(*) FROM outbox WHERE state IN ('new', 'sending'))"
    return not telegram.updates and _count(file, open_) == 0


def _count(file: Path, query: str) -> int:
    connection = sqlite3.connect(file, timeout=5)
    try:
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


@pytest_asyncio.fixture
async def lives(tmp_path: Path) -> AsyncIterator[Lives]:
    async with Lives(small_knowledge(tmp_path), tmp_path / "lives.log") as made:
        yield made


@pytest_asyncio.fixture
async def template(tmp_path: Path) -> Path:
    file = tmp_path / "template.db"
    async with Database(f"sqlite:///{file}") as database:
        await database.migrate()
    return file


@pytest.mark.parametrize(
    ("webhook", "raised"), [(False, False), (True, True)], ids=["polling-ends", "webhook-raises"]
)
async def test_a_crash_at_every_line(
    lives: Lives, template: Path, tmp_path: Path, webhook: bool, raised: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Round(lives, template, tmp_path, webhook, raised)
    noted = tmp_path / "lines"
    assert await played.lived(lines=str(noted)) == (False, 0, 0, 0)
    lines = noted.read_text(encoding="utf-8").split()
    found = Found(len(lines))
    for line in lines[::EACH]:
        met, gaps, twice, marked = await played.lived(line)
        found.met += met
        found.unknown[marked] += 1
        place = line.rpartition("/bot/")[2]
        found.unmarked += [place] * (gaps > marked)
        found.doubled += [place] * (twice > min(marked, 1))
    with capsys.disabled():
        print(
            f"\ncrash at every line ({'webhook' if webhook else 'polling'}, {'raised' if raised else 'at once'}): "
            f"{found.lines} lines, {found.met} lives ended at theirs, sends marked {dict(found.unknown)}; "
            f"lost {found.unmarked}, doubled {found.doubled}"
        )
    assert len(lines) > 400
    assert found.met > 0.9 * len(lines[::EACH])
    assert (found.unmarked, found.doubled) == ([], [])
