"""What the matcher hands on: a table of candidates to be judged, and the ranking that becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.matching.judge import Agreement
from bot.matching.policy import Cutoffs
from bot.matching.table import CHEAP, EVIDENCE, PLAIN, names_of
from bot.words import Entry, Match

Terms = Mapping[str, frozenset[str]]
Meant = tuple[tuple[Entry, Agreement], ...]
"""The entries of a frame that a question may mean, and how the names agree."""


Row = tuple[int, Meant, float]
"""The number of a frame, its entries that may be meant, and how alike it is."""
HEARD = {len(PLAIN): "plain", len(CHEAP): "cheap", len(EVIDENCE): "full"}
"""What the evidence is called, by how many kinds there are."""
NAMES = {name: names_of(EVIDENCE[:count]) for count, name in HEARD.items()}
"""The features that go with it."""


@dataclass(frozen=True, slots=True)
class Table:
    """The candidates that the guard lets pass with their features, a row each and NONE last; and those it refuses."""

    features: NDArray[np.float64]
    passed: list[Row]
    refused: list[Row]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the matcher found for one utterance."""

    matches: tuple[Match, ...] = ()
    """Those the guard lets pass, best first; `score` is the probability."""
    refused: tuple[Match, ...] = ()
    """The best of those it does not."""
    exact: bool = False
    """Whether the first has this very question among its wordings."""
    none: float = 0.0
    """Probability that none of them is meant."""
    cutoffs: Cutoffs = field(default_factory=Cutoffs)
    """Those that belong to the evidence that there was."""
    heard: str = ""
    """Which evidence there was: plain, cheap or full."""
    crisis: Match | None = None
    """The entry for people in distress, however unlikely it is."""
