"""The table of candidates: for each what every kind of evidence says of it, and last what speaks for none of them.

A kind of evidence is scores by frame, with the score of «none of these» where it has one. Here they become features: the score itself,
how far it is from the best other one, and whether it is the best; beside them how the names agree and what kind of entry it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.judge import Agreement
from bot.matching.linear import Floats
from bot.matching.model import Reals
from bot.words import Frame, Kind

EVIDENCE = ("similarity", "words", "classifier", "sentence", "meaning", "nearest", "answer", "middle")
"""Kinds of evidence: how alike the wordings are; which of its words a frame knows; what tells the entries apart, of the whole and
of the sentence that asks; where there is an encoder, what its words mean, how near the nearest text is that was learned, how near
what the answer says, and how near the middle of all its texts."""
PLAIN, CHEAP = EVIDENCE[:2], EVIDENCE[:4]
"""Those that need nothing learned, and those that need no encoder."""
MEANT = EVIDENCE[4:]
"""Those that the encoder gives."""
_NAMES = ("shared", "unnamed", "partly", "silent", "absent", "implied")
_KINDS = ("talk", "boundary", "handover", "definition")
_MESSAGE = ("none", "length", "repaired", "unread")
_NO_SCORE = np.float32(-1)
"""Where a kind of evidence says nothing: what a classifier says of what it never is."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What one kind of evidence says: a score for each frame, and for none of them where it can."""

    frames: Floats
    none: float = 0.0


@dataclass(frozen=True, slots=True)
class Message:
    """What speaks for none, whatever the candidates."""

    length: int
    repaired: float = 0.0
    unread: float = 0.0


def names_of(evidence: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the features, in order."""
    own = [f"{e}{part}" for e in evidence for part in ("", ".gap", ".first")]
    beside = [f"none.{e}{part}" for e in evidence for part in (".best", ".own")]
    return (*own, *_NAMES, *_KINDS, *_MESSAGE, *beside)


def table(
    scores: Mapping[str, Scores],
    frames: NDArray[np.intp],
    agreements: Sequence[Agreement],
    implied: Sequence[bool],
    kinds: NDArray[np.float64],
    message: Message,
) -> Reals:
    """Return the features of some frames, one a row, and in the last row those of NONE.

    `kinds`: one row a frame, as `kinds_of` gives them.
    """
    count = len(frames)
    width = len(names_of(tuple(scores)))
    found = np.zeros((count + 1, width))
    column = 0
    best: list[float] = []
    for each in scores.values():
        own = each.frames[frames].astype(float)
        found[:count, column : column + 3] = _spread(own)
        best += [float(own.max()) if count else float(_NO_SCORE), each.none]
        column += 3
    found[:count, column : column + 6] = [
        (a.shared, a.unnamed, a.partly, a.silent, a.absent, i) for a, i in zip(agreements, implied, strict=True)
    ] or np.empty((0, 6))
    found[:count, column + 6 : column + 10] = kinds
    column += 10
    found[count, column : column + 4] = (1.0, np.log1p(message.length), message.repaired, message.unread)
    found[count, column + 4 :] = best
    return found


def _spread(own: Reals) -> Reals:
    """Return for each score itself, its distance from the best other one, and whether it is the best."""
    if not len(own):
        return np.empty((0, 3))
    top = int(own.argmax())
    rival = np.partition(own, -2)[-2] if len(own) > 1 else float(_NO_SCORE)
    gap = own - own[top]
    gap[top] = own[top] - rival
    first = np.zeros(len(own))
    first[top] = 1
    return np.stack([own, gap, first], axis=1)


def kinds_of(frames: Sequence[Frame]) -> NDArray[np.float64]:
    """Return for each frame whether it is small talk, a boundary, a hand-over, and whether it yields to fuller ones."""
    return np.array(
        [(f.kind is Kind.SMALLTALK, f.kind is Kind.BOUNDARY, f.kind is Kind.HANDOVER, f.weight < 1) for f in frames],
        dtype=float,
    ).reshape(-1, 4)
