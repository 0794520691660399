"""What the program knows of its own database: a handful of values by name."""

import hmac

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import facts
from bot.store.url import StoreError

KEY = "key"
"""The fact by which the key for pseudonyms is known."""
_OTHER_KEY = """이 데이터베이스의 이용자들은 다른 열쇠(HELPDESK_SECRET 또는 secret.key)로 가명이 되어 있습니다.
그대로 켜면 아무도 제 상담을 찾지 못하고, «내 정보 삭제»를 해도 지워지지 않습니다.
  1. 예전 열쇠를 되돌립니다: 쓰던 secret.key 파일을 데이터베이스 옆에 두거나, 예전 HELPDESK_SECRET을 정합니다.
  2. 예전 열쇠가 없으면 helpdesk store forget-key 로 예전 이용자와의 이음을 끊고 새 열쇠로 시작합니다
     (예전 글은 보관 기한이 지나면 지워집니다)."""


def fingerprint(secret: bytes) -> str:
    """Return a fingerprint of a key that does not reveal it: 32 hexadecimal digits."""
    return hmac.digest(secret, b"helpdesk key for pseudonyms", "sha256").hex()[:32]


async def get(connection: AsyncConnection, name: str) -> str:
    """Return a fact, or empty."""
    return str((await connection.execute(select(facts.c.value).where(facts.c.name == name))).scalar() or "")


async def put(connection: AsyncConnection, name: str, value: str) -> None:
    """Keep a fact. Idempotent."""
    statement = insert(connection, facts).values(name=name, value=value)
    await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def hold_key(connection: AsyncConnection, secret: bytes) -> None:
    """Check that the key for pseudonyms is the one with which the database was filled; the first one is noted.

    Raises:
        StoreError: it is another.
    """
    mine, known = fingerprint(secret), await get(connection, KEY)
    if known and known != mine:
        raise StoreError(_OTHER_KEY)
    if not known:
        await put(connection, KEY, mine)
