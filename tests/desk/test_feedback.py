"""What users say of answers is kept once, of their own answers alone, whichever channel it comes from."""

from datetime import datetime

from bot.desk import feedback
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store import gaps
from bot.store.database import Connection, Database
from bot.store.memory import Exchange, Memory
from bot.store.schema import exchanges, unanswered
from bot.store.schema import feedback as verdicts
from bot.words import Query
from tests.conftest import NOW


async def asked(connection: Connection, outcome: str = "answer", channel: str = "telegram") -> None:
    left = Memory()
    left.answered(Exchange("x1", "u1", channel, NOW, "물음", "답", outcome, "e1", 0.9, "v1"))
    await left.flush(connection)


async def rated(connection: Connection, verdict: str, reason: str = "", user: str = "u1") -> bool:
    left = Memory()
    found = await feedback.rate(connection, left, ["", user], "x1", verdict, NOW, reason)
    await left.flush(connection)
    return found is not None


async def notes(connection: Connection) -> list[tuple[str, str]]:
    rows = (await connection.execute(unanswered.select())).mappings().all()
    return [(r["why"], r["note"]) for r in rows]


async def test_the_last_word_counts(database: Database) -> None:
    async with database.write() as connection:
        await asked(connection)
        assert await rated(connection, "down")
        assert await notes(connection) == []
        for _ in range(2):
            assert await rated(connection, "down", "old")
            assert await notes(connection) == [("down", "old")]
        assert await rated(connection, "down", "wrong")
        assert await notes(connection) == [("down", "wrong")]
        assert await rated(connection, "up", "wrong")  # no reason to praise
        assert await notes(connection) == []
        (kept,) = (await connection.execute(verdicts.select())).mappings().all()
        assert (kept["verdict"], kept["reason"]) == ("up", "")


async def test_of_what_was_no_answer_only_the_verdict_is_kept(database: Database) -> None:
    """What had none is noted already; and what was said to somebody in danger is nobody's to learn."""
    async with database.write() as connection:
        await asked(connection, "fallback")
        assert await rated(connection, "down", "hard")
        assert await notes(connection) == []
        assert await gaps.collect(connection, NOW) == 0
        (kept,) = (await connection.execute(verdicts.select())).mappings().all()
        assert (kept["verdict"], kept["reason"]) == ("down", "hard")


async def test_nobody_speaks_for_another(database: Database) -> None:
    async with database.write() as connection:
        await asked(connection, "ask")
        assert not await rated(connection, "down", "old", user="u2")
        assert await feedback.none_fits(connection, Memory(), ["u2"], "x1", NOW) is None
        assert (await connection.execute(verdicts.select())).first() is None


async def test_that_nothing_fits_is_noted_once_and_only_of_choices(database: Database) -> None:
    for outcome, noted in (("ask", [("none", "")]), ("fallback", [])):
        async with database.write() as connection:
            await connection.execute(exchanges.delete())
            await connection.execute(unanswered.delete())
            await asked(connection, outcome)
            for _ in range(2):
                left = Memory()
                assert await feedback.none_fits(connection, left, ["u1"], "x1", NOW) is not None
                await left.flush(connection)
            assert await notes(connection) == noted


async def test_whoever_asks_keeps_nothing_personal(shipped: HelpDesk) -> None:
    front, left = Front(shipped), Memory()
    query = Query(
        "제 번호는 010-1234-5678인데 창원대 전화번호 알려 주세요", "u1", datetime.now(NOW.tzinfo), "web", "x1"
    )
    await front.ask(left, query)
    assert "010" not in left.exchanges[0].question
    assert all("5678" not in c.data for c in left.conversations.values())
    assert (await front.alone(query)).entry == (await front.ask(Memory(), query)).entry
