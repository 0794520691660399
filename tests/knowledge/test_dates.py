"""The shipped answers on days past and to come: what they say of «now» is true on that day, or says as of when."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from bot.desk.compose import Composer
from bot.knowledge.base import KST, KnowledgeBase, current, translations_of
from bot.knowledge.build import build
from bot.words import Kind
from tests.conftest import SHIPPED

DAYS = (date(2022, 5, 20), date(2023, 6, 1), date(2027, 2, 1), date(2028, 1, 15))
STATUS = (
    "status-open-now", "status-next-year", "status-plan-2027", "status-ended-when", "status-alternatives",
    "status-not-found", "status-extra-call", "status-gone", "status-budget-now", "status-briefing",
    "status-agent-line", "status-cut", "status-cut-total", "application-period", "application-where",
)  # fmt: skip
"""Each is asked four ways: sixty questions."""
_DAY = re.compile(r"(\d{4})년(?:\s?(\d{1,2})월)?(?:\s?(\d{1,2})일)?")
_TO_COME = re.compile(r"까지|부터|예정|예고|계획|마감|발표|모집|않았|않은|못했|다루지|2027년도")
"""What may be said of a day that has not come."""


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, 0, tzinfo=KST)


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    found, problems = build(SHIPPED)
    assert found is not None
    assert not problems
    return found


def questions(base: KnowledgeBase) -> Iterator[tuple[str, str]]:
    for id in STATUS:
        for question in base.entries[id].questions[:4]:
            yield id, question


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_sixty_status_questions_get_what_is_true_on_the_day(base: KnowledgeBase, day: date) -> None:
    composer, asked = Composer(base), list(questions(base))
    assert len(asked) == 60
    for id, question in asked:
        body = composer.body(base.entries[id], at(day))
        for sentence in re.split(r"(?<=[.!?])\s+|\n", body):
            later = [
                m[0]
                for m in _DAY.finditer(sentence)
                if (int(m[1]), int(m[2] or 1), int(m[3] or 1)) > (day.year, day.month, day.day)
            ]
            assert not later or _TO_COME.search(sentence), (id, question, sentence)


SAID = [
    ("status-open-now", "지금 접수 중입니다", "지금은 새로 신청할 수 없습니다", "지금은 새로 신청할 수 없습니다", "지금은 새로 신청할 수 없습니다"),
    ("status-not-found", "6월 7일까지 받습니다", "모집이 이미 끝났기", "모집이 이미 끝났기", "모집이 이미 끝났기"),
    ("status-extra-call", "6월 7일까지입니다", "한 번뿐", "한 번뿐", "한 번뿐"),
    ("status-agent-line", "신청을 받습니다", "신청하실 수 없습니다", "신청하실 수 없습니다", "신청하실 수 없습니다"),
    ("application-period", "일 남았습니다", "지금은 끝났습니다", "지금은 끝났습니다", "지금은 끝났습니다"),
    ("application-where", "온라인으로 합니다", "신청을 받았습니다", "신청을 받았습니다", "신청을 받았습니다"),
    ("institution-apply-now.changwon", "지금 기업 모집 중입니다", "지금은 신청할 수 없습니다", "지금은 신청할 수 없습니다", "지금은 신청할 수 없습니다"),
    ("status-ended-when", "3년 사업으로 발표", "3년 사업으로 발표", "공식 종료 공지는 찾지 못했습니다", "공식 종료 공지는 찾지 못했습니다"),
    ("status-plan-2027", "정해지지 않았습니다", "정해지지 않았습니다", "아직 확인하지 못했습니다", "아직 확인하지 못했습니다"),
    ("status-next-year", "확인되지 않았습니다", "확인되지 않았습니다", "확인되지 않았습니다", "확인되지 않았습니다"),
    ("status-briefing", "확인하지 못했습니다", "확인하지 못했습니다", "아직 확인하지 못했습니다", "아직 확인하지 못했습니다"),
    ("status-budget-now", "다루지 않습니다", "다루지 않습니다", "2026년 중기부 R&D 예산은", "2026년 중기부 R&D 예산은"),
    ("sme-law-2027", "시행될 예정입니다", "시행될 예정입니다", "시행될 예정입니다", "예정대로 시행되었는지"),
    ("evaluation-complete", "예정이라고", "예정이라고", "아직 확인하지 못했습니다", "아직 확인하지 못했습니다"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "expected"), [(row[0], row[1:]) for row in SAID], ids=[row[0] for row in SAID])
def test_an_answer_changes_with_the_day(base: KnowledgeBase, id: str, expected: tuple[str, ...]) -> None:
    composer = Composer(base)
    for day, part in zip(DAYS, expected, strict=True):
        assert part in composer.body(base.entries[id], at(day)), day


def test_english_changes_with_the_day_too(base: KnowledgeBase) -> None:
    entry = base.entries["status-open-now"]
    then, now = (translations_of(entry, current(entry.phases, at(day))).exactly("en") for day in (DAYS[0], DAYS[2]))
    assert "The call is open" in then
    assert "no longer possible" in now


def test_after_its_review_date_an_answer_says_as_of_when_it_was_checked(base: KnowledgeBase) -> None:
    composer = Composer(base)
    sourced = [e for e in base.entries.values() if e.kind is Kind.ANSWER and composer.sources(e)]
    assert len(sourced) > 600
    for entry in sourced:
        assert entry.review_by is not None
        assert "확인 기준" not in composer.full(entry, at(entry.review_by))
        assert f"{entry.verified_on} 확인 기준" in composer.full(entry, at(entry.review_by + timedelta(days=1)))


def test_review_dates_are_spread_by_how_soon_things_change(base: KnowledgeBase) -> None:
    due = [e.review_by for e in base.entries.values() if e.review_by]
    assert max(due.count(day) for day in set(due)) < 0.45 * len(due)
    assert len(set(due)) > 25
    soon = base.entries["status-plan-2027"].review_by
    assert soon is not None
    assert soon < date(2026, 12, 31)


def test_a_notice_is_told_once(base: KnowledgeBase) -> None:
    composer, entry = Composer(base), base.entries["eligibility-base"]
    now = at(date(2026, 11, 24))
    from bot.words import Outcome

    first = composer.answer(Outcome.ANSWER, [entry], now)
    again = composer.answer(Outcome.ANSWER, [entry], now, told={entry.notice})
    assert "※" in first.body
    assert "※" not in again.body


def test_every_answer_has_a_short_form(base: KnowledgeBase) -> None:
    composer, now = Composer(base), at(date(2026, 11, 24))
    for entry in base.entries.values():
        if entry.kind in (Kind.ANSWER, Kind.BOUNDARY):
            short = composer.short(entry, now)
            assert 0 < len(short) <= 90, (entry.id, short)
            assert not short.endswith("…"), (entry.id, short)
