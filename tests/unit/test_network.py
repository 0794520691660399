"""A network over vectors: it learns what no straight line tells apart, the same way each time, and stays honest about new labels."""

import numpy as np
import pytest

from bot.matching import network
from bot.matching.network import Network, learned

WIDTH, COUNT = 6, 3


def _corners(number: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points around the corners of a square, those that lie across from each other of one label, and one far away of a third."""
    random = np.random.default_rng(seed)
    corner = random.integers(0, 5, number)
    points = np.zeros((number, WIDTH))
    points[:, :2] = np.array([(1, 1), (-1, -1), (1, -1), (-1, 1), (0, 0)])[corner]
    points[:, 2] = corner == 4
    points += random.normal(0, 0.1, points.shape)
    vectors = points / np.linalg.norm(points, axis=1, keepdims=True)
    return vectors.astype(np.float32), np.array([0, 0, 1, 1, 2])[corner]


@pytest.fixture(scope="module")
def taught() -> Network:
    return learned(*_corners(6_000), COUNT)


def test_what_no_straight_line_tells_apart_is_learned(taught: Network) -> None:
    vectors, labels = _corners(500, seed=1)
    assert (taught.scores(vectors).argmax(axis=1) == labels).mean() > 0.99


def test_what_is_said_is_how_likely_a_label_is(taught: Network) -> None:
    found = taught.scores(_corners(50, seed=2)[0])
    assert np.exp(found / network._UNIT).sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert (found.min() >= -1.51) & (found.max() <= 0)


def test_one_vector_is_scored_as_many_are(taught: Network) -> None:
    vectors = _corners(5, seed=3)[0]
    assert np.stack([taught.scores(v) for v in vectors]) == pytest.approx(taught.scores(vectors), abs=1e-5)


def test_the_same_lessons_teach_the_same() -> None:
    lessons = _corners(600)
    first, again = learned(*lessons, COUNT), learned(*lessons, COUNT)
    assert [a.tobytes() for a in first.layers] == [a.tobytes() for a in again.layers]


def test_what_is_left_out_by_chance_keeps_a_network_from_learning_by_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    centres = random.normal(size=(40, 48))

    def said(each: int) -> tuple[np.ndarray, np.ndarray]:
        labels = np.repeat(np.arange(40), each)
        points = centres[labels] + random.normal(0, 4, (len(labels), 48))
        return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), labels

    taught, (asked, labels) = said(100), said(30)

    def honest() -> float:
        return float(learned(*taught, 40).scores(asked)[np.arange(len(labels)), labels].mean())

    careful = honest()
    monkeypatch.setattr(network, "_LEFT_OUT", (0.0, 0.0))
    assert careful > honest() + 0.02


def test_labels_are_moved_and_one_that_was_not_learned_is_never_likely(taught: Network) -> None:
    vectors = _corners(50, seed=4)[0]
    moved = taught.columns([2, -1, 0, 1]).scores(vectors)
    assert moved[:, [2, 3, 0]] == pytest.approx(taught.scores(vectors), abs=1e-5)
    assert moved[:, 1].max() < -1.2
