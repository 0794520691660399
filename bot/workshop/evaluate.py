"""Evaluate: fit weights and cutoffs on the knowledge base's own tests and write them down.

Samples are the tests beside the entries, the questions that must not match, and those out of scope.
Weights of the ranker are chosen for the most right entries in first place; then a logistic model of
"is the first entry right" is fitted and judged by 5-fold cross-validation. The desk answers from the
lowest probability on at which, cross-validated, no more than MOST_FALSE of the questions out of scope
are answered and no more than MOST_WRONG of the answers to tests are wrong.

Tests pass because somebody saw to it that they do: a model fitted on them alone is too sure of itself. Where labelled
questions are given that nobody has worded an entry for, these count most in the fit, and the cutoffs and all figures
are theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import load
from bot.knowledge.evaluation import FILE, write_evaluation
from bot.matching.calibrate import Calibration, Cutoffs, features, fit
from bot.matching.index import Tuning
from bot.matching.judge import Weights
from bot.matching.matcher import Matcher, Ranking
from bot.words import Kind, RefusedError, Utterance
from bot.workshop.evaluate_questions import read_questions
from bot.workshop.evaluate_report import Report, Verdict, report, write

Probabilities = NDArray[np.float64]

MOST_FALSE = 0.02
MOST_WRONG = 0.2
MOST_FALSE_LABELLED = 0.05
"""Of labelled questions: they are chosen to be near to what is covered."""
ASKED_LABELLED = 0.12
"""Share of the labelled questions out of scope whose first match is an answer that may be asked back."""
TEST_BESIDE_LABELLED = 0.5
"""What a test counts in the fit where there are labelled questions."""
HARD = 0.25
"""What a question that must not match counts against others: they are picked to be hard, people's are not."""
FOLDS = 5
_STABILITY = (0.0, 1.0, 2.5)
_CONCEPT = (0.8, 1.5, 2.5)
_UNNAMED = (0.8, 0.88, 0.95)


@dataclass(frozen=True, slots=True)
class Sample:
    """One test question. `frame` must come first; `None`: nothing must be answered; `not_frame` must not."""

    question: str
    frame: str | None
    not_frame: str = ""
    also: tuple[str, ...] = ()
    """Entries and frames that are as right."""
    labelled: bool = False
    """Whether it is of a file of labelled questions, and no test."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A sample with what the matcher made of it."""

    sample: Sample
    features: list[float]
    right: bool
    given: str
    """The frame that came first; empty where it says that the question is not covered, which is right out of scope."""


def samples(base: KnowledgeBase) -> list[Sample]:
    """Return all test questions of a knowledge base."""
    found = [Sample(q, f.id) for f in base.frames for q in (*f.tests.match, *f.tests.offer)]
    found += [Sample(q, None, f.id) for f in base.frames if f.kind is Kind.ANSWER for q in f.tests.not_match]
    return found + [Sample(q, None, "*") for q in base.tests.out_of_scope]


def labelled(base: KnowledgeBase, places: Sequence[str]) -> list[Sample]:
    """Return the questions of files of labelled questions.

    Raises:
        RefusedError: a file is not as it should be.
    """
    asked = [x for place in places for x in read_questions(place, base)]
    return [
        Sample(x.question, x.right[0], also=x.right, labelled=True)
        if x.right
        else Sample(x.question, None, "*", labelled=True)
        for x in asked
    ]


def judge(matcher: Matcher, all_samples: Sequence[Sample]) -> list[Judged]:
    """Return what the matcher makes of each sample; those for which it finds nothing are left out."""
    return [j for s in all_samples if (j := _judged(matcher, s)) is not None]


def _judged(matcher: Matcher, sample: Sample) -> Judged | None:
    u: Utterance = matcher.reader.read(sample.question)
    ranking: Ranking = matcher.rank(u)
    if not ranking.matches:
        return None
    first = ranking.matches[0]
    if sample.frame is not None:
        right = not {first.frame, first.entry.id}.isdisjoint((sample.frame, *sample.also))
        return Judged(sample, features(ranking, u), right, first.frame)
    if sample.not_frame == "*":
        if first.entry.kind is Kind.ANSWER:
            return Judged(sample, features(ranking, u), False, first.frame)
        return Judged(sample, features(ranking, u), True, "") if first.entry.kind is Kind.BOUNDARY else None
    return Judged(sample, features(ranking, u), False, first.frame) if first.frame == sample.not_frame else None


