"""Evidence: what speaks for each frame, one method for each kind; the table of candidates makes features of it."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from bot.caches import LRUCache
from bot.hangul import compact
from bot.knowledge.base import KnowledgeBase
from bot.matching import parts
from bot.matching.classifier import Classifier
from bot.matching.encoder import EncoderError
from bot.matching.index import Floats, Index, Sums
from bot.matching.meaning import Meaning, Told
from bot.matching.plain import plain
from bot.matching.read import Reader
from bot.matching.table import MEANT, Scores
from bot.matching.talk import Talk
from bot.matching.vocabulary import Vocabulary
from bot.matching.wordings import Wordings, by_text
from bot.words import Utterance

MOST_FRAMES = 2_000
"""Frames up to which words and classifiers are kept: 64 kB and more each."""
_OTHER = 0.98
"""What another reading of a misspelt text counts (2026-11-30)."""
_EXACT = 0.97
"""Similarity of a masked text that stands among the wordings as it is (2026-11-30)."""
_LONG = 80
"""Letters from which a text is also compared sentence by sentence (2026-11-30)."""
_STORY = 45
"""Letters from which on the sentences that ask are classified by themselves (2026-11-30)."""
_SCORED = 16
"""Texts whose scores are remembered: one ranking needs those of a reading more than once."""
_SUMMED = 2
"""Texts whose sums are remembered: other readings of a text have most of its grams."""


def meant(told: Told) -> dict[str, Scores]:
    """Return what the encoder says, by the kind of evidence."""
    return {kind: Scores(found[:-1], float(found[-1])) for kind, found in zip(MEANT, told, strict=True)}


class Evidence:
    """Everything that can say how well a text fits the frames of one knowledge base."""

    def __init__(self, base: KnowledgeBase, reader: Reader, index: Index, read: Wordings, *, small: bool) -> None:
        """`small`: few enough frames for what grows with them."""
        self.reader, self.index, self.short = reader, index, read.names
        self.exact = by_text(read.masked) if small else {}
        self.vocabulary = Vocabulary(base.frames, read.plain) if len(base.frames) <= MOST_FRAMES else None
        self.classifier: Classifier | None = None
        self.meanings: Meaning | None = None
        self.stale: frozenset[int] = frozenset()
        self.talk: Talk | None = None
        number = {f.id: i for i, f in enumerate(base.frames)}
        self._talking = {label: number[frame] for label, frame in base.talk.items()}
        self._sums: LRUCache[Sums] = LRUCache(_SUMMED)
        self._scored: LRUCache[Floats] = LRUCache(_SCORED)
        self._plain: LRUCache[str] = LRUCache(_SCORED)

    def forget(self) -> None:
        """Forget what was remembered of texts."""
        self._sums.clear()
        self._scored.clear()
        self._plain.clear()

    def plain(self, u: Utterance) -> str:
        """Return an utterance in plain words: three kinds of evidence need them."""
        return self._plain.get(u, lambda: plain(u, self.reader))

    def alike(self, masked: str, near: str = "") -> Floats:
        """Return how alike each frame is to a masked text; not to be changed, for it is remembered.

        `near`: a text that has most of its letters.
        """
        return self._scored.get(masked, lambda: self.index.scored(self._summed(masked, near)))

    def _summed(self, text: str, near: str) -> Sums:
        start = self._summed(near, "") if near and near != text else None
        return self._sums.get(text, lambda: self.index.sums(text, start))

    def similarity(self, u: Utterance) -> Scores:
        """Return how alike each frame is, in 0–1: as a whole, by its sentences, and short texts as a name."""
        found = self.alike(u.masked).copy()
        for other in (*u.others, *([u.typed] if u.typed else [])):
            found = np.maximum(found, _OTHER * self.alike(other, u.masked))
        for i in self.exact.get(u.masked, ()):
            found[i] = max(found[i], _EXACT)
        if u.initials:
            return Scores(found)
        word = compact(u.normal)
        if not self.reader.knows(word):
            self.short.blend(word, found)
        for part, _ in parts.sentences(u.original) if len(u.masked) > _LONG else ():
            found = np.maximum(found, _OTHER * self.alike(self.reader.read(part).masked))
        return Scores(found)

    def known(self, u: Utterance) -> Scores:
        """Return how much of an utterance's words each frame knows."""
        if self.vocabulary is None:
            return Scores(np.ones(self.index.frames, np.float32))
        return self.vocabulary.known(self.plain(u))

    def classified(self, readings: Sequence[Utterance]) -> Scores:
        """Return what the classifier says of the best of some readings, frame by frame."""
        return self.seen([(u, self.plain(u)) for u in readings])

    def seen(self, texts: Sequence[tuple[Utterance, str]]) -> Scores:
        """Return what the classifier says of the best of some texts, each given with its plain words."""
        assert self.classifier is not None
        found = np.max([self.classifier.scores(u.masked, words) for u, words in texts], axis=0)
        found = self.with_talk(found, texts)
        return Scores(found[:-1], float(found[-1]))

    def with_talk(self, found: Floats, texts: Sequence[tuple[Utterance, str]]) -> Floats:
        """Return scores of texts with those of small talk as what ships with the program has them, where it speaks for it."""
        if self.talk is None:
            return found
        said = np.max([self.talk.scores(u.masked, words) for u, words in texts], axis=0)
        found = found.copy()
        for frame, best in self._of_talk(self.talk.labels, said).items():
            found[frame] = best
        return found

    def _of_talk(self, labels: Sequence[str], said: Floats) -> dict[int, float]:
        """Return the best score of the labels that a frame answers, by its number."""
        found: dict[int, float] = {}
        for label, score in zip(labels, said.tolist(), strict=True):
            frame = self._talking.get(label)
            if frame is not None:
                found[frame] = max(score, found.get(frame, score))
        return found

    def asking(self, u: Utterance) -> list[tuple[Utterance, str]]:
        """Return the sentences of a long text that ask, each by itself and with its plain words; none where it is short."""
        found = parts.sentences(u.original) if len(u.masked) > _STORY else []
        read = [self.reader.read(part) for part, asks in found if asks and parts.stands_alone(part)]
        return [(r, self.plain(r)) for r in read]

    def warm(self) -> None:
        """Make what the encoder needs, so that nobody waits for it. Idempotent."""
        if self.meanings is not None:
            with suppress(EncoderError):
                self.meanings.warm()

    def meaning(self, u: Utterance) -> dict[str, Scores]:
        """Return what the encoder says of what the words mean, by the kind of evidence; empty where there is none, or it ended."""
        if self.meanings is None:
            return {}
        try:
            told = self.meanings.scores(self.plain(u))
        except EncoderError:
            return {}
        if self.stale:  # nothing was learned of their meaning yet: the classifier speaks for them
            changed = sorted(self.stale)
            said = self.classified([u]).frames[changed]
            for kind, (slope, height) in zip(told, self.meanings.like, strict=True):
                kind[changed] = np.maximum(kind[changed], slope * said + height)
        return meant(told)
