"""Teach a matcher: from the file of what was learned, or at once from the wordings where there is no such file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.caches import LRUCache
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.voices import TALK
from bot.matching import classifier as letters
from bot.matching.classifier import Classifier
from bot.matching.encoder import is_usable
from bot.matching.evidence import MOST_FRAMES
from bot.matching.learned import NONE, STALE, Kept, Learned, classifier_of, judgements_of, source_of
from bot.matching.lessons import Lessons, labels_of
from bot.matching.linear import BIAS_VALUE, Floats, column_wise, in_bytes
from bot.matching.matcher import Matcher
from bot.matching.meaning import Answers, Head, Nearest, Neighbours
from bot.matching.moves import Moves
from bot.matching.talk import Talk
from bot.matching.wordings import Readings

_BESIDE = 6
"""Wordings of each other frame against which a changed frame is learned anew."""
_EACH = 8
"""One in so many frames is looked at for what frames score usually."""
_GENERAL = "general.json"
GENERAL_MOVES, GENERAL_TALK = "general_moves.npz", "general_talk.npz"
_LEARNED: LRUCache[Learned] = LRUCache(4)
"""What was learned at once of the last few bases: the same files teach the same."""


def teach(
    matcher: Matcher, kept: Kept | None = None, *, encoder: bool = True, readings: Readings | None = None
) -> None:
    """Let a matcher know what there is to know.

    Args:
        matcher: the one to teach, in place.
        kept: what was learned of its base before; `None`: it is learned now, in about 3 ms a wording.
        encoder: ask the sentence encoder too, where it is installed.
        readings: what was read of the base's wordings before.
    """
    if len(matcher.base.frames) > MOST_FRAMES:
        matcher.know(_untaught())
        return
    encoder = encoder and is_usable()
    lessons = Lessons(matcher.base, matcher.reader, readings)
    if kept is not None:
        matcher.know(_from(kept, lessons, encoder=encoder))
        return
    same = (matcher.base.version, source_of(matcher.base), encoder)
    matcher.know(_LEARNED.get(same, lambda: _afresh(lessons, encoder=encoder)))


@cache
def general() -> Mapping[str, Any]:
    """Return how to judge a base of which nothing is known but its wordings (`python -m bot.workshop.train_general`)."""
    data = json.loads((files(__package__) / _GENERAL).read_text(encoding="utf-8"))
    return {
        "judgements": judgements_of(data["judgements"]),
        "conversations": judgements_of(data["conversations"]),
        "labels": tuple(data["talk"]),
        "urgent": data["urgent"],
    }


@cache
def _general_moves() -> Moves | None:
    """Return the classifier of moves that ships with the program, if it does."""
    arrays = _arrays(GENERAL_MOVES)
    return Moves(classifier_of(arrays)) if arrays else None


def talk_for(base: KnowledgeBase) -> Talk | None:
    """Return what speaks for a base's small talk; `None` where its own voices teach it."""
    own = any(name.startswith(TALK) for sections in base.voices.values() for name in sections)
    return None if own else general_talk()


@cache
def general_talk() -> Talk | None:
    """Return what tells small talk from everything else, as it ships with the program, if it does."""
    arrays = _arrays(GENERAL_TALK)
    return Talk(general()["labels"], classifier_of(arrays), general()["urgent"]) if arrays else None


def _arrays(name: str) -> dict[str, NDArray[Any]] | None:
    """Return the arrays of a classifier that ships with the program, if it does."""
    place = files(__package__) / name
    if not place.is_file():
        return None
    with place.open("rb") as stream, np.load(stream) as arrays:
        return dict(arrays)


def _afresh(lessons: Lessons, *, encoder: bool) -> Learned:
    found = lessons.all()
    labels, count = labels_of(found), lessons.none + 1
    learned = letters.learn([x.seen for x in found], labels, count)
    meaning = Neighbours([x.plain for x in found], labels, lessons.answers()) if encoder else None
    return replace(_untaught(), classifier=learned, meaning=meaning, talk=general_talk())


