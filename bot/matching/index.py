"""The index: which frame is a text most like, over every wording of every frame.

What one frame's wordings share and other frames lack is what the frame is about. So a gram weighs
by how few *frames* hold it (not how few wordings), and by its stability: how often a sibling wording
of the same frame holds it too. The score of a frame is one third its best wording's cosine and two
thirds the cosine with the mean of its wordings. Measured in docs/adr/0002.

A question is as binary a vector as a wording, so what a gram adds to a row is known beforehand, but for the length of the
question: a score is a sum of stretches of two arrays.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from bot.matching import prior
from bot.matching.grams import GramCache, Grams, grams, kind_of
from bot.matching.postings import Layer, Postings, array_of, merged

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_BATCH = 2_000
"""Wordings hashed at a time: bounds the memory of the build."""
LARGE = 20_000
"""Frames from which on faint grams are left out of the postings."""
_FAINT = 2.0
"""Weight below which a gram is faint."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """The numbers of the similarity."""

    stability: float = 0.0
    """How much a gram's stability counts beside its rarity. Beside a classifier, which learns it, it adds nothing (2026-11-30)."""
    prior: float = 0.3
    """The stability of a gram of which nothing is known."""
    shrink: float = 3.0
    """How many observations the prior is worth."""
    mean: float = 2.0
    """Weight of the cosine with a frame's mean against 1 for its best wording."""
    jamo: float = 0.4
    """Weight of a jamo gram against 1 for a gram of letters."""
    concept: float = 1.5
    """Weight of a concept (a term named in any of its wordings) against 1 for a gram of letters."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the grams of a text add to each row: the text's scores, before they are scaled."""

    buckets: set[int]
    rows: NDArray[np.float64]
    length: float


@dataclass(frozen=True, slots=True)
class _Held:
    """Which frames of a batch hold which buckets, in how many wordings; and where the first of these stands in it."""

    bucket: Ints
    frame: Ints
    count: Ints
    first: NDArray[np.intp]


