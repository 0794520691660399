"""Elsewhere: words of other matters, and how much of a question its first match has."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import app
from bot.desk.desk import HelpDesk
from bot.matching.elsewhere import FEWEST, Elsewhere
from bot.matching.matcher import Ranking

HERE = ["지원금이 얼마예요", "지원금을 갚아야 하나요", "신청 서류가 뭐예요", "신청은 언제까지예요"] * 5
OTHERS = ["강아지 예방접종 얼마예요", "여권 재발급 서류가 뭐예요", "전세 대출 언제까지 갚아요"]
ELSEWHERE = [f"{q} {i}" for i in range(FEWEST) for q in OTHERS]
ENTRIES = """
entries:
- id: amount
  questions: [지원금이 얼마예요, 얼마를 지원하나요, 지원 금액]
  answer: 한 해 2억 원을 지원합니다.
- id: papers
  questions: [신청 서류가 뭐예요, 어떤 서류를 내나요]
  answer: 사업계획서를 냅니다.
- id: beyond
  kind: boundary
  questions: [날씨 알려 줘]
  answer: 날씨는 안내하지 않습니다.
"""


FRAMES = [HERE, ["접수는 어디서 하나요"]]


def test_words_of_other_matters_speak_against_a_question() -> None:
    words = Elsewhere(FRAMES, ELSEWHERE)
    assert words.score("지원금 갚아요", 0) == 0.0
    assert words.score("강아지 여권", 0) >= words.score("지원금 강아지 여권 갚아요", 0) > 0


def test_what_the_wordings_of_a_frame_have_does_not_speak_against_it() -> None:
    words = Elsewhere(FRAMES, ELSEWHERE)
    assert words.score("얼마예요", 0) == 0.0 < words.score("얼마예요", 1)


@pytest.mark.parametrize("text", ["", "?!", "2022 1357", "쿵쿵따"])
def test_what_neither_side_has_says_nothing(text: str) -> None:
    assert Elsewhere(FRAMES, ELSEWHERE).score(text, 0) == 0.0


def test_names_are_left_out() -> None:
    words = Elsewhere(FRAMES, ELSEWHERE)
    assert words.score("강아지는 여권", 0, ["강아지"]) == words.score("여권", 0)


def test_of_a_story_the_stretch_that_is_most_about_what_is_covered_counts() -> None:
    words = Elsewhere(FRAMES, ELSEWHERE)
    strange = "강아지 예방접종 여권 재발급 전세 대출"
    story = f"{strange} 강아지 여권 그런데 지원금을 갚아야 하나요 신청 서류가 뭐예요 언제까지예요"
    assert words.score(story, 0) < words.score(strange, 0)


def test_too_few_questions_teach_nothing() -> None:
    assert Elsewhere(FRAMES, OTHERS).score("강아지 여권", 0) == 0.0
    assert Elsewhere([()], ELSEWHERE).score("강아지 여권", 0) == 0.0


@pytest.fixture
def desk(folder: Callable[..., Path]) -> HelpDesk:
    questions = "".join(f"  - {q}\n" for q in ELSEWHERE)
    return app.desk(folder(entries=ENTRIES, elsewhere=f"elsewhere:\n- name: 딴 일\n  questions:\n{questions}"))


def rank(desk: HelpDesk, text: str) -> Ranking:
    return desk.matcher.rank(desk.matcher.read(text))


def test_questions_asked_elsewhere_are_read_from_the_folder(desk: HelpDesk) -> None:
    assert desk.base.elsewhere == tuple(ELSEWHERE)
    assert rank(desk, "강아지 예방접종 얼마예요").elsewhere > rank(desk, "지원금 얼마예요").elsewhere


def test_a_boundary_is_no_less_likely_for_being_of_elsewhere(desk: HelpDesk) -> None:
    found = rank(desk, "강아지 날씨 알려 줘")
    assert (found.matches[0].entry.id, found.elsewhere) == ("beyond", 0.0)


def test_one_letter_over_and_over_says_nothing(desk: HelpDesk) -> None:
    assert not desk.matcher.read("aaaaaaaaaaaa").masked
    assert not desk.matcher.read("00000000").masked
    assert desk.matcher.read("ㅋㅋㅋㅋㅋㅋㅋㅋㅋ").masked
    assert desk.matcher.read("네네네").masked
