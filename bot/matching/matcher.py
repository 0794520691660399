"""Match: utterance → entries, best first, each with its score and the guard's verdict. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heapify, heappush, heappushpop

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.base import KnowledgeBase
from bot.matching import parts, wordings
from bot.matching.described import Descriptions
from bot.matching.elsewhere import Elsewhere
from bot.matching.foreign import Vocabulary
from bot.matching.grams import BREAK, is_symbol
from bot.matching.index import LARGE as _LARGE
from bot.matching.index import Floats, Index, Sums, Tuning
from bot.matching.judge import Candidate, Judge, Weights
from bot.matching.lexicon import key_of
from bot.matching.read import Reader
from bot.matching.remember import Remembered
from bot.matching.tune import tuned
from bot.words import Entry, Kind, Match, Utterance

_LONG = 80
"""Letters from which a text is also read sentence by sentence."""
_STORY = 45
"""Letters from which on a sentence that asks is also ranked by itself."""
_PART = 0.97
"""What the last sentence of a longer text counts against the whole: the whole breaks ties."""
_TOLD = 0.85
"""The same for the sentences that ask nothing: they tell what the question is about."""
_SMALLEST_QUESTION = 2
"""Letters beside names that make a part of a message a question of its own."""
_CACHED = 4_096
"""Texts whose reading and ranking are remembered: about 20 MB where all are in use."""
_SCORED = 16
"""Texts whose scores are remembered: one ranking needs those of a reading more than once."""
_SUMMED = 2
"""Texts whose sums are remembered: other readings of a text have most of its grams."""
_LONGEST_CACHED = 200
"""Characters of a text worth remembering: people repeat short questions, not stories."""
_CANDIDATES = 60
_KEPT, _KEPT_REFUSED = 12, 6
"""Matches of a ranking."""
_SETTLED = _KEPT
"""Matches whose order is certain: a ranking does not look further than it must for them."""
_OTHER = 0.98
"""What another reading of a misspelt text counts."""
_EXACT = 0.97
"""Similarity of a question that stands in the knowledge base as it is."""
_MOST_DESCRIBED = 4
"""Members up to which a description is taken to stand for them."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the matcher found for one utterance."""

    matches: tuple[Match, ...] = ()
    """Those the guard lets pass, best first."""
    refused: tuple[Match, ...] = ()
    """The best of those it does not."""
    coverage: float = 1.0
    """Share of the letters of the question that the knowledge base has seen in pairs, in 0–1."""
    unknown: int = 0
    """Longest stretch of letters that it has not."""
    exact: bool = False
    """Whether the first has this very question among its wordings."""
    repaired: float = 0.0
    """Share of the letters that were corrected on suspicion, where it would lead elsewhere as typed."""
    foreign: float = 0.0
    """How much of what the question is about the first knows nothing of, in 0–1, beyond what is usual."""
    strange: tuple[str, ...] = ()
    """The words of the question that the first does not know."""
    elsewhere: float = 0.0
    """How much the words of the question are of other matters; below 0 where they are of what is covered."""


