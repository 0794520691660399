"""Whether the score tells questions that the index can answer from those that it cannot."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import table
from tests.bench.data import Rows, indexed_groups, read
from tests.bench.ours import Ours, Reply, ranked
from tests.bench.roster import Roster, running
from tests.bench.system import System

COVERAGE = 0.95
_OUTCOMES = ("right", "wrong", "ask", "refuse")


@dataclass(frozen=True)
class Topic:
    """An index, questions that it can answer, and questions that it cannot."""

    name: str
    index: Rows
    inside: Rows
    outside: Rows


@dataclass(frozen=True)
class Result:
    """How well one system's score separates a topic; and, of ours, what it decided by itself."""

    topic: str
    system: str
    inside: int
    outside: int
    auroc: float  # percent
    answered: float  # percent of the outside, where 95 % of the inside are answered
    decided: dict[str, dict[str, float]] = field(default_factory=dict)


def topics(data: Path, only: str | None, limit: int | None) -> Iterator[Topic]:
    """Yield near topics (half of a set's entries left out) and far ones (other sources)."""
    for name in ("pkqc_dev", "skqc_dev"):
        if only not in (None, name):
            continue
        index, questions = read(data / name / "index_k3.tsv"), read(data / name / "queries.tsv")
        groups = indexed_groups(data, name)
        rest = set(questions.entries) - groups
        outside = questions.only(rest).sample(limit)
        yield Topic(f"{name} k3, near", index.only(groups), questions.only(groups).sample(limit), outside)
        if name == "pkqc_dev":
            far = read(data / "ood_far" / "oos.tsv").sample(limit)
            yield Topic(f"{name} k3, far", index, questions.sample(limit), far)


def measure(roster: Roster, data: Path, only: str | None, limit: int | None) -> list[Result]:
    """Ask every topic's questions of every system."""
    results: list[Result] = []
    for topic in topics(data, only, limit):
        for name in roster.names:
            with running(roster, name, f"refusal, {topic.name}") as system:
                system.build(topic.index.entries, topic.index.texts)
                results.append(_ask(system, topic))
    return results


def _ask(system: System, topic: Topic) -> Result:
    sides = (topic.inside, topic.outside)
    decided = {}
    if isinstance(system, Ours):
        replies = [system.replies(side.texts) for side in sides]
        inside, outside = ([ranked(reply)[1] for reply in some] for some in replies)
        names = ("inside", "outside")
        decided = {n: _decided(r, s.entries) for n, r, s in zip(names, replies, sides, strict=True)}
    else:
        inside, outside = ([score for _, score in system.rank_many(side.texts)] for side in sides)
    separated = auroc(inside, outside), answered(inside, outside)
    return Result(topic.name, system.name, len(inside), len(outside), *separated, decided)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Return how often (percent) an inside score is above an outside one; a tie counts half."""
    counts = Counter(outside)
    below, total = 0.0, 0.0
    levels: dict[float, float] = {}
    for score in sorted({*inside, *outside}):
        levels[score] = below + counts[score] / 2
        below += counts[score]
    total = sum(levels[score] for score in inside)
    return 100 * total / (len(inside) * len(outside))


def answered(inside: Sequence[float], outside: Sequence[float], coverage: float = COVERAGE) -> float:
    """Return the percentage of the outside at or above the score that `coverage` of the inside reach."""
    cutoff = sorted(inside, reverse=True)[max(round(coverage * len(inside)) - 1, 0)]
    return 100 * sum(score >= cutoff for score in outside) / len(outside)


def _decided(replies: Sequence[Reply], entries: Sequence[str]) -> dict[str, float]:
    """Return in percent what became of questions when the help desk decided with its own cutoffs."""
    counts: Counter[str] = Counter()
    for reply, entry in zip(replies, entries, strict=True):
        if reply["outcome"] == "answer":
            counts["right" if reply.get("entry") == entry else "wrong"] += 1
        else:
            counts["ask" if reply["outcome"] == "ask" else "refuse"] += 1
    return {outcome: 100 * counts[outcome] / max(len(replies), 1) for outcome in _OUTCOMES}


def show(results: list[Result]) -> None:
    """Print the separation, and our own decisions."""
    figures = ((r, str(r.inside), str(r.outside), f"{r.auroc:.1f}", f"{r.answered:.1f}") for r in results)
    rows = [[r.topic, r.system, *cells] for r, *cells in figures]
    head = ["topic", "system", "in scope", "out", "AUROC %", "out answered at 95 % coverage, %"]
    table.show("Refusal: does the score tell what is not indexed?", head, rows, words=2)
    sides = ((r.topic, side, shares) for r in results for side, shares in r.decided.items())
    rows = [[topic, side, *(f"{shares[o]:.1f}" for o in _OUTCOMES)] for topic, side, shares in sides]
    table.show("Ours with its own cutoffs, %", ["topic", "questions", *_OUTCOMES], rows, words=2)
