"""Spelling: which word of the knowledge base a misspelt word is.

One wrong, missing, doubled or swapped key, one wrong jamo, or two swapped syllables. A word is left as it is
when the knowledge base or the language has it, and when nothing or too much is near: a wrong correction is a
wrong answer. What no keyboard means to leave behind (loose jamo, a syllable outside KS X 1001) is a slip for
certain; of anything else the text as typed stays in the race.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.hangul import PARTICLES, compose, initials, jamo, strip_particle, to_qwerty
from bot.matching.edits import Edits

_HANGUL = re.compile(r"[가-힣ㄱ-ㅣ]{2,}")
_LATIN = re.compile(r"[a-z]{5,}")
_NUMBER = re.compile(r"[일이삼사오육칠팔구십백천만억]{2,}")
_LOOSE = re.compile(r"[ㄱ-ㅣ]")
_LONGEST = 10
"""Letters of the longest word that is looked at: longer ones are several, written together."""
_TWO_SLIPS = 14
"""Keys from which on a certain slip may be two (2026-11-25)."""
_MOST = 3
"""Corrections that are kept: where more are as near, none is."""
_ENDINGS = frozenset(
    (
        "엔",
        "에선",
        "에다",
        "만",
        "뿐",
        "쯤",
        "씩",
        "당",
        "별",
        "째",
        "짜리",
        "들",
        "들이",
        "들은",
        "들도",
        "님",
        "임",
        "냐",
        "냐고",
        "냐구요",
        "구요",
        "네요",
        "거든",
        "거든요",
        "든",
        "이든",
        "든지",
        "라면",
        "라서",
        "이라서",
        "니까",
        "만큼",
        "마다",
        "밖에",
        "였어요",
        "였나요",
        "이었나요",
        "였죠",
        "인지",
        "인데요",
        "이고",
        "이며",
        "하는",
        "하고",
        "하면",
        "한",
        "할",
        "해",
        "했",
        "된",
        "될",
    )
)
"""What may follow a word beside a particle."""
_LONGEST_ENDING = max(map(len, _ENDINGS))
_COPULAS = frozenset(
    (
        "였나요",
        "였어요",
        "였죠",
        "인가요",
        "이에요",
        "예요",
        "이죠",
        "입니까",
        "입니다",
        "인지",
        "인데요",
        "이고",
    )
)
"""What follows a noun of one syllable: nothing is known of it, and nothing is to be corrected."""
_COMPOUND = 4
"""Syllables from which on the first two of a word are one by themselves: 삼책, of 삼책오공 (2026-11-25)."""
_SHORT = 2
"""Syllables up to which a word with another consonant at its head is another word (2026-11-26)."""
_KINDS = ("ㄱㄲㅋ", "ㄷㄸㅌ", "ㅂㅃㅍ", "ㅅㅆ", "ㅈㅉㅊ")
"""Consonants that people write for one another: they differ in how hard they are breathed."""
_ANY = "것"
_FILE = "common.txt"


@dataclass(frozen=True, slots=True)
class Repair:
    """Corrections of one word, the commonest first. `certain`: it cannot have been meant as it was typed."""

    words: tuple[str, ...]
    certain: bool


@cache
def general() -> frozenset[str]:
    """Return common words of the language: they are meant as they stand."""
    return frozenset((files(__package__) / _FILE).read_text(encoding="utf-8").split())


class Spelling:
    """The words of one knowledge base. Immutable once built."""

    def __init__(self, words: Iterable[tuple[str, int]] = (), known: Iterable[str] = ()) -> None:
        """`words`: what a slip may be corrected to, with how many entries use it. `known`: words that are right too."""
        count: dict[str, int] = {}
        for word, n in words:
            if _HANGUL.fullmatch(word) or _LATIN.fullmatch(word):
                count[word] = max(n, count.get(word, 0))
        self.count = count
        self.known = frozenset(count) | frozenset(known) | {w[:2] for w in count if len(w) >= _COMPOUND}
        self._words = list(count)
        self._by_keys = Edits([to_qwerty(w) for w in count], 1, swaps=True)
        self._by_jamo = Edits([jamo(w) for w in count], 1)

    def knows(self, word: str) -> bool:
        """Tell whether a word is right, by itself, without its particle, or as two words written together."""
        if _NUMBER.fullmatch(strip_particle(word)):
            return True
        if any(w in self.known or w in general() or w is _ANY for w in (word, *_stems(word))):
            return True
        return any(
            word[:i] in self.known and any(w in self.known for w in (word[i:], *_stems(word[i:])))
            for i in range(2, len(word) - 1)
        )

    def repair(self, word: str) -> Repair | None:
        """Return what a word was meant to be; `None` where it is right or nobody can tell."""
        if not 2 <= len(word) <= _LONGEST or not (_HANGUL.fullmatch(word) or _LATIN.fullmatch(word)):
            return None
        if self.knows(word):
            return None
        certain = is_slip(word)
        found = self._nearest(word, certain)
        if not certain:
            found = {w for w in found if not _another_word(word, w)}
        if not found or len(found) > _MOST:
            return None
        return Repair(tuple(sorted(found, key=lambda w: (-self.count.get(w, 0), w))), certain)

    def _nearest(self, word: str, certain: bool) -> set[str]:
        found = self._one_off(word, certain) | self._swapped(word)
        for particle in () if found else PARTICLES:
            head = word[: -len(particle)]
            if len(head) >= 2 and word.endswith(particle):
                found = {w + particle for w in self._one_off(head, is_slip(head)) | self._swapped(head)}
                if found:
                    break
        return found

    def _one_off(self, word: str, certain: bool) -> set[str]:
        keys = to_qwerty(word)
        found: Iterable[int] = self._by_keys.within(keys).keys() | self._by_jamo.within(jamo(word)).keys()
        if not found and certain and len(keys) >= _TWO_SLIPS:
            found = self._two_off(keys)
        return {self._words[i] for i in found}

    def _two_off(self, keys: str) -> list[int]:
        """Return the numbers of the words at most two keys off. Seldom needed: all of about that length are compared."""
        near = [i for i, w in enumerate(self._by_keys.words) if -2 <= len(w) - len(keys) <= 2]
        forms = [self._by_keys.words[i] for i in near]
        row = process.cdist([keys], forms, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8)[0] if near else []
        return [i for i, edits in zip(near, row, strict=True) if edits <= 2]

    def _swapped(self, word: str) -> set[str]:
        """Return the words that two neighbouring syllables make when they change places."""
        swaps = (
            (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)) if len(word) > 2 else ()
        )
        return {w for w in swaps if w in self.count}


def _stems(word: str) -> Iterator[str]:
    """Iterate over what a word may be without its particle or its short ending."""
    yield strip_particle(word)
    for size in range(1, min(_LONGEST_ENDING, len(word) - 2) + 1):
        if word[-size:] in _ENDINGS:
            yield word[:-size]
    if word[1:] in _COPULAS:
        yield _ANY


def _another_word(word: str, other: str) -> bool:
    """Tell whether a short word begins with a consonant that is none of the other's kind: 소집 is no slip for 모집."""
    if len(word) != len(other) or len(strip_particle(word)) > _SHORT:
        return False
    first, its = initials(word[0]), initials(other[0])
    return first != its and not any(first in kind and its in kind for kind in _KINDS)


def is_slip(word: str) -> bool:
    """Tell whether a word cannot have been meant: it has loose jamo or a syllable that no word has."""
    return bool(_LOOSE.search(compose(word))) or not _in_use(word)


def _in_use(word: str) -> bool:
    try:
        word.encode("euc-kr")
    except UnicodeEncodeError:
        return False
    return True
