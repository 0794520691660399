"""One knowledge base as the console shows it: search results, answers, the directory. Made once for each version."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.caches import LRUCache
from bot.channels.web.console.copies import Copies, Source, copies
from bot.channels.web.console.finding import Finder
from bot.channels.web.console.spoken import digits
from bot.channels.web.console.standing import Standing, standing
from bot.channels.web.tongues import suffix
from bot.channels.web.trust import Trust
from bot.desk.compose import question_of
from bot.desk.desk import HelpDesk
from bot.desk.menu import Menu
from bot.hangul import compact
from bot.knowledge import locale
from bot.knowledge.base import KST
from bot.languages import KOREAN
from bot.words import Choice, Contact, Entry, Fact, Outcome, Reply, SourceLine, Term

_SNIPPET = 110
_FIRST = re.compile(r".+?(?<!\d)[.?!。](?=\s|$)|.+")
_SENTENCES = re.compile(r"[^.\n]+(?:\.(?!\s|$)[^.\n]*)*\.?")
_FOUND_CONTACTS = 4
_FOUND_CARDS = 3
_MOST_FOUND = 500
"""Texts of which it is remembered what they find: an open case asks for its own every few seconds."""
_MOST_ROWS = 2_000
"""Results of which it is remembered how they are shown: what is typed finds the same ones again and again."""
NOTE = "_note"
"""End of the key of a fact that is a remark on another."""


@dataclass(frozen=True, slots=True)
class Row:
    """A search result. `sure`: it is what the desk would answer, without asking back."""

    entry: str
    question: str
    snippet: str
    fresh: Standing
    sure: bool
    topic: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a text finds: answers, and directory entries and contacts beside them."""

    text: str
    rows: tuple[Row, ...] = ()
    cards: tuple[Term, ...] = ()
    contacts: tuple[Contact, ...] = ()
    known: bool = False
    """Whether the rows may be told a caller; else nothing that is confirmed answers, and they are merely near."""
    asks: bool = False
    read_as: tuple[str, ...] = ()
    """How the text was read, likeliest first, where it was typed in another keyboard layout or in initials."""
    instead: str = ""
    """What to say where nothing answers: in danger whom to call, else that there is no confirmed answer."""
    crisis: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as an agent sees it while somebody listens."""

    entry: str
    question: str
    body: str
    notice: str
    say: str
    digits: str
    """The same with its numbers as digits; empty where it has none in words."""
    say_given: bool
    """Whether the sentence to say aloud was written for that; else it is the answer's first."""
    fresh: Standing
    sources: tuple[SourceLine, ...]
    related: tuple[Choice, ...]
    contacts: tuple[Contact, ...]
    staff_note: str
    copies: Copies
    link: str
    language: str
    others: tuple[tuple[str, str], ...]
    """The other languages in which there is a text: code and name."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a directory card; `value` is empty where nothing is known."""

    label: str
    key: str
    value: str = ""
    note: str = ""
    checked: str = ""
    sources: str = ""
    verify: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A directory card."""

    id: str
    name: str
    short: str
    names: str
    lines: tuple[Line, ...]
    entries: tuple[tuple[str, str], ...]

    def line(self, key: str) -> Line | None:
        """Return the line of a fact."""
        return next((n for n in self.lines if n.key == key), None)


class Library:
    """Searches and shows one desk's knowledge."""

    def __init__(self, desk: HelpDesk) -> None:
        self.desk, self.base, self.composer = desk, desk.base, desk.composer
        self.menu = Menu(desk.base)
        self.finder, self.trust = Finder(desk), Trust(desk.base)
        groups = [s.members for s in self.base.menu if s.members] or ["institution"]
        self.members = {t.id: t for t in self.base.terms.values() if t.group in groups}
        """Whom the directory lists, in the order of the knowledge base."""
        self._names = {t.id: [compact(n) for n in (t.name, *t.aliases, *t.exact)] for t in self.members.values()}
        self._ways = [(c, compact(c.label), compact(c.value)) for c in self.base.contacts.values()]
        known = {f.key for t in self.members for f in self.base.facts.get(t, ()) if not f.key.endswith(NOTE)}
        named = [k for k in self.base.fact_names if k in known]
        self.keys = named or sorted(known)
        self._found: LRUCache[Found] = LRUCache(_MOST_FOUND)
        self._rows: LRUCache[Row] = LRUCache(_MOST_ROWS)

    # search

    def search(self, text: str, now: datetime) -> Found:
        """Return what a text finds: first what the desk would answer or offer, then what is near; expired ones last."""
        if not text.strip():
            return Found(text)
        return self._found.get((text, self.composer.moment(now)), lambda: self._search(text, now))

    def _search(self, text: str, now: datetime) -> Found:
        found, today = self.finder.find(text, now), now.astimezone(KST).date()
        rows = [self._row(i, now, today, i in found.sure) for i in found.entries]
        rows.sort(key=lambda r: r.fresh.state == "expired")
        u = self.desk.matcher.read(found.read_as[0] if found.read_as else text)
        named = dict.fromkeys(m.term for m in u.mentions if m.term in self.members and not m.negated)
        cards = [self.members[t] for t in named] or self._beginning(text)
        return Found(
            text,
            tuple(rows),
            tuple(cards[:_FOUND_CARDS]),
            self._contacts(text),
            found.known,
            found.asks,
            found.read_as,
            "" if found.known else self._instead(crisis=found.crisis, now=now),
            found.crisis,
        )

    def _instead(self, *, crisis: bool, now: datetime) -> str:
        """Return what to say where nothing answers."""
        frame = self.base.talk.get("crisis", "")
        entry = self.base.entry(frame) if crisis else None
        return self.composer.body(entry, now) if entry else self.base.reply("fallback")

    def _row(self, id: str, now: datetime, today: date, sure: bool) -> Row:
        key = id, today, sure, self.composer.moment(now)
        return self._rows.get(key, lambda: self._shown(self.base.entries[id], now, today, sure))

    def _shown(self, entry: Entry, now: datetime, today: date, sure: bool) -> Row:
        body = self.composer.body(entry, now).replace("\n", " ")
        snippet = body if len(body) <= _SNIPPET else body[:_SNIPPET].rstrip() + "…"
        fresh = standing(entry, today, self.trust.doubted(entry, body))
        return Row(entry.id, question_of(entry), snippet, fresh, sure, entry.topic)

    def _beginning(self, text: str) -> list[Term]:
        start = compact(text)
        if not start:
            return []
        return [self.members[t] for t, names in self._names.items() if any(n.startswith(start) for n in names)]

    def _contacts(self, text: str) -> tuple[Contact, ...]:
        wanted = compact(text)
        if len(wanted) < 2:
            return ()
        found = [c for c, label, value in self._ways if wanted in label or wanted in value or label in wanted]
        return tuple(found[:_FOUND_CONTACTS])

    # answers

    def answer(self, id: str, now: datetime, link: str, text: str = "", language: str = "") -> Answer | None:
        """Return an entry's answer as it holds at `now`, in a language; `text`: the question it was found by."""
        entry = self.base.entries.get(id)
        if entry is None:
            return None
        own = self.base.language
        language = language or own
        reply = self._reply(entry, now, text, language)
        notice = self.composer.notice(entry.notice, now, language)
        body = reply.body.removesuffix(notice).rstrip() if notice else reply.body
        fresh = standing(entry, now.astimezone(KST).date(), self.trust.doubted(entry, reply.body))
        spoken = entry.say if language == own else ""
        said = spoken or _first_sentence(body)
        address = link + suffix(language, own)
        phone = next((f"{c.label} {c.value}" for c in reply.contacts if c.kind == "phone"), "")
        question = question_of(entry, language)
        source = Source(question, reply.body, reply.signature, fresh.warning, address, phone, language)
        return Answer(
            entry=entry.id,
            question=question_of(entry),
            body=body,
            notice=notice,
            say=said,
            digits=read if (read := digits(said)) != said else "",
            say_given=bool(spoken),
            fresh=fresh,
            sources=reply.sources,
            related=reply.related,
            contacts=reply.contacts,
            staff_note=self._note(entry),
            copies=copies(source),
            link=link,
            language=language,
            others=tuple((c, locale.of(c).name) for c in self.base.languages_of(entry, now) if c != language),
        )

    def _reply(self, entry: Entry, now: datetime, text: str, language: str) -> Reply:
        name = ""
        if entry.unlisted and text:
            mentions = self.desk.matcher.reader.read(text).mentions
            name = next((m.surface for m in mentions if m.how == "pattern"), "")
        reply = self.composer.answer(Outcome.ANSWER, [entry], now, name=name, score=1.0, language=language)
        return replace(reply, body=reply.body.strip())

    def _note(self, entry: Entry) -> str:
        """Return the note for staff; of a template's what is said of other members is left out."""
        own = self.members.get(entry.member)
        if own is None:
            return entry.staff_note
        others = {n for t in self.members.values() if t.id != own.id for n in (t.name, *t.aliases) if len(n) > 1}
        mine = (own.name, *own.aliases)
        kept = [
            s
            for s in _SENTENCES.findall(entry.staff_note)
            if any(n in s for n in mine) or not any(n in s for n in others)
        ]
        return " ".join(s.strip() for s in kept)

    def sections(self) -> list[tuple[str, list[tuple[str, list[tuple[str, str]]]]]]:
        """Return the menu: sections, what is behind each, and the entries behind that."""
        return [
            (
                section.title.in_(KOREAN),
                [
                    (item.title, [(e.id, question_of(e)) for e in item.entries])
                    for item in self.menu.items(section, KOREAN)
                    if item.entries
                ],
            )
            for section in self.base.menu
        ]

    # the directory

    def card(self, id: str) -> Card | None:
        """Return the card of a term."""
        term = self.members.get(id)
        if term is None:
            return None
        facts = {f.key: f for f in self.base.facts.get(id, ())}
        others = sorted({*term.aliases, *term.exact} - {term.name})
        entries = tuple((e.id, question_of(e)) for e in self.menu.of_member(id))
        lines = tuple(self._line(k, facts) for k in self.keys)
        short = next((c.label for c in self.base.contacts.values() if c.label in term.aliases), term.name)
        return Card(id, term.name, short, ", ".join(others), lines, entries)

    def _line(self, key: str, facts: dict[str, Fact]) -> Line:
        label = self.base.fact_names.get(key, key)
        fact, note = facts.get(key), facts.get(key + NOTE)
        if fact is None:
            return Line(label, key, note=note.value if note else "")
        titles = ", ".join(s.title for n in fact.sources if (s := self.base.sources.get(n)))
        return Line(label, key, fact.value, note.value if note else "", fact.checked, titles, fact.verify)

    def cards(self, text: str = "") -> list[Card]:
        """Return the cards of the directory, or of those that a text names or that it stands in."""
        every = [c for t in self.members if (c := self.card(t))]
        if not text.strip():
            return every
        u = self.desk.matcher.reader.read(text)
        named = {m.term for m in u.mentions if not m.negated}
        wanted = compact(u.rewritten or text)
        return [
            c
            for c in every
            if c.id in named
            or self.members[c.id].traits & named
            or (wanted and wanted in compact(" ".join([c.name, c.names, *(n.value for n in c.lines)])))
        ]

    def channels(self, text: str = "") -> list[Contact]:
        """Return the contacts that belong to nobody in the directory, or those of them that a text stands in."""
        own = {n for t in self.members.values() for n in (t.name, *t.aliases)}
        found: Iterable[Contact] = (c for c in self.base.contacts.values() if c.label not in own)
        wanted = compact(text)
        return [c for c in found if wanted in compact(c.label + c.value)]


def _first_sentence(text: str) -> str:
    found = _FIRST.match(text.strip())
    return found[0].strip() if found else ""
