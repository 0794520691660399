"""What questions got the last time they were asked: what nothing touched since gets the same, and is not asked again.

A side of a comparison is known by all that questions are ranked with and answered by, but for what answers say
(`test_touched.heard`). Of that a question can only notice the words it looks up, so each is kept with what it looked up.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.caches import LRUCache
from bot.desk.desk import HelpDesk
from bot.matching.linear import Floats
from bot.matching.meaning import Head
from bot.words import Outcome
from bot.workshop.diff import Asks, Said, say
from bot.workshop.kept import Kept, named
from bot.workshop.test_kept import moment_of
from bot.workshop.test_noted import noting
from bot.workshop.test_touched import doors, heard

_LAST = 32
"""Texts whose vectors are remembered: more than one question is read as."""


class Memory:
    """What questions got from desks that differ at most in what their answers say."""

    def __init__(self, kept: Kept, name: str) -> None:
        self._kept, self.name = kept, name
        self.doors: dict[str, list[int]] = {}
        self.said: dict[tuple[str, bool], tuple[Said, frozenset[str]]] = {}
        self._made = False
        found: Any = kept.read(name) if name else None
        try:
            said = {
                (q, d): (Said(Outcome(o), tuple(e), tuple(c)), frozenset(w)) for q, d, o, e, c, w in found["said"]
            }
            self.doors, self.said = found["doors"], said
        except (TypeError, KeyError, ValueError):  # nothing, or nothing that can be read
            return

    def own(self, desk: HelpDesk, now: datetime, other: "Memory | None" = None) -> Asks:
        """Return how to ask a desk, and remember what it says: what its words touch is forgotten before.

        `other`: the memory of a desk of which only answers are others: what these cannot touch is the same.
        """
        known = doors(desk)
        changed = self._changed(known)
        self.said = {q: kept for q, kept in self.said.items() if changed.isdisjoint(kept[1])}
        self.doors = known
        apart = other._changed(known) if other else set()

        def ask(question: str, deep: bool) -> Said:
            key = question, deep
            same = other.said.get(key) if other else None
            if same is not None and apart.isdisjoint(same[1]):
                return same[0]
            if key not in self.said:
                with noting(desk) as noted:
                    desk.matcher.forget()
                    got = say(desk, question, deep, now=now)
                self.said[key], self._made = (got, frozenset(noted.words)), True
            return self.said[key][0]

        return ask

    def _changed(self, known: dict[str, list[int]]) -> set[str]:
        return {w for w in known.keys() | self.doors.keys() if known.get(w) != self.doors.get(w)}

    def close(self) -> None:
        """Keep what was asked."""
        if self._made and self.name:
            said = [[*key, s.outcome.value, s.entries, s.choices, sorted(w)] for key, (s, w) in self.said.items()]
            self._kept.write(self.name, {"doors": self.doors, "said": said})


def name_of(folder: Path, desk: HelpDesk, now: datetime) -> str:
    """Return a name for all that answers a desk's questions, but for what its answers say; nothing where it soon changes."""
    moment = moment_of(desk.composer, now)
    meanings = desk.matcher.evidence.meanings
    learned = "" if meanings is None or desk.kept else desk.base.version  # then answers are learned, too
    about = f"{heard(desk)} {type(meanings).__name__} {learned}"
    return named("said", folder, about, moment) if moment else ""


def _share_vectors(*desks: HelpDesk) -> None:
    """Let desks that are asked the same make the vectors of the last texts once: they depend on nothing else."""
    last: LRUCache[Floats] = LRUCache(_LAST)
    for desk in desks:
        meanings = desk.matcher.evidence.meanings
        if isinstance(meanings, Head):
            desk.matcher.evidence.meanings = replace(meanings, encode=partial(_vector, last, meanings.encode))


def _vector(last: LRUCache[Floats], encode: Callable[[str], Floats], text: str) -> Floats:
    return last.get(text, partial(encode, text))


class Both:
    """Both sides of a comparison. Who differs only in answers remembers what the other does not say alike."""

    def __init__(
        self, kept: Kept, before: tuple[Path, HelpDesk], after: tuple[Path, HelpDesk], now: datetime
    ) -> None:
        _share_vectors(before[1], after[1])
        names = [name_of(folder, desk, now) for folder, desk in (before, after)]
        alike = bool(names[0]) and names[0] == names[1]
        first, second = Memory(kept, names[0]), Memory(kept, f"{names[1]}-other" if alike else names[1])
        self.before = first.own(before[1], now)
        self.after = second.own(after[1], now, first if alike else None)
        self._memories = first, second

    def close(self) -> None:
        """Keep what was asked."""
        for memory in self._memories:
            memory.close()
