"""The tests beside the knowledge, several at a time and remembered: the outcome is that of asking one by one."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST, KnowledgeBase
from bot.knowledge.build import load
from bot.workshop import kept as kept_results
from bot.workshop import test_kept
from bot.workshop.kept import Kept
from bot.workshop.test import WRONG, Failure, TestResult, run
from bot.workshop.test_split import run_split
from tests.conftest import NOW
from tests.workshop.bases import base_of

FRUIT = (
    "사과",
    "배",
    "자두",
    "감",
    "귤",
    "살구",
    "앵두",
    "포도",
    "수박",
    "참외",
    "딸기",
    "모과",
    "대추",
    "밤",
    "호두",
)
BASE = "entries:\n" + "".join(
    f"- id: e{i}-{j}\n  questions: [{name} {what}, {what} {name} 알려 주세요, {name}의 {what}]\n"
    f"  answer: {name} {what}입니다.\n  tests: {{match: [{name} {what}요], not_match: [{name} {what}]}}\n"
    for i, name in enumerate(FRUIT)
    for j, what in enumerate(("값", "철", "산지", "보관"))
)
COMMON = """\
tests:
  out_of_scope: [비행기 예약]
  known_failures: [{q: 사과 값, entry: e0-0, why: 시험}]
  dialogues: [[{q: 배 값, entry: e1-0}, {q: 사과 철, entry: e0-1}]]
"""


@pytest.fixture(scope="module")
def desk() -> HelpDesk:
    return HelpDesk(base_of(COMMON + BASE), encoder=False)


def test_several_at_a_time_have_the_outcome_of_one_by_one(desk: HelpDesk) -> None:
    told: list[tuple[int, int]] = []
    found = run_split(desk, NOW, processes=2, progress=lambda *n: told.append(n))
    assert found == run(desk, NOW) == run_split(desk, NOW, processes=1)
    assert found.passed >= 40
    assert len(found.of_kind(WRONG)) >= 40  # the questions themselves, which must not be answered
    assert found.known
    assert told == [(i, told[-1][1]) for i in range(1, len(told) + 1)]


RESULT = TestResult(
    3,
    [Failure("가", "a", "answer b", "a.yaml:1", WRONG, 0.5, "a")],
    [Failure("나", "a", "fallback []")],
    [],
    {("다", "a"): 0.75},
)


class Counted:
    """Runs tests, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> TestResult:
        self.times += 1
        return RESULT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "kb"
    place.mkdir()
    phases = "  phases: [{until: 2026-12-01, answer: 됩니다.}, {answer: 끝났습니다.}]\n"
    entry = "entries:\n- id: now\n  questions: [지금도 되나요, 신청 되나요, 받나요]\n"
    (place / "a.yaml").write_text(entry + phases, encoding="utf-8")
    return place


def test_nothing_is_asked_again_where_nothing_changed(tmp_path: Path, folder: Path) -> None:
    base, kept, work = load(folder), Kept(tmp_path / "cache"), Counted()
    assert test_kept.kept_or_run(kept, folder, base, NOW, work) == (RESULT, False)
    assert test_kept.kept_or_run(kept, folder, base, NOW + timedelta(hours=3), work) == (RESULT, True)
    assert work.times == 1


@pytest.mark.parametrize("what", ["knowledge", "learned", "day", "program", "broken"])
def test_all_is_asked_again_where_anything_changed(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    base, kept, work, now = load(folder), Kept(tmp_path / "cache"), Counted(), NOW
    test_kept.kept_or_run(kept, folder, base, now, work)
    if what == "knowledge":
        path = folder / "a.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("받나요", "받아요"), encoding="utf-8")
        base = load(folder)
    elif what == "learned":
        (folder / "learned.zip").write_bytes(b"others")
    elif what == "day":
        now += timedelta(days=1)
    elif what == "program":
        monkeypatch.setattr(kept_results, "program", lambda: "another")
    else:
        for path in (tmp_path / "cache").iterdir():
            path.write_text('{"passed": 9}', encoding="utf-8")
    assert test_kept.kept_or_run(kept, folder, base, now, work) == (RESULT, False)
    assert work.times == 2


def test_nothing_is_kept_of_the_last_hour_before_an_answer_changes(tmp_path: Path, folder: Path) -> None:
    late = datetime(2026, 12, 1, 23, 30, tzinfo=KST)
    work = Counted()
    for _ in range(2):
        test_kept.kept_or_run(Kept(tmp_path / "cache"), folder, load(folder), late, work)
    assert work.times == 2


def test_the_command_says_that_it_shows_what_it_found_before(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.cli.knowledge import _tested

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    base: KnowledgeBase = load(folder)
    first = _tested(folder, base, NOW)
    assert "지난번" not in capsys.readouterr().err
    assert _tested(folder, replace(base), NOW) == first
    assert "지난번" in capsys.readouterr().err
