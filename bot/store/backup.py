"""Back-up and restore: one portable file for SQLite and PostgreSQL, which also moves from one to the other.

Format: gzip of JSON lines. The first names the format and the schema's revision; each other is `[table, row]`.
"""

import gzip
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import backup_lines, facts
from bot.store.backup_lines import FORMAT, Line
from bot.store.database import Database, unavailable
from bot.store.retention import forget_again
from bot.store.schema import facts as facts_table
from bot.store.schema import forgotten, metadata
from bot.store.url import StoreError

_BATCH = 500


async def backup(database: Database, path: Path) -> int:
    """Write all rows to a file, as of one moment, and return how many. The file appears whole or not at all.

    Raises:
        StoreError: the file cannot be written.
    """
    partial = path.with_name(f"{path.name}.part")
    rows = 0
    try:
        async with database.read() as connection:
            if not database.sqlite:
                await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            head = {"helpdesk": FORMAT, "revision": await revision(connection)}
            partial.unlink(missing_ok=True)  # of one that was broken off
            with open(partial, "wb", opener=_private) as raw, gzip.open(raw, "wt", encoding="utf-8") as out:
                out.write(json.dumps(head) + "\n")
                for table in metadata.sorted_tables:
                    async for row in await connection.stream(select(table)):
                        out.write(json.dumps([table.name, dict(row._mapping)], default=_plain) + "\n")
                        rows += 1
        partial.replace(path)
    except SQLAlchemyError as error:
        partial.unlink(missing_ok=True)
        raise StoreError("백업할 수 없습니다: 데이터베이스가 깨졌거나 닿지 않습니다.") from error
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"백업 파일을 쓸 수 없습니다: {error.strerror or error} ({path})") from error
    return rows


async def restore(database: Database, path: Path, *, replace: bool = False, secret: bytes = b"") -> int:
    """Read a back-up into the database, in one transaction, and return how many rows.

    `secret`: the key for pseudonyms with which it will be used. Users who asked to be forgotten, before or after the back-up was made, stay forgotten.

    Raises:
        StoreError: the file is not a whole back-up of this version or an earlier one, or there are rows and `replace` is
            not set, or its users were given their pseudonyms with another key, or the database takes no more.
    """
    await database.migrate()
    try:
        async with database.write() as connection:
            return await _restored(connection, path, replace=replace, secret=secret)
    except SQLAlchemyError as error:
        raise StoreError("되돌릴 수 없습니다: 데이터베이스가 깨졌거나 닿지 않거나, 디스크가 찼습니다.") from error


async def _restored(connection: AsyncConnection, path: Path, *, replace: bool, secret: bytes) -> int:
    gone = [dict(r._mapping) for r in await connection.execute(select(forgotten))]
    await _empty(connection, replace=replace)
    count = 0
    batch: list[Line] = []
    for line in backup_lines.rows(path, await revision(connection)):
        if batch and (line.table is not batch[0].table or len(batch) >= _BATCH):
            await _insert(connection, path, batch)
            batch = []
        batch.append(line)
        count += 1
    if batch:
        await _insert(connection, path, batch)
    if secret:
        await facts.hold_key(connection, secret)
    known = set((await connection.execute(select(forgotten.c.user))).scalars())
    if missing := [g for g in gone if g["user"] not in known]:
        await connection.execute(insert(forgotten), missing)
    await forget_again(connection)
    if connection.dialect.name != "sqlite":
        await _count_on(connection)
    return count


async def _insert(connection: AsyncConnection, path: Path, batch: Sequence[Line]) -> None:
    """Insert rows of one table.

    Raises:
        StoreError: the database refuses one, and which.
    """
    try:
        async with connection.begin_nested():
            await connection.execute(insert(batch[0].table), [line.row for line in batch])
    except SQLAlchemyError as error:
        if unavailable(error):
            raise
        if len(batch) == 1:
            why = "데이터베이스가 받지 않습니다(같은 것이 또 있거나, 빠졌거나, 너무 깁니다)."
            raise backup_lines.damaged(path, batch[0].number, why) from None
        half = len(batch) // 2
        await _insert(connection, path, batch[:half])
        await _insert(connection, path, batch[half:])


async def revision(connection: AsyncConnection) -> str:
    """Return the schema's revision."""
    return str((await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())


async def _empty(connection: AsyncConnection, *, replace: bool) -> None:
    for table in reversed(metadata.sorted_tables):
        if replace or table is facts_table:
            await connection.execute(delete(table))
        elif (await connection.execute(select(func.count()).select_from(table))).scalar_one():
            raise StoreError("데이터베이스가 비어 있지 않습니다. 지우고 되돌리려면 --replace를 붙이세요.")


async def _count_on(connection: AsyncConnection) -> None:
    """Set PostgreSQL's sequences to continue after the restored numbers."""
    for table in metadata.sorted_tables:
        if "id" in table.c and table.c.id.autoincrement is True:
            await connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"GREATEST((SELECT max(id) FROM {table.name}), 1))"
                )
            )


def _private(path: str, flags: int) -> int:
    """Open a file that is nobody else's yet: one that is there may be a link, or be read by others."""
    return os.open(path, flags | os.O_EXCL, 0o600)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
