"""Near names: what a word that is no known name may be the name of, and names that are only pieces of words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot import hangul
from bot.hangul import compact
from bot.matching.find import Hit
from bot.matching.lexicon import Alias, Lexicon
from bot.matching.spelling import Spelling, general, is_slip
from bot.matching.squeeze import Squeezed
from bot.words import Group

_SHORT_PIECE = 3
"""Letters up to which a name may be a mere piece of another word: 주식 in 주식회사 (2026-11-25)."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Groups by how their names bind."""

    slots: frozenset[str]
    """Those whose names are masked by the symbol of their group."""
    telling: frozenset[str]
    """Those in which the name is what tells answers apart: a name in doubt is asked about."""
    shutting: frozenset[str]
    """Those whose names shut out every entry that is not about them."""

    @classmethod
    def of(cls, groups: Mapping[str, Group], slots: frozenset[str]) -> "Binding":
        """Return how groups bind of which `slots` are masked."""
        known = groups.values()
        telling = frozenset(g.id for g in known if g.exclusive and g.needed and g.silent is None)
        shutting = frozenset(g.id for g in known if g.exclusive and g.silent is not None and not g.silent)
        return cls(slots, telling, shutting - slots)


class NearNames:
    """Looks into words against one set of names and one vocabulary."""

    def __init__(
        self, names: Lexicon, groups: Binding, spelling: Spelling, own_words: frozenset[str] = frozenset()
    ) -> None:
        """`own_words`: words of the wordings of entries that do answer."""
        self.names, self.groups, self.spelling, self.own_words = names, groups, spelling, own_words

    def find(self, sq: Squeezed, start: int, end: int) -> tuple[Hit | None, list[Alias]]:
        """Look into one unknown word: initial consonants, then typos of the whole word and of its heads.

        Return the name that it is, or names that are worth asking about.
        """
        word = sq.text[start:end]
        if hangul.has_initials(word):
            hit = self._by_initials(sq, start, end)
            if hit is not None or not self.spelling.count:
                return hit, []
        if self.spelling.count and is_slip(word):
            return self._slipped(sq, start, end)
        doubts: list[Alias] = []
        stem = hangul.strip_particle(word)
        if self.spelling.count and not general().isdisjoint((word, stem)):
            return None, []
        strange = bool(self.spelling.count) and not self.spelling.knows(word)
        for length in dict.fromkeys([len(stem), len(word), *range(min(len(word) - 1, 10), 2, -1)]):
            sure, maybe = self.names.similar(word[:length])
            sure = [a for a in sure if not self._shuts_by_a_letter(a)]
            if not sure and length > 2 and strange:
                swapped = self.names.swapped(word[:length])
                sure = swapped[:1] if len({a.term for a in swapped}) == 1 else []
            if sure:
                return Hit(start, start + length, tuple(sure), "typo"), []
            doubts = doubts or (maybe if length in (len(stem), len(word)) else [])
        joined = self._joined(sq, start, end)
        if joined:
            return joined, []
        return None, [a for a in doubts if a.group in self.groups.telling] or self._short(word)

    def _shuts_by_a_letter(self, alias: Alias) -> bool:
        """Tell whether a name is too short to be read into a word where it would shut every entry out."""
        return (
            bool(self.spelling.count)
            and alias.group in self.groups.shutting
            and len(compact(alias.text)) <= _SHORT_PIECE
        )

    def _short(self, word: str) -> list[Alias]:
        """Return the short names that an unknown word is one key or jamo away from: worth asking about."""
        stem = hangul.strip_particle(word)
        if not self.spelling.count or not 2 <= len(stem) <= _SHORT_PIECE or self.spelling.knows(word):
            return []
        found = [a for a in self.names.slipped(stem) if len(compact(a.text)) == len(stem)]
        found = [a for a in found or self.names.swapped(stem) if a.group in self.groups.slots]
        return found if not self.spelling.repair(word) else []

    def _slipped(self, sq: Squeezed, start: int, end: int) -> tuple[Hit | None, list[Alias]]:
        """Look for a name in a word that cannot have been meant as it stands."""
        word = sq.text[start:end]
        for head in dict.fromkeys([word, hangul.strip_particle(word), *_heads(word)]):
            found = self.names.slipped(head)
            terms = {a.term for a in found}
            if len(terms) == 1 and not self.spelling.repair(word):
                return Hit(start, start + len(head), tuple(found[:1]), "typo"), []
            if terms:
                return None, [a for a in found if a.group in self.groups.telling]
        return None, []

    def _joined(self, sq: Squeezed, start: int, end: int) -> Hit | None:
        """Look into a word together with the next one: «금어 공대»."""
        following = next((w for w in sq.words if w[0] == end), None)
        if following is None or end - start > 4:
            return None
        word = hangul.strip_particle(sq.text[start : following[1]])
        sure, _ = self.names.similar(word)
        return Hit(start, start + len(word), tuple(sure), "typo") if sure else None

    def _by_initials(self, sq: Squeezed, start: int, end: int) -> Hit | None:
        word = sq.text[start:end]
        run = re.match(r"[가-힣]*[ㄱ-ㅎ]{1,}[가-힣]?", word)
        for candidate in dict.fromkeys([word, re.sub(r"[가-힣]+$", "", word), run[0] if run else word]):
            found = self.names.of_initials(hangul.initials(candidate))
            found = [a for a in found if a.group not in self.groups.shutting and _agrees(candidate, a.text)]
            if len({a.term for a in found}) == 1 and len(candidate) >= 2:
                return Hit(start, start + len(candidate), tuple(found[:1]), "initials")
        return None

    def is_piece(self, sq: Squeezed, hit: Hit) -> bool:
        """Tell whether a short name that would shut entries out is a piece of words that entries use."""
        if hit.end - hit.start > _SHORT_PIECE or any(a.group not in self.groups.shutting for a in hit.aliases):
            return False
        start, end = sq.word_of(hit.start)
        if sq.spaced and start == hit.start:
            word = hangul.strip_particle(sq.text[start:end])
            return len(word) > hit.end - hit.start and word in self.own_words
        left = any(sq.text[i:j] in self.own_words for i, j in _across(sq.text, hit.start))
        right = any(sq.text[i:j] in self.own_words for i, j in _across(sq.text, hit.end))
        return not sq.spaced and left and right


def _heads(word: str) -> list[str]:
    return [word[:n] for n in range(len(word) - 1, max(len(word) - 4, 1), -1)]


def _agrees(pattern: str, alias: str) -> bool:
    """Tell whether whole syllables among initial consonants are those of the alias (창ㅇㄷ, 창원대)."""
    letters = [ch for ch in alias if ch.isalnum()]
    if len(letters) != len(pattern):
        return False
    return all(p == a or p == hangul.initials(a) for p, a in zip(pattern, letters, strict=True))


def _across(text: str, edge: int) -> Iterator[tuple[int, int]]:
    """Iterate over the stretches of two or three letters that lie across a position."""
    for length in (2, 3):
        for start in range(max(edge - length + 1, 0), edge):
            if start + length <= len(text):
                yield start, start + length
