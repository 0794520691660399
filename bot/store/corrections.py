"""Who subscribed to corrections, and who was given an answer that has been corrected since."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.answers import Change
from bot.store.database import insert
from bot.store.schema import answers, exchanges, once, outbox, people, subscribers

ROLE = "notice"
"""The role of the calls that send corrections."""
_STRAGGLERS = timedelta(minutes=10)
"""How long after a change replicas may still answer from the previous version."""
_IN_USE = timedelta(days=1)
_SEEN = "corrected:"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A user who subscribed to corrections, and where to send them."""

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
    """Subscribe a user to corrections. Idempotent."""
    row = asdict(subscriber)
    statement = insert(connection, subscribers).values(row)
    changed = {k: row[k] for k in ("channel", "chat", "language")}
    await connection.execute(statement.on_conflict_do_update(index_elements=["user"], set_=changed))


async def unsubscribe(connection: AsyncConnection, user: str) -> None:
    """Unsubscribe a user from corrections, including those that wait to be sent. Idempotent."""
    await connection.execute(delete(subscribers).where(subscribers.c.user == user))
    waiting = delete(outbox).where(outbox.c.user == user, outbox.c.role == ROLE, outbox.c.state == "new")
    await connection.execute(waiting)


async def subscribed(connection: AsyncConnection, user: str) -> bool:
    """Tell whether a user is subscribed to corrections."""
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

    Users who only got the new text are not among them; those who got the old one from a replica that lagged behind are.
    """
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
            _before(change),
        )
        .group_by(subscribers.c.user, subscribers.c.chat, subscribers.c.language, people.c.language)
        .order_by(subscribers.c.user)
        .limit(limit)
    )
    rows = await connection.execute(statement)
    return [Affected(user, chat, chosen or language, at) for user, chat, language, chosen, at in rows]


def _before(change: Change) -> ColumnElement[bool]:
    """Return the condition on exchanges that were answered before a change, or by a replica that lagged behind it."""
    in_use = select(exchanges.c.knowledge).where(exchanges.c.at < change.at, exchanges.c.at > change.at - _IN_USE)
    late = and_(
        exchanges.c.at < change.at + _STRAGGLERS,
        exchanges.c.knowledge != change.version,
        exchanges.c.knowledge.in_(in_use),
    )
    return or_(exchanges.c.at < change.at, late)


async def recent(connection: AsyncConnection, since: datetime, after: int = 0) -> list[tuple[int, Change]]:
    """Return the last correction of each entry that was corrected since a moment, by row, those above `after`."""
    last = select(func.max(answers.c.id)).where(answers.c.correction, answers.c.at > since).group_by(answers.c.entry)
    statement = select(answers).where(answers.c.id.in_(last), answers.c.id > after).order_by(answers.c.id)
    return [
        (r.id, Change(r.entry, r.question, "", r.text, r.at, r.version, True))
        for r in await connection.execute(statement)
    ]


async def given(connection: AsyncConnection, change: Change, user: str) -> datetime | None:
    """Return when a user was last given an entry before a change; `None` where never."""
    mine = (exchanges.c.user == user, exchanges.c.entry == change.entry)
    last = select(exchanges.c.at).where(*mine, _before(change)).order_by(exchanges.c.at.desc()).limit(1)
    return (await connection.execute(last)).scalar_one_or_none()


async def seen(connection: AsyncConnection, user: str, rows: Iterable[int]) -> set[int]:
    """Return those of the corrections in some rows that a user has been shown."""
    mine = select(once.c.key).where(once.c.key.in_([f"{_SEEN}{user}:{row}" for row in rows]))
    return {int(key.rpartition(":")[2]) for key in (await connection.execute(mine)).scalars()}


async def see(connection: AsyncConnection, user: str, rows: Iterable[int], until: datetime) -> None:
    """Note that a user has been shown corrections; that is known until a moment, or until they are forgotten."""
    noted = [{"key": f"{_SEEN}{user}:{row}", "value": "", "at": until} for row in rows]
    if noted:
        await connection.execute(insert(connection, once).on_conflict_do_nothing(index_elements=["key"]), noted)


async def forget(connection: AsyncConnection, user: str) -> None:
    """Forget what a user has been shown. Idempotent."""
    await connection.execute(delete(once).where(once.c.key.startswith(f"{_SEEN}{user}:", autoescape=True)))
