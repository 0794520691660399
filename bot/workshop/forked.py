"""Work in several forked processes that share what was built before the fork."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar, cast

T = TypeVar("T")
_work: Callable[[int], object] | None = None
"""What the processes do with a number; set before they are forked."""


def in_order(work: Callable[[int], T], count: int, processes: int = 0, *, most: int | None = None) -> Iterator[T]:
    """Iterate over the results for 0 to `count` - 1, in order.

    `processes`: 0 for one per core, but no more than `most`. If there is little to do, this process does it all.
    """
    global _work
    cores = os.cpu_count() or 1
    processes = processes or min(cores, most or cores)
    if processes == 1 or count < 2 * processes:
        yield from map(work, range(count))
        return
    _work = work
    try:
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
            yield from cast("Iterator[T]", pool.map(_part, range(count)))
    finally:
        _work = None


def _part(number: int) -> object:
    if _work is None:
        raise RuntimeError("no work in this process")
    return _work(number)
