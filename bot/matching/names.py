"""Whole short wordings, compared letter by letter: there n-grams have too little to go by."""

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.hangul import jamo

_SHORT = 6
"""Letters up to which a question is compared as a name, typos and all (2026-11-24)."""
_NEAR = (60.0, 80.0)
"""Percent from which two short wordings count as alike: up to three letters, and longer (2026-11-24)."""


class ShortNames:
    """The short wordings of all frames. Add them, then `built()`."""

    def __init__(self) -> None:
        self._sounds: list[str] = []
        self._frames: list[int] = []
        self._numbers = np.empty(0, dtype=np.int32)

    def add(self, word: str, frame: int) -> None:
        """Keep a wording (squeezed) of a frame, if it is short."""
        if not 0 < len(word) <= _SHORT + 2:
            return
        self._sounds.append(jamo(word))
        self._frames.append(frame)

    def built(self) -> "ShortNames":
        """Return this, ready for use."""
        self._numbers = np.array(self._frames, dtype=np.int32)
        return self

    def blend(self, word: str, similarity: NDArray[np.float32]) -> None:
        """Raise the similarity of frames that have a wording almost like a short `word` (squeezed)."""
        if not self._sounds or len(word) > _SHORT or any(ch.isascii() for ch in word):
            return  # abbreviations one letter apart are different things (TRL, NTIS)
        ratio = process.cdist(
            [jamo(word)], self._sounds, scorer=fuzz.ratio, score_cutoff=_NEAR[len(word) > 3], dtype=np.float32
        )[0]
        close = np.flatnonzero(ratio)
        np.maximum.at(similarity, self._numbers[close], ratio[close] / 100)
