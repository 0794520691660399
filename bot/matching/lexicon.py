"""The names of the domain and how to find them in a text: exactly, by typo, by initial consonants.

A wrong name is the worst mistake a help desk can make, so a typo is corrected only when one name, and
no other, is one wrong jamo away (two for long names), and never for names written as abbreviations.
Anything further off is only a doubt, which the desk asks about.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.hangul import compact, initials, jamo, to_qwerty
from bot.matching.edits import Edits
from bot.words import Group, Term

_SHORTEST_FUZZY = 3
"""Syllables of the shortest name whose typos are corrected (2026-11-24)."""
_LONG_JAMO = 12
"""From this length on two wrong jamo are corrected (2026-11-24)."""
_RISKY = 4
"""Syllables up to which a changed initial consonant makes another name, not a typo (창원대, 장원대) (2026-11-24)."""
_FEWEST_KEYS = 5
"""Keys of the shortest word in which a slip is looked for: two syllables (2026-11-25)."""
_DOUBT = 2
"""Jamo up to which a name is worth asking about (2026-11-24)."""

WORD = "word"
PLAIN_GROUPS = frozenset({WORD, "filler", "reference"})
"""Groups whose terms are words, not names: they may overlap names' places and begin anywhere."""


_NO_STARTS: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Alias:
    """One way to write a term."""

    text: str
    term: str
    group: str
    exact: bool


class Lexicon:
    """All aliases of some groups, for look-up in squeezed text."""

    def __init__(self, terms: Mapping[str, Term], groups: Mapping[str, Group], only: Iterable[str]) -> None:
        wanted = set(only)
        self.groups = {g: groups[g] for g in wanted if g in groups}
        self.by_key: dict[str, list[Alias]] = defaultdict(list)
        for term in terms.values():
            if term.group in wanted:
                self._add(term)
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in self.by_key:
            lengths[key[:2]].add(len(key))
        self.lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}
        """Lengths of the names that begin with each two letters, longest first; of one letter those that are no more."""
        self.plain = all(g.id in PLAIN_GROUPS or g.filler for g in self.groups.values())
        """Whether all are words that may stand anywhere, and none is a name."""
        self.patterns = [(g.id, re.compile(p)) for g in self.groups.values() for p in g.patterns]
        self._fuzzy()
        self._initials()

    def _add(self, term: Term) -> None:
        for text, exact in [*((a, False) for a in term.aliases), *((a, True) for a in term.exact)]:
            key = compact(text)
            if key and all(a.term != term.id for a in self.by_key[key]):
                self.by_key[key].append(Alias(text, term.id, term.group, exact))

    def _fuzzy(self) -> None:
        near = [
            (key, a) for key, aliases in self.by_key.items() for a in aliases if not a.exact and _may_be_misspelt(key)
        ]
        self.near = [a for _, a in near]
        self.near_keys = [key for key, _ in near]
        self._near_jamo = Edits([jamo(key) for key in self.near_keys], _DOUBT)

        slips = {key: a for key, aliases in self.by_key.items() for a in aliases if not a.exact and _is_korean(key)}
        self.slips = list(slips.values())
        self._slip_keys = Edits([to_qwerty(key) for key in slips], 1, swaps=True)

    def _initials(self) -> None:
        self.by_initials: dict[str, list[Alias]] = defaultdict(list)
        for key, aliases in self.by_key.items():
            if _is_korean(key):
                known = self.by_initials[initials(key)]
                known += [a for a in aliases if all(k.term != a.term for k in known)]

    def at(self, text: str, i: int, limit: int, starts: frozenset[int] = _NO_STARTS) -> tuple[int, list[Alias]]:
        """Return the end and the aliases of the longest name that begins at `i`, or `i` and none.

        `starts`: where words begin; there a run of Latin letters or digits ends too.
        """
        for length in (*self.lengths.get(text[i : i + 2], ()), 1):
            end = i + length
            if end <= limit and (found := self.by_key.get(text[i:end])) and _bounded(text, i, end, starts):
                return end, found
        return i, []

    def places(self, text: str) -> list[int]:
        """Return the positions at which a name may begin, by its first two letters."""
        heads = self.lengths
        return [i for i in range(len(text)) if text[i : i + 2] in heads or text[i] in heads]

    def similar(self, word: str) -> tuple[list[Alias], list[Alias]]:
        """Return the aliases that a misspelt word stands for, and those it only might stand for.

        The first list holds the aliases of one place in one spelling (several terms where they share it).
        """
        if not _may_be_misspelt(word):
            return [], []
        letters = jamo(word)
        hits = self._near_jamo.within(letters)
        if not hits:
            return [], []
        allowed = 2 if len(letters) >= _LONG_JAMO else 1
        best = min(hits.values())
        nearest = [i for i, edits in hits.items() if edits == best]
        terms = {self.near[i].term for i in nearest}
        doubtful = [self.near[i] for i in hits]
        sure = best <= min(allowed, len(self._near_jamo.words[nearest[0]]) // 6) and len(terms) == 1
        if sure and not any(_another_name(word, self.near_keys[i]) for i in nearest):
            return [self.near[nearest[0]]], []
        return [], doubtful

    def slipped(self, word: str) -> list[Alias]:
        """Return the aliases that a word stands for which nobody can have meant as typed: one key off, in any place.

        Several where it may be one or the other.
        """
        keys = to_qwerty(word)
        if len(keys) < _FEWEST_KEYS:
            return []
        return [self.slips[i] for i in self._slip_keys.within(keys)]

    def swapped(self, word: str) -> list[Alias]:
        """Return the aliases that a word is when two neighbouring syllables change places; letters are no syllables."""
        if word.isascii():
            return []
        swaps = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
        return [a for w in swaps if w != word for a in self.by_key.get(w, ()) if not a.exact]

    def of_initials(self, consonants: str) -> list[Alias]:
        """Return the aliases whose initial consonants are these."""
        return self.by_initials.get(consonants, [])

    def of_pattern(self, text: str) -> list[tuple[str, int, int]]:
        """Return group, start and end of names in normal text that no list has but a pattern knows."""
        return [(group, m.start(1), m.end(1)) for group, pattern in self.patterns for m in pattern.finditer(text)]


def _bounded(text: str, start: int, end: int, starts: frozenset[int]) -> bool:
    """Tell whether a name in Latin letters or digits is not a piece of a longer run of them."""
    return not (
        (start not in starts and _runs_on(text, start - 1, start))
        or (end not in starts and _runs_on(text, end - 1, end))
    )


def _runs_on(text: str, left: int, right: int) -> bool:
    if left < 0 or right >= len(text):
        return False
    a, b = text[left], text[right]
    return (a.isdigit() and b.isdigit()) or (_is_latin(a) and _is_latin(b))


def _is_latin(ch: str) -> bool:
    return ch.isascii() and ch.isalpha()


def _is_korean(key: str) -> bool:
    return len(key) >= 2 and all("가" <= ch <= "힣" for ch in key)


def _may_be_misspelt(key: str) -> bool:
    if key.isascii():
        return len(key) >= 6 and key.isalpha()
    return len(key) >= _SHORTEST_FUZZY and not any(ch.isdigit() for ch in key)


def _another_name(word: str, key: str) -> bool:
    """Tell whether a short name differs in an initial consonant: then it is another name, not a typo."""
    if len(key) > _RISKY or len(word) != len(key):
        return False
    return initials(word) != initials(key)
