"""The API's questions and answers, as an integrator uses them."""

import asyncio

import pytest

from bot.channels.web import asking
from bot.store.database import Database
from bot.store.schema import contexts, exchanges, feedback, people, unanswered
from tests.served import connected, disconnected
from tests.web.conftest import Opens


async def rows(database: Database, table: object) -> list[dict]:
    async with database.read() as connection:
        return [dict(r) for r in (await connection.execute(table.select())).mappings()]


async def test_a_conversation(database: Database, site: Opens) -> None:
    async with site(database) as opened, opened.user() as client:
        first = (await client.post("/api/v1/ask", json={"text": "창원대 전화번호 010-1234-5678"})).json()
        assert (first["outcome"], first["entry"]) == ("answer", "institution-phone.changwon")
        assert "055-213-2114" in first["body"]
        assert first["text"] == f"{first['body']}\n\n{first['signature']}"
        assert {"kind": "phone", "label": "창원대", "value": "055-213-2114"} in first["contacts"]
        assert first["knowledge"] == opened.parts.front.base.version
        then = (await client.post("/api/v1/ask", json={"text": "그럼 조선대는?"})).json()
        assert then["entry"] == "institution-phone.chosun"
        chosen = (await client.post("/api/v1/ask", json={"choice": first["related"][0]["entry"]})).json()
        assert chosen["entry"] == first["related"][0]["entry"]
        english = (await client.post("/api/v1/ask", json={"text": "hello", "language": "en"})).json()
        again = (await client.post("/api/v1/ask", json={"choice": chosen["entry"]})).json()
    assert english["exchange"] != again["exchange"]
    assert "Source" in again["signature"]  # the language that was chosen stays
    kept = await rows(database, exchanges)
    assert [k["id"] for k in kept] == [r["exchange"] for r in (first, then, chosen, english, again)]
    assert kept[0]["question"] == "창원대 전화번호 [전화번호]"
    assert {k["channel"] for k in kept} == {"web"}
    assert "0123456789abcdef" not in str(kept)


async def test_a_question_sent_again_under_its_key_is_one_question(database: Database, site: Opens) -> None:
    key, other = {"Idempotency-Key": "question-1"}, {"Idempotency-Key": "question-2"}
    asked, unknown = {"text": "창원대 전화번호"}, {"text": "오늘 저녁 메뉴 추천 좀 해 줘"}
    async with site(database, rate=0) as opened, opened.user() as client:
        sent = [client.post("/api/v1/ask", json=asked, headers=key) for _ in range(5)]
        first, *rest = [r.json() for r in await asyncio.gather(*sent)]
        follow = (await client.post("/api/v1/ask", json={"text": "그럼 조선대는?"}, headers=other)).json()
        await client.post("/api/v1/ask", json=unknown, headers={"Idempotency-Key": "question-3"})
        reused = await client.post("/api/v1/ask", json=unknown, headers=key)
    async with site(database, rate=0) as another, another.user() as client:  # another process: nothing in memory
        later = (await client.post("/api/v1/ask", json=asked, headers=key)).json()
        await client.post("/api/v1/ask", json=unknown, headers={"Idempotency-Key": "question-3"})
        then = (await client.post("/api/v1/ask", json={"text": "거기 주소는?"})).json()
    assert all(r == first for r in rest)
    assert (later["exchange"], later["entry"]) == (first["exchange"], "institution-phone.changwon")
    assert follow["entry"] == "institution-phone.chosun"
    assert then["entry"].endswith(".chosun")  # what was only said again left the conversation as it was
    assert (reused.status_code, reused.json()["error"]["code"]) == (422, "idempotency_key_reused")
    kept = await rows(database, exchanges)
    assert [k["question"] for k in kept] == ["창원대 전화번호", "그럼 조선대는?", unknown["text"], "거기 주소는?"]
    assert len(await rows(database, unanswered)) == 1


async def test_users_share_nothing(database: Database, site: Opens) -> None:
    async with site(database) as opened, opened.user("a") as one, opened.user("b") as two:
        await one.post("/api/v1/ask", json={"text": "창원대 전화번호"})
        reply = (await two.post("/api/v1/ask", json={"text": "그럼 조선대는?"})).json()
    assert reply["entry"] != "institution-phone.chosun"


async def test_without_a_user_each_question_stands_alone(database: Database, site: Opens) -> None:
    async with site(database) as opened, opened.client() as client:
        first = (await client.post("/api/v1/ask", json={"text": "창원대 전화번호"})).json()
        then = (await client.post("/api/v1/ask", json={"text": "그럼 조선대는?"})).json()
        assert then["entry"] != "institution-phone.chosun"
        rated = await client.post("/api/v1/feedback", json={"exchange": first["exchange"], "verdict": "up"})
        assert rated.status_code == 200
    kept = await rows(database, exchanges)
    assert len({k["user"] for k in kept}) == 2
    assert {k["channel"] for k in kept} == {"api"}
    assert await rows(database, contexts) == []
    assert await rows(database, people) == []
    assert [f["user"] for f in await rows(database, feedback)] == [kept[0]["user"]]


