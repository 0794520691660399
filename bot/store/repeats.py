"""What was done under a key of the client's, so that a request sent again does nothing twice. Kept as long as taps are."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import once


async def done(connection: AsyncConnection, key: str, now: datetime) -> str | None:
    """Return what came of it where something was done under a key; else `None`, and `settle` it in this transaction.

    Who comes with the same key meanwhile waits for that transaction.
    """
    noted = insert(connection, once).values(key=key, value="", at=now).on_conflict_do_nothing(index_elements=["key"])
    if (await connection.execute(noted.returning(once.c.key))).first() is not None:
        return None
    return str((await connection.execute(select(once.c.value).where(once.c.key == key))).scalar_one())


async def settle(connection: AsyncConnection, key: str, value: str) -> None:
    """Note what came of what was done under a key; at most 64 characters."""
    await connection.execute(update(once).where(once.c.key == key).values(value=value))
