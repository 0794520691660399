"""How alike two texts are, letter by letter, in percent: twice what they share of both lengths."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process


def alike(a: str, b: str) -> float:
    """Return how alike two texts are, in 0–100."""
    return fuzz.ratio(a, b)


def all_alike(rows: Sequence[str], columns: Sequence[str], cutoff: float) -> NDArray[np.float32]:
    """Return how alike each row is to each column, 0 where it is less than the cutoff."""
    return process.cdist(rows, columns, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.float32)
