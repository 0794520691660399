"""`check` looks only at what has changed since, and finds just what it would find in all of it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.build import load
from bot.workshop import check_form, check_text, collide, format_scalar, kept
from bot.workshop.check import check_folder
from bot.workshop.kept import Kept
from tests.conftest import SHIPPED

TODAY = date(2026, 11, 25)
LIBRARY = SHIPPED.parent / "tests" / "examples" / "library"


@pytest.fixture
def place(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "cache")


def found(folder: Path, where: Kept | None) -> list[str]:
    return [*map(str, check_folder(folder, TODAY, kept=where)), *map(str, check_form.problems(folder, where))]


def test_what_was_found_before_is_found_again_without_looking(
    tmp_path: Path, place: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "knowledge"))
    first = sorted((folder / "entries").glob("*.yaml"))[0]
    first.write_text(first.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    whole = found(folder, None)
    assert any("정해진 꼴" in line for line in whole)
    assert found(folder, place) == whole

    def fails(*_: object) -> None:
        raise AssertionError("looked at again")

    for module, name in ((check_form, "_of_file"), (check_text, "_of_text"), (collide, "_form")):
        monkeypatch.setattr(module, name, fails)
    assert found(folder, place) == whole


def test_a_change_is_found_as_if_nothing_had_been_kept(tmp_path: Path, place: Kept) -> None:
    """A question that another entry has, a «#» that cuts an answer, another form: in one file of many."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "knowledge"))
    before = found(folder, place)
    base = load(folder)
    one, other = [f for f in base.frames if f.file.startswith("entries/") and not f.slot][:2]
    path = folder / one.file
    text = path.read_text(encoding="utf-8")
    added = f"{other.wordings[0].rstrip('?')} 좀 알려 주세요"
    path.write_text(
        text.replace("questions:\n", f"questions:\n  - {added}\n  - 이것은 #잘린 질문\n", 1), encoding="utf-8"
    )
    after = found(folder, None)
    assert after != before
    assert found(folder, place) == after
    path.write_text(text, encoding="utf-8")
    assert found(folder, place) == before


def test_near_questions_among_those_that_are_new_and_those_that_were_there(place: Kept) -> None:
    """As near as hardly counts, so that there are many; a term that says something else has all read again."""
    base = load(LIBRARY)
    half = replace(base, frames=tuple(replace(f, wordings=f.wordings[::2]) for f in base.frames))
    for one in (half, base, half, base):
        assert collide.collisions(one, 60, place) == collide.collisions(one, 60)
    assert len(collide.collisions(base, 60)) > len(collide.collisions(half, 60)) > 0
    term = next(t for t in base.terms.values() if t.aliases)
    renamed = replace(base, terms={**base.terms, term.id: replace(term, aliases=("전혀 다른 이름",))})
    assert collide.collisions(renamed, 60, place) == collide.collisions(renamed, 60)


def test_another_program_believes_nothing_that_was_kept(
    folder: Callable[..., Path], place: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = folder(faq="entries:\n-  id: a\n")
    honest = found(where, place)
    for file in (place.place or Path()).glob("form-*.json"):
        file.write_text(json.dumps({key: [] for key in json.loads(file.read_text())}))
    assert found(where, place) != honest, "what is kept is used at all"
    monkeypatch.setattr(kept, "program", lambda: "another")
    assert found(where, place) == honest


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'"text"'])
def test_a_broken_cache_or_none_that_can_be_written_costs_time_alone(
    folder: Callable[..., Path], place: Kept, damage: bytes
) -> None:
    where = folder(faq="entries:\n-  id: a\n")
    honest = found(where, place)
    for file in (place.place or Path()).iterdir():
        file.write_bytes(damage)
    assert found(where, place) == honest
    assert found(where, Kept(Path("/proc/nowhere"))) == honest


def test_only_a_few_files_are_kept(place: Kept) -> None:
    for number in range(kept._MOST_FILES + 5):
        place.write(f"a-{number}", [number])
    assert len(list((place.place or Path()).iterdir())) == kept._MOST_FILES


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("가나", True), ("a: b", False), ("yes", False), ("1357", False), ("1_000", False), ("12:30:00", False), ("2022-06-07", False),
        ("2022-13-45", False), ("1357 무료", True), ("0x1f", False), ("1e3", False), ("on", False), ("one", True), ("a:b", True), ("a#b", True),
        ("é", True), ("3책5공", False), ("책3", True), ("…그리고", True), ("“말”", True), ("- 가", False),
    ],
)  # fmt: skip
def test_what_every_parser_reads_as_a_text_stands_without_quotes(text: str, plain: bool) -> None:
    assert (format_scalar.inline(text, flow=False) == text) is plain
