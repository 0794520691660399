"""The conversation: how likely each entry is what a message means, given all its readings.

A candidate is what one reading finds for one frame. Its features are how likely each reading makes it, on a log scale, and how it
stands to what was talked about; each is crossed with what kind of message it is, since a short one leans more than a story.
The model is the same kind as for a single question (`matching/model.py`), fitted on labelled dialogues.
"""

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from bot.desk.context import Context
from bot.desk.readings import Way, body, last_entry, members
from bot.hangul import compact
from bot.matching.learned import Judgement
from bot.matching.linear import Floats
from bot.matching.matcher import Matcher
from bot.matching.model import Reals, probabilities
from bot.matching.moves import Move
from bot.matching.ranking import Ranking
from bot.matching.squeeze import words_in
from bot.words import Entry, Kind, Match, Utterance

_LEAST = 0.0002
"""Probability below which nothing is told apart: a ranking keeps a dozen matches (2026-11-30)."""
_FOREMOST = 8
"""Candidates that each reading puts forward."""
_SHORT = 6.0
"""Letters in which the shortness of a message falls to 1/e (2026-11-30)."""
_OF_MESSAGE = ("", "short", "names", "sure", "chatty", "replaces", "lists", "offered", *Move)
_OF_CANDIDATE = (
    *Way,
    "before",
    "frame",
    "topic",
    "lent",
    "own",
    "last",
    "again",
    "echo",
    "choice",
    "fits",
    "talk",
    "person",
    "boundary",
    "none",
)
FEATURES = tuple(f"{c}*{m}" if m else c for c in _OF_CANDIDATE for m in _OF_MESSAGE)
"""Names of the features, in order."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a message may mean, with a row of features each, and last the row of «none of these»."""

    matches: tuple[tuple[Match, ...], ...]
    """By candidate; one of several matches is about several names."""
    related: Reals
    """A row for each of how it stands to the conversation."""
    message: Reals
    """What kind of message it is, with the scores of its moves last."""

    @property
    def features(self) -> Reals:
        """Return the features, in the order of FEATURES."""
        return (self.related[:, :, None] * self.message).reshape(len(self.related), -1)

    def moving(self, moves: Floats) -> "Candidates":
        """Return the same for a message with other scores of its moves."""
        return replace(self, message=np.concatenate([self.message[: -len(moves)], moves]))


def candidates(
    read: Mapping[Way, Utterance], found: Mapping[Way, Ranking], context: Context, matcher: Matcher
) -> Candidates:
    """Return what a message may mean. `read`, `found`: its readings, and what each finds."""
    held = {way: _by_candidate(ranking) for way, ranking in found.items()}
    before = _by_candidate(matcher.rank(context.question, deep=False)) if context.question else {}
    last = last_entry(context, matcher)
    rows = dict[tuple[str, ...], tuple[Match, ...]]()
    for options in held.values():
        for ids in sorted(options, key=lambda i: -options[i][0].score)[:_FOREMOST]:
            rows.setdefault(ids, options[ids])
    named = set(members(read[Way.TYPED], matcher))
    for entry in (*([last] if last is not None else []), *_offered(context, named, matcher)):
        rows.setdefault((entry.id,), (Match(entry, entry.frame, 0.0, 0.0),))
    talk = matcher.base.talk
    repeat = talk.get("repeat") if last is not None else None
    unclear = talk.get("unclear") if last is not None or context.question is not None else None
    rows = {
        ids: m
        for ids, m in rows.items()
        if m[0].frame not in (repeat, unclear) and not _of_another_name(m[0].entry, named)
    }
    again = max((m.score for m in found[Way.TYPED].matches if m.frame == repeat), default=0.0)
    echo = _echo(read[Way.TYPED], last) if last is not None else 0.0
    table = np.zeros((len(rows) + 1, len(_OF_CANDIDATE)))
    for row, (ids, matches) in zip(table, rows.items(), strict=False):
        for i, way in enumerate(Way):
            if way in held:
                row[i] = _log(held[way][ids][0].score) if ids in held[way] else _log(0)
        row[len(Way) :] = _related(matches[0].entry, context, last, read[Way.TYPED], matcher, (again, echo))
        row[len(Way)] = _log(before[ids][0].score if ids in before else 0.0)
    table[-1, : len(Way)] = [_log(found[way].none) if way in found else 0.0 for way in Way]
    table[-1, len(Way)], table[-1, -1] = _log(0), 1.0
    return Candidates(tuple(rows.values()), table, _message(read, found[Way.TYPED], context, matcher))


