"""The knowledge base: a whole folder, validated, immutable, with a version."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from bot.knowledge import locale
from bot.knowledge.guided import Guided
from bot.languages import ENGLISH, KOREAN, NO_TEXT, USUAL, Text
from bot.words import (
    BaseTests,
    Contact,
    Entry,
    Fact,
    Frame,
    Group,
    LabelledDialogue,
    Office,
    Phase,
    Problem,
    Section,
    Source,
    Term,
)

KST = timezone(timedelta(hours=9), "KST")
"""Korea has had no daylight saving time since 1988, so a fixed offset is exact."""


SHIPPED = "talk-"
"""Beginning of the ids of small-talk entries that ship with the program and are in no file."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What an entry says, with what is only known when it is said (`fill.LATE`) still open."""

    text: str
    language: str
    phase: Phase
    lead: str = ""
    """A line that says that it is in another language than the one wanted."""


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """All of `knowledge/`. Replacing it is one assignment."""

    name: str
    version: str
    """First 12 hex digits of the SHA-256 of the files."""
    frames: tuple[Frame, ...]
    entries: Mapping[str, Entry]
    groups: Mapping[str, Group]
    terms: Mapping[str, Term]
    sources: Mapping[str, Source]
    notices: Mapping[str, tuple[Phase, ...]]
    replies: Mapping[str, Mapping[str, str]]
    """By language the desk's own sentences, all of them in each."""
    tests: BaseTests
    files: tuple[str, ...] = ()
    language: str = KOREAN
    """The one that it is written in."""
    languages: tuple[str, ...] = USUAL
    """Those that the desk speaks with users, its own first."""
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    """By value: the telephone numbers and addresses in records."""
    menu: tuple[Section, ...] = ()
    office: Office | None = None
    guided: Guided | None = None
    """A check of a few tapped questions."""
    description: str = ""
    notice: str = ""
    """Which of the `notices` everybody should see first; or empty."""
    facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    """Recorded facts by term id: addresses, numbers, fields of work."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Values of records for answers, by placeholder: figures, channels, facts of institutions."""
    fact_names: Mapping[str, str] = field(default_factory=dict)
    """The names of facts in tables, in the order of the columns."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Ids under which entries were published before, and their ids now."""
    gone: frozenset[str] = frozenset()
    """Ids of entries and templates that were withdrawn, former ids included."""
    talk: Mapping[str, str] = field(default_factory=dict)
    """The frame that answers each label of small talk."""
    elsewhere: tuple[str, ...] = ()
    """Questions that belong elsewhere: they show which words are out of scope here."""
    voices: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """What people type, by author and by what it asks for: an entry, `-` (nothing may answer), `talk:<label>`."""
    dialogues: tuple[LabelledDialogue, ...] = ()
    voices_faults: tuple[Problem, ...] = ()
    """Faults in voices and dialogues: those parts are left out, and the rest is served."""

    def written(self) -> tuple[Frame, ...]:
        """Return the frames from its files, without the small talk that ships with the program."""
        return tuple(f for f in self.frames if f.file or not f.id.startswith(SHIPPED))

    def entry(self, id: str) -> Entry | None:
        """Return an entry by its id or a former one."""
        for name in (id, self.moved.get(id, "")):
            with suppress(KeyError):
                return self.entries[name]
        return None

    def taken_back(self, id: str) -> bool:
        """Tell whether an id is that of an entry that was published and is no longer."""
        return not self.gone.isdisjoint((id, id.partition(".")[0]))

    def is_urgent(self, entry: Entry) -> bool:
        """Tell whether an entry is what is said to somebody who may be in danger."""
        return entry.frame == self.talk.get("crisis")

    def reply(self, name: str, language: str = "") -> str:
        """Return one of the desk's own sentences; a knowledge base that has none gets the built-in one."""
        return (self.replies.get(language) or self.replies[self.tongue(language)])[name]

    def languages_of(self, entry: Entry, now: datetime) -> list[str]:
        """Return the languages in which there is the answer of an entry, the desk's own first."""
        said = translations_of(entry, current(entry.phases, now))
        return [c for c in self.languages if c == self.language or said.exactly(c)]

    def spoken(self, entry: Entry, now: datetime, language: str, before: int = 0) -> Spoken:
        """Return what an entry says at a moment, in the language nearest to the one wanted.

        `before`: how often it was said already.
        """
        wanted = self.tongue(language)
        phase = entry.again[min(before, len(entry.again)) - 1] if before else current(entry.phases, now)
        said = translations_of(entry, phase).beside(self.language, phase.text)
        found = said.nearest(wanted)
        if found == wanted:
            return Spoken(said.exactly(found), found, phase)
        lead = self.reply("untranslated", wanted).replace("{language}", locale.of(wanted).names[found])
        return Spoken(said.exactly(found), found, phase, lead)

    def tongue(self, language: str) -> str:
        """Return the language in which the desk speaks to whoever wants `language`; its own where nobody wants any."""
        if not language or language in self.languages:
            return language or self.language
        return ENGLISH if ENGLISH in self.languages else self.language


def current(phases: tuple[Phase, ...], now: datetime) -> Phase:
    """Return the first phase that has not passed; the last one when all have."""
    for phase in phases:
        if phase.until is None or now <= phase.until:
            return phase
    return phases[-1]


def days_left(phase: Phase, now: datetime) -> int:
    """Return the calendar days in Korea from `now` to the phase's end; 0 on its last day."""
    if phase.until is None:
        return 0
    return (phase.until.astimezone(KST).date() - now.astimezone(KST).date()).days


def translations_of(entry: Entry, phase: Phase) -> Text:
    """Return what a phase of an entry says in other languages; the entry's own are those of its last phase."""
    if phase.translations.said:
        return phase.translations
    return entry.translations if phase is entry.phases[-1] else NO_TEXT
