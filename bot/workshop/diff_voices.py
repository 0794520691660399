"""Which voices are new or gone between two versions of the knowledge, by what they ask for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge.base import KnowledgeBase

_SHOWN = 3
"""How many questions of each kind are shown for an entry."""
_MOST = 30
"""How many entries are shown."""


@dataclass(frozen=True, slots=True)
class VoiceChange:
    """Questions under one name that are new, and those that are gone."""

    id: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def voice_changes(before: KnowledgeBase, after: KnowledgeBase, renamed: Mapping[str, str]) -> tuple[VoiceChange, ...]:
    """Return what changed, in order of the names; a question that moves to another author counts as both.

    `renamed`: former ids of entries, and their present ids.
    """
    old, new = _by_name(before, renamed), _by_name(after, {})
    found = []
    for id in sorted(old.keys() | new.keys()):
        was, now = old.get(id, {}), new.get(id, {})
        added = tuple(text for author, text in now if (author, text) not in was)
        removed = tuple(text for author, text in was if (author, text) not in now)
        if added or removed:
            found.append(VoiceChange(id, added, removed))
    return tuple(found)


def _by_name(base: KnowledgeBase, renamed: Mapping[str, str]) -> dict[str, dict[tuple[str, str], None]]:
    found: dict[str, dict[tuple[str, str], None]] = {}
    for author, said in base.voices.items():
        for name, lines in said.items():
            found.setdefault(renamed.get(name, name), {}).update(dict.fromkeys((author, line) for line in lines))
    return found


def voice_lines(changes: Sequence[VoiceChange]) -> Iterator[str]:
    """Iterate over the lines that say what changed."""
    if not changes:
        return
    added, removed = sum(len(c.added) for c in changes), sum(len(c.removed) for c in changes)
    yield f"사람들의 말(voices): 더한 것 {added}줄, 없앤 것 {removed}줄, 항목 {len(changes)}개"
    for change in changes[:_MOST]:
        parts = [_part("+", change.added), _part("-", change.removed)]
        yield f"  [{change.id}] {' '.join(filter(None, parts))}"
    if len(changes) > _MOST:
        yield f"  … 항목 {len(changes) - _MOST}개 더"


def _part(sign: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    rest = f" 외 {len(lines) - _SHOWN}줄" if len(lines) > _SHOWN else ""
    return f"{sign}{len(lines)}줄: {' · '.join(lines[:_SHOWN])}{rest}"
