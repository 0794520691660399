"""The menu: every answer within three taps. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.channels.telegram.buttons import Keyboard, button, code_of
from bot.desk import menu
from bot.desk.compose import question_of
from bot.desk.say import Say
from bot.knowledge.base import KnowledgeBase

_PER_ROW = 2
_SHORT = 14
"""Characters up to which two labels fit side by side on a phone."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a tap in the menu shows: a line of text and its buttons."""

    text: str
    keyboard: Keyboard


class Menu:
    """The menu of one knowledge base. Its buttons: `m` top, `m:PATH` a place of the menu (`t:ID:N` and `s:0.2` of former versions)."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._menu = menu.Menu(base)

    def top(self, say: Say) -> Page:
        """Return the first page."""
        return self._page(self._menu.top(say), say)

    def page(self, data: str, say: Say) -> Page | None:
        """Return the page behind a button; `None` where there is none any more."""
        kind, _, rest = data.partition(":")
        path = {"t": rest.replace(":", "/"), "s": f"{menu.CHECK}/{rest}"}.get(kind, rest)
        place = self._menu.place(path, say)
        return self._page(place, say) if place is not None and (place.leads or place.entries) else None

    def _page(self, place: menu.Place, say: Say) -> Page:
        leads = [button(label, f"m:{path}") for label, path in place.leads]
        entries = [button(question_of(e, say.language), f"e:{code_of(e.id)}") for e in place.entries]
        back = button(say("person"), "p") if place.back is None else button(say("back"), f"m:{place.back}")
        return Page(place.title, [*_rows([*leads, *entries]), [back]])


def _rows(labels: Iterable[dict[str, str]]) -> Keyboard:
    """Return buttons in rows: two short ones side by side."""
    rows: Keyboard = []
    for label in labels:
        last = rows[-1] if rows else []
        short = len(label["text"]) <= _SHORT
        if last and len(last) < _PER_ROW and short and len(last[0]["text"]) <= _SHORT:
            last.append(label)
        else:
            rows.append([label])
    return rows
