"""Names that are only described: the university in Seosan, the one that does batteries."""

from collections.abc import Mapping

from bot.matching import guard
from bot.words import Term, Utterance

_TOO_GENERAL = {"kind"}
"""Groups that say too little by themselves: that it is a university."""


class Descriptions:
    """Which members of which slots other names point to."""

    def __init__(self, terms: Mapping[str, Term], slots: frozenset[str]) -> None:
        self.terms = terms
        self.members = {s: [t for t in terms.values() if t.group == s] for s in slots}
        self.traits = {s: found for s in slots if (found := self._traits(s))}
        """For each slot whose members can be described, the terms that do so."""

    def implied(self, slot: str, u: Utterance, *, alone: bool = False) -> frozenset[str]:
        """Return the terms of a slot that other names point to; `alone`: even if only the kind is said."""
        traits = self.traits.get(slot)
        named = {m.term for m in u.mentions if not m.negated} & traits if traits else None
        if not named:
            return frozenset()
        wanted: dict[str, set[str]] = {}
        for term in named:
            wanted.setdefault(self.terms[term].group, set()).add(term)
        if set(wanted) == _TOO_GENERAL and not alone:
            return frozenset()
        return frozenset(
            t.id for t in self.members[slot] if all(any(self._has(t, w) for w in ws) for ws in wanted.values())
        )

    def general(self, term: Term) -> Term | None:
        """Return what a term is an instance of, if it is one of a kind: a university."""
        kinds = [t for t in term.traits if t in self.terms and self.terms[t].group in _TOO_GENERAL]
        return self.terms[kinds[0]] if len(kinds) == 1 else None

    def _traits(self, slot: str) -> frozenset[str]:
        return frozenset(t for term in self.members[slot] for t in self._widened(term))

    def _widened(self, term: Term) -> set[str]:
        """Return a term's traits and all that contain them."""
        found: set[str] = set()
        for trait in term.traits:
            while trait and trait not in found:
                found.add(trait)
                trait = self.terms[trait].within if trait in self.terms else ""
        return found

    def _has(self, term: Term, trait: str) -> bool:
        return any(guard.contains(self.terms, trait, t) for t in term.traits)
