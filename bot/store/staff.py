"""Members of staff and their sessions. Only the SHA-256 of a session's token is kept."""

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import hangul
from bot.store.schema import sessions, staff
from bot.words import RefusedError

ROLES = ("agent", "maintainer", "admin")
"""Each may do what those before it may."""
IDLE = timedelta(hours=2)
"""A session ends after this time without a request from its user."""
ABSOLUTE = timedelta(hours=12)
"""Any session ends after this time."""
SHIFT = timedelta(hours=4)
"""After an absence this long the shift counts as ended."""
_DECIDING = ("totp", "must_change")
"""Preferences on which it is decided who may log in, and to what."""
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters of Hangul that are blank."""
_NOTED = timedelta(minutes=1)
"""Resolution of the time at which somebody was last seen."""


class StaffRefusedError(RefusedError):
    """A change to an account is refused; the message says why, in the reader's words."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff. `password` is an argon2 hash; `shift_at`: when their last shift ended."""

    id: int
    login: str
    name: str
    role: str
    password: str
    state: str
    created_at: datetime
    seen_at: datetime | None = None
    shift_at: datetime | None = None
    preferences: Mapping[str, Any] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return self.state == "active"

    def may(self, role: str) -> bool:
        """Tell whether the member may do what a role may."""
        return self.role in ROLES and ROLES.index(self.role) >= ROLES.index(role)

    @property
    def _deciding(self) -> tuple[object, ...]:
        return self.password, self.state, *map(self.preferences.get, _DECIDING)

    def admitted_as(self, before: "Member") -> bool:
        """Tell whether all on which it is decided who may log in is as it was before."""
        return self._deciding == before._deciding


@dataclass(frozen=True, slots=True)
class Session:
    """A session, and its member."""

    token: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    member: Member


_MEMBER = tuple(staff.c[f.name] for f in fields(Member))


def _member(row: Sequence[Any]) -> Member:
    values = dict(zip((c.name for c in _MEMBER), row, strict=True))
    return Member(**{**values, "preferences": json.loads(values["preferences"] or "{}")})


def digest(token: str) -> str:
    """Return the digest under which a session is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


async def add(connection: AsyncConnection, login: str, name: str, role: str, password: str, now: datetime) -> Member:
    """Add a member of staff; `password` is its hash.

    Raises:
        StaffRefusedError: the login is taken.
    """
    values = {"login": login, "name": name, "role": role, "password": password, "created_at": now}
    try:
        row = (await connection.execute(staff.insert().values(**values).returning(*_MEMBER))).one()
    except IntegrityError:
        raise StaffRefusedError(f"'{login}' 계정이 이미 있습니다.") from None
    return _member(row)


async def find(connection: AsyncConnection, login: str) -> Member | None:
    """Return a member by login."""
    row = (await connection.execute(select(*_MEMBER).where(staff.c.login == login))).first()
    return _member(row) if row else None


async def named(connection: AsyncConnection, name: str) -> bool:
    """Tell whether readers would take a name for a member's name or login."""
    rows = await connection.execute(select(staff.c.name, staff.c.login))
    return read_as(name) in {read_as(taken) for row in rows for taken in row}


def read_as(name: str) -> str:
    """Return a name as readers take it: however it is encoded, in small letters, without what nobody sees."""
    return "".join(
        ch for ch in hangul.clean(name).casefold() if ch not in _FILLERS and unicodedata.category(ch)[0] not in "CMZ"
    )


async def get(connection: AsyncConnection, id: int) -> Member | None:
    """Return a member by number."""
    row = (await connection.execute(select(*_MEMBER).where(staff.c.id == id))).first()
    return _member(row) if row else None


async def hold(connection: AsyncConnection, id: int) -> Member | None:
    """Return a member as they are now, whom nobody else changes before the transaction ends."""
    row = (await connection.execute(select(*_MEMBER).where(staff.c.id == id).with_for_update())).first()
    return _member(row) if row else None


async def hold_as_before(connection: AsyncConnection, before: Member) -> Member | None:
    """Hold a member; `None` where that has changed meanwhile on which it is decided who may log in."""
    member = await hold(connection, before.id)
    return member if member is not None and member.admitted_as(before) else None


