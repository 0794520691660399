"""Classify: what tells the entries apart, learned from all wordings and voices.

A text is seen as its letters, one and two at a time, as jamo, three and four at a time, as the beginnings of its words,
and as the concepts in it, names masked; hashed into a fixed number of buckets, unweighted, at unit length. One linear
classifier a label, one against the rest, so that the score says «like this one and unlike the others» where similarity
says only «like».
"""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.hangul import jamo
from bot.matching.grams import ALL_BITS, FACTOR, body_of, concepts_of, letters
from bot.matching.linear import BIAS_VALUE, Fit, Floats, Ints, Rows, fit, in_bytes, rows_of
from bot.matching.postings import array_of

Bits = NDArray[np.bool_]
Bytes = NDArray[np.int8]
Features = tuple[Ints, Floats]
"""The buckets of a text that count, with their values."""

BITS = 16
"""Binary logarithm of the number of buckets."""
_BUCKETS = 1 << BITS
BIAS = _BUCKETS
"""The feature that every text has."""
COST = 1.0
"""C of the classifier: what an error costs beside the length of the weights."""
_LETTER_GRAMS = (1, 2)
"""Letters of a gram."""
_JAMO_GRAMS = (3, 4)
"""Jamo of a gram: a syllable and a bit more, which a slip leaves some of."""
_BEGINNINGS = range(1, 6)
"""Letters of the beginnings of words that are seen."""
_WORD = re.compile(r"[^\W_]+")
_LEAST_SEEN = 2
"""Texts in which a bucket must occur to count."""
_MOST_KNOWN = 200_000
"""Grams whose bucket is remembered: about 20 MB where all are in use."""


class _Buckets(dict[str, int]):
    """The bucket of each gram, kept once it was hashed."""

    def __missing__(self, gram: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        key = 7
        for ch in gram:
            key = ((key ^ ord(ch)) * FACTOR) & ALL_BITS
            key ^= key >> 29
        bucket = self[gram] = key >> (64 - BITS)
        return bucket


_BUCKET = _Buckets()


def buckets(masked: str, plain: str) -> list[int]:
    """Return the distinct buckets of a text, given masked and in plain words, in order."""
    shape = letters(masked)
    body, concepts = body_of(shape), concepts_of(shape)
    marked, sounds = f"^{body}$", f"\0{jamo(body)}\1"
    found = {marked[i : i + n] for n in _LETTER_GRAMS for i in range(len(marked) - n + 1)}
    found.update(sounds[i : i + n] for n in _JAMO_GRAMS for i in range(len(sounds) - n + 1))
    found.update(f"\2{word[:n]}" for word in _WORD.findall(plain) for n in _BEGINNINGS if n <= len(word))
    found.update(f"\3{c}" for c in concepts)
    return sorted({_BUCKET[gram] for gram in found})


def examples(texts: Sequence[tuple[str, str]]) -> tuple[Rows, Bits]:
    """Return texts, each masked and in plain words, as rows to learn from, and which buckets count."""
    held = [array_of(buckets(*text)) for text in texts]
    counts = np.bincount(np.concatenate([*held, array_of([])]), minlength=_BUCKETS) >= _LEAST_SEEN
    return rows_of([_weighed(found, counts) for found in held], _BUCKETS + 1), counts


def features(masked: str, plain: str, counts: Bits) -> Features:
    """Return the features of a text, given masked and in plain words; `counts`: which buckets count."""
    return _weighed(array_of(buckets(masked, plain)), counts)


def scored(weights: NDArray[Any], texts: Sequence[Features]) -> Floats:
    """Return the scores of texts, given by their features, under weights by feature and label: a row for each text."""
    starts = np.cumsum([0, *(len(found) for found, _ in texts)])[:-1]
    found, value = (np.concatenate(parts) for parts in zip(*texts, strict=True))
    scores: Floats = np.add.reduceat(value[:, None] * weights[found], starts)
    return scores


def _weighed(found: Ints, counts: Bits) -> Features:
    """Return the buckets of a text that count, with their values at unit length, and the feature that every text has."""
    found = found[counts[found]]
    value = np.full(len(found) + 1, 1 / math.sqrt(max(len(found), 1)), dtype=np.float32)
    value[-1] = BIAS_VALUE
    return np.append(found, np.int32(BIAS)), value


class Classifier:
    """Scores a text for each label. Immutable; can be pickled."""

    def __init__(self, weights: NDArray[np.int8], scale: Floats, counts: Bits) -> None:
        """`weights`: by feature and label, in units of the label's `scale`; `counts`: which buckets count."""
        self.weights, self.scale, self.counts = np.ascontiguousarray(weights), scale, counts

    @classmethod
    def packed(cls, weights: Floats, counts: Bits) -> "Classifier":
        """Return a classifier with weights of one byte each."""
        return cls(*in_bytes(weights), counts)

    def scores(self, masked: str, plain: str) -> Floats:
        """Return a score for each label: about 1 where a text is like its texts, about -1 where it is not."""
        found, value = features(masked, plain, self.counts)
        scores: Floats = (value @ self.weights.take(found, 0).astype(np.float32)) * self.scale
        return scores

    def of(self, labels: Sequence[int], texts: Sequence[Features]) -> Floats:
        """Return the scores of texts, given by their features, for some labels: a row for each text."""
        found: Floats = scored(self.weights[:, labels], texts) * self.scale[labels]
        return found


def learn(texts: Sequence[tuple[str, str]], labels: NDArray[np.int64], count: int) -> Classifier:
    """Return a classifier learned from texts and the number of the label of each, of `count` labels."""
    rows, counts = examples(texts)
    return Classifier.packed(fit(rows, labels, Fit.blank(rows, count), COST).weights, counts)


def learn_on(texts: Sequence[Features], labels: NDArray[np.int64], weights: Floats) -> Floats:
    """Return weights, by feature and label, that have learned from texts what `weights` do not know yet."""
    rows = rows_of(texts, _BUCKETS + 1)
    return fit(rows, labels, Fit.from_weights(weights, rows), COST).weights
