"""Counter: turns that come together share a transaction, and nobody pays for another's fault."""

import asyncio

import pytest
from sqlalchemy import select

from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store.database import Connection, Database
from bot.store.memory import Exchange, Memory
from bot.store.schema import exchanges
from tests.conftest import NOW
from tests.served import counting


async def kept(database: Database) -> set[str]:
    async with database.read() as connection:
        return set((await connection.execute(select(exchanges.c.id))).scalars())


async def test_one_fault_is_one_persons(database: Database, shipped: HelpDesk) -> None:
    together: list[Connection] = []

    def turn(user: str, *, fails: bool = False):
        async def work(connection: Connection, memory: Memory) -> str:
            together.append(connection)
            memory.answered(Exchange(user, user, "web", NOW, "물음", "답", "answer", "e", 0.9, "v1"))
            if fails:
                raise RuntimeError(user)
            return user

        return work

    async with counting(database, Front(shipped)) as counter:
        turns = [counter.do(u, NOW, turn(u, fails=u == "u2")) for u in ("u1", "u2", "u3")]
        found = await asyncio.gather(*turns, return_exceptions=True)
    assert together[0] is together[1], "they came together and share a transaction"
    assert [found[0], found[2]] == ["u1", "u3"]
    assert isinstance(found[1], RuntimeError)
    assert await kept(database) == {"u1", "u3"}


async def test_who_waits_no_longer_is_told_so_and_the_others_go_on(database: Database, shipped: HelpDesk) -> None:
    async def slow(_: Connection, memory: Memory) -> None:
        memory.answered(Exchange("slow", "u1", "web", NOW, "물음", "답", "answer", "e", 0.9, "v1"))
        await asyncio.sleep(0.2)

    async with counting(database, Front(shipped)) as counter:
        with pytest.raises(TimeoutError):
            await counter.do("u1", NOW, slow, patience=0.01)

        async def quick(_: Connection, memory: Memory) -> str:
            return "answered"

        assert await counter.do("u2", NOW, quick) == "answered"
