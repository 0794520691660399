"""Leave authors out: what the evidence says of questions whose authors it never learned from.

Every fold leaves out a few authors. What serves is learned from all of them first; a fold starts from there, without what those
left out contributed, and goes over the rest again. Two folds at a time, each in a process of its own.
"""

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.voices import OUTSIDE, TALK
from bot.matching import classifier as letters
from bot.matching import meaning as words
from bot.matching import network
from bot.matching.classifier import features
from bot.matching.evidence import meant
from bot.matching.lessons import CURATED, GENERAL, Lesson, labels_of
from bot.matching.linear import Fit, Floats, Rows, fit
from bot.matching.matcher import Matcher
from bot.matching.network import Network
from bot.matching.ranking import Table
from bot.matching.table import Scores

_ROUNDS_ALL = 2
_ROUNDS_AGAIN = 2
_AT_ONCE = 2
FOLDS = 6
"""Groups of authors that are left out in turn."""


@dataclass(slots=True)
class School:
    """All lessons as rows to learn from, and what was learned from all of them."""

    matcher: Matcher
    lessons: list[Lesson]
    labels: NDArray[np.int64]
    count: int
    seen: Rows
    counts: NDArray[np.bool_]
    letters: Fit
    vectors: Floats | None = None
    """Centred vectors of the lessons; `None` without an encoder."""
    answers: words.Answers | None = None
    """What the answers say, by label."""
    network: Network | None = None
    basis: Floats | None = None
    """Directions of the short vectors."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lesson of an author who was left out, with the candidates as the evidence without that author has them."""

    lesson: Lesson
    fold: int
    cheap: Table
    full: Table | None
    plain: Table | None = None

    def table(self, heard: str) -> Table | None:
        """Return the candidates with some evidence: plain, cheap or full."""
        return {"plain": self.plain, "cheap": self.cheap, "full": self.full}[heard]


def school(
    matcher: Matcher, lessons: list[Lesson], count: int, vectors: Floats | None, answers: words.Answers | None
) -> School:
    """Learn from all lessons. `vectors`, `answers`: there where the encoder is."""
    labels = labels_of(lessons)
    seen, counts = letters.examples([lesson.seen for lesson in lessons])
    found = School(matcher, lessons, labels, count, seen, counts, Fit.blank(seen, count), vectors, answers)
    with multiprocessing.get_context("fork").Pool(1) as beside:
        told = beside.apply_async(network.learned, (vectors, labels, count)) if vectors is not None else None
        fit(seen, labels, found.letters, letters.COST, _ROUNDS_ALL)
        found.network = told.get() if told else None
    found.basis = words.basis_of(vectors) if vectors is not None else None
    return found


def folds(lessons: Sequence[Lesson]) -> list[frozenset[str]]:
    """Return the authors that each fold leaves out: about as much of what nothing answers, of small talk and of questions.

    Authors of many of these go first, each to the fold that leaves out least of what they wrote.
    """
    by_author: dict[str, NDArray[np.float64]] = {}
    for x in lessons:
        if x.author not in (CURATED, GENERAL):
            by_author.setdefault(x.author, np.zeros(3))[_sort(x)] += 1
    total = np.maximum(np.sum([*by_author.values(), np.zeros(3)], axis=0), 1)
    share = {author: counts / total for author, counts in by_author.items()}
    groups: list[list[str]] = [[] for _ in range(min(FOLDS, len(share)))]
    out = np.zeros((len(groups), 3))
    for author in sorted(share, key=lambda a: (-share[a].sum(), a)):
        fold = min(range(len(groups)), key=lambda f: (out[f] @ share[author], out[f].sum()))
        groups[fold].append(author)
        out[fold] += share[author]
    return [frozenset(group) for group in groups]


def _sort(x: Lesson) -> int:
    """Return whether a lesson is something that nothing answers, small talk or a question: 0, 1 or 2."""
    return 0 if not x.entry or x.entry == OUTSIDE else 1 if x.entry.startswith(TALK) else 2


_school: School | None = None
"""What the processes of the folds share: it is there before they are forked."""


def left_out(found: School) -> list[Held]:
    """Return every lesson of a fold with what the evidence without its author says."""
    global _school
    _school = found
    groups = folds(found.lessons)
    with multiprocessing.get_context("fork").Pool(_AT_ONCE, maxtasksperchild=1) as pool:
        held = pool.map(_fold, [(number, sorted(group)) for number, group in enumerate(groups)], chunksize=1)
    _school = None
    return [h for part in held for h in part]


def _fold(task: tuple[int, list[str]]) -> list[Held]:
    assert _school is not None
    number, group = task
    s = _school
    out = np.fromiter((x.author in group for x in s.lessons), dtype=bool, count=len(s.lessons))
    kept = np.flatnonzero(~out)
    again = fit(
        s.seen.take(kept), s.labels[kept], s.letters.without(s.seen, s.labels, ~out), letters.COST, _ROUNDS_AGAIN
    )
    head = _head_without(s, kept)
    return [_held(s, i, number, again.weights, head) for i in np.flatnonzero(out).tolist()]


def _head_without(s: School, kept: NDArray[np.intp]) -> words.Head | None:
    """Return the head that those who are not left out taught."""
    if s.vectors is None or s.answers is None:
        return None
    told = network.learned(s.vectors[kept], s.labels[kept], s.count)
    return words.Head(np.zeros(s.vectors.shape[1], np.float32), told, nearest_of(s, kept), s.answers)


def nearest_of(s: School, chosen: NDArray[np.intp]) -> words.Nearest:
    """Return some of the lessons as the texts that are near others."""
    assert s.vectors is not None
    assert s.basis is not None
    order = chosen[np.argsort(s.labels[chosen], kind="stable")]
    return words.Nearest(s.basis, words.shortened(s.vectors[order], s.basis), s.labels[order])


def _held(s: School, i: int, fold: int, weights: Floats, head: words.Head | None) -> Held:
    lesson, m = s.lessons[i], s.matcher
    u = lesson.utterance
    asked, implied = m.asked(u)
    alike = m.evidence.similarity(u)
    for reading in m.described(u):
        alike = Scores(np.maximum(alike.frames, m.evidence.similarity(reading).frames))
    at = slice(s.seen.start[i], s.seen.start[i + 1])
    whole = s.seen.value[at] @ weights.take(s.seen.index[at], 0)
    asking = whole = m.evidence.with_talk(whole, [(u, lesson.plain)])
    if parts := m.evidence.asking(u):
        rows = [features(x.masked, p, s.counts) for x, p in parts]
        asking = m.evidence.with_talk(np.max([v @ weights.take(ix, 0) for ix, v in rows], axis=0), parts)
    known = m.evidence.known(u)
    scores = {"similarity": alike, "words": known, "classifier": _scores(whole), "sentence": _scores(asking)}
    cheap = m.table(u, scores, asked, implied)
    if head is None or s.vectors is None:
        return Held(lesson, fold, cheap, None)
    full = {**scores, **meant(head.told(s.vectors[i]))}
    return Held(lesson, fold, cheap, m.table(u, full, asked, implied))


def _scores(found: Floats) -> Scores:
    return Scores(found[:-1], float(found[-1]))
