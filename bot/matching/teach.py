"""Teach a matcher: from the file of what was learned, or at once from the wordings where there is no such file."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np

from bot.knowledge.base import KnowledgeBase
from bot.matching import classifier as letters
from bot.matching.classifier import Classifier
from bot.matching.encoder import is_usable
from bot.matching.evidence import MOST_FRAMES
from bot.matching.learned import STALE, Judgement, Kept, Learned, column_wise
from bot.matching.lessons import Lessons, labels_of
from bot.matching.linear import Floats
from bot.matching.matcher import Matcher
from bot.matching.meaning import Head, Neighbours
from bot.matching.model import Model
from bot.matching.policy import Cutoffs

_BESIDE = 6
"""Wordings of each other frame against which a changed frame is learned anew."""
_GENERAL = "general.json"


def teach(matcher: Matcher, kept: Kept | None = None, *, encoder: bool = True) -> None:
    """Let a matcher know what there is to know.

    Args:
        matcher: the one to teach, in place.
        kept: what was learned of its base before; `None`: it is learned now, in about 3 ms a wording.
        encoder: ask the sentence encoder too, where it is installed.
    """
    if len(matcher.base.frames) > MOST_FRAMES:
        matcher.know(Learned(general()))
        return
    encoder = encoder and is_usable()
    lessons = Lessons(matcher.base, matcher.reader)
    matcher.know(_afresh(lessons, encoder=encoder) if kept is None else _from(kept, lessons, encoder=encoder))


@cache
def general() -> Mapping[str, Judgement]:
    """Return how to judge a base of which nothing is known but its wordings (`helpdesk knowledge train --general`)."""
    data = json.loads((files(__package__) / _GENERAL).read_text(encoding="utf-8"))
    return judgements_of(data["judgements"])


def judgements_of(data: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, Judgement]:
    """Return judgements as they stand in a file."""
    return {name: Judgement(Model(j["coefficients"]), Cutoffs.from_dict(j["cutoffs"])) for name, j in data.items()}


def general_mean() -> Floats:
    """Return what all texts have in common, as vectors: the mean of what people say everywhere."""
    data = json.loads((files(__package__) / _GENERAL).read_text(encoding="utf-8"))
    return np.array(data["mean"], dtype=np.float32)


def _afresh(lessons: Lessons, *, encoder: bool) -> Learned:
    found = lessons.all()
    labels, count = labels_of(found), lessons.none + 1
    learned = letters.learn([x.seen for x in found], labels, count)
    meaning = Neighbours([x.plain for x in found], labels, count, general_mean()) if encoder else None
    return Learned(general(), learned, meaning)


def _from(kept: Kept, lessons: Lessons, *, encoder: bool) -> Learned:
    columns = kept.columns(lessons.base)
    stale = frozenset(i for i, c in enumerate(columns[:-1]) if c == STALE)
    old = kept.classifier
    weights, scale = column_wise(old.weights, columns), old.scale[np.maximum(columns, 0)]
    if stale:
        weights, scale = _renewed(lessons, stale, weights, scale, old)
    head = Head(kept.head.mean, column_wise(kept.head.weights, columns)) if encoder and kept.head else None
    judgements = {**general(), **kept.judgements}  # nothing is fitted anew for wordings alone
    return Learned(judgements, Classifier(weights, scale, old.counts), head, stale)


def _renewed(
    lessons: Lessons, stale: frozenset[int], weights: letters.Bytes, scale: Floats, old: Classifier
) -> tuple[letters.Bytes, Floats]:
    """Return weights with those of changed frames learned anew, against some wordings of every other frame."""
    place = {label: i for i, label in enumerate(sorted(stale))}
    examples = [*lessons.curated(stale), *lessons.voices(stale), *lessons.beside(stale, _BESIDE)]
    labels = np.array([place.get(x.label, len(place)) for x in examples], dtype=np.int64)
    new = letters.learn([x.seen for x in examples], labels, len(place) + 1, old.counts)
    for label, i in place.items():
        weights[:, label], scale[label] = new.weights[:, i], new.scale[i]
    return weights, scale


def served(base: KnowledgeBase, kept: Kept | None, *, encoder: bool = True) -> Matcher:
    """Return a matcher on a base that knows all there is to know."""
    matcher = Matcher(base, kept.tuning if kept else None)
    teach(matcher, kept, encoder=encoder)
    return matcher
