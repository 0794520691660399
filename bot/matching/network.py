"""A network with one hidden layer over the encoder's vectors: it tells apart what no straight line does.

It is learned with Adam (Kingma and Ba 2015) from every text in small batches, at a rate that falls along half a cosine (Loshchilov and
Hutter 2017). Parts of each vector and of the hidden layer are left out by chance (dropout, Srivastava et al. 2014): with few texts for
each label a wide network would otherwise learn them by heart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.matching.linear import Floats, column_wise


@dataclass(frozen=True, slots=True)
class Course:
    """How a network is learned."""

    hidden: int
    """Width of the hidden layer."""
    rounds: int
    """Times that all texts are gone through, where they are not too many."""
    most: int
    """Texts that are gone through in all: of more, each is seen less often, ten times at least."""
    batch: int
    """Texts of one step."""
    rate: float
    """How far the first step goes."""


VOICES = Course(2048, 15, 1_000_000, 512, 0.004)
"""For many texts of each label: with half the width one question and a half less of 100 finds its entry (2026-11-30)."""
WORDINGS = Course(512, 60, 40_000, 64, 0.003)
"""For a few of each (2026-11-30): learned in a second."""
_FEWEST_ROUNDS = 10
"""Times that all texts are gone through, however many they are (2026-11-30)."""
_DECAYS = (0.9, 0.999)
"""What is remembered of earlier steps: of their direction and of their length."""
_RIDGE = 2e-7
"""Penalty on the squares of the weights."""
_LEFT_OUT = (0.3, 0.5)
"""Share of the numbers of a vector, and of the hidden layer, that a step does not see: without, four questions less of 100 find
their entry (2026-11-30)."""
_WIDEN = 8.0
"""Vectors of unit length have small numbers: they are learned from faster when they are widened."""
_LEAST = 3e-7
"""Probability below which nothing is told apart."""
_NEVER = -30.0
"""What is said of a label that was not there when the network was learned, before the others are compared with it."""
_UNIT = 0.1
"""What is said is in units of ten in log-probability, about as wide as what the other kinds of evidence say."""


Layers = tuple[Floats, Floats]
"""Weights with the bias as the last row, first layer first."""
Line = tuple[float, float]
"""Slope and height."""


@dataclass(frozen=True, slots=True)
class Network:
    """From a vector to how likely each label is."""

    layers: Layers
    like: Line = (0.0, 0.0)
    """From what the classifier says of a label to what is said here: for labels that were learned since."""

    def scores(self, vectors: Floats) -> Floats:
        """Return for each label the logarithm of how likely it is, in tens, from -1.5 to 0."""
        likely = np.exp(_said(self.layers, _WIDEN * vectors))
        found: Floats = (np.log(likely + _LEAST) * _UNIT).astype(np.float32)
        return found

    def columns(self, columns: Sequence[int]) -> "Network":
        """Return the same for other labels: for each its number here, less than 0 where it is not known."""
        first, second = self.layers
        taken = column_wise(second, columns)
        taken[-1, np.array(columns) < 0] = _NEVER
        return replace(self, layers=(first, taken))


def learned(vectors: Floats, labels: NDArray[np.int64], count: int, course: Course = VOICES) -> Network:
    """Return what is learned from centred vectors and the number of the label of each, of `count` labels."""
    given = (_WIDEN * vectors).astype(np.float32)
    chance = np.random.default_rng(0)
    layers = (_start(chance, given.shape[1], course.hidden), _start(chance, course.hidden, count))
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    steps = list(_batches(len(given), course, chance))
    for number, chosen in enumerate(steps):
        rate = course.rate * 0.5 * (1 + np.cos(np.pi * number / len(steps)))
        slopes = _slopes(layers, given[chosen], labels[chosen], chance)
        for layer, moment, slope in zip(layers, moments, slopes, strict=True):
            _stride(layer, moment, slope, rate, number + 1)
    return Network(layers)


def _batches(count: int, course: Course, chance: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    for _ in range(max(min(course.rounds, course.most // count), _FEWEST_ROUNDS)):
        order = chance.permutation(count)
        for start in range(0, count, course.batch):
            yield order[start : start + course.batch]


def _start(chance: np.random.Generator, rows: int, columns: int) -> Floats:
    """Return weights to begin with, in the bounds of Glorot and Bengio 2010, and a bias of 0."""
    bound = np.sqrt(6 / (rows + columns))
    weights = chance.uniform(-bound, bound, (rows + 1, columns)).astype(np.float32)
    weights[-1] = 0
    return weights


def _slopes(layers: Layers, given: Floats, labels: NDArray[np.int64], chance: np.random.Generator) -> Layers:
    """Return how the loss changes with each weight, over a batch of which parts are left out."""
    first, second = layers
    seen = given * _kept(given, _LEFT_OUT[0], chance)
    hidden = _hidden(layers, seen)
    kept = _kept(hidden, _LEFT_OUT[1], chance)
    hidden *= kept
    off = np.exp(_log_softmax(hidden @ second[:-1] + second[-1]))
    off[np.arange(len(labels)), labels] -= 1
    off /= len(labels)
    back = (off @ second[:-1].T) * (hidden > 0) * kept
    return _slope(seen, back, first), _slope(hidden, off, second)


def _kept(values: Floats, share: float, chance: np.random.Generator) -> Floats:
    """Return 0 for a share of some values, and for the others what makes up for them."""
    seen = chance.random(values.shape, dtype=np.float32) >= share
    return seen.astype(np.float32) / np.float32(1 - share)


def _slope(given: Floats, off: Floats, layer: Floats) -> Floats:
    slope: Floats = np.empty_like(layer)
    slope[:-1] = given.T @ off + np.float32(_RIDGE) * layer[:-1]
    slope[-1] = off.sum(axis=0)
    return slope


def _stride(layer: Floats, moment: tuple[Floats, Floats], slope: Floats, rate: float, step: int) -> None:
    """Move the weights of a layer by one step of Adam, in place. `step`: its number, from 1."""
    mean, square = moment
    mean += np.float32(1 - _DECAYS[0]) * (slope - mean)
    square += np.float32(1 - _DECAYS[1]) * (slope * slope - square)
    length = np.float32(rate * np.sqrt(1 - _DECAYS[1] ** step) / (1 - _DECAYS[0] ** step))
    layer -= length * mean / (np.sqrt(square) + np.float32(1e-8))


def _hidden(layers: Layers, given: Floats) -> Floats:
    found: Floats = np.maximum(given @ layers[0][:-1] + layers[0][-1], 0)
    return found


def _said(layers: Layers, given: Floats) -> Floats:
    return _log_softmax(_hidden(layers, given) @ layers[1][:-1] + layers[1][-1])


def _log_softmax(worth: Floats) -> Floats:
    worth = worth - worth.max(axis=-1, keepdims=True)
    found: Floats = worth - np.log(np.exp(worth).sum(axis=-1, keepdims=True))
    return found
