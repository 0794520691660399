"""The database: open, migrate, transactions, and locks that replicas share."""

import asyncio
import fcntl
import os
import sqlite3
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import postgresql, sqlite
from bot.store.migrate import make_private, upgrade
from bot.store.url import StoreError, url_of

Connection = AsyncConnection
"""A connection, for callers that pass it on without knowing SQL."""
_AWAY = ("08", "53", "57")
"""Classes of SQLSTATE: connection, resources, operator. Source: PostgreSQL, appendix A."""
_SCRUB = "scrub"
"""The key in a connection's `info` that says that something was deleted of which no trace may remain."""
_SCRUB_WAIT_MS = 200
"""Milliseconds to wait for readers: the next transaction tries again."""
_HALF = 2**31
"""What makes a number of 32 bits one with a sign."""
_BEAT = 2.0
"""Seconds between checks that a lock's connection is still up."""


class Database:
    """One database, SQLite or PostgreSQL. Open it with `async with`.

    `write` gives a transaction that is committed at the end of the block; on SQLite there is one at a time, on a
    connection that is kept, with its pages.
    """

    def __init__(self, url: str) -> None:
        self.url = url_of(url)
        self.sqlite = self.url.startswith("sqlite")
        self.file = Path(make_url(self.url).database or "") if self.sqlite else None
        self.corrupt = False
        """Whether the file was found to be damaged: it does not mend itself, but `health.Probe` looks at it again."""
        self.disk_failed = float("-inf")
        """When the disk last refused to read, write or sync, in seconds of the monotonic clock."""
        self._turn = asyncio.Lock()
        self._writer: AsyncConnection | None = None
        self.engine: AsyncEngine = sqlite.engine(self.url) if self.sqlite else postgresql.engine(self.url)

    def __str__(self) -> str:
        url = self.engine.url
        return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)

    async def __aenter__(self) -> "Database":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._writer is not None:
            await self._writer.close()
        await self.engine.dispose()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            self.corrupt = self.corrupt or corrupt(error)
            self._note(error.orig)
            raise

    def _note(self, error: BaseException | None) -> None:
        if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_IOERR"):
            self.disk_failed = time.monotonic()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write."""
        with self._noting():
            async with self._writing() as connection:
                yield connection

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        if not self.sqlite:
            async with self.engine.begin() as connection:
                yield connection
            return
        async with self._turn:
            if self._writer is None:
                connection = await self.engine.connect()
                self._writer = await connection.execution_options(write=True)
            async with self._writer.begin():
                yield self._writer
            if self._writer.info.pop(_SCRUB, False):
                await self._scrub(self._writer)

    async def _scrub(self, connection: AsyncConnection) -> None:
        """Empty the write-ahead log, where no reader needs it and the disk lets us; else after the next transaction."""
        driver: Any = (await connection.get_raw_connection()).driver_connection
        try:
            await driver.execute_fetchall(f"PRAGMA busy_timeout={_SCRUB_WAIT_MS}")
            rows = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            if next(iter(rows))[0]:
                connection.info[_SCRUB] = True
        except (
            sqlite3.Error
        ) as error:  # what was to be written is committed already: it must not look as if it failed
            connection.info[_SCRUB] = True
            self._note(error)
        finally:
            await driver.execute_fetchall(f"PRAGMA busy_timeout={sqlite.WAIT_MS}")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads."""
        with self._noting():
            async with self.engine.connect() as connection:
                yield connection

    async def migrate(self, revision: str = "head") -> None:
        """Bring the tables to a revision. Idempotent; replicas that start together wait for one another.

        Raises:
            StoreError: the database cannot be opened.
        """
        try:
            if self.file is not None:
                make_private(self.file)
            async with self.write() as connection:
                await in_turn(connection, "migrate")
                await connection.run_sync(upgrade, revision)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"데이터베이스를 열 수 없습니다: {_plain(error)}") from error

    @asynccontextmanager
    async def leading(self, name: str) -> AsyncIterator[asyncio.Event]:
        """Wait to be the leader among all replicas for a task, and be it inside the block.

        The event is set when the lock was lost (the database went away): stop then.
        """
        lost = asyncio.Event()
        holder = self._file_lock(name, lost) if self.sqlite else self._advisory_lock(name, lost)
        async with holder:
            yield lost

    @asynccontextmanager
    async def _file_lock(self, name: str, lost: asyncio.Event) -> AsyncIterator[None]:  # noqa: ARG002
        assert self.file is not None
        path = self.file.with_name(f"{self.file.name}.{name}.lock")
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(0.25)
            yield
        finally:
            os.close(handle)

    @asynccontextmanager
    async def _advisory_lock(self, name: str, lost: asyncio.Event) -> AsyncIterator[None]:
        connection = await self._locked(_number(name))
        beat = asyncio.create_task(_watch(connection, lost))
        try:
            yield
        finally:
            beat.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await beat
            with suppress(Exception):  # closing the session frees the lock, also where the session is broken
                await connection.invalidate()
            with suppress(Exception):
                await connection.close()

    async def _locked(self, key: int) -> AsyncConnection:
        while True:
            connection = await self.engine.connect()
            try:
                connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
                taken = await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
                if taken.scalar_one():
                    return connection
            except BaseException:
                await connection.close()
                raise
            await connection.close()
            await asyncio.sleep(0.5)


async def _watch(connection: AsyncConnection, lost: asyncio.Event) -> None:
    while True:
        await asyncio.sleep(_BEAT)
        try:
            async with asyncio.timeout(5):
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError, TimeoutError):
            lost.set()
            return


async def in_turn(connection: AsyncConnection, name: str, of: str | None = None) -> None:
    """Wait until no other transaction is doing the task of that name, and make others wait until this one ends.

    `of`: whose task it is, where each has their own. Then it never waits for `leading` either, whose numbers are of
    another kind. SQLite has only one writing transaction at a time anyway.
    """
    if connection.dialect.name == "sqlite":
        return
    if of is None:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _number(name)})
    else:
        keys = {"kind": _number(name) - _HALF, "key": _number(of) - _HALF}
        await connection.execute(text("SELECT pg_advisory_xact_lock(:kind, :key)"), keys)


def unavailable(error: BaseException) -> bool:
    """Tell whether a failure means that the database is away or busy, not that the statement was wrong."""
    if corrupt(error):
        return True
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return (
            error.connection_invalidated
            or state[:2] in _AWAY
            or type(error).__name__ in ("OperationalError", "InterfaceError")
        )
    if type(error).__module__.startswith("asyncpg"):  # raised while it connects, and not wrapped
        return str(getattr(error, "sqlstate", None) or "08")[:2] in _AWAY
    return isinstance(error, OSError | TimeoutError | PoolTimeoutError)


def corrupt(error: BaseException) -> bool:
    """Tell whether a failure means that SQLite's file is damaged. Source: sqlite3, which raises no subclass then."""
    return isinstance(error, DBAPIError) and type(error.orig) is sqlite3.DatabaseError


def scrub_after(connection: AsyncConnection) -> None:
    """Have everything that this transaction deletes overwritten on the disk once it has ended."""
    if connection.dialect.name == "sqlite":
        connection.info[_SCRUB] = True


def _number(name: str) -> int:
    return zlib.crc32(f"helpdesk.{name}".encode())


def _plain(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0][:200]


def insert(connection: AsyncConnection, table: Table) -> Any:
    """Return an INSERT that knows ON CONFLICT, in the connection's dialect."""
    return (sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert)(table)
