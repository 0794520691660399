"""Initial consonants in place of words: «창원대 ㅈㅎ», ㅊㅇㄷㅈㅎ, ㄱㅅㄹ. Which words of the knowledge base they may mean.

Agents type them because they take half the keys. What they mean is read off the questions of the knowledge base: the
words in them, and two neighbouring ones, by how many entries use them.
"""

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from operator import itemgetter

from bot import hangul
from bot.knowledge.base import KnowledgeBase
from bot.words import Frame, Kind, Term

MOST = 8
"""Readings of one text."""
_KEPT = 2 * MOST
"""Ways to read the beginning of a text that are kept for each word that it may end in; some are the same in letters."""
_SHORTEST = 2
"""Consonants that can mean a word: a single one is a syllable that is being typed."""
_WORDS = 3
"""Consonants from which on they are likelier a word's than an interjection's, of which nearly all have two (2026-11-30)."""
_NOUN = 1.0
"""Weight from which on a reading is a key word: a noun in the questions of at least one entry."""
_CHOICES = 6
"""How many words a run of consonants may mean."""
_PAIR = 0.5
"""Weight of two neighbouring words relative to one word."""
_BEGUN = 0.1
"""Weight of a longer word that begins with the consonants: not all is typed yet."""
_MEMBER, _TERM = 40.0, 0.5
"""Weights of a name about which several things are answered, and of any other name; a noun in one entry's questions has 1."""
_TOPICS = 3
"""A name about which at least this many things are answered is likely typed by its initials."""
_NO_NOUN = 0.05
"""Weight of a word that shows no sign of being a noun."""
_TOGETHER = 3.0
"""Factor on words that occur in one question together."""
_RUN = re.compile(r"[ㄱ-ㅎ]{2,}")
_TOKEN = re.compile(r"[ㄱ-ㅎ]{2,}|[^\sㄱ-ㅎ]+|[ㄱ-ㅎ]")
_LAUGHS = re.compile(r"(?:\s*+([ㄱ-ㅎ])\1++)++[\s!?.~]*")
"""ㅋㅋ, ㅎㅎ, ㅇㅇ: interjections, not searches."""
_SLOT = re.compile(r"\{[^}]*\}")
_WORD = re.compile(r"[가-힣]{2,}")
_AFTER_NOUNS = re.compile(r"(?:은|는|이|가|을|를|의|에|도|로|으로|에서|부터|까지|과|와|이랑|랑|하고)$")
_SENTENCE = re.compile(r"(?:[요다까죠니냐]|[나지해돼야줘])[?.!]*$")
FEW = 3
"""Most words of a question that consists of key words only: «기술료 면제»."""


@dataclass(frozen=True, slots=True)
class Word:
    """What consonants may mean, and how likely that is."""

    text: str
    weight: float


