"""Talk: small talk and acts of conversation, told from everything else that people ask of a help desk.

Learned from the talk and the questions of everybody whose voices there are (`python -m bot.workshop.train_general`). It ships with the
program and speaks for the small talk of every base that has nothing learned of its own: from a handful of entries nobody could
learn that «사물함 쓰고 싶어요» is no distress.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.matching import classifier as letters
from bot.matching.classifier import Classifier
from bot.matching.linear import Floats

CRISIS = "crisis"
"""The label of what people say in distress."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Scores a text for each label of talk. Immutable."""

    labels: tuple[str, ...]
    classifier: Classifier
    """By label, and last everything else."""
    urgent: float = -1.0
    """Score from which on somebody may be in distress: below it hardly anybody is."""

    def scores(self, masked: str, plain: str) -> Floats:
        """Return a score for each label: about 1 where a text is like what is said for it, about -1 where not."""
        return self.classifier.scores(masked, plain)[: len(self.labels)]


def learn(texts: Sequence[tuple[str, str]], labels: Sequence[str]) -> Talk:
    """Return what is learned from texts, each masked and in plain words, and the label of each; «» is everything else."""
    names = tuple(sorted(set(labels) - {""}))
    number = {label: i for i, label in enumerate((*names, ""))}
    return Talk(names, letters.learn(texts, np.array([number[label] for label in labels]), len(number)))
