"""Brings the tables to the revision that this program knows, in a file that is its owner's alone."""

import os
from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from bot.store.url import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config() -> Config:
    """Return Alembic's configuration; the connection is handed over by `Database.migrate`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def make_private(file: Path) -> None:
    """Make a database file and its companions readable by its owner alone, before there is anything in it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    for path in (file, *(file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm"))):
        with suppress(OSError):  # another user's, who has to see to it
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the tables to a revision. Raises StoreError where they are newer than this program."""
    config = alembic_config()
    _refuse_newer(connection, config)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _refuse_newer(connection: Connection, config: Config) -> None:
    here = MigrationContext.configure(connection).get_current_revision()
    known = {r.revision for r in ScriptDirectory.from_config(config).walk_revisions()}
    if here is not None and here not in known:
        raise StoreError(
            f"데이터베이스의 버전({here})이 이 프로그램이 아는 버전({max(known)})보다 새것입니다. "
            "새 버전의 프로그램을 다시 쓰거나, 올리기 전의 백업을 빈 데이터베이스에 되돌리세요(helpdesk store restore 파일)."
        )
