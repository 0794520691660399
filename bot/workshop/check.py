"""Check a knowledge folder: what the loader finds, and what else an editor would want to know."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from bot.hangul import clean, compact
from bot.knowledge.base import KST, KnowledgeBase
from bot.knowledge.build import Built, build
from bot.knowledge.documents import NOTHING
from bot.knowledge.records import INSTITUTION
from bot.matching.lexicon import PLAIN_GROUPS
from bot.words import Entry, Frame, Kind, Problem, Term
from bot.workshop import (
    check_claims,
    check_english,
    check_entry,
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
from bot.workshop.check_entry import at
from bot.workshop.collide import collisions
from bot.workshop.contradict import contradictions
from bot.workshop.kept import Kept, nowhere
from bot.workshop.revision import changed_files

LONGEST_QUESTION = 200
FEWEST_QUESTIONS = 3
WARNINGS = (
    frozenset(
        {
            check_voices.FORMER,
            check_voices.SHARED,
            check_learned.OUTDATED,
            check_form.OTHER_FORM,
            *check_plain.STYLE,
            check_english.TITLE,
            "near-question",
        }
    )
    | check_text.WARNINGS
    | check_prose.WARNINGS
    | check_repeats.WARNINGS
    | literals.WARNINGS
)
"""Codes of warnings: an editor should look at them, but the folder may be published."""

_FROM_DEFAULTS = {
    "no-review-by": "review_by",
    "no-verified-on": "verified_on",
    "no-owner": "owner",
    "no-source": "sources",
}
_SHARED = frozenset({*_FROM_DEFAULTS, "verified-in-future", "review-before-verified", "review-too-far"}) - {
    "no-source"
}
"""Codes of what the entries of a file have in common where its defaults are at fault."""
_FOLLOWS = {"wide-brackets": "few-questions", "wide-commas": "few-questions", "escape": "hidden-characters"}
"""By the code of a slip that of what an entry is at fault for because of it."""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_folder(
    folder: Path,
    today: date | None = None,
    instead: Mapping[str, bytes] = NOTHING,
    *,
    warn: bool = True,
    kept: Kept | None = None,
    built: Built | None = None,
) -> list[Problem]:
    """Return every problem of a folder, in file order; only warnings if it may be published.

    `warn`: whether to look for warnings too: that takes longest. `kept`: what was found before, and is
    not looked for again in what has not changed. `built`: what was made of the folder, where that is at hand.
    """
    kept = kept or nowhere()
    base, problems = built or build(folder, instead)
    problems = [*problems, *check_text.problems(folder, instead, problems, kept)]
    if base is not None:
        lints = [
            *_Lint(base, today or datetime.now(KST).date(), kept if warn else None).problems(),
            *check_prose.problems(base),
            *check_repeats.problems(base),
            *(p for module in (check_plain, check_claims, check_english, check_now) for p in module.problems(base)),
        ]
        problems += _of_defaults(_without_consequences(lints, problems, base))
        problems += literals.problems(folder, base, instead, changed_files(folder) if warn else {}, kept)
        problems += base.voices_faults
        if warn:
            problems += [*check_learned.problems(folder, base), *check_voices.doubts(folder, base, instead, kept)]
    return sorted(set(problems), key=lambda p: (p.file, p.line, p.message))


def _without_consequences(lints: list[Problem], found: list[Problem], base: KnowledgeBase) -> list[Problem]:
    """Drop what is missing only because a file's defaults could not be read, or an id is in curly quotes."""
    lost = {(p.file, p.code.split(":")[0]) for p in found if not p.message.startswith("[")}
    quoted = {(p.file, p.line) for p in found if p.code == "curly-quotes"}
    causes = {(follows, *_frame_at(base, p)) for p in found if (follows := _FOLLOWS.get(p.code))}
    return [
        p
        for p in lints
        if (p.file, _FROM_DEFAULTS.get(p.code)) not in lost
        and not (p.code == "id-form" and (p.file, p.line) in quoted)
        and (p.code, p.file, p.line) not in causes
    ]


def _frame_at(base: KnowledgeBase, p: Problem) -> tuple[str, int]:
    """Return where the entry or template begins in which a problem is."""
    return p.file, max((f.line for f in base.frames if f.file == p.file and f.line <= p.line), default=0)


def _of_defaults(lints: list[Problem]) -> list[Problem]:
    """Return the problems; of what a whole file lacks or has alike there is one: its defaults are the cause."""
    alike: dict[object, list[Problem]] = defaultdict(list)
    for p in lints:
        own = (p.file, p.code, p.message.partition("] ")[2]) if p.code in _SHARED else id(p)
        alike[own].append(p)
    return [_for_all(same[0], len(same)) for same in alike.values()]


def _for_all(p: Problem, count: int) -> Problem:
    """Return a problem that so many entries of a file have alike."""
    more = f"이 파일의 항목 {count}개가 같습니다. 파일 맨 위 defaults를 보세요"
    return p if count == 1 else replace(p, hint=f"{p.hint}. {more}" if p.hint else more)


