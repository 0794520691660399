"""Every migration, from empty and from every earlier version, on both databases."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.store import facts
from bot.store.backup import backup, restore
from bot.store.database import Database
from bot.store.migrate import alembic_config
from bot.store.schema import metadata
from bot.store.url import StoreError, url_of
from tests.telegram.running import small_knowledge

REVISIONS = [r.revision for r in reversed(list(ScriptDirectory.from_config(alembic_config()).walk_revisions()))]


def _differences(connection) -> list[object]:
    def mine(name, kind, parent):
        return kind != "table" or name != "alembic_version"

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": mine})
    return compare_metadata(context, metadata)


@pytest.mark.parametrize("earlier", [None, *REVISIONS])
async def test_reaches_the_newest_revision(new_url: str, earlier: str | None) -> None:
    async with Database(new_url) as database:
        if earlier:
            await database.migrate(earlier)
        await database.migrate()
        await database.migrate()
        async with database.read() as connection:
            assert await connection.run_sync(_differences) == []
            version = await connection.execute(text("SELECT version_num FROM alembic_version"))
            assert version.scalar_one() == REVISIONS[-1]


def test_url_says_what_is_wrong() -> None:
    assert url_of("sqlite:///x.db").startswith("sqlite+lean")
    assert url_of("postgres://u:p@h/d") == "postgresql+asyncpg://u:p@h/d"
    for bad in ("mysql://h/d", "nonsense", ""):
        with pytest.raises(StoreError, match="HELPDESK_DATABASE_URL"):
            url_of(bad)


async def test_a_database_that_cannot_be_opened_says_so(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    async with Database(f"sqlite:///{tmp_path}/file/x.db") as database:
        with pytest.raises(StoreError, match="데이터베이스를 열 수 없습니다"):
            await database.migrate()


async def test_an_older_program_says_the_way_back_and_the_way_leads_back(tmp_path: Path) -> None:
    """What an operator does whose new version is no good: the old one starts from what was saved before."""
    newer, before, empty = f"sqlite:///{tmp_path}/h.db", tmp_path / "before.gz", f"sqlite:///{tmp_path}/empty.db"
    async with Database(newer) as database:
        await database.migrate()
        async with database.write() as connection:
            await facts.put(connection, "kept", "yes")
        await backup(database, before)
        async with database.write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    knowledge = small_knowledge(tmp_path)
    refused = subprocess.run(
        [sys.executable, "-m", "bot", "serve", "--knowledge", knowledge],
        env={**os.environ, "HELPDESK_DATABASE_URL": newer, "HELPDESK_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert re.search(r"9999.*새것.*백업을 빈 데이터베이스에.*helpdesk store restore", refused.stderr)
    async with Database(empty) as database:
        await restore(database, before)
        async with database.read() as connection:
            assert await facts.get(connection, "kept") == "yes"
