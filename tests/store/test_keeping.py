"""What is kept, for how long, and how it is forgotten, saved and brought back."""

import gzip
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.store import audit, callbacks, inbox, looks, outbox, retention, tickets
from bot.store.backup import backup, restore
from bot.store.database import Database
from bot.store.inbox import Incoming
from bot.store.memory import Conversation, Exchange, Feedback, Memory, Unanswered, exchange_of, recent
from bot.store.outbox import Call, Settled
from bot.store.schema import metadata
from bot.store.url import StoreError
from tests.databases import database_url

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def exchange(user: str, number: int, at: datetime = NOW) -> Exchange:
    return Exchange(f"{user}{number}", user, "telegram", at, "물음", "답", "answer", "e", 0.9, "v1")


async def fill(database: Database, user: str = "u1", at: datetime = NOW) -> None:
    """Leave something in every table."""
    async with database.write() as c:
        memory = await Memory.load(c, [user], [user], at)
        memory.remember(Conversation(user, user, "{}", at + timedelta(minutes=10)))
        memory.languages[user] = "ko"
        memory.answered(exchange(user, 1, at))
        memory.feedback.append(Feedback(f"{user}1", user, "down", at, "old", "e", "v1"))
        memory.unanswered.append(Unanswered(user, "telegram", at, "물음", "fallback", "e"))
        await memory.flush(c)
        ticket = await tickets.open_ticket(c, user, "telegram", "77", "ko", "물음", at, "-1")
        await tickets.say(c, ticket.id, "user", "도와주세요", at, user_message=5)
        number = int(at.timestamp())
        await outbox.put(c, [Call(f"{user}:{number}", "77", "sendMessage", {"chat_id": 77}, user, role="answer")], at)
        (call,) = await outbox.heads(c, at, 1)
        await outbox.settle(c, [Settled(call.id, "sent", 9)], at)
        await inbox.put(c, "t", [Incoming(number, "77", "{}")], at)
        await inbox.done(c, [u.id for u in await inbox.claim(c, at, 1)])
        await inbox.first_time(c, f"tap{number}", "", at, DAY)


async def rows(database: Database) -> dict[str, int]:
    async with database.read() as c:
        return {
            t.name: n
            for t in metadata.sorted_tables
            if (n := (await c.execute(select(func.count()).select_from(t))).scalar_one())
        }


async def test_memory_gives_back_what_was_left(database: Database) -> None:
    await fill(database)
    async with database.write() as c:
        memory = await Memory.load(c, ["u1", "u2"], ["u1", "u2"], NOW)
        assert memory.contexts == {"u1": "{}"}
        assert memory.tickets["u1"].question == "물음"
        assert await exchange_of(c, "u11", "u1") == exchange("u1", 1)
        assert await exchange_of(c, "u11", "somebody else") is None
        memory.answered(exchange("u1", 2, NOW + DAY))
        memory.languages["u1"] = "en"
        await memory.flush(c)
        assert [e.id for e in await recent(c, "u1", 5)] == ["u11", "u12"]
        later = await Memory.load(c, ["u1"], ["u1"], NOW + DAY)
        assert (later.contexts, later.languages) == ({}, {"u1": "en"})


async def test_age(database: Database) -> None:
    await fill(database, "old", NOW - 100 * DAY)
    await fill(database, "new", NOW)
    async with database.write() as c:
        (old,) = [t for t in await tickets.inbox_of(c) if t.user == "old"]
        await tickets.change(c, old.id, state="closed", closed_at=NOW - 99 * DAY)
        gone = await retention.purge(c, NOW, 90 * DAY)
        again = await retention.purge(c, NOW, 90 * DAY)
    assert all(
        gone[t] == 1 for t in ("contexts", "exchanges", "feedback", "unanswered", "tickets", "inbox", "people")
    )
    assert not any(again.values())
    assert set((await rows(database)).values()) == {1}


async def test_what_staff_did_is_kept_for_its_own_time(database: Database) -> None:
    async with database.write() as c:
        for days, what in ((400, "login"), (360, "ticket.say"), (1, "login.failed")):
            await audit.note(c, NOW - days * DAY, "kim", what)
        assert (await retention.purge(c, NOW, 30 * DAY))["audit"] == 1
        assert [n.action for n in await audit.recent(c, 9)] == ["login.failed", "ticket.say"]
        assert (await retention.purge(c, NOW, 90 * DAY, 30 * DAY))["audit"] == 1
        assert [n.action for n in await audit.recent(c, 9)] == ["login.failed"]


async def test_an_open_ticket_lives_as_long_as_somebody_writes_in_it(database: Database) -> None:
    await fill(database, "old", NOW - 100 * DAY)
    async with database.write() as c:
        (ticket,) = await tickets.inbox_of(c)
        await tickets.say(c, ticket.id, "staff", "네", NOW - 2 * DAY)
        assert (await retention.purge(c, NOW, 90 * DAY))["tickets"] == 0
        assert (await retention.purge(c, NOW + 89 * DAY, 90 * DAY))["tickets"] == 1


