"""Answers that state different values for the same thing are found with both places; what differs rightly is not."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.knowledge.build import load
from bot.workshop.check import check_folder
from bot.workshop.contradict import contradictions

BASE = """
figures:
- {id: days, value: 10일, as_of: "2026-01-01", sources: [s]}
sources:
- {id: s, title: 안내, date: "2026-01-01"}
entries:
"""
ENTRY = '- {{id: {id}, topic: {topic}, questions: [{id} 질문], answer: "{text}"}}\n'


def found(place: Path) -> list[tuple[str, str, str, str]]:
    return [(c.first.id, c.value, c.second.id, c.other) for c in contradictions(load(place))]


def two(a: str, b: str, topic: str = "same") -> str:
    return BASE + ENTRY.format(id="one", topic="same", text=a) + ENTRY.format(id="two", topic=topic, text=b)


@pytest.mark.parametrize(
    ("a", "b", "values"),
    [
        ("이의신청 기한은 {figure.days}입니다.", "이의신청 기한은 15일입니다.", ("10일", "15일")),
        ("기업당 지원금은 2억 5천만 원입니다.", "기업당 지원금은 3억 원이었습니다.", ("2억5천만원", "3억원")),
        (
            "접수 마감은 2022년 6월 7일입니다.",
            "네. 접수 마감은 2022년 6월 9일입니다.",
            ("2022년6월7일", "2022년6월9일"),
        ),
        ("회의실은 본관. 과제 기간은 28개월입니다.", "과제 기간은 24개월입니다.", ("28개월", "24개월")),
        ("통합콜센터 전화는 02-123-4567입니다.", "통합콜센터(02-123-9999)에 물어보세요.", None),
    ],
)
def test_seeded(folder: Callable[..., Path], a: str, b: str, values: tuple[str, str] | None) -> None:
    if values is None:
        text = two(a, b) + "groups:\n- {id: office, name: 곳, terms: [{id: call, name: 통합콜센터}]}\n"
        assert found(folder(faq=text)) == [("one", "02-123-4567", "two", "02-123-9999")]
    else:
        assert found(folder(faq=two(a, b))) == [("one", values[0], "two", values[1])]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("이의신청 기한은 10일입니다.", "이의신청 기한은 {figure.days}이었습니다."),
        ("제재 이의신청 기한은 20일입니다.", "평가 이의신청 기한은 10일입니다."),
        ("중소기업 매출 기준은 1,800억 원입니다.", "소기업 매출 기준은 140억 원입니다."),
        ("모두 20곳입니다.", "모두 180곳입니다."),
        ("과제 기간은 2년입니다.", "과제 기간은 24개월입니다."),
        ("2022년 예산은 75억 원입니다.", "지난 예산은 80억 원입니다."),
    ],
)
def test_what_differs_rightly_is_let_be(folder: Callable[..., Path], a: str, b: str) -> None:
    assert found(folder(faq=two(a, b))) == []


def test_another_topic_is_another_thing(folder: Callable[..., Path]) -> None:
    a, b = "이의신청 기한은 10일입니다.", "이의신청 기한은 15일입니다."
    assert found(folder(faq=two(a, b, topic="other"))) == []


def test_the_check_names_both_places(folder: Callable[..., Path]) -> None:
    place = folder(faq=two("이의신청 기한은 10일입니다.", "이의신청 기한은 15일입니다."))
    (problem,) = [p for p in check_folder(place, date(2026, 11, 25)) if p.code == "contradiction"]
    lines = (place / "faq.yaml").read_text(encoding="utf-8").splitlines()
    assert "id: one" in lines[problem.line - 1]
    second = next(i for i, line in enumerate(lines, 1) if "id: two" in line)
    assert f"faq.yaml:{second} [two]" in problem.message
    assert "10일" in problem.message
    assert "15일" in problem.message


def test_the_shipped_answers_do_not_contradict(shipped: HelpDesk) -> None:
    assert contradictions(shipped.base) == []
