"""A commit whose answer does not come: the sender cannot know whether its calls are marked as under way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.store import outbox
from bot.store.database import Connection, Database
from bot.store.outbox import Call, Settled
from bot.store.schema import outbox as table
from tests.telegram.conftest import Serve
from tests.telegram.fake import FakeTelegram


async def states(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(select(table.c.state))).scalars())


class Unheard(Database):
    """A database of which the answer to a commit gets lost where calls were marked as under way, once."""

    lost = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        async with super().write() as connection:
            yield connection
            marked = "sending" in (await connection.execute(select(table.c.state))).scalars().all()
        if marked and not self.lost:
            self.lost += 1
            raise ConnectionResetError


async def test_what_was_marked_and_never_begun_is_sent(
    database: Database, telegram: FakeTelegram, serve: Serve
) -> None:
    async with Unheard(database.url) as unheard, serve(unheard):
        await telegram.reply(1, "/help")
        await telegram.reply(1, "/language")
        assert unheard.lost == 1
        assert len(telegram.of(1)) == 2


@pytest.mark.parametrize("late", ["new", "failed", "unknown"])
async def test_what_another_replica_sent_stays_sent(database: Database, late: str) -> None:
    """A sender that lost its lead, and gets it back, still holds what it found out before."""
    now = datetime.now(UTC)
    async with database.write() as connection:
        await outbox.put(connection, [Call("1", "a", "sendMessage", {"text": "x"})], now)
        (head,) = await outbox.heads(connection, now, 1)
        await outbox.begin(connection, [head.id], "other")
        await outbox.settle(connection, [Settled(head.id, "sent", 5)], now)
        await outbox.settle(connection, [Settled(head.id, late)], now)
    assert await states(database) == ["sent"]


async def test_only_what_the_sender_does_not_hold_is_freed(database: Database) -> None:
    now = datetime.now(UTC)
    async with database.write() as connection:
        await outbox.put(connection, [Call(k, k, "sendMessage", {"text": "x"}) for k in "abc"], now)
        heads = await outbox.heads(connection, now, 9)
        await outbox.begin(connection, [heads[0].id, heads[1].id], "me")
        await outbox.begin(connection, [heads[2].id], "other")
        assert await outbox.freed(connection, "me", [heads[1].id]) == 1
        assert [h.key for h in await outbox.heads(connection, now, 9)] == ["a"]
