"""Who did what, and who tried to log in. What repeated failures are counted by."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import in_turn, insert
from bot.store.schema import audit

WINDOW = timedelta(minutes=15)
"""In which failures count, and for which they lock out."""
MOST_OF_ACCOUNT = 5
MOST_OF_ADDRESS = 30
"""An office has one address: more than an account's."""
FAILED, ENTERED, CLEARED = "login.failed", "login", "login.cleared"


@dataclass(frozen=True, slots=True)
class Noted:
    """One line: who, what, on what, and more about it."""

    id: int
    at: datetime
    staff: str
    action: str
    target: str
    detail: str


async def note(
    connection: AsyncConnection, now: datetime, staff: str, action: str, target: str = "", detail: str = ""
) -> int:
    """Write down what somebody did, and return the line's number."""
    values = {"at": now, "staff": staff[:80], "action": action, "target": target[:200], "detail": detail[:2000]}
    row = await connection.execute(insert(connection, audit).values(**values).returning(audit.c.id))
    return int(row.scalar_one())


async def recent(connection: AsyncConnection, limit: int, before: int | None = None, action: str = "") -> list[Noted]:
    """Return the last lines, newest first; `action`: how those wanted begin."""
    columns = (audit.c.id, audit.c.at, audit.c.staff, audit.c.action, audit.c.target, audit.c.detail)
    statement = select(*columns).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(audit.c.id < before)
    if action:
        statement = statement.where(audit.c.action.startswith(action, autoescape=True))
    return [Noted(*row) for row in await connection.execute(statement)]


async def attempt(connection: AsyncConnection, account: str, address: str, now: datetime) -> int | None:
    """Count an attempt to log in before it is looked at; `None` where there were too many failures.

    It counts as a failure until `succeeded`. `account` and `address` are pseudonyms, of accounts that exist and of
    those that do not alike. Attempts take turns, so that many at once count one by one.
    """
    await in_turn(connection, "login")
    since = (audit.c.at > now - WINDOW, audit.c.action == FAILED)
    settled = select(func.max(audit.c.id)).where(audit.c.target == account, audit.c.action.in_([ENTERED, CLEARED]))
    last = (await connection.execute(settled.where(audit.c.at > now - WINDOW))).scalar_one() or 0
    count = select(func.count()).select_from(audit).where(*since)
    of_account = (await connection.execute(count.where(audit.c.target == account, audit.c.id > last))).scalar_one()
    of_address = (await connection.execute(count.where(audit.c.detail == address))).scalar_one()
    if of_account >= MOST_OF_ACCOUNT or of_address >= MOST_OF_ADDRESS:
        return None
    return await note(connection, now, "", FAILED, account, address)


async def name(connection: AsyncConnection, id: int, login: str, *, succeeded: bool) -> None:
    """Say whose account an attempt was for, once that is known to be one, and whether it succeeded."""
    action = ENTERED if succeeded else FAILED
    await connection.execute(update(audit).where(audit.c.id == id).values(staff=login, action=action))
