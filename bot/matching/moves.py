"""Moves: what kind of turn a message is in a conversation, whatever it is about (dialogue acts, learned from labelled dialogues)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bot.matching import classifier as letters
from bot.matching.classifier import Classifier
from bot.matching.linear import Fit, Floats, fit

_COST = 0.3
"""C: lower than for entries, for there are few texts to each move and much else in them."""
_ROUNDS = 6
"""Times that all texts are gone through: the weights hardly move after that."""


class Move(StrEnum):
    """What a message does."""

    REPEAT = "repeat"
    """Asks for the last answer again, or doubts it."""
    TALK = "talk"
    """Thanks, agrees, sighs."""
    PERSON = "person"
    """Wants a person."""
    SAME = "same"
    """Asks the same of something else."""
    NEW = "new"
    """Asks something else."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Scores a message for each move. Immutable."""

    classifier: Classifier

    def scores(self, plain: str) -> Floats:
        """Return a score for each move, in the order of `Move`: about 1 where the message is one, about -1 where not."""
        return self.classifier.scores(plain, plain)


def learn(texts: Sequence[str], moves: NDArray[np.int64]) -> Moves:
    """Return what is learned from messages in plain words and the number of the move of each."""
    rows, counts = letters.examples([(t, t) for t in texts])
    weights = fit(rows, moves, Fit.blank(rows, len(Move)), _COST, _ROUNDS).weights
    return Moves(Classifier.packed(weights, counts))
