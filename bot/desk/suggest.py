"""Suggest entries for a text that is being typed; initial consonants are read as the words they may mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from bot.desk.decide import Decision
from bot.desk.initials import FEW, Initials
from bot.desk.reasons import Reason
from bot.hangul import compact
from bot.knowledge.base import KnowledgeBase
from bot.matching.policy import MOST_CHOICES
from bot.words import Kind, Match, Outcome, Utterance

_STEP = 0.07
"""Factor by which a reading counts less than the one before it, whose words are more common."""
_WORTHLESS = 0.12
"""Probability below which a reading finds nothing."""
_NEAR = 9
"""Answers of a reading that say how likely it is meant."""
_ALIKE = 0.3
"""From this likeness to a wording an entry is suggested even if it is not likely."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What initial consonants find: entries, the best of each reading in turn, and the readings, best first."""

    matches: tuple[Match, ...]
    texts: tuple[str, ...]


class Suggester:
    """Suggests entries of one knowledge base."""

    def __init__(self, base: KnowledgeBase, search: Callable[[str, int], list[Match]]) -> None:
        """`search`: finds the answers nearest to a text, at most so many."""
        self.base, self.search = base, search
        self._members = {e.member for e in base.entries.values() if e.member}

    @cached_property
    def initials(self) -> Initials:
        """The reader of initial consonants; made when first needed, in a quarter of a second."""
        return Initials(self.base)

    def near(self, text: str, limit: int) -> list[Match]:
        """Return the answers worth suggesting for a text that may be unfinished, best first, at most `limit`."""
        read = self.read(text, limit)
        found = read.matches if read is not None else self.search(text, limit + 2)
        worth = [m for m in found if m.score >= _WORTHLESS or m.similarity >= _ALIKE]
        return [m for m in worth if m.entry.kind is Kind.ANSWER][:limit]

    def read(self, text: str, limit: int) -> Readings | None:
        """Return what initial consonants find; `None` where a text has none or they find nothing."""
        if not _has_initials(text):
            return None
        lists: list[tuple[float, str, list[Match]]] = []
        for place, reading in enumerate(self.initials.readings(text)):
            found = [m for m in self.search(reading, max(limit, _NEAR)) if m.entry.kind is Kind.ANSWER]
            if found and found[0].score >= _WORTHLESS:
                lists.append((_meant(found) * (1 - _STEP * place), reading, found))
        if not lists:
            return None
        lists.sort(key=lambda one: -one[0])
        matches: dict[str, Match] = {}
        for match in _in_turn([found for *_, found in lists]):
            matches.setdefault(match.entry.id, match)
        texts = tuple(dict.fromkeys(reading for _, reading, _ in lists))
        return Readings(tuple(matches.values()), texts)

    def heeded(self, u: Utterance, decision: Decision) -> Decision:
        """Return what to do about a message in initial consonants: offer what they may mean.

        What is known as it is typed stays, an answer that does not hang on a name alone, and small talk without a key word:
        «ㅇㅋ ㄱㅅ», but not «ㄱㅅㄹ» or «창원대 ㅈㅎ».
        """
        if decision.ranking.exact or decision.why is Reason.CRISIS:
            return decision
        if not _has_initials(u.original):  # the reader of initials is not made for ordinary messages
            return decision
        if decision.outcome is Outcome.ANSWER and not self._beside_a_name(u):
            return decision
        if decision.outcome is Outcome.SMALLTALK and not self.initials.is_word(u.original):
            return decision
        # as it was typed: where «ㄱㅅ» is known, «ㄱㅅㄹ» passes for a slip of it
        read = self.read(u.original, MOST_CHOICES) if len(u.original.split()) <= FEW else None
        if read is None:
            return decision
        return replace(decision, outcome=Outcome.ASK, matches=read.matches[:MOST_CHOICES], why=Reason.INITIALS)

    def _beside_a_name(self, u: Utterance) -> bool:
        """Tell whether a text is a name that templates answer for, consonants, and nothing else."""
        rest = compact("".join(ch for ch in u.normal if not "ㄱ" <= ch <= "ㅎ"))
        return any(m.surface == rest and m.term in self._members for m in u.mentions)


def _has_initials(text: str) -> bool:
    return any("ㄱ" <= ch <= "ㅎ" for ch in text)


def _meant(matches: list[Match]) -> float:
    """Return how likely it is that any of some answers is meant: a word with many answers splits its probability among them.

    Those of one template have one probability together.
    """
    return sum({m.frame: m.score for m in reversed(matches)}.values())


def _in_turn(lists: list[list[Match]]) -> Iterator[Match]:
    """Iterate over the first of each list, then the second of each."""
    for place in range(max(map(len, lists))):
        yield from (found[place] for found in lists if place < len(found))
