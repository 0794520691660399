"""Join what is said into a call that still waits, so that a user who writes a hundred lines does not fill a chat's queue."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import outbox

_NEW = outbox.c.state == literal_column("'new'")
_CROWD = 3
"""Calls waiting for a chat from which on more is joined into one."""
_JOINED = timedelta(minutes=10)
"""How old a waiting call may be to be joined."""
_MOST = 3_500
"""Characters of one message."""


async def append(connection: AsyncConnection, ticket: int, words: str, now: datetime, *, key: str = "") -> bool:
    """Add words to the last thing that still waits to be said about a ticket; return whether they will be said.

    `key` names the words as it names a call: they are not said twice. Without it the caller sees to that.
    """
    last = await _last(connection, ticket, now)
    if key and await _taken(connection, key):
        return True
    if last is None or last.state != "new" or not last.payload or not await _crowded(connection, last.lane):
        return False
    payload = json.loads(last.payload)
    if "text" not in payload or "reply_markup" in payload or len(payload["text"]) + len(words) > _MOST:
        return False
    said = json.dumps({**payload, "text": payload["text"] + words}, ensure_ascii=False)
    joined = update(outbox).where(outbox.c.id == last.id, _NEW).values(payload=said)
    if not (await connection.execute(joined)).rowcount:
        return False
    if key:
        row = {"key": key, "lane": "", "method": "", "state": "joined", "ticket": ticket}
        await connection.execute(outbox.insert().values(**row, created_at=now, settled_at=now))
    return True


async def _last(connection: AsyncConnection, ticket: int, now: datetime) -> Any:
    """Return the last call that waits about a ticket, and lock it until the transaction ends.

    Otherwise one of two that add at the same time would overwrite the other.
    """
    statement = (
        select(outbox.c.id, outbox.c.payload, outbox.c.state, outbox.c.lane)
        .where(outbox.c.ticket == ticket, outbox.c.role == "staff", outbox.c.created_at > now - _JOINED)
        .order_by(outbox.c.id.desc())
        .limit(1)
        .with_for_update()
    )
    return (await connection.execute(statement)).first()


async def _taken(connection: AsyncConnection, key: str) -> bool:
    found = select(outbox.c.id).where(outbox.c.key == key)
    return (await connection.execute(found)).first() is not None


async def _crowded(connection: AsyncConnection, lane: str) -> bool:
    """Tell whether so many calls wait for a chat that messages are joined."""
    waits = select(func.count()).where(outbox.c.lane == lane, _NEW)
    return int((await connection.execute(waits)).scalar_one()) >= _CROWD
