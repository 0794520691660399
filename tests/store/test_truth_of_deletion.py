"""What is deleted is nowhere: not in rows, not in the pages and the log of the file, and not for others on the machine."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store import facts, inbox, retention, tickets
from bot.store.database import Database, scrub_after
from bot.store.inbox import Incoming
from bot.store.memory import Exchange, Memory, Unanswered
from bot.store.url import StoreError, url_of

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
DAY = timedelta(days=1)
CANARY = "카나리아열매"


async def leave_traces(database: Database) -> None:
    """Leave a word of a user's wherever one is kept."""
    for number in range(30):
        async with database.write() as c:
            body = json.dumps({"update_id": number, "text": CANARY * 40}, ensure_ascii=False)
            await inbox.put(c, "t", [Incoming(number, "77", body)], NOW)
            memory = await Memory.load(c, ["u"], ["u"], NOW)
            memory.answered(Exchange(f"x{number}", "u", "telegram", NOW, CANARY, CANARY, "answer", "e", 0.9, "v1"))
            memory.unanswered.append(Unanswered("u", "telegram", NOW, f"{CANARY} {number}", "fallback", "e"))
            await memory.flush(c)
            if number % 3 == 0:
                await inbox.failed(c, (await inbox.claim(c, NOW, 1))[0].id, "fault", NOW, final=True)
            else:
                await inbox.done(c, [u.id for u in await inbox.claim(c, NOW, 1)])
    async with database.write() as c:
        ticket = await tickets.open_ticket(c, "u", "telegram", "77", "ko", CANARY, NOW, "-1")
        await tickets.say(c, ticket.id, "user", CANARY, NOW, user_message=5)


def bytes_of(folder: Path) -> bytes:
    return b"".join(f.read_bytes() for f in folder.iterdir() if f.is_file())


async def test_what_is_forgotten_stands_in_no_byte(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        await leave_traces(database)
        assert CANARY.encode() in bytes_of(tmp_path)
        async with database.write() as c:
            await retention.forget(c, "u", NOW + DAY, "77")
        assert CANARY.encode() not in bytes_of(tmp_path)


async def test_a_reader_delays_it_and_no_more(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        await leave_traces(database)
        async with database.read() as reader:
            await inbox.counts(reader)
            async with database.write() as c:
                await retention.forget(c, "u", NOW + DAY, "77")
        async with database.write() as c:
            scrub_after(c)
        assert CANARY.encode() not in bytes_of(tmp_path)


async def test_what_was_deleted_by_age_goes_too(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        await leave_traces(database)
        async with database.write() as c:
            await retention.purge(c, NOW + 200 * DAY, 90 * DAY)
        async with database.write() as c:
            scrub_after(c)
        assert CANARY.encode() not in bytes_of(tmp_path)


async def test_a_ticket_that_everybody_forgot_ends(database: Database) -> None:
    async with database.write() as c:
        old = await tickets.open_ticket(c, "a", "web", "", "ko", "", NOW)
        alive = await tickets.open_ticket(c, "b", "web", "", "ko", "", NOW)
        await tickets.say(c, old.id, "user", "여보세요", NOW)
        await tickets.say(c, alive.id, "staff", "네", NOW + 80 * DAY)
        await retention.purge(c, NOW + 100 * DAY, 90 * DAY)
        assert await tickets.get(c, old.id) is None
        assert await tickets.messages(c, old.id) == []
        assert await tickets.get(c, alive.id) is not None


async def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "h.db").touch(0o644)
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        async with database.write() as c:
            await facts.put(c, "a", "b")
        modes = {f.name: oct(f.stat().st_mode & 0o777) for f in tmp_path.iterdir()}
    assert set(modes.values()) == {"0o600"}, modes


async def test_another_key_is_noticed(database: Database) -> None:
    async with database.write() as c:
        await facts.hold_key(c, b"k" * 32)
        await facts.hold_key(c, b"k" * 32)
        with pytest.raises(StoreError, match=r"secret\.key"):
            await facts.hold_key(c, b"l" * 32)
        assert "k" * 8 not in await facts.get(c, facts.KEY)


def test_addresses_of_hosted_databases_are_understood() -> None:
    assert url_of("postgresql://u:p@h/d?sslmode=require") == "postgresql+asyncpg://u:p@h/d?ssl=require"
    assert url_of("postgresql://u:p@h/d?sslmode=verify-full&application_name=x").endswith(
        "?application_name=x&ssl=verify-full"
    )
    for bad in ("sqlite://", "sqlite:///", "postgresql://u:p@h:abc/d"):
        with pytest.raises(StoreError, match="HELPDESK_DATABASE_URL"):
            url_of(bad)
