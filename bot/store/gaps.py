"""What maintainers read of what had no good answer: questions left behind and answers turned down."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import exchanges, feedback, unanswered

STATES = ("new", "pending", "done", "ignored")


@dataclass(frozen=True, slots=True)
class Record:
    """One question that was left behind. `user` is pseudonymous; `nearest` is the entry offered or turned down."""

    id: int
    user: str
    channel: str
    at: datetime
    question: str
    why: str
    nearest: str = ""
    answer: str = ""
    state: str = "new"
    note: str = ""


async def collect(connection: AsyncConnection) -> int:
    """Put answers that were turned down without a reason among the questions left behind; return how many.

    Idempotent.
    """
    known = exists().where(
        and_(
            unanswered.c.user == feedback.c.user,
            unanswered.c.question == exchanges.c.question,
            unanswered.c.why.in_(("down", "none")),
        )
    )
    rows = await connection.execute(
        select(
            feedback.c.user,
            exchanges.c.channel,
            feedback.c.at,
            exchanges.c.question,
            feedback.c.entry,
            exchanges.c.entry,
        )
        .join(exchanges, exchanges.c.id == feedback.c.exchange)
        .where(feedback.c.verdict == "down", exchanges.c.question != "", ~known)
    )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for user, channel, at, question, entry, answered in rows:
        row = {"user": user, "channel": channel, "at": at, "question": question, "nearest": entry or answered}
        found.setdefault((user, question), {**row, "why": "down"})
    if found:
        await connection.execute(insert(connection, unanswered), list(found.values()))
    return len(found)


async def records(connection: AsyncConnection) -> list[Record]:
    """Return all questions left behind, oldest first."""
    columns = [getattr(unanswered.c, name) for name in Record.__dataclass_fields__]
    rows = await connection.execute(select(*columns).where(unanswered.c.question != "").order_by(unanswered.c.id))
    return [Record(*row) for row in rows]


async def mark(connection: AsyncConnection, ids: Iterable[int], state: str) -> int:
    """Set the state of questions left behind and return how many there are. Idempotent."""
    done = await connection.execute(update(unanswered).where(unanswered.c.id.in_(list(ids))).values(state=state))
    return int(done.rowcount)
