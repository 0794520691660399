"""A base of a few entries: what it has nothing about gets no small talk, and a wish is no distress."""

import pytest

from bot.desk.desk import HelpDesk
from bot.words import Outcome, Query
from tests.conftest import NOW
from tests.repository import LIBRARY
from tests.workshop.bases import base_of

BASE = (
    LIBRARY
    + """\
- id: hours
  questions: [도서관 몇 시에 열어요, 여는 시간 알려 주세요, 개관 시간이 어떻게 되나요]
  answer: 평일은 오전 9시부터 밤 10시까지 엽니다.
- id: loan-days
  questions: [며칠 동안 빌리나요, 대출 기간, 반납은 언제까지 하나요]
  answer: 빌린 날부터 14일 안에 돌려주셔야 합니다.
"""
)


@pytest.fixture(scope="module")
def desk() -> HelpDesk:
    return HelpDesk(base_of(BASE), encoder=False)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("주차장 있나요", id="is-there"),
        pytest.param("주차 되나요", id="can-one"),
        pytest.param("주차는 어떻게 하나요", id="how"),
        pytest.param("차를 어디에 세우나요", id="where"),
        pytest.param("주차장 요금", id="a-noun"),
    ],
)
def test_what_it_has_nothing_about_is_no_small_talk(desk: HelpDesk, text: str) -> None:
    assert desk.ask(Query(text, text, NOW)).outcome is not Outcome.SMALLTALK


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("사물함 쓰고 싶어요", id="to-use"),
        pytest.param("책을 오래 빌리고 싶어요", id="to-borrow"),
        pytest.param("도서관에서 일하고 싶어요", id="to-work"),
        pytest.param("주차장에 차를 세우고 싶어요", id="to-park"),
    ],
)
def test_a_wish_is_no_distress(desk: HelpDesk, text: str) -> None:
    assert "talk-crisis" not in desk.ask(Query(text, text, NOW)).entries


@pytest.mark.parametrize(
    "text", ["사물함 쓰고 싶어요", "사물함을 이용하고 싶습니다"], ids=["to-use", "to-use-politely"]
)
def test_a_wish_that_an_entry_answers_is_no_distress(text: str) -> None:
    locker = "- id: locker\n  questions: [사물함 있나요, 짐 맡길 데, 락커]\n  answer: 일 층에 있습니다.\n"
    desk = HelpDesk(base_of(BASE + locker), encoder=False)
    assert "talk-crisis" not in desk.ask(Query(text, text, NOW)).entries


@pytest.mark.parametrize("text", ["왜요", "그건요?", "언제까지요"])
def test_a_fragment_says_too_little_but_goes_on_with_a_conversation(desk: HelpDesk, text: str) -> None:
    alone = desk.ask(Query(text, f"alone {text}", NOW))
    assert (alone.outcome, alone.entries) == (Outcome.SMALLTALK, ("talk-unclear",))
    desk.ask(Query("며칠 동안 빌리나요", f"on {text}", NOW))
    assert "talk-unclear" not in desk.ask(Query(text, f"on {text}", NOW)).entries


@pytest.mark.parametrize("text", ["에휴 망했네", "하 진짜 사업 접고 싶다 힘드네요"])
def test_a_sigh_is_met_with_care(desk: HelpDesk, text: str) -> None:
    assert desk.ask(Query(text, text, NOW)).entries == ("talk-lament",)
