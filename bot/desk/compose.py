"""Compose: entries → reply. Only sentences that stand in `knowledge/` are put together, never changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.knowledge.base import KnowledgeBase, current, days_left
from bot.knowledge.fill import fill
from bot.words import UNNAMED, Choice, Entry, Kind, Outcome, Reply, SourceLine

_MOST_SOURCES = 2
"""Sources named in the text; all are in `Reply.sources`."""


class Composer:
    """Writes the replies of one knowledge base."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base

    def body(self, entry: Entry, now: datetime, name: str = "") -> str:
        """Return the answer as it holds at `now`, with the notice that belongs to it."""
        return "\n".join([self._text(entry, now, name), *self._notices([entry], now)])

    def _text(self, entry: Entry, now: datetime, name: str) -> str:
        phase = current(entry.phases, now)
        values = {"days_left": str(days_left(phase, now)), **({"name": name, "short": name} if name else {})}
        return fill(phase.text, values)

    def _notices(self, entries: Sequence[Entry], now: datetime) -> list[str]:
        """Return the notices that belong to entries, each once."""
        found = (self.base.notices.get(name) for name in dict.fromkeys(e.notice for e in entries))
        phases = (current(notice, now) for notice in found if notice)
        return [fill(p.text, {"days_left": str(days_left(p, now))}) for p in phases]

    def sources(self, entry: Entry) -> tuple[SourceLine, ...]:
        """Return the entry's sources as shown, most important first."""
        checked = entry.verified_on.isoformat() if entry.verified_on else ""
        found = (self.base.sources.get(name) for name in entry.sources)
        return tuple(SourceLine(s.title, s.url, s.date, checked) for s in found if s)

    def full(self, entry: Entry, now: datetime, name: str = "") -> str:
        """Return the whole answer as a user reads it: body, source and date."""
        return self.signed(self.body(entry, now, name), [entry])

    def signed(self, text: str, entries: Sequence[Entry]) -> str:
        """Return the text with one line that says where it comes from and when it was checked."""
        lines = list(dict.fromkeys(s for e in entries if e.kind is Kind.ANSWER for s in self.sources(e)))
        if not lines:
            return text
        named = ", ".join(s.title + (f"({s.date})" if s.date else "") for s in lines[:_MOST_SOURCES])
        more = f" 외 {len(lines) - _MOST_SOURCES}건" if len(lines) > _MOST_SOURCES else ""
        checked = max(s.checked for s in lines)
        when = f" · {self.base.reply('verified')} {checked}" if checked else ""
        return f"{text}\n\n{self.base.reply('source')}: {named}{more}{when}"

    def choice(self, entry: Entry, now: datetime) -> Choice:
        """Return an entry as one of several readings to choose from."""
        return Choice(question_of(entry), entry.id, self.full(entry, now))

    def answer(
        self,
        outcome: Outcome,
        entries: Sequence[Entry],
        now: datetime,
        *,
        lead: Iterable[str] = (),
        name: str = "",
        score: float = 0.0,
    ) -> Reply:
        """Return the reply that says one or more entries, after lines that say how they were found."""
        joint = f"\n\n{self.base.reply('and_also')}\n"
        text = joint.join(self._text(e, now, name if e.id.endswith(UNNAMED) else "") for e in entries)
        text = "\n".join([*lead, text, *self._notices(entries, now)])
        sources = dict.fromkeys(s for e in entries for s in self.sources(e))
        related = [self.base.entries[r] for e in entries for r in self._related(e) if r in self.base.entries]
        return Reply(
            outcome,
            self.signed(text, entries),
            entries[0].id,
            tuple(e.id for e in entries),
            score,
            sources=tuple(sources),
            related=tuple(self.choice(r, now) for r in related[:3]),
        )

    def _related(self, entry: Entry) -> Iterable[str]:
        """Return related entry ids; of a related template the one for the same member."""
        member = entry.member.split(".", 1)[-1]
        return (r if r in self.base.entries else f"{r}.{member}" for r in entry.related)

    def choices(
        self, outcome: Outcome, text: str, entries: Sequence[Entry], now: datetime, score: float = 0.0
    ) -> Reply:
        """Return a reply that offers entries to choose from, listed by number in its text."""
        offered = tuple(self.choice(e, now) for e in entries)
        listed = "\n".join(f"{i}. {c.question}" for i, c in enumerate(offered, 1))
        return Reply(outcome, f"{text}\n{listed}" if listed else text, score=score, choices=offered)


def question_of(entry: Entry) -> str:
    """Return the question by which an entry is offered: its first wording."""
    return entry.questions[0] if entry.questions else entry.id
