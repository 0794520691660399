"""The format of the YAML files: what an editor may write. Unknown keys are errors.

These models only hold what is in a file; `build` turns them into the types of `bot.words`.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.knowledge import locale
from bot.languages import ENGLISH, KOREAN, USUAL, Written

Id = Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Partial = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _dated(value: Any) -> Any:
    return date.max if value is True else None if value is False else value


Texts = Annotated[list[Text], BeforeValidator(_listed)]
Ids = Annotated[list[Id], BeforeValidator(_listed)]


class Doc(BaseModel):
    """A mapping in a file."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class SourceDoc(Doc):
    id: Id
    title: Text
    publisher: Text | None = None
    date: Partial | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    not_found: bool = False
    """Whether it lists what was looked for and not found: no positive claim can rest on it alone."""
    says: Texts = []
    """The values (sums, shares, dates, numbers, addresses) that it states."""


class FigureDoc(Doc):
    id: Id
    value: Text
    as_of: Partial | None = None
    sources: Ids = []
    note: Text | None = None


class ChannelDoc(Doc):
    id: Id
    name: Text
    phone: Text | None = None
    url: Text | None = None
    email: Text | None = None
    address: Text | None = None
    for_: Text | None = Field(None, alias="for")
    as_of: Partial | None = None
    sources: Ids = []
    verify: bool = False
    note: Text | None = None


class FactDoc(Doc):
    value: Text
    as_of: Partial | None = None
    sources: Ids = []
    verify: bool = False
    note: Text | None = None


class FormerDoc(Doc):
    alias: Text
    note: Text


class InstitutionDoc(Doc):
    id: Id
    name: Text
    short: Text
    english: Text | None = None
    kind: Id | None = None
    region: Ids = []
    fields_of_work: Ids = []
    aliases: Texts = []
    exact: Texts = []
    former: list[FormerDoc] = []
    facts: dict[str, FactDoc] = {}
    sources: Ids = []


class TermDoc(Doc):
    id: Id
    name: Text
    aliases: Texts = []
    exact: Texts = []
    within: Id | None = None
    fields: dict[str, Text] = {}
    sources: Ids = []
    note: Text | None = None


class GroupDoc(Doc):
    id: Id
    name: Text
    exclusive: bool = False
    silent: Literal["any", "none"] | list[Id] = "any"
    needed: bool = False
    filler: bool = False
    patterns: Texts = []
    terms: list[TermDoc] = []


class PhaseDoc(Doc):
    until: date | datetime | None = None
    answer: Text
    short: Text | None = None
    english: Text | None = None


class AgainDoc(Doc):
    """What is said in an answer's place where the conversation has had it already."""

    answer: Text
    english: Text | None = None


class TestsDoc(Doc):
    match: Texts = []
    offer: Texts = []
    not_match: Texts = []


class EnglishDoc(Doc):
    question: Text | None = None
    """How it is offered to those who read English, where no wording is fit for that."""
    answer: Text | None = None


class Defaults(Doc):
    owner: Text | None = None
    verified_on: date | None = None
    verified_by: Text | None = None
    review_by: date | None = None
    topic: Text | None = None
    notice: Text | None = None
    status: Literal["active", "draft", "retired"] | None = None
    kind: Literal["answer", "smalltalk", "handover", "boundary"] | None = None
    sources: Ids = []
    weight: Annotated[float, Field(ge=0.5, le=1.5)] | None = None


class Common(Defaults):
    """What entries and templates share."""

    id: Id
    questions: Texts
    about: Ids = []
    related: Ids = []
    say: Text | None = None
    english: EnglishDoc | None = None
    staff_note: Text | None = None
    audience: Literal["everyone", "staff"] = "everyone"
    former: Ids = []
    """Ids under which it was published before; what is kept or linked under them leads here."""
    correction: Annotated[date | None, BeforeValidator(_dated)] = None
    """The day on which an earlier answer was corrected; `true`: every change is a correction."""
    tests: TestsDoc | None = None


TalkLabel = Literal[
    "abuse", "another", "bye", "capability", "choose-none", "complaint", "compliment", "crisis", "forget-me",
    "greeting", "how-to-use", "identity", "lament", "laugh", "more", "no", "not-understood", "ok", "person", "repeat",
    "smalltalk", "test", "thanks", "unclear", "wait", "yes",
]  # fmt: skip
"""A kind of small talk, or of what people say to the desk rather than about its subject."""


class EntryDoc(Common):
    answer: Text | None = None
    short: Text | None = None
    """The answer for a preview, where its first sentence is too long for one."""
    again: list[AgainDoc] = []
    talk: list[TalkLabel] = []
    """What kinds of small talk it answers: what people say for these everywhere belongs to it."""
    phases: list[PhaseDoc] = []


