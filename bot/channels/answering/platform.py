"""What sets one messenger apart: how it is read, how a reply is written for it, and what it allows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.channels.answering.message import Message
from bot.desk.say import Say
from bot.languages import KOREAN
from bot.words import Choice, Outcome, Reply, Section

Item = dict[str, object]
Offer = tuple[str, Mapping[str, str]]
"""What can be tapped: its words, and what is behind it."""


class Presenter(Protocol):
    """Writes responses, each within every limit of the platform. A module will do."""

    def render(self, reply: Reply, *, say: Say, page: Callable[[str], str] | None, exchange: str = "") -> Item:
        """Return the response that shows a reply; `page` gives an entry's own page, feedback needs an `exchange`."""

    def menu(
        self, sections: Sequence[Section], *, say: Say, language: str = KOREAN, lead: str = "", check: str = ""
    ) -> Item:
        """Return the menu below a `lead`. `check`: how the guided check is called, where there is one."""

    def browse(
        self, title: str, lines: Sequence[Offer], *, say: Say, path: str, start: int = 0, back: str = ""
    ) -> Item:
        """Return one page of a list in the menu from `start`; `path` leads to the list, `back` above it."""

    def text(self, message: str, *, say: Say, offers: Sequence[Offer] = (), ways: bool = True) -> Item:
        """Return a plain message with what can be tapped, and the ways on."""

    def above(self, texts: Sequence[str], response: Item) -> tuple[Item, int]:
        """Return a response with texts above it, and how many of them there was room for, the first first."""

    def written(self, response: Item) -> bytes:
        """Return a response as it goes over the wire."""


@dataclass(frozen=True, slots=True)
class Platform:
    """One messenger."""

    channel: str
    parse: Callable[[object], Message]
    """Reads a decoded JSON body. Raises BadRequest."""
    shows: Presenter
    media: str = "application/json"


def in_language(tap: Mapping[str, str], say: Say) -> dict[str, str]:
    """Return what is behind a button, with the language in which it is offered: whoever taps it is answered in that one."""
    return {**tap, "l": say.language} if say.language != KOREAN else dict(tap)


def questions(choices: Sequence[Choice], related: Sequence[Choice]) -> list[Offer]:
    """Return choices and related questions as they can be tapped, each once."""
    found: dict[str, str] = {}
    for choice in (*choices, *related):
        if choice.question.strip():
            found.setdefault(choice.entry, choice.question)
    return [(question, {"entry": entry}) for entry, question in found.items()]


def ways(reply: Reply, choices: Sequence[Choice], say: Callable[[str], str], exchange: str) -> list[Offer]:
    """Return what can be tapped below a reply whatever it says: none of these, feedback, the ways on."""
    made: list[Offer] = [(say("none_of_these"), {"none": exchange})] if choices else []
    if reply.outcome is Outcome.ANSWER and exchange:
        made += [(say("good"), {"fb": "up", "x": exchange}), (say("bad"), {"fb": "down", "x": exchange})]
    if reply.outcome in (Outcome.FALLBACK, Outcome.SMALLTALK):
        made.append((say("menu_button"), {"menu": ""}))
    if reply.outcome is not Outcome.HANDOVER:
        made.append((say("person"), {"person": "1"}))
    return made
