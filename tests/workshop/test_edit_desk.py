"""What the desk before an edit and the one after it share changes no answer, and no test is left out that could go otherwise."""

from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.knowledge.build import load
from bot.matching.matcher import Matcher
from bot.matching.wordings import Readings
from bot.words import Query
from bot.workshop.edit_check import effect
from bot.workshop.edit_desk import Before
from bot.workshop.edit_folder import Drafts
from bot.workshop.test import questions_of
from tests.conftest import NOW
from tests.workshop.test_touched import BASE, TESTS

NAMES = """\
groups:
- id: room
  name: 방
  exclusive: true
  needed: true
  terms:
  - {id: room.quiet, name: 공부방, aliases: [공부방]}
"""
DRAFT = "- id: games\n  status: draft\n  questions: [보드게임]\n  answer: 없습니다.\n"
QUESTIONS = (
    "대츨 기간 알려주세요",
    "차를 가져가도 되나요",
    "공부방 있나요",
    "열람실 자리",
    "책 어떻게 빌려요",
    "예약",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("kb")
    (place / "base.yaml").write_text(BASE, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def before(folder: Path) -> Before:
    """A desk takes seconds to learn what people say everywhere, so all tests share one."""
    return Before(folder, None)


def edited(folder: Path, old: str, new: str) -> Drafts:
    """Return drafts with one change, which is not written."""
    drafts = Drafts(folder)
    assert old in BASE
    drafts.of("base.yaml").text = BASE.replace(old, new, 1)
    return drafts


def test_an_edit_of_wordings_and_a_desk_built_alone_answer_alike_and_all_tests_are_asked(
    folder: Path, before: Before
) -> None:
    drafts = edited(folder, "책을 며칠 빌리나요", "책 어떻게 빌려요")
    found = effect(drafts, before, NOW)
    alone = HelpDesk(found.desk.base, encoder=False)
    assert not before.serves(found.desk)
    assert found.passed + len(found.broken) > TESTS - 2
    for question in QUESTIONS:
        ours, theirs = (desk.ask(Query(question, question, NOW)) for desk in (found.desk, alone))
        assert ours == theirs, question


def test_wordings_are_read_anew_with_other_names(folder: Path, tmp_path: Path) -> None:
    readings = Readings()
    without = Matcher(load(folder), readings)
    (tmp_path / "base.yaml").write_text(BASE.replace("자리 맡기", "공부방 자리 맡기"), encoding="utf-8")
    plain = Matcher(load(tmp_path), readings)
    (tmp_path / "names.yaml").write_text(NAMES, encoding="utf-8")
    named = Matcher(load(tmp_path), readings)
    for matcher in (without, plain, named):
        alone = Matcher(matcher.base)
        assert matcher.evidence.exact == alone.evidence.exact
        assert matcher.evidence.vocabulary is not None
        assert alone.evidence.vocabulary is not None
        assert matcher.evidence.vocabulary.number == alone.evidence.vocabulary.number
    assert named.evidence.exact != plain.evidence.exact
    held = len(readings._read)
    readings.only(without.base)
    assert 0 < len(readings._read) < held


def test_a_draft_touches_no_test(folder: Path, before: Before) -> None:
    found = effect(edited(folder, "tests:\n  out", f"{DRAFT}tests:\n  out"), before, NOW)
    assert before.serves(found.desk)
    assert (found.passed, found.broken) == (0, ())


def test_only_a_new_test_is_asked_and_its_failure_is_told(folder: Path, before: Before) -> None:
    found = effect(edited(folder, "offer: [주차장 어디]", "offer: [열람실에 앉으려면]"), before, NOW)
    assert [(b.failure.question, b.failure.frame, b.before) for b in found.broken] == [
        ("열람실에 앉으려면", "parking", None)
    ]
    assert found.passed == 1, "the same question is a test of another entry"


def test_a_known_failure_that_is_none_any_more_is_asked(folder: Path, before: Before) -> None:
    known = "  known_failures: [{q: 공부방 있나요, entry: seats, why: 아직}]\n"
    base = before.after(edited(folder, known, "")).base
    assert questions_of(before.base, but=base) == {"공부방 있나요"}
    assert questions_of(base, but=before.base) == frozenset()
