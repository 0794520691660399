"""What is remembered is never given where something else would be made: another channel, language, policy, hour or base."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.answering.desk import Desk, Turn
from bot.channels.answering.message import Message
from bot.channels.kakao.platform import KAKAO
from bot.channels.talktalk.platform import TALKTALK
from bot.channels.web.asking import Asking, wire
from bot.channels.web.parts import Parts
from bot.desk.cases import Cases
from bot.desk.context import Context
from bot.desk.counter import Counter
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.desk.language import settled
from bot.knowledge.base import KST
from bot.knowledge.build import load
from bot.store.database import Database
from bot.words import Query
from tests.desk.test_firsts import DATED

END = datetime(2022, 6, 7, 18, 0, tzinfo=KST)
MOMENTS = [
    END + timedelta(seconds=s) for s in (-3 * 86_400, -86_400, -64_801, -64_800, -3_600, -1, 0, 1, 3_600, 90 * 86_400)
]
MORE = """
- id: place
  questions: [어디서 하나요, 장소가 어디예요, 위치, Where is it held?]
  answer: 시청입니다.
  english: {answer: At the city hall.}
- {id: visa, kind: boundary, questions: [비자를 내 주나요, 비자 발급, 비자 문의], answer: 비자는 다루지 않습니다.}
"""
TEXTS = [
    "마감일",
    "신청 마감이 언제인가요",
    "어디서 하나요",
    "Where is it held?",
    "비자 발급",
    "전혀 다른 이야기",
    "",
]


@dataclass(frozen=True)
class Asked:
    text: str
    choice: str
    language: str
    chosen: bool
    channel: str
    moment: datetime
    policy: int


ASKED = st.builds(
    Asked,
    st.sampled_from(TEXTS),
    st.sampled_from(["", "", "call", "visa"]),
    st.sampled_from(["ko", "en"]),
    st.booleans(),
    st.sampled_from(["web", "kakao", "talktalk", "telegram"]),
    st.sampled_from(MOMENTS),
    st.sampled_from([0, 1]),
)


def strict(desk: HelpDesk) -> HelpDesk:
    """Return a desk whose policy is to answer nothing by its likeliness."""
    known = desk.matcher.judgements
    desk.matcher.judgements = {
        name: replace(j, cutoffs=replace(j.cutoffs, answer=1.1, other=1.1, ask=1.1)) for name, j in known.items()
    }
    return desk


@pytest.fixture
def desks(folder: Callable[..., Path]) -> list[HelpDesk]:
    base = load(folder(entries=DATED + MORE))
    return [HelpDesk(base, encoder=False), strict(HelpDesk(base, encoder=False))]


def test_the_policies_differ(desks: list[HelpDesk]) -> None:
    query = Query("마감일은 언제쯤인가", "u", MOMENTS[0])
    assert len({desk.answer(query, Context())[0].text for desk in desks}) == 2


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(asked=st.lists(ASKED, min_size=2, max_size=25))
def test_a_remembered_reply_is_the_one_that_would_be_made(desks: list[HelpDesk], asked: list[Asked]) -> None:
    front = Front(desks[0])
    database = Database("sqlite:///never-opened.db")
    asking = Asking(Parts(front, database, Counter(database, front), b"k" * 32))
    messengers = {p.channel: Desk(front, Cases(front, None), p) for p in (KAKAO, TALKTALK)}
    for number, a in enumerate(asked):
        front.desk = desk = desks[a.policy]
        exchange = f"{number:032x}"
        query = Query(a.text, f"u{number}", a.moment, a.channel, exchange, a.choice, a.language, a.chosen)
        reply, after = desk.answer(query, Context())
        made, then = desk._concluded(settled(query, Context(), desk.base), Context(), False)
        assert (reply, after) == (made, then)
        if a.channel == "web":
            assert json.loads(asking._wired(reply, query.id)) == json.loads(json.dumps(wire(made, query.id)))
        elif a.channel in messengers:
            messenger = messengers[a.channel]
            turn = Turn(Message("u", a.text, language=a.language), query.user, a.moment, query.id)
            plain = messenger.shows.written(messenger.shown(made, turn, query.id))
            assert messenger.written(reply, turn) == plain
