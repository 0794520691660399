"""The menu: every answer within three taps. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.channels.telegram.buttons import Keyboard, Say, button, code_of
from bot.desk.compose import question_of
from bot.knowledge.base import KnowledgeBase
from bot.words import Entry, Kind, Section

_PER_ROW = 2
_SHORT = 14
"""Characters of labels of which two stand in a row on a phone."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a tap in the menu shows: a line of text and its buttons."""

    text: str
    keyboard: Keyboard


class Menu:
    """The menu of one knowledge base. Its buttons: `m` top, `m:` back to it, `m:ID` section, `t:ID:N` topic or member N of it."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.sections = {s.id: s for s in base.menu}
        self.of_topic: dict[str, list[Entry]] = {}
        self.of_member: dict[str, list[Entry]] = {}
        for frame in base.frames:
            if frame.kind is not Kind.ANSWER:
                continue
            for member, entry in frame.entries.items():
                if frame.slot:
                    self.of_member.setdefault(member, []).append(entry)
                self.of_topic.setdefault(f"@{frame.slot}" if frame.slot else frame.topic, []).append(entry)

    def top(self, say: Say) -> Page:
        """Return the first page."""
        labels = [button(_title(s, say), f"m:{s.id}") for s in self.sections.values()]
        return Page(say("menu"), [*_rows(labels), [button(say("person"), "p")]])

    def page(self, data: str, say: Say) -> Page | None:
        """Return the page behind a button; `None` where there is none any more."""
        if data in ("m", "m:"):
            return self.top(say)
        kind, _, rest = data.partition(":")
        name, _, number = rest.partition(":")
        section = self.sections.get(name)
        if section is None:
            return None
        items = self._items(section, say)
        if kind == "m" and len(items) > 1:
            labels = [button(title, f"t:{section.id}:{i}") for i, (title, _) in enumerate(items)]
            return Page(_title(section, say), [*_rows(labels), [button(say("back"), "m:")]])
        index = int(number) if number.isdecimal() else 0
        if not 0 <= index < len(items):
            return None
        title, entries = items[index]
        back = f"m:{section.id}" if len(items) > 1 else "m:"
        labels = [button(question_of(e, say.language), f"e:{code_of(e.id)}") for e in entries]
        return Page(title, [*_rows(labels), [button(say("back"), back)]])

    def _items(self, section: Section, say: Say) -> list[tuple[str, list[Entry]]]:
        """Return what is behind a section: titles and the entries behind each."""
        english = say.language == "en"
        if section.members:
            members = [t for t in self.base.terms.values() if t.group == section.members and t.id in self.of_member]
            return [(t.name, self.of_member[t.id]) for t in members]
        return [(t[2] if english else t[1], self.of_topic.get(t[0], [])) for t in section.topics]

    def reachable(self, say: Say) -> set[str]:
        """Return the entries that the menu leads to."""
        return {e.id for s in self.sections.values() for _, entries in self._items(s, say) for e in entries}


def _title(section: Section, say: Say) -> str:
    return section.english if say.language == "en" else section.title


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
