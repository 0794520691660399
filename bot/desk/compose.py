"""Compose: entries → reply. Sentences from `knowledge/` are put together, never changed."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.caches import LRUCache
from bot.desk.freshness import Freshness, freshness
from bot.hangul import has_hangul
from bot.knowledge import locale
from bot.knowledge.base import KST, KnowledgeBase, current, days_left
from bot.knowledge.fill import fill
from bot.languages import KOREAN
from bot.lengths import cut
from bot.words import Choice, Contact, Entry, Kind, Outcome, Phase, Reply, SourceLine

_MOST_SOURCES = 2
"""Sources named in the text; all are in `Reply.sources`."""
LONGEST_SHORT = 90
"""Characters of a short form: what a Kakao list item or a notification shows of a text."""
_SENTENCE_END = re.compile(r"(?<=[가-힣a-z)’”\"'][.!?])\s|\n")
_MOST_CACHED = 2_000
"""Answers whose numbers and addresses are remembered."""


class Composer:
    """Writes the replies of one knowledge base."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        values = sorted(base.contacts, key=len, reverse=True)
        self._contacts: LRUCache[tuple[Contact, ...]] = LRUCache(_MOST_CACHED)
        self._contact = re.compile(
            rf"(?<![\w.-])(?:{'|'.join(map(re.escape, values))})(?![\d-])" if values else r"(?!)"
        )

        phases = [p for e in base.entries.values() for p in e.phases] + [p for n in base.notices.values() for p in n]
        self._ends = sorted({p.until for p in phases if p.until is not None})

    def moment(self, now: datetime) -> tuple[int, date]:
        """Return what is the same at two moments at which everything reads the same: phases, and days left in Korea."""
        return bisect_left(self._ends, now), now.astimezone(KST).date()

    def body(self, entry: Entry, now: datetime, name: str = "", language: str = "") -> str:
        """Return the answer as it holds at `now`, with the notice that belongs to it."""
        return "\n".join([*self._texts(entry, now, name, language), *self._notices([entry], now, language)])

    def _texts(self, entry: Entry, now: datetime, name: str, language: str, told: Collection[str] = ()) -> list[str]:
        """Return what every channel says of an entry; where it is not in the language wanted, a line that says so before it."""
        said = self.base.spoken(entry, now, language, times(entry, told) if entry.again else 0)
        text = self._filled(said.text, said.phase, now, said.language, entry, name)
        return [said.lead, text] if said.lead else [text]

    @staticmethod
    def _filled(
        text: str, phase: Phase, now: datetime, language: str, entry: Entry | None = None, name: str = ""
    ) -> str:
        """Return a text with what is only known when it is said filled in: `fill.LATE`, and a name that nobody listed."""
        if "{" not in text:
            return text
        values = {"days_left": str(days_left(phase, now))}
        if entry is not None:
            values["checked"] = locale.of(language).month(entry.verified_on) if entry.verified_on else ""
        if name:
            values |= {"name": name, "short": name}
        return fill(text, values)

    def short(self, entry: Entry, now: datetime, language: str = "") -> str:
        """Return an answer in at most `LONGEST_SHORT` characters: its short form, or else its first sentence."""
        phase = current(entry.phases, now)
        if phase.short and self.base.tongue(language) == self.base.language:
            return self._filled(phase.short, phase, now, self.base.language, entry)
        return shortened(self._texts(entry, now, "", language)[-1])

    def _notices(
        self, entries: Sequence[Entry], now: datetime, language: str, told: Collection[str] = ()
    ) -> list[str]:
        """Return the notices that belong to entries, each once, without those told before."""
        names = dict.fromkeys(e.notice for e in entries if e.notice not in told)
        return [text for name in names if (text := self.notice(name, now, language))]

    def notice(self, name: str, now: datetime, language: str = "") -> str:
        """Return a notice as it holds at `now`; empty where there is none of that name."""
        phases = self.base.notices.get(name)
        if not phases:
            return ""
        phase = current(phases, now)
        said = phase.translations.beside(self.base.language, phase.text)
        return self._filled(said.in_(tongue := self.base.tongue(language)), phase, now, tongue)

    def sources(self, entry: Entry) -> tuple[SourceLine, ...]:
        """Return the entry's sources as shown, most important first."""
        checked = entry.verified_on.isoformat() if entry.verified_on else ""
        found = (self.base.sources.get(name) for name in entry.sources)
        return tuple(SourceLine(s.title, s.url, s.date, checked) for s in found if s)

    def full(self, entry: Entry, now: datetime, name: str = "", language: str = "") -> str:
        """Return the whole answer as a user reads it: body, source and date."""
        return _signed(self.body(entry, now, name, language), self.signature([entry], now, language))

    def signature(self, entries: Sequence[Entry], now: datetime, language: str = "") -> str:
        """Return one line that says where an answer comes from and when it was checked.

        When it should have been looked at again and was not, the line says that it may have changed.
        """
        lines = list(dict.fromkeys(s for e in entries if e.kind is Kind.ANSWER for s in self.sources(e)))
        if not lines:
            return ""
        say = self.base.reply
        named = ", ".join(_dated(s) for s in lines[:_MOST_SOURCES])
        rest = len(lines) - _MOST_SOURCES
        more = " " + say("and_more", language).replace("{count}", str(rest)) if rest > 0 else ""
        today = now.astimezone(KST).date()
        checked = min(s.checked for s in lines)  # of a joint answer the oldest: half of it is no fresher than that
        when = f" · {say('verified', language)} {checked}" if checked else ""
        if checked and any(freshness(e.review_by, today) is Freshness.STALE for e in entries):
            when = " · " + say("as_checked", language).replace("{date}", checked)
        return f"{say('source', language)}: {named}{more}{when}"

    def contacts(self, text: str) -> tuple[Contact, ...]:
        """Return the known numbers and addresses in a text, each once."""
        return self._contacts.get(text, lambda: self._found(text))

    def _found(self, text: str) -> tuple[Contact, ...]:
        found = dict.fromkeys(m[0] for m in self._contact.finditer(text))
        return tuple(self.base.contacts[v] for v in found)

    def choice(self, entry: Entry, now: datetime, language: str = "") -> Choice:
        """Return an entry as one of several readings to choose from."""
        return Choice(question_of(entry, language), entry.id, self.full(entry, now, language=language))

    def answer(
        self,
        outcome: Outcome,
        entries: Sequence[Entry],
        now: datetime,
        *,
        lead: Iterable[str] = (),
        offered: Sequence[Entry] = (),
        missed: bool = False,
        name: str = "",
        score: float = 0.0,
        language: str = "",
        told: Collection[str] = (),
    ) -> Reply:
        """Return the reply that says one or more entries, after lines that say how they were found.

        `told`: names of what this conversation has shown already (`marks`, notices); it is not said again.
        `offered`: what a question beside them may have meant, listed by number below and among what is related.
        `missed`: a question beside them has no answer, which is said.
        """
        joint = f"\n\n{self.base.reply('and_also', language)}\n"
        text = joint.join("\n".join(self._texts(e, now, name if e.unlisted else "", language, told)) for e in entries)
        body = "\n".join([*lead, text, *self._notices(entries, now, language, told)])
        if offered:
            listed = (f"{i}. {question_of(e, language)}" for i, e in enumerate(offered, 1))
            body = "\n".join([body, "", self.base.reply("also_asked", language), *listed])
        if missed:
            body = f"{body}\n\n{self.base.reply('also_unknown', language)}"
        signature = self.signature(entries, now, language)
        sources = dict.fromkeys(s for e in entries for s in self.sources(e))
        others = [r for e in entries for r in self.related(e)]
        related = dict.fromkeys(e.id for e in (*offered, *others) if e not in entries)
        return Reply(
            outcome,
            _signed(body, signature),
            entries[0].id,
            tuple(e.id for e in entries),
            score,
            sources=tuple(sources),
            related=tuple(self.choice(self.base.entries[r], now, language) for r in list(related)[:3]),
            body=body,
            signature=signature,
            contacts=self.contacts(body),
            knowledge=self.base.version,
        )

    def retold(self, entry: Entry, text: str, now: datetime, language: str = "") -> Reply:
        """Return the reply that tells an entry in other approved words than its answer."""
        told = self.answer(Outcome.ANSWER, [entry], now, score=1.0, language=language)
        return replace(told, text=_signed(text, told.signature), body=text, contacts=self.contacts(text))

    def related(self, entry: Entry) -> list[Entry]:
        """Return the entries that are related to one, and are for everyone."""
        found = (self.base.entries[r] for r in self._related(entry) if r in self.base.entries)
        return [e for e in found if not e.for_staff]

    def _related(self, entry: Entry) -> Iterable[str]:
        """Return related entry ids; of a related template the one for the same member."""
        member = entry.member.split(".", 1)[-1]
        return (r if r in self.base.entries else f"{r}.{member}" for r in entry.related)

    def choices(
        self,
        outcome: Outcome,
        text: str,
        entries: Sequence[Entry],
        now: datetime,
        score: float = 0.0,
        language: str = "",
    ) -> Reply:
        """Return a reply that offers entries to choose from, listed by number in its text."""
        offered = tuple(self.choice(e, now, language) for e in entries)
        listed = "\n".join(f"{i}. {c.question}" for i, c in enumerate(offered, 1))
        whole = f"{text}\n{listed}" if listed else text
        contacts, version = self.contacts(text), self.base.version
        return Reply(outcome, whole, score=score, choices=offered, body=text, contacts=contacts, knowledge=version)


