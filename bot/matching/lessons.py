"""Lessons: every text that there is to learn from, with what it asks, read once.

The labels are the frames, in the order of the knowledge base, and after them NONE: what nothing may answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.knowledge import general
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.voices import OUTSIDE, TALK
from bot.matching import wordings
from bot.matching.plain import plain, plain_answer
from bot.matching.read import Reader
from bot.words import Utterance

CURATED = "curated"
"""The author of the wordings that stand beside the answers."""
GENERAL = "general"
"""The author of what people say everywhere."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text, who wrote it, and the number of the label that is right for it."""

    author: str
    label: int
    text: str
    utterance: Utterance
    plain: str
    entry: str = ""
    """The entry that is right, where the label has several."""

    @property
    def seen(self) -> tuple[str, str]:
        """What the classifier sees of it."""
        return self.utterance.masked, self.plain


class Lessons:
    """All lessons of a knowledge base, those of the wordings first."""

    def __init__(self, base: KnowledgeBase, reader: Reader, readings: wordings.Readings | None = None) -> None:
        """`readings`: what was read of the wordings before."""
        self.base, self.reader = base, reader
        self.readings = readings or wordings.Readings()
        self.readings.suit(base, reader)
        self.number = {f.id: i for i, f in enumerate(base.frames)}
        self.none = len(base.frames)
        """The label of what nothing may answer."""

    def all(self) -> list[Lesson]:
        """Return every lesson."""
        return [*self.curated(), *self.general(), *self.voices()]

    def answers(self) -> list[str]:
        """Return what the answer of each label says, NONE last, in plain words; empty where it only talks."""
        return [*(plain_answer(f, self.reader) for f in self.base.frames), ""]

    def curated(self, only: Iterable[int] | None = None) -> Iterator[Lesson]:
        """Iterate over the wordings of all frames, or of some, and the questions that belong elsewhere."""
        frames = range(self.none) if only is None else sorted(only)
        for label in frames:
            yield from self._worded(label, self.base.frames[label].wordings)
        if only is None:
            yield from self.read_as(CURATED, self.none, self.base.elsewhere)

    def beside(self, others: frozenset[int], most: int) -> Iterator[Lesson]:
        """Iterate over some wordings of every frame but some."""
        for label, frame in enumerate(self.base.frames):
            if label not in others:
                yield from self._worded(label, frame.wordings[:most])

    def general(self) -> Iterator[Lesson]:
        """Iterate over what people say everywhere: small talk, and questions on other matters."""
        for label, texts in general.talk(self.base.language).items():
            yield from self.read_as(GENERAL, self.number[self.base.talk[label]], texts)
        for place, label in (("before", "greeting"), ("after", "thanks")):
            texts = general.politeness(self.base.language)[place]
            yield from self.read_as(GENERAL, self.number[self.base.talk[label]], texts)
        yield from self.read_as(GENERAL, self.none, general.outside(self.base.language))

    def voices(self, only: frozenset[int] | None = None) -> Iterator[Lesson]:
        """Iterate over the voices, or those for some labels."""
        for author, sections in self.base.voices.items():
            for name, texts in sections.items():
                label = self.label_of(name)
                if label is not None and (only is None or label in only):
                    yield from self.read_as(author, label, texts, entry=name)

    def label_of(self, section: str) -> int | None:
        """Return the label of a section of voices; `None` where it is not served."""
        if section == OUTSIDE:
            return self.none
        if section.startswith(TALK):
            return self.number.get(self.base.talk.get(section.removeprefix(TALK), ""))
        entry = self.base.entry(section)
        return self.number[entry.frame] if entry else self.number.get(section)

    def _worded(self, label: int, texts: Sequence[str]) -> Iterator[Lesson]:
        slot = self.base.frames[label].slot
        for text in texts:
            read = self.readings.of(self.reader, text, slot)
            yield Lesson(CURATED, label, text, read.utterance, read.plain)

    def read_as(self, author: str, label: int, texts: Sequence[str], entry: str = "") -> Iterator[Lesson]:
        """Iterate over texts, read as users' texts are, as lessons for a label."""
        for text in texts:
            read = self.reader.read(text)
            yield Lesson(author, label, text, read, plain(read, self.reader), entry)


def labels_of(lessons: Sequence[Lesson]) -> NDArray[np.int64]:
    """Return the label of each lesson."""
    return np.fromiter((lesson.label for lesson in lessons), dtype=np.int64, count=len(lessons))
