"""Turn texts into sets of weighted n-grams, many at a time, without a vocabulary.

A text is seen twice: as its letters (syllables, Latin letters, digits, symbols of terms), in
1- and 2-grams, and as jamo, in 2- to 4-grams, where one wrong key spoils a few grams and not a
whole syllable. Grams are hashed into a power of two of buckets (feature hashing, Weinberger et al.
2009), so nothing has to be looked up and 100,000 texts take seconds and little memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.hangul import jamo

Ints = NDArray[np.int32]

BREAK = "\u241f"
"""Grams do not reach across this mark; what stands between two of them alone is a concept."""

LETTER_GRAMS = (1, 2)
JAMO_GRAMS = (2, 3, 4)
LETTER, JAMO, CONCEPT = 0, 1, 2
"""Kinds of gram: the two lowest bits of a bucket."""

_MOST_CACHED = 20_000
"""Grams of one kind and size that are remembered: about 2 MB."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Knuth's multiplicative hashing
_SHIFT = np.uint64(21)


@dataclass(frozen=True, slots=True)
class Grams:
    """The distinct grams of a batch of texts: their buckets, text by text, and how many each text has."""

    bucket: Ints
    counts: Ints

    def __len__(self) -> int:
        return len(self.bucket)

    @property
    def text(self) -> Ints:
        """The number of the text that each bucket belongs to."""
        return np.repeat(np.arange(len(self.counts), dtype=np.int32), self.counts)


def letters(text: str) -> str:
    """Return what is compared of a text: its letters and digits, without spaces and punctuation."""
    return "".join(filter(_compared, text))


def _compared(ch: str) -> bool:
    return ch.isalnum() or ch == BREAK or is_symbol(ch)


def is_symbol(ch: str) -> bool:
    """Tell whether a character of the private use area stands for a term or group."""
    return "\ue000" <= ch <= "\uf8ff"


def kind_of(bucket: Ints) -> Ints:
    """Return the kind of each bucket: LETTER, JAMO or CONCEPT."""
    return bucket & 3


def grams(texts: Sequence[str], bits: int) -> Grams:
    """Return the distinct grams of each text, in 2^bits buckets."""
    shape = [letters(text) for text in texts]
    bodies = [text.split(BREAK, 1)[0] for text in shape]
    concepts = [text[len(body) :] for text, body in zip(shape, bodies, strict=True)]
    parts = [_hash(bodies, n, bits, LETTER) for n in LETTER_GRAMS]
    sounds = [jamo(text) for text in bodies]
    parts += [_hash(sounds, n, bits, JAMO) for n in JAMO_GRAMS]
    if any(concepts):
        parts.append(_hash(concepts, 1, bits, CONCEPT))
    packed = _distinct(np.concatenate(parts))
    counts = np.bincount(packed >> bits, minlength=len(texts)).astype(np.int32)
    return Grams((packed & ((1 << bits) - 1)).astype(np.int32), counts)


def _distinct(packed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the distinct values in order. NumPy's own `unique` hashes them first, which takes four times as long."""
    packed.sort()
    return packed[np.flatnonzero(np.diff(packed, prepend=-1))]


class GramCache:
    """The buckets of grams seen before: most grams of a new text are known, and a look-up beats hashing."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self._known: dict[tuple[int, int], dict[str, int]] = {}

    def buckets(self, text: str) -> Ints:
        """Return the distinct buckets of one text, in ascending order, as `grams` does."""
        shape = letters(text)
        body = shape.split(BREAK, 1)[0]
        found: set[int] = set()
        sounds = jamo(body)
        for kind, source, sizes in ((LETTER, body, LETTER_GRAMS), (JAMO, sounds, JAMO_GRAMS)):
            for n in sizes:
                found.update(self._look_up(source, n, kind))
        for concept in shape[len(body) :].replace(BREAK, ""):
            found.update(self._look_up(concept, 1, CONCEPT))
        return np.array(sorted(found), dtype=np.int32)

    def _look_up(self, text: str, n: int, kind: int) -> list[int]:
        known = self._known.setdefault((n, kind), {})
        parts = [text[i : i + n] for i in range(len(text) - n + 1)]
        try:
            return [known[p] for p in parts]
        except KeyError:
            hashed: list[int] = (_hash([text], n, self.bits, kind) & ((1 << self.bits) - 1)).tolist()
            if len(known) > _MOST_CACHED:
                known.clear()
            known.update(zip(parts, hashed, strict=True))
            return list(hashed)


def _hash(texts: Sequence[str], n: int, bits: int, kind: int) -> NDArray[np.int64]:
    """Return text number and bucket, packed into one integer, of every n-gram of every text."""
    joined = "\0".join(texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < n:
        return np.empty(0, dtype=np.int64)
    text = np.cumsum(codes == 0).astype(np.int64)
    count = len(codes) - n + 1
    key = np.full(count, n, dtype=np.uint64)
    inside = np.ones(count, dtype=bool)
    for offset in range(n):
        part = codes[offset : offset + count]
        key = ((key << _SHIFT) ^ (key >> np.uint64(43)) ^ part) * _MULTIPLIER
        inside &= (part != 0) & (part != ord(BREAK))
    bucket = (key[inside] >> np.uint64(64 - (bits - 2))).astype(np.int64) * 4 + kind
    return (text[:count][inside] << bits) | bucket
