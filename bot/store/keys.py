"""Keys of the HTTP API: shown once, kept as SHA-256."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import keys
from bot.words import RefusedError

ROLES = ("public", "agent", "maintainer")
STAFF = ("agent", "maintainer")
LONGEST_NAME = 80
_USED = timedelta(hours=1)
"""Resolution of the time at which a key was last used."""


class KeyRefusedError(RefusedError):
    """A key cannot be made; the message says why, in the operator's words."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept. `token` is the SHA-256 of what its holder sends."""

    token: str
    name: str
    role: str
    created_at: datetime
    used_at: datetime | None = None

    @property
    def staff(self) -> bool:
        return self.role in STAFF


_COLUMNS = (keys.c.token, keys.c.name, keys.c.role, keys.c.created_at, keys.c.used_at)


def digest(secret: str) -> str:
    """Return the digest under which a key is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def add(connection: AsyncConnection, name: str, role: str, now: datetime) -> str:
    """Make a key and return it: 256 random bits that cannot be shown again.

    Raises:
        KeyRefusedError: the name is taken, empty or too long, or there is no such role.
    """
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise KeyRefusedError(f"키의 이름은 1~{LONGEST_NAME}자여야 합니다.")
    if role not in ROLES:
        raise KeyRefusedError(f"역할은 {', '.join(ROLES)} 가운데 하나여야 합니다: {role}")
    secret = f"hd_{secrets.token_urlsafe(32)}"
    values = {"token": digest(secret), "name": name, "role": role, "created_at": now}
    try:
        await connection.execute(keys.insert().values(**values))
    except IntegrityError:
        raise KeyRefusedError(f"이름이 '{name}'인 키가 이미 있습니다. 먼저 지우거나 다른 이름을 쓰세요.") from None
    return secret


async def find(connection: AsyncConnection, token: str) -> Key | None:
    """Return the key with a digest."""
    row = (await connection.execute(select(*_COLUMNS).where(keys.c.token == token))).first()
    return Key(*row) if row else None


async def every(connection: AsyncConnection) -> list[Key]:
    """Return all keys by name."""
    return [Key(*row) for row in await connection.execute(select(*_COLUMNS).order_by(keys.c.name))]


async def used(connection: AsyncConnection, token: str, now: datetime) -> None:
    """Note that a key was used, to the hour."""
    stale = or_(keys.c.used_at.is_(None), keys.c.used_at < now - _USED)
    await connection.execute(update(keys).where(keys.c.token == token, stale).values(used_at=now))


async def remove(connection: AsyncConnection, name: str) -> bool:
    """Remove a key; return whether there was one of that name."""
    return bool((await connection.execute(delete(keys).where(keys.c.name == name))).rowcount)
