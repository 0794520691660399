"""Vocabulary: what of a question's words a frame knows, the rare ones counting more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.vocabulary import Vocabulary, heads
from bot.words import Entry, Frame, Phase

ANSWERS = ("다섯 권까지 빌립니다.", "{name}의 주차장은 지하에 있습니다.", "분실하면 다시 만듭니다.")
WORDINGS = (["책 대출 권수"], ["주차 요금 안내"], ["회원증 재발급 안내"])


def _frame(number: int, answer: str) -> Frame:
    entry = Entry(f"e{number}", f"e{number}", (), (Phase(answer),))
    return Frame(f"e{number}", (), {"": entry})


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary([_frame(i, a) for i, a in enumerate(ANSWERS)], WORDINGS)


def test_a_word_is_known_by_its_beginning() -> None:
    assert heads("주차장은 주차장에서 내 parkingplaces2") == {"주차", "parkingplace"}


def test_words_of_wordings_and_of_answers_are_known(vocabulary: Vocabulary) -> None:
    assert vocabulary.known("대출은").frames.tolist() == [1, 0, 0]
    assert vocabulary.known("지하인가요").frames.tolist() == [0, 1, 0]


def test_a_name_s_place_is_no_word(vocabulary: Vocabulary) -> None:
    assert vocabulary.known("name").none == 1


def test_a_rare_word_counts_more(vocabulary: Vocabulary) -> None:
    known = vocabulary.known("안내 대출")
    assert known.frames[0] > 0.5 > known.frames[1] == known.frames[2] > 0
    assert known.frames[0] + known.frames[1] == pytest.approx(1)


def test_what_nobody_knows_speaks_for_none(vocabulary: Vocabulary) -> None:
    known = vocabulary.known("우주선 발사대")
    assert known.frames.tolist() == [0, 0, 0]
    assert known.none == 1
    half = vocabulary.known("우주선 대출")
    assert half.none > half.frames[0] > 0


@pytest.mark.parametrize("text", ["", "책", "123 ?!"])
def test_without_words_it_is_known_to_all(vocabulary: Vocabulary, text: str) -> None:
    known = vocabulary.known(text)
    assert (known.frames.tolist(), known.none) == ([1, 1, 1], 0)


@given(st.text(max_size=40) | st.text("대출주차 안내지하우주", max_size=20))
def test_shares_are_shares_for_any_text(text: str) -> None:
    found = Vocabulary([_frame(i, a) for i, a in enumerate(ANSWERS)], WORDINGS).known(text)
    assert ((found.frames >= 0) & (found.frames <= 1.0001)).all()
    assert found.frames.max() + found.none <= 1.0001
