"""What staff have seen of cases: how far each has read, who is there now, and what came in since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import looks, staff, ticket_messages, tickets

THERE = timedelta(seconds=25)
"""How long somebody counts as present after their page last polled; a hidden page polls every ten seconds."""
WRITING = timedelta(seconds=8)
"""How long after the last keystroke somebody still counts as writing."""
_CLOSELY = timedelta(seconds=5)
"""Resolution of the time at which somebody was last seen."""
_said = ticket_messages.c


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody at a case. `read`: the last message they have read."""

    staff: int
    name: str
    read: int
    at: datetime
    writing_at: datetime | None

    def there(self, now: datetime) -> bool:
        """Tell whether they are looking at the case."""
        return now - self.at < THERE

    def writing(self, now: datetime) -> bool:
        """Tell whether they are writing in it."""
        return self.there(now) and self.writing_at is not None and now - self.writing_at < WRITING


@dataclass(frozen=True, slots=True)
class News:
    """A case as a list shows it. `since`: when the user began to wait for an answer; `None` where staff spoke last."""

    author: str = ""
    text: str = ""
    unread: int = 0
    since: datetime | None = None


async def at_case(connection: AsyncConnection, ticket: int) -> list[Look]:
    """Return who was at a case, in order of arrival."""
    statement = (
        select(looks.c.staff, staff.c.name, looks.c.read, looks.c.at, looks.c.writing_at)
        .join(staff, staff.c.id == looks.c.staff)
        .where(looks.c.ticket == ticket)
        .order_by(looks.c.staff)
    )
    return [Look(*row) for row in await connection.execute(statement)]


def worth_noting(before: Look | None, now: datetime, *, read: int, writing: bool) -> bool:
    """Tell whether a visit adds anything to what is noted already."""
    if before is None or read > before.read or now - before.at >= _CLOSELY:
        return True
    return writing and not before.writing(now + _CLOSELY)


async def note(
    connection: AsyncConnection, ticket: int, member: int, now: datetime, *, read: int = 0, writing: bool = False
) -> None:
    """Note that a member of staff is looking at a case; what was read stays read."""
    values = {"ticket": ticket, "staff": member, "read": read, "at": now, "writing_at": now if writing else None}
    statement = insert(connection, looks).values(**values)
    further = case((looks.c.read > read, looks.c.read), else_=read)
    changed = {"at": now, "read": further, **({"writing_at": now} if writing else {})}
    await connection.execute(statement.on_conflict_do_update(index_elements=["ticket", "staff"], set_=changed))


async def leave(connection: AsyncConnection, ticket: int, member: int, now: datetime) -> None:
    """Note that a member of staff turned away from a case, or is done with writing. What they read stays read."""
    gone = looks.update().where(looks.c.ticket == ticket, looks.c.staff == member)
    await connection.execute(gone.values(at=now - THERE, writing_at=None))


async def news(connection: AsyncConnection, numbers: Sequence[int], member: int) -> dict[int, News]:
    """Return by case what came in and how far a member of staff has read it."""
    if not numbers:
        return {}
    unread = {int(t): int(n) for t, n, _ in await connection.execute(_unread(member, numbers))}
    waiting = {int(t): at for t, at in await connection.execute(_waiting(numbers))}
    last = select(func.max(_said.id)).where(_said.ticket.in_(numbers), _said.author.in_(["user", "staff"]))
    rows = await connection.execute(
        select(_said.ticket, _said.author, _said.text).where(_said.id.in_(last.group_by(_said.ticket)))
    )
    lines = {int(t): (str(author), str(text)) for t, author, text in rows}
    return {n: News(*lines.get(n, ("", "")), unread.get(n, 0), waiting.get(n)) for n in numbers}


async def mine(connection: AsyncConnection, member: int, name: str) -> tuple[int, int]:
    """Return how many of somebody's cases have unread messages of users, and the newest such message."""
    own = select(tickets.c.id).where(tickets.c.state == "claimed", tickets.c.claimed_by == name)
    rows = (await connection.execute(_unread(member, own))).all()
    return len(rows), max((int(newest) for *_, newest in rows), default=0)


def _unread(member: int, numbers: Sequence[int] | Select[Any]) -> Select[Any]:
    """Select how many messages of users a member has not read, and the newest, by case."""
    seen = (looks.c.ticket == _said.ticket) & (looks.c.staff == member)
    return (
        select(_said.ticket, func.count(), func.max(_said.id))
        .outerjoin(looks, seen)
        .where(_said.ticket.in_(numbers), _said.author == "user", _said.id > func.coalesce(looks.c.read, 0))
        .group_by(_said.ticket)
    )


def _waiting(numbers: Sequence[int]) -> Select[Any]:
    """Select since when users wait, by case: their first message after the last of staff."""
    spoke = (
        select(_said.ticket, func.max(_said.id).label("id"))
        .where(_said.ticket.in_(numbers), _said.author == "staff")
        .group_by(_said.ticket)
        .subquery()
    )
    return (
        select(_said.ticket, func.min(_said.at))
        .outerjoin(spoke, spoke.c.ticket == _said.ticket)
        .where(_said.ticket.in_(numbers), _said.author == "user", _said.id > func.coalesce(spoke.c.id, 0))
        .group_by(_said.ticket)
    )
