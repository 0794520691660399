"""What training found: the table by author, how honest the probability is, and what is confused with what."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.desk.reasons import Reason
from bot.workshop.train_judge import Judged

COLUMNS = ("right", "asked", "offered", "abstained", "missed", "wrong")
_BINS = 10
_MOST_PAIRS = 15
_MOST_DOUBTS = 20
Row = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares in percent by sort and author, the calibration by tenths, the commonest confusions."""

    rows: Mapping[str, Row]
    means: Mapping[str, Row]
    """By sort, the mean of its authors."""
    reliability: Sequence[tuple[float, float, int]]
    """Mean probability, share right, and how many, of answers by tenth of the probability."""
    held: float
    """Of what was asked back, the share whose choices hold what was meant."""
    pairs: Sequence[tuple[str, str, int]]
    """What was asked for, what was answered, how often."""
    doubts: Sequence[tuple[str, str, str]]
    """Voices that nearly all evidence takes for another entry's: text, its entry, the other one. Wrong, or the most valuable."""

    def as_dict(self) -> dict[str, object]:
        """Return the means alone, as they are kept in the file."""
        return {"means": {sort: dict(row) for sort, row in self.means.items()}, "held": round(self.held, 4)}


def figures_of(judged: Sequence[Judged]) -> Figures:
    """Return the figures of what was judged."""
    groups: dict[str, list[Judged]] = {}
    for j in judged:
        groups.setdefault(f"{j.sort}: {j.held.lesson.author}", []).append(j)
    rows = {name: _row(group) for name, group in sorted(groups.items())}
    sorts = sorted({j.sort for j in judged})
    means = {sort: _mean([row for name, row in rows.items() if name.startswith(f"{sort}:")]) for sort in sorts}
    asked = [j for j in judged if j.sort == "question" and j.decision.why == Reason.UNSURE]
    held = sum(j.verdict in ("asked", "offered") for j in asked) / max(len(asked), 1)
    return Figures(rows, means, _reliability(judged), held, _pairs(judged), _doubts(judged))


def _row(group: Sequence[Judged]) -> Row:
    count = Counter(j.verdict for j in group)
    return {"n": len(group), **{c: 100 * count[c] / len(group) for c in COLUMNS}}


def _mean(rows: Sequence[Row]) -> Row:
    return {
        "n": sum(r["n"] for r in rows),
        **{c: round(sum(r[c] for r in rows) / len(rows), 2) for c in COLUMNS},
    }


def _reliability(judged: Sequence[Judged]) -> list[tuple[float, float, int]]:
    asked = [j for j in judged if j.sort == "question"]
    p = np.array([j.decision.probability for j in asked])
    right = np.array([bool(j.decision.matches) and _first_right(j) for j in asked])
    found = []
    for low in np.arange(_BINS) / _BINS:
        inside = (p >= low) & (p < low + 1 / _BINS + (low >= 1 - 1 / _BINS))
        if inside.any():
            found.append((float(p[inside].mean()), float(right[inside].mean()), int(inside.sum())))
    return found


def _first_right(j: Judged) -> bool:
    first, wanted = j.decision.matches[0], j.held.lesson
    return first.entry.id == wanted.entry or first.frame == wanted.entry


def _pairs(judged: Sequence[Judged]) -> list[tuple[str, str, int]]:
    count = Counter(
        (j.held.lesson.entry.partition(".")[0], j.decision.matches[0].frame)
        for j in judged
        if j.verdict == "wrong" and j.sort == "question"
    )
    return [(a, b, n) for (a, b), n in count.most_common(_MOST_PAIRS)]


def _doubts(judged: Sequence[Judged]) -> list[tuple[str, str, str]]:
    wrong = [j for j in judged if j.verdict == "wrong" and j.sort == "question"]
    wrong.sort(key=lambda j: -j.decision.probability)
    return [(j.held.lesson.text, j.held.lesson.entry, j.decision.matches[0].entry.id) for j in wrong[:_MOST_DOUBTS]]


def compared(own: Figures, general: Figures) -> str:
    """Return what becomes of questions under the judgement learned here and under the one that ships, in a line."""
    said = []
    for name, figures in (("여기서 배운 판단", own), ("기본 판단", general)):
        row = figures.means.get("question", {})
        helped = sum(row.get(c, 0.0) for c in ("right", "asked", "offered"))
        said.append(
            f"{name}: 맞음 {row.get('right', 0):.1f}%, 되물음까지 {helped:.1f}%, 틀림 {row.get('wrong', 0):.1f}%"
        )
    return " / ".join(said)


def lines(figures: Figures) -> Iterator[str]:
    """Iterate over the figures as lines of text."""
    yield f"{'':28}{'n':>6}" + "".join(f"{c:>11}" for c in COLUMNS)
    for name, row in [*figures.rows.items(), *((f"{sort}, mean", row) for sort, row in figures.means.items())]:
        yield f"{name[:27]:28}{row['n']:>6.0f}" + "".join(f"{row[c]:>10.1f}%" for c in COLUMNS)
    yield f"asked back: {100 * figures.held:.1f} % hold what was meant"
    yield "probability → right (how many): " + " · ".join(
        f"{p:.2f} → {right:.2f} ({n})" for p, right, n in figures.reliability
    )
    for text, entry, other in figures.doubts:
        yield f"look at: 「{text}」 {entry} → {other}"
    yield "confused most: " + " · ".join(f"{a} ← {b} ({n})" for a, b, n in figures.pairs)
