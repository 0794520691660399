"""The index: which frame is a text most like, over every wording of every frame.

What one frame's wordings share and other frames lack is what the frame is about. So a gram weighs
by how few *frames* hold it (not how few wordings), and by its stability: how often a sibling wording
of the same frame holds it too. The score of a frame is one third its best wording's cosine and two
thirds the cosine with the mean of its wordings. Measured in docs/adr/0002.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.matching import prior
from bot.matching.grams import GramCache, Grams, grams, kind_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_BATCH = 4_000
"""Wordings hashed at a time: bounds the memory of the build."""
LARGE = 20_000
"""Frames from which on faint grams are left out of the postings."""
_FEW = 4_000_000
"""Postings up to which row numbers are as wide as NumPy counts with: quicker, and not yet large."""
_NO_ROWS = np.empty(0, dtype=np.int32)
_FAINT = 2.0
"""Weight below which a gram is faint."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """The numbers of the ranker, fitted by `helpdesk knowledge evaluate`."""

    stability: float = 2.5
    """How much a gram's stability counts beside its rarity; 0 turns it off."""
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
class Postings:
    """For each bucket the rows that hold it: `rows[start[b]:start[b + 1]]`, with a value each or none."""

    start: Ints
    rows: NDArray[np.intp] | Ints
    values: Floats | None

    def gather(self, buckets: Ints, weights: Floats, size: int) -> Floats:
        """Return the sum of weights (times values) over the given buckets, per row."""
        begin, end = self.start[buckets], self.start[buckets + 1]
        lengths = end - begin
        amount = np.repeat(weights.astype(np.float64), lengths)
        if self.values is None:  # long stretches: copying them is quicker than picking
            spans = zip(begin.tolist(), end.tolist(), strict=True)
            rows = np.concatenate([_NO_ROWS, *(self.rows[i:j] for i, j in spans)])
        else:
            ends = np.cumsum(lengths)
            where = np.arange(len(amount), dtype=np.intp) + np.repeat(begin - (ends - lengths), lengths)
            rows = self.rows[where]
            amount *= self.values[where]
        return np.bincount(rows, weights=amount, minlength=size).astype(np.float32)


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
        norms = [np.sqrt(np.bincount(p.text, self.weight[p.bucket] ** 2, len(p.counts))) for p in parts]
        self.inverse = (1 / np.maximum(np.concatenate([*norms, [1.0]])[:-1], 1e-6)).astype(np.float32)
        self.means = self._mean_postings(parts) if len(texts) > self.frames else None
        if self.frames >= LARGE:
            for number, part in enumerate(parts):
                parts[number] = _without_faint(part, self.weight)
        begins = [begin for begin, _ in self._batches()]
        self.wordings = _postings(
            [p.bucket for p in parts], lambda i: parts[i].text + np.int32(begins[i]), None, self.bits
        )

    def _batches(self) -> list[tuple[int, int]]:
        """Return stretches of about _BATCH wordings that do not split a frame."""
        ends = np.cumsum(self.sizes)
        bounds = [0]
        while bounds[-1] < len(self.frame):
            full = int(np.searchsorted(ends, bounds[-1] + _BATCH, side="left"))
            bounds.append(int(ends[min(full, self.frames - 1)]))
        return list(pairwise(bounds))

    def _pairs(self, part: Grams, begin: int) -> tuple[Ints, Ints, NDArray[np.int64], NDArray[np.int64]]:
        """Return frame, bucket and count of each pair of them in a batch, and each gram's pair."""
        packed = self.frame[part.text + begin].astype(np.int64) << self.bits | part.bucket
        pairs, inverse, count = np.unique(packed, return_inverse=True, return_counts=True)
        bucket = (pairs & ((1 << self.bits) - 1)).astype(np.int32)
        return (pairs >> self.bits).astype(np.int32), bucket, count, inverse

    def _weights(self, parts: list[Grams]) -> Floats:
        """Return the weight of each bucket: rarity over frames, plus stability within them."""
        size = 1 << self.bits
        held, shared, seen = (np.zeros(size, dtype=np.float32) for _ in range(3))
        for (begin, end), part in zip(self._batches(), parts, strict=True):
            if self.frame[end - 1] - self.frame[begin] == end - begin - 1:  # one wording each: nothing to share
                held += np.bincount(part.bucket, minlength=size)
                continue
            frame, bucket, count, _ = self._pairs(part, begin)
            held += np.bincount(bucket, minlength=size)
            n = self.sizes[frame]
            several = n > 1
            if several.any():
                share = (count * (count - 1) / np.maximum(n - 1, 1))[several]
                shared += np.bincount(bucket[several], weights=share, minlength=size)
                seen += np.bincount(bucket[several], weights=count[several], minlength=size)
        t = self.tuning
        rarity = np.log((1 + self.frames) / (held + 0.5), dtype=np.float32)
        stability = (shared + t.shrink * prior.stability(self.bits, t.prior)) / (seen + t.shrink)
        weight = np.maximum(rarity + t.stability * np.log(stability / t.prior), 0.05 * rarity)
        factor = np.array([1.0, t.jamo, t.concept, 0.0], dtype=np.float32)[kind_of(np.arange(size, dtype=np.int32))]
        scaled: Floats = (np.maximum(weight, 0.01) * factor).astype(np.float32)
        return scaled

    def _mean_postings(self, parts: list[Grams]) -> Postings:
        """Return postings of the unit-length mean of each frame's unit-length wordings."""
        buckets: list[Ints] = []
        frames: list[Ints] = []
        values: list[Floats] = []
        for (begin, end), part in zip(self._batches(), parts, strict=True):
            if self.frame[end - 1] - self.frame[begin] == end - begin - 1:
                continue  # one wording each: its mean is itself
            frame, bucket, _, inverse = self._pairs(part, begin)
            total = np.bincount(inverse, weights=self.weight[part.bucket] * self.inverse[part.text + begin])
            length = np.sqrt(np.bincount(frame, weights=total**2, minlength=self.frames))
            several = self.sizes[frame] > 1
            buckets.append(bucket[several])
            frames.append(frame[several])
            values.append((total / np.maximum(length[frame], 1e-6))[several].astype(np.float32))
        return _postings(buckets, lambda i: frames[i], values, self.bits)

    def scores(self, text: str) -> Floats:
        """Return a score in 0–1 for each frame. Grams that no wording holds count against all."""
        bucket = self.cache.buckets(text)
        if not len(bucket) or not self.frames:
            return np.zeros(self.frames, dtype=np.float32)
        weight = self.weight[bucket]
        length = float(np.sqrt((weight**2).sum()))
        each: Floats = self.wordings.gather(bucket, weight**2 / length, len(self.frame)) * self.inverse
        if self.means is None:
            return each
        best = np.maximum.reduceat(each, self.first)
        mean = self.means.gather(bucket, weight / length, self.frames)
        m = self.tuning.mean
        score: Floats = np.where(self.sizes > 1, (best + m * mean) / (1 + m), best)
        return score


