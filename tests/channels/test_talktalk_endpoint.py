"""TalkTalk's endpoint: whole conversations, repetitions, people, what is sent to whom, and a database that is away."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from unittest.mock import Mock

import aiohttp
import httpx
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.talktalk.send import Sender
from bot.channels.telegram.courier import TelegramCourier
from bot.channels.telegram.relay import TurnCourier
from bot.desk.cases import Cases
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store import keys, tickets
from bot.store.database import Database
from bot.store.schema import contexts, exchanges, feedback, forgotten, unanswered
from bot.store.schema import tickets as cases
from bot.store.tickets import Ticket
from tests.channels.talktalk import SECRET, URL, Naver, TalkTalk, check, said, sent, tappable
from tests.channels.test_kakao import JSON
from tests.channels.test_kakao_endpoint import TAPS, rows
from tests.conftest import NOW
from tests.served import connected, disconnected
from tests.web.browser import live_on

Opens = Callable[..., AbstractAsyncContextManager[TalkTalk]]


async def test_a_conversation(database: Database, talktalk: Opens) -> None:
    async with talktalk(database) as talk:
        assert "055-213-2114" in said(await talk.says("창원대 전화번호 010-1234-5678"))
        assert "조선대학교" in said(await talk.says("그럼 조선대는?"))
        asked = await talk.says("과제 수", "u2")
        first = next(b["data"] for b in tappable(asked) if "entry" in b["data"]["code"])
        chosen = await talk.taps(asked, first["title"], "u2")
        assert said(chosen) != said(asked)
        await talk.says("과제 수", "u3")  # somebody who has not talked of it: the same choices
        assert said(await talk.says("1", "u3")) == said(chosen)
    kept = await rows(database, exchanges)
    assert [k["question"] for k in kept[:2]] == ["창원대 전화번호 [전화번호]", "그럼 조선대는?"]
    assert [k["tapped"] for k in kept] == [False, False, False, True, False, False]
    assert {k["channel"] for k in kept} == {"talktalk"}
    assert not {"u1", "u2"} & {k["user"] for k in kept}


async def test_who_comes_in_is_greeted(database: Database, talktalk: Opens, shipped: HelpDesk) -> None:
    async with talktalk(database) as talk:
        opened = (await talk.sends({"event": "open", "user": "u", "options": {"inflow": "none"}})).json()
        check(opened)
        assert said(opened) == f"{shipped.base.reply('welcome')}\n{shipped.base.reply('menu')}"
        section = await talk.taps(opened, shipped.base.menu[0].title.in_("ko")[:5])
        assert tappable(section)
        picture = {"event": "send", "user": "u", "imageContent": {"imageUrl": "https://a.kr/x.jpg"}}
        assert said((await talk.sends(picture)).json()) == shipped.base.reply("text_only")
    assert await rows(database, exchanges) == []


@pytest.mark.parametrize(
    "event", [{"event": "leave", "user": "u"}, {"event": "echo", "user": "u"}, {**sent("네?"), "standby": True}]
)
async def test_nothing_is_said_where_nothing_was_asked(
    database: Database, talktalk: Opens, event: dict[str, Any]
) -> None:
    async with talktalk(database) as talk:
        assert (await talk.sends(event)).content == b""
    assert await rows(database, exchanges) == []


async def test_a_repetition_is_answered_alike_and_kept_once(database: Database, talktalk: Opens) -> None:
    async with talktalk(database) as talk, talktalk(database) as other:
        first = await asyncio.gather(*(talk.says("창원대 전화번호", seconds=0) for _ in range(5)))
        assert all(r == first[0] for r in first)
        assert await other.says("창원대 전화번호", seconds=0) == first[0], "another process"
        assert len(await rows(database, exchanges)) == 1
        await talk.says("창원대 전화번호")
    assert len(await rows(database, exchanges)) == 2


async def test_feedback_and_none_of_these(database: Database, talktalk: Opens, shipped: HelpDesk) -> None:
    async with talktalk(database) as talk:
        answer = await talk.says("창원대 전화번호")
        await talk.taps(answer, "👍")
        why = await talk.taps(answer, "👎")
        assert said(why) == shipped.base.reply("why_bad")
        assert said(await talk.taps(why, "오래된 내용")) == shipped.base.reply("bad_noted")
        stolen = next(b["data"]["code"] for b in tappable(answer) if '"up"' in b["data"]["code"])
        assert said(await talk.says("네", "u2", code=stolen)) == shipped.base.reply("stale_button")
        asked = await talk.says("과제 수", "u2")
        assert said(await talk.taps(asked, "이 중에 없어요", "u2")) == shipped.base.reply("none_noted")
    (kept,) = await rows(database, feedback)
    assert (kept["verdict"], kept["reason"]) == ("down", "old")
    assert [u["why"] for u in await rows(database, unanswered)] == ["down", "none"]


async def test_whoever_asks_for_it_is_forgotten(database: Database, talktalk: Opens) -> None:
    async with talktalk(database, writes_first=True) as talk:
        for user in ("u1", "u2"):
            await talk.says("창원대 전화번호", user)
        await talk.says("상담원 연결해 주세요")
        assert "지우지 않았습니다" in said(await talk.taps(await talk.says("내 정보 삭제"), "그대로 두기"))
        assert "모두 지웠습니다" in said(await talk.taps(await talk.says("내 정보 삭제"), "모두 지우기"))
    for table, left in ((exchanges, 1), (contexts, 1), (cases, 0), (forgotten, 1)):
        assert len(await rows(database, table)) == left, table.name


async def test_english_is_answered_in_english_from_tap_to_tap(database: Database, talktalk: Opens) -> None:
    async with talktalk(database) as talk:
        answer = await talk.says("What is the phone number of Changwon University?")
        assert "Source" in said(answer)
        assert "noted" in said(await talk.taps(answer, "Ask a person"))


@pytest.mark.parametrize("url", ["sqlite:////proc/none/x.db", "postgresql://nobody@127.0.0.1:1/none"])
async def test_a_database_that_is_away(url: str, talktalk: Opens, shipped: HelpDesk) -> None:
    before = connected()
    async with Database(url) as away, talktalk(away) as talk:
        answer = await talk.says("창원대 전화번호")
        assert "055-213-2114" in said(answer)
        assert not [b for b in tappable(answer) if '"fb"' in b["data"]["code"]]
        assert said(await talk.taps(answer, "상담원")) == shipped.base.reply("trouble")
    await disconnected(before)


# People


@pytest_asyncio.fixture
async def staffed(database: Database) -> Database:
    """A database that knows of somebody who answers."""
    await staff_key(database)
    return database


async def staff_key(database: Database) -> None:
    async with database.write() as connection:
        await keys.add(connection, "콜센터", "agent", NOW)


async def staff_says(talk: TalkTalk, database: Database, text: str) -> None:
    async with database.write() as connection:
        (ticket,) = await tickets.inbox_of(connection)
        await talk.endpoint.desk.cases.staff_says(connection, ticket, "김상담", text, NOW)


async def test_a_person_answers_when_the_user_writes_again(staffed: Database, talktalk: Opens) -> None:
    async with talktalk(staffed) as talk:
        await talk.says("창원대 전화번호")
        opened = await talk.says("050719003814,2017-11-03", inputType="vphone")
        assert "접수 번호" in said(opened)
        assert "먼저 알려 드릴 수 없습니다" in said(opened)
        assert said(await talk.says("자전거 타이어 바꾸는 법 010-1234-5678")).startswith("상담원에게 전했습니다.")
        await staff_says(talk, staffed, "그 일은 저희가 하지 않습니다.")
        assert said(await talk.says("기술료")).startswith("상담원: 그 일은 저희가 하지 않습니다.")
        assert "상담원:" not in said(await talk.says("기술료"))
    (kept,) = await rows(staffed, cases)
    assert kept["chat"] == "", "an address that is not used is not kept"


async def test_what_staff_say_is_sent_once_and_what_was_refused_stands_above_the_next_reply(
    staffed: Database, talktalk: Opens
) -> None:
    async with Naver() as naver, talktalk(staffed, writes_first=True) as talk:
        sender = Sender(staffed, talk.endpoint.front, "ct_key", naver.url)
        async with aiohttp.ClientSession(headers=sender._headers) as session:
            opened = await talk.says("상담원 연결해 주세요")
            assert "먼저 알려 드릴 수 없습니다" not in said(opened)
            await staff_says(talk, staffed, "확인했습니다.")
            for _ in range(2):
                await sender.send(session)
            (event,) = naver.events
            assert (event.pop("user"), event.pop("options")) == ("u1", {"notification": True})
            check(event)
            assert said(event) == "상담원: 확인했습니다."
            assert "상담원:" not in said(await talk.says("기술료"))
            refusal = '{"success": false, "resultCode": "01", "resultMessage": "Authorization 정보 오류"}'
            naver.answers = [(200, refusal), (502, "<html>"), (200, "[]")]
            for line in ("하나", "둘", "셋"):
                await staff_says(talk, staffed, line)
                for _ in range(2):
                    await sender.send(session)
            assert len(naver.events) == 4
            told = said(await talk.says("기술료"))
            assert told.startswith("상담원: 하나\n\n상담원: 둘\n\n상담원: 셋\n\n")
        assert naver.keys == {"ct_key"}


async def test_an_address_goes_when_the_case_is_closed(staffed: Database, talktalk: Opens) -> None:
    async with talktalk(staffed, writes_first=True) as talk:
        await talk.says("상담원 연결해 주세요")
        assert [c["chat"] for c in await rows(staffed, cases)] == ["u1"]
        async with staffed.write() as connection:
            (ticket,) = await tickets.inbox_of(connection)
            await talk.endpoint.desk.cases.close(connection, ticket, "김상담", NOW)
    assert [c["chat"] for c in await rows(staffed, cases)] == [""]


async def test_staff_in_telegram_write_to_no_address_of_talktalk(shipped: HelpDesk) -> None:
    turn = Mock()
    courier = TurnCourier(TelegramCourier(Front(shipped)), turn)
    for number, channel, chat in ((1, "talktalk", "al-2eGuGr5WQOnco1_V-FQ"), (2, "telegram", "77")):
        ticket = Ticket(number, "w", channel, chat, "ko", "open", True, "", NOW)
        await courier.to_user(Mock(), ticket, "끝났습니다", key="closed")
    assert [c.payload["chat_id"] for call in turn.take.call_args_list for c in call.args[0]] == [77]


# Requests that are none


@pytest.mark.parametrize(
    ("path", "status"), [(URL, 200), ("/talktalk", 404), (f"{URL}x", 404), ("/talktalk/%2e%2e%2fetc", 404)]
)
async def test_only_who_knows_the_secret_is_answered(
    database: Database, talktalk: Opens, path: str, status: int
) -> None:
    async with talktalk(database) as talk:
        reply = await talk.client.post(path, json=sent("안녕"))
    assert reply.status_code == status


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000, b"null", b'{"event": "send"}', b'"\\ud800"']
)
async def test_what_is_no_event(database: Database, talktalk: Opens, raw: bytes) -> None:
    async with talktalk(database) as talk:
        reply = await talk.client.post(URL, content=raw)
    assert reply.status_code == 400
    assert reply.json()["error"]["message"].startswith("요청을 읽지 못했습니다: ")


EVENTS = st.builds(
    lambda words, user, tap, kind, odd: {
        **sent(words, user, code=json.dumps(tap), inputType=kind),
        **odd,
    },
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(["창원대 전화", "그럼 조선대는?", "1", "상담원", "ㅊㅇㄷ", "What is the phone number?"]),
        st.text(max_size=6).map(lambda t: t * 700),
    ),
    st.sampled_from(["u1", "u2"]),
    TAPS | JSON,
    st.sampled_from(["typing", "button", "vphone", "product"]) | JSON,
    st.dictionaries(st.sampled_from(["options", "partner", "standby", "imageContent"]), JSON, max_size=2),
)


def test_any_event_is_answered_within_the_limits(talktalk: Opens, tmp_path: Any) -> None:
    """One endpoint, one database, a hundred events: every one answered with an event that TalkTalk takes."""
    with asyncio.Runner() as runner:
        database = Database(f"sqlite:///{tmp_path}/x.db")
        runner.run(database.migrate())
        opened = talktalk(database)
        talk: TalkTalk = runner.run(opened.__aenter__())

        @settings(max_examples=100)
        @given(EVENTS)
        def answered(event: dict[str, Any]) -> None:
            reply = runner.run(talk.client.post(URL, content=json.dumps(event)))
            assert reply.status_code == 200
            if event.get("standby") is not True:
                check(reply.json())

        try:
            answered()
        finally:
            runner.run(opened.__aexit__(None, None, None))
            runner.run(database.__aexit__())


# The whole program


@pytest_asyncio.fixture
async def naver() -> AsyncIterator[Naver]:
    async with Naver() as made:
        yield made


async def test_the_program_serves_it_and_sends_what_staff_say(
    tmp_path: Any, naver: Naver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.serve.Sender", lambda *parts: Sender(*parts, api=naver.url, look=0.05))
    live = live_on(tmp_path, talktalk_secret=SECRET, talktalk_token="ct_key")
    live.start()
    try:
        await live.do(staff_key(live.parts.database))
        async with httpx.AsyncClient(base_url=live.url, timeout=60) as client:
            assert "055-213-2114" in said((await client.post(URL, json=sent("창원대 전화번호"))).json())
            wanted = sent("상담원", code='{"person": "1"}', inputType="button")
            async with asyncio.timeout(60):  # it gives up after 3 seconds, and the machine may be busy
                while "접수 번호" not in said((await client.post(URL, json=wanted)).json()):
                    await asyncio.sleep(4)
            refused = await client.post("/talktalk/wrong-wrong-wrong-wrong", json=sent("네"))
            assert (refused.status_code, refused.json()["error"]["code"]) == (404, "not_found")

        async def answer() -> None:
            async with live.parts.database.write() as connection:
                (ticket,) = await tickets.inbox_of(connection)
                await Cases(live.server.front).staff_says(connection, ticket, "김상담", "곧 알려 드립니다.", NOW)

        await live.do(answer())
        async with asyncio.timeout(60):
            while not naver.events:
                await asyncio.sleep(0.05)
        assert said(naver.events[0]) == "상담원: 곧 알려 드립니다."
    finally:
        live.stop()
