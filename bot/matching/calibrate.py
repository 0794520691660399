"""Calibrate: from what the matcher found to how likely its first entry is right.

A logistic model over a handful of plain figures, fitted by `helpdesk knowledge evaluate` on the
knowledge base's own tests and read back from its evaluation file.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TypeVar

import numpy as np

from bot.matching.index import Tuning
from bot.matching.judge import Weights
from bot.matching.matcher import Ranking
from bot.words import Utterance

_T = TypeVar("_T")

_LONG = 60
"""Letters from which on a text counts as long: no test is longer, so nothing more can be learned."""

FEATURES = ("bias", "score", "margin", "coverage", "unknown", "length", "foreign", "elsewhere")


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """When to answer, when to ask back. Probabilities in 0–1, margin relative to the first score."""

    answer: float = 0.55
    ask: float = 0.12
    margin: float = 0.04


@dataclass(frozen=True, slots=True)
class Calibration:
    """Everything about deciding that is measured and not chosen."""

    cutoffs: Cutoffs = Cutoffs()
    logistic: tuple[float, ...] = (-8.8, 11.0, 3.0, 0.0, 0.0, 1.45, 0.0, 0.0)
    """One weight per feature, in the order of FEATURES."""
    tuning: Tuning | None = None
    """`None`: found on the wordings at start."""
    weights: Weights = field(default_factory=Weights)

    def probability(self, ranking: Ranking, u: Utterance) -> float:
        """Return how likely the first match is the right one, in 0–1; 0 without any match."""
        if not ranking.matches:
            return 0.0
        z = sum(w * x for w, x in zip(self.logistic, features(ranking, u), strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))

    def as_dict(self) -> dict[str, object]:
        """Return all numbers as they stand in an evaluation file."""
        return {
            "cutoffs": asdict(self.cutoffs),
            "tuning": asdict(self.tuning or Tuning()),
            "weights": asdict(self.weights),
            "logistic": dict(zip(FEATURES, self.logistic, strict=True)),
        }

    @classmethod
    def from_dict(cls, data: dict[str, dict[str, float]]) -> "Calibration":
        """Return the calibration that `as_dict` wrote; what is missing keeps its default.

        Raises:
            ValueError: a name or a value that does not belong there.
        """
        default = cls()
        logistic = {**dict(zip(FEATURES, default.logistic, strict=True)), **data.get("logistic", {})}
        if set(logistic) != set(FEATURES):
            raise ValueError(f"logistic: {sorted(set(logistic) - set(FEATURES))}")
        return cls(
            _made(Cutoffs, data.get("cutoffs", {})),
            tuple(float(logistic[f]) for f in FEATURES),
            _made(Tuning, data["tuning"]) if "tuning" in data else None,
            _made(Weights, data.get("weights", {})),
        )


def _made(kind: type[_T], values: dict[str, float]) -> _T:
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]  # every caller passes a dataclass
    if unknown := set(values) - known:
        raise ValueError(f"{kind.__name__}: {sorted(unknown)}")
    return kind(**{name: float(value) for name, value in values.items()})


def features(ranking: Ranking, u: Utterance) -> list[float]:
    """Return the figures of FEATURES for a ranking that is not empty."""
    first = ranking.matches[0]
    rival = next((m.score for m in ranking.matches[1:] if m.frame != first.frame), 0.0)
    length = math.log1p(min(len(u.masked), _LONG))
    unknown = float(min(ranking.unknown, 12))
    return [
        1.0,
        first.score,
        first.score - rival,
        ranking.coverage,
        unknown,
        length,
        ranking.foreign,
        ranking.elsewhere,
    ]


def fit(
    rows: Sequence[Sequence[float]], right: Sequence[bool], importance: Sequence[float], ridge: float = 0.3
) -> tuple[float, ...]:
    """Return the weights of a ridge logistic regression, by Newton's method (Hastie et al. 2009, 4.4.1)."""
    x, y, m = (np.asarray(v, dtype=float) for v in (rows, right, importance))
    w = np.zeros(x.shape[1])
    penalty = np.eye(x.shape[1]) * ridge
    penalty[0, 0] = 1e-6
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (m * (y - p)) - penalty @ w
        hessian = (x * (m * p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(hessian, gradient)
        w += step
        if np.abs(step).max() < 1e-8:
            break
    return tuple(round(float(v), 4) for v in w)
