"""Fixtures: knowledge folders made on the spot, and the shipped knowledge base read once."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from bot import app
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST
from bot.store.database import Database
from tests import known_failures
from tests.databases import BACKENDS, database_url, migrated_url, postgres

pytest_plugins = ["tests.web.browser", "tests.web.agents"]
# a change is judged by what it changes, not by the day's luck
settings.register_profile(  # a loaded machine is no fault of what is tested
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile("repeatable")
# most tests are of something else, and pass without the encoder as well; those of it switch it on
os.environ.setdefault("HELPDESK_ENCODER", "off")
SHIPPED = Path(__file__).resolve().parent.parent / "knowledge"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=KST)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write files, name to text, into a fresh knowledge folder."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture(scope="session")
def shipped() -> HelpDesk:
    """The help desk on the shipped knowledge base."""
    return app.desk(SHIPPED)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A running PostgreSQL; the URL of its maintenance database."""
    with postgres() as url:
        yield url


@pytest_asyncio.fixture(params=BACKENDS)
async def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a new, empty database: SQLite, then PostgreSQL."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None
    async with database_url(request.param, server, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `migrated_url` makes once."""
    return {"folder": str(tmp_path_factory.mktemp("template"))}


@pytest_asyncio.fixture(params=BACKENDS)
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, migrated: dict[str, str]
) -> AsyncIterator[Database]:
    """A database with its tables: SQLite, then PostgreSQL."""
    backend = request.param
    server = request.getfixturevalue("postgres_server") if backend == "postgresql" else None
    url = await migrated_url(backend, server, tmp_path, migrated)
    async with Database(url) as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is known to fail."""
    known_failures.mark(items)
