"""Foreign words: what a question is about that its entry does not know."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot import app
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST
from bot.matching.calibrate import FEATURES, Calibration
from bot.matching.foreign import _noun
from bot.matching.matcher import Ranking
from bot.words import Outcome, Query

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=KST)
ENTRIES = """
groups:
- {id: word, name: 낱말, terms: [{id: howmuch, name: 얼마, aliases: [금액, 비용]}]}
entries:
- id: amount
  topic: money
  questions: [지원금이 얼마예요, 얼마를 지원하나요, 지원 금액]
  answer: 창업기업에 한 해 2억 원을 지원합니다. 컨설팅 비용도 들어 있습니다.
- id: repay
  topic: money
  questions: [지원금을 갚아야 하나요, 출연금 상환]
  answer: 갚지 않습니다.
- id: hours
  topic: contact
  questions: [상담은 몇 시까지 하나요, 상담 시간이 언제예요]
  answer: 오후 여섯 시까지입니다.
- id: hello
  kind: smalltalk
  questions: [안녕하세요, 반갑습니다]
  answer: 안녕하세요.
"""


@pytest.fixture
def desk(folder: Callable[..., Path]) -> HelpDesk:
    return app.desk(folder(entries=ENTRIES))


def rank(desk: HelpDesk, text: str) -> Ranking:
    return desk.matcher.rank(desk.matcher.read(text))


@pytest.mark.parametrize(
    ("word", "noun"),
    [
        ("예방접종은", "예방접종"),
        ("신청하려면", "신청"),
        ("선정됐나요", "선정"),
        ("들여다봤습니까", ""),
        ("거예요", ""),
        ("이억오천", ""),
        ("2022년에", ""),
        ("어떤", ""),
        ("경찰서", "경찰서"),
    ],
)
def test_the_noun_is_what_a_word_is_about(word: str, noun: str) -> None:
    assert _noun(word) == noun


def test_words_that_the_entry_does_not_know_are_foreign(desk: HelpDesk) -> None:
    found = rank(desk, "강아지 예방접종 비용이 얼마예요")
    assert found.matches[0].frame == "amount"
    assert found.strange == ("강아지", "예방접종")
    assert found.foreign > 0.5


@pytest.mark.parametrize(
    "text", ["창업기업 지원금이 얼마예요", "컨설팅 지원 금액이 얼마인가요", "얼마쯤 지원해 준다는 거예요"]
)
def test_the_answer_and_compounds_count_as_known(desk: HelpDesk, text: str) -> None:
    found = rank(desk, text)
    assert found.matches[0].frame == "amount"
    assert (found.foreign, found.strange) == (0.0, ())


def test_a_word_of_the_same_topic_is_less_foreign_than_one_nobody_knows(desk: HelpDesk) -> None:
    near, far = rank(desk, "출연금 지원금이 얼마예요"), rank(desk, "축의금 지원금이 얼마예요")
    assert near.matches[0].frame == far.matches[0].frame == "amount"
    assert 0 < near.foreign < far.foreign


def test_small_talk_is_never_foreign(desk: HelpDesk) -> None:
    found = rank(desk, "안녕하세요 강아지 예방접종")
    assert found.matches[0].frame != "hello" or found.foreign == 0.0


def test_foreign_words_turn_an_answer_into_a_question(desk: HelpDesk) -> None:
    weights = dict(zip(FEATURES, desk.calibration.logistic, strict=True))
    text = "강아지 예방접종 지원금이 얼마예요"
    before = desk.ask(Query(text, "a", NOW)).score
    strict = HelpDesk(desk.base, replace(Calibration(), logistic=tuple({**weights, "foreign": -8.0}.values())))
    after = strict.ask(Query(text, "a", NOW))
    assert after.score < before
    assert after.outcome is not Outcome.ANSWER
    assert strict.ask(Query("지원금이 얼마인가요", "b", NOW)).outcome is Outcome.ANSWER


def test_the_story_around_a_question_is_not_held_against_it(desk: HelpDesk) -> None:
    story = "할머니와 텃밭과 고양이와 자전거와 피아노와 축구와 바둑과 낚시를 좋아합니다. 창업기업 지원금이 얼마예요?"
    assert rank(desk, story).foreign < rank(desk, "강아지 예방접종 지원금이 얼마예요").foreign
