"""Transactions: whole or not at all, also where they begin late, end early, or their caller goes away."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import Connection, Database
from bot.store.memory import Exchange, Memory
from bot.store.schema import exchanges, once, people
from bot.store.sqlite import driven

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT max(i) FROM n"


async def note(connection: Connection, key: str) -> None:
    await connection.execute(insert(once).values(key=key, at=NOW))


async def noted(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(once))).scalar_one())


async def test_what_fails_leaves_nothing(database: Database) -> None:

    async def twice() -> None:
        async with database.write() as connection:
            await note(connection, "a")
            await note(connection, "a")

    async def fault() -> None:
        async with database.write() as connection:
            await note(connection, "a")
            raise RuntimeError("mine")

    with pytest.raises(SQLAlchemyError):
        await twice()
    with pytest.raises(RuntimeError, match="mine"):
        await fault()
    async with database.write() as connection:
        await note(connection, "b")
    assert await noted(database) == 1


async def test_the_last_flush_is_kept_at_once(database: Database) -> None:
    async with database.write() as connection:
        memory = await Memory.load(connection, ["u"], ["u"], NOW)
        memory.answered(Exchange("x", "u", "web", NOW, "물음", "답", "answer", "e", 0.9, "v1"))
        await memory.flush(connection, last=True)
    async with database.read() as connection:
        assert (await connection.execute(select(exchanges.c.id))).scalars().all() == ["x"]
        nobody = await connection.execute(select(func.count()).select_from(people))
        assert nobody.scalar_one() == 0, "nothing but the question is kept of whom no language is known"


async def test_a_transaction_that_reads_first_may_still_write(tmp_path: Path) -> None:
    """It takes the lock with its first statement, or another's write between reading and writing would make it fail."""
    url = f"sqlite:///{tmp_path}/x.db"
    async with Database(url) as one, Database(url) as other:
        await one.migrate()

        async def turn(database: Database, name: str) -> None:
            for number in range(20):
                async with database.write() as connection:
                    await connection.execute(select(once))
                    await asyncio.sleep(0)
                    await note(connection, f"{name}{number}")

        await asyncio.gather(turn(one, "a"), turn(other, "b"))
        assert await noted(one) == 40


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("rounds", range(6))
async def test_whoever_goes_away_leaves_no_transaction_behind(tmp_path: Path, rounds: int, busy: bool) -> None:
    """Cancelled before the first statement runs, while it runs, or after: the next turn begins its own."""
    async with Database(f"sqlite:///{tmp_path}/x.db") as database:
        await database.migrate()

        async def leave() -> None:
            async with database.write() as connection:
                await driven(connection, [(SLOW, ())] if busy else [("SELECT 1", ())])
                await note(connection, "gone")
                await driven(connection, [(SLOW, ())])
                await asyncio.sleep(60)

        task = asyncio.create_task(leave())
        for _ in range(rounds):
            await asyncio.sleep(0.002)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with database.write() as connection:
            await note(connection, "kept")
        assert await noted(database) == 1


async def test_a_last_statement_that_fails_keeps_nothing(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/x.db") as database:
        await database.migrate()

        async def fault() -> None:
            async with database.write() as connection:
                await note(connection, "a")
                await driven(connection, [("INSERT INTO nowhere VALUES (1)", ())], last=True)

        with pytest.raises(SQLAlchemyError):
            await fault()
        assert await noted(database) == 0
        async with database.write() as connection:
            await note(connection, "b")
            await driven(connection, [], last=True)
        assert await noted(database) == 1
