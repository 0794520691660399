"""What a desk looks at while it answers: words it looks up, and texts it weighs the entries for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.desk.desk import HelpDesk
from bot.matching.classifier import Features, features
from bot.matching.matcher import Matcher, floor
from bot.matching.table import Scores
from bot.words import Utterance

KNOWS, RIGHT = "knows:", "right:"
"""Beginnings of what is looked up, by its door: which entries know a word, and whether it is right as it is typed."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A text for which entries were weighed, and which of them were candidates."""

    features: Features
    """As the classifier sees it."""
    near: frozenset[str]
    """Ids of the frames that some evidence put forward."""
    floor: float
    """Score of the classifier from which it puts a frame forward."""


@dataclass(slots=True)
class Noted:
    """What was looked at since it was last cleared."""

    words: set[str] = field(default_factory=set)
    weighed: list[Weighed] = field(default_factory=list)

    def clear(self) -> None:
        """Forget it."""
        self.words.clear()
        self.weighed.clear()


class _NotedSet(frozenset[str]):
    """A set that notes what it is asked for."""

    noted: set[str]

    def __contains__(self, word: object) -> bool:
        self.noted.add(f"{RIGHT}{word}")
        return super().__contains__(word)


class _NotedNumbers(dict[str, int]):
    """Numbers of words that note what they are asked for."""

    noted: set[str]

    def get(self, word: str, default: int = 0) -> int:  # type: ignore[override]  # as the vocabulary asks
        self.noted.add(f"{KNOWS}{word}")
        return super().get(word, default)


@contextmanager
def noting(desk: HelpDesk) -> Iterator[Noted]:
    """Give what a desk looks at meanwhile. Who asks it something new lets it forget before."""
    noted = Noted()
    spelling, vocabulary = desk.matcher.reader.near.spelling, desk.matcher.evidence.vocabulary
    known, number = spelling.known, vocabulary.number if vocabulary else {}
    spelling.known = right = _NotedSet(known)
    right.noted = noted.words
    if vocabulary:
        vocabulary.number = numbers = _NotedNumbers(number)
        numbers.noted = noted.words
    weigh = desk.matcher.cheap

    def weighed(u: Utterance) -> dict[str, Scores]:
        scores = weigh(u)
        noted.weighed += _weighed(desk.matcher, u, scores)
        return scores

    desk.matcher.cheap = weighed  # type: ignore[method-assign]  # beside that of the class
    try:
        yield noted
    finally:
        del desk.matcher.cheap
        spelling.known = known
        if vocabulary:
            vocabulary.number = number


def _weighed(matcher: Matcher, u: Utterance, scores: dict[str, Scores]) -> Iterator[Weighed]:
    """Iterate over the readings of an utterance and its sentences that ask, with the candidates that all of them have."""
    evidence = matcher.evidence
    if evidence.classifier is None:
        return
    near = frozenset(matcher.frames[number].frame.id for number in matcher.likely(scores))
    least = min(floor(scores["classifier"]), floor(scores["sentence"]))
    read = [(r, evidence.plain(r)) for r in (u, *matcher.described(u))]
    for reading, plain in (*read, *evidence.asking(u)):
        yield Weighed(features(reading.masked, plain, evidence.classifier.counts), near, least)
