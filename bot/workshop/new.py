"""New entries, asked for step by step: what is known already is not asked, what is missing is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from bot.desk.desk import HelpDesk
from bot.hangul import clean, compact
from bot.knowledge.faults import suggested as meant
from bot.knowledge.records import called
from bot.words import RefusedError, Source
from bot.workshop.check import FEWEST_QUESTIONS
from bot.workshop.edit import Draft
from bot.workshop.edit_folder import Drafts
from bot.workshop.edit_render import Value, item
from bot.workshop.new_id import romanised, suggested
from bot.workshop.review import DAYS

_NEAR = 0.6
"""Score from which an entry is shown as maybe the same question."""
_MOST_NEAR = 3


class Asker(Protocol):
    """Where the answers of the editor come from."""

    def ask(self, question: str, default: str = "") -> str:
        """Return one line; the default where it is empty."""

    def say(self, text: str) -> None:
        """Show something."""


@dataclass(slots=True)
class Wanted:
    """What is known of a new entry. What is empty is asked for."""

    id: str = ""
    questions: list[str] = field(default_factory=list)
    answer: str = ""
    english: str = ""
    sources: list[str] = field(default_factory=list)
    owner: str = ""
    topic: str = ""
    tests: list[str] = field(default_factory=list)
    verified_on: date | None = None
    review_by: date | None = None
    file: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A new entry, the file it belongs to, and sources that are new with it."""

    fields: dict[str, Value]
    file: str

    @property
    def text(self) -> str:
        """Return the entry as YAML, to be kept where it could not be written."""
        return "\n".join(item(self.fields))


