"""The health of the store: can it be written, and how long have things been waiting in it?"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import facts
from bot.store.database import Database, corrupt
from bot.store.schema import inbox, outbox, tickets

KEPT = 1.0
"""Seconds for which one check serves everybody who asks."""
PATIENCE = 2.0
"""Seconds that a write may take before the store counts as away."""
ALARMED = 30.0
"""Seconds for which a disk counts as failing after a fault: it may fail again."""
BACKUP = "backup"
"""The name of the fact that holds the time of the last back-up."""
_NEW: ColumnElement[str] = literal_column("'new'")


class Probe:
    """Tells whether the database takes writes. Concurrent callers share one check."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._check: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._looked, self._fault = float("-inf"), ""

    async def fault(self) -> str:
        """Return what is wrong, in a word or two, or empty."""
        async with self._turn:
            if time.monotonic() - self._looked > KEPT:
                self._fault = await self._look()
                self._looked = time.monotonic()
            return self._fault

    async def _look(self) -> str:
        if self.database.corrupt:
            if self._check is None or self._check.done():
                self._check = asyncio.create_task(self._checked())
            return "database corrupt"
        try:
            async with asyncio.timeout(PATIENCE), self.database.write() as connection:
                await facts.put(connection, "probe", datetime.now(UTC).isoformat())
        except Exception as error:
            return "database corrupt" if corrupt(error) else "database away"
        return "disk failing" if time.monotonic() - self.database.disk_failed < ALARMED else ""

    async def _checked(self) -> None:
        """Check now and then whether the file is really damaged: to SQLite a failed read looks the same.

        Source: SQLite, `SQLITE_IOERR_CORRUPTFS`, which its callers get as `SQLITE_CORRUPT`.
        """
        await asyncio.sleep(ALARMED)
        with suppress(Exception):  # the next check does it again
            async with self.database.read() as connection:
                found = (await connection.execute(text("PRAGMA quick_check(1)"))).scalars().all()
            self.database.corrupt = found != ["ok"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much is waiting, and for how many seconds the first of it; 0 where nothing is."""

    updates: int
    update_seconds: float
    calls: int
    call_seconds: float
    ticket_seconds: float
    backup_at: float
    """When the last back-up was made, in seconds since 1970; 0: never."""


async def waiting(connection: AsyncConnection, now: datetime) -> Waiting:
    """Return what waits now."""

    def age(moment: datetime | None) -> float:
        return max((now - moment).total_seconds(), 0.0) if moment else 0.0

    updates, first = (
        await connection.execute(select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.state == _NEW))
    ).one()
    calls, oldest = (
        await connection.execute(select(func.count(), func.min(outbox.c.created_at)).where(outbox.c.state == _NEW))
    ).one()
    opened = (
        await connection.execute(select(func.min(tickets.c.opened_at)).where(tickets.c.state == "open"))
    ).scalar_one()
    made = await facts.get(connection, BACKUP)
    backed_up = datetime.fromisoformat(made).timestamp() if made else 0.0
    return Waiting(updates, age(first), calls, age(oldest), age(opened), backed_up)
