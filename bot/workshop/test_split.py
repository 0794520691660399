"""Run all tests in two processes that share a desk: who waits for them waits half as long."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.desk.desk import HelpDesk
from bot.workshop.test import TestResult, run_beside, run_common

Progress: TypeAlias = Callable[[int, int], None]
_MOST_PROCESSES = 2
"""Each further one takes memory of its own for what it reads and remembers."""
_CHUNK = 16
"""Entries that a process takes at a time."""


@dataclass(frozen=True, slots=True)
class _Work:
    """What the processes share, made before they are forked."""

    desk: HelpDesk
    now: datetime

    def __len__(self) -> int:
        return -(-len(self.desk.base.frames) // _CHUNK) + 1

    def part(self, number: int) -> TestResult:
        """Return the outcome of one part: the tests of some entries, or in the last one those beside no entry."""
        if number == len(self) - 1:
            return run_common(self.desk, self.now)
        return run_beside(self.desk, self.now, self.desk.base.frames[number * _CHUNK :][:_CHUNK])


_work: _Work | None = None


def run_split(desk: HelpDesk, now: datetime, *, processes: int = 0, progress: Progress | None = None) -> TestResult:
    """Run all tests with the outcome of `run`, several at a time.

    `processes`: 0 for one to each core, two at most. `progress`: is told how many of how many parts are done.
    """
    global _work
    work = _work = _Work(desk, now)
    result = TestResult()
    try:
        for number, part in enumerate(_parts(work, processes or min(os.cpu_count() or 1, _MOST_PROCESSES)), 1):
            result.add(part)
            if progress is not None:
                progress(number, len(work))
    finally:
        _work = None
    return result


def _parts(work: _Work, processes: int) -> Iterator[TestResult]:
    """Iterate over the outcomes of all parts, in their order."""
    if processes == 1 or len(work) < 2 * processes:
        yield from map(work.part, range(len(work)))
        return
    fork = multiprocessing.get_context("fork")  # the desk is shared, not built again
    with ProcessPoolExecutor(processes, mp_context=fork) as pool:
        yield from pool.map(_part, range(len(work)))


def _part(number: int) -> TestResult:
    if _work is None:
        raise RuntimeError("no work in this process")
    return _work.part(number)
