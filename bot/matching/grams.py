"""Turn texts into sets of weighted n-grams, many at a time, without a vocabulary.

A text is seen twice: as its letters (syllables, Latin letters, digits, symbols of terms), in
1- and 2-grams, and as jamo, in 2- to 4-grams, where one wrong key spoils a few grams and not a
whole syllable. Grams are hashed into a power of two of buckets (feature hashing, Weinberger et al.
2009), so nothing has to be looked up and 100,000 texts take seconds and little memory.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import add

import numpy as np
from numpy.typing import NDArray

from bot.hangul import jamo

Ints = NDArray[np.int32]

BREAK = "\u241f"
"""Grams do not reach across this mark; what stands between two of them alone is a concept."""

LETTER_GRAMS = (1, 2)
"""Letters of a gram."""
JAMO_GRAMS = (2, 3, 4)
"""Jamo of a gram: less than a syllable to more than one, so that a slip leaves most of them."""
LETTER, JAMO, CONCEPT = 0, 1, 2
"""Kinds of gram: the two lowest bits of a bucket."""

_MOST_CACHED = 20_000
"""Grams of one kind and size that are remembered: about 2 MB."""

_COMPARED = re.compile(rf"(?:[^\W_]|[{BREAK}\ue000-\uf8ff])+")
"""What is alphanumeric, BREAK, and symbols."""
FACTOR = 0x9E3779B97F4A7C15
"""2^64 / golden ratio: Knuth's multiplicative hashing."""
_SHIFT, _BACK = 21, 43
"""Bits by which a key is rotated before the next letter, so that the order of letters counts: together 64."""
ALL_BITS = (1 << 64) - 1
"""A key has 64 bits, as in numpy."""


@dataclass(frozen=True, slots=True)
class Grams:
    """The distinct grams of a batch of texts: in ascending order the buckets, and of each bucket the texts that hold it."""

    bucket: Ints
    text: NDArray[np.uint16] | Ints

    def __len__(self) -> int:
        return len(self.bucket)


def letters(text: str) -> str:
    """Return what is compared of a text: its letters and digits, without spaces and punctuation."""
    return "".join(_COMPARED.findall(text))


def body_of(masked: str) -> str:
    """Return what is compared of a masked text as letters: all but its concepts."""
    return masked.split(BREAK, 1)[0]


def concepts_of(masked: str) -> list[str]:
    """Return the symbols of the concepts of a masked text."""
    return masked.split(BREAK)[1:]


def masked_of(body: str, concepts: Iterable[str]) -> str:
    """Return the masked text of letters and concepts."""
    return body + "".join(BREAK + c for c in concepts)


def is_symbol(ch: str) -> bool:
    """Tell whether a character of the private use area stands for a term or group."""
    return "\ue000" <= ch <= "\uf8ff"


def kind_of(bucket: Ints) -> Ints:
    """Return the kind of each bucket: LETTER, JAMO or CONCEPT."""
    return bucket & 3


def grams(texts: Sequence[str], bits: int) -> Grams:
    """Return the distinct grams of texts, in 2^bits buckets."""
    shape = [letters(text) for text in texts]
    bodies = list(map(body_of, shape))
    concepts = [text[len(body) :] for text, body in zip(shape, bodies, strict=True)]
    parts = [_hash(bodies, n, bits, LETTER) for n in LETTER_GRAMS]
    sounds = [jamo(text) for text in bodies]
    parts += [_hash(sounds, n, bits, JAMO) for n in JAMO_GRAMS]
    if any(concepts):
        parts.append(_hash(concepts, 1, bits, CONCEPT))
    packed = _distinct(np.concatenate(parts))
    bucket, text = (packed >> 32).astype(np.int32), packed & 0xFFFFFFFF
    return Grams(bucket, text.astype(np.uint16) if len(texts) < 1 << 16 else text.astype(np.int32))


def _distinct(packed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the distinct values in order. NumPy's own `unique` hashes them first, which takes four times as long."""
    packed.sort()
    return packed[np.flatnonzero(np.diff(packed, prepend=-1))]


class _Known(dict[str, int]):
    """The buckets of grams of one kind and size; those that are not known yet are hashed, as `_hash` does many."""

    def __init__(self, size: int, kind: int, bits: int) -> None:
        self.size, self.kind, self.shift = size, kind, 64 - (bits - 2)

    def __missing__(self, gram: str) -> int:
        if len(self) >= _MOST_CACHED:
            self.clear()
        key = self.size
        for ch in gram:
            key = ((key << _SHIFT & ALL_BITS) ^ (key >> _BACK) ^ ord(ch)) * FACTOR & ALL_BITS
        bucket = self[gram] = (key >> self.shift) * 4 + self.kind
        return bucket


class GramCache:
    """The buckets of grams seen before: most grams of a new text are known, and a look-up beats hashing."""

    def __init__(self, bits: int) -> None:
        self._letter, self._letters = (_Known(n, LETTER, bits) for n in LETTER_GRAMS)
        self._jamo = [_Known(n, JAMO, bits) for n in JAMO_GRAMS]
        self._concepts = _Known(1, CONCEPT, bits)

    def buckets(self, text: str) -> set[int]:
        """Return the buckets of one text, as `grams` does."""
        shape = letters(text)
        body = body_of(shape)
        found = set(map(self._letter.__getitem__, body))
        found.update(map(self._letters.__getitem__, map(add, body, body[1:])))
        sounds = jamo(body)
        parts = list(sounds)
        for after, known in enumerate(self._jamo, 1):
            parts = list(map(add, parts, sounds[after:]))
            found.update(map(known.__getitem__, parts))
        found.update(map(self._concepts.__getitem__, shape[len(body) :].replace(BREAK, "")))
        return found


def _hash(texts: Sequence[str], n: int, bits: int, kind: int) -> NDArray[np.int64]:
    """Return bucket and text number, packed into one integer, of every n-gram of every text."""
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
        key = ((key << np.uint64(_SHIFT)) ^ (key >> np.uint64(_BACK)) ^ part) * np.uint64(FACTOR)
        inside &= (part != 0) & (part != ord(BREAK))
    bucket = (key[inside] >> np.uint64(64 - (bits - 2))).astype(np.int64) * 4 + kind
    return (bucket << 32) | text[:count][inside]
