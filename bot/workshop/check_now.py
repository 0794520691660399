"""Check that what is said about now is marked as of when, or changes by itself."""

import re
from collections.abc import Iterator
from datetime import date

from bot.knowledge.base import KnowledgeBase
from bot.words import Entry, Problem
from bot.workshop.check_plain import answers, sentences

_NOW = re.compile(
    r"(?<![가-힣])(?:지금|올해|내년|작년|최근(?!\s?\d)|요즘|현재|아직(?!\s초기))(?:은|도|의|까지|으로)?(?=[\s,(]|$)"
)
_SAMPLE = re.compile(r"^예\)|[‘“][^’”]*$")
_MARKED = re.compile(r"\{checked\}|기준|보도|공고|발표|매뉴얼|법률|규정|\d{4}년")
_OPEN = re.compile(r"확인|찾지|물어|문의|세요|모릅|알\s수\s없|따릅니다|달라|다를\s수|아닙니다")
_REPORTED = re.compile(r"(?:보도|발표|안내)되었")
"""What somebody said of a day to come stays true when it is over."""
_DAY = re.compile(r"(\d{4})년\s?(\d{1,2})월(?:\s?(\d{1,2})일)?")


def problems(base: KnowledgeBase) -> Iterator[Problem]:
    """Iterate over answers that will be wrong by themselves one day."""
    for entry in answers(base):
        if any(p.until for p in entry.phases):
            continue
        if said := _bare(entry):
            hint = "언제 기준인지 적거나({checked} 기준), 바뀔 날을 아는 것은 phases와 until로 나누세요"
            yield Problem(entry.file, entry.line, f"[{entry.id}] 언제 기준인지 없습니다: {said}", hint, "undated-now")
        if entry.verified_on and (day := _ahead(entry, entry.verified_on)):
            hint = "그날이 지나면 저절로 바뀌게 phases와 until로 나누세요"
            message = f"[{entry.id}] 확인한 날보다 뒤의 날이 있습니다: {day}"
            yield Problem(entry.file, entry.line, message, hint, "future-without-phase")


def _bare(entry: Entry) -> str:
    """Return a sentence that asserts something about now without a date or a hedge."""
    said = (s for p in entry.phases for s in sentences(p.text) if _NOW.search(s))
    return next((s[:60] for s in said if not any(kind.search(s) for kind in (_SAMPLE, _MARKED, _OPEN))), "")


def _ahead(entry: Entry, verified: date) -> str:
    for sentence in (s for p in entry.phases for s in sentences(p.text)):
        for m in _DAY.finditer("" if _REPORTED.search(sentence) else sentence):
            if (int(m[1]), int(m[2]), int(m[3] or 1)) > (verified.year, verified.month, verified.day):
                return m[0]
    return ""
