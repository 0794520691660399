"""Fit how evidence is weighed and from where on the desk answers, and judge both on authors that were left out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.desk.decide import Decision, decide
from bot.desk.reasons import Reason
from bot.matching.learned import Judgement
from bot.matching.matcher import Matcher
from bot.matching.model import Choice, Model, fitted
from bot.matching.policy import GENERAL_PROMISES, PROMISES, Cutoffs, Promises
from bot.matching.ranking import NAMES, Table
from bot.words import Kind, Outcome
from bot.workshop.train_folds import Held

_MOST_CHOICES = 5_000
"""Questions that coefficients are fitted on: there are about thirty of them."""
_GRID = np.round(np.arange(0.05, 0.995, 0.01), 2)
UNDECIDED = Cutoffs(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.1)
"""With which everything is said, whatever its probability."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a question."""

    held: Held
    decision: Decision
    verdict: str
    """right, asked, offered, abstained or wrong; of talk and what is out of scope: right, asked, missed or wrong."""
    sort: str
    """question, outside or talk."""
    model: Model


def choices(held: Iterable[Held], heard: str, none: int) -> list[Choice]:
    """Return the questions whose right row is among their candidates, as choices to learn from."""
    found = []
    for h in held:
        table = h.table(heard)
        if table is not None:
            right = np.array([number == h.lesson.label for number, _, _ in table.passed] + [h.lesson.label == none])
            if right.any():
                found.append(Choice(table.features, right))
    outside = sum(bool(c.right[-1]) for c in found)
    odds = PROMISES.strangers / (1 - PROMISES.strangers)
    weight = odds * (len(found) - outside) / max(outside, 1)
    return [replace(c, weight=weight) if c.right[-1] else c for c in found]