def _untaught() -> Learned:
    known = general()
    return Learned(known["judgements"], conversations=known["conversations"], moves=_general_moves())


def _from(kept: Kept, lessons: Lessons, *, encoder: bool) -> Learned:
    columns = kept.columns(lessons.base)
    stale = frozenset(i for i, c in enumerate(columns[:-1]) if c == STALE)
    old = kept.classifier
    weights, scale = column_wise(old.weights, columns), old.scale[np.maximum(columns, 0)]
    if stale:
        weights, scale = _renewed(lessons, stale, weights, scale, kept)
    head = _head(kept, kept.head, columns, lessons) if encoder and kept.head else None
    judgements = {**general()["judgements"], **kept.judgements}  # nothing is fitted anew for wordings alone
    conversations = {**general()["conversations"], **kept.conversations}
    moves = kept.moves or _general_moves()
    talk = talk_for(lessons.base)
    return Learned(judgements, Classifier(weights, scale, old.counts), head, stale, conversations, moves, talk)


def _head(kept: Kept, head: Head, columns: list[int], lessons: Lessons) -> Head:
    """Return a head for the frames of a base; the nearest texts of a frame that has changed since still count."""
    now = {name: i for i, name in enumerate([*(f.id for f in lessons.base.frames), NONE])}
    labels = np.array([now.get(label, STALE) for label in kept.labels])[head.nearest.labels]
    order = np.argsort(labels, kind="stable")[int((labels == STALE).sum()) :]
    near = Nearest(head.nearest.basis, head.nearest.vectors[order], labels[order], head.nearest.like)
    answers = Answers(np.ascontiguousarray(column_wise(head.answers.vectors.T, columns).T), head.answers.like)
    return Head(head.mean, head.network.columns(columns), near, answers, head.middle, head.encode)


def _renewed(
    lessons: Lessons, stale: frozenset[int], weights: letters.Bytes, scale: Floats, kept: Kept
) -> tuple[letters.Bytes, Floats]:
    """Return weights with those of changed frames learned again, against some wordings of every other frame.

    What has only been added to is learned from there on; where texts were taken away, or all is new, there is nothing to start from.
    Against so few of the others a frame learns to score too high: texts of others get what they usually do, on average.
    """
    old = Classifier(weights, scale, kept.classifier.counts)
    changed, grown = sorted(stale), kept.grown(lessons.base)
    columns = [*(grown[label] for label in changed), STALE]
    known = column_wise(kept.classifier.weights, columns) * kept.classifier.scale[np.maximum(columns, 0)]
    examples = [*lessons.curated(stale), *lessons.voices(stale), *lessons.beside(stale, _BESIDE)]
    place = {label: i for i, label in enumerate(changed)}
    labels = np.array([place.get(x.label, len(place)) for x in examples], dtype=np.int64)
    seen = [letters.features(*x.seen, old.counts) for x in examples]
    new = letters.learn_on(seen, labels, known.copy())
    others = [x for x, label in zip(seen, labels, strict=True) if label == len(place)][::_BESIDE]
    if others:
        same = [label for label in range(len(lessons.base.frames)) if label not in stale][::_EACH]
        usual = np.where(np.array(columns) == STALE, old.of(same, others).mean(), _mean(known, others))
        new[letters.BIAS] += (usual - _mean(new, others)) / BIAS_VALUE
    old.weights[:, changed], scale[changed] = in_bytes(new[:, :-1])
    return old.weights, scale


def _mean(weights: Floats, texts: Sequence[letters.Features]) -> Floats:
    found: Floats = letters.scored(weights, texts).mean(axis=0)
    return found


def served(
    base: KnowledgeBase, kept: Kept | None, *, encoder: bool = True, readings: Readings | None = None
) -> Matcher:
    """Return a matcher on a base that knows all there is to know. `readings`: what was read of its wordings before."""
    readings = readings or Readings()
    matcher = Matcher(base, readings)
    teach(matcher, kept, encoder=encoder, readings=readings)
    return matcher
