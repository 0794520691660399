"""Wait for a counter to have nothing under way, so that no connection outlives its test."""

import asyncio
import threading
from contextlib import suppress
from datetime import UTC, datetime

from bot.desk.counter import Counter
from bot.store.database import Connection
from bot.store.memory import Memory


async def served(counter: Counter) -> None:
    """Return when all turns that came before are done; also where the database is away."""

    async def nothing(connection: Connection, memory: Memory) -> None:
        """Be the last turn."""

    with suppress(Exception):
        async with asyncio.timeout(10):
            await counter.do("", datetime.now(UTC), nothing)


async def disconnected() -> None:
    """Return when the threads of connections that failed to open have ended: they report to this test's loop."""
    async with asyncio.timeout(10):
        while any("_connection_worker_thread" in thread.name for thread in threading.enumerate()):
            await asyncio.sleep(0.01)
