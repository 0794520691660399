"""From entries and templates to frames: expand, fill in facts, report every fault."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bot.knowledge import fill
from bot.knowledge.base import KST
from bot.knowledge.documents import Documents, Item, take_late, with_defaults
from bot.knowledge.faults import suggested
from bot.knowledge.former import Named
from bot.knowledge.records import Member, Records, check_sources, duplicates
from bot.knowledge.schema import AnswerDoc, EnglishDoc, PhaseDoc, TemplateDoc
from bot.languages import ENGLISH, NO_TEXT, Text
from bot.words import UNNAMED, Entry, Frame, Kind, Phase, Problem, Tests


def until(value: date | datetime | None) -> datetime | None:
    """Return the last moment of a phase: a date lasts until its last second in Korea."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=KST)
    return datetime.combine(value, time(23, 59, 59, 999999), KST)


@dataclass(frozen=True, slots=True)
class Reference:
    kind: str
    name: str
    by: str
    file: str
    line: int


_NO_TESTS = Tests()
_NO_ENGLISH = EnglishDoc()


class EntryBuilder:
    """Makes the frames of a folder, one item at a time."""

    def __init__(self, documents: Documents, records: Records, problems: list[Problem]) -> None:
        self.documents, self.records, self.problems = documents, records, problems
        self.terms = records.terms()
        self.named: list[Reference] = []
        self.items: list[Named] = []

    def fault(self, item: Item, key: str, message: str, hint: str, code: str) -> None:
        text = f"[{item.doc.id}] {message}" if hasattr(item.doc, "id") else message
        self.problems.append(Problem(item.file, item.node.line_of(key), text, hint, code))

    def frames(self) -> list[Frame]:
        """Return a frame for each entry and template that is in use."""
        frames = []
        for item in duplicates(take_late(self.documents, self.problems), self.problems):
            self.remember(item)
            if with_defaults(item, "status") in ("retired", "draft"):
                continue
            make = self.template if isinstance(item.doc, TemplateDoc) else self.entry
            frame = make(item)
            if frame is not None:
                frames.append(frame)
        return frames

    def notices(self) -> dict[str, tuple[Phase, ...]]:
        items = list(duplicates(self.documents.items["notices"], self.problems))
        for item in items:
            self._undated(item)
        return {i.doc.id: self.phases(i, i.doc.phases, self.records.values) for i in items}

    def _undated(self, item: Item) -> None:
        """Report a notice that says when it was checked: only entries know that."""
        texts = (text for d in item.doc.phases for text in (d.answer, d.english, d.short) if text)
        if any("checked" in fill.names(text) for text in texts):
            message, hint = "알림에는 확인한 날이 없어 '{checked}'에 넣을 값이 없습니다", "그 달을 그대로 적으세요"
            self.fault(item, "phases", message, hint, "unknown-placeholder")

    def remember(self, item: Item) -> None:
        """Remember an item's id and its references, to be resolved when all items are known."""
        former, status = tuple(item.doc.former), with_defaults(item, "status") or ""
        line = item.node.line_of("former") if former else 0
        self.items.append(Named(item.doc.id, former, status, item.file, item.line, line))
        for name in item.doc.related:
            self.named.append(Reference("related", name, item.doc.id, item.file, item.node.line_of("related")))
        notice = with_defaults(item, "notice")
        if notice and notice != "none":
            self.named.append(Reference("notice", notice, item.doc.id, item.file, item.node.line_of("notice")))

    def phases(self, item: Item, docs: Iterable[PhaseDoc], values: Mapping[str, str]) -> tuple[Phase, ...]:
        phases = tuple(
            Phase(
                self.text(item, d.answer, values),
                until(d.until),
                self.translations(item, d.english, values),
                self.text(item, d.short or "", values),
            )
            for d in docs
        )
        ends = [p.until for p in phases]
        if any(end is None for end in ends[:-1]):
            self.fault(
                item,
                "phases",
                "until이 없는 단계 뒤에 다른 단계가 있습니다",
                "until 없는 단계는 맨 끝에 둡니다",
                "phase-order",
            )
        elif [e for e in ends if e] != sorted(e for e in ends if e):
            self.fault(
                item,
                "phases",
                "단계(phases)의 until이 날짜순이 아닙니다",
                "이른 날짜부터 적으세요",
                "phase-order",
            )
        return phases

    def translations(self, item: Item, english: str | None, values: Mapping[str, str]) -> Text:
        return Text.of({ENGLISH: self.text(item, english, values)}) if english else NO_TEXT

    def text(self, item: Item, text: str, values: Mapping[str, str]) -> str:
        for name in fill.unknown(text, values):
            self.fault(
                item,
                "answer",
                f"'{{{name}}}'에 넣을 값이 없습니다",
                suggested(name, values, "figures·channels·institutions의 이름을 살피세요"),
                "unknown-placeholder",
            )
        for pair in fill.wrong_particles(text):
            self.fault(
                item,
                "answer",
                f"모르는 조사 짝 '{pair}'",
                "은/는, 이/가, 을/를, 과/와, 으로/로",
                "unknown-particle",
            )
        return _unwrapped(fill.fill(text, values))

    def common(self, item: Item) -> Entry:
        """Return an entry with all but its wordings and its text."""
        doc = item.doc
        check_sources(self.records, doc.sources, item, self.problems)
        check_sources(self.records, item.defaults.sources, item, self.problems)
        for term in doc.about:
            if term not in self.terms:
                self.fault(
                    item,
                    "about",
                    f"용어 '{term}'이(가) 없습니다",
                    "용어의 전체 id(묶음.이름)를 적으세요",
                    "unknown-term",
                )
        notice = with_defaults(item, "notice") or ""
        return Entry(
            id=doc.id,
            frame=doc.id,
            questions=(),
            phases=(),
            kind=Kind(with_defaults(item, "kind") or "answer"),
            topic=with_defaults(item, "topic") or "",
            say=doc.say or "",
            sources=tuple(with_defaults(item, "sources")),
            verified_on=with_defaults(item, "verified_on"),
            review_by=with_defaults(item, "review_by"),
            owner=with_defaults(item, "owner") or "",
            notice="" if notice == "none" else notice,
            about=frozenset(doc.about),
            related=tuple(doc.related),
            staff_note=doc.staff_note or "",
            for_staff=doc.audience == "staff",
            correction=doc.correction,
            file=item.file,
            line=item.line,
        )

    def entry(self, item: Item) -> Frame | None:
        doc, values = item.doc, self.records.values
        if bool(doc.answer) == bool(doc.phases):
            message = "answer와 phases가 함께 있습니다" if doc.answer else "answer(답)가 빠졌습니다"
            self.fault(item, "answer", message, "answer나 phases 가운데 하나만 적으세요", "answer-or-phases")
            return None
        phases = self.phases(item, doc.phases or [PhaseDoc(answer=doc.answer, short=doc.short)], values)
        used = [n for p in (doc.phases or [doc]) for n in fill.names(p.answer or "")]
        entry = self.common(item)
        entry = replace(
            entry,
            questions=tuple(doc.questions),
            phases=phases,
            say=self.text(item, entry.say, values),
            translations=self.translations(item, (doc.english or _NO_ENGLISH).answer, values),
            titles=self.translations(item, (doc.english or _NO_ENGLISH).question, values),
            again=tuple(
                Phase(self.text(item, d.answer, values), translations=self.translations(item, d.english, values))
                for d in doc.again
            ),
            sources=self.with_used(entry.sources, used, {}),
        )
        return replace(self.frame(item, entry, {"": entry}, ""), talk=tuple(doc.talk))

    def frame(
        self, item: Item, entry: Entry, entries: dict[str, Entry], slot: str, unnamed: Entry | None = None
    ) -> Frame:
        own = item.doc.tests
        tests = Tests(tuple(own.match), tuple(own.offer), tuple(own.not_match)) if own else _NO_TESTS
        return Frame(
            entry.id,
            tuple(item.doc.questions),
            entries,
            slot,
            entry.about,
            entry.topic,
            entry.kind,
            tests,
            with_defaults(item, "weight") or 1.0,
            unnamed=unnamed,
            file=item.file,
            line=item.line,
        )

    def with_used(
        self, own: tuple[str, ...], used: Iterable[str], member: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        """Return the sources of the facts that a text uses, then the entry's own."""
        facts = [s for name in used for s in (member.get(name) or self.records.value_sources.get(name, ()))]
        return tuple(dict.fromkeys([*facts, *own]))

    def template(self, item: Item) -> Frame | None:
        doc: TemplateDoc = item.doc
        members = self.records.members.get(doc.for_, [])
        if not members:
            self.fault(
                item,
                "for",
                f"묶음 '{doc.for_}'이(가) 없거나 비어 있습니다",
                "institution 또는 groups의 id를 적으세요",
                "unknown-group",
            )
            return None
        short = {m.term.id.split(".", 1)[1]: m for m in members}
        for name in doc.only:
            if name not in short:
                self.fault(
                    item,
                    "only",
                    f"'{doc.for_}'에 '{name}'이(가) 없습니다",
                    "철자를 살피세요",
                    "unknown-member",
                )
        for question in doc.questions:
            if not {"short", "name"} & set(fill.names(question)):
                self.fault(
                    item,
                    "questions",
                    f"틀의 질문에 {{short}}가 없습니다: {question}",
                    "이름이 들어갈 자리에 {short}",
                    "no-slot",
                )
        common = self.common(item)
        chosen = [short[n] for n in doc.only if n in short] if doc.only else members
        entries = {m.term.id: e for m in chosen if (e := self.member_entry(item, common, m)) is not None}
        group = self.records.groups[doc.for_]
        unnamed = self.unnamed_entry(item, common) if group.patterns and not doc.only else None
        return self.frame(item, common, entries, doc.for_, unnamed)

    def member_entry(self, item: Item, common: Entry, member: Member) -> Entry | None:
        doc: TemplateDoc = item.doc
        values = {**self.records.values, **member.values}
        answer = next((a for a in doc.answers if all(n in member.values for n in a.needs)), None)
        key = member.term.id.split(".", 1)[1]
        if answer is None:
            self.fault(
                item,
                "answers",
                f"'{key}'에 맞는 답이 없습니다",
                "needs 없는 답을 맨 끝에 두세요",
                "no-answer-for-member",
            )
            return None
        return self.with_answer(item, common, answer, values, member, key)

    def with_answer(
        self, item: Item, common: Entry, answer: AnswerDoc, values: dict[str, str], member: Member, key: str
    ) -> Entry:
        check_sources(self.records, answer.sources, item, self.problems)
        say = answer.say or common.say
        own, common_english = answer.english or _NO_ENGLISH, item.doc.english or _NO_ENGLISH
        used = [*answer.needs, *fill.names(answer.answer)]
        notice = common.notice if answer.notice is None else "" if answer.notice == "none" else answer.notice
        return replace(
            common,
            id=f"{common.id}.{key}",
            member=member.term.id,
            about=common.about | {member.term.id},
            questions=tuple(fill.fill(q, values) for q in item.doc.questions),
            phases=(
                Phase(self.text(item, answer.answer, values), short=self.text(item, answer.short or "", values)),
            ),
            say=self.text(item, say, values),
            translations=self.translations(item, own.answer or common_english.answer, values),
            titles=self.translations(item, own.question or common_english.question, values),
            notice=notice,
            staff_note=answer.staff_note or common.staff_note,
            sources=self.with_used((*common.sources, *answer.sources), used, member.sources),
        )

    def unnamed_entry(self, item: Item, common: Entry) -> Entry | None:
        """Return the entry for names that only a pattern finds, `{name}` left open."""
        answer = next((a for a in item.doc.answers if not a.needs), None)
        if answer is None:
            return None
        english = (answer.english or _NO_ENGLISH).answer or (item.doc.english or _NO_ENGLISH).answer or ""
        text, other = (_unwrapped(fill.fill(t, self.records.values)) for t in (answer.answer, english))
        return replace(
            common,
            id=common.id + UNNAMED,
            questions=tuple(item.doc.questions),
            phases=(Phase(text),),
            translations=Text.of({ENGLISH: other}),
        )


def _unwrapped(text: str) -> str:
    """Return the text without white space at line ends."""
    return "\n".join(line.strip() for line in text.strip().splitlines())
