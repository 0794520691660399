"""Wait for a counter to have nothing under way, so that no connection outlives its test."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from bot.desk.counter import Counter
from bot.desk.front import Front
from bot.store.database import Connection, Database
from bot.store.memory import Memory


async def served(counter: Counter) -> None:
    """Return when all turns that came before are done; also where the database is away."""

    async def nothing(connection: Connection, memory: Memory) -> None:
        """Be the last turn."""

    with suppress(Exception):
        async with asyncio.timeout(10):
            await counter.do("", datetime.now(UTC), nothing)


@asynccontextmanager
async def counting(database: Database, front: Front) -> AsyncIterator[Counter]:
    """A counter that serves inside the block, and has nothing under way after it."""
    counter = Counter(database, front)
    running = asyncio.create_task(counter.run())
    try:
        yield counter
    finally:
        await served(counter)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def connected() -> set[threading.Thread]:
    """Return the threads of connections to SQLite in this process; other tests may have left some."""
    return {t for t in threading.enumerate() if "_connection_worker_thread" in t.name}


async def disconnected(before: set[threading.Thread]) -> None:
    """Return when the threads of connections opened since have ended: they report to this test's loop."""
    async with asyncio.timeout(60):
        while connected() - before:
            await asyncio.sleep(0.01)
