"""Vocabulary: which of a question's words each frame knows, from its wordings and its answers.

A question out of scope shares its shape with many entries (how much is …, until when …) and differs in the nouns. Words are known
by their first two syllables, since what follows is mostly particles and endings; a rare word counts more.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.index import Floats
from bot.matching.table import Scores
from bot.words import Frame

_WORD = re.compile(r"[^\W\d_]+")
_SLOT = re.compile(r"\{[^}]*\}")
_HEAD = 2
"""Syllables by which a Korean word is known (2026-11-30)."""
_LATIN = 12
"""Letters by which a Latin word is (2026-11-30)."""


def heads(text: str) -> set[str]:
    """Return the beginnings of the words of a text by which they are known; words of one letter say nothing."""
    return {w[:_LATIN] if w.isascii() else w[:_HEAD] for w in _WORD.findall(text) if len(w) > 1}


class Vocabulary:
    """The words of each frame. Immutable once built."""

    def __init__(self, frames: Sequence[Frame], wordings: Iterable[Iterable[str]]) -> None:
        """`wordings`: those of each frame in plain words."""
        known = [
            set().union(*map(heads, own), *map(heads, _told(f))) for f, own in zip(frames, wordings, strict=True)
        ]
        self.number = {w: i for i, w in enumerate(sorted(set().union(*known)))}
        self.holds: NDArray[np.bool_] = np.zeros((len(self.number) + 1, len(frames)), dtype=bool)
        for i, words in enumerate(known):
            self.holds[[self.number[w] for w in words], i] = True
        rarity = np.log((1 + len(frames)) / (self.holds.sum(axis=1) + 0.5))
        self.rarity: Floats = rarity.astype(np.float32)

    def known(self, plain: str) -> Scores:
        """Return for each frame the share of a question's words that it knows, in 0–1, the rare ones counting more.

        `none`: the share that no frame knows. A question without words is known to all.
        """
        places = np.array([self.number.get(w, len(self.number)) for w in sorted(heads(plain))], dtype=np.intp)
        if not len(places):
            return Scores(np.ones(self.holds.shape[1], np.float32))
        weight = self.rarity[places]
        share = weight / weight.sum()
        return Scores(share @ self.holds[places], float(share[places == len(self.number)].sum()))


def _told(frame: Frame) -> set[str]:
    """Return the answers of a frame, its names left out."""
    return {_SLOT.sub(" ", p.text.lower()) for e in frame.entries.values() for p in e.phases}
