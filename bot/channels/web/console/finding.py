"""What a text finds in the console: what the desk would answer, what is near, and whether that is worth showing at all.

The desk decides as it does for users, so that an agent reads no answer out that the desk itself would not give. A text in
initial consonants is read in the words it may stand for.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.desk.front import is_crisis
from bot.hangul import compact
from bot.words import Kind, Match, Outcome, Query, Reply, Utterance

ROWS = 9
"""Results shown: as many as there are digits to pick them by."""
NEAR = 3
"""Results shown where none is worth more than a look."""
_ALIKE = 0.5
"""Likeness to a wording from which on something is offered although it is likelier that nothing is meant: one word typed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Entries for a text, best first. `known`: they may be told a caller; else they are merely the nearest."""

    entries: tuple[str, ...] = ()
    sure: frozenset[str] = frozenset()
    """What the desk would answer without asking back."""
    known: bool = False
    asks: bool = False
    """Whether the desk would ask back."""
    read_as: tuple[str, ...] = ()
    """How the text was read, likeliest first, where it was typed in another layout or in initial consonants."""
    crisis: bool = False
    """Whether somebody may be in danger."""


class Finder:
    """Finds entries of one desk's knowledge for what agents type."""

    def __init__(self, desk: HelpDesk) -> None:
        self.desk, self.base = desk, desk.base
        self._members = {e.member for e in desk.base.entries.values() if e.member}

    def find(self, text: str, now: datetime) -> Finding:
        """Return what a text finds."""
        read = self.desk.suggester.read(text, ROWS)
        if read is None:
            return self._plain(text, now)
        return Finding(tuple(m.entry.id for m in read.matches)[:ROWS], known=True, read_as=read.texts[:NEAR])

    def _plain(self, text: str, now: datetime) -> Finding:
        reply, _ = self.desk.answer(Query(text, "console", now), Context())
        u = self.desk.matcher.sober(self.desk.matcher.read(text))
        ranking = self.desk.matcher.rank(u)  # as the desk ranked it, which is remembered
        if ranking.exact and reply.outcome is Outcome.ANSWER:  # what is beside it is wanted all the same
            ranking = self.desk.matcher.around(u)
        near = [m for m in ranking.matches if m.entry.kind is Kind.ANSWER]
        first = [i for i in (reply.entries or [c.entry for c in reply.choices]) if self._answers(i)]
        named = self._of_name(u)
        known = bool(named) or self._known(reply, near, ranking.none)
        near.sort(key=lambda m: m.entry.member not in named)
        said = first if reply.outcome is Outcome.ANSWER or not named else ()
        ids = tuple(dict.fromkeys([*said, *(m.entry.id for m in near)]))
        return Finding(
            ids[: ROWS if known else NEAR],
            frozenset(i for i in reply.entries if self._answers(i)) if known else frozenset(),
            known,
            known and reply.outcome is not Outcome.ANSWER,
            (u.rewritten,) if u.rewritten else (),
            is_crisis(self.base, reply.entry),
        )

    def _of_name(self, u: Utterance) -> frozenset[str]:
        """Return what a text that is nothing but a name is the name of, where templates answer for it.

        A user is asked what about it is meant; an agent looks at what there is.
        """
        return frozenset(m.term for m in u.mentions if m.surface == compact(u.normal) and m.term in self._members)

    def _answers(self, id: str) -> bool:
        return id in self.base.entries and self.base.entries[id].kind is Kind.ANSWER

    @staticmethod
    def _known(reply: Reply, near: list[Match], none: float) -> bool:
        """Tell whether the desk would answer, or ask back what is likelier than that nothing is meant."""
        if reply.outcome is Outcome.ANSWER:
            return True
        if reply.outcome is not Outcome.ASK or not near:
            return False
        return near[0].score > none or max(m.similarity for m in near[:NEAR]) >= _ALIKE
