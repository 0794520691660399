"""What was done under a client's idempotency key, so that a repeated request does nothing twice. Kept as long as taps."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import once


async def done(connection: AsyncConnection, key: str, now: datetime) -> str | None:
    """Return the outcome of what was done under a key; `None` if nothing was: then `settle` it in this transaction.

    Others with the same key wait for that transaction.
    """
    noted = insert(connection, once).values(key=key, value="", at=now).on_conflict_do_nothing(index_elements=["key"])
    if (await connection.execute(noted.returning(once.c.key))).first() is not None:
        return None
    return str((await connection.execute(select(once.c.value).where(once.c.key == key))).scalar_one())


async def settle(connection: AsyncConnection, key: str, value: str) -> None:
    """Record the outcome of what was done under a key; at most 64 characters."""
    await connection.execute(update(once).where(once.c.key == key).values(value=value))
