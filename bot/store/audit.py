"""Who did what, and who tried to log in; repeated failures are counted here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import in_turn, insert
from bot.store.schema import audit

WINDOW = timedelta(minutes=15)
"""The window in which failures count, and the longest that they lock anybody out."""
APART = timedelta(minutes=1)
"""How far the clocks of replicas may be apart. What is noted later than that is of a clock that ran ahead once, and no
failure of it counts: it would keep people out until that time comes."""
MOST_OF_ACCOUNT = 5
"""Failures on one account from one address that cause no wait."""
FIRST_PAUSE = timedelta(seconds=10)
"""The wait after one more; it doubles with each: whoever mistypes waits seconds, whoever guesses gets some ten tries a window."""
MOST_OF_STRANGERS = 20
"""Failures on one account from anywhere, after which only addresses and browsers that have logged in to it before may try."""
REMEMBERED = timedelta(days=30)
"""How long an address counts as known after a log-in from it."""
MOST_OF_ADDRESS = 30
"""Failures from one address; more than for an account, since a whole office shares an address."""
FAILED, ENTERED, CLEARED = "login.failed", "login", "login.cleared"
OVERTAKEN = "login.overtaken"
"""An attempt whose account changed while it was checked: neither a failure nor a log-in."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One line: who, what, on what, and more about it."""

    id: int
    at: datetime
    staff: str
    action: str
    target: str
    detail: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to log in: the number of its line; or `None`, and how long to wait."""

    line: int | None
    wait: timedelta = timedelta()


async def note(
    connection: AsyncConnection, now: datetime, staff: str, action: str, target: str = "", detail: str = ""
) -> int:
    """Note what somebody did, and return the line's number."""
    values = {"at": now, "staff": staff[:80], "action": action, "target": target[:200], "detail": detail[:2000]}
    row = await connection.execute(insert(connection, audit).values(**values).returning(audit.c.id))
    return int(row.scalar_one())


async def recent(connection: AsyncConnection, limit: int, before: int | None = None, action: str = "") -> list[Noted]:
    """Return the last lines, newest first; `action`: a prefix of those wanted."""
    columns = (audit.c.id, audit.c.at, audit.c.staff, audit.c.action, audit.c.target, audit.c.detail)
    statement = select(*columns).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(audit.c.id < before)
    if action:
        statement = statement.where(audit.c.action.startswith(action, autoescape=True))
    return [Noted(*row) for row in await connection.execute(statement)]


async def attempt(
    connection: AsyncConnection, account: str, address: str, now: datetime, *, known: bool = False
) -> Attempt:
    """Count an attempt to log in before it is checked; or say how long to wait, if there were too many failures.

    Strangers do not lock anybody out: failures count by account and address together, and those of all strangers
    keep only strangers away, not an address or a browser (`known`; `address` is its pseudonym then) from which the
    account was entered before. It counts as a failure until it is `settled`. `account` and `address` are pseudonyms, of
    accounts that exist and of those that do not alike. Attempts take turns, so that many at once count one by one.
    """
    await in_turn(connection, "login")
    last = select(func.max(audit.c.id)).where(audit.c.target == account, audit.c.at > now - WINDOW)
    cleared = (await connection.execute(last.where(audit.c.action == CLEARED))).scalar_one() or 0
    entered = (await connection.execute(last.where(audit.c.action == ENTERED))).scalar_one() or 0
    lately = (audit.c.at > now - WINDOW, audit.c.at <= now + APART, audit.c.action == FAILED)
    failures = select(func.count(), func.max(audit.c.at)).where(*lately)

    async def count(*conditions: ColumnElement[bool]) -> int:
        return int((await connection.execute(failures.where(*conditions))).one()[0])

    since = audit.c.id > max(cleared, entered)
    here = failures.where(audit.c.target == account, audit.c.detail == address, since)
    failed, failed_at = (await connection.execute(here)).one()
    wait = pause(failed)
    wait = min(wait, max(timedelta(), failed_at + wait - now)) if wait else wait
    if not wait and not known and not await _entered_from(connection, account, address, now):
        strangers = await count(audit.c.target == account, since)
        of_address = 0 if cleared else await count(audit.c.detail == address)
        wait = WINDOW if strangers >= MOST_OF_STRANGERS or of_address >= MOST_OF_ADDRESS else wait
    return Attempt(None, wait) if wait else Attempt(await note(connection, now, "", FAILED, account, address))


def pause(failures: int) -> timedelta:
    """Return how long after so many failures from one address on one account the next attempt may be made."""
    if failures < MOST_OF_ACCOUNT:
        return timedelta()
    return min(WINDOW, FIRST_PAUSE * (1 << min(failures - MOST_OF_ACCOUNT, 16)))


async def _entered_from(connection: AsyncConnection, account: str, address: str, now: datetime) -> bool:
    statement = select(audit.c.id).where(
        audit.c.target == account, audit.c.action == ENTERED, audit.c.detail == address, audit.c.at > now - REMEMBERED
    )
    return (await connection.execute(statement.limit(1))).first() is not None


async def settle(connection: AsyncConnection, id: int, login: str, action: str) -> None:
    """Note whose account an attempt was for, once that is known, and what became of it."""
    await connection.execute(update(audit).where(audit.c.id == id).values(staff=login, action=action))
