"""What the public pages show of one knowledge base: its entries, the place of each, how it reads. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from bot.channels.web.trust import Trust
from bot.desk.compose import Composer, question_of
from bot.desk.menu import Item, Menu
from bot.knowledge.base import KST, KnowledgeBase, current, translations_of
from bot.lengths import shortened
from bot.words import Contact, Entry, Kind, Outcome, Reply

MORE = "_more"
"""The section of what is in no menu."""
_ALIKE: Mapping[str, float] = {}
_LONGEST_EXCERPT = 150
_ADDRESS = r"https?://[^\s<>\"'()\[\]{}«»‘’“”]+[^\s<>\"'()\[\]{}«»‘’“”.,;:!?。·]"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and where it leads or empty."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an entry: section id and title, and the title of its line there."""

    section: str
    title: str
    item: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section as shown."""

    id: str
    title: str
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """How many entries it has."""
        return sum(len(i.entries) for i in self.items)


class Shelf:
    """The public entries of a knowledge base, in the order of its menu."""

    def __init__(self, base: KnowledgeBase, composer: Composer) -> None:
        self.base, self.composer, self.trust = base, composer, Trust(base)
        self.entries = {e.id: e for e in base.entries.values() if is_public(e)}
        self.unlisted = {e.id: e for e in base.entries.values() if e.for_staff and has_page(e)}
        """Entries for staff: whoever was told one may open its page, but nothing links to it."""
        self._menu = Menu(base)
        self._places = {language: self._placed(language) for language in base.languages}

    def sections(self, language: str, weights: Mapping[str, float] = _ALIKE) -> list[Part]:
        """Return the sections of the menu, and last what is in none of them; in each the most important first."""

        def ordered(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
            shown = (e for e in entries if e.id in self.entries)
            return tuple(sorted(shown, key=lambda e: -weights.get(e.id, 0.0)))

        items = {
            s.id: [Item(i.title, ordered(i.entries)) for i in self._menu.items(s, language)]
            for s in self._menu.sections.values()
        }
        parts = [
            Part(s.id, s.title.in_(language), tuple(i for i in items[s.id] if i.entries))
            for s in self._menu.sections.values()
        ]
        shown = {e.id for p in parts for i in p.items for e in i.entries}
        rest = ordered(tuple(e for e in self.entries.values() if e.id not in shown))
        if rest:
            name = self.base.reply("page_more" if parts else "page_browse", language)
            parts.append(Part(MORE, name, (Item(name, rest),)))
        return [p for p in parts if p.items]

    def place(self, entry: Entry, language: str) -> Place:
        """Return the place of an entry, the first if there are several."""
        name = self.base.reply("page_more", language)
        return self._places[self.base.tongue(language)].get(entry.id) or Place(MORE, name, name, "i0")

    def _placed(self, language: str) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for part in self.sections(language):
            for number, item in enumerate(part.items):
                for entry in item.entries:
                    found.setdefault(entry.id, Place(part.id, part.title, item.title, f"i{number}"))
        return found

    def reply(self, entry: Entry, now: datetime, language: str) -> Reply:
        """Return an entry as it reads at `now`."""
        return self.composer.answer(Outcome.ANSWER, [entry], now, language=language)

    def told(self, entry: Entry, now: datetime, language: str) -> str:
        """Return the language in which an entry answers whoever wants a language."""
        return (
            translations_of(entry, current(entry.phases, now)).beside(self.base.language, entry.id).nearest(language)
        )

    def headline(self, entry: Entry, language: str) -> str:
        """Return the question by which an entry is shown; in English one in English, where there is one."""
        return question_of(entry, language)


def is_public(entry: Entry) -> bool:
    """Tell whether an entry may be listed: it has a page, and is for everyone."""
    return has_page(entry) and not entry.for_staff


def has_page(entry: Entry) -> bool:
    """Tell whether an entry has a page: one that answers nothing has none, nor has one for unlisted names.

    Small talk, distress, hand-over and boundaries belong in a conversation.
    """
    return entry.kind is Kind.ANSWER and not entry.unlisted


def today(now: datetime) -> date:
    """Return the day in Korea."""
    return now.astimezone(KST).date()


def href(contact: Contact) -> str:
    """Return where a contact leads."""
    if contact.kind == "phone":
        return "tel:" + re.sub(r"[^\d+*#]", "", contact.value)
    if contact.kind == "email":
        return f"mailto:{contact.value}"
    return contact.value if re.match(r"https?://", contact.value) else f"https://{contact.value}"


def lines(text: str, contacts: Iterable[Contact]) -> list[list[Piece]]:
    """Return the lines of a text, with its contacts and addresses as links."""
    known = {c.value: href(c) for c in contacts}
    names = (re.escape(v) for v in sorted(known, key=len, reverse=True))
    pattern = re.compile("|".join([*(rf"(?<![\w./-]){n}(?![\d-])" for n in names), _ADDRESS]))
    return [list(_pieces(line, pattern, known)) for line in text.split("\n") if line.strip()]


def _pieces(line: str, pattern: re.Pattern[str], known: dict[str, str]) -> Iterator[Piece]:
    end = 0
    for found in pattern.finditer(line):
        if found.start() > end:
            yield Piece(line[end : found.start()])
        yield Piece(found[0], known.get(found[0], found[0]))
        end = found.end()
    if end < len(line):
        yield Piece(line[end:])


def excerpt(text: str) -> str:
    """Return the first sentences of a text that fit a preview, in one line."""
    return shortened(" ".join(text.split()), _LONGEST_EXCERPT)


def structured(data: object) -> Markup:
    """Return data as JSON that cannot end the HTML element around it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for risky in "<>&\u2028\u2029":
        text = text.replace(risky, f"\\u{ord(risky):04x}")
    return Markup(text)  # escaped above


def question_page(
    question: str, answer: str, address: str, language: str, checked: str, trail: Sequence[tuple[str, str]]
) -> list[dict[str, object]]:
    """Return what a page says to search engines. Source: schema.org, FAQPage and BreadcrumbList."""
    about: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "url": address,
        "inLanguage": language,
        "mainEntity": [
            {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}
        ],
    }
    if checked:
        about["dateModified"] = checked
    crumbs = [
        {"@type": "ListItem", "position": i, "name": name, "item": item} for i, (name, item) in enumerate(trail, 1)
    ]
    return [
        about,
        {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": crumbs},
    ]
