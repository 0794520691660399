"""SQLite behind SQLAlchemy: its settings, and transactions that visit the connection's thread as seldom as they can.

A trip to that thread and back takes as long as a question's statements, so a transaction begins with its first statement
and may end with its last.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Statement = tuple[str, Sequence[Any]]
"""A statement in the driver's own style, and its values."""
DRIVER = "sqlite+lean"
WAIT_MS = 10_000
_CACHE_KIB = 16_000
"""KiB of pages that a connection caches: a new row touches its indexes in distant places."""
_WAL_PAGES = 16_000
"""Pages of 4 KiB in the write-ahead log (64 MB) at which it is copied into the file, while one turn waits 20 to 50 ms:
pages written often are copied once, and less than one batch in a hundred waits."""
_BEGIN = "begin"
"""The key in a connection's `info` of the statement with which the transaction is still to begin."""


class LeanDialect(SQLiteDialect_aiosqlite):
    """The dialect that commits nothing where there is no transaction. It does roll back: one may be about to begin."""

    supports_statement_cache = True

    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Commit what was not committed with the last statement."""
        driver: Any = dbapi_connection._connection
        if driver.in_transaction:
            dbapi_connection.commit()


registry.register("sqlite.lean", __name__, LeanDialect.__name__)


def engine(url: str) -> AsyncEngine:
    """Return an engine on a file."""
    made = create_async_engine(
        url, pool_size=4, max_overflow=0, hide_parameters=True, pool_reset_on_return=None, pool_use_lifo=True
    )
    event.listen(made.sync_engine, "connect", _configure)
    event.listen(made.sync_engine, "begin", _begin)
    event.listen(made.sync_engine, "before_cursor_execute", _begun)
    return made


def _configure(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"wal_autocheckpoint={_WAL_PAGES}",
        f"cache_size=-{_CACHE_KIB}",
        f"busy_timeout={WAIT_MS}",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten, however SQLite was compiled
        f"journal_size_limit={_WAL_PAGES * 4096}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: SyncConnection) -> None:
    # a transaction that turns from reading to writing fails immediately if another one writes: declare it at the start
    write = connection.get_execution_options().get("write", False)
    connection.info[_BEGIN] = "BEGIN IMMEDIATE" if write else "BEGIN"


def _begun(connection: SyncConnection, *_: object) -> None:
    begin = connection.info.pop(_BEGIN, "")
    if begin:
        with _as_sqlalchemy(connection.dialect):
            connection.connection.run_async(lambda driver: driver.execute_fetchall(begin))


async def driven(
    connection: AsyncConnection, statements: Sequence[Statement], *, last: bool = False
) -> list[Sequence[Sequence[Any]]]:
    """Run statements written for the driver, in order, and return the rows of each.

    All go to the connection's thread and back once; SQLAlchemy's own way does so four times for each. The first that
    fails is the last: after some failures SQLite has already rolled back, and later statements would be kept.

    `last`: nothing more comes in this transaction, which ends with these.

    Raises:
        SQLAlchemyError: as SQLAlchemy would.
    """
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    begin = raw.info.pop(_BEGIN, "")

    def run() -> list[Sequence[Sequence[Any]]]:
        if begin:
            driver._conn.execute(begin)
        found = [driver._conn.execute(text, values).fetchall() for text, values in statements]
        if last:
            driver._conn.execute("COMMIT")
        return found

    with _as_sqlalchemy(connection.dialect):
        found: list[Sequence[Sequence[Any]]] = await driver._execute(run)  # the driver has no public way to do so
    return found


@contextmanager
def _as_sqlalchemy(dialect: Dialect) -> Iterator[None]:
    """Raise what the driver raises as SQLAlchemy's own."""
    try:
        yield
    except sqlite3.Error as error:
        raise DBAPIError.instance("", None, error, sqlite3.Error, hide_parameters=True, dialect=dialect) from error
