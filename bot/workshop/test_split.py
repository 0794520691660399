"""Run all tests in two processes that share a desk: who waits for them waits half as long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.desk.desk import HelpDesk
from bot.workshop.forked import in_order
from bot.workshop.test import Key, Runner, TestResult, Verdict
from bot.workshop.test_noted import Noted

Progress: TypeAlias = Callable[[int, int], None]
_MOST_PROCESSES = 2
"""Each further one takes memory of its own for what it reads and remembers."""
_CHUNK = 16
"""Entries that a process takes at a time."""


@dataclass(frozen=True, slots=True)
class _Work:
    """All tests, by parts."""

    desk: HelpDesk
    now: datetime
    known: Mapping[Key, Verdict] | None
    noted: Noted | None

    def __len__(self) -> int:
        return -(-len(self.desk.base.frames) // _CHUNK) + 1

    def part(self, number: int) -> TestResult:
        """Return the outcome of one part: the tests of some entries, or in the last one those beside no entry."""
        runner = Runner(self.desk, self.now, known=self.known, noted=self.noted)
        if number == len(self) - 1:
            runner.common()
        else:
            for frame in self.desk.base.frames[number * _CHUNK :][:_CHUNK]:
                runner.frame(frame)
        return runner.result


def run_split(
    desk: HelpDesk,
    now: datetime,
    *,
    processes: int = 0,
    progress: Progress | None = None,
    known: Mapping[Key, Verdict] | None = None,
    noted: Noted | None = None,
) -> TestResult:
    """Run all tests with the outcome of `run`, several at a time.

    `processes`: 0 for one to each core, two at most. `progress`: is told how many of how many parts are done.
    `known`: how some tests go. `noted`: where what the desk looks up is noted.
    """
    work, result = _Work(desk, now, known, noted), TestResult()
    for number, part in enumerate(in_order(work.part, len(work), processes, most=_MOST_PROCESSES), 1):
        result.add(part)
        if progress is not None:
            progress(number, len(work))
    return result