class AnswerDoc(Doc):
    needs: Ids = []
    answer: Text
    short: Text | None = None
    say: Text | None = None
    english: EnglishDoc | None = None
    staff_note: Text | None = None
    sources: Ids = []
    notice: Text | None = None


class TemplateDoc(Common):
    for_: Id = Field(alias="for")
    only: Ids = []
    answers: list[AnswerDoc]


class TopicDoc(Doc):
    """A topic, or all that templates made for the members of a group."""

    topic: Id | None = None
    members: Id | None = None
    title: Text
    english: Text | None = None


class MenuDoc(Doc):
    """One line of the menu: topics, or the members of a group."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,20}$")]
    title: Annotated[str, StringConstraints(max_length=40)]
    english: Text | None = None
    topics: list[TopicDoc] = []
    members: Id | None = None


DAYS = ("월", "화", "수", "목", "금", "토", "일")
Hours = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]


class OfficeDoc(Doc):
    """When the desk's own staff answer: a day of the week to «09:00-18:00»."""

    hours: dict[Literal["월", "화", "수", "목", "금", "토", "일"], Hours]
    holidays: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "KR"


class GuidedOptionDoc(Doc):
    say: Text
    english: Text | None = None
    go: Id | None = None
    end: Id | None = None


class GuidedQuestionDoc(Doc):
    id: Id
    ask: Text
    english: Text | None = None
    options: list[GuidedOptionDoc]


class GuidedEndDoc(Doc):
    """Where a path ends: what applied then, what to look at now, and the entries whose sources support it."""

    id: Id
    then: Text
    then_english: Text | None = None
    now: Text
    now_english: Text | None = None
    entries: Ids = []
    confirm: bool = False


class GuidedDoc(Doc):
    """A check of a few tapped questions."""

    title: Text
    english: Text | None = None
    intro: Text
    intro_english: Text | None = None
    questions: Annotated[list[GuidedQuestionDoc], Field(min_length=1)]
    ends: list[GuidedEndDoc]


class NoticeDoc(Doc):
    id: Id
    phases: list[PhaseDoc]


class ElsewhereDoc(Doc):
    """Questions of one field that this knowledge base has nothing to do with."""

    name: Text
    questions: Texts


class AskDoc(Doc):
    q: Text
    choices: Ids


class TurnDoc(Doc):
    q: Text
    entry: Id | None = None
    outcome: Literal["answer", "ask", "fallback", "handover", "smalltalk"] | None = None


class LabelledTurnDoc(Doc):
    q: Text
    want: Annotated[Ids, Field(min_length=1)]
    asked: Ids = []


class LabelledDialogueDoc(Doc):
    """A dialogue to learn from and to measure with, not a test."""

    id: Id
    turns: Annotated[list[LabelledTurnDoc], Field(min_length=1)]


class FailureDoc(Doc):
    q: Text
    entry: Id
    why: Text


class BaseTestsDoc(Doc):
    out_of_scope: Texts = []
    ask: list[AskDoc] = []
    dialogues: list[list[TurnDoc]] = []
    known_failures: list[FailureDoc] = []


class ProgrammeDoc(Doc):
    """About the knowledge base as a whole."""

    name: Text
    description: Text | None = None
    notice: Text | None = None
    """The notice that everybody should see first."""
    language: Written = KOREAN
    facts: dict[str, Text] = {}
    """The names of facts in tables that people see, in the order of the columns."""


SECTIONS: dict[str, type[Doc]] = {
    "sources": SourceDoc,
    "figures": FigureDoc,
    "channels": ChannelDoc,
    "institutions": InstitutionDoc,
    "groups": GroupDoc,
    "notices": NoticeDoc,
    "entries": EntryDoc,
    "templates": TemplateDoc,
    "menu": MenuDoc,
    "elsewhere": ElsewhereDoc,
    "labelled_dialogues": LabelledDialogueDoc,
}
"""Sections that are lists, and what an item of each is."""

SINGLES: dict[str, type[Doc]] = {
    "defaults": Defaults,
    "programme": ProgrammeDoc,
    "office": OfficeDoc,
    "guided": GuidedDoc,
    "tests": BaseTestsDoc,
}
"""Sections that are one mapping."""

TEXTS = {"replies": KOREAN, "english": ENGLISH} | {
    f"replies_{code}": code for code in locale.codes() if code not in USUAL
}
"""Sections that map a name to a text, what the desk says of its own accord, and the language of each."""
