"""What agents leave for maintainers while on the phone: what they did not find, and which answers they doubt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import in_turn, insert
from bot.store.schema import audit, unanswered

CHANNEL = "call"
PROPOSED = "copied"
"""The reason under which wordings are kept that an agent typed before copying an answer: proposals, not complaints."""


@dataclass(frozen=True, slots=True)
class Left:
    """A question in the queue. `why`: call (nothing was found), wrong or stale (the answer `nearest` is doubted)."""

    id: int
    at: datetime
    channel: str
    question: str
    why: str
    nearest: str
    answer: str
    state: str
    note: str
    ticket: int | None


_LEFT = (
    unanswered.c.id,
    unanswered.c.at,
    unanswered.c.channel,
    unanswered.c.question,
    unanswered.c.why,
    unanswered.c.nearest,
    unanswered.c.answer,
    unanswered.c.state,
    unanswered.c.note,
    unanswered.c.ticket,
)


async def leave(
    connection: AsyncConnection,
    call: str,
    why: str,
    question: str,
    now: datetime,
    *,
    nearest: str = "",
    note: str = "",
) -> int:
    """Leave something for maintainers and return its number. For one call, reason and answer only the last is kept.

    `call` is the pseudonym of a call; all texts are redacted.
    """
    await in_turn(connection, "call", call)
    same = [unanswered.c.user == call, unanswered.c.channel == CHANNEL, unanswered.c.why == why]
    if why != "call":
        same.append(unanswered.c.nearest == nearest)
    values = {"at": now, "question": question, "nearest": nearest, "note": note, "state": "new"}
    changed = update(unanswered).where(*same).values(**values).returning(unanswered.c.id)
    row = (await connection.execute(changed)).first()
    if row is not None:
        return int(row[0])
    added = insert(connection, unanswered).values(user=call, channel=CHANNEL, why=why, **values)
    return int((await connection.execute(added.returning(unanswered.c.id))).scalar_one())


async def take_back(connection: AsyncConnection, id: int, call: str) -> bool:
    """Take back what a call left, as long as no maintainer has started on it; return whether it was there."""
    own = (unanswered.c.id == id, unanswered.c.user == call, unanswered.c.state == "new")
    return bool((await connection.execute(delete(unanswered).where(*own))).rowcount)


async def withdraw(connection: AsyncConnection, user: str, channel: str, question: str, entry: str) -> None:
    """Remove somebody's note that an answer did not help, because they now say otherwise, or say why. Idempotent."""
    same = (unanswered.c.user == user, unanswered.c.channel == channel, unanswered.c.question == question)
    told = (unanswered.c.nearest == entry, unanswered.c.why == "down", unanswered.c.state == "new")
    await connection.execute(delete(unanswered).where(*same, *told))


async def queue(connection: AsyncConnection, limit: int, whys: Sequence[str] = ()) -> list[Left]:
    """Return the newest open questions of some reasons, or of all but what is merely proposed."""
    statement = select(*_LEFT).where(unanswered.c.state.in_(["new", "pending"]))
    statement = statement.where(unanswered.c.why.in_(whys) if whys else unanswered.c.why != PROPOSED)
    rows = await connection.execute(statement.order_by(unanswered.c.at.desc(), unanswered.c.id.desc()).limit(limit))
    return [Left(**row._mapping) for row in rows]


_FLAGS = ("wrong", "stale")
DOUBTED = (*_FLAGS, "down")
"""Why what is said against an answer is left: the answer is to be looked at, and there is nothing to learn."""


def _doubts(entry: str) -> ColumnElement[bool]:
    """Select the open complaints about an answer."""
    open_ones = unanswered.c.state.in_(["new", "pending"])
    return and_(unanswered.c.nearest == entry, unanswered.c.why.in_(DOUBTED), open_ones)


async def about(connection: AsyncConnection, entry: str, limit: int = 20) -> list[Left]:
    """Return the open complaints of agents and visitors about an answer, newest first."""
    rows = await connection.execute(
        select(*_LEFT).where(_doubts(entry)).order_by(unanswered.c.id.desc()).limit(limit)
    )
    return [Left(**row._mapping) for row in rows]


async def settle(connection: AsyncConnection, entry: str, answer: str, state: str = "done") -> None:
    """Note on all complaints about an answer what became of it, by whom and why: whoever flagged it reads that.

    `state`: done (corrected), pending (a patch was made of it) or ignored (it stays as it is).
    """
    await connection.execute(update(unanswered).where(_doubts(entry)).values(state=state, answer=answer))


async def settled(connection: AsyncConnection, since: datetime, limit: int = 20, *, staff: str = "") -> list[Left]:
    """Return what was flagged since a moment and of which something became, newest first; of all, or of one login."""
    became = or_(
        unanswered.c.state.in_(["done", "ignored"]),
        and_(unanswered.c.state == "pending", unanswered.c.answer != ""),
    )
    wanted = [unanswered.c.why.in_(_FLAGS), became, unanswered.c.at >= since]
    if staff:
        number = literal("#", String) + cast(unanswered.c.id, String)
        own = (audit.c.staff == staff, audit.c.action.like("flag.%"), audit.c.detail == number)
        wanted.append(exists().where(*own))
    rows = await connection.execute(select(*_LEFT).where(*wanted).order_by(unanswered.c.id.desc()).limit(limit))
    return [Left(**row._mapping) for row in rows]


async def count(connection: AsyncConnection) -> int:
    """Return how many questions nobody has looked at."""
    statement = select(func.count()).select_from(unanswered)
    statement = statement.where(unanswered.c.state == "new", unanswered.c.why != PROPOSED)
    return int((await connection.execute(statement)).scalar_one())
