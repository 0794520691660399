"""Judge: how the names in a question and those of a candidate agree. The guard's veto comes with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.matching import guard
from bot.words import Entry, Frame, Group, Term, Utterance, Veto, group_of, is_unlisted

Terms = frozenset[str]
_NOTHING: Terms = frozenset()
_NONE: dict[str, Terms] = {}
_MOST_SHARED = 2
"""Names: that three are shared tells no more than that two are (2026-11-24)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame, and the named terms it is about, by group."""

    frame: Frame
    about: Mapping[str, Terms]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the names of a question and an entry agree."""

    veto: Veto | None = None
    """Why the guard refuses the entry."""
    shared: int = 0
    """Names that both have, two at most."""
    unnamed: bool = False
    """The question names something whose kind matters, and the entry says nothing of it."""
    partly: bool = False
    """The entry is about several names of which the question lacks some: a comparison."""
    silent: bool = False
    """The question names something that changes most answers, and the entry says nothing of it."""
    absent: bool = False
    """The entry is about a name that the question lacks."""


class Judge:
    """Holds candidates against the names in one utterance at a time."""

    def __init__(self, binding: Sequence[Group], slots: Terms, dropped: Terms, terms: Mapping[str, Term]) -> None:
        """`dropped`: terms that are not masked, since an entry that names none holds for them too."""
        self.binding = {g.id: g for g in binding}
        self.slots, self.dropped, self.terms = slots, dropped, terms

    def candidate(self, frame: Frame, about: Terms) -> Candidate:
        """Return a frame as a candidate that is about the given terms, as far as they bind."""
        held = by_group(about)
        return Candidate(frame, {g: held[g] for g in self.binding if g in held})

    def asked(self, u: Utterance) -> dict[str, Terms]:
        """Return the terms that an utterance names, by binding group."""
        found: dict[str, set[str]] = {}
        for m in u.mentions:
            if not m.negated:
                found.setdefault(m.group, set()).add(m.term)
        return {g: frozenset(found[g]) for g in self.binding if g in found}

    def entries(self, c: Candidate, asked: Mapping[str, Terms]) -> Iterator[tuple[Entry, Agreement]]:
        """Iterate over the entries of a candidate that are meant, and how the names agree."""
        if not c.frame.slot:
            yield c.frame.entries[""], self._agreement(c.about, asked)
            return
        for member in sorted(asked.get(c.frame.slot, _NOTHING)):
            entry = c.frame.entries.get(member)
            if entry is None and is_unlisted(member):
                entry = c.frame.unnamed
            if entry is not None:
                yield entry, self._agreement({**c.about, **by_group(frozenset([member]))}, asked)

    def _agreement(self, held: Mapping[str, Terms], asked: Mapping[str, Terms]) -> Agreement:
        veto, shared, unnamed, partly, silent, absent = None, 0, False, False, False, False
        for name in self._named(asked, held):
            group = self.binding[name]
            mine, its = asked.get(name, _NOTHING), held.get(name, _NOTHING)
            veto = veto or guard.veto(group, mine, its, self.terms)
            silent |= guard.silent(group, mine, its)
            if mine and its:
                both = [h for h in its if any(guard.contains(self.terms, a, h) for a in mine)]
                partly |= group.needed and len(both) < len(its)
                shared += _MOST_SHARED if len(mine) > 1 and len(both) == len(mine) else int(bool(both))
            elif mine:
                unnamed |= group.needed and bool(mine - self.dropped)
            else:
                absent |= group.needed or group.id in self.slots
        return Agreement(veto, min(shared, _MOST_SHARED), unnamed, partly, silent, absent)

    def _named(self, asked: Mapping[str, Terms], held: Mapping[str, Terms]) -> Iterable[str]:
        """Return the binding groups that question or entry names, in the order of the groups."""
        if not held or not asked:
            return held or asked
        both = asked.keys() | held.keys()
        return both if len(both) == 1 else [g for g in self.binding if g in both]


def by_group(terms: Terms) -> Mapping[str, Terms]:
    """Return terms by their group."""
    if not terms:
        return _NONE
    groups: dict[str, set[str]] = {}
    for term in terms:
        groups.setdefault(group_of(term), set()).add(term)
    return {g: frozenset(ts) for g, ts in groups.items()}
