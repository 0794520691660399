"""Questions as people put them, labelled: how many are answered rightly, wrongly, and not (docs/adr/0005)."""

from collections import Counter
from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.words import Outcome, Query, Reply
from bot.workshop.evaluate_questions import Labelled, read_questions
from tests.conftest import NOW

DATA = Path(__file__).resolve().parents[1] / "data" / "fresh.yaml"


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
    asked = read_questions(f"{DATA}:{side}", shipped.base)
    found = [
        (x, verdict(shipped, x, shipped.ask(Query(x.question, f"{side}-{i}", NOW)))) for i, x in enumerate(asked)
    ]
    inside, outside = (Counter(v for x, v in found if bool(x.right) is covered) for covered in (True, False))
    print(side, "covered:", dict(inside), "not covered:", dict(outside))
    assert inside["right"] >= least_right * inside.total()
    assert inside["wrong"] <= most_wrong * inside.total()
    assert outside["wrong"] <= most_false * outside.total()
