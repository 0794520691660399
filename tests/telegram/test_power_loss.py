"""The power goes: of what was acknowledged nothing is lost, wherever in the receiver, worker and sender it goes."""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.telegram.crash_states import CALLS, Step, states, steps
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import WORDS, Process, small_knowledge
from tests.telegram.test_kill import SOAK

UPDATES, CHATS, STATES = 150, 30, 4_000
_MEMORY = Path("/dev/shm")
"""Where disks are rebuilt: thousands of them, each some megabytes."""
_CARELESS = """
from bot.store import sqlite
from sqlalchemy import event
made = sqlite.engine
def engine(url):
    found = made(url)
    event.listen(found.sync_engine, "connect", lambda c, _: c.cursor().execute("PRAGMA synchronous=NORMAL"))
    return found
sqlite.engine = engine
"""
"""SQLite as it does not wait for the disk: what this finds nothing wrong with finds nothing."""

pytestmark = [
    pytest.mark.skipif(not shutil.which("strace"), reason="there is no strace"),
    pytest.mark.skipif(not SOAK, reason="make soak"),
]


@dataclass
class Found:
    """What was seen in the disks that a power loss may leave."""

    disks: int = 0
    lost: int = 0
    orphans: int = 0
    broken: int = 0


async def traced(folder: Path, *, careless: bool) -> list[Step]:
    """Let the real receiver, worker and sender do their work under strace, cut them off, and return what they did."""
    knowledge, trace, database = small_knowledge(folder), folder / "trace", folder / "helpdesk.db"
    async with FakeTelegram() as telegram:
        process = Process.of(telegram.url, f"sqlite:///{database}", folder, knowledge=knowledge)
        program = f"import sys; sys.argv = ['helpdesk', 'serve']\n{_CARELESS if careless else ''}\nfrom bot.cli import main; main()"
        strace = [
            "strace",
            "-f",
            "-y",
            "-xx",
            "-s",
            "400000",
            "--seccomp-bpf",
            "-e",
            f"trace={CALLS}",
            "-o",
            str(trace),
        ]
        ports = {"HELPDESK_PORT": str(process.port), "HELPDESK_METRICS_PORT": "0"}
        with (folder / "log").open("wb") as log:
            running = await asyncio.create_subprocess_exec(
                *strace, sys.executable, "-c", program, env={**os.environ, **process.settings, **ports},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            await process.answers()
            for i in range(UPDATES):
                telegram.say(1 + i % CHATS, f"{WORDS[i // CHATS % len(WORDS)]} 알려 주세요")
                if i % 7 == 6:
                    await asyncio.sleep(0.05)
            await telegram.until(lambda: len(telegram.messages) >= UPDATES, 120)
        finally:
            os.killpg(running.pid, signal.SIGKILL)
            await running.wait()
    return list(steps(trace, database))


def looked_at(done: Sequence[Step], most: int = STATES) -> Found:
    """Open every disk and count what is missing."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        return _looked_at(Path(folder) / "state.db", done, most)


def _looked_at(file: Path, done: Sequence[Step], most: int) -> Found:
    found = Found()
    for acknowledged, disk in states(done, most, random.Random(7)):
        file.write_bytes(disk["db"])
        file.with_name("state.db-wal").write_bytes(disk["wal"])
        file.with_name("state.db-shm").unlink(missing_ok=True)
        found.disks += 1
        opened = sqlite3.connect(file)
        try:
            kept = {n for (n,) in opened.execute("SELECT update_id FROM inbox")}
            (handled,) = opened.execute("SELECT count(*) FROM inbox WHERE state = 'done'").fetchone()
            (calls,) = opened.execute("SELECT count(*) FROM outbox").fetchone()
            found.lost += len(set(range(min(kept, default=1), acknowledged)) - kept)
            found.orphans += handled != calls
        except sqlite3.DatabaseError:
            found.broken += 1
        finally:
            opened.close()
    return found


async def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = await traced(tmp_path, careless=False)
    found = await asyncio.to_thread(looked_at, done)
    with capsys.disabled():
        print(f"\npower loss: {len(done)} steps, {found}")
    assert found.disks >= STATES * 3 // 4
    assert (found.lost, found.orphans, found.broken) == (0, 0, 0)


async def test_without_waiting_for_the_disk_something_would_be(tmp_path: Path) -> None:
    found = await asyncio.to_thread(looked_at, await traced(tmp_path, careless=True), 300)
    assert found.lost > 0
