"""Which answers people ask for most, for lists that begin with them."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import exchanges


async def askers(connection: AsyncConnection, since: datetime) -> dict[str, int]:
    """Return how many people asked for each entry in their own words since a moment."""
    people = func.count(func.distinct(exchanges.c.user))
    typed = (exchanges.c.at >= since, exchanges.c.entry != "", exchanges.c.tapped.is_(False))
    rows = await connection.execute(select(exchanges.c.entry, people).where(*typed).group_by(exchanges.c.entry))
    return {str(entry): int(count) for entry, count in rows}
