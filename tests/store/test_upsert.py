"""What is written and read past SQLAlchemy is what SQLAlchemy itself would write and read."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, select

from bot.store.database import Connection, Database, insert
from bot.store.memory import Memory
from bot.store.schema import contexts, exchanges, people
from bot.store.tickets import open_ticket
from bot.store.upsert import Rows, write

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
PEOPLE = ("user", "language", "seen_at")


def rows(count: int, language: str = "ko") -> list[tuple[Any, ...]]:
    return [(f"u{n}", language, NOW + timedelta(microseconds=n)) for n in range(count)]


async def plainly(connection: Connection, written: Rows) -> None:
    """Write rows as SQLAlchemy does, one at a time."""
    for row in written.rows:
        statement = insert(connection, written.table).values(dict(zip(written.names, row, strict=True)))
        changed = {c: statement.excluded[c] for c in written.names if c not in written.key}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=list(written.key), set_=changed)
            if written.key
            else statement.on_conflict_do_nothing()
        )


async def all_of(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    found = await connection.execute(select(table).order_by(*table.primary_key.columns))
    return [tuple(row) for row in found]


async def test_rows_are_written_as_sqlalchemy_writes_them(database: Database) -> None:
    """More than one statement takes; some again, changed; some that are there and stay."""
    kept = [("e1", "u0", "web", NOW, "물음", "답", "answer", "e", 0.5, "v", False)]
    fields = ("id", "user", "channel", "at", "question", "reply", "outcome", "entry", "score", "knowledge", "tapped")
    again = [("e1", "u0", "web", NOW, "다른 물음", "답", "answer", "e", 0.5, "v", True)]
    batches = [
        Rows(people, PEOPLE, rows(700), ("user",)),
        Rows(people, PEOPLE, rows(3, "en"), ("user",)),
        Rows(exchanges, fields, kept),
        Rows(exchanges, fields, again),
    ]
    seen: list[list[list[tuple[Any, ...]]]] = []
    for plain in (False, True):
        async with database.write() as connection:
            for batch in batches:
                await (plainly(connection, batch) if plain else write(connection, batch))
        async with database.write() as connection:
            seen.append([await all_of(connection, people), await all_of(connection, exchanges)])
            await connection.execute(delete(people))
            await connection.execute(delete(exchanges))
    assert seen[0] == seen[1]
    assert len(seen[0][0]) == 700
    assert [row[1] for row in seen[0][0]].count("en") == 3


async def test_what_is_recalled_is_what_stands_there(database: Database) -> None:
    async with database.write() as connection:
        await write(connection, Rows(people, PEOPLE, rows(3, "en"), ("user",)))
        for name, until in (("u1", NOW + timedelta(seconds=1)), ("u2", NOW), ("u9", NOW + timedelta(days=1))):
            row = (name, name, f'{{"about": "{name}"}}', until)
            await write(
                connection, Rows(contexts, ("conversation", "user", "data", "expires_at"), [row], ("conversation",))
            )
        await open_ticket(connection, "u0", "web", "", "ko", "물음", NOW)
    asked = ["u0", "u1", "u2", "u3"]
    async with database.read() as connection:
        found = await Memory.load(connection, asked, asked, NOW)
        alive = select(contexts.c.conversation, contexts.c.data).where(
            contexts.c.conversation.in_(asked), contexts.c.expires_at > NOW
        )
        spoken = select(people.c.user, people.c.language).where(people.c.user.in_(asked))
        assert found.contexts == dict(map(tuple, await connection.execute(alive)))
        assert found.languages == dict(map(tuple, await connection.execute(spoken)))
    assert list(found.contexts) == ["u1"]
    assert list(found.tickets) == ["u0"]
