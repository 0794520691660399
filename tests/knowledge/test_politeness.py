"""Politeness changes nothing: the base's own tests in twelve frames keep their answers."""

from datetime import UTC, datetime
from pathlib import Path

from bot import app
from bot.words import Query
from bot.workshop.mutate_text import POLITE

SHIPPED = Path(__file__).parents[2] / "knowledge"
_QUESTIONS = 200
_KEPT = 0.98


def test_politeness_around_a_question_changes_nothing() -> None:
    desk = app.desk(SHIPPED)
    now = datetime(2026, 11, 29, tzinfo=UTC)
    tests = [q for f in desk.base.frames for q in f.tests.match]
    chosen = tests[:: max(1, len(tests) // _QUESTIONS)][:_QUESTIONS]

    def entry(text: str) -> str:
        return desk.ask(Query(text, text, now)).entry

    answered = {q: found for q in chosen if (found := entry(q)) and not found.startswith("talk-")}
    kept = [entry(frame.format(q)) == found for q, found in answered.items() for frame in POLITE]
    lost = [(f.format(q)) for q, found in answered.items() for f in POLITE if entry(f.format(q)) != found]
    print(f"{sum(kept)} of {len(kept)} keep their answer", *lost[:20], sep="\n  ")
    assert sum(kept) >= _KEPT * len(kept)
