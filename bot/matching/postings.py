"""Postings: for each gram the rows that hold it, and what it adds to each. Sums over grams are all that is asked of them.

Sums are exact, so that their order does not matter: values of single precision add up in double precision without
rounding, and whole numbers do anyway.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_ROOM = 1 << 20
"""Numbers that may be held of common buckets: 4 MB."""
_COMMON = 24
"""A bucket that one of so many rows holds is common: to sweep over all rows takes less than to pick these."""
_UNIT = 2.0**-22
"""Common buckets are held in whole numbers of this: half as wide as double precision."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Some of the postings, in ascending order of their buckets."""

    bucket: Ints
    rows: Ints
    values: Floats | None
    """What each adds to its row; `None` where every bucket adds the same to all its rows."""


@dataclass(frozen=True, slots=True)
class Postings:
    """For each bucket b the rows that hold it: `held[start[b]:start[b + 1]]`."""

    start: Ints
    held: Longs | Ints
    """Row and what is added to it, packed into one number: what is far apart in memory is fetched once. Or rows alone."""
    each: Floats | None
    """By bucket what it adds to each of its rows, where they stand alone."""
    size: int
    """How many rows there are."""
    common: Mapping[int, Ints]
    """Of the most common buckets: what they add to all rows, in units."""

    def total(self, buckets: Set[int]) -> Doubles:
        """Return what some buckets add to each row, all together."""
        common = self.common.keys() & buckets
        rare = array_of(buckets - common if common else buckets)
        begin, end = self.start[rare], self.start[rare + 1]
        spans = map(slice, begin.tolist(), end.tolist())
        found = np.concatenate([*map(self.held.__getitem__, spans), self.held[:0]])
        if self.each is None:
            halves = found.view(np.int32)
            total = np.bincount(halves[_ROW::2], halves.view(np.float32)[1 - _ROW :: 2], self.size)
        else:
            total = np.bincount(found, np.repeat(self.each[rare], end - begin), self.size)
        if not common:
            return total.astype(np.float64, copy=False)  # of nothing NumPy counts in whole numbers
        sweep = np.zeros(self.size, dtype=np.int32)
        for bucket in common:
            sweep += self.common[bucket]
        swept: Doubles = total + sweep * _UNIT
        return swept


_ROW = int(np.array([1 << 32]).view(np.int32)[1])
"""Which half of a packed number is the row: that depends on the machine."""


def array_of(buckets: Collection[int]) -> Ints:
    """Return buckets as an array, in the order in which they come."""
    return np.fromiter(buckets, np.int32, len(buckets))


def merged(buckets: Iterable[Ints], layers: Iterable[Layer], each: Floats, size: int, *, bare: bool) -> Postings:
    """Return the postings of layers whose `buckets` are given, by a counting sort: little more than these is held.

    `each`: what a bucket adds to its rows, where layers do not say it: where postings are `bare`.
    `size`: how many rows there are.
    """
    counts = np.zeros(len(each), dtype=np.int32)
    for bucket in buckets:
        counts += np.bincount(bucket, minlength=len(each)).astype(np.int32)
    start = np.zeros(len(each) + 1, dtype=np.int32)
    np.cumsum(counts, out=start[1:])
    held: Longs | Ints
    held = np.empty(int(start[-1]), np.int32) if bare else np.empty(int(start[-1]), np.int64)
    cursor = start[:-1].copy()
    for layer in layers:
        fresh = np.flatnonzero(np.diff(layer.bucket, prepend=-1))
        run = np.diff(fresh, append=len(layer.bucket)).astype(np.int32)
        at = layer.bucket[fresh]
        place = np.arange(len(layer.bucket), dtype=np.int32) + np.repeat(cursor[at] - fresh.astype(np.int32), run)
        held[place] = layer.rows if layer.values is None else _packed(layer.rows, layer.values)
        cursor[at] += run
    postings = Postings(start, held, each if bare else None, size, {})
    return postings if bare else _swept(postings)


def _packed(rows: Ints, values: Floats) -> Longs:
    return rows.astype(np.int64) << 32 | values.view(np.int32)


def _swept(postings: Postings) -> Postings:
    """Return postings of which the most common buckets are held row by row, in units, and nowhere else."""
    lengths = np.diff(postings.start)
    most = np.flatnonzero(lengths * _COMMON >= postings.size)
    most = most[np.argsort(-lengths[most], kind="stable")][: _ROOM // max(postings.size, 1)]
    common = {b: np.rint(postings.total({b}) / _UNIT).astype(np.int32) for b in most.tolist()}
    rare = np.ones(len(lengths), dtype=bool)
    rare[most] = False
    held = postings.held[np.repeat(rare, lengths)]
    start = np.concatenate([postings.start[:1], np.cumsum(lengths * rare, dtype=np.int32)])
    return replace(postings, start=start, held=held, common=common)
