"""Which of many words are at most one or two edits from another, without comparing it with each.

So few edits leave a piece whole: of a word cut into one piece more than there are edits, one at least stands in the
other word as it is, and hardly moved. Words are looked up by their pieces; only what is found is compared.
Source: Li, Deng, Wang, Feng: Pass-Join, VLDB 2011.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rapidfuzz.distance import OSA, Levenshtein


class Edits:
    """Words by their pieces. Immutable once built."""

    def __init__(self, words: Sequence[str], most: int, *, swaps: bool = False) -> None:
        """`most`: edits, 1 or 2. `swaps`: two neighbours that change places are one edit; then `most` is 1."""
        if most not in (1, 2) or (swaps and most != 1):
            raise ValueError(f"most: {most}, swaps: {swaps}")
        self.words, self.most, self.swaps = words, most, swaps
        self._places: dict[int, list[dict[str, tuple[int, ...]]]] = {}
        """Of each length, for each piece, the numbers of the words that have it."""
        self._plans: dict[int, list[tuple[dict[str, tuple[int, ...]], int, int]]] = {}
        """What is looked up of a word, by its length: made when first needed."""
        by_length: dict[int, list[int]] = defaultdict(list)
        for number, word in enumerate(words):
            by_length[len(word)].append(number)
        for length, numbers in by_length.items():
            tables = self._places[length] = []
            for start, end in _cut(length, most + 1):
                table: dict[str, list[int]] = defaultdict(list)
                for number in numbers:
                    table[words[number][start:end]].append(number)
                tables.append({piece: tuple(found) for piece, found in table.items()})  # half as large as lists

    def within(self, word: str) -> dict[int, int]:
        """Return the numbers of the words that are near enough, in ascending order, and how many edits away each is."""
        distance = OSA.distance if self.swaps else Levenshtein.distance  # not kept: a compiled function is not packed
        found = {}
        for number in sorted(self._sharing(word)):
            edits = distance(word, self.words[number], score_cutoff=self.most)
            if edits <= self.most:
                found[number] = edits
        return found

    def _sharing(self, word: str) -> set[int]:
        """Return the numbers of the words of which a piece stands in a word about where they have it."""
        size = len(word)
        plan = self._plans.get(size)
        if plan is None:
            plan = self._plans[size] = self._plan(size)
        found: set[int] = set()
        for table, start, end in plan:
            if numbers := table.get(word[start:end]):
                found.update(numbers)
        if self.swaps and size > 1 and size in self._places:  # a swap across the cut leaves neither half whole
            half = size // 2
            found.update(self._places[size][0].get(word[: half - 1] + word[half], ()))
        return found

    def _plan(self, size: int) -> list[tuple[dict[str, tuple[int, ...]], int, int]]:
        """Return which stretches of a word of some length are looked up, and where."""
        return [
            (table, start + shift, end + shift)
            for longer, shifts in _SHIFTS[self.most]
            if (tables := self._places.get(size - longer)) is not None
            for table, (start, end) in zip(tables, _cut(size - longer, self.most + 1), strict=True)
            for shift in shifts
            if start + shift >= 0 and end + shift <= size
        ]


def _cut(length: int, pieces: int) -> Iterator[tuple[int, int]]:
    return pairwise(length * i // pieces for i in range(pieces + 1))


def _shifts(most: int) -> list[tuple[int, tuple[int, ...]]]:
    """Return by how much a word may be longer than another, and by how much a piece may have moved then.

    A piece that moved by `shift` has so many edits before it, and what is left of the difference after it.
    """
    each = range(-most, most + 1)
    return [(longer, tuple(s for s in each if abs(s) + abs(longer - s) <= most)) for longer in each]


_SHIFTS = {most: _shifts(most) for most in (1, 2)}
