"""Which tests a change of answers can touch: those that looked up a word of which something else is known now.

What an answer says reaches the ranking by two doors only: which words each entry knows (`matching/vocabulary.py`), and which
words are right as they are typed (`matching/spelling.py`). Every test notes what it looked up there. Where all else is the same, what
was looked up and has not changed leads to the same outcome, step for step. Dialogues also look at what was said: they are always asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from json import dumps

import numpy as np

from bot.desk.desk import HelpDesk
from bot.languages import NO_TEXT
from bot.matching.learned import digests
from bot.words import Entry, Frame, Phase, Tests
from bot.workshop.kept import Json, Kept, digest, told
from bot.workshop.test import Key, Verdict

_KNOWS, _RIGHT = "knows:", "right:"
"""Beginnings of what was looked up, by its door."""


class _NotedSet(frozenset[str]):
    """A set that notes what it is asked for."""

    noted: set[str]

    def __contains__(self, word: object) -> bool:
        self.noted.add(f"{_RIGHT}{word}")
        return super().__contains__(word)


class _NotedNumbers(dict[str, int]):
    """Numbers of words that note what they are asked for."""

    noted: set[str]

    def get(self, word: str, default: int = 0) -> int:  # type: ignore[override]  # as the vocabulary asks
        self.noted.add(f"{_KNOWS}{word}")
        return super().get(word, default)


@contextmanager
def noting(desk: HelpDesk) -> Iterator[set[str]]:
    """Give the set of what a desk looks up meanwhile. Who asks it something new lets it forget before."""
    noted: set[str] = set()
    spelling, vocabulary = desk.matcher.reader.near.spelling, desk.matcher.evidence.vocabulary
    known, number = spelling.known, vocabulary.number if vocabulary else {}
    spelling.known = right = _NotedSet(known)
    right.noted = noted
    if vocabulary:
        vocabulary.number = numbers = _NotedNumbers(number)
        numbers.noted = noted
    try:
        yield noted
    finally:
        spelling.known = known
        if vocabulary:
            vocabulary.number = number


def untouched(kept: Kept, name: str, now: Mapping[str, list[int]]) -> dict[Key, Verdict]:
    """Return how the tests went that were kept under a name and that nothing can have changed. `now`: what is known of each word."""
    found = kept.read(name)
    try:
        before, verdicts = found["doors"], [_verdict(v) for v in found["verdicts"]]
    except (TypeError, KeyError, ValueError):
        return {}
    changed = {w for w in before.keys() | now.keys() if before.get(w) != now.get(w)}
    return {v.key: v for v in verdicts if v.looked and changed.isdisjoint(v.looked)}


def keep(kept: Kept, name: str, now: Mapping[str, list[int]], verdicts: Iterable[Verdict]) -> None:
    """Keep how tests went, and what was known then of each word."""
    listed = [[*v.key, v.got, v.asks, v.score, v.ok, v.wrong, sorted(v.looked)] for v in verdicts]
    kept.write(name, {"doors": now, "verdicts": listed})


def _verdict(v: Json) -> Verdict:
    question, wanted, got, asks, score, ok, wrong, looked = v
    return Verdict((question, wanted), got, asks, score, ok, wrong, frozenset(looked))


def doors(desk: HelpDesk) -> dict[str, list[int]]:
    """Return what is known of each word: the entries that know it, or that it is right as it is typed."""
    spelling, vocabulary = desk.matcher.reader.near.spelling, desk.matcher.evidence.vocabulary
    found: dict[str, list[int]] = {f"{_RIGHT}{w}": [] for w in spelling.known}
    if vocabulary:
        for word, number in vocabulary.number.items():
            found[f"{_KNOWS}{word}"] = np.flatnonzero(vocabulary.holds[number]).tolist()
    return found


def heard(desk: HelpDesk) -> str:
    """Return a name for all that questions are ranked with and answered by, but for what answers say."""
    base, learned = desk.base, desk.matcher.evidence.classifier
    parts = [
        [_unsaid(f) for f in base.frames],
        base.terms,
        base.groups,
        base.talk,
        base.elsewhere,
        base.moved,
        sorted(base.gone),
        base.menu,
        base.language,
        digests(base),
    ]
    weights = [learned.weights.tobytes(), learned.scale.tobytes(), learned.counts.tobytes()] if learned else []
    return digest([dumps(told(parts), default=str).encode(), *weights])


def _unsaid(frame: Frame) -> Frame:
    """Return an entry or template without what only people read, and without its tests."""
    entries = {member: _silent(entry) for member, entry in frame.entries.items()}
    return replace(frame, entries=entries, unnamed=frame.unnamed and _silent(frame.unnamed), tests=Tests())


def _silent(entry: Entry) -> Entry:
    phases = tuple(Phase("", p.until) for p in entry.phases)
    return replace(
        entry, phases=phases, say="", translations=NO_TEXT, titles=NO_TEXT, again=(), staff_note="", sources=(),
        owner="", verified_on=None, review_by=None, correction=None, notice="",
    )  # fmt: skip
