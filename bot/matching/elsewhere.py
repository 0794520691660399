"""Elsewhere: whether the words of a question are rather of other matters than of what is covered.

A question about other matters shares its frame with the entries (how much, until when, where to apply) and differs
in the words between. A list of questions that people ask elsewhere shows which words these are, and which are everybody's.
Naive Bayes over the pairs and triples of letters in words, their beginnings marked, with the questions of the entries on
the other side: what neither side has says nothing, and no number does. What the wordings of an entry have does not speak
against it: «how much is it» is asked everywhere.
"""

import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from bot.hangul import clean
from bot.matching.squeeze import words_in

FEWEST = 50
"""Questions asked elsewhere from which on something can be learned of them."""
_SIZES = (2, 3)
_START = "^"
_NUMBER = re.compile(r"\d")
_SMOOTHED = 0.1
"""What is added to each count."""
_LEAST, _MOST = 0.0, 6.0
"""Scores beyond which nothing more is to be learned."""
_STORY = 8
"""Words beyond which a text tells a story: only the stretch that is most about what is covered is looked at."""


class Elsewhere:
    """How much each piece of a word is of elsewhere. Immutable once built."""

    def __init__(self, frames: Sequence[Sequence[str]], elsewhere: Sequence[str]) -> None:
        """Learn from the wordings of each frame, none where it answers nothing, and from what people ask elsewhere."""
        self.weight: Mapping[str, float] = {}
        self.own: Sequence[frozenset[str]] = ()
        """The pieces that each frame has."""
        size = sum(map(len, frames))
        if len(elsewhere) < FEWEST or not size:
            return
        counted = [_counted(wordings) for wordings in frames]
        self.own = [frozenset(count) for count in counted]
        mine, theirs = Counter[str](), _counted(elsewhere)
        for count in counted:
            mine.update(count)
        share = len(elsewhere) / size
        self.weight = {
            piece: math.log((theirs[piece] + _SMOOTHED) / (share * mine[piece] + _SMOOTHED))
            for piece in mine.keys() | theirs.keys()
        }

    def score(self, normal: str, frame: int, names: Iterable[str] = ()) -> float:
        """Return how much the words of a text in normal form are of elsewhere: below 0 where they are of here.

        `frame`: the one that would answer. `names`: names, squeezed, that say nothing of that: words that begin with one are left out.
        """
        known = tuple(names)
        words = [word for word in words_in(normal) if not (known and word.startswith(known))]
        if not self.weight or not words:
            return 0.0
        stretches = [words[i : i + _STORY] for i in range(max(len(words) - _STORY, 0) + 1)]
        return max(_LEAST, min(_MOST, *(self._score(s, self.own[frame]) for s in stretches)))

    def _score(self, words: Sequence[str], own: frozenset[str]) -> float:
        pieces = {piece for word in words for piece in _pieces(word)}
        weights = {piece: self.weight.get(piece, 0.0) for piece in pieces}
        total = sum(weight for piece, weight in weights.items() if weight < 0 or piece not in own)
        return total / math.sqrt(len(pieces)) if pieces else 0.0


def _counted(texts: Iterable[str]) -> Counter[str]:
    """Return how many texts have each piece of a word; where several words of a text have it, it counts for each."""
    found: Counter[str] = Counter()
    for word, many in Counter(w for text in texts for w in set(words_in(clean(text).lower()))).items():
        for piece in _pieces(word):
            found[piece] += many
    return found


@lru_cache(maxsize=16_384)
def _pieces(word: str) -> tuple[str, ...]:
    """Return the pieces of a word, each once; interned, for the same few stand in hundreds of frames."""
    marked = _START + word
    found = (marked[i : i + n] for n in _SIZES for i in range(len(marked) - n + 1))
    return tuple(dict.fromkeys(sys.intern(piece) for piece in found if not _NUMBER.search(piece)))
