"""Acts by themselves: what each asks of the composer. What is said in a conversation is in `test_acts`."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot.desk.acts import ACTS, agreed
from bot.desk.context import Context
from bot.words import Entry, Outcome, Phase
from tests.conftest import NOW

LAST, *RELATED = (Entry(id, id, (), (Phase("답"),)) for id in ("last", "a", "b", "c", "d"))


class Composer:
    """Tells what was asked of it."""

    base = SimpleNamespace(reply=lambda name, language: f"<{name} {language}>")

    def answer(self, *args: Any, **named: Any) -> Any:
        return "answer", args, named

    def retold(self, *args: Any) -> Any:
        return "retold", args

    def short(self, entry: Entry, now: datetime, language: str) -> str:
        return f"<short {entry.id} {language}>"

    def related(self, entry: Entry) -> list[Entry]:
        return RELATED if entry is LAST else []


def done(label: str) -> Any:
    return ACTS[label](Composer(), LAST, NOW, "en", ["closed"])  # type: ignore[arg-type]


def test_again_answers_as_surely_as_before() -> None:
    named = {"score": 1.0, "language": "en", "told": ["closed"]}
    assert done("repeat") == ("answer", (Outcome.ANSWER, [LAST], NOW), named)


def test_simpler_tells_the_short_form_between_two_lines() -> None:
    text = "<in_short en>\n<short last en>\n<ask_person en>"
    assert done("not-understood") == ("retold", (LAST, text, NOW, "en"))


def test_more_offers_the_first_three_related() -> None:
    named = {"score": 1.0, "language": "en", "offered": RELATED[:3], "told": ["closed"]}
    assert done("more") == ("answer", (Outcome.ANSWER, [LAST], NOW), named)


def test_there_are_three_acts() -> None:
    assert list(ACTS) == ["repeat", "not-understood", "more"]


@pytest.mark.parametrize(("offered", "found"), [((), None), (("a",), "<a>"), (("a", "b"), None)])
def test_yes_means_what_alone_was_offered(offered: tuple[str, ...], found: str | None) -> None:
    base = SimpleNamespace(entry=lambda id: f"<{id}>")
    assert agreed(Context(choices=offered), base) == found  # type: ignore[arg-type]
