"""The guided check: a decision table that leads by a few taps to what applied then and what to look at now.

It is answered by numbers: which option was tapped at each question. So a step needs no memory: «0.2.1» fits in an address
or in a button.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.knowledge.documents import Documents
from bot.knowledge.schema import GuidedDoc, GuidedEndDoc, GuidedQuestionDoc
from bot.languages import Text, translated
from bot.words import Problem

MOST_QUESTIONS = 6
"""Most taps to the end of any path."""
MOST_OPTIONS = 5


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to tap. `leads`: the id of a question or of an end."""

    say: Text
    leads: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its answers."""

    id: str
    ask: Text
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class End:
    """Where a path ends: what applied then, what to look at now, and the entries whose sources support it."""

    id: str
    then: Text
    now: Text
    entries: tuple[str, ...]
    confirm: bool
    """Whether no source confirms the judgement."""


@dataclass(frozen=True, slots=True)
class Guided:
    """The table. Its first question begins it."""

    title: Text
    intro: Text
    questions: dict[str, Question]
    ends: dict[str, End]

    def walk(self, taps: Sequence[int]) -> tuple[list[tuple[Question, Option]], Question | End]:
        """Return what was asked and answered, and what comes next; an invalid tap and everything after it are ignored."""
        step: Question | End = next(iter(self.questions.values()))
        way: list[tuple[Question, Option]] = []
        for tap in taps:
            if isinstance(step, End) or not 0 <= tap < len(step.options):
                break
            option = step.options[tap]
            way.append((step, option))
            step = self.questions.get(option.leads) or self.ends[option.leads]
        return way, step


def taps_of(text: str) -> tuple[int, ...]:
    """Return the taps in a text such as «0.2.1»; what is none ends it."""
    found: list[int] = []
    for part in text.split(".")[:MOST_QUESTIONS]:
        if not (part.isascii() and part.isdecimal() and len(part) < 3):
            break
        found.append(int(part))
    return tuple(found)


def guided_of(
    documents: Documents, entries: Collection[str], language: str, problems: list[Problem]
) -> Guided | None:
    """Return the guided check of a folder, where it has one; every fault in it is reported."""
    item = documents.guided
    if item is None:
        return None
    doc: GuidedDoc = item.doc
    faults = list(_faults(doc, entries))
    problems += [Problem(item.file, item.line, message, hint, "guided") for message, hint in faults]
    if faults:
        return None
    questions = {
        q.id: Question(
            q.id,
            translated(language, q.ask, q.english),
            tuple(Option(translated(language, o.say, o.english), o.go or o.end or "") for o in q.options),
        )
        for q in doc.questions
    }
    ends = {
        e.id: End(
            e.id,
            translated(language, e.then, e.then_english),
            translated(language, e.now, e.now_english),
            tuple(e.entries),
            e.confirm,
        )
        for e in doc.ends
    }
    title = translated(language, doc.title, doc.english)
    return Guided(title, translated(language, doc.intro, doc.intro_english), questions, ends)


def _faults(doc: GuidedDoc, entries: Collection[str]) -> Iterator[tuple[str, str]]:
    questions, ends = {q.id for q in doc.questions}, {e.id for e in doc.ends}
    if both := questions & ends:
        yield f"물음과 끝의 id가 겹칩니다: {', '.join(sorted(both))}", ""
    for q in doc.questions:
        yield from _of_options(q, questions, ends)
    for e in doc.ends:
        yield from _of_grounds(e, entries)
    if doc.questions and _longest(doc, doc.questions[0].id, ()) > MOST_QUESTIONS:
        yield f"한 길의 물음이 {MOST_QUESTIONS}개를 넘거나 제자리로 돌아옵니다", "go를 살피세요"


def _of_options(q: GuidedQuestionDoc, questions: Collection[str], ends: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the faults of a question's options: how many, and where each leads."""
    if not 2 <= len(q.options) <= MOST_OPTIONS:
        yield f"[{q.id}] 고를 것이 둘에서 {MOST_OPTIONS}개여야 합니다", ""
    for o in q.options:
        if bool(o.go) == bool(o.end):
            yield f"[{q.id}] '{o.say}'에는 go와 end 가운데 하나만 적습니다", ""
        elif (o.go and o.go not in questions) or (o.end and o.end not in ends):
            yield f"[{q.id}] '{o.say}'이(가) 부르는 '{o.go or o.end}'이(가) 없습니다", "id를 살피세요"


def _of_grounds(e: GuidedEndDoc, entries: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the faults of what an end rests on."""
    if not e.entries and not e.confirm:
        yield f"[{e.id}] 근거가 없습니다", "entries에 항목을 적거나 confirm: true로 적으세요"
    for name in e.entries:
        if name not in entries:
            yield f"[{e.id}] 근거로 든 항목 '{name}'이(가) 없습니다", "id를 살피세요"


def _longest(doc: GuidedDoc, id: str, way: tuple[str, ...]) -> int:
    """Return the most questions on a path from one; more than allowed if there is a cycle."""
    if id in way:
        return MOST_QUESTIONS + 1
    question = next((q for q in doc.questions if q.id == id), None)
    if question is None:
        return 0
    return 1 + max((_longest(doc, o.go, (*way, id)) for o in question.options if o.go), default=0)
