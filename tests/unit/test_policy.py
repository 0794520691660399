"""Policy: what was promised, as it was agreed. Whoever changes a number changes it here too, with the reason where it stands."""

from dataclasses import asdict

import pytest

from bot.matching.policy import GENERAL_PROMISES, MOST_ANSWERS, MOST_CHOICES, MOST_NAMES, PROMISES, Cutoffs

AGREED = {
    "wrong": 0.026, "outside": 0.033, "strangers": 0.15, "brushed": 0.005, "leaning": 0.065, "brushed_on": 0.02,
    "distress": 0.0003, "chatted": 0.04, "held": 0.9, "settled": 0.005,
}  # fmt: skip
BEFORE_ANYTHING_IS_LEARNED = {
    "answer": 0.7, "other": 0.5, "ask": 0.25, "plain": 0.9, "settled": 0.97, "talk": 0.5, "crisis": 0.3,
}  # fmt: skip


def test_the_promises_are_those_agreed() -> None:
    assert asdict(PROMISES) == AGREED
    assert asdict(GENERAL_PROMISES) == AGREED | {"wrong": 0.05, "outside": 0.1, "brushed": 0.03}
    assert (MOST_CHOICES, MOST_ANSWERS, MOST_NAMES) == (3, 3, 4)


def test_nothing_learned_has_cutoffs_in_order() -> None:
    cut = Cutoffs()
    assert cut.as_dict() == BEFORE_ANYTHING_IS_LEARNED
    assert 0 < cut.ask < cut.other < cut.answer < cut.plain < cut.settled < 1


def test_cutoffs_are_read_as_they_were_written() -> None:
    written = Cutoffs(answer=0.8, crisis=0.2).as_dict()
    assert Cutoffs.from_dict(written) == Cutoffs(answer=0.8, crisis=0.2)
    assert isinstance(Cutoffs.from_dict({"answer": 1}).answer, float)
    with pytest.raises(TypeError):
        Cutoffs.from_dict({"unheard of": 0.5})