class _Lint:
    def __init__(self, base: KnowledgeBase, today: date, kept: Kept | None) -> None:
        """`kept`: what was found of collisions before; `None` where they are not looked for."""
        self.kept = kept
        written = base.written()
        self.base, self.today = replace(base, frames=written), today
        self.outside = {compact(clean(q)): q for q in base.tests.out_of_scope}

    def problems(self) -> Iterator[Problem]:
        for frame in self.base.frames:
            yield from self._questions(frame)
            yield from self._tests(frame)
            yield from self._metadata(frame)
            for entry in _entries(frame):
                yield from check_entry.of_answer(entry)
        yield from self._shared_questions()
        yield from self._contradictions()
        yield from self._aliases()
        patterns = list(self._patterns())
        yield from patterns
        if self.kept is not None and not patterns:  # nothing can be read with a broken pattern
            yield from self._collisions()

    def _questions(self, frame: Frame) -> Iterator[Problem]:
        if not _ID.fullmatch(frame.id):
            yield at(frame, "id-form", f"id '{frame.id}'의 꼴이 다릅니다", "영문 소문자·숫자·붙임표만 쓰세요")
        if len(frame.wordings) < FEWEST_QUESTIONS:
            yield at(
                frame,
                "few-questions",
                f"질문이 {len(frame.wordings)}개뿐입니다",
                f"서로 다른 말로 {FEWEST_QUESTIONS}개 이상 적으세요",
            )
        seen: set[str] = set()
        for question in frame.wordings:
            key = compact(clean(question))
            if key in seen:
                yield at(
                    frame,
                    "same-question",
                    f"같은 질문이 두 번 있습니다: {question}",
                    "띄어쓰기와 문장 부호만 다른 것도 같은 질문입니다",
                )
            seen.add(key)
            if len(key) < 2 and frame.kind is Kind.ANSWER:
                yield at(frame, "short-question", f"질문이 너무 짧습니다: {question}", "두 글자 이상")
            if len(question) > LONGEST_QUESTION:
                yield at(frame, "long-question", f"질문이 {len(question)}자입니다", f"{LONGEST_QUESTION}자 안으로")

    def _tests(self, frame: Frame) -> Iterator[Problem]:
        if not (frame.tests.match or frame.tests.offer):
            yield at(
                frame,
                "no-tests",
                "시험(tests.match)이 없습니다",
                "questions에 없는 말로 된 질문을 둘 이상 적으세요",
            )
        own = {compact(clean(q)) for q in frame.wordings}
        for key in sorted(own & self.outside.keys()) if frame.kind is Kind.ANSWER else ():
            message = f"범위 밖 시험(out_of_scope)에 이 항목의 질문이 있습니다: {self.outside[key]}"
            yield at(frame, "test-contradicts", message, "한쪽에서 지우세요")
        for question in (*frame.tests.match, *frame.tests.offer):
            if compact(clean(question)) in own:
                yield at(
                    frame,
                    "test-is-question",
                    f"시험이 질문과 같아 시험이 되지 않습니다: {question}",
                    "다른 말로 바꾸세요",
                )
            if question in frame.tests.not_match:
                yield at(
                    frame,
                    "test-contradicts",
                    f"match와 not_match에 같은 질문이 있습니다: {question}",
                    "한쪽에서 지우세요",
                )
        for question in frame.tests.not_match:
            if compact(clean(question)) in own:
                message = f"not_match에 이 항목의 질문이 있습니다: {question}"
                yield at(frame, "test-contradicts", message, "한쪽에서 지우세요")

    def _metadata(self, frame: Frame) -> Iterator[Problem]:
        entry = next(_entries(frame), None)
        if entry is None:
            return
        if entry.kind is Kind.ANSWER and any(not e.sources for e in _entries(frame)):
            yield at(frame, "no-source", "출처(sources)가 없습니다", "knowledge/sources.yaml의 id를 적으세요")
        if not entry.owner:
            yield at(frame, "no-owner", "맡은 사람(owner)이 없습니다", "파일 맨 위 defaults에 적어도 됩니다")
        yield from check_entry.of_dates(frame, entry, self.today)

    def _shared_questions(self) -> Iterator[Problem]:
        first: dict[str, Frame] = {}
        for frame in self.base.frames:
            for question in dict.fromkeys(frame.wordings):
                key = (frame.slot if "{" in question else "") + compact(clean(question))
                other = first.setdefault(key, frame)
                if other is not frame:
                    yield at(
                        frame,
                        "shared-question",
                        f"같은 질문이 [{other.id}]에도 있습니다: {question}",
                        "한쪽에서 빼거나 말을 나누세요",
                    )

    def _collisions(self) -> Iterator[Problem]:
        """Find questions that are almost the same under different answers; identical ones are found elsewhere."""
        for c in collisions(self.base, kept=self.kept):
            if compact(clean(c.wording)) != compact(clean(c.other)):
                message = f"「{c.wording}」와(과) [{c.second.id}] 항목의 「{c.other}」가 거의 같은데 답이 다릅니다(닮음 {c.likeness:.0f}%)"
                yield at(c.first, "near-question", message, "한 항목에만 두거나, 둘을 가르는 낱말을 넣으세요")

    def _contradictions(self) -> Iterator[Problem]:
        for c in contradictions(self.base):
            other = f"{c.second.file}:{c.second.line} [{c.second.id}]"
            message = f"값이 {other} 항목과 다릅니다: 여기는 {c.value}, 거기는 {c.other} (「{c.said}」)"
            hint = "출처를 보고 한쪽을 고치세요. 둘 다 맞으면 무엇이 다른지(연도, 대상) 문장에 적으세요"
            yield at(c.first, "contradiction", message, hint)

    def _aliases(self) -> Iterator[Problem]:
        owners: dict[tuple[str, str], list[Term]] = defaultdict(list)
        for term in self.base.terms.values():
            layer = term.group if term.group in PLAIN_GROUPS else "names"
            for alias in dict.fromkeys((*term.aliases, *term.exact)):
                key = compact(clean(alias))
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


def _pattern_fault(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        return str(error)
    return "" if groups == 1 else f"괄호가 {groups}쌍"
