"""Whether the store takes writes is known, cheaply, and what is read of it can be alarmed of."""

import asyncio
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite
import pytest
import yaml
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

import bot.channels.web.limits  # noqa: F401 - what it counts is registered
from bot.store import facts, health, inbox, sqlite, tickets
from bot.store.database import Database, scrub_after, unavailable
from bot.store.inbox import Incoming

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


async def test_a_healthy_store_has_no_fault(database: Database) -> None:
    assert await health.Probe(database).fault() == ""


async def test_a_store_that_takes_no_writes_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.3)
    monkeypatch.setattr(sqlite, "WAIT_MS", 1_000)  # or the look that is given up waits for ten seconds to end
    async with Database(f"sqlite:///{tmp_path}/h.db") as database, Database(f"sqlite:///{tmp_path}/h.db") as other:
        await database.migrate()
        probe = health.Probe(database)
        async with other.write() as c:  # somebody holds the lock
            await c.execute(text("DELETE FROM once"))
            assert await probe.fault() == "database away"


async def test_a_full_disk_is_no_fault_of_a_question(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        async with database.write() as c:
            pages = (await c.execute(text("PRAGMA page_count"))).scalar_one()
        async with database.write() as c:
            await c.execute(text(f"PRAGMA max_page_count = {pages}"))
        filled = False
        while not filled:
            try:
                async with database.write() as c:
                    await c.execute(text("INSERT INTO facts VALUES (hex(randomblob(16)), hex(randomblob(3000)))"))
            except SQLAlchemyError as error:
                filled = unavailable(error)
                assert filled


async def test_a_damaged_file_is_not_ready_and_answers_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ALARMED", 0.01)
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
    raw = bytearray((tmp_path / "h.db").read_bytes())
    raw[4096:] = b"\x5a" * (len(raw) - 4096)
    (tmp_path / "h.db").write_bytes(raw)
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        with pytest.raises(SQLAlchemyError) as caught:
            async with database.read() as c:
                await inbox.counts(c)
        assert unavailable(caught.value)  # a question is answered without memory then
        probe = health.Probe(database)
        assert await probe.fault() == "database corrupt"
        await asyncio.sleep(health.KEPT + 0.2)  # it was looked at once more
        assert await probe.fault() == "database corrupt"


async def test_a_read_that_was_refused_is_no_damage_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ALARMED", 0.01)
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        with pytest.raises(SQLAlchemyError):
            async with database.read():
                raise DatabaseError("SELECT", None, sqlite3.DatabaseError("database disk image is malformed"))
        probe = health.Probe(database)
        assert await probe.fault() == "database corrupt"
        await asyncio.sleep(health.KEPT + 0.2)
        assert await probe.fault() == ""


async def test_a_disk_that_refused_is_not_trusted_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next write goes well: what was refused before may be so again, and somebody is to look at it."""
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        refused = sqlite3.OperationalError("disk I/O error")
        refused.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        with pytest.raises(SQLAlchemyError) as caught:
            async with database.write():
                raise OperationalError("COMMIT", None, refused)
        assert unavailable(caught.value)
        assert await health.Probe(database).fault() == "disk failing"
        monkeypatch.setattr(health, "ALARMED", 0.0)
        assert await health.Probe(database).fault() == ""


async def test_what_was_committed_does_not_fail_where_only_the_log_cannot_be_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        emptied = []

        async def refuse(self: aiosqlite.Connection, sql: str, *_: object) -> list[tuple[int]]:
            if "checkpoint" in sql:
                emptied.append(sql)
                raise sqlite3.OperationalError("disk I/O error")
            return []

        with monkeypatch.context() as patched:
            patched.setattr(aiosqlite.Connection, "execute_fetchall", refuse)
            async with database.write() as c:
                await facts.put(c, "kept", "x")
                scrub_after(c)
        assert len(emptied) == 1
        async with database.write() as c:  # and is emptied after this one
            assert await facts.get(c, "kept") == "x"
        assert (tmp_path / "h.db-wal").stat().st_size == 0


async def test_many_who_ask_share_one_look(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        probe = health.Probe(database)
        looks = 0
        look = probe._look

        async def counted() -> str:
            nonlocal looks
            looks += 1
            return await look()

        probe._look = counted  # type: ignore[method-assign]
        assert set(await asyncio.gather(*(probe.fault() for _ in range(50)))) == {""}
        assert looks == 1


async def test_what_waits_is_measured(database: Database) -> None:
    async with database.write() as c:
        await inbox.put(c, "t", [Incoming(1, "77", "{}")], NOW - timedelta(seconds=90))
        await tickets.open_ticket(c, "u", "web", "", "ko", "", NOW - timedelta(hours=1))
        found = await health.waiting(c, NOW)
    assert (found.updates, found.update_seconds, found.calls, found.ticket_seconds) == (1, 90, 0, 3600)


def test_every_alarm_is_of_something_that_is_counted() -> None:
    rules = yaml.safe_load((DOCS / "deploy/alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert len(rules) >= 20
    there = {m.name for m in REGISTRY.collect()}
    for rule in rules:
        for name in re.findall(r"helpdesk_\w+", rule["expr"]):
            base = re.sub(r"_(total|bucket|count|sum)$", "", name)
            assert base in there, f"{rule['alert']}: {name}"
    shown = (DOCS / "monitoring.md").read_text(encoding="utf-8")
    for metric in ("helpdesk_unremembered_total", "helpdesk_ready", "helpdesk_waiting_seconds"):
        assert metric in shown
