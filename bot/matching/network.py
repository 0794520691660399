"""Networks with one hidden layer over the encoder's vectors: they tell apart what no straight line does.

Each is learned with Adam (Kingma and Ba 2015) from every text in small batches. Several that began elsewhere are asked together: where
they agree they are right more often than any of them alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.matching.linear import Floats, column_wise

_MEMBERS = 3
"""Networks that are asked together: half a question more of 100 is right than with one (2026-11-30)."""
_HIDDEN = 512
"""Width of the hidden layer: with 1,024 no more questions find their entry (2026-11-30)."""
_EPOCHS = 10
"""Times that all texts are gone through."""
_BATCH = 512
"""Texts of one step."""
_RATE = 0.002
"""How far one step goes."""
_DECAYS = (0.9, 0.999)
"""What is remembered of earlier steps: of their direction and of their length."""
_RIDGE = 1e-4
"""Penalty on the squares of the weights."""
_WIDEN = 8.0
"""Vectors of unit length have small numbers: they are learned from faster when they are widened."""
_LEAST = 3e-7
"""Probability below which nothing is told apart."""
_NEVER = -30.0
"""What is said of a label that was not there when the networks were learned, before the others are compared with it."""
_UNIT = 0.1
"""What is said is in units of ten in log-probability, about as wide as what the other kinds of evidence say."""


Layers = tuple[Floats, Floats]
"""Weights of a network with the bias as the last row, first layer first."""
Line = tuple[float, float]
"""Slope and height."""


@dataclass(frozen=True, slots=True)
class Networks:
    """From a vector to how likely each label is."""

    members: tuple[Layers, ...]
    like: Line = (0.0, 0.0)
    """From what the classifier says of a label to what is said here: for labels that were learned since."""

    def scores(self, vectors: Floats) -> Floats:
        """Return for each label the logarithm of how likely it is, in tens, from -1.5 to 0."""
        likely = sum(np.exp(_said(layers, _WIDEN * vectors)) for layers in self.members) / len(self.members)
        found: Floats = (np.log(likely + _LEAST) * _UNIT).astype(np.float32)
        return found

    def columns(self, columns: Sequence[int]) -> "Networks":
        """Return the same for other labels: for each its number here, less than 0 where it is not known."""

        def taken(layer: Floats) -> Floats:
            found = column_wise(layer, columns)
            found[-1, np.array(columns) < 0] = _NEVER
            return found

        return replace(self, members=tuple((first, taken(second)) for first, second in self.members))


def learned(vectors: Floats, labels: NDArray[np.int64], count: int) -> Networks:
    """Return what is learned from centred vectors and the number of the label of each, of `count` labels."""
    wide = (_WIDEN * vectors).astype(np.float32)
    return Networks(tuple(_learned(wide, labels, count, seed) for seed in range(_MEMBERS)))


def _learned(given: Floats, labels: NDArray[np.int64], count: int, seed: int) -> Layers:
    chance = np.random.default_rng(seed)
    layers = (_start(chance, given.shape[1], _HIDDEN), _start(chance, _HIDDEN, count))
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    step = 0
    for _ in range(_EPOCHS):
        order = chance.permutation(len(given))
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            step += 1
            slopes = _slopes(layers, given[chosen], labels[chosen])
            for layer, moment, slope in zip(layers, moments, slopes, strict=True):
                _stride(layer, moment, slope, step)
    return layers


def _start(chance: np.random.Generator, rows: int, columns: int) -> Floats:
    """Return weights to begin with, in the bounds of Glorot and Bengio 2010, and a bias of 0."""
    bound = np.sqrt(6 / (rows + columns))
    weights = chance.uniform(-bound, bound, (rows + 1, columns)).astype(np.float32)
    weights[-1] = 0
    return weights


def _slopes(layers: Layers, given: Floats, labels: NDArray[np.int64]) -> Layers:
    """Return how the loss changes with each weight, over a batch."""
    first, second = layers
    hidden = _hidden(layers, given)
    off = np.exp(_log_softmax(hidden @ second[:-1] + second[-1]))
    off[np.arange(len(labels)), labels] -= 1
    off /= len(labels)
    back = (off @ second[:-1].T) * (hidden > 0)
    return _slope(given, back, first), _slope(hidden, off, second)


def _slope(given: Floats, off: Floats, layer: Floats) -> Floats:
    slope: Floats = np.empty_like(layer)
    slope[:-1] = given.T @ off + np.float32(_RIDGE / _BATCH) * layer[:-1]
    slope[-1] = off.sum(axis=0)
    return slope


def _stride(layer: Floats, moment: tuple[Floats, Floats], slope: Floats, step: int) -> None:
    """Move the weights of a layer by one step of Adam, in place."""
    mean, square = moment
    mean += np.float32(1 - _DECAYS[0]) * (slope - mean)
    square += np.float32(1 - _DECAYS[1]) * (slope * slope - square)
    rate = np.float32(_RATE * np.sqrt(1 - _DECAYS[1] ** step) / (1 - _DECAYS[0] ** step))
    layer -= rate * mean / (np.sqrt(square) + np.float32(1e-8))


def _hidden(layers: Layers, given: Floats) -> Floats:
    found: Floats = np.maximum(given @ layers[0][:-1] + layers[0][-1], 0)
    return found


def _said(layers: Layers, given: Floats) -> Floats:
    return _log_softmax(_hidden(layers, given) @ layers[1][:-1] + layers[1][-1])


def _log_softmax(worth: Floats) -> Floats:
    worth = worth - worth.max(axis=-1, keepdims=True)
    found: Floats = worth - np.log(np.exp(worth).sum(axis=-1, keepdims=True))
    return found
