"""The disk refuses some reads, writes and syncs (libfiu): what was acknowledged is there, and `/readyz` tells.

`make soak` does it for longer. Without libfiu (`apt-get install fiu-utils`) it is skipped.
"""

import asyncio
import random
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import aiohttp
import pytest

from bot.store import health
from bot.store.database import Database
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import WORDS, Process, ready, small_knowledge
from tests.telegram.test_kill import SOAK, answers, missing, states

UPDATES, CHATS = (600, 40) if SOAK else (150, 15)
POINTS = (
    "posix/io/rw/pwrite",
    "posix/io/rw/pread",
    "posix/io/rw/ftruncate",
    "posix/io/sync/fsync",
    "posix/io/sync/fdatasync",
)
"""What SQLite calls, and nothing else here does: sockets and logs are read and written otherwise."""
SYNCS = POINTS[-2:]
_LIBRARIES = "/usr/lib/fiu/fiu_run_preload.so /usr/lib/fiu/fiu_posix_preload.so"

pytestmark = pytest.mark.skipif(not shutil.which("fiu-ctrl"), reason="there is no libfiu")


def served(telegram: FakeTelegram, folder: Path) -> Process:
    """Return the program, which libfiu may be told to disturb."""
    url, knowledge = f"sqlite:///{folder}/helpdesk.db", small_knowledge(folder)
    settings = {"LD_PRELOAD": _LIBRARIES, "FIU_CTRL_FIFO": str(folder / "fiu"), "HELPDESK_SEND_RATE": "1000"}
    return Process.of(telegram.url, url, folder, knowledge=knowledge, **settings)


def told(process: Process, folder: Path, *commands: str) -> None:
    """Tell libfiu inside a process which calls fail."""
    assert process.running is not None
    more = [part for command in commands for part in ("-c", command)]
    subprocess.run(["fiu-ctrl", "-f", str(folder / "fiu"), *more, str(process.running.pid)], check=True, timeout=60)


async def status(process: Process) -> str:
    """Return what a process says of its readiness."""
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{process.port}/readyz") as answer:
        return str((await answer.json())["status"])


@pytest.mark.parametrize("share", [0.02, 0.05] if SOAK else [0.05])
async def test_nothing_that_was_acknowledged_is_lost(
    tmp_path: Path, share: float, capsys: pytest.CaptureFixture[str]
) -> None:
    rng, asked = random.Random(3), defaultdict(list)
    seen = set()
    failing = [f"enable_random name={point},probability={share}" for point in POINTS]
    async with FakeTelegram() as telegram:
        process = served(telegram, tmp_path)
        async with process:
            await ready(process.port, 180)
            await asyncio.to_thread(told, process, tmp_path, *failing)
            for i in range(UPDATES):
                chat = rng.randrange(1, CHATS + 1)
                asked[chat].append(rng.choice([w for w in WORDS if not asked[chat] or w != asked[chat][-1]]))
                telegram.say(chat, f"{asked[chat][-1]} 알려 주세요")
                await asyncio.sleep(0.02)
                if i % 10 == 9:
                    seen.add(await status(process))
            while telegram.updates:
                await asyncio.sleep(0.1)
            acknowledged = sum(map(len, asked.values()))
            await asyncio.to_thread(told, process, tmp_path, *(f"disable name={point}" for point in POINTS))
            async with Database(process.settings["HELPDESK_DATABASE_URL"]) as database:
                async with asyncio.timeout(180):
                    while (await states(database))[0]:
                        await asyncio.sleep(0.2)
                _, unknown = await states(database)
            assert process.running is not None
            assert process.running.returncode is None
    lost = {c: gap for c in asked if (gap := missing(asked[c], answers(m.text for m in telegram.of(c))))}
    failures = len(re.findall("the database is away|not stored", process.log.read_text(encoding="utf-8")))
    with capsys.disabled():
        print(
            f"\ndisk refuses {share:.0%}: {acknowledged} updates, {sum(lost.values())} lost, 0 answered twice; "
            f"{failures} failures in the log, {sum(unknown.values())} sends unknown, /readyz said {seen}"
        )
    assert lost == {}
    assert failures
    assert seen - {"ok"}


async def test_after_a_failed_sync_it_is_not_ready(tmp_path: Path) -> None:
    """Nor when the next one goes well: the system may have dropped what it could not write."""
    async with FakeTelegram() as telegram:
        process = served(telegram, tmp_path)
        async with process:
            await ready(process.port, 180)
            await asyncio.to_thread(told, process, tmp_path, *(f"enable name={point}" for point in SYNCS))
            telegram.say(1, f"{WORDS[0]} 알려 주세요")
            async with asyncio.timeout(60):
                while "not stored" not in process.log.read_text(encoding="utf-8"):
                    await asyncio.sleep(0.1)
            await asyncio.sleep(health.KEPT)
            assert await status(process) != "ok"
            assert telegram.updates
            await asyncio.to_thread(told, process, tmp_path, *(f"disable name={point}" for point in SYNCS))
            await telegram.until(lambda: telegram.of(1), 60)
            await asyncio.sleep(health.KEPT)
            assert await status(process) == "disk failing"
