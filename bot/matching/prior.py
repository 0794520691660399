"""How stable a gram is among paraphrases in general: what a knowledge base cannot yet know of itself.

The table was learned from pairs of questions with one meaning, the MIT-licensed set
songys/Question_pair. `python -m tests.bench.prior` makes it.
"""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BITS = 31
"""The table is kept for 2^31 buckets and folded to the size of an index."""
_WORTH = 5.0
"""How many observations the general prior is worth against the table."""
_FILE = "prior.npz"


@cache
def _table() -> tuple[NDArray[np.int64], Floats, Floats]:
    with (files(__package__) / _FILE).open("rb") as stream, np.load(stream) as data:
        return (
            data["bucket"].astype(np.int64),
            data["shared"].astype(np.float32),
            data["seen"].astype(np.float32),
        )


def stability(bits: int, prior: float) -> Floats:
    """Return the expected stability in 0–1 of each of 2^bits buckets; `prior` where nothing is known."""
    bucket, shared, seen = _table()
    folded = ((bucket >> 2) >> (BITS - bits)) * 4 + (bucket & 3)
    size = 1 << bits
    total = np.bincount(folded, weights=shared, minlength=size)
    count = np.bincount(folded, weights=seen, minlength=size)
    return ((total + _WORTH * prior) / (count + _WORTH)).astype(np.float32)
