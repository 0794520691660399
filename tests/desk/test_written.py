"""What is written once and sent to many is true for each: on its day, in its language, of its knowledge."""

import json
from datetime import datetime

from bot.caches import IdentityCache
from bot.channels.answering.desk import Desk, Turn
from bot.channels.answering.message import Message
from bot.channels.kakao.platform import KAKAO
from bot.channels.web.asking import Asking, wire
from bot.channels.web.parts import Parts
from bot.desk.cases import Cases
from bot.desk.context import Context
from bot.desk.counter import Counter
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.knowledge.base import KST
from bot.knowledge.build import load
from bot.store.database import Database
from bot.words import Query
from tests.desk.test_firsts import DATED

DAYS = [datetime(2022, 6, day, 12, tzinfo=KST) for day in (5, 6, 7, 8)]


def kakao(desk: Desk, text: str, at: datetime, language: str = "ko", exchange: str = "e" * 32) -> str:
    turn = Turn(Message("u", text, language=language, chosen=True), "u", at, exchange)
    reply = desk.front.desk.answer(desk.query(turn), Context())[0]
    written = desk.written(reply, turn)
    assert json.loads(written) == desk.shown(reply, turn, exchange)
    return written.decode()


def web(asking: Asking, text: str, at: datetime, language: str = "ko", exchange: str = "x" * 32) -> str:
    reply = asking.front.desk.answer(Query(text, "u", at, language=language), Context())[0]
    written = asking._wired(reply, exchange)
    assert json.loads(written) == json.loads(json.dumps(wire(reply, exchange)))
    return written


def both(front: Front) -> tuple[Desk, Asking]:
    database = Database("sqlite:///never-opened.db")
    return Desk(front, Cases(front, None), KAKAO), Asking(Parts(front, database, Counter(database, front), b"k" * 32))


def test_it_changes_with_the_day(folder) -> None:
    desk, asking = both(Front(HelpDesk(load(folder(entries=DATED)))))
    for _ in range(2):  # the second time from memory
        for at, body in zip(DAYS, ["2일 남", "1일 남", "0일 남", "마감되었"], strict=True):
            assert body in kakao(desk, "마감일", at)
            assert body in web(asking, "마감일", at)


def test_it_changes_with_the_language_and_the_exchange(shipped: HelpDesk) -> None:
    desk, asking = both(Front(shipped))
    at = DAYS[0]
    for _ in range(2):
        assert "출처" in kakao(desk, "창원대 전화번호", at)
        assert "Source" in kakao(desk, "창원대 전화번호", at, "en")
        assert "출처" in web(asking, "창원대 전화번호", at)
        assert "Source" in web(asking, "창원대 전화번호", at, "en")
        assert "f" * 32 in kakao(desk, "창원대 전화번호", at, exchange="f" * 32)
        assert "f" * 32 in web(asking, "창원대 전화번호", at, exchange="f" * 32)
        assert desk._place not in kakao(desk, "창원대 전화번호", at)


def test_it_changes_with_the_knowledge(folder) -> None:
    front = Front(HelpDesk(load(folder(entries=DATED))))
    desk, asking = both(front)
    before = kakao(desk, "마감일", DAYS[3]), web(asking, "마감일", DAYS[3])
    front.serve(HelpDesk(load(folder(entries=DATED.replace("마감되었습니다", "끝났습니다")))))
    after = kakao(desk, "마감일", DAYS[3]), web(asking, "마감일", DAYS[3])
    assert all("마감되었습니다" in text for text in before)
    assert all("끝났습니다" in text for text in after)
    assert front.base.version in after[1]


def test_only_the_same_object_is_known_and_few_are_kept() -> None:
    made: IdentityCache[list[int], int] = IdentityCache(2)
    lists = [[1], [1], [1]]
    count = iter(range(100))
    assert [made.of(v, lambda _: next(count)) for v in (*lists, lists[2], lists[0])] == [0, 1, 2, 2, 3]
    assert made.of(lists[0], lambda _: next(count), "more") == 4
    assert len(made) == 2
