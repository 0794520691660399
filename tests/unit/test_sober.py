"""Politeness: what greets, thanks or excuses beside a question changes nothing about what it asks."""

from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.knowledge.build import load
from bot.matching.parts import without
from bot.words import Kind, Outcome, Query
from tests.conftest import NOW

LIBRARY = Path(__file__).resolve().parents[1] / "examples" / "library"
QUESTIONS = {
    "책 몇 권 빌릴 수 있어요": "loan-count",
    "솔빛도서관 전화번호": "branch-phone.solbit",
    "연장은 몇 번 돼요": "loan-extend",
    "상호대차 신청": "loan-between",
}
POLITE = [
    "안녕하세요. {}",
    "안녕하세요, {}. 감사합니다!",
    "수고하십니다. {}?",
    "저기 죄송한데요 {}",
    "실례합니다, {}",
]


@pytest.fixture(scope="module")
def library() -> HelpDesk:
    return HelpDesk(load(LIBRARY), encoder=False)


def first(desk: HelpDesk, text: str) -> str:
    matcher = desk.matcher
    return matcher.rank(matcher.sober(matcher.read(text))).matches[0].entry.id


@pytest.mark.parametrize("frame", ["{}", *POLITE])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_polite_question_has_the_entry_of_the_question(library: HelpDesk, frame: str, question: str) -> None:
    assert first(library, frame.format(question)) == QUESTIONS[question]


@pytest.mark.parametrize("question", QUESTIONS)
def test_only_the_question_is_read(library: HelpDesk, question: str) -> None:
    matcher = library.matcher
    assert matcher.sober(matcher.read(f"안녕하세요. {question}? 감사합니다!")).original == f"{question}?"
    plain = matcher.read(question)
    assert matcher.sober(plain) is plain


@pytest.mark.parametrize("frame", ["{} 감사합니다", "{} 고마워요"])
def test_thanks_after_a_sentence_go(library: HelpDesk, frame: str) -> None:
    question = "책 몇 권 빌릴 수 있어요"
    matcher = library.matcher
    assert matcher.sober(matcher.read(frame.format(question))).original == question
    assert first(library, frame.format(question)) == "loan-count"


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param("{} 감사합니다", marks=pytest.mark.xfail(reason="no such phrase is listed", strict=True)),
        "저기 죄송한데 {}",
    ],
)
def test_politeness_that_nothing_parts_from_the_question_goes_too(library: HelpDesk, frame: str) -> None:
    matcher = library.matcher
    assert matcher.sober(matcher.read(frame.format("상호대차 신청"))).original == "상호대차 신청"


@pytest.mark.parametrize(
    "text", ["안녕하세요", "안녕하세요. 감사합니다!", "안녕하세요, 반갑습니다.", "고마워요! 수고하세요~"]
)
def test_a_message_of_small_talk_stays_small_talk(library: HelpDesk, text: str) -> None:
    matcher = library.matcher
    assert matcher.sober(matcher.read(text)).original == text
    assert matcher.rank(matcher.read(text)).matches[0].entry.kind is Kind.SMALLTALK
    assert library.ask(Query(text, text, NOW)).outcome is Outcome.SMALLTALK


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("하하. 질문이요? 하하!", "질문이요?"),
        ("하하. 하하! 질문이요", "질문이요"),
        ("질문이요. 하하. 또 질문이요. 하하", "질문이요. 하하. 또 질문이요."),
        ("하하. 하하.", "하하. 하하."),
        ("하하. 가", "하하. 가"),
        ("질문이요", "질문이요"),
        ("하하. " * 9 + "질문이요", "하하. " * 9 + "질문이요"),
        ("", ""),
    ],
)
def test_parts_go_from_the_ends_alone_and_never_all_of_them(text: str, left: str) -> None:
    assert without(text, lambda part: part.strip(" .!") == "하하") == left
