"""What is remembered of first questions changes no answer: to the second, in each language, for each user."""

from datetime import datetime, timedelta

from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST
from bot.knowledge.build import load
from bot.words import Query

DATED = """
entries:
- id: call
  questions: [신청 마감이 언제인가요, 마감일, 언제까지 신청하나요]
  phases:
  - {until: 2022-06-07T18:00, answer: "마감까지 {days_left}일 남았습니다."}
  - {answer: "마감되었습니다."}
"""


def test_remembered_answers_change_on_the_second(folder) -> None:
    desk = HelpDesk(load(folder(entries=DATED)))
    end = datetime(2022, 6, 7, 18, 0, tzinfo=KST)
    midnight = datetime(2022, 6, 6, 0, 0, tzinfo=KST)
    moments = [midnight - timedelta(seconds=1), midnight, end - timedelta(seconds=1), end, end + timedelta(seconds=1)]
    for _ in range(2):  # the second time from memory
        bodies = [desk.answer(Query("마감일", "u", at), Context())[0].body for at in moments]
        left = [2, 1, 0, 0]
        assert bodies == [*(f"마감까지 {n}일 남았습니다." for n in left), "마감되었습니다."]


def test_each_conversation_goes_on_from_its_own_time(shipped: HelpDesk) -> None:
    first, later = (datetime(2026, 11, 24, hour, tzinfo=KST) for hour in (10, 11))
    for at in (first, later):
        reply, after = shipped.answer(Query("창원대 전화번호", "u", at, language="ko"), Context())
        assert after.at == at
        english, _ = shipped.answer(Query("창원대 전화번호", "u", at, language="en"), Context())
        assert english.signature != reply.signature
        then, _ = shipped.answer(Query("그럼 조선대는?", "u", at + timedelta(minutes=1)), after)
        assert then.entry == "institution-phone.chosun"


def test_a_trace_is_made_anew(shipped: HelpDesk) -> None:
    query = Query("창원대 전화번호", "u", datetime(2026, 11, 24, tzinfo=KST))
    assert shipped.answer(query, Context())[0].trace is None
    assert shipped.answer(query, Context(), explain=True)[0].trace
