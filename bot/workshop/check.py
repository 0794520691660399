"""Check a knowledge folder: what the loader finds, and what an editor would want to know besides."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.hangul import clean, syllables
from bot.knowledge.base import KST, KnowledgeBase
from bot.knowledge.build import build
from bot.knowledge.documents import NOTHING
from bot.knowledge.fill import names
from bot.knowledge.records import INSTITUTION
from bot.matching.lexicon import PLAIN_GROUPS, key_of
from bot.words import Entry, Frame, Kind, Problem, Term
from bot.workshop import (
    check_claims,
    check_form,
    check_learned,
    check_now,
    check_plain,
    check_prose,
    check_repeats,
    check_text,
    check_voices,
    literals,
)
from bot.workshop.collide import collisions
from bot.workshop.contradict import contradictions
from bot.workshop.revision import changed_files

LONGEST_ANSWER = 400
"""Characters, as knowledge/README.md asks for: what is longer is not read on a telephone. With source and date it
fits one Kakao text of 1,000 as well. Source: Kakao skill guide, simpleText."""
LONGEST_SAY = 120
"""Syllables: about 20 seconds read aloud."""
LONGEST_QUESTION = 200
LONGEST_REVIEW = timedelta(days=366)
FEWEST_QUESTIONS = 3
WARNINGS = (
    frozenset(
        {
            check_voices.FORMER,
            check_voices.SHARED,
            check_learned.OUTDATED,
            check_form.OTHER_FORM,
            *check_plain.STYLE,
            "near-question",
        }
    )
    | check_text.WARNINGS
    | check_prose.WARNINGS
    | check_repeats.WARNINGS
    | literals.WARNINGS
)
"""Codes of what an editor should see to, and may be published."""

_FROM_DEFAULTS = {
    "no-review-by": "review_by",
    "no-verified-on": "verified_on",
    "no-owner": "owner",
    "no-source": "sources",
}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PHONE = re.compile(r"0\d{1,2}-\d{3,4}-\d{4}|1\d{3}-\d{4}|1\d{2,3}")
_LOOKS_LIKE_PHONE = re.compile(r"(?<![\d.-])\d{2,4}-\d{3,4}-\d{3,5}(?![\d-])")
_MARKUP = re.compile(r"\*\*|__|^#{1,4} |\[[^\]]+\]\([^)]+\)|</?[a-z]+>|`", re.MULTILINE)


def check_folder(
    folder: Path, today: date | None = None, instead: Mapping[str, bytes] = NOTHING, *, warn: bool = True
) -> list[Problem]:
    """Return every problem of a folder, in file order; none but warnings where it may be published.

    `warn`: whether to look for what is only a warning too: that takes longest.
    """
    base, problems = build(folder, instead)
    problems = [*problems, *check_text.problems(folder, instead, problems)]
    if base is not None:
        lints = [
            *_Lint(base, today or datetime.now(KST).date(), warn=warn).problems(),
            *check_prose.problems(base),
            *check_repeats.problems(base),
            *(p for module in (check_plain, check_claims, check_now) for p in module.problems(base)),
        ]
        problems += _without_consequences(lints, problems)
        problems += literals.problems(folder, base, instead, changed_files(folder) if warn else {})
        problems += base.voices_faults
        if warn:
            problems += [*check_learned.problems(folder, base), *check_voices.doubts(folder, base, instead)]
    return sorted(set(problems), key=lambda p: (p.file, p.line, p.message))


def _without_consequences(lints: list[Problem], found: list[Problem]) -> list[Problem]:
    """Return what is not there only because a file's defaults could not be read."""
    lost = {(p.file, p.code.split(":")[0]) for p in found if not p.message.startswith("[")}
    return [p for p in lints if (p.file, _FROM_DEFAULTS.get(p.code)) not in lost]


