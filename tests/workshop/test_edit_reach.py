"""Tests that an edit of some entries cannot touch are not asked again, and the outcome is that of asking all."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.knowledge.build import load
from bot.matching.learned import Kept as Learned
from bot.words import Query
from bot.workshop.edit_check import effect
from bot.workshop.edit_desk import Before
from bot.workshop.edit_folder import Drafts
from bot.workshop.edit_reach import changed
from bot.workshop.kept import Kept, nowhere
from bot.workshop.test_kept import not_reached, run_touched
from bot.workshop.voices import add
from tests.bench.data import ROOT
from tests.conftest import NOW
from tests.unit.test_learned import learned

TESTS = 50
"""Fewer than all tests of the base."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT / "tests" / "examples" / "gym", tmp_path_factory.mktemp("reach") / "kb"))


@pytest.fixture(scope="module")
def taught(folder: Path) -> Learned:
    return replace(learned(load(folder)), moves=None)  # those that ship with the program


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def before(folder: Path, taught: Learned, kept: Kept) -> Before:
    """The folder, of which it is kept how its tests went."""
    made = Before(folder, taught)
    found, _ = run_touched(kept, made, NOW)
    assert len(found.verdicts) > TESTS
    return made


def wording(drafts: Drafts) -> None:
    found = drafts.find("locker-key")
    found.draft.append((*found.path, "questions"), "자물쇠가 안 열려요")


def voices(drafts: Drafts) -> None:
    add(drafts, load(drafts.folder), "users", {"locker-lost": ["물안경 놓고 왔는데 있나요"]}, about="시험")


def moved(drafts: Drafts) -> None:
    """A wording goes to another entry, which takes it away from the first."""
    key, lost = drafts.find("locker-key"), drafts.find("locker-lost")
    key.draft.remove((*key.path, "questions", 1))
    lost.draft.append((*lost.path, "questions"), "열쇠 분실")


def answer(drafts: Drafts) -> None:
    found = drafts.find("locker-towel")
    found.draft.set((*found.path, "answer"), "수건은 사물함 옆에서 분실물처럼 찾아 가시면 됩니다.")


def new(drafts: Drafts) -> None:
    fields = {
        "id": "locker-size",
        "questions": ["사물함 크기", "라커에 뭐가 들어가요", "큰 사물함"],
        "answer": "작습니다.",
    }
    drafts.of("entries/locker.yaml").append_entry(fields)  # type: ignore[arg-type]


EDITS = (wording, voices, moved, answer, new)


@pytest.mark.parametrize("edit", EDITS)
def test_what_an_edit_does_is_what_asking_all_tells(folder: Path, before: Before, kept: Kept, edit) -> None:
    drafts = Drafts(folder)
    edit(drafts)
    after = before.after(drafts)
    assert not before.serves(after)
    spared = not_reached(kept, before, after, NOW)
    assert len(spared) > TESTS / 2, "most tests are about something else"
    some, every = (effect(drafts, before, NOW, after, kept=place) for place in (kept, None))
    assert (some.broken, some.mended, some.passed) == (every.broken, every.mended, every.passed)


def test_a_test_of_what_is_edited_is_always_asked(folder: Path, before: Before, kept: Kept) -> None:
    drafts = Drafts(folder)
    wording(drafts)
    asked = {"라커 열쇠를 잃어버렸는데요"}
    assert asked.isdisjoint(question for question, _ in not_reached(kept, before, before.after(drafts), NOW))


def test_what_a_name_means_is_the_business_of_all(folder: Path, before: Before, kept: Kept) -> None:
    drafts = Drafts(folder)
    drafts.of(
        "terms/more.yaml"
    ).text = "groups:\n- {id: hall, name: 방, exclusive: true, terms: [{id: hall.sauna, name: 사우나, aliases: [사우나]}]}\n"
    after = before.after(drafts)
    assert changed(before.base, after.base) is None
    assert not not_reached(kept, before, after, NOW)
    assert not not_reached(nowhere(), before, before.desk, NOW), "nothing is known of how the tests went"


def test_a_test_alone_changes_no_entry(folder: Path, before: Before) -> None:
    drafts = Drafts(folder)
    found = drafts.find("locker-day")
    found.draft.append((*found.path, "tests", "match"), "옷은 어디에 넣나요")
    assert changed(before.base, before.after(drafts).base) == frozenset()


def test_a_desk_that_was_kept_answers_as_one_that_is_built(folder: Path, taught: Learned, tmp_path: Path) -> None:
    place = Kept(tmp_path / "kept")
    built = Before.of(folder, taught, place)
    again = Before.of(folder, taught, place)
    assert again is not built
    assert again.learned is again.desk.kept is taught
    for text in ("사물함 열쇠 분실", "수건 있나요", "몇 시까지 해요", "안녕하세요", "비트코인 시세"):
        ours, theirs = (one.desk.ask(Query(text, text, NOW)) for one in (built, again))
        assert ours == theirs, text
    (path,) = (tmp_path / "kept").glob("desk-*")
    for damage in (lambda: path.write_bytes(path.read_bytes()[:-9]), lambda: path.chmod(0o666)):
        damage()
        assert Before.of(folder, taught, place).base == built.base
    Before.of(folder, taught, nowhere())