def _offered(context: Context, named: Set[str], matcher: Matcher) -> Iterator[Entry]:
    """Iterate over what was offered when the desk asked back, for none but the names in a message."""
    for id in context.choices if context.asked else ():
        entry = matcher.base.entries[id]
        if not entry.member or not named or entry.member in named:
            yield entry


def judged(c: Candidates, judgement: Judgement, found: Mapping[Way, Ranking]) -> Ranking:
    """Return the ranking of what a message may mean."""
    likely = probabilities(c.features, judgement.model.vector(FEATURES))
    order = np.argsort(-likely[:-1], kind="stable")
    matches = [replace(m, score=float(likely[i])) for i in order for m in c.matches[i]]
    typed = found[Way.TYPED]
    return Ranking(
        tuple(matches),
        typed.refused,
        none=float(likely[-1]),
        cutoffs=judgement.cutoffs,
        heard=typed.heard,
        crisis=typed.crisis,
    )


def _by_candidate(ranking: Ranking) -> dict[tuple[str, ...], tuple[Match, ...]]:
    """Return the matches of a ranking by candidate: those of one frame are one."""
    frames: dict[str, list[Match]] = {}
    for m in ranking.matches:
        frames.setdefault(m.frame, []).append(m)
    return {tuple(m.entry.id for m in matches): tuple(matches) for matches in frames.values()}


def _related(
    entry: Entry,
    context: Context,
    last: Entry | None,
    u: Utterance,
    matcher: Matcher,
    again: tuple[float, float],
) -> Sequence[float]:
    """Return how an entry stands to the conversation; the first is left for what the last question finds.

    `again`: how likely the message asks to repeat, and how much of it the last answer said.
    """
    topic = matcher.base.frames[matcher.number[entry.frame]].topic
    is_last = last is not None and entry.id == last.id
    is_offered = context.asked and entry.id in context.choices
    return (
        0.0,
        entry.frame == context.frame,
        bool(topic) and topic == context.topic,
        bool(entry.member) and entry.member in context.members[:1],
        bool(entry.member) and entry.member in members(u, matcher),
        is_last,
        _log(again[0]) - _log(0) if is_last else 0.0,
        again[1] if is_last else 0.0,
        is_offered,
        _echo(u, entry) if is_offered else 0.0,
        entry.kind is Kind.SMALLTALK,
        entry.kind is Kind.HANDOVER,
        entry.kind is Kind.BOUNDARY,
        0.0,
    )


def _of_another_name(entry: Entry, named: Set[str]) -> bool:
    """Tell whether an entry only says that one name is not covered, and a message names others."""
    return entry.kind is Kind.BOUNDARY and bool(entry.member) and bool(named) and entry.member not in named


def _echo(u: Utterance, entry: Entry) -> float:
    """Return the share of a message's letters with which its words begin as words of an entry do: «20일이라고요?»."""
    said = compact(" ".join([*entry.questions[:1], entry.phases[-1].text]))
    words = words_in(u.normal)
    known = (next((n for n in range(len(w), 1, -1) if w[:n] in said), 0) for w in words)
    return sum(known) / max(sum(map(len, words)), 1)


def _message(read: Mapping[Way, Utterance], typed: Ranking, context: Context, matcher: Matcher) -> Reals:
    """Return what kind of message it is, 1 first."""
    u = read[Way.TYPED]
    sure, chatty = (
        max((m.score for m in typed.matches if m.entry.kind in kinds), default=0.0)
        for kinds in ((Kind.ANSWER,), (Kind.SMALLTALK, Kind.HANDOVER))
    )
    own = (
        1.0,
        math.exp(-len(body(u)) / _SHORT),
        bool(members(u, matcher)),
        sure,
        chatty,
        Way.REPLACED in read,
        Way.LISTED in read,
        context.asked,
    )
    moves = matcher.moves.scores(matcher.evidence.plain(u)) if matcher.moves else np.zeros(len(Move))
    return np.array([*own, *moves], dtype=float)


def _log(probability: float) -> float:
    return math.log(max(probability, _LEAST))
