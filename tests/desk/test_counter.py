"""Counter: turns that come together share a transaction, and nobody pays for another's fault."""

import asyncio
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.desk.context import Context
from bot.desk.counter import Work
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store.database import Connection, Database
from bot.store.memory import Exchange, Memory
from bot.store.schema import exchanges
from bot.words import Query, Reply
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


def busy(seconds: float, done: list[str], name: str) -> Work[str]:
    """Work that keeps the process busy, as understanding a question does."""

    async def work(_: Connection, memory: Memory) -> str:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass
        done.append(name)
        return name

    return work


async def test_one_turn_comes_before_the_rest_of_somebody_elses_many(database: Database, shipped: HelpDesk) -> None:
    done: list[str] = []
    async with counting(database, Front(shipped)) as counter:
        many = [counter.do(f"u{i}", NOW, busy(0.06, done, f"f{i}"), payer="flood") for i in range(12)]
        flood = asyncio.gather(*many)
        while not done:
            await asyncio.sleep(0)
        first = len(done)
        await counter.do("o", NOW, busy(0, done, "o"), payer="other")
        assert done.index("o") <= first + 1, "a batch ends soon, and the next begins with who has had no turn"
        found = await flood
    assert found == [f"f{i}" for i in range(12)]
    assert [name for name in done if name != "o"] == found


async def test_who_waits_behind_themselves_is_not_taken_for_one_whose_database_is_away(
    database: Database, shipped: HelpDesk
) -> None:
    """As an office that shares one address does: what is late is not the database."""
    done: list[int] = []

    async def work(_: Connection, memory: Memory) -> None:
        await asyncio.sleep(0.15)
        done.append(len(done))

    async with counting(database, Front(shipped)) as counter:
        await asyncio.gather(*(counter.do(f"u{i}", NOW, work, payer="office", patience=2) for i in range(20)))
    assert done == list(range(20))


async def test_a_database_that_serves_nobody_is_away(tmp_path: Path, shipped: HelpDesk) -> None:
    async with Database(f"sqlite:///{tmp_path}/x.db") as away, counting(away, Front(shipped)) as counter:
        await away._turn.acquire()  # as when another transaction does not end
        late = [counter.do(f"u{i}", NOW, busy(0, [], ""), payer="p", patience=0.05) for i in range(6)]
        found = await asyncio.wait_for(asyncio.gather(*late, return_exceptions=True), 10)
        away._turn.release()
    assert all(isinstance(f, TimeoutError) for f in found)


async def test_the_time_in_which_an_answer_is_found_is_not_the_databases(
    database: Database, shipped: HelpDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question that takes long to understand is answered once, and remembered."""
    front, real, asked = Front(shipped), shipped.answer, []

    def slow(query: Query, context: Context) -> tuple[Reply, Context]:
        asked.append(query.text)
        time.sleep(1.2)
        return real(query, context)

    async def work(connection: Connection, memory: Memory) -> None:
        await front.ask(memory, Query("창원대 담당 전번이 머임", "u1", NOW, id="slow"))
        await connection.execute(select(exchanges.c.id))  # the database is asked afterwards

    monkeypatch.setattr(shipped, "answer", slow)
    monkeypatch.setattr(shipped, "remembered", lambda *_: None)
    async with counting(database, front) as counter:
        await counter.do("u0", NOW, busy(0, [], ""))  # the database is open
        await counter.do("u1", NOW, work, patience=0.6)
    assert len(asked) == 1
    assert await kept(database) == {"slow"}


async def test_a_database_that_stops_after_an_answer_was_found_is_away(database: Database, shipped: HelpDesk) -> None:
    front = Front(shipped)

    async def work(_: Connection, memory: Memory) -> None:
        await front.apart(time.sleep, 0.1)
        await asyncio.sleep(2)  # as a statement that is not answered

    begun = time.monotonic()
    async with counting(database, front) as counter:
        with pytest.raises(TimeoutError):
            await counter.do("u1", NOW, work, patience=0.05)
        assert time.monotonic() - begun < 2
