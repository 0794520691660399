"""Where users want to be called or written to about their case: kept apart from the messages, until it is closed."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import callbacks

LONGEST = 120
"""Characters of a telephone number or an e-mail address."""


async def keep(connection: AsyncConnection, ticket: int, contact: str, now: datetime) -> None:
    """Keep where a user wants to hear about a case; an empty text deletes it. Idempotent."""
    if not contact:
        await drop(connection, ticket)
        return
    statement = insert(connection, callbacks).values(ticket=ticket, contact=contact, at=now)
    changed = {"contact": contact, "at": now}
    await connection.execute(statement.on_conflict_do_update(index_elements=["ticket"], set_=changed))


async def of(connection: AsyncConnection, ticket: int) -> str:
    """Return where a user wants to hear about a case; empty where they did not say."""
    statement = select(callbacks.c.contact).where(callbacks.c.ticket == ticket)
    return (await connection.execute(statement)).scalar_one_or_none() or ""


async def drop(connection: AsyncConnection, ticket: int) -> None:
    """Delete where a user wants to hear about a case. Idempotent."""
    await connection.execute(delete(callbacks).where(callbacks.c.ticket == ticket))
