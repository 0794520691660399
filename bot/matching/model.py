"""The model: from the evidence for each candidate to how likely it is what was meant, with «none of these» among them.

A conditional logit (McFadden 1974): each candidate, and NONE, has features; what each feature is worth is one coefficient,
fitted by `helpdesk knowledge train`. Nothing here is laid by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_RIDGE = 1.0
"""Penalty on the squares of the coefficients of standardised features, in choices."""
_MOST_STEPS = 40
"""Newton steps: a fit that is not done by then never is."""
_CLOSE = 1e-6
"""Gain in log-likelihood a choice below which the fit is done."""


@dataclass(frozen=True, slots=True)
class Model:
    """Coefficients by name of the feature. A feature without one counts nothing."""

    coefficients: Mapping[str, float]

    def vector(self, names: Sequence[str]) -> Reals:
        """Return the coefficients of features, in the order of their names."""
        return np.array([self.coefficients.get(name, 0.0) for name in names])


def probabilities(features: Reals, vector: Reals) -> Reals:
    """Return how likely each row is, in 0–1; they sum to 1."""
    worth = features @ vector
    worth -= worth.max()
    likely: Reals = np.exp(worth)
    likely /= likely.sum()
    return likely


@dataclass(frozen=True, slots=True)
class Choice:
    """A question to learn from: the features of its candidates and of NONE, and which rows are right (at least one)."""

    features: Reals
    right: NDArray[np.bool_]
    weight: float = 1.0


def fitted(choices: Sequence[Choice], names: Sequence[str]) -> Model:
    """Return the model under which what is right is likeliest, by Newton's method with Fisher's information.

    Features are standardised for the fit, so that the ridge means the same for all of them.
    """
    rows = np.concatenate([c.features for c in choices])
    scale = np.maximum(rows.std(axis=0), 1e-6)
    rows = rows / scale
    sizes = [len(c.features) for c in choices]
    start = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group = np.repeat(np.arange(len(choices)), sizes)
    right = np.concatenate([c.right for c in choices]).astype(float)
    weight = np.array([c.weight for c in choices])
    worth, ahead = np.zeros(rows.shape[1]), -np.inf
    step, stride = worth, 1.0
    for _ in range(_MOST_STEPS):
        score = rows @ (worth + stride * step)
        likely = np.exp(score - np.maximum.reduceat(score, start)[group])
        likely /= np.add.reduceat(likely, start)[group]
        held = likely * right
        hits = np.maximum(np.add.reduceat(held, start), 1e-12)
        now = float(weight @ np.log(hits)) - 0.5 * _RIDGE * float(((worth + stride * step) ** 2).sum())
        if now < ahead:  # too far: half as far
            stride /= 2
            continue
        worth, gained, ahead, stride = worth + stride * step, now - ahead, now, 1.0
        if gained < _CLOSE * len(choices):
            break
        gradient = rows.T @ (weight[group] * (held / hits[group] - likely)) - _RIDGE * worth
        means = np.add.reduceat(rows * likely[:, None], start)
        information = (rows * (weight[group] * likely)[:, None]).T @ rows - (means * weight[:, None]).T @ means
        step = np.linalg.solve(information + _RIDGE * np.eye(len(worth)), gradient)
    return Model({name: round(float(value), 5) for name, value in zip(names, worth / scale, strict=True)})
