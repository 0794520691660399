"""The model and its table: a coefficient has the sign of what it tells, no data make the fit fail, NONE stands last."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.judge import Agreement
from bot.matching.model import Choice, Model, fitted, probabilities
from bot.matching.table import EVIDENCE, Message, Scores, names_of, table

NAMES = ("good", "bad", "noise")


def _choices(count: int = 200) -> list[Choice]:
    """Four candidates each; what is right is drawn by what the features are worth."""
    luck = np.random.default_rng(2)
    found = []
    for _ in range(count):
        features = luck.normal(0, 1, (4, 3))
        likely = probabilities(features, np.array([1.5, -1.5, 0.0]))
        found.append(Choice(features, np.arange(4) == luck.choice(4, p=likely)))
    return found


def test_a_coefficient_has_the_sign_and_about_the_size_of_what_it_tells() -> None:
    worth = fitted(_choices(), NAMES).vector(NAMES)
    assert worth == pytest.approx([1.5, -1.5, 0.0], abs=0.4)


def test_a_choice_that_weighs_nothing_teaches_nothing() -> None:
    choices = _choices(60)
    wrong = [Choice(c.features, ~c.right, weight=0.0) for c in choices]
    assert fitted([*choices, *wrong], NAMES).vector(NAMES) == pytest.approx(
        fitted(choices, NAMES).vector(NAMES), abs=0.01
    )


def test_of_several_right_rows_any_will_do() -> None:
    """Either of two rows is right: what tells them apart is worth nothing, what tells them from the rest is."""
    features = np.array([[1.0, 1.0, 0], [1.0, -1.0, 0], [0, 0, 0]])
    worth = fitted([Choice(features, np.array([True, True, False]))] * 30, NAMES).vector(NAMES)
    assert worth[0] > 1
    assert worth[1] == pytest.approx(0, abs=1e-3)


_FLOATS = st.floats(-5, 5, width=32)
_TABLES = st.lists(st.lists(st.tuples(_FLOATS, _FLOATS), min_size=1, max_size=4), min_size=1, max_size=5)


@settings(max_examples=60)
@given(_TABLES, st.data())
def test_collinear_and_constant_features_do_no_harm(
    tables: list[list[tuple[float, float]]], data: st.DataObject
) -> None:
    names = ("a", "b", "double", "same", "constant", "zero")
    choices = []
    for rows in tables:
        features = np.array([(a, b, 2 * a, a, 7.0, 0.0) for a, b in rows])
        choices.append(Choice(features, np.arange(len(rows)) == data.draw(st.integers(0, len(rows) - 1))))
    model = fitted(choices, names)
    worth = model.vector(names)
    assert np.isfinite(worth).all()

    def likelihood(vector: np.ndarray) -> float:
        return sum(float(np.log(max(probabilities(c.features, vector) @ c.right, 1e-12))) for c in choices)

    assert likelihood(worth) >= likelihood(np.zeros(len(names))) - 0.01


@given(st.lists(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=2), min_size=1, max_size=6))
def test_probabilities_sum_to_one_whatever_the_worth(rows: list[list[float]]) -> None:
    likely = probabilities(np.array(rows), np.array([100.0, -3.0]))
    assert likely.min() >= 0
    assert likely.sum() == pytest.approx(1)


def test_a_feature_without_a_coefficient_counts_nothing() -> None:
    assert Model({"a": 2.0}).vector(("b", "a")).tolist() == [0.0, 2.0]


# the table


def _table(
    scores: dict[str, Scores], agreements: Sequence[Agreement], **message: float
) -> tuple[np.ndarray, list[str]]:
    count = len(agreements)
    kinds = np.zeros((count, 4))
    found = table(scores, np.arange(count), agreements, [False] * count, kinds, Message(5, **message))
    return found, list(names_of(tuple(scores)))


def _column(found: np.ndarray, names: list[str], name: str) -> list[float]:
    return [round(value, 5) for value in found[:, names.index(name)].tolist()]


def test_a_score_its_gap_and_the_first() -> None:
    scores = {"similarity": Scores(np.array([0.2, 0.9, 0.6], np.float32))}
    found, names = _table(scores, [Agreement()] * 3)
    assert _column(found, names, "similarity") == [0.2, 0.9, 0.6, 0]
    assert _column(found, names, "similarity.gap") == [-0.7, 0.3, -0.3, 0]
    assert _column(found, names, "similarity.first") == [0, 1, 0, 0]


def test_the_only_candidate_is_far_from_a_score_of_nothing() -> None:
    found, names = _table({"similarity": Scores(np.array([0.4], np.float32))}, [Agreement()])
    assert _column(found, names, "similarity.gap") == [1.4, 0]


def test_none_stands_last_with_what_speaks_for_it() -> None:
    scores = {
        "similarity": Scores(np.array([0.2, 0.9], np.float32)),
        "classifier": Scores(np.array([-0.5, -0.1], np.float32), 0.4),
    }
    agreements = [Agreement(shared=2, absent=True), Agreement(unnamed=True, partly=True)]
    found, names = _table(scores, agreements, repaired=0.5, unread=0.25)
    none = dict(zip(names, found[-1].tolist(), strict=True))
    assert none.pop("length") == pytest.approx(np.log(6))
    told = {"none": 1, "repaired": 0.5, "unread": 0.25, "none.similarity.best": 0.9, "none.classifier.best": -0.1}
    told |= {"none.classifier.own": 0.4}
    assert {n: v for n, v in none.items() if v} == pytest.approx(told)
    assert _column(found, names, "shared") == [2, 0, 0]
    assert _column(found, names, "unnamed") == [0, 1, 0]
    assert _column(found, names, "partly") == [0, 1, 0]
    assert _column(found, names, "absent") == [1, 0, 0]
    assert not found[:-1, names.index("none") : names.index("none") + 4].any()


@pytest.mark.parametrize("evidence", [EVIDENCE[:n] for n in (2, 4, 5)])
def test_without_candidates_there_is_none_alone(evidence: tuple[str, ...]) -> None:
    found, names = _table({e: Scores(np.empty(0, np.float32)) for e in evidence}, [])
    assert found.shape == (1, len(names))
    assert _column(found, names, "none.similarity.best") == [-1]
