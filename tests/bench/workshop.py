"""How many seconds of CPU the workshop's verbs take on the shipped knowledge, each in a process of its own."""

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.store.database import Database
from bot.store.memory import Memory, Unanswered
from tests.bench import table
from tests.bench.data import ROOT
from tests.repository import git

KNOWLEDGE = ROOT / "knowledge"
ANY = "any entry"
"""Stands for the id of an entry that is there."""
QUESTIONS = ("보드게임 빌릴 수 있나요", "보드게임 대여", "게임 빌리는 곳")


@dataclass(frozen=True)
class Verb:
    """A verb, and the seconds of CPU that it may take."""

    name: str
    words: tuple[str, ...]
    most: float


@dataclass(frozen=True)
class Spent:
    """What a verb took: seconds of CPU, and how it ended."""

    verb: str
    seconds: float
    most: float
    code: int
    waited: float = 0.0
    """Seconds until it was done."""


VERBS = (
    Verb("check, first time", ("check",), 6.0),
    Verb("test, first time", ("test",), 8.0),
    Verb("check", ("check",), 2.0),
    Verb("test, one answer changed", ("test",), 3.0),
    Verb("test, nothing changed", ("test",), 3.0),
    Verb("find", ("find", "1877-2041"), 2.0),
    Verb(
        "new",
        ("new", *(w for q in QUESTIONS for w in ("-q", q)), "--test", "게임도 빌려주나요", "--answer", "빌려 드리지 않습니다.",
         "--id", "bench-games", "--file", "entries/bench.yaml", "--owner", "안내팀", "--draft", "--dry-run"),
        4.0,
    ),
    Verb("add", ("add", ANY, "아이리스 전화가 몇 번이었죠", "--dry-run", "--anyway"), 4.0),
    Verb("gaps", ("gaps",), 4.0),
    Verb("learn", ("learn", "1", "--entry", ANY, "--dry-run", "--anyway"), 4.0),
    Verb("diff, first time", ("diff", "HEAD", "--allow", "--tests-only"), 40.0),
    Verb("diff", ("diff", "HEAD", "--allow", "--tests-only"), 6.0),
)  # fmt: skip
_BEFORE = 2
"""Verbs that are run before the answer is changed."""


def measure() -> list[Spent]:
    """Run every verb once on a copy of the shipped knowledge, of which one answer was changed since the last commit."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "knowledge"
        shutil.copytree(KNOWLEDGE, folder)
        _commit(Path(place))
        asyncio.run(_leave(_url(Path(place))))
        found = [_spent(verb, Path(place)) for verb in VERBS[:_BEFORE]]
        first = sorted((folder / "entries").glob("*.yaml"))[0]
        first.write_text(first.read_text(encoding="utf-8").replace("입니다.", "이다.", 1), encoding="utf-8")
        return found + [_spent(verb, Path(place)) for verb in VERBS[_BEFORE:]]


def _url(place: Path) -> str:
    return f"sqlite:///{place}/bench.db"


async def _leave(url: str) -> None:
    """Leave a question without an answer behind, as the channels do."""
    async with Database(url) as database:
        await database.migrate()
        async with database.write() as connection:
            memory = Memory()
            memory.unanswered.append(Unanswered("u", "web", datetime.now(UTC), "주차 정기권 되나요", "fallback"))
            await memory.flush(connection)


def _commit(place: Path) -> None:
    for words in (("init",), ("add", "."), ("commit", "-m", "bench")):
        git(place, *words)


def _spent(verb: Verb, place: Path) -> Spent:
    before, begun = _children(), time.monotonic()
    command = [sys.executable, "-m", "bot", "knowledge", *_known(verb.words, place), "--knowledge", "knowledge"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HELPDESK_DATABASE_URL": _url(place)}
    environment["XDG_CACHE_HOME"] = f"{place}/cache"  # what is kept of earlier verbs is this run's own
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False)
    return Spent(verb.name, _children() - before, verb.most, done.returncode, time.monotonic() - begun)


def _known(words: Sequence[str], place: Path) -> list[str]:
    """Return the words with an entry that is there in the place of the one that stands for any."""
    from bot.knowledge.build import load

    if ANY not in words:
        return list(words)
    entry = next(f.id for f in load(place / "knowledge").frames if f.file and not f.slot)
    return [entry if w == ANY else w for w in words]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(found: Sequence[Spent]) -> None:
    """Print what the verbs took beside what they may take."""
    rows = [
        [s.verb, f"{s.seconds:.1f}", f"{s.most:.0f}", f"{s.waited:.1f}", "" if s.code in (0, 1) else f"exit {s.code}"]
        for s in found
    ]
    table.show(
        "The workshop on the shipped knowledge, seconds of CPU", ["verb", "took", "at most", "waited", ""], rows
    )
