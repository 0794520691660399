"""Who changed which entry, as git has it: by the lines that a change stands in, whoever else changed the file."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.knowledge.build import load
from bot.reload.bench import Bench
from bot.workshop.authors import edits
from tests.workshop.test_commit import BASE, InPlace, git

LONG_AGO = datetime.now(UTC) - timedelta(days=30)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "kb"  # the repository is larger than the knowledge
    (folder / "entries").mkdir(parents=True)
    (folder / "entries" / "faq.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "other.yaml").write_text("- id: apple\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    commit(tmp_path, "lee", "start")
    return folder


def commit(place: Path, name: str, what: str) -> None:
    git(place, "add", "-A")
    git(place, "commit", "-q", "-m", what, f"--author={name} <{name}@localhost>")


def mend(folder: Path, change: Callable[[str], str]) -> None:
    path = folder / "entries" / "faq.yaml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def told(folder: Path) -> dict[str, list[tuple[str, str]]]:
    return {id: [(e.name, e.what) for e in some] for id, some in edits(folder, LONG_AGO).items()}


def test_each_change_is_its_author_s_and_the_newest_comes_first(place: Path) -> None:
    mend(place, lambda t: t.replace("사과는 과일", "사과는 빨간 과일"))
    commit(place, "김 상담", "apple: 색을 더함")
    mend(place, lambda t: t.replace("  review_by: 2027-01-01\n", "", 1))  # a line that went has its author too
    commit(place, "park", "apple: 날짜를 지움")
    mend(place, lambda t: t.replace("배는 과일", "배는 큰 과일"))
    assert told(place) == {
        "apple": [("park", "apple: 날짜를 지움"), ("김 상담", "apple: 색을 더함"), ("lee", "start")],
        "pear": [("", ""), ("lee", "start")],
    }
    assert edits(place, datetime.now(UTC) + timedelta(days=1)).keys() == {"pear"}


def test_new_moved_and_deleted_entries_are_somebody_s_and_their_neighbours_nobody_s(place: Path) -> None:
    mend(place, lambda t: t + "- id: plum\n  questions: [자두가 뭐예요]\n  answer: 자두입니다.\n")
    commit(place, "kim", "plum")
    git(place, "mv", "entries/faq.yaml", "entries/fruit.yaml")
    commit(place, "choi", "moved")
    path = place / "entries" / "fruit.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("- id: pear")] + text[text.index("- id: plum") :], encoding="utf-8")
    commit(place, "park", "no pear")
    found = told(place)
    assert [name for name, _ in found["plum"]] == ["kim"]
    assert [name for name, _ in found["pear"]] == ["park", "lee"]
    assert [name for name, _ in found["apple"]] == ["lee"]


def test_where_nobody_can_tell_whose_lines_they_are_nobody_is_named(place: Path) -> None:
    mend(place, lambda t: t + "- questions: [감이 뭐예요]\n  id: persimmon\n  answer: 감입니다.\n")
    commit(place, "kim", "persimmon")
    assert "persimmon" not in told(place)
    assert [name for name, _ in told(place)["pear"]] == ["lee"]


def test_without_a_repository_or_git_nobody_is_named(
    place: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path_factory.mktemp("alone")
    (alone / "faq.yaml").write_text(BASE, encoding="utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(alone.parent))
    assert edits(alone, LONG_AGO) == {}
    monkeypatch.setenv("PATH", str(alone))
    assert edits(place, LONG_AGO) == {}


async def test_of_what_a_template_makes_its_record_counts_too(place: Path) -> None:
    mend(place, lambda t: t.replace("배는 과일", "배는 큰 과일"))
    commit(place, "park", "pear")
    bench = Bench(place, Front(HelpDesk(load(place))), InPlace(), editable=False)  # type: ignore[arg-type]
    found = await bench.edits(["fruit.pear", "apple", "gone"], LONG_AGO)
    assert {id: sorted(e.name for e in some) for id, some in found.items()} == {
        "fruit.pear": ["lee", "park"],
        "apple": ["lee"],
        "gone": [],
    }
