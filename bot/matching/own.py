"""What asks for one entry and no other: its very question, in any form of the name in it, or the initial consonants of a question."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from bot import hangul
from bot.hangul import clean, compact
from bot.knowledge.base import KnowledgeBase
from bot.words import Entry, Match, Utterance

_SURE = np.arange(0.9, 0.7, -0.01).tolist()
"""Scores of the entries with the same initial consonants, in their order: a list is asked back from them (2026-11-30)."""


class Own:
    """The entries of a knowledge base by their own questions."""

    def __init__(self, base: KnowledgeBase, exact: Mapping[str, Sequence[int]] | None) -> None:
        """`exact`: the numbers of the frames that have a wording, masked; `None` where there are too many questions to keep."""
        self._base, self._exact = base, exact or {}
        self.questions = _by_question(base) if exact is not None else {}

    def match(self, u: Utterance) -> Match | None:
        """Return the entry that has this very question among its wordings, if there is one and no other."""
        found = self.questions.get(compact(u.normal), [])
        if not found:  # or that of a template but for another form of the name: KETI, 한국전자기술연구원
            frames = [self._base.frames[number] for number in self._exact.get(u.masked, ())]
            templates = [f for f in frames if f.slot]
            named = u.terms(templates[0].slot) if len(templates) == 1 else frozenset[str]()
            if len(named) == 1 and all(m.how == "exact" and not m.negated for m in u.mentions):
                found = [e for term in named if (e := templates[0].entries.get(term))]
        if len(found) != 1 or any(m.how in ("context", "implied") for m in u.mentions):
            return None
        return Match(found[0], found[0].frame, 1.0, 1.0)

    def of_initials(self, u: Utterance) -> Iterator[Match]:
        """Iterate over the entries that have a question with these initial consonants, in order."""
        found = self.initials.get(compact(u.normal), ())
        return (Match(e, e.frame, s, s) for e, s in zip(found, _SURE, strict=False))

    @cached_property
    def initials(self) -> dict[str, list[Entry]]:
        """Entries by the initial consonants of their questions; made when first needed."""
        found: dict[str, list[Entry]] = {}
        for entry in self._base.entries.values():
            for key in {hangul.initials(compact(clean(q))) for q in entry.questions}:
                found.setdefault(key, []).append(entry)
        return found


def _by_question(base: KnowledgeBase) -> dict[str, list[Entry]]:
    """Return the entries that have a question, squeezed, as it stands, names filled in; shipped ones where no other has."""
    shipped = (e for f in base.frames for e in f.entries.values() if e.id not in base.entries)
    return {**_by_key(shipped), **_by_key(base.entries.values())}


def _by_key(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        for key in {compact(clean(q)) for q in entry.questions if not entry.unlisted}:
            found.setdefault(key, []).append(entry)
    return found
