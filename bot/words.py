"""The project's vocabulary: the core types, all immutable. One word, one thing.

query       one message from one user
utterance   a text as understood: normal form, masked form, the terms found in it
term        a thing the domain has a name for; terms of an exclusive group exclude one another
entry       one curated question and its answer
frame       what the matcher ranks: the wordings of an entry, or of a template before its member is filled in
match       a frame with its score and the evidence
reply       what to show, in no platform's format
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal

from bot.languages import KOREAN, NO_TEXT, Text

UNNAMED = ".unnamed"
"""End of the id of an entry for names that only a pattern knows."""
_ANY = ".*"
"""End of the term of such a name."""


def group_of(term: str) -> str:
    """Return the group of a term: the part of its id before the dot."""
    return term.partition(".")[0]


def unlisted(group: str) -> str:
    """Return the term of a group's names that only a pattern knows."""
    return group + _ANY


def is_unlisted(term: str) -> bool:
    """Tell whether a term is that of names that only a pattern knows."""
    return term.endswith(_ANY)


class Outcome(StrEnum):
    """What became of a question."""

    ANSWER = "answer"
    ASK = "ask"
    FALLBACK = "fallback"
    HANDOVER = "handover"
    SMALLTALK = "smalltalk"


class Kind(StrEnum):
    """What an entry is for. A boundary says that a thing is not covered."""

    ANSWER = "answer"
    SMALLTALK = "smalltalk"
    HANDOVER = "handover"
    BOUNDARY = "boundary"

    @property
    def outcome(self) -> Outcome:
        """What becomes of a question that gets such an entry, whether it was typed or tapped."""
        return Outcome.FALLBACK if self is Kind.BOUNDARY else Outcome(self.value)


class RefusedError(Exception):
    """What an operator asked for cannot be done; the message says why, in their words."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a knowledge base, in the editor's words."""

    file: str
    line: int
    message: str
    hint: str = ""
    code: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}" + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. `date` is YYYY, YYYY-MM or YYYY-MM-DD, or empty where unknown."""

    id: str
    title: str
    date: str = ""
    url: str = ""
    publisher: str = ""
    sha256: str = ""
    """Of the document as it was when the entries were checked against it; empty where not recorded."""
    not_found: bool = False
    """Whether it lists what was looked for and not found."""
    says: tuple[str, ...] = ()
    """The values that it states; empty where nobody noted them."""


@dataclass(frozen=True, slots=True)
class Term:
    """A name of the domain. `exact` aliases are never reached by correcting a typo."""

    id: str
    name: str
    group: str
    aliases: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    within: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What to tell a person who used a former name, by that name."""
    traits: frozenset[str] = frozenset()
    """Ids of other terms that point to this one: an institution's region, fields and kind."""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A set of terms and how they bind.

    `silent` says what an entry applies to that names no term of the group: `None` everything, else
    only these term ids; a question that names another is hardly for it. `needed`: an entry about such a term is unlikely
    to be meant where it is not named. How much each counts is learned; only a name that contradicts is a veto.
    """

    id: str
    name: str
    exclusive: bool = False
    silent: frozenset[str] | None = None
    needed: bool = False
    filler: bool = False
    patterns: tuple[str, ...] = ()
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Phase:
    """A text and the last moment for which it holds (`None`: for good)."""

    text: str
    """In the language of the knowledge base."""
    until: datetime | None = None
    translations: Text = NO_TEXT
    short: str = ""
    """For a preview; empty where the first sentence will do."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach somebody: `kind` is phone, url or email."""

    kind: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a record. `verify`: not from an official source; `checked` is YYYY, YYYY-MM or YYYY-MM-DD."""

    key: str
    value: str
    checked: str = ""
    sources: tuple[str, ...] = ()
    verify: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One line of the menu: a title and the topics behind it, each with its own title."""

    id: str
    title: Text
    topics: tuple[tuple[str, Text], ...] = ()
    """Topic (or `@group`: all that templates made for its members) and title."""
    members: str = ""
    """A group instead of topics: its terms are listed, and behind each what templates made for it."""


@dataclass(frozen=True, slots=True)
class Office:
    """When the desk's own staff answer. `hours`: weekday (Monday 0) to opening and closing time."""

    hours: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    country: str = "KR"
    """Whose public holidays are kept (ISO 3166)."""


@dataclass(frozen=True, slots=True)
class Tests:
    """What an entry's own tests ask: wordings that must get it, must at least be offered it, and must not get it."""

    match: tuple[str, ...] = ()
    offer: tuple[str, ...] = ()
    not_match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One curated question and its approved answer."""

    id: str
    frame: str
    questions: tuple[str, ...]
    phases: tuple[Phase, ...]
    kind: Kind = Kind.ANSWER
    topic: str = ""
    say: str = ""
    translations: Text = NO_TEXT
    """Of its last phase."""
    titles: Text = NO_TEXT
    """How it is offered in other languages; empty: by its first wording."""
    sources: tuple[str, ...] = ()
    verified_on: date | None = None
    review_by: date | None = None
    owner: str = ""
    notice: str = ""
    about: frozenset[str] = frozenset()
    related: tuple[str, ...] = ()
    staff_note: str = ""
    again: tuple[Phase, ...] = ()
    """What is said in its place where a conversation has had it already, in order; from then on the last."""
    for_staff: bool = False
    """For those who answer others: told to anybody who asks, but listed and offered nowhere."""
    correction: date | None = None
    """The day on which an earlier answer was corrected; `date.max` where every change counts as a correction."""
    member: str = ""
    file: str = ""
    line: int = 0

    @property
    def unlisted(self) -> bool:
        """Whether it is for names that only a pattern knows."""
        return self.id.endswith(UNNAMED)

    @property
    def all_translations(self) -> tuple[Text, ...]:
        """What it says in other languages, of all its phases."""
        return (self.translations, *(p.translations for p in self.phases))


@dataclass(frozen=True, slots=True)
class Frame:
    """What the matcher ranks. `slot` is the group that must be filled in, or empty.

    `entries` maps a member term to the entry for it; a plain entry is the member "".
    """

    id: str
    wordings: tuple[str, ...]
    entries: Mapping[str, Entry]
    slot: str = ""
    about: frozenset[str] = frozenset()
    topic: str = ""
    kind: Kind = Kind.ANSWER
    tests: Tests = Tests()
    weight: float = 1.0
    """Factor on its score: a definition yields to a fuller entry unless it is clearly meant."""
    talk: tuple[str, ...] = ()
    """Labels of the small talk that it answers."""
    unnamed: Entry | None = None
    """For a slot whose group has patterns: the entry for a name nobody listed, `{name}` left open."""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a dialogue that must go as written."""

    q: str
    entry: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """One message of a labelled dialogue. `want`: entries, any of them right, or talk, person, ask, repeat, none."""

    q: str
    want: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    """Entries that were offered instead of an answer: what follows is said to a desk that asked back."""


