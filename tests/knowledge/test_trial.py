"""What editors and visitors of a trial met and no other test names: a narrow entry before a general one, right words «corrected»."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import app
from bot.desk.desk import HelpDesk
from bot.words import Outcome, Query
from tests.conftest import NOW

LIBRARY = """\
defaults: {owner: 안내팀, verified_on: 2026-11-23, review_by: 2027-02-21}
entries:
- id: exchange-how
  questions: [상호대차 신청 방법, 다른 도서관 책을 받아 보려면, 도서관끼리 책 보내 주나요]
  answer: 누리집에서 책을 찾아 ‘상호대차’를 누르면 이틀 안에 받습니다.
- id: exchange-count
  questions: [상호대차는 몇 권까지, 상호대차 권수, 다른 도서관 책은 한 번에 몇 권]
  answer: 한 사람이 세 권까지 받을 수 있습니다.
- id: wish-how
  questions: [희망도서 신청 방법, 책을 사 달라고 하려면, 없는 책 신청]
  answer: 누리집의 ‘희망도서’에서 신청합니다.
- id: wish-time
  questions: [희망도서 언제 들어오나요, 희망도서 처리 기간, 신청한 책은 얼마나 걸려요]
  answer: 들어오는 데 3주쯤 걸립니다.
- id: leak
  questions: [천장에서 물이 새어 나와요, 물이 새어요, 비가 새어 들어와요]
  answer: 안내대에 알려 주세요.
"""


@pytest.fixture
def library(folder: Callable[..., Path]) -> HelpDesk:
    """A desk on five entries, of which two pairs are neighbours."""
    return app.desk(folder(base=LIBRARY))


def asked(desk: HelpDesk, question: str) -> tuple[Outcome, str, list[str]]:
    reply = desk.ask(Query(question, f"trial {question}", NOW))
    return reply.outcome, reply.entry, [c.entry for c in reply.choices]


@pytest.mark.parametrize(
    ("question", "general", "narrow"),
    [
        ("상호대차 어떻게 신청해요?", "exchange-how", "exchange-count"),
        ("희망도서 신청하고 싶습니다", "wish-how", "wish-time"),
        ("상호대차 신청", "exchange-how", "exchange-count"),
    ],
    ids=["exchange", "wish", "short"],
)
def test_a_general_question_does_not_get_the_narrow_neighbour(
    library: HelpDesk, question: str, general: str, narrow: str
) -> None:
    outcome, entry, choices = asked(library, question)
    assert entry != narrow
    assert entry == general or (outcome is Outcome.ASK and choices[0] == general)


def test_a_different_wording_costs_no_answer(folder: Callable[..., Path]) -> None:
    """Wordings in other words, as the README asks for, lowered the mean of an entry."""
    more = LIBRARY.replace(
        "도서관끼리 책 보내 주나요]", "도서관끼리 책 보내 주나요, 옆 동네 책 빌리기, 먼 데 있는 책 갖다 주세요]"
    )
    assert more != LIBRARY
    outcome, entry, _ = asked(app.desk(folder(base=more)), "상호대차 어떻게 신청해요?")
    assert (outcome, entry) == (Outcome.ANSWER, "exchange-how")


def test_a_right_word_is_not_corrected_into_another(library: HelpDesk) -> None:
    read = library.matcher.read("수어 되나요")
    assert "수어" in read.normal
    assert "새어" not in (*read.others, read.masked, read.normal)
    assert asked(library, "수어 되나요")[1] != "leak"


@pytest.mark.parametrize(
    ("question", "right"),
    [("문자로 상담할 수 있나요", "contact-kakao"), ("수어로 상담할 수 있나요", ""), ("수어 통역 되나요", "")],
)
def test_who_cannot_hear_is_not_sent_elsewhere(shipped: HelpDesk, question: str, right: str) -> None:
    """«수어» was read as «새어», and who asked for text messages was told how to visit the office."""
    assert "새어" not in shipped.matcher.read(question).normal
    outcome, entry, choices = asked(shipped, question)
    assert entry != "contact-visit", (outcome, entry, choices)
    assert right in (entry, *choices), (outcome, entry, choices)
