"""A comparison that does not ask what cannot have changed tells the same as one that asks everything."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from bot import app
from bot.desk.desk import HelpDesk
from bot.matching.encoder import EncoderError
from bot.matching.encoder_process import WIDTH
from bot.matching.linear import Floats
from bot.matching.meaning import Answers, Head, Nearest, Told
from bot.matching.network import Network
from bot.matching.wordings import Readings
from bot.store.asked import Asked
from bot.workshop import diff
from bot.workshop.diff_asked import Both, _share_vectors
from bot.workshop.kept import Kept
from tests.conftest import NOW
from tests.workshop.test_touched import BASE

READINGS = Readings()
ANSWER = BASE.replace("두 주입니다.", "열람실 자리로 두 주입니다.")
EDITS = {
    "answer": ANSWER,
    "words of an answer that teach otherwise": BASE.replace("지하에 댑니다.", "지하에 대고, 공부할 자리도 있습니다."),
    "wording": BASE.replace("자리 맡기, ", "").replace("차 댈 곳,", "차 댈 곳, 자리 맡기,"),
    "retired": BASE.replace("- id: seats", "- id: seats\n  status: retired").replace(
        "choices: [seats, parking]", "choices: [period, parking]"
    ).replace("  known_failures: [{q: 공부방 있나요, entry: seats, why: 아직}]\n", ""),
}  # fmt: skip
Side = tuple[Path, HelpDesk]


def side(place: Path, text: str) -> Side:
    place.mkdir()
    (place / "base.yaml").write_text(text, encoding="utf-8")
    return place, app.desk(place, encoder=False, readings=READINGS)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("diff")


@pytest.fixture(scope="module")
def before(place: Path) -> Side:
    return side(place / "before", BASE)


def compared(kept: Kept, before: Side, after: Side) -> tuple[diff.Diff, list[int]]:
    """Return the difference as told without asking everything, and how often each side was asked."""
    both, asked = Both(kept, before, after, NOW), [0, 0]
    for desk in (before[1], after[1]):
        desk._firsts.clear()
    found = diff.compare(before[1], after[1], (), NOW, None, (both.before, both.after))
    both.close()
    asked = [len(desk._firsts) for desk in (before[1], after[1])]
    return found, asked


@pytest.mark.parametrize("edit", EDITS)
def test_it_tells_the_same_as_asking_everything(place: Path, before: Side, edit: str) -> None:
    after = side(place / edit, EDITS[edit])
    kept = Kept(place / f"kept {edit}")
    whole = diff.compare(before[1], after[1], (), NOW)
    first, asked = compared(kept, before, after)
    again, few = compared(kept, before, after)
    assert whole == first == again
    assert whole.rows or whole.texts
    assert asked[0] == whole.compared
    assert few[0] == 0, "known from the first time"
    if edit.startswith("answer"):
        assert 0 < asked[1] < whole.compared, "only what the words of the answer touch"
    else:
        assert asked[1] == whole.compared
    assert few[1] == 0


def test_what_was_kept_of_other_answers_is_asked_again_where_it_matters(place: Path, before: Side) -> None:
    """Yesterday's side is today's former one, and what was said yesterday is not believed where words changed."""
    kept = Kept(place / "kept over days")
    middle = side(place / "middle", ANSWER)
    compared(kept, before, middle)
    last = side(place / "last", ANSWER.replace("지하에", "열람실 옆 지하에"))
    found, asked = compared(kept, middle, last)
    assert found == diff.compare(middle[1], last[1], (), NOW)
    assert 0 < asked[0] < found.compared


class Counting:
    """An encoder that notes what it is asked and says nothing."""

    like = ()

    def __init__(self) -> None:
        self.heard: list[str] = []

    def scores(self, text: str) -> Told:
        self.heard.append(text)
        raise EncoderError("nothing is said here")


def test_only_what_people_asked_is_asked_with_the_encoder(place: Path, before: Side) -> None:
    """Tests and wordings go as they do in every verb of the workshop: alike on every machine, and in seconds."""
    after, heard = side(place / "deep", EDITS["wording"]), Counting()
    evidence: Any = after[1].matcher.evidence
    evidence.meanings = heard
    found = diff.compare(before[1], after[1], (), NOW)
    assert found.compared > 0
    assert heard.heard == []
    people = [Asked("애들 데리고 뭐 보러 가도 되나", frozenset({"u"}), 1)]
    assert diff.compare(before[1], after[1], people, NOW).compared == found.compared + 1
    assert len(set(heard.heard)) == 1
    assert evidence.meanings is heard


def test_both_sides_share_the_vectors_of_what_they_are_asked() -> None:
    made: list[str] = []

    def encode(text: str) -> Floats:
        made.append(text)
        return np.ones(WIDTH, np.float32)

    network = Network((np.ones((WIDTH + 1, 2), np.float32), np.ones((3, 2), np.float32)))
    near = Nearest(np.zeros((WIDTH, 64), np.float32), np.zeros((0, 64), np.float32), np.zeros(0, np.int64))
    head = Head(np.zeros(WIDTH, np.float32), network, near, Answers(np.zeros((2, WIDTH), np.float32)), encode=encode)
    sides = [SimpleNamespace(matcher=SimpleNamespace(evidence=SimpleNamespace(meanings=head))) for _ in range(2)]
    _share_vectors(*cast("list[HelpDesk]", sides))
    told = [side.matcher.evidence.meanings.scores(text) for text in ("가", "나") for side in sides]
    assert made == ["가", "나"]
    for ours, alone in zip(told[1], head.scores("가"), strict=True):
        assert np.array_equal(ours, alone)
