"""The report of an evaluation: what each cutoff would give, what is taken for what, and whether probabilities hold.

All probabilities are cross-validated: each sample is judged by a model that has not seen it. The same
knowledge gives the same bytes: no dates and no times in it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.matching.calibrate import Cutoffs

BINS = 10
STEP = 0.05
PAIRS = 30
"""Most confusion pairs that are shown."""
EXAMPLES = 3
"""Most questions shown of a pair."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A test question, the frame it was to find (empty: none), the frame found first, how sure, and whether right.

    `given` is empty where nothing was found, and for a question out of scope whose first is no answer.
    """

    question: str
    asked: str
    given: str
    probability: float
    right: bool
    far: bool = False
    """Whether the question is out of scope."""
    weight: float = 1.0
    """What it counted in the fit."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a cutoff gives: shares in 0–1; `wrong` of the questions in scope, `false` of those out of scope."""

    cutoff: float
    answered: float
    right: float
    wrong: float
    wrong_of_answered: float
    false: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Questions of one frame that found another first, and how many of them would be answered so."""

    asked: str
    given: str
    count: int
    answered: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """Samples whose probability lies between two bounds: how sure on average, and which share was right."""

    low: float
    high: float
    count: int
    predicted: float
    right: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that is written down of an evaluation."""

    knowledge: str
    cutoffs: Cutoffs
    counts: dict[str, int]
    curve: tuple[Point, ...]
    pairs: tuple[Pair, ...]
    bins: tuple[Bin, ...]
    error: float
    """Expected calibration error: mean distance of `predicted` and `right`, by weight of the bins."""


def report(knowledge: str, verdicts: Sequence[Verdict], cutoffs: Cutoffs) -> Report:
    """Return the report on all test questions of a knowledge base, of which `knowledge` is the version."""
    bins, error = _bins(verdicts)
    return Report(
        knowledge,
        cutoffs,
        {
            "in_scope": sum(bool(v.asked) for v in verdicts),
            "found_nothing": sum(bool(v.asked) and not v.given for v in verdicts),
            "must_not_match": sum(not v.asked and not v.far for v in verdicts),
            "out_of_scope": sum(v.far for v in verdicts),
        },
        tuple(_point(verdicts, c) for c in sorted({round(i * STEP, 2) for i in range(20)} | {cutoffs.answer})),
        tuple(_pairs(verdicts, cutoffs.answer)),
        tuple(bins),
        error,
    )


def _point(verdicts: Sequence[Verdict], cutoff: float) -> Point:
    scope = [v for v in verdicts if v.asked]
    far = [v for v in verdicts if v.far]
    answered = [v for v in scope if v.given and v.probability >= cutoff]
    right = sum(v.right for v in answered)
    return Point(
        cutoff,
        _share(len(answered), len(scope)),
        _share(right, len(scope)),
        _share(len(answered) - right, len(scope)),
        _share(len(answered) - right, len(answered)),
        _share(sum(bool(v.given) and v.probability >= cutoff for v in far), len(far)),
    )


def _pairs(verdicts: Sequence[Verdict], cutoff: float) -> list[Pair]:
    taken: defaultdict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for v in verdicts:
        if v.asked and v.given and not v.right:
            taken[v.asked, v.given].append(v)
    pairs = [
        Pair(
            asked,
            given,
            len(them),
            sum(v.probability >= cutoff for v in them),
            tuple(v.question for v in sorted(them, key=lambda v: (-v.probability, v.question))[:EXAMPLES]),
        )
        for (asked, given), them in taken.items()
    ]
    return sorted(pairs, key=lambda p: (-p.count, -p.answered, p.asked, p.given))


def _bins(verdicts: Sequence[Verdict]) -> tuple[list[Bin], float]:
    """Return the bins that hold anything, and the calibration error; shares by what a sample counted in the fit."""
    held: defaultdict[int, list[Verdict]] = defaultdict(list)
    for v in verdicts:
        if v.given:
            held[min(int(v.probability * BINS), BINS - 1)].append(v)
    bins, error, whole = [], 0.0, sum(v.weight for them in held.values() for v in them)
    for number, them in sorted(held.items()):
        weight = sum(v.weight for v in them)
        predicted = sum(v.weight * v.probability for v in them) / weight
        right = sum(v.weight for v in them if v.right) / weight
        error += weight / whole * abs(predicted - right)
        bins.append(Bin(number / BINS, (number + 1) / BINS, len(them), round(predicted, 4), round(right, 4)))
    return bins, round(error, 4)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def write(found: Report, folder: Path) -> tuple[Path, Path]:
    """Write report.json and report.md into a folder, made if it is not there, and return both paths.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    as_json, as_text = folder / "report.json", folder / "report.md"
    as_json.write_text(json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    as_text.write_text("\n".join(_lines(found)) + "\n", encoding="utf-8")
    return as_json, as_text


def _lines(found: Report) -> Iterator[str]:
    counts, cut, most = found.counts, found.cutoffs, Counter(p.asked for p in found.pairs)
    yield f"# 평가 보고 (지식 {found.knowledge})\n"
    yield (
        f"시험: 맞아야 할 것 {counts['in_scope']}개(아무것도 못 찾음 {counts['found_nothing']}개), "
        f"아니어야 할 것 {counts['must_not_match']}개, 범위 밖 {counts['out_of_scope']}개. "
        f"기준값: 답하기 {cut.answer}, 되묻기 {cut.ask}. 확률은 모두 교차 검증한 것입니다.\n"
    )
    yield "## 기준값에 따라\n"
    yield "| 기준값 | 답함 | 옳게 | 틀리게 | 답한 것 가운데 틀림 | 범위 밖에 답함 |"
    yield "|---:|---:|---:|---:|---:|---:|"
    for p in found.curve:
        mark = " ←" if p.cutoff == cut.answer else ""
        yield (
            f"| {p.cutoff:.2f}{mark} | {p.answered:.1%} | {p.right:.1%} | {p.wrong:.1%} "
            f"| {p.wrong_of_answered:.1%} | {p.false:.1%} |"
        )
    yield f"\n## 헷갈리는 항목 (모두 {len(found.pairs)}쌍, 항목 {len(most)}개)\n"
    yield "| 물은 항목 → 나온 항목 | 몇 번 | 그대로 답함 | 보기 |"
    yield "|---|---:|---:|---|"
    for pair in found.pairs[:PAIRS]:
        examples = " · ".join(e.replace("|", "\\|") for e in pair.examples)
        yield f"| {pair.asked} → {pair.given} | {pair.count} | {pair.answered} | {examples} |"
    yield f"\n## 확률이 맞는가 (평균 어긋남 {found.error:.1%})\n"
    yield "| 확률 | 개수 | 평균 확률 | 실제로 옳음 |"
    yield "|---|---:|---:|---:|"
    for b in found.bins:
        yield f"| {b.low:.1f}–{b.high:.1f} | {b.count} | {b.predicted:.1%} | {b.right:.1%} |"
