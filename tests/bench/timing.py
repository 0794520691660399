"""What one question costs in time and memory at 1,000 and 100,000 variants; and top-1 among distractors.

Each measurement runs in a process of its own, so that no system pays for another's libraries.
"""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.bench import table
from tests.bench.data import QUICK, read, scale_index, skqc_with_distractors
from tests.bench.ours import CommandError, Ours
from tests.bench.roster import Roster
from tests.bench.system import System, memory, one_thread, say

SIZES = (1_000, 100_000)
_WARM_UP = 10
_SLOW_QUESTIONS = 20
Got = TypeVar("Got")


@dataclass(frozen=True)
class Cost:
    """What one system costs at one size: milliseconds a question, one at a time; seconds; MB."""

    system: str
    variants: int
    questions: int
    p50: float
    p99: float
    build: float
    rss: float
    peak: float


@dataclass(frozen=True)
class Distracted:
    """Top-1 (percent) of skqc_dev k3 among distractors."""

    system: str
    variants: int
    questions: int
    top1: float


def measure(roster: Roster, data: Path, quick: bool) -> tuple[list[Cost], list[Distracted]]:
    """Measure every system at every size, then top-1 among distractors (`quick`: fast systems only)."""
    one_thread()
    costs = [
        _alone(f"{size:,} variants", cost, roster, name, data, size, _questions(roster, name, size, quick))
        for size in SIZES
        for name in roster.names
    ]
    found = [
        _alone("skqc_dev among distractors", distracted, roster, name, data, SIZES[-1])
        for name in roster.names
        if not (quick and roster.slow(name))
    ]
    return [c for c in costs if c], [d for d in found if d]


def cost(roster: Roster, name: str, data: Path, size: int, questions: int) -> Cost:
    """Measure one system at one size."""
    index = scale_index(data, size)
    asked = read(data / "pkqc_dev" / "queries.tsv").sample(questions + _WARM_UP).texts
    system = roster.open(name)
    try:
        build = _built(system, index.entries, index.texts)
        for text in asked[:_WARM_UP] if questions > _SLOW_QUESTIONS else asked[:1]:
            system.rank(text)
        took = sorted(_milliseconds(system, text) for text in asked[_WARM_UP:])
        rss, peak = memory(system.pid())
        return Cost(name, len(index), len(took), _rank(took, 0.5), _rank(took, 0.99), build, rss, peak)
    finally:
        system.close()


def distracted(roster: Roster, name: str, data: Path, distractors: int) -> Distracted:
    """Measure the top-1 of one system among distractors."""
    index, questions = skqc_with_distractors(data, distractors), read(data / "skqc_dev" / "queries.tsv")
    system = roster.open(name)
    try:
        system.build(index.entries, index.texts)
        ranked = system.rank_many(questions.texts)
        hits = sum(entry == right for (entry, _), right in zip(ranked, questions.entries, strict=True))
        return Distracted(name, len(index), len(questions), 100 * hits / len(questions))
    finally:
        system.close()


def _alone(what: str, work: Callable[..., Got], roster: Roster, name: str, *rest: object) -> Got | None:
    """Return what `work` measures in a new process; None, and the reason on the terminal, when it fails."""
    say(f"  {what}: {name}")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(work, roster, name, *rest).result()
        except (BrokenProcessPool, CommandError, MemoryError) as error:
            roster.failed(f"{what}: {name}: {error}")
            return None


def _built(system: System, entries: tuple[str, ...], texts: tuple[str, ...]) -> float:
    """Build, and return the seconds it took; of ours, from the start of the command to its first answer."""
    if isinstance(system, Ours):
        system.write(entries, texts)
        start = time.perf_counter()
        system.start()
    else:
        start = time.perf_counter()
        system.build(entries, texts)
    return time.perf_counter() - start


def _milliseconds(system: System, text: str) -> float:
    start = time.perf_counter()
    system.rank(text)
    return 1000 * (time.perf_counter() - start)


def _questions(roster: Roster, name: str, size: int, quick: bool) -> int:
    if size == SIZES[-1] and roster.slow(name):
        return _SLOW_QUESTIONS
    return QUICK if quick else 500


def _rank(ordered: list[float], share: float) -> float:
    """Return the nearest-rank percentile of ordered values."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def show(costs: list[Cost], found: list[Distracted]) -> None:
    """Print costs by size, and top-1 among distractors."""
    rows = [
        [f"{c.variants:,}", c.system, str(c.questions)]
        + [f"{x:.2f}" for x in (c.p50, c.p99, c.build)]
        + [f"{x:.0f}" for x in (c.rss, c.peak)]
        for c in costs
    ]
    head = ["variants", "system", "n", "p50 ms", "p99 ms", "build s", "RSS MB", "peak MB"]
    title = "One question at a time (ours through its pipe; build s of ours: command started to first answer)"
    table.show(title, head, rows, words=2)
    rows = [[d.system, f"{d.variants:,}", str(d.questions), f"{d.top1:.1f}"] for d in found]
    table.show("skqc_dev k3 among 100,000 distractors", ["system", "variants", "n", "top-1 %"], rows)
