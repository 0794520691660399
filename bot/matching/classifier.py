"""Classify: what tells the entries apart, learned from all wordings and voices.

A text is seen as its letters in 1- to 3-grams and as jamo in 3- to 6-grams, ends marked, names masked, with the concepts
in it; hashed into a fixed number of buckets. Rare grams weigh more; a text has unit length. One linear classifier a label,
one against the rest, so that the score says «like this one and unlike the others» where similarity says only «like».
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.hangul import jamo
from bot.matching.grams import BREAK, letters
from bot.matching.linear import Fit, Floats, Ints, Rows, fit, rows_of
from bot.matching.remember import Remembered

BITS = 16
"""Binary logarithm of the number of buckets."""
_BUCKETS = 1 << BITS
BIAS = _BUCKETS
"""The feature that every text has."""
_BIAS_VALUE = np.float32(0.3)
_LETTER_GRAMS = (1, 2, 3)
_JAMO_GRAMS = (3, 4, 5, 6)
_LEAST_SEEN = 2
"""Texts in which a bucket must occur to count."""
_FACTOR = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: Knuth's multiplicative hashing
_64 = (1 << 64) - 1
_MOST_KNOWN = 200_000
"""Grams whose bucket is remembered: about 20 MB where all are in use."""


class _Buckets(dict[str, int]):
    """The bucket of each gram, kept once it was hashed."""

    def __missing__(self, gram: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        key = 7
        for ch in gram:
            key = ((key ^ ord(ch)) * _FACTOR) & _64
            key ^= key >> 29
        bucket = self[gram] = key >> (64 - BITS)
        return bucket


_BUCKET = _Buckets()


def buckets(masked: str) -> list[int]:
    """Return the distinct buckets of a masked text, in order."""
    body, *concepts = letters(masked).split(BREAK)
    marked, sounds = f"^{body}$", f"\0{jamo(body)}\1"
    found = {marked[i : i + n] for n in _LETTER_GRAMS for i in range(len(marked) - n + 1)}
    found.update(sounds[i : i + n] for n in _JAMO_GRAMS for i in range(len(sounds) - n + 1))
    found.update(f"\2{c}" for c in concepts)
    return sorted({_BUCKET[gram] for gram in found})


@dataclass(frozen=True, slots=True)
class Examples:
    """Masked texts as rows of features, and how rare each bucket is among them."""

    rows: Rows
    rarity: Floats


def examples(texts: Sequence[str]) -> Examples:
    """Return masked texts as rows to learn from."""
    held = [buckets(text) for text in texts]
    seen = np.bincount(np.concatenate([*map(array_of, held), array_of([])]), minlength=_BUCKETS)
    rarity = np.log((1 + len(texts)) / (seen + 0.5)).astype(np.float32)
    rarity[seen < _LEAST_SEEN] = 0
    return Examples(rows_of([_weighed(array_of(found), rarity) for found in held], _BUCKETS + 1), rarity)


def array_of(values: Iterable[int]) -> Ints:
    """Return numbers as an array."""
    return np.fromiter(values, dtype=np.int32)


def _weighed(found: Ints, rarity: Floats) -> tuple[Ints, Floats]:
    """Return the buckets of a text that count, with their values at unit length, and the feature that every text has."""
    value = rarity[found]
    counts = value > 0
    found, value = found[counts], value[counts]
    length = np.sqrt(value @ value)
    value = value / length if length else value
    return np.append(found, np.int32(BIAS)), np.append(value, _BIAS_VALUE).astype(np.float32)


class Classifier:
    """Scores a masked text for each label. Immutable; picklable."""

    def __init__(self, weights: NDArray[np.int8], scale: Floats, rarity: Floats) -> None:
        """`weights`: by feature and label, in units of the label's `scale`; `rarity`: by bucket."""
        self.weights, self.scale, self.rarity = weights, scale, rarity
        self._scores: Remembered[Floats] = Remembered(64)

    @classmethod
    def packed(cls, weights: Floats, rarity: Floats) -> "Classifier":
        """Return a classifier with weights of one byte each."""
        scale = (np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127).astype(np.float32)
        return cls(np.rint(weights / scale).astype(np.int8), scale, rarity)

    def scores(self, masked: str) -> Floats:
        """Return a score for each label: above 0 where a text is like its texts and unlike the others. Not to be changed."""
        return self._scores.get(masked, lambda: self._scored(masked))

    def _scored(self, masked: str) -> Floats:
        found, value = _weighed(array_of(buckets(masked)), self.rarity)
        scored: Floats = (value @ self.weights.take(found, 0).astype(np.float32)) * self.scale
        return scored


def learn(texts: Sequence[str], labels: NDArray[np.int64], count: int) -> Classifier:
    """Return a classifier learned from masked texts and the number of the label of each, of `count` labels."""
    seen = examples(texts)
    return Classifier.packed(fit(seen.rows, labels, Fit.blank(seen.rows, count)).weights, seen.rarity)
