"""Gaps keep their numbers and their words, hold one question each, and miss nobody who was left without an answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import app
from bot.store.database import Database
from bot.store.gaps import collect, name, records
from bot.store.memory import Exchange, Feedback, Memory, Unanswered
from bot.workshop.gaps import ask_again
from bot.workshop.gaps_group import coherent, content, grouped, slips
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("비번 까먹음", "와파 비번"),
        ("운전하면서 들을 수 있는 책", "운전면허증을 잃어버렸어요"),
        ("카드가 어디로 갔는지", "컴활 인강"),
        ("이용 시간", "이용 요금"),
        ("어떻게 해요", "어디로 가요"),
    ],
)
def test_what_shares_no_more_than_a_word_is_not_one_question(one: str, other: str) -> None:
    assert not coherent(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("사물함 있나요", "사물함을 쓰고 싶어요"),
        ("사물함 이용", "사물함이용 되나요"),
        ("상호대차 신청 방법", "상호대차는 어떻게 신청해요"),
        ("주차장 있어요?", "차 말고 주차장이요"),
    ],
)
def test_other_endings_and_spaces_are_the_same_question(one: str, other: str) -> None:
    assert coherent(one, other)
    assert content(one)


def grouping(wordings: list[str], likeness: float, named: dict[str, int]) -> list[list[str]]:
    """Groups where all wordings are equally alike: what was learned meanwhile changes just that."""
    seen: list[str] = []

    def like(wording: str) -> dict[int, float]:
        seen.append(wording)
        return dict.fromkeys(range(len(seen) - 1), likeness)

    return grouped(wordings, like, lambda _: "", dict.fromkeys(wordings, ""), named)


def test_what_was_shown_under_a_number_stays_there_whatever_is_learned_meanwhile() -> None:
    wordings = ["사물함 있나요", "사물함 이용", "낭독 봉사", "사물함 크기"]
    shown = grouping(wordings[:3], 0.9, {})
    assert shown == [["사물함 있나요", "사물함 이용"], ["낭독 봉사"]]
    named = {"사물함 있나요": 1, "사물함 이용": 1, "낭독 봉사": 3}
    assert grouping(wordings, 0.0, named)[:2] == shown
    assert grouping(wordings, 0.9, named)[0] == ["사물함 있나요", "사물함 이용", "사물함 크기"]
    assert grouping(wordings, 0.9, {"사물함 있나요": 1, "사물함 이용": 2})[:2] == [
        ["사물함 있나요", "사물함 크기"],
        ["사물함 이용"],
    ]


def test_a_slip_of_one_key_is_left_out_and_a_short_word_is_not_taken_for_one() -> None:
    assert slips(["사물함 있나요", "사물한 있나요", "사물함 있나용", "사물함을 쓰고 싶어요"]) == {
        "사물한 있나요": "사물함 있나요",
        "사물함 있나용": "사물함 있나요",
    }
    assert slips(["책", "책장", "병", "명"]) == {}


def exchange(id: str, user: str, minutes: int, question: str, outcome: str, *, tapped: bool = False) -> Exchange:
    at = NOW + timedelta(minutes=minutes)
    return Exchange(id, user, "web", at, question, "…", outcome, "", 0.4, "v", tapped)


async def left(database: Database, memory: Memory, now: datetime) -> list[tuple[str, str, str, str]]:
    async with database.write() as connection:
        await memory.flush(connection)
        await collect(connection, now)
        await collect(connection, now)
        return [(r.user, r.question, r.why, r.note) for r in await records(connection)]


async def test_a_question_asked_back_and_left_is_a_gap_and_one_that_was_chosen_is_none(database: Database) -> None:
    memory = Memory()
    memory.exchanges += [
        exchange("a1", "left", 0, "카드 어떻게 받아요", "ask"),
        exchange("b1", "chose", 0, "카드 신청", "ask"),
        exchange("b2", "chose", 1, "카드 신청", "answer", tapped=True),
        exchange("c1", "said", 0, "카드 재발급", "ask"),
        exchange("c2", "said", 2, "2번", "answer"),
        exchange("d1", "later", 0, "카드 비용", "ask"),
        exchange("d2", "later", 600, "몇 권 빌려요", "answer"),
        exchange("e1", "none", 0, "카드 반납", "ask"),
        exchange("f1", "still", 55, "카드 분실", "ask"),
    ]
    memory.unanswered.append(Unanswered("none", "web", NOW + timedelta(minutes=1), "카드 반납", "none"))
    found = await left(database, memory, NOW + timedelta(minutes=60))
    assert sorted(found) == [
        ("later", "카드 비용", "ask", ""),
        ("left", "카드 어떻게 받아요", "ask", ""),
        ("none", "카드 반납", "none", ""),
    ]


async def test_what_a_visitor_says_of_an_answer_stands_with_the_gap(database: Database) -> None:
    memory = Memory()
    memory.exchanges.append(exchange("a", "u1", 0, "연체료", "answer"))
    memory.feedback.append(Feedback("a", "u1", "down", NOW, "old", "return-late", "v"))
    memory.unanswered.append(Unanswered("u1", "web", NOW, "연체료", "down", "return-late"))
    assert await left(database, memory, NOW) == [("u1", "연체료", "down", "오래된 답이라고 합니다")]


async def test_the_number_of_a_gap_is_kept(database: Database) -> None:
    memory = Memory()
    memory.unanswered += [Unanswered(f"u{i}", "web", NOW, f"사물함 {i}", "fallback") for i in range(3)]
    async with database.write() as connection:
        await memory.flush(connection)
        first, second, third = await records(connection)
        await name(connection, {first.id: first.id, third.id: first.id})
        assert [r.gap for r in await records(connection)] == [first.id, None, first.id]
        assert second.gap is None


def test_what_has_no_answer_is_near_an_entry_that_can_learn_it_and_never_near_small_talk(
    folder: Callable[..., Path],
) -> None:
    few = """
entries:
- {id: hours, questions: [몇 시에 여나요, 여는 시간], answer: 아홉 시에 엽니다.}
- {id: parking, questions: [차를 어디에 세우나요, 차 댈 곳], answer: 건물 뒤입니다.}
"""
    desk = app.desk(folder(a=few))
    asked = [ask_again(desk, t, NOW) for t in ("주차장 있어요", "와이파이 비밀번호가 뭐예요", "고양이 사료 값")]
    left = [a for a in asked if not a.answered]
    assert left
    for one in left:
        assert one.entry in ("", "hours", "parking"), one
        assert "talk-" not in one.reason, one