async def test_feedback_counts_once_and_the_last_word_stays(database: Database, site: Opens) -> None:
    async with site(database) as opened, opened.user() as client, opened.user("other") as other:
        exchange = (await client.post("/api/v1/ask", json={"text": "창원대 전화번호"})).json()["exchange"]
        for body in ({"verdict": "up"}, {"verdict": "down"}, *[{"verdict": "down", "reason": "old"}] * 3):
            reply = await client.post("/api/v1/feedback", json={"exchange": exchange, **body})
            assert reply.status_code == 200
        assert reply.json()["text"] == opened.parts.front.base.reply("bad_noted")
        foreign = await other.post("/api/v1/feedback", json={"exchange": exchange, "verdict": "up"})
        assert (foreign.status_code, foreign.json()["error"]["code"]) == (404, "no_such_exchange")
        stranger = await opened.client().post("/api/v1/feedback", json={"exchange": exchange, "verdict": "up"})
        assert stranger.status_code == 404
    (kept,) = await rows(database, feedback)
    assert (kept["verdict"], kept["reason"], kept["entry"]) == ("down", "old", "institution-phone.changwon")
    left = [u for u in await rows(database, unanswered) if u["why"] == "down"]
    assert [(u["question"], u["nearest"]) for u in left] == [("창원대 전화번호", "institution-phone.changwon")]


async def test_none_of_these_is_noted_once(database: Database, site: Opens) -> None:
    async with site(database) as opened, opened.user() as client:
        asked = (await client.post("/api/v1/ask", json={"text": "과제 수"})).json()
        assert asked["outcome"] == "ask"
        assert asked["choices"]
        for _ in range(2):
            reply = await client.post("/api/v1/none", json={"exchange": asked["exchange"]})
            assert reply.json() == {"text": opened.parts.front.base.reply("none_noted")}
        assert (await client.post("/api/v1/none", json={"exchange": "nope"})).status_code == 404
    assert [(u["why"], u["question"]) for u in await rows(database, unanswered)] == [("none", "과제 수")]


async def test_a_choice_that_is_gone(database: Database, site: Opens) -> None:
    async with site(database) as opened, opened.user() as client:
        reply = await client.post("/api/v1/ask", json={"choice": "no-such"})
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "no_such_choice")
        assert (await client.post("/api/v1/ask", json={"text": "  "})).json()["outcome"] == "fallback"


async def test_being_forgotten(database: Database, site: Opens) -> None:
    async with site(database) as opened, opened.user() as client:
        await client.post("/api/v1/ask", json={"text": "창원대 전화번호"})
        await client.post("/api/v1/ticket", json={"text": "도와주세요"})
        for _ in range(2):
            gone = await client.delete("/api/v1/me")
            assert gone.json()["text"] == opened.parts.front.base.reply("forgotten")
        assert (await client.get("/api/v1/ticket")).json() == {"ticket": None, "messages": []}
    assert await rows(database, exchanges) == await rows(database, contexts) == await rows(database, people) == []


@pytest.mark.parametrize("url", ["sqlite:////proc/none/x.db", "postgresql://nobody@127.0.0.1:1/none"])
async def test_answers_come_also_when_the_database_is_away(url: str, site: Opens) -> None:
    before = connected()
    async with Database(url) as away, site(away) as opened, opened.user() as client:
        reply = await client.post("/api/v1/ask", json={"text": "창원대 전화번호"})
        assert reply.status_code == 200
        assert (reply.json()["exchange"], reply.json()["entry"]) == ("", "institution-phone.changwon")
        lost = await client.post("/api/v1/feedback", json={"exchange": "x", "verdict": "up"})
        assert (lost.status_code, lost.json()["error"]["code"]) == (503, "unavailable")
        assert lost.headers["retry-after"]
    await disconnected(before)


async def test_a_database_that_hangs_is_not_waited_for(database: Database, site: Opens, monkeypatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.2)
    async with site(database) as opened, opened.user() as client, database.write():
        reply = await asyncio.wait_for(client.post("/api/v1/ask", json={"text": "창원대 전화번호"}), 30)
        if database.sqlite:  # one writer at a time: ours sits on it
            assert reply.json()["exchange"] == ""
        assert reply.json()["entry"] == "institution-phone.changwon"


async def test_many_at_once_are_all_answered_and_kept(database: Database, site: Opens) -> None:
    async with site(database, rate=0) as opened, opened.client() as client:
        texts = ["창원대 전화번호", "접수기간", "기술료", "상담원", "ㅊㅇㄷ"] * 20
        replies = await asyncio.gather(*(client.post("/api/v1/ask", json={"text": t}) for t in texts))
    assert {r.status_code for r in replies} == {200}
    assert {k["id"] for k in await rows(database, exchanges)} == {r.json()["exchange"] for r in replies}