def shortened(text: str) -> str:
    """Return the first sentence of a text, cut behind a word where it is longer than `LONGEST_SHORT`."""
    first = _SENTENCE_END.split(text.strip(), maxsplit=1)[0].strip()
    return cut(first, LONGEST_SHORT)


def _dated(source: SourceLine) -> str:
    """Return a source with its date, in one pair of brackets: «서울경제(모집 기사, 2022-04-24)»."""
    if not source.date:
        return source.title
    if source.title.endswith(")"):
        return f"{source.title[:-1]}, {source.date})"
    return f"{source.title}({source.date})"


def _signed(body: str, signature: str) -> str:
    return f"{body}\n\n{signature}" if signature else body


def times(entry: Entry, told: Collection[str]) -> int:
    """Return how often a conversation has had an entry, as far as there are other words for it."""
    return sum(name.startswith(f"{entry.id}#") for name in told)


def marks(entry: Entry, told: Collection[str]) -> tuple[str, ...]:
    """Return what to remember of an entry that is said, so that it is said in other words the next time."""
    before = times(entry, told)
    return (f"{entry.id}#{before}",) if before < len(entry.again) else ()


def question_of(entry: Entry, language: str = "") -> str:
    """Return the question by which an entry is offered: its first wording in the language, or else its first.

    Wordings are in Korean or English, as the matcher reads them; whoever wants neither gets the English one. In other
    languages than Korean what an editor wrote for this goes before.
    """
    if language not in ("", KOREAN) and entry.titles:
        return entry.titles.in_(language)
    fitting = (q for q in entry.questions if has_hangul(q) == (language in ("", KOREAN)))
    return next(fitting, entry.questions[0] if entry.questions else entry.id)