class Initials:
    """Reads initial consonants with the words of one knowledge base."""

    def __init__(self, base: KnowledgeBase) -> None:
        groups = {g for g, group in base.groups.items() if group.filler}
        self._idle = {
            word
            for t in base.terms.values()
            if t.group in groups
            for name in (t.name, *t.aliases, *t.exact)
            for word in _WORD.findall(name)
        }
        self._frames: dict[str, set[int]] = {}
        weights = self._counted(base.frames)
        templates = Counter(f.slot for f in base.frames if f.slot)
        members = {t for f in base.frames for t in f.entries if templates[f.slot] >= _TOPICS}
        self.names = frozenset(_names(t for t in base.terms.values() if t.id in members))
        for name in _names(t for t in base.terms.values() if t.group not in groups):
            weights[name] = weights.get(name, 0.0) + (_MEMBER if name in self.names else _TERM)
        self._by_initials = _sorted(weights)
        self._begun = _beginnings(self._by_initials)

    def _counted(self, frames: Iterable[Frame]) -> dict[str, float]:
        """Return the words of all questions that have an answer, and each two side by side, by how many entries say them."""
        weights: dict[str, float] = {}
        for number, frame in enumerate(frames):
            if frame.kind is not Kind.ANSWER:
                continue
            found: dict[str, float] = {}
            for wording in frame.wordings:
                for text, weight in self._words_of(hangul.clean(_SLOT.sub(" ", wording))):
                    found[text] = max(found.get(text, 0.0), weight)
            for text, weight in found.items():
                weights[text] = weights.get(text, 0.0) + weight
                self._frames.setdefault(text, set()).add(number)
        return weights

    def _words_of(self, wording: str) -> list[tuple[str, float]]:
        """Return the words of a question without their particles, and how sure it is that each is a noun."""
        raw = [w for w in _WORD.findall(wording) if w not in self._idle]
        keyed = len(raw) <= FEW and not _SENTENCE.search(wording)
        words = [(w, hangul.strip_particle(w)) for w in raw]
        found = [
            (word, 1.0 if keyed or (w != word and _AFTER_NOUNS.search(w)) else _NO_NOUN)
            for w, word in words
            if word not in self._idle
        ]
        pairs = [(f"{a} {b}", _PAIR * min(x, y)) for (a, x), (b, y) in pairwise(found)]
        return found + pairs

    def readings(self, text: str) -> list[str]:
        """Return what a text with initial consonants may mean, likeliest first, at most `MOST`.

        Empty where it has none, or none that mean anything.
        """
        return list(dict.fromkeys(reading.text for reading in self._made(text)))[:MOST]

    def is_word(self, text: str) -> bool:
        """Tell whether a text has the initials of a key word in it, rather than of interjections such as «ㄱㅅ» or «ㅈㅅ»."""
        if max(map(len, _RUN.findall(hangul.clean(text))), default=0) < _WORDS:
            return False
        made = self._made(text)
        return bool(made) and made[0].weight >= _NOUN

    def _made(self, text: str) -> list[Word]:
        """Return the readings of a text with their weights, best first."""
        text = hangul.compose(hangul.clean(text))
        if not _RUN.search(text) or _LAUGHS.fullmatch(text):
            return []
        parts = [self._part(token) for token in _TOKEN.findall(text)]
        if not all(parts):
            return []
        return [Word(" ".join(w.text for w in words), weight) for weight, words in self._likeliest(parts)]

    def _likeliest(self, parts: Sequence[Sequence[Word]]) -> list[tuple[float, tuple[Word, ...]]]:
        """Return the likeliest ways to read each of some parts, best first, and how likely each is.

        How likely a word is hangs on the one before it alone, so that of what ends in the same word few need to be kept:
        all combinations would be six times as many with each part.
        """
        ways: list[tuple[float, tuple[int, ...], tuple[Word, ...]]] = [(-1.0, (), ())]
        for words in parts:
            longer = []
            for place, word in enumerate(words):
                ending = ((w * self._after(way[-1:], word), (*ps, place), (*way, word)) for w, ps, way in ways)
                longer += heapq.nsmallest(_KEPT, ending, key=itemgetter(0, 1))
            ways = longer
        return [(-weight, way) for weight, _, way in sorted(ways, key=itemgetter(0, 1))]

    def _after(self, before: tuple[Word, ...], word: Word) -> float:
        """Return how likely a word is after another one, or at the beginning."""
        together = any(self._together(one, word) for one in before)
        return (word.weight or 1.0) * (_TOGETHER if together else 1.0)

    def _part(self, token: str) -> list[Word]:
        if not _RUN.fullmatch(token):
            return [Word(token, 1.0)] if len(token) > 1 or not "ㄱ" <= token <= "ㅎ" else [Word("", 1.0)]
        whole = self._words(token)
        if len(token) >= 2 * _SHORTEST:
            whole += self._joined(token)
        whole.sort(key=lambda w: -w.weight)
        return whole[:_CHOICES]

    def _words(self, consonants: str) -> list[Word]:
        found = self._by_initials.get(consonants, [])[:_CHOICES]
        return found or [Word(w.text, w.weight * _BEGUN) for w in self._begun.get(consonants, [])[:_CHOICES]]

    def _joined(self, consonants: str) -> list[Word]:
        """Return readings of a run as a name and what is asked about it."""
        found = []
        for cut in range(_SHORTEST, len(consonants) - _SHORTEST + 1):
            named = [w for w in self._by_initials.get(consonants[:cut], ()) if w.text in self.names][:2]
            second = self._by_initials.get(consonants[cut:], ())[:_CHOICES]
            found += [
                Word(f"{a.text} {b.text}", self._after((), a) * self._after((a,), b))
                for a, b in product(named, second)
            ]
        return found

    def _together(self, one: Word, other: Word) -> bool:
        return not self._frames.get(one.text, set()).isdisjoint(self._frames.get(other.text, ()))


def _names(terms: Iterable[Term]) -> Iterator[str]:
    """Iterate over the Korean names of terms."""
    for term in terms:
        yield from (n for n in (term.name, *term.aliases, *term.exact) if re.fullmatch(r"[가-힣 ]{2,12}", n))


def _sorted(weights: Mapping[str, float]) -> dict[str, list[Word]]:
    found: dict[str, list[Word]] = {}
    for text, weight in weights.items():
        found.setdefault(hangul.initials(text.replace(" ", "")), []).append(Word(text, weight))
    for words in found.values():
        words.sort(key=lambda w: (-w.weight, len(w.text), w.text))
    return found


def _beginnings(by_initials: Mapping[str, Iterable[Word]]) -> dict[str, list[Word]]:
    """Return the words that extend beyond some consonants."""
    found: dict[str, list[Word]] = {}
    for consonants, words in by_initials.items():
        first = next(iter(words))
        for size in range(_SHORTEST, len(consonants)):
            found.setdefault(consonants[:size], []).append(first)
    for longer in found.values():
        longer.sort(key=lambda w: (-w.weight, len(w.text), w.text))
        del longer[_CHOICES:]
    return found