class Form:
    """Completes a new entry for one folder."""

    def __init__(self, drafts: Drafts, desk: HelpDesk, asker: Asker, today: date) -> None:
        self.drafts, self.desk, self.asker, self.today = drafts, desk, asker, today
        self.taken = {str(found.get("id")) for found in drafts.entries()}

    def complete(self, wanted: Wanted) -> Made:
        """Return the entry, after asking for what is missing.

        Raises:
            RefusedError: what is given cannot be used.
        """
        self._questions(wanted)
        file, defaults = self._file(wanted)
        self._id(wanted, defaults)
        if not wanted.answer:
            wanted.answer = self._until("답 (첫 문장이 답입니다. 여러 줄이면 \\n으로 나눕니다)", bool).replace(
                "\\n", "\n"
            )
        self._sources(wanted, defaults)
        if not wanted.owner and not defaults.get("owner"):
            wanted.owner = self._until("맡은 사람이나 팀", bool)
        self._tests(wanted)
        return Made(self._fields(wanted, defaults), file)

    def _fields(self, wanted: Wanted, defaults: dict[str, Any]) -> dict[str, Value]:
        verified = wanted.verified_on or self.today
        review = wanted.review_by or verified + timedelta(days=DAYS)
        fields: dict[str, Value | None] = {
            "id": wanted.id,
            "questions": wanted.questions,
            "answer": wanted.answer,
            "topic": wanted.topic if wanted.topic != defaults.get("topic") else None,
            "status": "draft" if wanted.draft else None,
            "sources": wanted.sources if wanted.sources != defaults.get("sources") else None,
            "english": {"answer": wanted.english} if wanted.english else None,
            "owner": wanted.owner if wanted.owner != defaults.get("owner") else None,
            "verified_on": verified if verified.isoformat() != defaults.get("verified_on") else None,
            "review_by": review if review.isoformat() != defaults.get("review_by") else None,
            "tests": {"match": wanted.tests} if wanted.tests else None,
        }
        return {key: value for key, value in fields.items() if value}

    def _questions(self, wanted: Wanted) -> None:
        for question in wanted.questions:
            self._show_near(question)
        if len(wanted.questions) >= FEWEST_QUESTIONS or wanted.draft:
            return
        self.asker.say(f"질문을 서로 다른 낱말로 {FEWEST_QUESTIONS}개 이상 적어 주세요. 빈 줄이면 끝납니다.")
        while True:
            enough = len(wanted.questions) >= FEWEST_QUESTIONS
            question = clean(self.asker.ask(f"질문 {len(wanted.questions) + 1}"))
            if not question and enough:
                return
            if not question:
                self.asker.say(f"아직 {FEWEST_QUESTIONS - len(wanted.questions)}개가 모자랍니다. 그만두려면 Ctrl-C.")
            elif _key(question) in map(_key, wanted.questions):
                self.asker.say("이미 적은 질문입니다. 다른 낱말로 적어 주세요.")
            else:
                wanted.questions.append(question)
                self._show_near(question)

    def _show_near(self, question: str) -> None:
        near = [m for m in self.desk.search(question, _MOST_NEAR) if m.score >= _NEAR]
        for match in near:
            first = match.entry.questions[0] if match.entry.questions else match.entry.id
            self.asker.say(f"  비슷한 항목이 있습니다: [{match.entry.id}] {first} ({100 * match.score:.0f}%)")
        if near:
            self.asker.say("  같은 질문이면 새로 만들지 말고 그 항목에 말을 더하세요(Ctrl-C로 그만둡니다).")

    def _file(self, wanted: Wanted) -> tuple[str, dict[str, Any]]:
        """Return the file for the entry and its defaults: the one given, or that of the topic or of the nearest entry."""
        file = wanted.file or self._likely_file(wanted)
        if not file.endswith((".yaml", ".yml")) or ".." in file or file.startswith("/"):
            raise RefusedError(f"파일은 지식 폴더 안의 .yaml이어야 합니다: {file} (예: entries/new.yaml)")
        value = self.drafts.of(file).value
        defaults = value.get("defaults") if isinstance(value, dict) else None
        return file, defaults if isinstance(defaults, dict) else {}

    def _likely_file(self, wanted: Wanted) -> str:
        plain = [f for f in self.desk.base.written() if not f.slot]
        if wanted.topic and (same := [f.file for f in plain if f.topic == wanted.topic]):
            return same[0]
        near = [m for q in wanted.questions for m in self.desk.search(q, 1) if not m.entry.member]
        likely = max(near, key=lambda m: m.score).entry.file if near else "entries/new.yaml"
        return self._until("어느 파일에 적을까요", bool, likely) if not wanted.file else wanted.file

    def _id(self, wanted: Wanted, defaults: dict[str, Any]) -> None:
        if wanted.id:
            return
        topic = wanted.topic or str(defaults.get("topic") or "")
        likely = suggested(wanted.questions[0] if wanted.questions else "", topic, self.taken)
        wanted.id = self._until("id", self._is_free, likely)

    def _is_free(self, id: str) -> bool:
        if id in self.taken:
            self.asker.say("이미 있는 id입니다.")
            return False
        if romanised(id) != id:
            self.asker.say("영문 소문자·숫자·붙임표만 쓸 수 있습니다.")
            return False
        return True

    def _sources(self, wanted: Wanted, defaults: dict[str, Any]) -> None:
        known = self.desk.base.sources
        unknown = [s for s in wanted.sources if s not in known]
        if unknown:
            raise RefusedError(f"출처 '{unknown[0]}'이(가) sources에 없습니다. {_alike(known, unknown[0])}")
        if wanted.sources or wanted.draft:
            return
        default = ", ".join(defaults.get("sources") or [])
        while not wanted.sources:
            text = self.asker.ask("출처 id, 여럿이면 쉼표로. 새 자료는 + 제목", default)
            if text.startswith("+"):
                wanted.sources = [self._new_source(text[1:].strip())]
                return
            ids = [part.strip() for part in text.split(",") if part.strip()]
            unknown = [s for s in ids if s not in known]
            if unknown:
                self.asker.say(f"'{unknown[0]}'이(가) sources에 없습니다. {_alike(known, unknown[0])}")
            wanted.sources = [] if unknown else ids

    def _new_source(self, title: str) -> str:
        title = title or self._until("자료의 제목", bool)
        day = self.asker.ask("자료가 나온 날 (2026-11-24, 모르면 빈 줄)")
        url = self.asker.ask("주소 (http로 시작, 없으면 빈 줄)")
        id = suggested(title, "", self.desk.base.sources)
        fields = {"id": id, "title": title, "date": day, "url": url}
        self._sources_file().append(("sources",), {k: v for k, v in fields.items() if v})
        return id

    def _sources_file(self) -> Draft:
        for draft in self.drafts.all():
            if isinstance(draft.value, dict) and isinstance(draft.value.get("sources"), list):
                return draft
        return self.drafts.of("sources.yaml")

    def _tests(self, wanted: Wanted) -> None:
        if wanted.tests or wanted.draft:
            return
        self.asker.say("시험: 이 항목이 답해야 하는, 위 질문과 다른 말을 하나 이상 적어 주세요. 빈 줄이면 끝납니다.")
        while True:
            test = clean(self.asker.ask(f"시험 {len(wanted.tests) + 1}"))
            if not test and wanted.tests:
                return
            if not test:
                self.asker.say("하나는 있어야 합니다. 그만두려면 Ctrl-C.")
            elif _key(test) in map(_key, wanted.questions):
                self.asker.say("질문과 같은 말은 시험이 되지 않습니다. 다른 낱말로 적어 주세요.")
            else:
                wanted.tests.append(test)

    def _until(self, question: str, good: Callable[[str], bool], default: str = "") -> str:
        while not good(text := self.asker.ask(question, default).strip()):
            pass
        return text


def _alike(known: Mapping[str, Source], name: str) -> str:
    near = [k for k in known if name.lower() in k.lower()][:5]
    if near:
        return f"혹시: {', '.join(near)}"
    return meant(name, known, "helpdesk knowledge sources로 모두 볼 수 있습니다.", called(known))


def _key(text: str) -> str:
    return compact(clean(text))


def several(values: Sequence[str] | None) -> list[str]:
    """Return what was given on the command line, without empty ones."""
    return [clean(v) for v in values or () if clean(v)]
