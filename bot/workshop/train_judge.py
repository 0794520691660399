"""Fit how evidence is weighed and from where on the desk answers, and judge both on authors that were left out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.desk.decide import Decision, decide
from bot.matching.learned import Judgement
from bot.matching.matcher import NAMES, Matcher
from bot.matching.model import Choice, fitted
from bot.matching.policy import PROMISES, Cutoffs
from bot.words import Kind, Outcome
from bot.workshop.train_folds import Held

_MOST_CHOICES = 3_000
"""Questions that coefficients are fitted on: there are about thirty of them."""
_GRID = np.round(np.arange(0.30, 0.995, 0.01), 2)
_UNDECIDED = Cutoffs(0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a question."""

    held: Held
    decision: Decision
    verdict: str
    """right, asked, offered, abstained or wrong; of talk and what is out of scope: right, asked, missed or wrong."""
    sort: str
    """question, outside or talk."""


def choices(held: Iterable[Held], heard: str, none: int) -> list[Choice]:
    """Return the questions whose right row is among their candidates, as choices to learn from."""
    found = []
    for h in held:
        table = h.table(heard)
        if table is not None:
            right = np.array([number == h.lesson.label for number, _, _ in table.passed] + [h.lesson.label == none])
            if right.any():
                found.append(Choice(table.features, right))
    return found


class Assessor:
    """Decides questions as the desk does and says what that was worth."""

    def __init__(self, matcher: Matcher, heard: str) -> None:
        self.matcher, self.heard = matcher, heard
        self.none = len(matcher.base.frames)

    def fit(self, held: Sequence[Held]) -> Judgement:
        """Return the model and the cutoffs that keep the promises on these questions."""
        return self.fit_all([(self.matcher, held)])

    def fit_all(self, asked: Sequence[tuple[Matcher, Sequence[Held]]]) -> Judgement:
        """Return the same for questions that were asked of several bases, each given by its matcher."""
        usable = [c for m, held in asked for c in choices(held, self.heard, len(m.base.frames))]
        model = fitted(usable[:: max(1, len(usable) // _MOST_CHOICES)], NAMES[self.heard])
        undecided = Judgement(model, _UNDECIDED)
        return Judgement(
            model, self._cutoffs([j for m, held in asked for j in Assessor(m, self.heard).judge(held, undecided)])
        )

    def judge(self, held: Sequence[Held], judgement: Judgement) -> list[Judged]:
        """Return what becomes of questions under a judgement."""
        found = []
        for h in held:
            table = h.table(self.heard)
            if table is not None:
                ranking = self.matcher.ranking(table, self.heard, judgement)
                decision = decide(h.lesson.utterance, ranking)
                sort = self.sort(h)
                found.append(Judged(h, decision, self._verdict(h, decision, sort), sort))
        return found

    def sort(self, h: Held) -> str:
        """Return what kind of thing was asked."""
        if h.lesson.author in OUTSIDE or h.lesson.label == self.none:
            return "outside"
        frame = self.matcher.base.frames[h.lesson.label]
        return "talk" if frame.kind in (Kind.SMALLTALK, Kind.HANDOVER) or frame.topic == "smalltalk" else "question"

    def _verdict(self, h: Held, d: Decision, sort: str) -> str:
        if sort == "outside":
            return {Outcome.ANSWER: "wrong", Outcome.ASK: "asked"}.get(d.outcome, "right")
        said = d.outcome not in (Outcome.ASK, Outcome.FALLBACK) or d.why == "clear"
        if said and any(self.is_right(h, m.entry.id, m.frame) for m in d.matches):
            return "right"
        if d.outcome is Outcome.ANSWER:
            return "wrong"
        if sort == "talk":
            return "missed"
        offered = any(self.is_right(h, m.entry.id, m.frame) for m in d.matches)
        return "abstained" if not offered or said else "asked" if d.outcome is Outcome.ASK else "offered"

    def is_right(self, h: Held, entry: str, frame: str) -> bool:
        """Tell whether an entry is the one that a question was asked for."""
        base = self.matcher.base
        if h.lesson.label == self.none or frame != base.frames[h.lesson.label].id:
            return False
        wanted = base.entry(h.lesson.entry)
        return wanted is None or wanted.id == entry

    def _cutoffs(self, judged: Sequence[Judged]) -> Cutoffs:
        """Return the lowest probabilities from which on the promises are kept."""
        p = np.array([j.decision.probability for j in judged])
        wrong = np.array([j.verdict == "wrong" for j in judged])
        asked = np.array([j.sort == "question" for j in judged])
        near = np.array([j.held.lesson.author in NEAR for j in judged])

        def kept(cut: float) -> bool:
            said = wrong & (p >= cut)
            inside, outside = said[asked].mean(), said[near].mean() if near.any() else 0.0
            return bool(inside <= PROMISES.wrong and outside <= PROMISES.outside)

        answer = _lowest(kept)
        sure = _lowest(lambda cut: _share(wrong, p >= cut) <= PROMISES.wrong / 2)
        settled = _lowest(lambda cut: _share(wrong, p >= cut) <= PROMISES.settled)
        return Cutoffs(answer, self._ask(judged, answer), max(sure, answer), max(settled, answer))

    def _ask(self, judged: Sequence[Judged], answer: float) -> float:
        """Return the probability below which what is asked is rather out of scope than asked for among the choices."""
        p = np.array([j.decision.probability for j in judged])
        inside = np.array([j.sort == "question" for j in judged])
        doubtful = (p < answer) & (p >= 0)
        for cut in np.round(np.arange(0.04, answer, 0.02), 2):
            within = doubtful & (p >= cut) & (p < cut + 0.06)
            if within.any() and inside[within].mean() >= _ASKED_FOR:
                return float(cut)
        return round(answer / 2, 2)


OUTSIDE = frozenset({"outsiders", "strangers", "neighbours", "passersby"})
"""Authors who asked what nothing answers."""
NEAR = frozenset({"outsiders", "neighbours"})
"""Those of them who stayed near the subject."""
_ASKED_FOR = 0.5
"""Share of questions that an entry answers from which on it is asked back rather than declined."""


def _lowest(kept: Callable[[float], bool]) -> float:
    return next((float(cut) for cut in _GRID if kept(float(cut))), float(_GRID[-1]))


def _share(wrong: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return float(wrong[said].mean()) if said.any() else 0.0
