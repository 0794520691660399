"""How often the best entry is the right one: clean questions and noisy ones."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import table
from tests.bench.data import Case, Rows, cases, read
from tests.bench.roster import Roster, running
from tests.bench.system import System

Grid = tuple[list[str], list[list[str]]]  # head and rows of a table


@dataclass(frozen=True)
class Result:
    """What one system made of one file of questions."""

    case: str
    noise: str  # "" for the set's clean questions
    system: str
    hits: tuple[bool, ...]
    ms: float  # a question, asked in bulk on one core

    @property
    def top1(self) -> float:
        """Share of right entries, in percent."""
        return 100 * sum(self.hits) / max(len(self.hits), 1)

    @property
    def label(self) -> str:
        """What the questions are called."""
        return f"{self.case} {self.noise}".rstrip()


def measure(roster: Roster, data: Path, only: str | None, limit: int | None) -> list[Result]:
    """Ask every question file of every set."""
    pairs = ((case, name) for case in cases(data, only) for name in roster.names)
    return [result for case, name in pairs for result in _case(roster, name, case, limit)]


def _case(roster: Roster, name: str, case: Case, limit: int | None) -> list[Result]:
    index = read(case.index)
    results: list[Result] = []
    with running(roster, name, case.name) as system:
        system.build(index.entries, index.texts)
        for label, noise, path in _files(case):
            results.append(_ask(system, label, noise, read(path).sample(limit)))
    return results


def _files(case: Case) -> Iterator[tuple[str, str, Path]]:
    for label, path in case.clean.items():
        yield label, "", path
    for noise, path in case.noisy.items():
        yield case.name, noise, path


def _ask(system: System, label: str, noise: str, questions: Rows) -> Result:
    system.rank_many(questions.texts[:1])  # imports and caches are nobody's time for a question
    start = time.perf_counter()
    ranked = system.rank_many(questions.texts)
    ms = 1000 * (time.perf_counter() - start) / max(len(questions), 1)
    hits = tuple(entry == right for (entry, _), right in zip(ranked, questions.entries, strict=True))
    return Result(label, noise, system.name, hits, ms)


def show(results: list[Result], roster: Roster) -> None:
    """Print top-1 by set, by noise, and the time of a question."""
    clean = [r for r in results if not r.noise]
    table.show("Top-1, %", *_grid(clean, roster, lambda r: f"{r.top1:.1f}"))
    for case in dict.fromkeys(r.case for r in results if r.noise):
        noisy = [r for r in results if r.noise and r.case == case]
        table.show(f"Top-1 under noise, {case}, %", *_grid(noisy, roster, lambda r: f"{r.top1:.1f}"))
    table.show("Milliseconds a question, asked in bulk", *_grid(clean, roster, lambda r: f"{r.ms:.2f}"))


def _grid(results: list[Result], roster: Roster, cell: Callable[[Result], str]) -> Grid:
    found = {(r.case, r.noise, r.system): r for r in results}
    rows = []
    for case, noise in dict.fromkeys((r.case, r.noise) for r in results):
        of_row = [found.get((case, noise, name)) for name in roster.names]
        count = next(len(r.hits) for r in of_row if r)
        rows.append([noise or case, str(count), *(cell(r) if r else "failed" for r in of_row)])
    return ["", "n", *roster.names], rows
