"""Check the English beside Korean answers: no stronger than they are, and with a title that can be read."""

import re
from collections.abc import Iterator

from bot.desk.compose import question_of
from bot.hangul import has_hangul
from bot.knowledge.base import KnowledgeBase, translations_of
from bot.languages import ENGLISH
from bot.words import Entry, Phase, Problem
from bot.workshop.check_plain import answers, sentences

TITLE = "english-title"
"""Code of an entry that those who read English are offered in Korean: nobody is misled."""
_RULE = re.compile(r"일반\s?(?:규정|절차|원칙)|해설\s?자료")
_RULE_KEPT = re.compile(r"\b(?:general|rules?|in principle|usually|commentar)", re.IGNORECASE)
_UNKNOWN = re.compile(r"(?:확인|조사)(?:되|하)지\s?(?:않|못)|찾지\s?못|알\s수\s없")
_UNKNOWN_KEPT = re.compile(
    r"\b(?:not|no|nothing|nobody|neither|none|cannot|unknown|unconfirmed|whether)\b|n't\b", re.IGNORECASE
)
_TO_CHECK = re.compile(r"확인")
_TO_CHECK_KEPT = re.compile(r"\b(?:confirm|check|ask)", re.IGNORECASE)


def problems(base: KnowledgeBase) -> Iterator[Problem]:
    """Iterate over English answers that leave out what limits the Korean one."""
    for entry in answers(base):
        own = entry.translations.exactly(ENGLISH)
        for phase in entry.phases:
            english = translations_of(entry, phase).exactly(ENGLISH)
            for lost in _lost(phase, english) if english else ():
                hint = "한국어 답이 밝힌 한계(일반 규정, 확인되지 않음)를 영어에도 적으세요"
                yield Problem(entry.file, entry.line, f"[{entry.id}] {lost}", hint, "english-without-caveat")
        yield from _unverified(entry, base)
        answered = any(t.exactly(ENGLISH) for t in entry.all_translations)
        if entry.titles.exactly(ENGLISH) and not answered:
            hint = "english에 answer로 영어 답도 적으세요"
            yield Problem(
                entry.file, entry.line, f"[{entry.id}] 영어 제목만 있고 영어 답이 없습니다", hint, "no-english"
            )
        if own and has_hangul(question_of(entry, ENGLISH)):
            hint = "english에 question으로 영어 제목을 적으세요"
            yield Problem(entry.file, entry.line, f"[{entry.id}] 영어로 볼 때 제목이 한국어입니다", hint, TITLE)


def _lost(phase: Phase, english: str) -> Iterator[str]:
    if _RULE.search(phase.text) and not _RULE_KEPT.search(english):
        yield f"영어 답에는 일반 규정이라는 말이 없습니다: {english[:40]}"
    if _UNKNOWN.search(sentences(phase.text)[0]) and not _UNKNOWN_KEPT.search(english):
        yield f"영어 답에는 확인되지 않았다는 말이 없습니다: {english[:40]}"


def _unverified(entry: Entry, base: KnowledgeBase) -> Iterator[Problem]:
    """Find values that their record says to verify, told as if they were."""
    told = [(p.text, _TO_CHECK) for p in entry.phases] + [(entry.translations.exactly(ENGLISH), _TO_CHECK_KEPT)]
    for fact in (f for f in base.facts.get(entry.member, ()) if f.verify):
        for text, hedge in told:
            if fact.value in text and not hedge.search(text):
                message = f"[{entry.id}] 확인이 필요한 값(verify)을 그대로 적었습니다: {fact.value[:40]}"
                yield Problem(
                    entry.file, entry.line, message, "쓰기 전에 확인하라고 함께 적으세요", "unverified-flat"
                )
