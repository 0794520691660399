"""Who hears of corrections, and who was given an answer that was put right since."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.answers import Change
from bot.store.database import insert
from bot.store.schema import answers, exchanges, outbox, people, subscribers

ROLE = "notice"
"""The role of the calls that tell of corrections."""
_STRAGGLERS = timedelta(minutes=10)
"""How long after a change replicas may still answer from the version before."""
_IN_USE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A user who wants to hear of corrections, and where they are told."""

    user: str
    channel: str
    chat: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Affected:
    """A subscriber who was given an older text, and when last."""

    user: str
    chat: str
    language: str
    asked_at: datetime


async def subscribe(connection: AsyncConnection, subscriber: Subscriber) -> None:
    """Have a user hear of corrections from now on. Idempotent."""
    row = asdict(subscriber)
    statement = insert(connection, subscribers).values(row)
    changed = {k: row[k] for k in ("channel", "chat", "language")}
    await connection.execute(statement.on_conflict_do_update(index_elements=["user"], set_=changed))


async def unsubscribe(connection: AsyncConnection, user: str) -> None:
    """Have a user hear of no correction any more, not even of what waits to be sent. Idempotent."""
    await connection.execute(delete(subscribers).where(subscribers.c.user == user))
    waiting = delete(outbox).where(outbox.c.user == user, outbox.c.role == ROLE, outbox.c.state == "new")
    await connection.execute(waiting)


async def subscribed(connection: AsyncConnection, user: str) -> bool:
    """Tell whether a user hears of corrections."""
    found = select(subscribers.c.user).where(subscribers.c.user == user)
    return (await connection.execute(found)).first() is not None


async def superseded(connection: AsyncConnection, row: int, entry: str) -> bool:
    """Tell whether an entry was corrected again after the correction in a row of the history."""
    later = select(answers.c.id).where(answers.c.entry == entry, answers.c.id > row, answers.c.correction)
    return (await connection.execute(later.limit(1))).first() is not None


async def affected(
    connection: AsyncConnection, change: Change, channel: str, after: str, limit: int
) -> list[Affected]:
    """Return subscribers of a channel who were given the entry before a change, by name, those after `after`.

    Who only got the new text is not among them; who got the old one from a replica that lagged behind is.
    """
    in_use = select(exchanges.c.knowledge).where(exchanges.c.at < change.at, exchanges.c.at > change.at - _IN_USE)
    earlier = or_(
        exchanges.c.at < change.at,
        and_(
            exchanges.c.at < change.at + _STRAGGLERS,
            exchanges.c.knowledge != change.version,
            exchanges.c.knowledge.in_(in_use),
        ),
    )
    statement = (
        select(
            subscribers.c.user,
            subscribers.c.chat,
            subscribers.c.language,
            people.c.language,
            func.max(exchanges.c.at),
        )
        .join(exchanges, exchanges.c.user == subscribers.c.user)
        .outerjoin(people, people.c.user == subscribers.c.user)
        .where(
            subscribers.c.channel == channel,
            subscribers.c.user > after,
            exchanges.c.channel == channel,
            exchanges.c.entry == change.entry,
            earlier,
        )
        .group_by(subscribers.c.user, subscribers.c.chat, subscribers.c.language, people.c.language)
        .order_by(subscribers.c.user)
        .limit(limit)
    )
    rows = await connection.execute(statement)
    return [Affected(user, chat, chosen or language, at) for user, chat, language, chosen, at in rows]