async def test_what_was_sent_about_an_open_ticket_stays_as_long_as_it_is_open(database: Database) -> None:
    """Staff may still answer a card that is weeks old: it says to which ticket."""
    async with database.write() as c:
        ticket = await tickets.open_ticket(c, "u1", "web", "", "ko", "물음", NOW - 30 * DAY)
        for number, about in ((1, ticket.id), (2, None)):
            call = Call(f"card:{number}", "-100", "sendMessage", {"chat_id": -100}, ticket=about, role="staff")
            await outbox.put(c, [call], NOW - 30 * DAY)
            (head,) = await outbox.heads(c, NOW - 30 * DAY, 1)
            await outbox.settle(c, [Settled(head.id, "sent", number)], NOW - 30 * DAY)
        assert (await retention.purge(c, NOW, 90 * DAY))["outbox"] == 1
        assert await outbox.ticket_of(c, "-100", 1) == ticket.id
        await tickets.change(c, ticket.id, state="closed", closed_at=NOW)
        assert (await retention.purge(c, NOW, 90 * DAY))["outbox"] == 1
        assert await outbox.ticket_of(c, "-100", 1) is None


async def test_forgetting_leaves_nothing_but_that_it_was_asked_for(database: Database) -> None:
    await fill(database, "u1")
    await fill(database, "u2", NOW + timedelta(seconds=1))
    both = await rows(database)
    async with database.write() as c:
        await retention.forget(c, "u1", NOW + DAY)
        await retention.forget(c, "u1", NOW + DAY)
    after = await rows(database)
    for table in (
        "contexts",
        "exchanges",
        "feedback",
        "unanswered",
        "tickets",
        "ticket_messages",
        "people",
        "outbox",
    ):
        assert (both[table], after[table]) == (2, 1), table
    assert after["forgotten"] == 1


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def second(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Another database, so that each kind is restored into each."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None
    async with database_url(request.param, server, tmp_path) as url, Database(url) as opened:
        yield opened


async def test_a_backup_comes_back_whole(database: Database, second: Database, tmp_path: Path) -> None:
    await fill(database)
    assert await backup(database, tmp_path / "b.gz") == sum((await rows(database)).values())
    await restore(second, tmp_path / "b.gz")
    assert await rows(second) == await rows(database)
    await fill(second, "u2", NOW + timedelta(seconds=5))  # numbers go on after those restored
    async with second.write() as c:
        assert await inbox.put(c, "t", [Incoming(int(NOW.timestamp()), "77", "{}")], NOW) == 0
    with pytest.raises(StoreError, match="--replace"):
        await restore(second, tmp_path / "b.gz")
    await restore(second, tmp_path / "b.gz", replace=True)
    assert await rows(second) == await rows(database)


async def test_who_was_forgotten_stays_forgotten_after_a_restore(database: Database, tmp_path: Path) -> None:
    await fill(database)
    await backup(database, tmp_path / "b.gz")
    async with database.write() as c:
        await retention.forget(c, "u1", NOW + DAY)
    await restore(database, tmp_path / "b.gz", replace=True)
    kept = await rows(database)
    assert not {"exchanges", "contexts", "tickets", "feedback", "people", "unanswered"} & set(kept)


async def test_a_backup_of_an_earlier_version_comes_back(database: Database, tmp_path: Path) -> None:
    """It may have columns that are gone, and lack some that came later."""
    path = tmp_path / "b.gz"
    await fill(database)
    await backup(database, path)
    head, *lines = (json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines())
    for table, row in lines:
        if table == "outbox":
            row["colour"] = "red"
        if table == "tickets":
            del row["recreated"]
    earlier = [{**head, "revision": "0001"}, *lines]
    path.write_bytes(gzip.compress("".join(f"{json.dumps(line)}\n" for line in earlier).encode()))
    before = await rows(database)
    assert await restore(database, path, replace=True) == len(lines)
    assert await rows(database) == before


async def test_a_backup_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.gz"
    path.write_bytes(gzip.compress(json.dumps({"helpdesk": 1, "revision": "9999"}).encode() + b"\n"))
    async with Database(f"sqlite:///{tmp_path}/x.db") as database:
        with pytest.raises(StoreError, match="버전"):
            await restore(database, path)


async def test_what_belongs_to_no_ticket_goes(database: Database) -> None:
    """Whatever left it there: nothing else would ever delete a telephone number of a case that there is not."""
    async with database.write() as c:
        alive = await tickets.open_ticket(c, "u", "web", "", "ko", "", NOW)
        for number in (alive.id, alive.id + 1):
            await tickets.say(c, number, "staff", "네", NOW)
            await callbacks.keep(c, number, "010-1234-5678", NOW)
            await looks.note(c, number, 1, NOW)
        gone = await retention.purge(c, NOW, 90 * DAY)
        assert {t: gone[t] for t in ("ticket_messages", "callbacks", "looks", "tickets")} == {
            "ticket_messages": 1,
            "callbacks": 1,
            "looks": 1,
            "tickets": 0,
        }
        assert await callbacks.of(c, alive.id) == "010-1234-5678"
        assert await callbacks.of(c, alive.id + 1) == ""
