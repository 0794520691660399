"""Turns that wait, served in rounds: one of each payer, then the next of each. Whoever asks much waits behind themselves."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from itertools import chain, islice, zip_longest
from typing import Generic, TypeVar

T = TypeVar("T")


class Rounds(Generic[T]):
    """Turns by who pays for the time that they take; those of one payer are in order."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[T]] = OrderedDict()
        """By payer, whose round is next first."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, payer: str, turn: T) -> None:
        """Let a turn wait; whoever had none is last in this round."""
        self._lines.setdefault(payer, deque()).append(turn)
        self._count += 1

    def first(self, most: int) -> list[tuple[str, T]]:
        """Return the next turns and their payers, in order, at most `most`. They wait on until they are `over`."""
        rows = ([(payer, turn) for turn in islice(line, most)] for payer, line in islice(self._lines.items(), most))
        found: Iterator[tuple[str, T] | None] = chain.from_iterable(zip_longest(*rows))
        return list(islice((one for one in found if one is not None), most))

    def over(self, payer: str) -> None:
        """Take away a payer's first turn; their next one is behind everybody who waits."""
        line = self._lines[payer]
        line.popleft()
        self._count -= 1
        if line:
            self._lines.move_to_end(payer)
        else:
            del self._lines[payer]