class Matcher:
    """Ranks the entries of one knowledge base. Immutable once built."""

    def __init__(self, base: KnowledgeBase, tuning: Tuning | None = None, weights: Weights | None = None) -> None:
        """Index a knowledge base; without a tuning one is found on its own wordings."""
        self.base = base
        self.weights = weights or Weights()
        slots = {f.slot for f in base.frames if f.slot} | {g for g in base.groups if base.groups[g].needed}
        self.binding = [g for g in base.groups.values() if g.exclusive or g.needed or g.id in slots]
        """Groups whose names bind a question to entries about the same."""
        self.reader = Reader(base.terms, base.groups, slots)
        written = self.reader.learn(w for f in base.frames for w in f.wordings)
        self.judge = Judge(self.binding, self.reader.slots, self.reader.dropped, base.terms, self.weights)
        self._heaviest = max((f.weight for f in base.frames), default=1.0)
        topics: dict[str, set[int]] = {}
        for number, f in enumerate(base.frames):
            if f.topic:
                topics.setdefault(f.topic, set()).add(number)
        self.topics = {topic: frozenset(numbers) for topic, numbers in topics.items()}
        """Numbers of the frames of each topic."""
        read = wordings.read_all(base, self.reader, frozenset(g.id for g in self.binding))
        small = len(read.masked) < _LARGE
        if small:
            self.reader.know(wordings.spelling(base, self.reader, read, written), read.own)
        self.frames = [self.judge.candidate(f, about) for f, about in zip(base.frames, read.about, strict=True)]
        self.names, self.pairs = read.names, read.pairs
        self.concepts = wordings.concepts(read.masked, self.topics)
        self.own = wordings.by_question(base) if small else {}
        self.exact = wordings.by_text(read.masked) if small else {}
        self.vocabulary = Vocabulary.of(base.frames, read.masked)
        self.elsewhere = Elsewhere([f.wordings if f.kind is Kind.ANSWER else () for f in base.frames], base.elsewhere)
        self.number = {f.id: i for i, f in enumerate(base.frames)}
        self.descriptions = Descriptions(base.terms, self.reader.slots)
        self.index = Index(read.masked, tuning or tuned(read.masked))
        self._read: Remembered[Utterance] = Remembered(_CACHED)
        self._rank: Remembered[Ranking] = Remembered(_CACHED)
        self._parts: Remembered[tuple[Utterance, ...]] = Remembered(_CACHED)
        self._alike: Remembered[float] = Remembered(_CACHED)
        self._sums: Remembered[Sums] = Remembered(_SUMMED)
        self._scored: Remembered[Floats] = Remembered(_SCORED)

    def read(self, text: str) -> Utterance:
        """Return a text as understood; what was read before is remembered."""
        if len(text) > _LONGEST_CACHED:
            return self.reader.read(text)
        return self._read.get(text, lambda: self.reader.read(text))

    def rank(self, u: Utterance, nearby: frozenset[int] = frozenset(), boost: float = 0.0) -> Ranking:
        """Return the entries for an utterance, best first, the guard's refusals apart; remembered as `read` is.

        `nearby`: numbers of frames that the conversation makes more likely, by the factor 1 + `boost`.
        """
        if len(u.original) > _LONGEST_CACHED:
            return self._ranked(u, nearby, boost)
        return self._rank.get((u, nearby, boost), lambda: self._ranked(u, nearby, boost))

    def forget(self) -> None:
        """Forget what was remembered of texts read and ranked; nothing else changes."""
        self._read.clear()
        self._rank.clear()
        self._parts.clear()
        self._alike.clear()
        self._sums.clear()
        self._scored.clear()

    def _ranked(self, u: Utterance, nearby: frozenset[int], boost: float) -> Ranking:
        u = self._narrowed(u)
        described = list(self._descriptions(u))
        readings = [u, *described, *self._asking(u)]
        own = self._own(u)
        passed: list[Match] = self._of_initials(u) if u.initials and not own else []
        refused: list[Match] = []
        best = sorted((m.score for m in passed), reverse=True)[:_SETTLED]
        heapify(best)
        for reading in readings:
            asked, stands_for = self.judge.asked(reading), reading in described
            similarity = self._similarity(reading, near=u.masked if stands_for else "")
            if nearby:
                similarity[list(nearby)] *= 1 + boost
            if stands_for:
                similarity *= self.weights.implied
            for candidate, alike in self._candidates(similarity, asked, best):
                if stands_for and candidate.frame.slot not in self.descriptions.traits:
                    continue
                for match in self.judge.matches(candidate, alike, asked):
                    (refused if match.verdict else passed).append(match)
                    if not match.verdict:
                        (heappush if len(best) < _SETTLED else heappushpop)(best, match.score)
        passed.sort(key=lambda m: -m.score)
        coverage, unknown = self._coverage(self._meant(u, passed[0]) if passed and u.typed else u.masked)
        if own:
            passed = [*own, *(m for m in passed if m.frame != own[0].frame)]
        repaired = 0.0 if passed and self._as_typed(u, passed[0]) else u.repaired
        foreign, strange = self.foreign(u, passed[0]) if passed and not own else (0.0, ())
        kept, others = tuple(passed[:_KEPT]), tuple(refused[:_KEPT_REFUSED])
        return Ranking(
            kept,
            others,
            coverage,
            unknown,
            bool(own),
            repaired,
            foreign,
            strange,
            self._elsewhere(u, passed[0]) if passed else 0.0,
        )

    def foreign(self, u: Utterance, first: Match) -> tuple[float, tuple[str, ...]]:
        """Return how foreign a question is to a match, in 0–1, and the words that are."""
        if self.vocabulary is None or first.entry.kind is not Kind.ANSWER:
            return 0.0, ()
        return self.vocabulary.foreign(u, self.number[first.frame], self.reader.symbol, self.reader.fillers)

    def _elsewhere(self, u: Utterance, first: Match) -> float:
        """Return how much the question is of elsewhere, names left out that its first match is about."""
        if first.entry.kind is not Kind.ANSWER:
            return 0.0
        about = {first.entry.member, *first.entry.about}
        names = {m.surface for m in u.mentions if m.term in about}
        return self.elsewhere.score(u.normal, self.number[first.frame], names)

    def _candidates(
        self, similarity: Floats, asked: Mapping[str, frozenset[str]], best: list[float]
    ) -> Iterator[tuple[Candidate, float]]:
        """Iterate over candidates and how alike each is, the most alike first, as far as they matter.

        `best`: a heap of the best scores so far; what is sure to stay below all of them is left out.
        """
        added = self.weights.agree * min(sum(1 + (len(names) > 1) for names in asked.values()), 2)
        order = _best(similarity, _CANDIDATES)
        for number, alike in zip(order.tolist(), similarity[order].tolist(), strict=True):
            least = best[0] if len(best) >= _SETTLED else 0.0
            if least > alike * self._heaviest + added:
                return
            candidate = self.frames[number]
            slot = candidate.frame.slot
            if slot and slot not in asked:
                continue
            yield candidate, alike

    def likeness(self, u: Utterance, frame: str) -> float:
        """Return how alike an utterance and the wordings of one frame are, in 0–1, whatever names they hold.

        0 where there is no such frame: a conversation may be older than the knowledge base.
        """
        number = self.number.get(frame)
        if number is None:
            return 0.0
        return self._alike.get((u.masked, number), lambda: float(self._scores(u.masked)[number]))

    def about(self, frame: str) -> frozenset[str]:
        """Return the names that a frame is about whatever its member."""
        return frozenset().union(*self.frames[self.number[frame]].about.values())

    def _meant(self, u: Utterance, first: Match) -> str:
        """Return the reading, as typed or corrected, that is more like the first match."""
        number = self.number[first.frame]
        return max((u.typed, u.masked), key=lambda text: float(self._scores(text)[number]))

    def _as_typed(self, u: Utterance, first: Match) -> bool:
        """Tell whether a corrected text leads where it leads as it was typed."""
        return not u.typed or self.frames[int(self._scores(u.typed).argmax())].frame.id == first.frame

    def _own(self, u: Utterance) -> list[Match]:
        """Return the entry that has this very question among its wordings, if there is one and no other."""
        found = self.own.get(key_of(u.normal), ())
        if len(found) != 1 or any(m.how in ("context", "implied") for m in u.mentions):
            return []
        return [Match(found[0], found[0].frame, 1.0, 1.0)]

    def _of_initials(self, u: Utterance) -> list[Match]:
        """Return the entries that have a question with these initial consonants, in order."""
        found = self.initials.get(key_of(u.normal), ())
        return [Match(e, e.frame, s, s) for e, s in zip(found, np.arange(0.9, 0.7, -0.01).tolist(), strict=False)]

    @cached_property
    def initials(self) -> dict[str, list[Entry]]:
        """Entries by the initial consonants of their questions; made when first needed."""
        return wordings.by_initials(self.base)

    def _asking(self, u: Utterance) -> list[Utterance]:
        """Return the sentences of a long text that ask, each by itself: what is told beside does not bind them."""
        found = parts.sentences(u.original) if len(u.masked) > _STORY else []
        return [self.read(part) for part, asks in found if asks and parts.stands_alone(part)]

    def _descriptions(self, u: Utterance) -> Iterator[Utterance]:
        """Iterate over readings with a description as the names it stands for: the university in Seosan."""
        for slot, traits in self.descriptions.traits.items():
            members = [] if u.terms(slot) else sorted(self.implied(slot, u))
            if 0 < len(members) <= _MOST_DESCRIBED:
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

    def _scores(self, text: str, near: str = "") -> Floats:
        """Return how alike each frame is to a masked text; not to be changed, for it is remembered.

        `near`: a text that has most of its letters.
        """
        return self._scored.get(text, lambda: self.index.scored(self._summed(text, near)))

    def _summed(self, text: str, near: str) -> Sums:
        start = self._summed(near, "") if near and near != text else None
        return self._sums.get(text, lambda: self.index.sums(text, start))

    def _similarity(self, u: Utterance, near: str = "") -> Floats:
        """Return how alike each frame is, in 0–1: as a whole, by its sentences, and short ones as a name."""
        similarity = self._scores(u.masked, near).copy()
        for other in (*u.others, *([u.typed] if u.typed else [])):
            similarity = np.maximum(similarity, _OTHER * self._scores(other, u.masked))
        for i in self.exact.get(u.masked, ()):
            similarity[i] = max(similarity[i], _EXACT)
        if u.initials:
            return similarity
        word = key_of(u.normal)
        if not self.reader.knows(word):
            self.names.blend(word, similarity)
        for part, asks in parts.sentences(u.original) if len(u.masked) > _LONG else ():
            weight = _PART if asks else _TOLD
            similarity = np.maximum(similarity, weight * self._scores(self.read(part).masked))
        return similarity

    def implied(self, slot: str, u: Utterance) -> frozenset[str]:
        """Return the terms of a slot that other names point to: the university in Seosan."""
        return self.descriptions.implied(slot, u)

    def described_in(self, u: Utterance) -> frozenset[str]:
        """Return the names of any group that an utterance describes without saying them."""
        return frozenset(t for slot in self.descriptions.traits for t in self.implied(slot, u))

    def _coverage(self, masked: str) -> tuple[float, int]:
        text = masked.split(BREAK)[0]
        if len(text) < 2:
            return 1.0, 0
        known = [text[i : i + 2] in self.pairs for i in range(len(text) - 1)]
        longest = run = 0
        for k in known:
            run = 0 if k else run + 1
            longest = max(longest, run)
        return sum(known) / len(known), longest

    def parts(self, u: Utterance, *, asking: bool) -> tuple[Utterance, ...]:
        """Return the questions that a message joins, read each by itself; one or none where it does not.

        `asking`: only those that are questions by themselves, and not the things that one question joins.
        """
        return self._parts.get((u.original, asking), lambda: self._parted(u.original, asking))

    def _parted(self, text: str, asking: bool) -> tuple[Utterance, ...]:
        read = [self.read(t) for t in (parts.questions if asking else parts.joined)(text)]
        return tuple(r for r in read if sum(not is_symbol(ch) for ch in wordings.body(r)) >= _SMALLEST_QUESTION)


def _best(similarity: Floats, most: int) -> NDArray[np.intp]:
    """Return the numbers of the highest, best first; of equals the first."""
    if len(similarity) > 4 * most:
        near = np.sort(np.argpartition(-similarity, most)[:most])
    else:
        near = np.arange(len(similarity))
    return near[np.argsort(-similarity[near], kind="stable")][:most]
