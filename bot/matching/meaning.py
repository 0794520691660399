"""Meaning: which frame a text is about by what its words mean, from the sentence encoder's vectors.

Four kinds of evidence come of a vector: what a network says that tells the frames apart, how near the nearest text is that was learned
for each, how near the middle of all of them, and how near the answer: people who know no word of the question often know some of the
answer. Where a base has many wordings the network is learned from them and shipped with the vectors themselves in few dimensions;
elsewhere a small one is learned from wordings and answers when it is first needed, and their vectors are made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.matching.encoder import Vectors, encode, kept_at
from bot.matching.encoder_process import WIDTH
from bot.matching.linear import Floats
from bot.matching.network import WORDINGS, Line, Network, learned

SHORT = 64
"""Dimensions of the vectors that are kept of all texts learned: with 128 no more questions find their entry (2026-11-30)."""
_MOST_USED = 12_000
"""Texts from which the directions of the short vectors are found."""


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Return vectors without what all texts have in common, at unit length."""
    return unit(vectors - mean)


def unit(vectors: Floats) -> Floats:
    """Return vectors at unit length; of nothing nothing."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6)
    found: Floats = vectors / lengths.astype(np.float32)
    return found


Told = tuple[Floats, Floats, Floats, Floats]
"""For each label, NONE last: what tells it from the others, how near its nearest text is, its answer, and the middle of its texts."""


class Meaning(Protocol):
    """Scores the vector of a text for each label."""

    @property
    def like(self) -> Sequence[Line]:
        """The lines from what the classifier says of a label to each of what is said here."""
        ...

    def warm(self) -> None:
        """Make what is otherwise made when first needed. Idempotent."""
        ...

    def scores(self, text: str) -> Told:
        """Return what the meaning of a text says of each label."""
        ...


@dataclass(frozen=True, slots=True)
class Nearest:
    """The texts that were learned, as short vectors in the order of their labels."""

    basis: Floats
    """From a centred vector to a short one, by dimension of either."""
    vectors: Floats
    labels: NDArray[np.int64]
    like: Line = (0.0, 0.0)
    """From what the classifier says of a label to how near it is: for labels that were learned since."""
    first: NDArray[np.intp] = field(init=False, repr=False, compare=False)
    """Where each label begins."""

    def __post_init__(self) -> None:
        """Find where each label begins: of 65,000 texts that takes longer than it takes to say which is nearest."""
        object.__setattr__(self, "first", _firsts(self.labels))

    def of(self, short: Floats, count: int) -> Floats:
        """Return how near the nearest text of each of `count` labels is to a short vector, as a cosine; -1 without any."""
        return nearest(short @ self.vectors.T, self.labels, count, self.first)


def nearest(alike: Floats, labels: NDArray[np.int64], count: int, first: NDArray[np.intp] | None = None) -> Floats:
    """Return the best score of each label, given those of texts in the order of their labels; -1 without any.

    `first`: where each label begins, where that is known.
    """
    found: Floats = np.full((*alike.shape[:-1], count), -1, np.float32)
    first = _firsts(labels) if first is None else first
    if len(first):
        found[..., labels[first]] = np.maximum.reduceat(alike, first, axis=-1)
    return found


def shortened(vectors: Floats, basis: Floats) -> Floats:
    """Return centred vectors in the few directions of a basis, at unit length."""
    return unit(vectors @ basis)


def basis_of(vectors: Floats) -> Floats:
    """Return the directions in which vectors differ most (principal components)."""
    used = vectors[:: max(1, len(vectors) // _MOST_USED)]
    directions: Floats = np.linalg.eigh(used.T @ used)[1][:, ::-1][:, :SHORT]
    return np.ascontiguousarray(directions.astype(np.float32))


def middles(vectors: Floats, labels: NDArray[np.int64], count: int) -> Floats:
    """Return the middle of the texts of each of `count` labels, at unit length, given in the order of their labels; 0 without any."""
    found = np.zeros((count, vectors.shape[1]), np.float32)
    first = _firsts(labels)
    if len(first):
        found[labels[first]] = np.add.reduceat(vectors, first, axis=0)
    return unit(found)


def _firsts(labels: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return where each label begins among labels in order."""
    return (
        np.flatnonzero(np.concatenate([[True], labels[1:] != labels[:-1]])) if len(labels) else np.empty(0, np.intp)
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """What the answers say, as centred vectors by label; 0 where a label has none."""

    vectors: Floats
    like: Line = (0.0, 0.0)
    """See `Nearest`."""

    @classmethod
    def of_texts(cls, texts: Sequence[str], vectors: Floats) -> "Answers":
        """Return those of some texts, given with their vectors; an empty text says nothing."""
        told = np.array([bool(text) for text in texts])
        found: Floats = np.zeros_like(vectors)
        if told.sum() > 1:  # with one there is nothing that they have in common
            found[told] = centred(vectors[told], vectors[told].mean(axis=0))
        return cls(found)

    def of(self, vector: Floats) -> Floats:
        """Return how near each answer is to a centred vector, as a cosine; 0 without any."""
        return self.vectors @ vector


@dataclass(frozen=True, slots=True)
class Head:
    """A network over vectors, and the texts it was learned from."""

    mean: Floats
    network: Network
    nearest: Nearest
    answers: Answers
    middle: Line = (0.0, 0.0)
    """From what the classifier says of a label to how near its middle is: see `Nearest`."""
    encode: Callable[[str], Floats] = encode
    middles: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find the middle of the texts of each label: they are not shipped."""
        near = self.nearest
        object.__setattr__(self, "middles", middles(near.vectors, near.labels, len(self.answers.vectors)))

    @property
    def like(self) -> Sequence[Line]:
        """See `Meaning`."""
        return self.network.like, self.nearest.like, self.answers.like, self.middle

    def warm(self) -> None:
        """Start the encoder."""
        self.encode(" ")

    def scores(self, text: str) -> Told:
        """Return what the meaning of a text says of each label."""
        return self.told(centred(self.encode(text), self.mean))

    def told(self, vector: Floats) -> Told:
        """Return the same for a centred vector."""
        short = shortened(vector, self.nearest.basis)
        near = self.nearest.of(short, len(self.middles))
        return self.network.scores(vector), near, self.answers.of(vector), self.middles @ short


class Neighbours:
    """The wordings of each label and its answer, with a small network. All of it is made when first needed."""

    like: Sequence[Line] = ((0.0, 0.0),) * 4

    def __init__(self, texts: Sequence[str], labels: NDArray[np.int64], answers: Sequence[str]) -> None:
        """`answers`: by label, NONE last; empty where there is none."""
        order = np.argsort(labels, kind="stable")
        self.texts = [texts[i] for i in order.tolist()]
        self.labels, self.count, self.answers = labels[order], len(answers), answers
        self._vectors: Floats | None = None
        self._mean: Floats = np.zeros(WIDTH, np.float32)
        self._middles: Floats = np.zeros((self.count, WIDTH), np.float32)
        self._told = Answers(self._middles)
        self._network: Network | None = None

    def warm(self) -> None:
        """Make the vectors: about 15 ms for each text that this machine has not seen before. Idempotent."""
        if self._vectors is None:
            found = Vectors(kept_at()).of([*self.texts, *self.answers])
            vectors, answers = found[: len(self.texts)], found[len(self.texts) :]
            self._mean = vectors.mean(axis=0)
            vectors = centred(vectors, self._mean)
            self._middles = middles(vectors, self.labels, self.count)
            self._told = Answers.of_texts(self.answers, answers)
            self._network = self._learned(vectors)
            self._vectors = vectors

    def _learned(self, vectors: Floats) -> Network | None:
        """Return a network that tells apart what has an answer, learned from wordings and answers; `None` with fewer than two."""
        own = [label for label, answer in enumerate(self.answers) if answer]
        place = np.full(self.count, -1)
        place[own] = range(len(own))
        if len(own) < 2:
            return None
        mine = np.isin(self.labels, own)
        lessons = np.concatenate([vectors[mine], self._told.vectors[own]])
        found = learned(lessons, np.concatenate([place[self.labels[mine]], place[own]]), len(own), WORDINGS)
        return found.columns(place.tolist())

    def scores(self, text: str) -> Told:
        """Return what the meaning of a text says of each label."""
        return self.of(encode(text))

    def of(self, vector: Floats) -> Told:
        """Return the same for the vector of a text."""
        self.warm()
        assert self._vectors is not None
        vector = centred(vector, self._mean)
        near = nearest(self._vectors @ vector, self.labels, self.count)
        apart = self._network.scores(vector) if self._network else np.zeros(self.count, np.float32)
        return apart, near, self._told.of(vector), self._middles @ vector
