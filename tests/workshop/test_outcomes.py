"""A test that fails because something wrong is said is another matter than one that is asked back."""

from dataclasses import replace

import pytest

from bot.workshop.edit_check import Effect, compared
from bot.workshop.show import show_tests
from bot.workshop.test import ASKED, NOTHING, WRONG, Failure, TestResult
from bot.workshop.test_hints import hints
from tests.workshop.bases import base_of

WRONG_ONE = Failure("도서관에서 봉사하려면", "volunteer", "answer board-games", "a.yaml:3", WRONG, 0.61, "volunteer")
ASKED_ONE = Failure("봉사 신청", "volunteer", "ask [volunteer, board-games]", "a.yaml:3", ASKED, 0.48, "volunteer")
LOST_ONE = Failure("자원봉사 시간", "volunteer", "fallback []", "a.yaml:3", NOTHING, 0.2, "volunteer")


def result(*failures: Failure, **more: object) -> TestResult:
    return replace(TestResult(passed=5, failures=list(failures)), **more)


def test_what_is_answered_wrongly_is_harm_and_what_is_asked_back_is_told_with_its_margin() -> None:
    before = result(scores={(ASKED_ONE.question, "volunteer"): 0.57})
    broken, _ = compared(before, result(ASKED_ONE, LOST_ONE, WRONG_ONE))
    effect = Effect(None, broken)  # type: ignore[arg-type]  # no desk is needed to compare
    assert [b.failure for b in effect.harm()] == [WRONG_ONE]
    assert [b.failure for b in effect.doubts()] == [ASKED_ONE, LOST_ONE]
    assert broken[0].misleads
    assert "통과(확실함 57%) → 고친 뒤: 되묻기(ask [volunteer, board-games], 확실함 48%)" in str(broken[1])
    assert effect.harm("board-games") == [broken[0]]  # the tests of another are not its own to break
    assert effect.harm("volunteer") == []
    assert "새 시험 → 고친 뒤: 틀린 답" in str(broken[0])


def test_what_failed_before_is_not_broken_now_and_a_known_failure_that_passes_is_mended_once() -> None:
    passes = Failure("양자역학", "volunteer", "answer volunteer")
    assert compared(result(WRONG_ONE), result(WRONG_ONE)) == ((), ())
    assert compared(result(), result(mended=[passes])) == ((), ("양자역학",))
    assert compared(result(mended=[passes]), result(mended=[passes])) == ((), ())


def test_wrong_answers_come_first_and_asking_back_may_be_let_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_tests(result(ASKED_ONE, WRONG_ONE), anyway=True) == 1
    said = capsys.readouterr().out
    assert said.index("틀린 답 1건") < said.index(WRONG_ONE.question) < said.index("되물은 것 1건")
    assert "확실함 48%" in said
    assert show_tests(result(ASKED_ONE, LOST_ONE)) == 1
    assert show_tests(result(ASKED_ONE, LOST_ONE), anyway=True) == 0
    assert show_tests(result()) == 0


def test_known_failures_are_counted_and_shown_only_if_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    found = result(known=[LOST_ONE], mended=[ASKED_ONE])
    assert show_tests(found) == 0
    said = capsys.readouterr().out
    assert LOST_ONE.question not in said
    assert "알려진 실패 1건은 뺐습니다" in said
    assert "known_failures에서 빼 주세요: 「봉사 신청」" in said
    show_tests(found, known=True)
    assert LOST_ONE.question in capsys.readouterr().out


BASE = """\
defaults: {owner: 팀, verified_on: 2026-11-23, review_by: 2027-02-21}
entries:
- {id: volunteer, questions: [자원봉사 신청, 봉사하고 싶어요, 봉사 모집], answer: 안내 데스크에서 받습니다.}
- {id: board-games, questions: [보드게임 있나요, 보드게임 봉사, 게임 빌리기], answer: 있습니다.}
"""


def test_a_failure_says_which_word_is_lacking_and_who_took_the_question() -> None:
    base = base_of(BASE)
    assert any("'시간'이라는 낱말" in line and "add volunteer" in line for line in hints(base, LOST_ONE))
    assert any("「보드게임 봉사」" in line for line in hints(base, WRONG_ONE))
    assert any("낱말은 다 있습니다" in line for line in hints(base, ASKED_ONE))
    assert list(hints(base, replace(LOST_ONE, frame=""))) == []
