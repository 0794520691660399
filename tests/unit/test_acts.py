"""Small talk that asks the desk to do something: again, simpler, more, yes; and what comes after two failures."""

from datetime import timedelta

import pytest

from bot import app
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.words import Outcome, Query, Reply
from tests.conftest import NOW

BASE = """
sources:
- {id: s1, title: 안내문, date: "2022-04-11", url: "https://example.kr/a"}
notices:
- {id: closed, phases: [{answer: 접수는 끝났습니다.}]}
entries:
- id: royalty
  questions: [기술료는 얼마인가요, 기술료 요율, 로열티 몇 퍼센트]
  answer: 매출의 5%를 냅니다. 다만 첫 매출이 난 해부터 5년 동안이고, 상한은 출연금과 같습니다.
  sources: [s1]
  related: [royalty-when]
- {id: royalty-when, questions: [기술료는 언제 내나요, 기술료 납부 기한, 로열티 내는 때], answer: 다음 해 3월에 냅니다., sources: [s1]}
- {id: apply, questions: [신청은 어떻게 하나요, 신청 방법, 접수하는 방법], answer: 누리집에서 신청했습니다., notice: closed, sources: [s1]}
- {id: papers, questions: [서류는 무엇이 필요한가요, 제출 서류 목록, 내야 할 서류], answer: 계획서입니다., notice: closed, sources: [s1]}
"""


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    folder = tmp_path_factory.mktemp("acts")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    return app.desk(folder)


@pytest.fixture
def desk(learned: HelpDesk) -> HelpDesk:
    learned.contexts.clear()
    return learned


def talk(desk: HelpDesk, *texts: str) -> list[Reply]:
    return [desk.ask(Query(t, "u", NOW + timedelta(seconds=20 * i))) for i, t in enumerate(texts)]


def test_again_shows_the_list_that_was_not_chosen_from(desk: HelpDesk) -> None:
    asked = Context(choices=("apply", "papers"), asked=True, failed=1, at=NOW)
    again, after = desk.answer(Query("다시 말해줘요", "u", NOW), asked)
    assert (again.outcome, [c.entry for c in again.choices]) == (Outcome.ASK, ["apply", "papers"])
    assert desk.answer(Query("2", "u", NOW), after)[0].entry == "papers"


@pytest.mark.parametrize("text", ["다시 말해줘요", "방금 뭐라고 하셨죠", "한번만 더 알려주세요"])
def test_again_repeats_the_answer_with_its_source(desk: HelpDesk, text: str) -> None:
    first, again = talk(desk, "기술료는 얼마인가요", text)
    assert (again.outcome, again.entry) == (Outcome.ANSWER, "royalty")
    assert again.signature == first.signature


def test_simpler_says_one_sentence_and_that_a_person_can_be_asked(desk: HelpDesk) -> None:
    _, simpler = talk(desk, "기술료는 얼마인가요", "무슨 말인지 모르겠어요")
    assert simpler.entry == "royalty"
    assert "매출의 5%를 냅니다." in simpler.body
    assert "상한" not in simpler.body
    assert "상담원" in simpler.body


def test_more_offers_what_is_related_by_number(desk: HelpDesk) -> None:
    _, more, chosen = talk(desk, "기술료는 얼마인가요", "더 자세히 알려주세요", "1번")
    assert more.entry == "royalty"
    assert [c.entry for c in more.related] == ["royalty-when"]
    assert chosen.entry == "royalty-when"


def test_without_an_answer_before_there_is_nothing_to_repeat(desk: HelpDesk) -> None:
    (reply,) = talk(desk, "다시 말해줘요")
    assert reply.outcome is not Outcome.ANSWER


@pytest.mark.parametrize(("failed", "offered"), [(0, False), (1, False), (2, True)])
def test_after_two_failures_a_person_is_offered_and_no_third_list(
    desk: HelpDesk, failed: int, *, offered: bool
) -> None:
    context = Context(failed=failed, at=NOW)
    reply, after = desk.answer(Query("강아지 사료 추천해 주세요", "u", NOW), context, explain=True)
    assert reply.outcome in ((Outcome.FALLBACK,) if offered else (Outcome.ASK, Outcome.FALLBACK))
    assert ("상담원" in reply.body) is offered
    assert not (offered and reply.choices)
    assert after.failed == failed + 1


def test_a_notice_is_shown_once_in_a_conversation(desk: HelpDesk) -> None:
    first, second = talk(desk, "신청은 어떻게 하나요", "서류는 무엇이 필요한가요")
    assert (first.entry, second.entry) == ("apply", "papers")
    assert "접수는 끝났습니다." in first.body
    assert "접수는 끝났습니다." not in second.body
