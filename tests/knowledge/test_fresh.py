"""Questions as people put them, labelled: how many are answered rightly, wrongly, and not (docs/adr/0005)."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.desk.desk import HelpDesk
from bot.words import Outcome, Query, Reply
from tests.conftest import NOW

DATA = Path(__file__).resolve().parents[1] / "data" / "fresh.yaml"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the ids of the entries or templates that answer it; none where nothing may be answered."""

    question: str
    right: tuple[str, ...] = ()


def read_questions(side: str) -> list[Labelled]:
    """The questions of one side of the file."""
    kinds = yaml.safe_load(DATA.read_text(encoding="utf-8"))[side].values()
    asked = [item if isinstance(item, dict) else {"q": item} for kind in kinds for item in kind]
    return [Labelled(x["q"], tuple(x.get("right", ()))) for x in asked]


def verdict(desk: HelpDesk, asked: Labelled, reply: Reply) -> str:
    """«right», «asked» (the right one is among the choices), «wrong», or «none»."""
    named = {n for e in reply.entries for n in (e, desk.base.entries[e].frame)}
    offered = {n for c in reply.choices for n in (c.entry, desk.base.entries[c.entry].frame)}
    if reply.outcome in (Outcome.ANSWER, Outcome.SMALLTALK):
        return "right" if named & set(asked.right) else "wrong"
    if not asked.right:
        return "right" if reply.outcome is not Outcome.ASK else "none"
    return "asked" if offered & set(asked.right) else "none"


@pytest.mark.parametrize(
    ("side", "least_right", "most_wrong", "most_false"),
    [("mended", 0.8, 0.06, 0.0), ("judged", 0.7, 0.14, 0.15)],
)
def test_fresh_questions(
    shipped: HelpDesk, side: str, least_right: float, most_wrong: float, most_false: float
) -> None:
    asked = read_questions(side)
    found = [
        (x, verdict(shipped, x, shipped.ask(Query(x.question, f"{side}-{i}", NOW)))) for i, x in enumerate(asked)
    ]
    inside, outside = (Counter(v for x, v in found if bool(x.right) is covered) for covered in (True, False))
    print(side, "covered:", dict(inside), "not covered:", dict(outside))
    assert inside["right"] >= least_right * inside.total()
    assert inside["wrong"] <= most_wrong * inside.total()
    assert outside["wrong"] <= most_false * outside.total()
