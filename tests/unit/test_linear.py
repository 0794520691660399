"""Linear classifiers: what can be told apart is learned, and leaving examples out is like never having seen them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.linear import Fit, Rows, fit, rows_of

CLASSES = 3
LABELS = np.arange(60, dtype=np.int64) % CLASSES


def _points() -> np.ndarray:
    """Sixty points of unit length around three centres, and the feature that every one has."""
    found = np.eye(4, dtype=np.float32)[LABELS] + np.random.default_rng(1).normal(0, 0.2, (60, 4)).astype(np.float32)
    found[:, 3] = 0.3
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def _learned(rows: Rows, labels: np.ndarray, rounds: int = 2, seed: int = 0) -> Fit:
    return fit(rows, labels, Fit.blank(rows, CLASSES), rounds=rounds, seed=seed)


def _rows(points: np.ndarray) -> Rows:
    """The points with all their features."""
    every = np.arange(points.shape[1], dtype=np.int32)
    return rows_of([(every, p) for p in points], points.shape[1])


def _sparse(points: np.ndarray) -> Rows:
    """The same points without their zeros, in a space with a feature that none has."""
    examples = [(np.flatnonzero(p).astype(np.int32), p[np.flatnonzero(p)]) for p in points]
    return rows_of(examples, points.shape[1] + 1)


def test_what_can_be_told_apart_is_learned() -> None:
    points = _points()
    weights = _learned(_rows(points), LABELS).weights
    scores = points @ weights
    assert (scores.argmax(axis=1) == LABELS).all()
    own = scores[np.arange(60), LABELS]
    assert own.mean() > 0 > np.delete(scores.T, 0, axis=0)[:, LABELS == 0].mean()


def test_the_same_seed_gives_the_same_weights_and_another_one_others() -> None:
    rows = _rows(_points())
    first, same, other = (_learned(rows, LABELS, seed=seed).weights for seed in (3, 3, 4))
    assert first.tobytes() == same.tobytes()
    assert first.tobytes() != other.tobytes()


def test_zeros_that_are_written_and_those_that_are_not_give_the_same_weights() -> None:
    points = _points()
    points[::2, 1] = 0
    dense, sparse = _learned(_rows(points), LABELS), _learned(_sparse(points), LABELS)
    assert sparse.weights[:4] == pytest.approx(dense.weights, abs=1e-5)
    assert not sparse.weights[4].any()


def test_the_weights_are_those_that_the_duals_stand_for() -> None:
    points = _points()
    found = _learned(_rows(points), LABELS)
    signs = np.where(np.arange(CLASSES) == LABELS[:, None], 1, -1)
    assert found.weights == pytest.approx(points.T @ (signs * found.duals), abs=1e-4)
    assert found.duals.min() >= 0


@pytest.mark.parametrize("make", [_rows, _sparse])
def test_leaving_examples_out_is_like_never_having_seen_them(make) -> None:
    points = _points()
    rows, kept = make(points), np.arange(60) % 5 > 0
    whole = _learned(rows, LABELS)
    start = whole.without(rows, LABELS, kept)
    alone = rows.take(np.flatnonzero(kept))
    signs = np.where(np.arange(CLASSES) == LABELS[kept, None], 1, -1)
    assert start.weights[:4] == pytest.approx(points[kept].T @ (signs * whole.duals[kept]), abs=1e-4)
    again = fit(alone, LABELS[kept], start, rounds=60)
    fresh = _learned(alone, LABELS[kept], rounds=60)
    assert again.weights == pytest.approx(fresh.weights, abs=0.01)
    assert abs(whole.weights - fresh.weights).max() > 0.02  # those left out did count


def test_leaving_out_all_leaves_nothing_and_leaving_out_none_changes_nothing() -> None:
    rows = _rows(_points())
    whole = _learned(rows, LABELS)
    before = whole.weights.copy()
    assert whole.without(rows, LABELS, np.zeros(60, bool)).weights == pytest.approx(0, abs=1e-4)
    assert whole.without(rows, LABELS, np.ones(60, bool)).weights.tobytes() == before.tobytes()
    assert whole.weights.tobytes() == before.tobytes()


_EXAMPLES = st.lists(
    st.lists(st.tuples(st.integers(0, 9), st.floats(-1, 1, width=32)), max_size=4), min_size=1, max_size=8
)


@given(_EXAMPLES, st.data())
def test_examples_are_taken_in_the_order_given(examples: list[list[tuple[int, float]]], data: st.DataObject) -> None:
    pairs = [(np.array([i for i, _ in x], np.int32), np.array([v for _, v in x], np.float32)) for x in examples]
    chosen = data.draw(st.lists(st.integers(0, len(examples) - 1), max_size=10))
    taken, expected = (
        rows_of(pairs, 10).take(np.array(chosen, np.int64)),
        rows_of([pairs[i] for i in chosen], 10),
    )
    assert len(taken) == len(chosen)
    for name in ("start", "index", "value"):
        assert getattr(taken, name).tolist() == getattr(expected, name).tolist()
