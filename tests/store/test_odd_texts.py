"""A NUL in a text or an id: PostgreSQL cannot hold one, and nobody who sends one gets an error for it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.store import answers, inbox, memory, tickets
from bot.store.database import Database
from bot.store.memory import Conversation, Exchange, Memory
from bot.store.schema import once
from bot.store.upsert import Rows, write

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
NUL = "a\0b"


async def test_a_nul_is_no_error_in_any_statement(database: Database) -> None:
    """Whatever way a value takes to the database: alone, many at a time, in a list, or in a statement of our own."""
    async with database.write() as c:
        kept = await Memory.load(c, [NUL, "c"], [NUL, "u"], NOW)
        kept.remember(Conversation(NUL, "u", NUL, NOW))
        kept.answered(Exchange("x1", "u", "web", NOW, NUL, NUL, "answer", NUL, 0.9, "v1"))
        kept.answered(Exchange("x2", "u", "web", NOW, "물음", "답", "answer", "e", 0.9, "v1"))
        await kept.flush(c)
        await write(c, Rows(once, ("key", "value", "at"), [(NUL, "v", NOW), ("k", NUL, NOW)], ("key",)))
        await c.execute(once.insert(), [{"key": f"{n}\0", "value": NUL, "at": NOW} for n in range(3)])
        ticket = await tickets.open_ticket(c, "u", "web", "", "ko", NUL, NOW)
        await tickets.say(c, ticket.id, "user", NUL, NOW, name=NUL)
        await tickets.claim(c, ticket.id, NUL, NOW)
        assert await memory.exchange_of(c, "x1\0y", "u") is None
        assert await answers.last(c, "\0") is None
        await inbox.first_time(c, f"tap{NUL}", NUL, NOW, timedelta())
        assert len((await c.execute(select(once))).all()) == 6
    async with database.read() as c:
        assert [m.text.replace("\0", "") for m in await tickets.messages(c, ticket.id)] == ["ab"]
        assert {e.question.replace("\0", "") for e in await memory.recent(c, "u", 2)} == {"ab", "물음"}
