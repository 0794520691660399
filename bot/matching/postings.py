"""Postings: for each gram the rows that hold it, and what it adds to each. Sums over grams are all that is asked of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Layer:
    """Some of the postings, in ascending order of their buckets."""

    bucket: Ints
    rows: Ints
    values: Floats | None


@dataclass(frozen=True, slots=True)
class Postings:
    """For each bucket the rows that hold it: `rows[start[b]:start[b + 1]]`, with what each adds, or none."""

    start: Ints
    rows: NDArray[np.uint16] | Ints
    values: Floats | None

    def gather(self, buckets: Ints, weights: Floats, size: int) -> NDArray[np.float64]:
        """Return the sum over the given buckets, per row: of the values, or of `weights` where there are none."""
        begin, end = self.start[buckets], self.start[buckets + 1]
        # long stretches: copying them is quicker than picking
        spans = [*map(slice, begin.tolist(), end.tolist())]
        rows = np.concatenate([*map(self.rows.__getitem__, spans)])
        if not len(rows):
            return np.zeros(size)  # of nothing NumPy counts in whole numbers
        if self.values is None:
            amount = np.repeat(weights.astype(np.float64), end - begin)
        else:
            amount = np.concatenate([*map(self.values.__getitem__, spans)])
        return np.bincount(rows, weights=amount, minlength=size).astype(np.float64, copy=False)

    @classmethod
    def merged(
        cls, buckets: Iterable[Ints], layers: Iterable[Layer], size: int, rows: int, *, valued: bool
    ) -> "Postings":
        """Return the postings of layers whose `buckets` are given, by a counting sort: little more than these is held.

        `size`: of the buckets. `rows`: how many there are. `valued`: whether what each adds is kept.
        """
        counts = np.zeros(size, dtype=np.int32)
        for bucket in buckets:
            counts += np.bincount(bucket, minlength=size).astype(np.int32)
        start = np.zeros(size + 1, dtype=np.int32)
        np.cumsum(counts, out=start[1:])
        held: NDArray[np.uint16] | Ints
        held = np.empty(int(start[-1]), np.uint16) if rows < 1 << 16 else np.empty(int(start[-1]), np.int32)
        values = np.empty(len(held), dtype=np.float32) if valued else None
        cursor = start[:-1].copy()
        for layer in layers:
            fresh = np.flatnonzero(np.diff(layer.bucket, prepend=-1))
            run = np.diff(fresh, append=len(layer.bucket)).astype(np.int32)
            at = layer.bucket[fresh]
            place = np.arange(len(layer.bucket), dtype=np.int32) + np.repeat(cursor[at] - fresh.astype(np.int32), run)
            held[place] = layer.rows
            if values is not None and layer.values is not None:
                values[place] = layer.values
            cursor[at] += run
        return cls(start, held, values)
