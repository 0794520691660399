"""Tests that a change cannot touch are not asked again, and the outcome is that of asking all."""

import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.workshop.edit_desk import Before
from bot.workshop.kept import Kept
from bot.workshop.test import TestResult, run
from bot.workshop.test_kept import run_touched
from tests.conftest import NOW

BASE = """\
defaults: {owner: 안내팀, verified_on: 2026-11-23, review_by: 2027-02-21}
entries:
- id: period
  questions: [대출 기간, 책을 며칠 빌리나요, 언제까지 돌려주나요]
  answer: 두 주입니다.
  tests: {match: [대츨 기간 알려주세요, 며칠 빌릴 수 있어요], not_match: [주차 되나요]}
- id: parking
  questions: [주차 되나요, 차 댈 곳, 주차장 있나요]
  answer: 지하에 댑니다.
  tests: {match: [차를 가져가도 되나요], offer: [주차장 어디]}
- id: seats
  questions: [열람실 자리 예약, 자리 맡기, 공부할 자리]
  answer: 누리집에서 맡습니다.
  tests: {match: [열람실에 앉으려면]}
tests:
  out_of_scope: [오늘 날씨 어때요]
  ask: [{q: 예약, choices: [seats, parking]}]
  known_failures: [{q: 공부방 있나요, entry: seats, why: 아직}]
  dialogues:
  - - {q: 대출 기간, entry: period}
    - {q: 주차장 있나요, entry: parking}
"""
TESTS = 8
"""Tests that stand beside entries, out of scope, or ask back; dialogues are always asked."""


class Kb:
    """A folder whose tests are run, and compared with asking all."""

    def __init__(self, place: Path) -> None:
        self.file, self.kept = place / "kb" / "base.yaml", Kept(place / "kept")

    def run(self) -> tuple[TestResult, int]:
        before = Before(self.file.parent, None)
        found, spared = run_touched(self.kept, before, NOW)
        assert found == replace(run(before.desk, NOW), verdicts=found.verdicts), "never weaker than asking all"
        return found, spared

    def change(self, old: str, new: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TestResult]:
    """A folder whose tests were run once."""
    place = tmp_path_factory.mktemp("first")
    (place / "kb").mkdir()
    (place / "kept").mkdir()
    kb = Kb(place)
    kb.file.write_text(BASE, encoding="utf-8")
    found, spared = kb.run()
    assert (len(found.verdicts), spared) == (TESTS, 0), "nothing is known yet"
    return place, found


@pytest.fixture
def kb(first: tuple[Path, TestResult], tmp_path: Path) -> Kb:
    return Kb(Path(shutil.copytree(first[0], tmp_path / "again")))


def test_only_what_looks_up_a_changed_word_is_asked_again(kb: Kb, first: tuple[Path, TestResult]) -> None:
    kb.change("  answer: 지하에 댑니다.", "  # 새 줄\n  answer: 자리를 열람실처럼 예약합니다.")
    after, spared = kb.run()
    assert 0 < spared < TESTS
    assert after.scores != first[1].scores or after.failures != first[1].failures, "the change is one that matters"


def test_a_word_that_is_right_now_is_looked_up_too(kb: Kb, first: tuple[Path, TestResult]) -> None:
    """«대츨» is a slip until an answer has it."""
    kb.change("지하에 댑니다.", "지하에 댑니다. 대츨.")
    after, spared = kb.run()
    assert spared
    assert after != first[1]


def test_a_new_test_is_asked_alone(kb: Kb) -> None:
    kb.change("[열람실에 앉으려면]", "[열람실에 앉으려면, 공부하러 가려면]")
    after, spared = kb.run()
    assert (len(after.verdicts), spared) == (TESTS + 1, TESTS)


def test_another_question_is_the_business_of_all(kb: Kb) -> None:
    kb.change("차 댈 곳", "차 세울 곳")
    assert kb.run()[1] == 0


def test_what_was_kept_and_is_broken_is_asked_again(kb: Kb) -> None:
    assert kb.kept.place is not None
    (path,) = kb.kept.place.glob("verdicts-*")
    path.write_bytes(path.read_bytes()[:-100])
    assert kb.run()[1] == 0
    (path,) = kb.kept.place.glob("verdicts-*")
    path.write_bytes(pickle.dumps("another thing"))
    assert kb.run()[1] == 0
