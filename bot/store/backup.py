"""Back-up and restore: one portable file for SQLite and PostgreSQL, which also moves from one to the other.

Format: gzip of JSON lines. The first names the format and the schema's revision; each other is `[table, row]`.
"""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import facts
from bot.store.database import Database
from bot.store.retention import forget_again
from bot.store.schema import facts as facts_table
from bot.store.schema import forgotten, metadata
from bot.store.url import StoreError

FORMAT = 1
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
            not set, or its users were given their pseudonyms with another key.
    """
    await database.migrate()
    async with database.write() as connection:
        here = await revision(connection)
        lines = _lines(path, here)
        gone = [dict(r._mapping) for r in await connection.execute(select(forgotten))]
        await _empty(connection, replace=replace)
        rows = 0
        batch: list[dict[str, Any]] = []
        current = ""
        for table, row in lines:
            if batch and (table != current or len(batch) >= _BATCH):
                await connection.execute(insert(metadata.tables[current]), batch)
                batch = []
            current = table
            batch.append(row)
            rows += 1
        if batch:
            await connection.execute(insert(metadata.tables[current]), batch)
        if secret:
            await facts.hold_key(connection, secret)
        known = set((await connection.execute(select(forgotten.c.user))).scalars())
        if missing := [g for g in gone if g["user"] not in known]:
            await connection.execute(insert(forgotten), missing)
        await forget_again(connection)
        if not database.sqlite:
            await _count_on(connection)
    return rows


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


def _lines(path: Path, here: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            head = json.loads(next(lines))
            if not isinstance(head, dict) or head.get("helpdesk") != FORMAT:
                raise StoreError(f"이 프로그램의 백업 파일이 아닙니다: {path}")
            if str(head["revision"]) > here:
                made = f"백업의 버전({head['revision']})이 데이터베이스의 버전({here})보다 새것입니다."
                raise StoreError(f"{made} 프로그램을 새 버전으로 올린 뒤에 되돌리세요.")
            for line in lines:
                name, row = json.loads(line)
                yield name, _typed(name, row)
    except (OSError, EOFError, ValueError, KeyError, StopIteration) as error:
        raise StoreError(f"백업 파일을 읽을 수 없습니다(깨졌거나 없습니다): {path}") from error


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _typed(name: str, row: dict[str, Any]) -> dict[str, Any]:
    table = metadata.tables[name]
    moments = {c.name for c in table.c if c.type.python_type is datetime}
    known = {k: v for k, v in row.items() if k in table.c}  # an earlier version may have had more columns
    return {k: datetime.fromisoformat(v) if v and k in moments else v for k, v in known.items()}
