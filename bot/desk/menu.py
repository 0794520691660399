"""The menu, independent of channels: sections, the items of each, and their entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.base import KnowledgeBase
from bot.words import Entry, Kind, Section


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a section, and the entries behind it."""

    title: str
    entries: tuple[Entry, ...]


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
