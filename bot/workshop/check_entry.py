"""Check one entry by itself: its dates, the length of its answer, and its characters."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.hangul import clean, syllables
from bot.knowledge.fill import names
from bot.words import Entry, Frame, Phase, Problem
from bot.workshop import check_prose

LONGEST_ANSWER = 400
"""Characters, as knowledge/README.md demands: longer answers are not read on a telephone. With source and date it
fits one Kakao text of 1,000 as well. Source: Kakao skill guide, simpleText."""
LONGEST_SAY = 120
"""Syllables: about 20 seconds read aloud."""
LONGEST_REVIEW = timedelta(days=366)
_PHONE = re.compile(r"0\d{1,2}-\d{3,4}-\d{4}|1\d{3}-\d{4}|1\d{2,3}")
_LOOKS_LIKE_PHONE = re.compile(r"(?<![\d.-])\d{2,4}-\d{3,4}-\d{3,5}(?![\d-])")
_MARKUP = re.compile(r"\*\*|__|^#{1,4} |\[[^\]]+\]\([^)]+\)|</?[a-z]+>|`", re.MULTILINE)


def at(item: Frame | Entry, code: str, message: str, hint: str = "") -> Problem:
    """Return a problem of an entry or template, at its file and line."""
    return Problem(item.file, item.line, f"[{item.id}] {message}", hint, code)


def of_dates(frame: Frame, entry: Entry, today: date) -> Iterator[Problem]:
    """Check the days on which a frame's facts were verified and are due."""
    if entry.verified_on is None:
        yield at(frame, "no-verified-on", "확인한 날(verified_on)이 없습니다", "2026-11-24처럼")
    elif entry.verified_on > today:
        yield at(
            frame, "verified-in-future", f"확인한 날이 앞날입니다: {entry.verified_on}", "내용을 확인한 날을 적으세요"
        )
        return
    if entry.review_by is None:
        yield at(frame, "no-review-by", "다시 볼 날(review_by)이 없습니다", "보통 확인한 날에서 90일 뒤")
    elif entry.verified_on and entry.review_by <= entry.verified_on:
        yield at(
            frame, "review-before-verified", "다시 볼 날이 확인한 날보다 이릅니다", "보통 확인한 날에서 90일 뒤입니다"
        )
    elif entry.review_by < today:
        yield at(
            frame,
            "expired",
            f"다시 볼 날이 지났습니다: {entry.review_by}",
            "내용을 확인하고 verified_on과 review_by를 고치세요",
        )
    elif entry.verified_on and entry.review_by - entry.verified_on > LONGEST_REVIEW:
        yield at(
            frame,
            "review-too-far",
            "다시 볼 날이 확인한 날에서 1년 넘게 떨어져 있습니다",
            "보통 확인한 날에서 90일 뒤입니다",
        )


def of_answer(entry: Entry) -> Iterator[Problem]:
    """Check the length of an answer, and its characters."""
    for phase in (*entry.phases, *entry.again):
        yield from _of_phase(entry, phase)
    if syllables(entry.say) > LONGEST_SAY:
        yield at(
            entry,
            "long-say",
            f"say가 {syllables(entry.say)}음절입니다",
            f"{LONGEST_SAY}음절 안으로(읽는 데 20초)",
        )


def _of_phase(entry: Entry, phase: Phase) -> Iterator[Problem]:
    text = phase.text
    if len(text) > LONGEST_ANSWER:
        yield at(
            entry,
            "long-answer",
            f"답이 {len(text)}자입니다",
            f"{LONGEST_ANSWER}자 안으로 줄이거나 항목을 나누세요",
        )
    if _MARKUP.search(text):
        yield at(
            entry,
            "markup",
            "답에 꾸밈 기호(**, #, <b>, [글](주소))가 있습니다",
            "글만 적으세요. 목록은 ‘· ’로 시작합니다",
        )
    if clean(text.replace("\n", " ")) != text.replace("\n", " ") and _hidden(text):
        message = f"답에 보이지 않는 글자가 있습니다: {check_prose.unseen(text)}"
        yield at(entry, "hidden-characters", message, "다시 입력하세요")
    if "days_left" in names(text) and phase.until is None:
        yield at(entry, "days-left", "{days_left}는 until이 있는 단계에서만 쓸 수 있습니다")
    for number in _LOOKS_LIKE_PHONE.findall(text):
        if not _PHONE.fullmatch(number):
            yield at(
                entry,
                "phone",
                f"전화번호 형식이 맞지 않습니다: {number}",
                "02-123-4567, 1577-0000처럼",
            )


def _hidden(text: str) -> bool:
    return any(not ch.isprintable() and ch != "\n" for ch in text)