def _top1(judged: Sequence[Judged]) -> float:
    positive = [j.right for j in judged if j.sample.frame is not None]
    return sum(positive) / max(len(positive), 1)


def _tuned(base: KnowledgeBase, positive: Sequence[Sample]) -> tuple[Tuning, Weights]:
    """Return the weights under which most test questions find their entry first, one factor at a time."""
    tuning, weights = Tuning(), Weights()
    best = -1.0
    for stability, concept in product(_STABILITY, _CONCEPT):
        candidate = replace(tuning, stability=stability, concept=concept)
        score = _top1(judge(Matcher(base, candidate, weights), positive))
        if score > best + 1e-9:
            best, tuning_best = score, candidate
    for unnamed in _UNNAMED:
        candidate_weights = replace(weights, unnamed=unnamed)
        score = _top1(judge(Matcher(base, tuning_best, candidate_weights), positive))
        if score > best + 1e-9:
            best, weights = score, candidate_weights
    return tuning_best, weights


def _cross_validated(judged: Sequence[Judged]) -> Probabilities:
    """Return for each sample the probability given by a model that has not seen it."""
    fold = np.arange(len(judged)) % FOLDS
    result = np.zeros(len(judged))
    rows = np.array([j.features for j in judged])
    right = np.array([j.right for j in judged])
    importance = np.array(_importance(judged))
    for k in range(FOLDS):
        weights = np.array(fit(rows[fold != k].tolist(), right[fold != k].tolist(), importance[fold != k].tolist()))
        result[fold == k] = 1 / (1 + np.exp(-np.clip(rows[fold == k] @ weights, -30, 30)))
    return result


def _importance(judged: Sequence[Judged]) -> list[float]:
    beside = TEST_BESIDE_LABELLED if any(j.sample.labelled for j in judged) else 1.0
    return [
        (1.0 if j.sample.labelled else beside) * (HARD if j.sample.not_frame not in ("", "*") else 1.0)
        for j in judged
    ]


def _cutoffs(judged: Sequence[Judged], p: Probabilities, outside: int) -> Cutoffs:
    """Return the lowest cutoff for answering that keeps both promises, and the one for asking back."""
    theirs = any(j.sample.labelled for j in judged)
    most_false = MOST_FALSE_LABELLED if theirs else MOST_FALSE
    far = sorted(float(q) for j, q in zip(judged, p, strict=True) if j.sample.not_frame == "*" and not j.right)
    tests = [(float(q), j.right) for j, q in zip(judged, p, strict=True) if j.sample.frame is not None]
    for answer in np.arange(0.2, 0.96, 0.01):
        false = sum(q >= answer for q in far) / max(outside, 1)
        answered = [right for q, right in tests if q >= answer]
        if false <= most_false and answered.count(False) <= MOST_WRONG * len(answered):
            break
    ask = far[int((1 - ASKED_LABELLED if theirs else 0.6) * len(far))] if far else 0.1
    return Cutoffs(round(float(answer), 2), round(min(ask, float(answer) / 2), 3), margin=0.0)