def _without_faint(part: Grams, weight: Floats) -> Grams:
    """Return the grams that are worth looking up: the commonest cost most and tell least."""
    keep = weight[part.bucket] >= _FAINT
    return Grams(part.bucket[keep], np.bincount(part.text[keep], minlength=len(part.counts)).astype(np.int32))


def _postings(
    buckets: list[Ints], rows_of: Callable[[int], Ints], values: list[Floats] | None, bits: int
) -> Postings:
    """Return postings by a counting sort, a batch at a time, so that little more than the result is held."""
    size = 1 << bits
    counts = np.zeros(size, dtype=np.int32)
    for batch in buckets:
        counts += np.bincount(batch, minlength=size).astype(np.int32)
    start = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(counts, out=start[1:])
    cursor = start[:-1].copy()
    rows: NDArray[np.intp] | Ints
    rows = np.empty(int(start[-1]), np.intp) if start[-1] < _FEW else np.empty(int(start[-1]), np.int32)
    out = np.empty(int(start[-1]), dtype=np.float32) if values is not None else None
    for i, batch in enumerate(buckets):
        order = np.argsort(batch, kind="stable")
        bucket = batch[order]
        fresh = np.flatnonzero(np.diff(bucket, prepend=-1))
        run = np.diff(fresh, append=len(bucket))
        place = cursor[bucket] + np.arange(len(bucket)) - np.repeat(fresh, run)
        rows[place] = rows_of(i)[order]
        if out is not None and values is not None:
            out[place] = values[i][order]
        cursor[bucket[fresh]] += run.astype(np.int32)
    return Postings(start, rows, out)