class Assessor:
    """Decides questions as the desk does and says what that was worth."""

    def __init__(self, matcher: Matcher, heard: str) -> None:
        self.matcher, self.heard = matcher, heard
        self.none = len(matcher.base.frames)

    def model(self, asked: Sequence[tuple[Matcher, Sequence[Held]]]) -> Model:
        """Return the model that is likeliest given questions that were asked of some bases, each with its matcher."""
        usable = [c for m, held in asked for c in choices(held, self.heard, len(m.base.frames))]
        return fitted(usable[:: max(1, len(usable) // _MOST_CHOICES)], NAMES[self.heard])

    def judge(self, held: Sequence[Held], judgement: Judgement) -> list[Judged]:
        """Return what becomes of questions under a judgement."""
        return [self.judged(h, judgement, table) for h in held if (table := h.table(self.heard)) is not None]

    def judged(self, h: Held, judgement: Judgement, table: Table) -> Judged:
        """Return what becomes of one question under a judgement."""
        decision = decide(h.lesson.utterance, self.matcher.ranking(table, self.heard, judgement))
        sort = self.sort(h)
        return Judged(h, decision, self._verdict(h, decision, sort), sort, judgement.model)

    def sort(self, h: Held) -> str:
        """Return what kind of thing was asked."""
        if h.lesson.label == self.none:
            return "outside"
        frame = self.matcher.base.frames[h.lesson.label]
        return "talk" if frame.kind in (Kind.SMALLTALK, Kind.HANDOVER) or frame.topic == "smalltalk" else "question"

    def _verdict(self, h: Held, d: Decision, sort: str) -> str:
        if sort == "outside":
            return {Outcome.ANSWER: "wrong", Outcome.ASK: "asked"}.get(d.outcome, "right")
        said = d.outcome not in (Outcome.ASK, Outcome.FALLBACK) or d.why in (Reason.CLEAR, Reason.CRISIS)
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


_FAILURES = 10
"""Failures that a promise must allow among the questions there are: ten show a share to about a third of it (2026-11-30)."""
_DEVIATIONS = 2
"""Standard deviations of a difference that are no chance (2026-11-30)."""
_ASKED_FOR = 0.5
"""Share of questions that an entry answers from which on it is asked back rather than declined."""


def _brushed_off(j: Judged) -> bool:
    """Tell whether something that is no answer came first, and was not what was meant; distress has a cutoff of its own."""
    matches, urgent = j.decision.matches, j.decision.ranking.crisis
    if not matches or j.verdict == "right" or (urgent is not None and matches[0].frame == urgent.frame):
        return False
    return matches[0].entry.kind is not Kind.ANSWER


def _is_talk(j: Judged) -> bool:
    """Tell whether small talk or a hand-over came first."""
    matches = j.decision.matches
    return bool(matches) and matches[0].entry.kind in (Kind.SMALLTALK, Kind.HANDOVER)


def lowest(kept: Callable[[float], bool]) -> float:
    """Return the lowest probability from which on a promise is kept; the highest there is where none keeps it."""
    return next((float(cut) for cut in _GRID if kept(float(cut))), float(_GRID[-1]))


def _share(wrong: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return float(wrong[said].mean()) if said.any() else 0.0


def crossed(
    asked: Sequence[tuple[Matcher, Sequence[Held]]],
    heard: str,
    promises: Promises = PROMISES,
    given: Model | None = None,
) -> tuple[list[Judged], Cutoffs]:
    """Return what becomes of questions whose model was fitted on the other half of the folds, and the cutoffs for all of them.

    `given`: a model that was fitted on none of them, instead.
    """
    undecided: list[tuple[Assessor, Judged]] = []
    for side in (0, 1):
        halves = [(m, [h for h in held if h.fold % 2 != side]) for m, held in asked]
        model = given or Assessor(asked[0][0], heard).model([half for half in halves if half[1]])
        for matcher, held in asked:
            assessor = Assessor(matcher, heard)
            mine = assessor.judge([h for h in held if h.fold % 2 == side], Judgement(model, UNDECIDED))
            undecided += [(assessor, j) for j in mine]
    cut = cutoffs([j for _, j in undecided], promises)
    found = []
    for assessor, j in undecided:
        table = j.held.table(heard)
        assert table is not None
        found.append(assessor.judged(j.held, Judgement(j.model, cut), table))
    return found, cut


def promises_for(held: Sequence[Held], none: int) -> Promises:
    """Return what can be promised given so many questions: what so few cannot show is not asked of them.

    Of fifty things that nothing answers, two answered are 4 %: a promise of 3 % is kept there only by hardly answering at all.
    """
    outside = sum(h.lesson.label == none for h in held)
    shown = outside * PROMISES.outside >= _FAILURES and (len(held) - outside) * PROMISES.wrong >= _FAILURES
    return PROMISES if shown else GENERAL_PROMISES


def is_better(own: Sequence[Judged], other: Sequence[Judged]) -> bool:
    """Tell whether one judgement answers more of the same questions rightly than another, by more than chance (a sign test)."""
    pairs = [(a.verdict == "right", b.verdict == "right") for a, b in zip(own, other, strict=True)]
    gained, lost = pairs.count((True, False)), pairs.count((False, True))
    return bool(gained - lost > _DEVIATIONS * (gained + lost) ** 0.5)


def cutoffs(judged: Sequence[Judged], promises: Promises = PROMISES) -> Cutoffs:
    """Return the lowest probabilities from which on the promises are kept, given what becomes of questions if all is said."""
    p = np.array([j.decision.probability for j in judged])
    wrong = np.array([j.verdict == "wrong" for j in judged])
    asked = np.array([j.sort == "question" for j in judged])
    outside = np.array([j.sort == "outside" for j in judged])
    talked = np.array([_is_talk(j) for j in judged])
    brushed = asked & ~talked & np.array([_brushed_off(j) for j in judged])

    def kept(cut: float) -> bool:
        said = wrong & (p >= cut)
        return bool(said[asked].mean() <= promises.wrong and _share(said, outside) <= promises.outside)

    answer = lowest(kept)
    other = lowest(lambda cut: bool((brushed & (p >= cut)).sum() <= promises.brushed * max(asked.sum(), 1)))
    talk = lowest(
        lambda cut: bool(
            (talked & asked & (p >= cut)).sum() <= promises.brushed * max(asked.sum(), 1)
            and (talked & outside & (p >= cut)).sum() <= promises.chatted * max(outside.sum(), 1)
        )
    )
    sure = lowest(lambda cut: _share(wrong, p >= cut) <= promises.wrong / 2)
    settled = lowest(lambda cut: _share(wrong, p >= cut) <= promises.settled)
    distress = np.array([_distress(j) for j in judged])
    calm = asked | outside
    crisis = lowest(lambda cut: bool((distress[calm] >= cut).sum() <= promises.distress * max(calm.sum(), 1)))
    return Cutoffs(
        answer, other, _ask(p, asked, answer), max(sure, answer), max(settled, answer), talk, crisis=min(crisis, talk)
    )


def _distress(j: Judged) -> float:
    """Return how likely a question makes it that somebody is in distress."""
    crisis = j.decision.ranking.crisis
    return crisis.score if crisis is not None else 0.0


def _ask(p: NDArray[np.float64], asked: NDArray[np.bool_], answer: float) -> float:
    """Return the probability below which what is said is rather out of scope than asked for among the choices."""
    for cut in np.round(np.arange(0.04, answer, 0.02), 2):
        within = (p < answer) & (p >= cut) & (p < cut + 0.06)
        if within.any() and asked[within].mean() >= _ASKED_FOR:
            return float(cut)
    return round(answer / 2, 2)