async def every(connection: AsyncConnection) -> list[Member]:
    """Return all members by login."""
    return [_member(row) for row in await connection.execute(select(*_MEMBER).order_by(staff.c.login))]


async def nobody(connection: AsyncConnection) -> bool:
    """Tell whether there is no account yet, so that nobody can log in."""
    return (await connection.execute(select(staff.c.id).limit(1))).first() is None


async def change(connection: AsyncConnection, id: int, **values: Any) -> None:
    """Change a member's row."""
    await connection.execute(update(staff).where(staff.c.id == id).values(**values))


async def prefer(connection: AsyncConnection, id: int, **values: Any) -> None:
    """Keep preferences of a member, beside the others that they have now."""
    member = await hold(connection, id)
    if member is not None:
        await change(connection, id, preferences=json.dumps({**member.preferences, **values}))


async def other_admins(connection: AsyncConnection, id: int) -> int:
    """Return how many active administrators there are beside a member."""
    statement = select(func.count()).where(staff.c.role == "admin", staff.c.state == "active", staff.c.id != id)
    return int((await connection.execute(statement)).scalar_one())


async def enter(connection: AsyncConnection, id: int, now: datetime) -> str:
    """Begin a session of a member and return its token: 256 random bits, which are not kept."""
    token = secrets.token_urlsafe(32)
    values = {"staff": id, "csrf": secrets.token_urlsafe(24), "created_at": now, "seen_at": now}
    await connection.execute(sessions.insert().values(token=digest(token), expires_at=now + ABSOLUTE, **values))
    shift_at = case((staff.c.seen_at <= now - SHIFT, staff.c.seen_at), else_=staff.c.shift_at)
    await change(connection, id, seen_at=now, shift_at=shift_at)
    return token


async def session(connection: AsyncConnection, token: str, now: datetime) -> Session | None:
    """Return the session of a token, where it has not ended and its member is active."""
    columns = (sessions.c.token, sessions.c.csrf, sessions.c.created_at, sessions.c.seen_at)
    statement = (
        select(*columns, *_MEMBER)
        .join(staff, staff.c.id == sessions.c.staff)
        .where(
            sessions.c.token == digest(token),
            sessions.c.expires_at > now,
            sessions.c.seen_at > now - IDLE,
            staff.c.state == "active",
        )
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        return None
    digested, csrf, created_at, seen_at, *member = row
    return Session(digested, csrf, created_at, seen_at, _member(member))


def ends(found: Session) -> datetime:
    """Return when a session ends unless its user does something."""
    return min(found.seen_at + IDLE, found.created_at + ABSOLUTE)


def extends(found: Session) -> bool:
    """Tell whether a session goes on where its user does something before it ends."""
    return found.seen_at + IDLE < found.created_at + ABSOLUTE


def stale(found: Session, now: datetime) -> bool:
    """Tell whether it should be noted that a session's user is still there."""
    return now - found.seen_at >= _NOTED


async def touch(connection: AsyncConnection, found: Session, now: datetime) -> None:
    """Note that a session's user is still there."""
    await change(connection, found.member.id, seen_at=now)  # first, as where all of a member's sessions end
    await connection.execute(update(sessions).where(sessions.c.token == found.token).values(seen_at=now))


async def leave(connection: AsyncConnection, token: str) -> None:
    """End the session of a token. Idempotent."""
    await connection.execute(delete(sessions).where(sessions.c.token == digest(token)))


async def leave_everywhere(connection: AsyncConnection, id: int) -> int:
    """End all sessions of a member and return how many."""
    return int((await connection.execute(delete(sessions).where(sessions.c.staff == id))).rowcount)


async def count_sessions(connection: AsyncConnection, now: datetime) -> dict[int, int]:
    """Return how many sessions each member has."""
    statement = select(sessions.c.staff, func.count()).where(
        sessions.c.expires_at > now, sessions.c.seen_at > now - IDLE
    )
    return {int(id): int(n) for id, n in await connection.execute(statement.group_by(sessions.c.staff))}
