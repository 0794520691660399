"""Inbox and outbox: nothing twice, nothing lost, order kept per lane."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.store import due, inbox, outbox, together
from bot.store.database import Database
from bot.store.due import Due
from bot.store.inbox import ATTEMPTS, Incoming
from bot.store.outbox import Call, Settled
from bot.store.schema import inbox as inbox_table
from bot.store.schema import outbox as outbox_table

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def call(key: str, lane: str, **more) -> Call:
    return Call(key, lane, "sendMessage", {"chat_id": 1, "text": key}, **more)


async def test_an_update_is_taken_once(database: Database) -> None:
    async with database.write() as c:
        assert await inbox.put(c, "t", [Incoming(5, "a", "{}"), Incoming(6, "a", "{}")], NOW) == 2
        assert await inbox.put(c, "t", [Incoming(5, "a", "{}"), Incoming(7, "b", "{}")], NOW) == 1
        assert await inbox.put(c, "t", [Incoming(5, "a", "{}")], NOW) == 0
        assert await inbox.put(c, "other bot", [Incoming(5, "a", "{}")], NOW) == 1


async def test_only_the_first_of_each_lane_is_given(database: Database) -> None:
    updates = [Incoming(1, "a", "1"), Incoming(2, "a", "2"), Incoming(3, "b", "3"), Incoming(4, "a", "4")]
    async with database.write() as c:
        await inbox.put(c, "t", updates, NOW)
    order = []
    for _ in range(3):
        async with database.write() as c:
            taken = await inbox.claim(c, NOW, 10)
            order.append([u.update_id for u in taken])
            await inbox.done(c, [u.id for u in taken])
    assert order == [[1, 3], [2], [4]]
    async with database.read() as c:
        left = (await c.execute(select(inbox_table.c.body, inbox_table.c.lane))).all()
    assert set(left) == {(None, "")}


async def test_what_was_stored_out_of_order_is_given_in_order(database: Database) -> None:
    """A webhook may bring an update again after one that follows it; ids say in which order they belong."""
    async with database.write() as c:
        for ids in ((7,), (9, 5), (6,)):
            await inbox.put(c, "t", [Incoming(i, "a", str(i)) for i in ids], NOW)
    order = []
    for _ in range(4):
        async with database.write() as c:
            taken = await inbox.claim(c, NOW, 10)
            order += [u.update_id for u in taken]
            await inbox.done(c, [u.id for u in taken])
    assert order == [5, 6, 7, 9]


async def test_a_late_update_waits_for_the_one_that_is_handled(database: Database) -> None:
    if database.sqlite:
        pytest.skip("SQLite has one writer at a time")
    async with database.write() as c:
        await inbox.put(c, "t", [Incoming(6, "a", "6"), Incoming(1, "b", "1")], NOW)
    async with database.write() as first:
        assert [u.update_id for u in await inbox.claim(first, NOW, 1)] == [6]
        async with database.write() as c:
            await inbox.put(c, "t", [Incoming(5, "a", "5")], NOW)
        async with database.write() as second:
            assert [u.update_id for u in await inbox.claim(second, NOW, 5)] == [1]
    async with database.write() as c:
        assert [u.update_id for u in await inbox.claim(c, NOW, 5)] == [1, 5]


async def test_two_workers_never_share_a_lane(database: Database) -> None:
    if database.sqlite:
        pytest.skip("SQLite has one writer at a time")
    async with database.write() as c:
        await inbox.put(c, "t", [Incoming(i, "ab"[i % 2], str(i)) for i in range(6)], NOW)
    async with database.write() as first, database.write() as second:
        mine = await inbox.claim(first, NOW, 1)
        theirs = await inbox.claim(second, NOW, 5)
        assert len(mine) == 1
        assert {u.lane for u in mine}.isdisjoint({u.lane for u in theirs})
        assert len(theirs) == 1


async def test_an_update_that_keeps_failing_is_set_aside_and_blocks_nobody(database: Database) -> None:
    async with database.write() as c:
        await inbox.put(c, "t", [Incoming(1, "a", "bad"), Incoming(2, "a", "good")], NOW)
    now, asides = NOW, []
    for _ in range(ATTEMPTS):
        async with database.write() as c:
            (taken,) = await inbox.claim(c, now, 5)
            assert taken.body == "bad"
            asides.append(await inbox.failed(c, taken.id, "boom", now))
            assert bool(await inbox.claim(c, now, 5)) == asides[-1]
        now += 2 * SECOND
    assert asides == [False] * (ATTEMPTS - 1) + [True]
    async with database.write() as c:
        assert [u.body for u in await inbox.claim(c, now, 5)] == ["good"]


async def test_once_within_a_while(database: Database) -> None:
    async with database.write() as c:
        taps = [("a", 0), ("a", 1), ("a", 2), ("a", 4), ("a", 5), ("b", 5), ("a", 6)]
        answers = [await inbox.first_time(c, "tap", v, NOW + i * SECOND, 3 * SECOND) for v, i in taps]
    assert answers == [True, False, False, True, False, True, True]


async def test_calls_go_in_order_per_lane(database: Database) -> None:
    async with database.write() as c:
        await outbox.put(c, [call("1", "a"), call("2", "a"), call("3", "b")], NOW)
        await outbox.put(c, [call("1", "a"), call("4", "b")], NOW)
    async with database.write() as c:
        heads = await outbox.heads(c, NOW, 9)
        assert [h.key for h in heads] == ["1", "3"]
        assert set(await outbox.begin(c, [h.id for h in heads], "me")) == {h.id for h in heads}
        assert await outbox.begin(c, [h.id for h in heads], "other") == {}
        assert await outbox.open_lanes(c, ["a", "b", "c"]) == {"a", "b"}, "what is being sent is waited for too"
        assert await outbox.heads(c, NOW, 9) == []
    async with database.write() as c:
        wait = Settled(heads[0].id, "new", not_before=NOW + 5 * SECOND)
        await outbox.settle(c, [wait, Settled(heads[1].id, "sent", 77)], NOW)
        assert [h.key for h in await outbox.heads(c, NOW, 9)] == ["4"]
        assert [h.key for h in await outbox.heads(c, NOW + 6 * SECOND, 9)] == ["1", "4"]
        assert await outbox.counts(c) == {"new": 3, "sent": 1}
        sent = (await c.execute(select(outbox_table).where(outbox_table.c.key == "3"))).one()
    assert (sent.payload, sent.lane, sent.message_id) == (None, "", 77)


def of_staff(*keys: str) -> list[Call]:
    return [call(k, "-1", role="staff", ticket=7) for k in keys]


async def test_what_is_said_together_is_said_once(database: Database) -> None:
    async with database.write() as c:
        await outbox.put(c, of_staff("1", "2"), NOW)
        assert not await together.append(c, 7, " few", NOW, key="few"), "what is few goes as it is"
        await outbox.put(c, of_staff("few"), NOW)
        for key in ("few", "more", "more"):
            assert await together.append(c, 7, f" {key}", NOW, key=key)
        await outbox.put(c, of_staff("more"), NOW)
        waiting = (await c.execute(select(outbox_table.c.payload).where(outbox_table.c.state == "new"))).scalars()
        assert [json.loads(p)["text"] for p in waiting] == ["1", "2", "few more"]
        assert await outbox.counts(c) == {"new": 3, "joined": 1}


async def test_of_what_is_said_together_at_once_nothing_is_lost(database: Database) -> None:
    async with database.write() as c:
        await outbox.put(c, of_staff("1", "2", "3"), NOW)

    async def add(word: str) -> None:
        async with database.write() as c:
            assert await together.append(c, 7, f" {word}", NOW, key=word)

    await asyncio.gather(*(add(word) for word in "abcabc"))
    async with database.read() as c:
        (last,) = (await c.execute(select(outbox_table.c.payload).where(outbox_table.c.key == "3"))).scalars()
    assert sorted(json.loads(last)["text"].split()) == ["3", "a", "b", "c"]


async def test_what_a_dead_process_was_sending_is_unknown_and_kept(database: Database) -> None:
    async with database.write() as c:
        await outbox.put(c, [call("1", "a", role="answer", user="u"), call("2", "b"), call("3", "a")], NOW)
        heads = await outbox.heads(c, NOW, 9)
        await outbox.begin(c, [heads[0].id], "dead")
        await outbox.begin(c, [heads[1].id], "me")
    async with database.write() as c:
        left = await outbox.abandoned(c, "me", NOW)
        assert [x.key for x in left] == ["1"]
        assert await outbox.lanes_with_unknown(c, ["a", "b"]) == {"a"}
        lost = await outbox.unknown_of(c, "a")
        assert lost == [left[0].id]
        await outbox.acknowledge(c, "a")
        assert await outbox.unknown_of(c, "a") == []
        for lane, first, kept in (("a", lost[0], ["1"]), ("a", lost[0] + 1, []), ("b", lost[0], [])):
            assert [x.payload["text"] for x in await outbox.unknown_between(c, lane, first, first + 9)] == kept
        assert [h.key for h in await outbox.heads(c, NOW, 9)] == ["3"]


async def test_words_stay_only_while_they_may_be_sent(database: Database) -> None:
    roles = {"sent": "answer", "failed": "answer", "unknown": "answer", "new": "user", "unknown ": "user"}
    async with database.write() as c:
        await outbox.put(c, [call(k, k, role=r) for k, r in roles.items()], NOW)
        heads = await outbox.heads(c, NOW, 9)
        await outbox.settle(c, [Settled(h.id, h.key.strip()) for h in heads], NOW)
        kept = (await c.execute(select(outbox_table.c.key, outbox_table.c.payload))).all()
    assert {row.key for row in kept if row.payload} == {"unknown", "new"}


async def test_due_things_are_taken_once(database: Database) -> None:
    async with database.write() as c:
        for key, after in (("later", 60), ("b", 2), ("a", 1)):
            await due.put(c, Due(key, "ticket", NOW + after * SECOND, key))
        await due.put(c, Due("other", "weekly", NOW))
        await due.put(c, Due("b", "ticket", NOW + 3 * SECOND, "again"))
        await due.drop(c, "nothing")
    async with database.write() as c:
        assert [d.data for d in await due.take(c, "ticket", NOW + 5 * SECOND)] == ["a", "again"]
        assert await due.take(c, "ticket", NOW + 5 * SECOND) == []


async def test_one_leader_at_a_time(database: Database) -> None:
    order: list[str] = []

    async def lead(name: str) -> None:
        async with other.leading("telegram") if name == "b" else database.leading("telegram"):
            order.append(f"{name}+")
            await asyncio.sleep(0.2)
            order.append(f"{name}-")

    async with Database(database.url) as other:
        await asyncio.gather(lead("a"), lead("b"))
    assert order in (["a+", "a-", "b+", "b-"], ["b+", "b-", "a+", "a-"])
