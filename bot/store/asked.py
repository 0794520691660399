"""What people asked in their own words, for editors who want to see whom a change affects."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import exchanges


@dataclass(frozen=True, slots=True)
class Asked:
    """One redacted question, the pseudonyms of those who asked it, and how often it was asked."""

    question: str
    users: frozenset[str]
    times: int


async def questions(connection: AsyncConnection, most: int) -> list[Asked]:
    """Return the distinct questions that were typed, most recent first, at most `most`."""
    typed = (exchanges.c.question != "", exchanges.c.tapped.is_(False))
    last = func.max(exchanges.c.at).label("last")
    newest = select(exchanges.c.question, last).where(*typed).group_by(exchanges.c.question)
    newest = newest.order_by(last.desc(), exchanges.c.question).limit(most)
    order = [question for question, _ in await connection.execute(newest)]
    chosen = newest.subquery()
    rows = await connection.execute(
        select(exchanges.c.question, exchanges.c.user, func.count())
        .join(chosen, chosen.c.question == exchanges.c.question)
        .where(*typed)
        .group_by(exchanges.c.question, exchanges.c.user)
    )
    found: dict[str, dict[str, Any]] = {q: {} for q in order}
    for question, user, count in rows:
        found.setdefault(question, {})[user] = count
    return [Asked(q, frozenset(users), sum(users.values())) for q, users in found.items() if users]