@dataclass(frozen=True, slots=True)
class LabelledDialogue:
    """A dialogue that says what each message wants. Unlike a test it need not go as written."""

    id: str
    turns: tuple[LabelledTurn, ...] = ()


@dataclass(frozen=True, slots=True)
class BaseTests:
    """Tests of the whole knowledge base."""

    out_of_scope: tuple[str, ...] = ()
    ask: tuple[tuple[str, tuple[str, ...]], ...] = ()
    dialogues: tuple[tuple[Turn, ...], ...] = ()
    known_failures: tuple[tuple[str, str, str], ...] = ()
    """Question, entry, why."""


How = Literal["exact", "typo", "initials", "pattern", "context", "implied"]
"""How a term was found in a text."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A term found in a text: `text[start:end]` of the squeezed normal form."""

    term: str
    group: str
    start: int
    end: int
    surface: str
    how: How = "exact"
    negated: bool = False
    alias: str = ""
    """The name as it should have been written, where it was misspelt."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text as understood."""

    original: str
    normal: str
    """Normal form: clean, lower case, rewritten from another keyboard layout where that is what it is."""
    masked: str
    """What is compared: names replaced by their group's symbol, fillers dropped, concepts appended."""
    mentions: tuple[Mention, ...] = ()
    doubtful: tuple[Mention, ...] = ()
    """Names that it might mean but that are too far off to be taken."""
    rewritten: str = ""
    """The reading, where it was typed in another keyboard layout; else empty."""
    initials: bool = False
    """Only initial consonants."""
    repaired: float = 0.0
    """Share of its letters in words corrected on suspicion: they may have been meant as typed."""
    unread: float = 0.0
    """Share of its letters in misspelt words that nothing corrects."""
    corrected: tuple[str, ...] = ()
    """The corrections, as read: «자걱 → 자격»."""
    others: tuple[str, ...] = ()
    """Further readings, masked: with other corrections."""
    typed: str = ""
    """The reading as typed, masked, where it may have been meant."""

    def terms(self, group: str) -> frozenset[str]:
        """Return the terms of a group that are meant: those denied («A 말고 B») are left out."""
        return frozenset(m.term for m in self.mentions if m.group == group and not m.negated)

    def refers(self, term: str) -> bool:
        """Tell whether a term is found and not denied, whatever its group."""
        return any(m.term == term and not m.negated for m in self.mentions)


class Refusal(StrEnum):
    """Why an entry may not answer, whatever it scores."""

    OTHER = "other"
    """It is about another name."""


@dataclass(frozen=True, slots=True)
class Veto:
    """That an entry may not answer: why, and for the sake of which group of names."""

    why: Refusal
    group: str

    def __str__(self) -> str:
        return f"{self.why} {self.group}"


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, how well it fits, and why. Score in 0–1."""

    entry: Entry
    frame: str
    score: float
    similarity: float
    veto: Veto | None = None
    """Why the guard refused it."""


@dataclass(frozen=True, slots=True)
class Query:
    """One message from one user. `user` is pseudonymous; `received_at` has a time zone."""

    text: str
    user: str
    received_at: datetime
    channel: str = "terminal"
    id: str = ""
    choice: str = ""
    """Entry id, where the user tapped a choice instead of typing."""
    language: str = KOREAN
    """In which to answer where there is a translation."""
    chosen: bool = True
    """Whether somebody chose the language; else what is asked and the conversation go before it (`desk/language.py`)."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as shown: title, address and the day on which it was checked."""

    title: str
    url: str
    date: str
    checked: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the readings offered, and the reply it leads to."""

    question: str
    entry: str
    answer: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What to show, in no platform's format. `text` is all of it as plain text: body, choices and signature."""

    outcome: Outcome
    text: str
    entry: str = ""
    entries: tuple[str, ...] = ()
    score: float = 0.0
    choices: tuple[Choice, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    related: tuple[Choice, ...] = ()
    trace: Mapping[str, object] | None = None
    body: str = ""
    """The text without the numbered choices and without the signature."""
    signature: str = ""
    """Where it comes from and when it was checked, on one line; empty where there is no source."""
    contacts: tuple[Contact, ...] = ()
    """The numbers and addresses in the body that are known contacts, in order."""
    why: str = ""
    """The decision, in a word or two, for those who look after the knowledge."""
    knowledge: str = ""
    """The version of the knowledge base that it was made from."""
    language: str = ""
    """In which it speaks."""
