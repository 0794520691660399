"""The menu: every answer within three taps. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.channels.telegram.buttons import Keyboard, button, code_of
from bot.desk import checking, menu
from bot.desk.compose import question_of
from bot.desk.say import Say
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.guided import taps_of

_PER_ROW = 2
_SHORT = 14
"""Characters up to which two labels fit side by side on a phone."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a tap in the menu shows: a line of text and its buttons."""

    text: str
    keyboard: Keyboard


class Menu:
    """The menu of one knowledge base. Its buttons: `m` top, `m:` back to it, `m:ID` section, `t:ID:N` topic or member N of it,
    `s:0.2` a step of the guided check."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self._menu = menu.Menu(base)

    def top(self, say: Say) -> Page:
        """Return the first page."""
        labels = [button(s.title.in_(say.language), f"m:{s.id}") for s in self._menu.sections.values()]
        guided = self.base.guided
        check = [[button(guided.title.in_(say.language), "s:")]] if guided else []
        return Page(say("menu"), [*check, *_rows(labels), [button(say("person"), "p")]])

    def _check(self, taps: str, say: Say) -> Page | None:
        """Return a step of the guided check: `s:0.2`."""
        if self.base.guided is None:
            return None
        step = checking.step(self.base, self.base.guided, taps_of(taps), say.language)
        rows = [[button(label, f"s:{onward}")] for label, onward in step.options]
        entries = [e for name in step.entries if (e := self.base.entry(name))]
        rows += [[button(f"› {question_of(e, say.language)}", f"e:{code_of(e.id)}")] for e in entries]
        return Page(step.text, [*rows, [button(say("back"), "m:" if step.back is None else f"s:{step.back}")]])

    def page(self, data: str, say: Say) -> Page | None:
        """Return the page behind a button; `None` where there is none any more."""
        if data in ("m", "m:"):
            return self.top(say)
        kind, _, rest = data.partition(":")
        if kind == "s":
            return self._check(rest, say)
        name, _, number = rest.partition(":")
        section = self._menu.sections.get(name)
        if section is None:
            return None
        items = self._menu.items(section, say.language)
        if kind == "m" and len(items) > 1:
            labels = [button(item.title, f"t:{section.id}:{i}") for i, item in enumerate(items)]
            return Page(section.title.in_(say.language), [*_rows(labels), [button(say("back"), "m:")]])
        index = int(number) if number.isdecimal() else 0
        if not 0 <= index < len(items):
            return None
        item = items[index]
        back = f"m:{section.id}" if len(items) > 1 else "m:"
        labels = [button(question_of(e, say.language), f"e:{code_of(e.id)}") for e in item.entries]
        return Page(item.title, [*_rows(labels), [button(say("back"), back)]])


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
