"""The menu, independent of channels: its places, and what leads from one to another."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk import checking
from bot.desk.say import Say
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.guided import taps_of
from bot.words import Entry, Kind, Section

CHECK = "@check"
"""The guided check as a place: `@check/0.2`. No section has such an id."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a section, and the entries behind it."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What a tap in the menu shows. `leads`: labels and the paths behind them; `back`: a path, `None` at the top."""

    title: str
    leads: tuple[tuple[str, str], ...] = ()
    entries: tuple[Entry, ...] = ()
    back: str | None = None


class Menu:
    """The menu of one knowledge base."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.sections = {s.id: s for s in base.menu}
        self._of_topic: dict[str, list[Entry]] = {}
        self._of_member: dict[str, list[Entry]] = {}
        for frame in base.frames:
            if frame.kind is not Kind.ANSWER:
                continue
            for member, entry in frame.entries.items():
                if entry.for_staff:
                    continue
                if frame.slot:
                    self._of_member.setdefault(member, []).append(entry)
                self._of_topic.setdefault(f"@{frame.slot}" if frame.slot else frame.topic, []).append(entry)

    def of_member(self, member: str) -> Sequence[Entry]:
        """Return what templates made for a term, such as an institution."""
        return self._of_member.get(member, ())

    def items(self, section: Section, language: str) -> list[Item]:
        """Return what is behind a section."""
        if section.members:
            members = [t for t in self.base.terms.values() if t.group == section.members and t.id in self._of_member]
            return [Item(t.name, tuple(self._of_member[t.id])) for t in members]
        return [Item(name.in_(language), tuple(self._of_topic.get(topic, ()))) for topic, name in section.topics]

    def place(self, path: str, say: Say) -> Place | None:
        """Return a place: "" the top, `SECTION`, `SECTION/N` its item N (what follows is ignored), `@check/TAPS`; `None` where there is no such section.

        An item that there is none of is a place without anything.
        """
        name, _, rest = path.partition("/")
        number = rest.partition("/")[0]
        if name == CHECK and self.base.guided is not None:
            step = checking.step(self.base, self.base.guided, taps_of(number), say.language)
            leads = tuple((label, f"{CHECK}/{onward}") for label, onward in step.options)
            entries = tuple(e for id in step.entries if (e := self.base.entry(id)))
            return Place(step.text, leads, entries, "" if step.back is None else f"{CHECK}/{step.back}")
        if not name:
            return self.top(say)
        section = self.sections.get(name)
        if section is None:
            return None
        items = self.items(section, say.language)
        if len(items) > 1 and not number:
            leads = tuple((item.title, f"{name}/{i}") for i, item in enumerate(items))
            return Place(section.title.in_(say.language), leads, back="")
        at = int(number) if number.isdecimal() and len(number) < 4 else 0
        item = items[at] if at < len(items) else Item("", ())
        return Place(item.title, entries=item.entries, back=name if len(items) > 1 else "")

    def top(self, say: Say) -> Place:
        """Return the first place."""
        guided = self.base.guided
        check = [(guided.title.in_(say.language), f"{CHECK}/")] if guided else []
        return Place(say("menu"), (*check, *((s.title.in_(say.language), s.id) for s in self.base.menu)))
