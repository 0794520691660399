"""History of answers: what changed, once, whatever restarts and however many replicas write."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.desk import history
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import load
from bot.store import answers, due
from bot.store.answers import Published, Recorded
from bot.store.database import Database

NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def texts(**entries: str) -> list[Published]:
    return [Published(id, f"{id}?", text.removeprefix("!"), text.startswith("!")) for id, text in entries.items()]


async def record(database: Database, hour: int, **entries: str) -> Recorded:
    async with database.write() as c:
        return await answers.record(c, f"v{hour}", texts(**entries), NOW + hour * HOUR)


async def test_first_record_is_no_change_and_a_repetition_writes_nothing(database: Database) -> None:
    assert await record(database, 0, a="하나", b="둘") == Recorded()
    assert await record(database, 1, a="하나", b="둘") == Recorded()
    async with database.read() as c:
        assert await answers.changed_since(c, NOW - HOUR) == []


async def test_what_changed_came_and_went_is_told_with_before_and_after(database: Database) -> None:
    await record(database, 0, a="하나", b="둘", c="셋")
    assert (await record(database, 1, a="하나", b="둘!", d="넷")).changes == 3
    await record(database, 2, a="하나", b="둘!!", d="넷")
    async with database.read() as c:
        since = await answers.changed_since(c, NOW)
        later = await answers.changed_since(c, NOW + HOUR)
    assert {(x.entry, x.before, x.after, x.version) for x in since} == {
        ("b", "둘", "둘!!", "v2"),
        ("c", "셋", "", "v1"),
        ("d", "", "넷", "v1"),
    }
    assert since[0].entry == "b"
    assert since[0].at == NOW + 2 * HOUR
    assert since[0].question == "b?"
    assert [(x.before, x.after) for x in later] == [("둘!", "둘!!")]


async def test_what_changed_back_is_left_out_and_what_returns_is_new(database: Database) -> None:
    await record(database, 0, a="하나", b="둘")
    await record(database, 1, a="하나?")
    await record(database, 2, a="하나", b="둘")
    async with database.read() as c:
        assert await answers.changed_since(c, NOW) == []
        assert {x.entry for x in await answers.changed_since(c, NOW + HOUR)} == {"a", "b"}


async def test_correction_is_one_only_where_an_older_text_is_put_right_and_once(database: Database) -> None:
    assert (await record(database, 0, a="!하나", b="둘")).corrections == ()
    assert (await record(database, 1, a="!하나", b="둘")).corrections == ()
    (row,) = (await record(database, 2, a="!하나로 고침", b="둘", c="!새것")).corrections
    async with database.read() as c:
        found = await answers.correction(c, row)
    assert found is not None
    assert (found.before, found.after, found.correction) == ("하나", "하나로 고침", True)
    assert (await record(database, 3, a="하나", b="둘", c="새것")).corrections == ()  # rolled back
    assert (await record(database, 4, a="!하나로 고침", b="둘", c="!새것")).corrections == ()  # and forth again
    assert len((await record(database, 5, a="!또 고침", b="둘", c="!새것")).corrections) == 1


async def test_of_replicas_that_reload_together_one_writes(database: Database) -> None:
    await record(database, 0, a="하나")
    made = await asyncio.gather(*(record(database, 1, a="!둘", b="셋") for _ in range(6)))
    assert sum(r.changes for r in made) == 2
    assert sum(len(r.corrections) for r in made) == 1


async def test_many_entries_at_once(database: Database) -> None:
    many = {f"e{i}": "글" for i in range(1700)}
    await record(database, 0, **many)
    assert (await record(database, 1, **dict.fromkeys(many, "새 글"))).changes == 1700
    async with database.read() as c:
        assert len(await answers.changed_since(c, NOW)) == 1700


ENTRY = """
entries:
- id: period
  questions: [접수 기간이 언제인가요]
  {correction}
  {answer}
- {{id: hi, kind: smalltalk, questions: [안녕], answer: 반갑습니다}}
"""
PHASES = "phases: [{until: 2022-06-07, answer: 접수 중입니다}, {answer: 끝났습니다}]"


def base_of(folder: Callable[..., Path], answer: str, correction: str = "") -> KnowledgeBase:
    return load(folder(entries=ENTRY.format(answer=answer, correction=correction)))


def test_public_text_does_not_depend_on_the_hour_and_leaves_small_talk_out(folder: Callable[..., Path]) -> None:
    base = base_of(folder, PHASES)
    assert history.published(base, NOW) == [
        Published("period", "접수 기간이 언제인가요", "[~2022-06-07 23:59]\n접수 중입니다\n\n끝났습니다")
    ]


def test_public_text_holds_its_translation(folder: Callable[..., Path]) -> None:
    base = base_of(folder, "answer: 한글\n  english: {answer: English}")
    assert history.text_of(base.entries["period"]) == "한글\n\nEnglish"


def test_a_dated_correction_counts_for_a_week(folder: Callable[..., Path]) -> None:
    for correction, marked in (
        ("correction: 2026-11-25", True),
        ("correction: 2026-11-18", True),
        ("correction: 2026-11-17", False),
        ("correction: true", True),
        ("correction: false", False),
        ("", False),
    ):
        (text,) = history.published(base_of(folder, "answer: 글", correction), NOW)
        assert text.correction is marked, correction


async def test_a_correction_is_due_to_be_told_once(database: Database, folder: Callable[..., Path]) -> None:
    for answer in ("하나", "둘", "둘"):
        async with database.write() as c:
            await history.note(c, base_of(folder, f"answer: {answer}", "correction: true"), NOW)
    async with database.write() as c:
        (thing,) = await due.take(c, history.CORRECTION, NOW)
        change = await answers.correction(c, int(thing.data))
    assert change is not None
    assert (change.before, change.after) == ("하나", "둘")


def test_english_that_comes_to_an_answer_or_changes_is_told_from_a_change_of_the_answer() -> None:
    korean = "14일 안에 돌려주세요.\n\nhttps://library.example.org/rules"
    english = "Return it within 14 days of borrowing it."
    assert history.english_alone(korean, f"{korean}\n\n{english}")
    assert not history.has_english(korean)
    assert history.english_alone(f"{korean}\n\n{english}", f"{korean}\n\nReturn it within two weeks.")
    assert history.english_alone(f"{korean}\n\n{english}", korean)
    assert not history.english_alone(korean, korean.replace("14일", "21일"))
    assert not history.english_alone(korean, korean.replace("14일", "21일") + f"\n\n{english}")
    assert not history.english_alone(korean, korean.replace("rules", "terms"))
    assert not history.english_alone("", english)
