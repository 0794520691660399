"""Small slips in questions, tests and aliases that nothing else stumbles over."""

from collections.abc import Iterator

from bot.hangul import clean, compact
from bot.knowledge import fill
from bot.knowledge.base import KnowledgeBase
from bot.matching.lexicon import PLAIN_GROUPS
from bot.words import Frame, Problem
from bot.workshop.check_prose import BRACE

WARNINGS = frozenset({"short-alias", "same-test"})
"""Codes of what may be meant after all."""


def problems(base: KnowledgeBase) -> Iterator[Problem]:
    """Iterate over tests that occur twice, particles that do not exist, and aliases of one letter."""
    frames = [f for f in base.frames if f.file]
    yield from _tests(frames)
    for frame in frames:
        for question in () if frame.slot else (*frame.wordings, *frame.tests.match, *frame.tests.offer):
            if BRACE.search(question):
                message = f"질문에 ‘{{’나 ‘}}’가 있어 그대로 보입니다: {question}"
                yield _of(
                    frame,
                    "brace-in-question",
                    message,
                    "이름 자리({short})는 틀(templates)의 질문에만 적을 수 있습니다",
                )
        for question in frame.wordings:
            for pair in (p for p in fill.wrong_particles(question) if "/" not in p):
                hint = "은/는, 이/가, 을/를, 과/와, 으로/로처럼 빗금(/)을 넣어 적으세요"
                yield _of(
                    frame, "unknown-particle", f"질문에 모르는 조사 짝 '{pair}'이(가) 있습니다: {question}", hint
                )
    for term in base.terms.values():
        for alias in term.aliases:
            if term.file and term.group not in PLAIN_GROUPS and len(compact(clean(alias))) == 1:
                message = f"[{term.id}] 별칭 '{alias}'은(는) 한 글자라 다른 낱말 속에서도 잡힙니다"
                yield Problem(term.file, term.line, message, "두 글자 이상으로 적으세요", "short-alias")


def _tests(frames: list[Frame]) -> Iterator[Problem]:
    first: dict[str, Frame] = {}
    for frame in frames:
        for question in (*frame.tests.match, *frame.tests.offer):
            key = compact(clean(question))
            other = first.get(key)
            if other is frame:
                yield _of(frame, "same-test", f"같은 시험이 두 번 있습니다: {question}", "하나만 남기세요")
            elif other is not None and question in other.tests.match and question in frame.tests.match:
                hint = "한 질문에 두 항목이 답할 수는 없습니다. 되묻게 하려면 tests.ask에 적으세요"
                yield _of(frame, "same-test", f"같은 시험이 [{other.id}]에도 있습니다: {question}", hint)
            first.setdefault(key, frame)


def _of(frame: Frame, code: str, message: str, hint: str) -> Problem:
    return Problem(frame.file, frame.line, f"[{frame.id}] {message}", hint, code)