def evaluate_folder(folder: Path, place: Path | None = None, questions: Sequence[str] = ()) -> str:
    """Fit on a folder's tests, write its evaluation file, and return the figures in a few lines.

    With `place`, a folder, report.json and report.md are written there. `questions`: files of labelled questions, each
    with the sides to take where not all: `FILE:side,side`.

    Raises:
        KnowledgeError: the folder cannot serve.
        RefusedError: a file of questions is not as it should be, and nothing is written; or the report cannot be
            written there, and the evaluation file is.
    """
    base = load(folder)
    asked = labelled(base, questions)
    found = samples(base) + asked
    positive = [s for s in found if s.frame is not None]
    if len(positive) < 20:
        return f"시험(tests.match)이 {len(positive)}개뿐이라 맞출 수 없습니다. 20개 이상 적으세요. 기본값을 씁니다."
    tuning, weights = _tuned(base, positive)
    judged = judge(Matcher(base, tuning, weights), found)
    p = _cross_validated(judged)
    rows, right = [j.features for j in judged], [j.right for j in judged]
    logistic = fit(rows, right, _importance(judged))
    if asked:
        found, mine = asked, [j.sample.labelled for j in judged]
        judged, p = [j for j, m in zip(judged, mine, strict=True) if m], p[np.array(mine)]
    cutoffs = _cutoffs(judged, p, sum(s.not_frame == "*" for s in found))
    calibration = Calibration(cutoffs, logistic, tuning, weights)
    figures = _figures(found, judged, p, cutoffs)
    document = {
        "fitted_on": {"knowledge": base.version, "date": date.today().isoformat(), **figures},
        "calibration": calibration.as_dict(),
    }
    write_evaluation(folder, document)
    lines = list(_report(figures, cutoffs))
    if place is not None:
        lines.append(_written(report(base.version, _verdicts(found, judged, p), cutoffs), place))
    return "\n".join(lines)


def _written(found: Report, place: Path) -> str:
    try:
        return f"보고서: {', '.join(map(str, write(found, place)))}"
    except OSError as error:
        raise RefusedError(f"{place}에 보고서를 적을 수 없습니다: {error.strerror}") from None


def _verdicts(found: Sequence[Sample], judged: Sequence[Judged], p: Probabilities) -> list[Verdict]:
    """Return what became of each sample, those left out by `judge` as finding nothing."""
    probability = {j.sample: (j, float(q)) for j, q in zip(judged, p, strict=True)}
    verdicts = []
    for s in found:
        far, weight = s.not_frame == "*", HARD if s.not_frame not in ("", "*") else 1.0
        if s in probability:
            j, q = probability[s]
            verdicts.append(Verdict(s.question, s.frame or "", j.given, q, j.right, far, weight))
        else:
            verdicts.append(Verdict(s.question, s.frame or "", "", 0.0, False, far, weight))
    return verdicts


def _figures(found: Sequence[Sample], judged: Sequence[Judged], p: Probabilities, cut: Cutoffs) -> dict[str, float]:
    answered = [
        (j, q)
        for j, q in zip(judged, p, strict=True)
        if q >= cut.answer and j.features[2] >= cut.margin * j.features[1]
    ]
    positive = [s for s in found if s.frame is not None]
    out = [s for s in found if s.not_frame == "*"]
    wrong = [j for j, _ in answered if not j.right]
    return {
        "should_match": len(positive),
        "should_not_match": len(found) - len(positive) - len(out),
        "out_of_scope": len(out),
        "first_right": round(_top1(judged), 4),
        "answered_right": round(
            sum(j.right for j, _ in answered if j.sample.frame is not None) / max(len(positive), 1), 4
        ),
        "answered_wrong_share": round(len(wrong) / max(len(answered), 1), 4),
        "out_of_scope_answered": round(sum(j.sample.not_frame == "*" for j in wrong) / max(len(out), 1), 4),
    }


def _report(figures: dict[str, float], cut: Cutoffs) -> Iterator[str]:
    yield f"시험: 맞아야 할 것 {figures['should_match']:.0f}, 아니어야 할 것 {figures['should_not_match']:.0f}, 범위 밖 {figures['out_of_scope']:.0f}"
    yield f"맨 앞에 옳은 항목: {figures['first_right']:.1%}"
    yield f"교차 검증: 바로 옳게 답함 {figures['answered_right']:.1%}, 답한 것 가운데 틀림 {figures['answered_wrong_share']:.1%}, 범위 밖에 답함 {figures['out_of_scope_answered']:.1%}"
    yield f"기준값: 답하기 {cut.answer}, 되묻기 {cut.ask}, 벌어짐 {cut.margin}"
    yield f"{FILE}에 적었습니다."
