"""Judge: what the names in a question make of a candidate's similarity. The guard's verdict comes with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.matching import guard
from bot.words import Entry, Frame, Group, Match, Term, Utterance

Terms = frozenset[str]
_NOTHING: Terms = frozenset()
_NONE: dict[str, Terms] = {}


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the names agreeing or not counts beside the similarity."""

    unnamed: float = 0.88
    """Factor where the question names an institution or the like that the entry says nothing of."""
    agree: float = 0.06
    """Added for each named term that question and entry share (at most two)."""
    implied: float = 0.9
    """Factor where a name is only described: «서산에 있는 대학»."""
    partly: float = 0.75
    """Factor where the entry is about several names of which the question lacks some: a comparison."""
    absent: float = 0.93
    """Factor where the entry is about a named term that the question lacks and the group does not need it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame, and the named terms it is about, by group."""

    frame: Frame
    about: Mapping[str, Terms]


class Judge:
    """Weighs candidates against the names in one utterance at a time."""

    def __init__(
        self, binding: Sequence[Group], slots: Terms, dropped: Terms, terms: Mapping[str, Term], weights: Weights
    ) -> None:
        """`dropped`: terms that are not masked, since an entry that names none holds for them too."""
        self.binding = {g.id: g for g in binding}
        self.slots, self.dropped, self.terms, self.weights = slots, dropped, terms, weights

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

    def matches(self, c: Candidate, similarity: float, asked: Mapping[str, Terms]) -> Iterator[Match]:
        """Return the entries of a candidate that are meant, judged."""
        if not c.frame.slot:
            yield self._judged(c, c.frame.entries[""], c.about, similarity, asked)
            return
        for member in sorted(asked.get(c.frame.slot, _NOTHING)):
            entry = c.frame.entries.get(member)
            if entry is None and member.endswith(".*"):
                entry = c.frame.unnamed
            if entry is not None:
                held = {**c.about, **by_group(frozenset([member]))}
                yield self._judged(c, entry, held, similarity, asked)

    def _judged(
        self, c: Candidate, entry: Entry, held: Mapping[str, Terms], similarity: float, asked: Mapping[str, Terms]
    ) -> Match:
        score, why = similarity * c.frame.weight, ""
        agreed = 0
        for name in self._named(asked, held):
            group = self.binding[name]
            mine, its = asked.get(name, _NOTHING), held.get(name, _NOTHING)
            why = why or guard.verdict(group, mine, its, self.terms)
            factor, shared = self._agreement(group, mine, its)
            score *= factor
            agreed += shared
        score = min(score + self.weights.agree * min(agreed, 2), 1.0)
        return Match(entry, c.frame.id, score, similarity, why)

    def _named(self, asked: Mapping[str, Terms], held: Mapping[str, Terms]) -> Iterable[str]:
        """Return the binding groups that question or entry names, in the order of the groups."""
        if not held or not asked:
            return held or asked
        both = asked.keys() | held.keys()
        return both if len(both) == 1 else [g for g in self.binding if g in both]

    def _agreement(self, group: Group, asked: Terms, held: Terms) -> tuple[float, int]:
        """Return a factor for the score and whether question and entry share a name of a group."""
        if asked and held:
            shared = [h for h in held if any(guard.contains(self.terms, a, h) for a in asked)]
            if group.needed and len(shared) < len(held):
                return self.weights.partly, 0
            return 1.0, 2 if len(asked) > 1 and len(shared) == len(asked) else int(bool(shared))
        if asked:
            return (self.weights.unnamed if group.needed and asked - self.dropped else 1.0), 0
        return (self.weights.absent if group.needed or group.id in self.slots else 1.0), 0


def by_group(terms: Terms) -> Mapping[str, Terms]:
    """Return terms by their group."""
    if not terms:
        return _NONE
    groups: dict[str, set[str]] = {}
    for term in terms:
        groups.setdefault(term.split(".", 1)[0], set()).add(term)
    return {g: frozenset(ts) for g, ts in groups.items()}
