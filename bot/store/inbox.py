"""The inbox: updates as they came, kept until they are handled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, literal_column, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import inbox, once

ATTEMPTS = 3
"""How often an update may fail before it is set aside for an operator."""
ENDINGS = 6
"""How often the process may end while it is handled: that is seldom its fault, but a process that is killed at any moment, again and
again, ends within a given update only now and then."""
_NEW = inbox.c.state == literal_column("'new'")  # a literal, so that the partial indexes are used


@dataclass(frozen=True, slots=True)
class Incoming:
    """A raw update. `lane`: those of one lane are handled in order."""

    update_id: int
    lane: str
    body: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An update taken from the inbox."""

    id: int
    update_id: int
    lane: str
    body: str
    attempts: int
    received_at: datetime


async def put(connection: AsyncConnection, source: str, updates: Sequence[Incoming], now: datetime) -> int:
    """Store updates and return how many were new. Idempotent by source and update id."""
    if not updates:
        return 0
    rows = [
        {"source": source, "update_id": u.update_id, "lane": u.lane, "body": u.body, "received_at": now}
        for u in updates
    ]
    statement = insert(connection, inbox).on_conflict_do_nothing(index_elements=["source", "update_id"])
    if len(rows) == 1:
        return int((await connection.execute(statement, rows[0])).rowcount)
    stored = await connection.execute(statement.values(rows).returning(inbox.c.id))
    return len(stored.fetchall())


async def claim(
    connection: AsyncConnection, now: datetime, limit: int, *, only: int | None = None, left: int | None = None
) -> list[Stored]:
    """Return the first open update, by id, of each of at most `limit` lanes, in order of arrival.

    They stay locked until the transaction ends, so that other workers pass over them, and over their lanes.

    `only`: that one. `left`: those up to it, and those of fewer attempts first.
    """
    earlier = inbox.alias("earlier")
    first = ~exists().where(
        earlier.c.lane == inbox.c.lane,
        earlier.c.state == literal_column("'new'"),
        tuple_(earlier.c.update_id, earlier.c.id) < tuple_(inbox.c.update_id, inbox.c.id),
    )
    columns = (inbox.c.id, inbox.c.update_id, inbox.c.lane, inbox.c.body, inbox.c.attempts, inbox.c.received_at)
    statement = (
        select(*columns)
        .where(_NEW, first, or_(inbox.c.not_before.is_(None), inbox.c.not_before <= now))
        .order_by(*([inbox.c.attempts] if left is not None else []), inbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if only is not None:
        statement = statement.where(inbox.c.id == only)
    if left is not None:
        statement = statement.where(inbox.c.id <= left)
    if connection.dialect.name != "sqlite":
        # an update may be stored after one that follows it and is being handled: it waits for the lane
        found = statement.cte("found").prefix_with("MATERIALIZED")
        lane = func.pg_try_advisory_xact_lock(func.hashtextextended(found.c.lane, 0))
        statement = select(found).where(lane).order_by(found.c.id)
    return [Stored(*row) for row in await connection.execute(statement)]


async def done(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Mark updates as handled. Their content is deleted; their ids stay, so that a repetition is recognised."""
    await connection.execute(
        update(inbox).where(inbox.c.id.in_(list(ids))).values(state="done", body=None, lane="", error=None)
    )


async def newest(connection: AsyncConnection) -> int:
    """Return the number of the newest update that waits, or 0."""
    return int((await connection.execute(select(func.max(inbox.c.id)).where(_NEW))).scalar_one() or 0)


async def waits(connection: AsyncConnection, upto: int) -> bool:
    """Tell whether an update up to a number waits."""
    return (await connection.execute(select(inbox.c.id).where(_NEW, inbox.c.id <= upto).limit(1))).first() is not None


async def begun(connection: AsyncConnection, id: int) -> None:
    """Count an attempt at an update before it is made: one that ends the process is counted too."""
    await connection.execute(update(inbox).where(inbox.c.id == id, _NEW).values(attempts=inbox.c.attempts + 1))


async def failed(
    connection: AsyncConnection, id: int, error: str, now: datetime, *, final: bool = False, body: str = ""
) -> bool:
    """Note a failure and return whether the update is now set aside, after `ATTEMPTS` or where it is `final`.

    `body`: what is kept of one that is set aside, for somebody to look at.
    """
    attempts = (
        await connection.execute(
            update(inbox)
            .where(inbox.c.id == id, _NEW)
            .values(attempts=inbox.c.attempts + 1, error=error[:200], not_before=now + timedelta(seconds=1))
            .returning(inbox.c.attempts)
        )
    ).scalar_one_or_none()
    if attempts is None or (attempts < ATTEMPTS and not final):
        return False
    await connection.execute(update(inbox).where(inbox.c.id == id).values(state="aside", body=body))
    return True


async def first_time(connection: AsyncConnection, key: str, value: str, now: datetime, within: timedelta) -> bool:
    """Tell whether `value` is new for a key, or was last noted longer ago than `within`; and note it."""
    statement = insert(connection, once).values(key=key, value=value, at=now)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={"at": now, "value": value},
        where=or_(once.c.at < now - within, once.c.value != value),
    ).returning(once.c.key)
    return (await connection.execute(statement)).first() is not None


async def open_lanes(connection: AsyncConnection, lanes: Iterable[str]) -> set[str]:
    """Return those of `lanes` in which an update waits."""
    statement = select(inbox.c.lane).where(_NEW, inbox.c.lane.in_(list(lanes)))
    return set((await connection.execute(statement)).scalars())


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Return the number of updates in each state: new, done, aside."""
    rows = await connection.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
    return {str(state): int(count) for state, count in rows}
