"""Tasks planned for a time. They survive a restart."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import due


@dataclass(frozen=True, slots=True)
class Due:
    """A task: its key, its kind, its time, and what it needs to know."""

    key: str
    kind: str
    at: datetime
    data: str = ""


async def put(connection: AsyncConnection, thing: Due) -> None:
    """Plan a task; there is at most one for each key."""
    statement = insert(connection, due).values(key=thing.key, kind=thing.kind, at=thing.at, data=thing.data)
    changed = {"at": thing.at, "data": thing.data}
    await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changed))


async def coming(connection: AsyncConnection, kind: str) -> Due | None:
    """Return the first planned task of a kind."""
    statement = select(due.c.key, due.c.kind, due.c.at, due.c.data).where(due.c.kind == kind)
    row = (await connection.execute(statement.order_by(due.c.at).limit(1))).first()
    return Due(*row) if row else None


async def take(connection: AsyncConnection, kind: str, now: datetime, limit: int = 20) -> list[Due]:
    """Take the tasks of a kind that are due out of the plan, earliest first."""
    ready = (
        select(due.c.key)
        .where(due.c.kind == kind, due.c.at <= now)
        .order_by(due.c.at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    keys = list((await connection.execute(ready)).scalars())
    if not keys:
        return []
    gone = delete(due).where(due.c.key.in_(keys)).returning(due.c.key, due.c.kind, due.c.at, due.c.data)
    return sorted((Due(*row) for row in await connection.execute(gone)), key=lambda d: d.at)


async def drop(connection: AsyncConnection, key: str) -> None:
    """Take a task out of the plan. Idempotent."""
    await connection.execute(delete(due).where(due.c.key == key))
