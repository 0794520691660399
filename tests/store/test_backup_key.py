"""A back-up without its key is no back-up: it says which key it needs, and is not restored with another."""

from pathlib import Path

import pytest

from bot import settings, upkeep
from bot.settings import Settings, SettingsError
from bot.store import facts
from bot.store.database import Database
from bot.store.url import StoreError


def of(folder: Path) -> Settings:
    return Settings(_env_file=None, database_url=f"sqlite:///{folder}/h.db")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A back-up of a desk that was started once; its key lies beside its database."""
    chosen, path = of(tmp_path / "old"), tmp_path / "b.gz"
    secret = settings.secret_of(chosen)

    async def begin(database: Database) -> None:
        async with database.write() as connection:
            await facts.hold_key(connection, secret)

    upkeep.with_database(chosen, begin)
    upkeep.back_up(chosen, path)
    return path


def test_it_is_not_restored_where_there_is_no_key(tmp_path: Path, backup: Path) -> None:
    with pytest.raises(SettingsError, match=r"secret\.key"):
        upkeep.restore(of(tmp_path / "new"), backup, replace=False)
    assert not (tmp_path / "new/secret.key").exists()


def test_nor_with_another_key(tmp_path: Path, backup: Path) -> None:
    settings.secret_of(of(tmp_path / "new"))
    with pytest.raises(StoreError, match="예전 열쇠"):
        upkeep.restore(of(tmp_path / "new"), backup, replace=False)


def test_with_its_key_it_is(tmp_path: Path, backup: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/secret.key").write_bytes((tmp_path / "old/secret.key").read_bytes())
    assert upkeep.restore(of(tmp_path / "new"), backup, replace=False) == 1
    assert upkeep.restore(of(tmp_path / "new"), backup, replace=True) == 1


def test_who_lost_the_key_may_go_on(tmp_path: Path) -> None:
    chosen = of(tmp_path)
    first = settings.secret_of(chosen)
    (tmp_path / "secret.key").unlink()
    second = settings.secret_of(chosen)
    assert first != second
    upkeep.forget_key(chosen)

    async def hold(database: Database) -> None:
        async with database.write() as connection:
            await facts.hold_key(connection, second)

    upkeep.with_database(chosen, hold)


def test_a_broken_database_is_not_backed_up_in_part(tmp_path: Path) -> None:
    chosen, path = of(tmp_path), tmp_path / "b.gz"
    settings.secret_of(chosen)
    upkeep.with_database(chosen, _nothing)
    raw = bytearray((tmp_path / "h.db").read_bytes())
    raw[4096:] = b"\x5a" * (len(raw) - 4096)
    (tmp_path / "h.db").write_bytes(raw)
    with pytest.raises(StoreError):
        upkeep.back_up(chosen, path)
    assert not list(tmp_path.glob("b.gz*"))


def test_a_back_up_goes_into_no_file_of_others(tmp_path: Path) -> None:
    chosen, path, victim = of(tmp_path), tmp_path / "b.gz", tmp_path / "victim"
    settings.secret_of(chosen)
    upkeep.with_database(chosen, _nothing)
    victim.write_text("그대로")
    (tmp_path / "b.gz.part").symlink_to(victim)
    upkeep.back_up(chosen, path)
    assert victim.read_text() == "그대로"
    path.unlink()
    left = tmp_path / "b.gz.part"
    left.touch(0o666)
    left.chmod(0o666)
    upkeep.back_up(chosen, path)
    assert path.stat().st_mode & 0o777 == 0o600


async def _nothing(_: Database) -> None:
    """Do nothing."""
