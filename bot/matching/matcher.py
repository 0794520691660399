"""Match: utterance → entries, best first, each with how likely it is what was meant and the guard's veto. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.caches import LRUCache
from bot.knowledge import general
from bot.knowledge.base import KnowledgeBase
from bot.matching import parts, wordings
from bot.matching.described import Descriptions
from bot.matching.evidence import Evidence
from bot.matching.grams import is_symbol
from bot.matching.index import LARGE, Index
from bot.matching.judge import Judge
from bot.matching.learned import Judgement, Learned
from bot.matching.mask import LEAST
from bot.matching.model import probabilities
from bot.matching.moves import Moves
from bot.matching.own import Own
from bot.matching.policy import MOST_NAMES
from bot.matching.ranking import HEARD, NAMES, Meant, Ranking, Row, Table, Terms
from bot.matching.read import Reader
from bot.matching.table import Message, Scores, kinds_of, table
from bot.words import Match, Utterance

_CACHED = 2_048
"""Texts whose reading and ranking are remembered: about 10 MB where all are in use."""
_LONGEST_CACHED = 200
"""Characters of a text worth remembering: people repeat short questions, not stories."""
_CANDIDATES = 10
"""Frames that each kind of evidence puts forward."""
_KEPT, _KEPT_REFUSED = 20, 6
"""Matches of a ranking."""
_TALK = -0.5
"""Score from which on a part of a message is small talk: half-way from what it is not (-1) to the border (0) (2026-11-30)."""
_MEANINGS = 512
"""Sets of names whose agreement with the frames is remembered."""


class Matcher:
    """Ranks the entries of one knowledge base. Immutable once built."""

    def __init__(self, base: KnowledgeBase, readings: wordings.Readings | None = None) -> None:
        """Index a knowledge base. `readings`: what was read of its wordings before.

        What is learned comes afterwards, by `know`: it is learned with the reader that is built here.
        """
        self.base = base
        slots = {f.slot for f in base.frames if f.slot} | {g for g in base.groups if base.groups[g].needed}
        self.binding = [g for g in base.groups.values() if g.exclusive or g.needed or g.id in slots]
        """Groups whose names bind a question to entries about the same."""
        self.reader = Reader(base.terms, base.groups, slots)
        self.judge = Judge(self.binding, self.reader.slots, self.reader.dropped, base.terms)
        said = (text for sections in base.voices.values() for texts in sections.values() for text in texts)
        written = self.reader.learn((*(q for f in base.frames for q in f.wordings), *said))
        read = wordings.read_all(
            base, self.reader, frozenset(g.id for g in self.binding), readings or wordings.Readings()
        )
        small = len(read.masked) < LARGE
        if small:
            self.reader.know(wordings.spelling(base, self.reader, read, written), read.own)
        self.frames = [self.judge.candidate(f, about) for f, about in zip(base.frames, read.about, strict=True)]
        self.kinds = kinds_of(base.frames)
        self.number = {f.id: i for i, f in enumerate(base.frames)}
        self.descriptions = Descriptions(base.terms, self.reader.slots)
        self.index = Index(read.masked)
        self.evidence = Evidence(base, self.reader, self.index, read, small=small)
        self.own = Own(base, self.evidence.exact if small else None)
        polite = general.politeness(base.language)
        self._polite = [sorted(polite[place], key=len, reverse=True) for place in ("before", "after")]
        self._crisis = base.talk.get("crisis", "")
        self.judgements: Mapping[str, Judgement] = {}
        self.conversations: Mapping[str, Judgement] = {}
        """How to judge the readings that a conversation lends."""
        self.moves: Moves | None = None
        self._read: LRUCache[Utterance] = LRUCache(_CACHED)
        self._rank: LRUCache[Ranking] = LRUCache(_CACHED)
        self._parts: LRUCache[tuple[Utterance, ...]] = LRUCache(_CACHED)
        self._meant: LRUCache[dict[int, Meant]] = LRUCache(_MEANINGS)

    def know(self, learned: Learned) -> None:
        """Take what was learned; before, only the wordings are compared."""
        self.judgements, self.conversations = learned.judgements, learned.conversations
        self.moves = learned.moves
        self.evidence.classifier, self.evidence.meanings = learned.classifier, learned.meaning
        self.evidence.stale, self.evidence.talk = learned.stale, learned.talk
        self._rank.clear()

    def read(self, text: str) -> Utterance:
        """Return a text as understood; what was read before is remembered."""
        if len(text) > _LONGEST_CACHED:
            return self.reader.read(text)
        return self._read.get(text, lambda: self.reader.read(text))

    def sober(self, u: Utterance) -> Utterance:
        """Return an utterance without the parts that only greet, thank or excuse, where anything else is left; a wording as it is."""
        if self.evidence.classifier is None or self.own.match(u):
            return u
        rest = parts.peeled(u.original, *self._polite)
        if rest != u.original and self._is_talk(rest):  # nothing but small talk
            return u
        text = parts.without(rest, self._is_talk)
        return self.read(text) if text != u.original else u

    def _is_talk(self, part: str) -> bool:
        """Tell whether a part of a message is small talk rather than a question; what names something is not."""
        u = self.read(part)
        if self.judge.asked(u):
            return False
        scores = self.evidence.classified([u]).frames
        talk = self.kinds[:, 0] > 0
        return bool(scores[talk].max(initial=-1) > max(scores[~talk].max(initial=-1), _TALK))

    def rank(self, u: Utterance, *, deep: bool = True) -> Ranking:
        """Return the entries for an utterance, best first, the guard's refusals apart; remembered as `read` is.

        `deep`: ask the encoder where the cheaper evidence does not settle it.
        """
        if len(u.original) > _LONGEST_CACHED:
            return self._ranked(u, deep=deep)
        return self._rank.get((u, deep), lambda: self._ranked(u, deep=deep))

    def forget(self) -> None:
        """Forget what was remembered of texts read and ranked; nothing else changes."""
        for memory in (self._read, self._rank, self._parts, self._meant):
            memory.clear()
        self.evidence.forget()

    def _ranked(self, u: Utterance, *, deep: bool) -> Ranking:
        u = self._narrowed(u)
        own = self.own.match(u)
        if own:
            return Ranking((own,), exact=True, cutoffs=self._judgement("cheap").cutoffs, heard="cheap")
        named = tuple(self.own.of_initials(u)) if u.initials else ()
        if named:
            return Ranking(named, cutoffs=self._judgement("plain").cutoffs)
        return self._weighed(u, deep=deep)

    def around(self, u: Utterance) -> Ranking:
        """Return what is near an utterance, also where it is the very question of an entry; without the encoder."""
        return self._weighed(self._narrowed(u), deep=False)

    def _weighed(self, u: Utterance, *, deep: bool) -> Ranking:
        asked, implied = self.asked(u)
        scores = self.cheap(u)
        found = self._judged(u, scores, asked, implied)
        if deep and not _settled(found):
            meaning = self.evidence.meaning(u)
            if meaning:
                found = self._judged(u, {**scores, **meaning}, asked, implied)
        return found

    def cheap(self, u: Utterance) -> dict[str, Scores]:
        """Return the evidence for an utterance that costs little."""
        readings = [u, *self.described(u)]
        alike = self.evidence.similarity(u)
        for reading in readings[1:]:
            alike = Scores(np.maximum(alike.frames, self.evidence.similarity(reading).frames))
        known = self.evidence.known(u)
        if self.evidence.classifier is None:
            return {"similarity": alike, "words": known}
        whole = self.evidence.classified(readings)
        sentences = self.evidence.asking(u)
        return {
            "similarity": alike,
            "words": known,
            "classifier": whole,
            "sentence": self.evidence.seen(sentences) if sentences else whole,
        }

    def asked(self, u: Utterance) -> tuple[Terms, frozenset[str]]:
        """Return the terms that an utterance names, by binding group, and the slots whose names it only describes."""
        found = self.judge.asked(u)
        described = {s: m for s in self.descriptions.traits if s not in found and (m := self._few(s, u))}
        return {**found, **described}, frozenset(described)

    def _few(self, slot: str, u: Utterance) -> frozenset[str]:
        members = self.implied(slot, u)
        return members if len(members) <= MOST_NAMES else frozenset()

    def _judgement(self, heard: str) -> Judgement:
        return self.judgements[heard]

    def likely(self, scores: Mapping[str, Scores]) -> list[int]:
        """Return the frames that any kind of evidence puts forward; not the one for distress where nothing sounds like it."""
        foremost: list[int] = _foremost(list(scores.values())).tolist()
        talk, said, crisis = self.evidence.talk, scores.get("classifier"), self.number.get(self._crisis)
        if talk is None or said is None or crisis is None or said.frames[crisis] >= talk.urgent:
            return foremost
        return [number for number in foremost if number != crisis]

    def table(self, u: Utterance, scores: Mapping[str, Scores], asked: Terms, implied: frozenset[str]) -> Table:
        """Return the candidates for an utterance and their features."""
        alike = scores["similarity"].frames
        passed: list[Row] = []
        refused: list[Row] = []
        known = self._meant.get(tuple(sorted(asked.items())), dict)
        for number in self.likely(scores):
            if number not in known:
                known[number] = tuple(self.judge.entries(self.frames[number], asked))
            meant = tuple(m for m in known[number] if not m[1].veto)
            if meant:
                passed.append((number, meant, float(alike[number])))
            elif known[number]:
                refused.append((number, known[number], float(alike[number])))
        frames = np.array([number for number, _, _ in passed], dtype=np.intp)
        message = Message(len(u.masked), u.repaired, u.unread)
        agreements = [max((a for _, a in meant), key=lambda a: a.shared) for _, meant, _ in passed]
        described = [self.frames[number].frame.slot in implied for number, _, _ in passed]
        return Table(table(scores, frames, agreements, described, self.kinds[frames], message), passed, refused)

    def _judged(self, u: Utterance, scores: Mapping[str, Scores], asked: Terms, implied: frozenset[str]) -> Ranking:
        heard = HEARD[len(scores)]
        return self.ranking(self.table(u, scores, asked, implied), heard, self._judgement(heard))

    def ranking(self, t: Table, heard: str, judgement: Judgement) -> Ranking:
        """Return the ranking of a table under a judgement."""
        likely = probabilities(t.features, judgement.model.vector(NAMES[heard]))
        matches = [
            Match(entry, self.frames[number].frame.id, float(p), alike)
            for (number, meant, alike), p in zip(t.passed, likely, strict=False)
            for entry, _ in meant
        ]
        matches.sort(key=lambda m: -m.score)
        others = [
            Match(entry, self.frames[number].frame.id, 0.0, alike, agreement.veto)
            for number, meant, alike in t.refused
            for entry, agreement in meant
        ]
        others.sort(key=lambda m: -m.similarity)
        kept, barred = tuple(matches[:_KEPT]), tuple(others[:_KEPT_REFUSED])
        crisis = next((m for m in matches if m.frame == self._crisis), None)
        return Ranking(kept, barred, none=float(likely[-1]), cutoffs=judgement.cutoffs, heard=heard, crisis=crisis)

    def about(self, frame: str) -> frozenset[str]:
        """Return the names that a frame is about whatever its member."""
        return frozenset().union(*self.frames[self.number[frame]].about.values())

    def described(self, u: Utterance) -> Iterator[Utterance]:
        """Iterate over readings with a description as the names it stands for: the university in Seosan."""
        for slot, traits in self.descriptions.traits.items():
            members = [] if u.terms(slot) else sorted(self._few(slot, u))
            if members:
                marks = [m for m in u.mentions if m.term in traits and not m.negated]
                yield self.reader.standing_for(u, marks, members, "implied")

    def _narrowed(self, u: Utterance) -> Utterance:
        """Return the utterance with the names denied that a description rules out: «A랑 B, 둘 중에 대학 쪽»."""
        for slot in self.descriptions.traits:
            named = u.terms(slot)
            if len(named) < 2:
                continue
            fits = named & self.descriptions.implied(slot, u, alone=True)
            if fits and fits != named:
                out = named - fits
                return replace(
                    u, mentions=tuple(replace(m, negated=True) if m.term in out else m for m in u.mentions)
                )
        return u

    def implied(self, slot: str, u: Utterance) -> frozenset[str]:
        """Return the terms of a slot that other names point to: the university in Seosan."""
        return self.descriptions.implied(slot, u)

    def described_in(self, u: Utterance) -> frozenset[str]:
        """Return the names of any group that an utterance describes without saying them."""
        return frozenset(t for slot in self.descriptions.traits for t in self.implied(slot, u))

    def parts(self, u: Utterance, *, asking: bool) -> tuple[Utterance, ...]:
        """Return the questions that a message joins, read each by itself; one or none where it does not.

        `asking`: only those that are questions by themselves, and not the things that one question joins.
        """
        return self._parts.get((u.original, asking), lambda: self._parted(u.original, asking))

    def _parted(self, text: str, asking: bool) -> tuple[Utterance, ...]:
        read = [self.read(t) for t in (parts.questions if asking else parts.joined)(text)]
        return tuple(r for r in read if sum(not is_symbol(ch) for ch in wordings.body(r)) >= LEAST)


def _settled(ranking: Ranking) -> bool:
    """Tell whether more evidence would hardly change what is decided."""
    best = max(ranking.none, ranking.matches[0].score if ranking.matches else 0.0)
    return best >= ranking.cutoffs.settled


def floor(scores: Scores) -> float:
    """Return the score from which on one kind of evidence puts a frame forward."""
    if len(scores.frames) <= 2 * _CANDIDATES:
        return -np.inf
    return float(np.partition(scores.frames, -_CANDIDATES)[-_CANDIDATES])


def _foremost(scores: Sequence[Scores]) -> NDArray[np.intp]:
    """Return the numbers of the frames that any kind of evidence puts forward, in order."""
    size = len(scores[0].frames)
    if size <= 2 * _CANDIDATES:
        return np.arange(size)
    return np.unique(np.concatenate([np.argpartition(-s.frames, _CANDIDATES)[:_CANDIDATES] for s in scores]))
