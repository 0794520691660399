"""Which tests a change of answers can touch: those that looked up a word of which something else is known now.

What an answer says reaches the ranking by two doors only: which words each entry knows (`matching/vocabulary.py`), and which
words are right as they are typed (`matching/spelling.py`). Every test notes what it looked up there. Where all else is the same, what
was looked up and has not changed leads to the same outcome, step for step. Dialogues also look at what was said: they are always asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from json import dumps

import numpy as np

from bot.desk.desk import HelpDesk
from bot.languages import NO_TEXT
from bot.matching.learned import digests
from bot.words import Entry, Frame, Phase, Tests
from bot.workshop.kept import Kept, digest, told
from bot.workshop.test import Key, Verdict
from bot.workshop.test_noted import KNOWS, RIGHT


@dataclass(frozen=True)
class Gone:
    """How tests went, and what was known then of each word."""

    doors: Mapping[str, list[int]]
    verdicts: Sequence[Verdict]


def gone(kept: Kept, name: str) -> Gone:
    """Return how the tests went that were kept under a name; none where nothing was."""
    found = kept.load(name)
    return found if isinstance(found, Gone) else Gone({}, ())


def untouched(before: Gone, now: Mapping[str, list[int]]) -> dict[Key, Verdict]:
    """Return how the tests went that nothing an answer says can have changed. `now`: what is known of each word."""
    changed = {w for w in before.doors.keys() | now.keys() if before.doors.get(w) != now.get(w)}
    return {v.key: v for v in before.verdicts if v.looked and changed.isdisjoint(v.looked)}


def doors(desk: HelpDesk) -> dict[str, list[int]]:
    """Return what is known of each word: the entries that know it, or that it is right as it is typed."""
    spelling, vocabulary = desk.matcher.reader.near.spelling, desk.matcher.evidence.vocabulary
    found: dict[str, list[int]] = {f"{RIGHT}{w}": [] for w in spelling.known}
    if vocabulary:
        for word, number in vocabulary.number.items():
            found[f"{KNOWS}{word}"] = np.flatnonzero(vocabulary.holds[number]).tolist()
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