class Index:
    """An immutable index over the wordings of frames. Frames are numbered as given."""

    def __init__(self, wordings: Sequence[Sequence[str]], tuning: Tuning | None = None) -> None:
        """Index `wordings[f]`, the texts of frame f, already read and masked."""
        self.tuning = tuning or Tuning()
        self.frames = len(wordings)
        self.sizes = np.array([len(group) for group in wordings], dtype=np.int32)
        self.frame = np.repeat(np.arange(self.frames, dtype=np.int32), self.sizes)
        self.first = np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.int32)
        texts = [text for group in wordings for text in group]
        self.bits = int(np.clip(np.ceil(np.log2(len(texts) * 32 + 1)) + 2, 14, 21))
        self.cache = GramCache(self.bits)
        parts = [grams(texts[i:j], self.bits) for i, j in self._batches()]
        self.weight = self._weights(parts)
        squares = [np.bincount(p.text, self.weight[p.bucket] ** 2, j - i) for p, (i, j) in self._places(parts)]
        self.inverse = (1 / np.maximum(np.sqrt(np.concatenate([*squares, [1.0]])[:-1]), 1e-6)).astype(np.float32)
        several = len(texts) > self.frames
        self.rows = len(texts) + (self.frames if several else 0)
        """Rows of the postings: one for each wording, and where frames have several one for the mean of each."""
        means = list(self._means(parts)) if several else []
        if self.frames >= LARGE:
            for number, part in enumerate(parts):
                parts[number] = _without_faint(part, self.weight)
        self.postings = self._postings(parts, means)

    def _places(self, parts: list[Grams]) -> Iterator[tuple[Grams, tuple[int, int]]]:
        return zip(parts, self._batches(), strict=True)

    def _batches(self) -> list[tuple[int, int]]:
        """Return stretches of about _BATCH wordings that do not split a frame."""
        ends = np.cumsum(self.sizes)
        bounds = [0]
        while bounds[-1] < len(self.frame):
            full = int(np.searchsorted(ends, bounds[-1] + _BATCH, side="left"))
            bounds.append(int(ends[min(full, self.frames - 1)]))
        return list(pairwise(bounds))

    def _held(self, part: Grams, begin: int) -> _Held:
        """Return which frames of a batch that starts at wording `begin` hold which buckets."""
        frame = self.frame[part.text + np.int32(begin)]
        first = np.flatnonzero(np.diff(part.bucket, prepend=-1) | np.diff(frame, prepend=-1))
        return _Held(part.bucket[first], frame[first], np.diff(first, append=len(frame)), first)

    def _alone(self, begin: int, end: int) -> bool:
        """Tell whether each wording of a batch is the only one of its frame."""
        return bool(self.frame[end - 1] - self.frame[begin] == end - begin - 1)

    def _weights(self, parts: list[Grams]) -> Floats:
        """Return the weight of each bucket: rarity over frames, plus stability within them."""
        size = 1 << self.bits
        held, shared, seen = (np.zeros(size, dtype=np.float32) for _ in range(3))
        for part, (begin, end) in self._places(parts):
            if self._alone(begin, end):  # nothing to share
                held += np.bincount(part.bucket, minlength=size)
                continue
            each = self._held(part, begin)
            held += np.bincount(each.bucket, minlength=size)
            n = self.sizes[each.frame]
            several = n > 1
            bucket, count = each.bucket[several], each.count[several]
            shared += np.bincount(bucket, weights=count * (count - 1) / (n[several] - 1), minlength=size)
            seen += np.bincount(bucket, weights=count, minlength=size)
        t = self.tuning
        rarity = np.log((1 + self.frames) / (held + 0.5), dtype=np.float32)
        weight = rarity
        if t.stability:
            stability = (shared + t.shrink * prior.stability(self.bits, t.prior)) / (seen + t.shrink)
            weight = np.maximum(rarity + t.stability * np.log(stability / t.prior), 0.05 * rarity)
        factor = np.array([1.0, t.jamo, t.concept, 0.0], dtype=np.float32)[kind_of(np.arange(size, dtype=np.int32))]
        scaled: Floats = (np.maximum(weight, 0.01) * factor).astype(np.float32)
        return scaled

    def _means(self, parts: list[Grams]) -> Iterator[Layer]:
        """Iterate over the unit-length means of frames' unit-length wordings, a batch at a time."""
        m = self.tuning.mean
        for part, (begin, end) in self._places(parts):
            if self._alone(begin, end):
                continue  # its mean is itself
            each = self._held(part, begin)
            amount = self.weight[part.bucket] * self.inverse[part.text + np.int32(begin)]
            total = np.add.reduceat(amount.astype(np.float64), each.first)
            length = np.sqrt(np.bincount(each.frame, weights=total**2, minlength=self.frames))
            values = total / np.maximum(length[each.frame], 1e-6) * self.weight[each.bucket] * (m / (1 + m))
            several = self.sizes[each.frame] > 1
            rows = (each.frame + np.int32(len(self.frame)))[several]
            yield Layer(each.bucket[several], rows, values[several].astype(np.float32))

    def _wordings(self, parts: list[Grams]) -> Iterator[Layer]:
        """Iterate over the wordings, a batch at a time; what they add is only worked out where there is room for it."""
        share = np.where(self.sizes > 1, 1 / (1 + self.tuning.mean), 1.0)[self.frame] * self.inverse
        for part, (begin, _) in self._places(parts):
            rows = part.text + np.int32(begin)
            values = None if self._bare else (self.weight[part.bucket] ** 2 * share[rows]).astype(np.float32)
            yield Layer(part.bucket, rows, values)

    @property
    def _bare(self) -> bool:
        """Whether postings are row numbers and nothing else: 4 bytes instead of 8, where there are millions."""
        return self.frames >= LARGE and self.rows == len(self.frame)

    def _postings(self, parts: list[Grams], means: list[Layer]) -> Postings:
        held = [*(part.bucket for part in parts), *(layer.bucket for layer in means)]
        return merged(held, chain(self._wordings(parts), means), self.weight**2, self.rows, bare=self._bare)

    def scores(self, text: str) -> Floats:
        """Return a score in 0–1 for each frame. Grams that no wording holds count against all."""
        return self.scored(self.sums(text))

    def sums(self, text: str, near: Sums | None = None) -> Sums:
        """Return the sums of a text. Those of a text with much the same grams make it quicker and change nothing."""
        held = self.cache.buckets(text)
        weight = self.weight[array_of(held)].astype(np.float64)
        length = math.sqrt(weight @ weight)
        if near is not None:
            more, fewer = held - near.buckets, near.buckets - held
            if len(more) + len(fewer) < len(held):
                return Sums(held, near.rows + self.postings.total(more) - self.postings.total(fewer), length)
        return Sums(held, self.postings.total(held), length)

    def scored(self, sums: Sums) -> Floats:
        """Return a score in 0–1 for each frame."""
        if not sums.buckets or not self.frames:
            return np.zeros(self.frames, dtype=np.float32)
        score = sums.rows
        if self.rows > len(self.frame):
            score = np.maximum.reduceat(score[: len(self.frame)], self.first) + score[len(self.frame) :]
        if self._bare:
            score = score * self.inverse
        return (score / sums.length).astype(np.float32)


def _without_faint(part: Grams, weight: Floats) -> Grams:
    """Return the grams that are worth looking up: the commonest cost most and tell least."""
    keep = weight[part.bucket] >= _FAINT
    return Grams(part.bucket[keep], part.text[keep])