class _Lint:
    def __init__(self, base: KnowledgeBase, today: date, *, warn: bool) -> None:
        self.warn = warn
        written = base.written()
        self.base, self.today = replace(base, frames=written), today

    def problems(self) -> Iterator[Problem]:
        for frame in self.base.frames:
            yield from self._questions(frame)
            yield from self._tests(frame)
            yield from self._metadata(frame)
            for entry in _entries(frame):
                yield from self._answer(entry)
        yield from self._shared_questions()
        yield from self._contradictions()
        yield from self._aliases()
        patterns = list(self._patterns())
        yield from patterns
        if self.warn and not patterns:  # nothing can be read with a broken pattern
            yield from self._collisions()

    def _at(self, item: Frame | Entry, code: str, message: str, hint: str = "") -> Problem:
        return Problem(item.file, item.line, f"[{item.id}] {message}", hint, code)

    def _questions(self, frame: Frame) -> Iterator[Problem]:
        if not _ID.fullmatch(frame.id):
            yield self._at(frame, "id-form", f"id '{frame.id}'의 꼴이 다릅니다", "영문 소문자·숫자·붙임표만 쓰세요")
        if len(frame.wordings) < FEWEST_QUESTIONS:
            yield self._at(
                frame,
                "few-questions",
                f"질문이 {len(frame.wordings)}개뿐입니다",
                f"서로 다른 말로 {FEWEST_QUESTIONS}개 이상 적으세요",
            )
        seen: set[str] = set()
        for question in frame.wordings:
            key = key_of(clean(question))
            if key in seen:
                yield self._at(
                    frame,
                    "same-question",
                    f"같은 질문이 두 번 있습니다: {question}",
                    "띄어쓰기와 문장 부호만 다른 것도 같은 질문입니다",
                )
            seen.add(key)
            if len(key) < 2 and frame.kind is Kind.ANSWER:
                yield self._at(frame, "short-question", f"질문이 너무 짧습니다: {question}", "두 글자 이상")
            if len(question) > LONGEST_QUESTION:
                yield self._at(
                    frame, "long-question", f"질문이 {len(question)}자입니다", f"{LONGEST_QUESTION}자 안으로"
                )

    def _tests(self, frame: Frame) -> Iterator[Problem]:
        if not (frame.tests.match or frame.tests.offer):
            yield self._at(
                frame,
                "no-tests",
                "시험(tests.match)이 없습니다",
                "questions에 없는 말로 된 질문을 둘 이상 적으세요",
            )
        own = {key_of(clean(q)) for q in frame.wordings}
        for question in (*frame.tests.match, *frame.tests.offer):
            if key_of(clean(question)) in own:
                yield self._at(
                    frame,
                    "test-is-question",
                    f"시험이 질문과 같아 시험이 되지 않습니다: {question}",
                    "다른 말로 바꾸세요",
                )
            if question in frame.tests.not_match:
                yield self._at(frame, "test-contradicts", f"match와 not_match에 같은 질문이 있습니다: {question}")

    def _metadata(self, frame: Frame) -> Iterator[Problem]:
        entry = next(_entries(frame), None)
        if entry is None:
            return
        if entry.kind is Kind.ANSWER and any(not e.sources for e in _entries(frame)):
            yield self._at(frame, "no-source", "출처(sources)가 없습니다", "knowledge/sources.yaml의 id를 적으세요")
        if not entry.owner:
            yield self._at(frame, "no-owner", "맡은 사람(owner)이 없습니다", "파일 맨 위 defaults에 적어도 됩니다")
        yield from self._dates(frame, entry)

    def _dates(self, frame: Frame, entry: Entry) -> Iterator[Problem]:
        if entry.verified_on is None:
            yield self._at(frame, "no-verified-on", "확인한 날(verified_on)이 없습니다", "2026-11-24처럼")
        elif entry.verified_on > self.today:
            yield self._at(frame, "verified-in-future", f"확인한 날이 앞날입니다: {entry.verified_on}")
        if entry.review_by is None:
            yield self._at(frame, "no-review-by", "다시 볼 날(review_by)이 없습니다", "보통 확인한 날에서 90일 뒤")
        elif entry.review_by < self.today:
            yield self._at(
                frame,
                "expired",
                f"다시 볼 날이 지났습니다: {entry.review_by}",
                "내용을 확인하고 verified_on과 review_by를 고치세요",
            )
        if entry.verified_on and entry.review_by:
            if entry.review_by <= entry.verified_on:
                yield self._at(frame, "review-before-verified", "다시 볼 날이 확인한 날보다 이릅니다")
            elif entry.review_by - entry.verified_on > LONGEST_REVIEW:
                yield self._at(frame, "review-too-far", "다시 볼 날이 확인한 날에서 1년 넘게 떨어져 있습니다")

    def _answer(self, entry: Entry) -> Iterator[Problem]:
        for phase in entry.phases:
            text = phase.text
            if len(text) > LONGEST_ANSWER:
                yield self._at(
                    entry,
                    "long-answer",
                    f"답이 {len(text)}자입니다",
                    f"{LONGEST_ANSWER}자 안으로 줄이거나 항목을 나누세요",
                )
            if _MARKUP.search(text):
                yield self._at(
                    entry,
                    "markup",
                    "답에 꾸밈 기호(**, #, <b>, [글](주소))가 있습니다",
                    "글만 적으세요. 목록은 ‘· ’로 시작합니다",
                )
            if clean(text.replace("\n", " ")) != text.replace("\n", " ") and _hidden(text):
                message = f"답에 보이지 않는 글자가 있습니다: {check_prose.unseen(text)}"
                yield self._at(entry, "hidden-characters", message, "다시 입력하세요")
            if "days_left" in names(text) and phase.until is None:
                yield self._at(entry, "days-left", "{days_left}는 until이 있는 단계에서만 쓸 수 있습니다")
            for number in _LOOKS_LIKE_PHONE.findall(text):
                if not _PHONE.fullmatch(number):
                    yield self._at(
                        entry,
                        "phone",
                        f"전화번호 형식이 맞지 않습니다: {number}",
                        "02-123-4567, 1577-0000처럼",
                    )
        if syllables(entry.say) > LONGEST_SAY:
            yield self._at(
                entry,
                "long-say",
                f"say가 {syllables(entry.say)}음절입니다",
                f"{LONGEST_SAY}음절 안으로(읽는 데 20초)",
            )

    def _shared_questions(self) -> Iterator[Problem]:
        first: dict[str, Frame] = {}
        for frame in self.base.frames:
            for question in dict.fromkeys(frame.wordings):
                key = (frame.slot if "{" in question else "") + key_of(clean(question))
                other = first.setdefault(key, frame)
                if other is not frame:
                    yield self._at(
                        frame,
                        "shared-question",
                        f"같은 질문이 [{other.id}]에도 있습니다: {question}",
                        "한쪽에서 빼거나 말을 나누세요",
                    )

    def _collisions(self) -> Iterator[Problem]:
        """Find questions that are all but the same under different answers; the same ones are found before."""
        for c in collisions(self.base):
            if key_of(clean(c.wording)) != key_of(clean(c.other)):
                message = f"「{c.wording}」와(과) [{c.second.id}] 항목의 「{c.other}」가 거의 같은데 답이 다릅니다(닮음 {c.likeness:.0f}%)"
                yield self._at(c.first, "near-question", message, "한 항목에만 두거나, 둘을 가르는 낱말을 넣으세요")

    def _contradictions(self) -> Iterator[Problem]:
        for c in contradictions(self.base):
            other = f"{c.second.file}:{c.second.line} [{c.second.id}]"
            message = f"값이 {other} 항목과 다릅니다: 여기는 {c.value}, 거기는 {c.other} (「{c.said}」)"
            hint = "출처를 보고 한쪽을 고치세요. 둘 다 맞으면 무엇이 다른지(연도, 대상) 문장에 적으세요"
            yield self._at(c.first, "contradiction", message, hint)

    def _aliases(self) -> Iterator[Problem]:
        owners: dict[tuple[str, str], list[Term]] = defaultdict(list)
        for term in self.base.terms.values():
            layer = term.group if term.group in PLAIN_GROUPS else "names"
            for alias in dict.fromkeys((*term.aliases, *term.exact)):
                key = key_of(clean(alias))
                if not key:
                    yield _of(
                        term,
                        "empty-alias",
                        f"별칭에 글자가 없습니다: {alias!r}",
                        "글자나 숫자가 있어야 찾을 수 있습니다",
                    )
                elif term not in owners[layer, key]:
                    owners[layer, key].append(term)
        for (_, alias), terms in owners.items():
            if len(terms) > 1 and {t.group for t in terms} != {INSTITUTION}:
                others = ", ".join(t.id for t in terms[:-1])
                hint = "한 곳에만 두세요. 기관의 약칭만 둘이 함께 쓸 수 있습니다(되묻게 됩니다)"
                yield _of(terms[-1], "shared-alias", f"별칭 '{alias}'이(가) {others}에도 있습니다", hint)

    def _patterns(self) -> Iterator[Problem]:
        for group in self.base.groups.values():
            for pattern in group.patterns:
                if fault := _pattern_fault(pattern):
                    message = f"묶음 '{group.id}'의 patterns가 잘못되었습니다: {fault}"
                    yield Problem(group.file, group.line, message, "괄호 한 쌍이 이름을 감싸야 합니다", "pattern")


def _of(term: Term, code: str, message: str, hint: str) -> Problem:
    return Problem(term.file, term.line, f"[{term.id}] {message}", hint, code)


def _entries(frame: Frame) -> Iterator[Entry]:
    yield from frame.entries.values()


def _hidden(text: str) -> bool:
    return any(not ch.isprintable() and ch != "\n" for ch in text)


def _pattern_fault(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        return str(error)
    return "" if groups == 1 else f"괄호가 {groups}쌍"
