"""Meaning: which frame a text is about by what its words mean, from the sentence encoder's vectors.

Where a base has many wordings a linear head over the vectors is learned with it and shipped; elsewhere the nearest
wording and the mean of a frame's wordings serve at once, their vectors made when first needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.matching.encoder import Vectors, encode, kept_at
from bot.matching.encoder_process import WIDTH
from bot.matching.linear import Fit, Floats, Rows, dense_rows, fit

COST = 0.5
"""C of the head: what an error costs beside the length of the weights."""
_ROUNDS = 4
_BIAS = np.float32(0.3)
_MEAN_COUNTS = np.float32(2.0)
"""What the mean of a frame's wordings counts beside its nearest wording (understanding.md: measured)."""


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Return vectors without what all texts have in common, at unit length."""
    apart = vectors - mean
    lengths = np.maximum(np.linalg.norm(apart, axis=-1, keepdims=True), 1e-6)
    found: Floats = apart / lengths.astype(np.float32)
    return found


def with_bias(vectors: Floats) -> Floats:
    """Return vectors with the feature that every text has."""
    found: Floats = np.concatenate([vectors, np.full((*vectors.shape[:-1], 1), _BIAS, np.float32)], axis=-1)
    return found


class Meaning(Protocol):
    """Scores the vector of a text for each label."""

    def warm(self) -> None:
        """Make what is otherwise made when first needed. Idempotent."""
        ...

    def scores(self, text: str) -> Floats:
        """Return a score for each label, NONE last."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """A linear classifier over vectors. `weights`: by dimension, and last the bias, and label."""

    mean: Floats
    weights: Floats

    def warm(self) -> None:
        """Start the encoder."""
        encode(" ")

    def scores(self, text: str) -> Floats:
        """Return a score for each label, NONE last."""
        found: Floats = with_bias(centred(encode(text), self.mean)) @ self.weights
        return found


def head_rows(vectors: Floats) -> Rows:
    """Return centred vectors as rows to learn a head from."""
    return dense_rows(with_bias(vectors))


def learned_head(rows: Rows, labels: NDArray[np.int64], count: int) -> Fit:
    """Return what a head learns from the vectors of texts and the number of the label of each."""
    return fit(rows, labels, Fit.blank(rows, count), COST, _ROUNDS)


class Neighbours:
    """The nearest wording and the mean of the wordings of each label. Vectors are made when first needed."""

    def __init__(self, texts: Sequence[str], labels: NDArray[np.int64], count: int, mean: Floats) -> None:
        order = np.argsort(labels, kind="stable")
        self.texts = [texts[i] for i in order.tolist()]
        self.labels, self.count, self.mean = labels[order], count, mean
        self._vectors: Floats | None = None
        self._means: Floats = np.zeros((count, WIDTH), np.float32)

    def warm(self) -> None:
        """Make the vectors: about 15 ms for each text that this machine has not seen before. Idempotent."""
        if self._vectors is None:
            vectors = centred(Vectors(kept_at()).of(self.texts), self.mean)
            np.add.at(self._means, self.labels, vectors)
            self._means = centred(self._means, np.zeros(WIDTH, np.float32))
            self._vectors = vectors

    def scores(self, text: str) -> Floats:
        """Return a score for each label, NONE last."""
        return self.of(encode(text))

    def of(self, vector: Floats) -> Floats:
        """Return the same for the vector of a text."""
        self.warm()
        assert self._vectors is not None
        vector = centred(vector, self.mean)
        nearest = np.full(self.count, -1, np.float32)
        np.maximum.at(nearest, self.labels, self._vectors @ vector)
        found: Floats = ((nearest + _MEAN_COUNTS * (self._means @ vector)) / (1 + _MEAN_COUNTS)).astype(np.float32)
        return found
