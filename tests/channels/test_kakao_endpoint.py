"""Kakao's skill endpoint: whole conversations, repetitions, the bot tester, and a database that is away."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.answering.desk import Desk
from bot.desk import history
from bot.desk.cases import MOST_SAID, Cases
from bot.desk.desk import HelpDesk
from bot.knowledge.build import load
from bot.store import keys, tickets
from bot.store.database import Database
from bot.store.schema import contexts, exchanges, feedback, forgotten, people, unanswered
from bot.words import Kind
from tests.channels.conftest import SECRET, URL, Kakao, Opens, body, said, tappable
from tests.channels.test_kakao import FIELDS, JSON
from tests.conftest import NOW
from tests.renamed import AFTER, BEFORE, desk
from tests.served import connected, disconnected

CORRECTED = """\
entries:
- {{id: loan, correction: true, questions: [대출 기간, 며칠 동안 빌리나요], answer: {answer}}}
- {{id: closed, questions: [휴관일, 언제 쉬나요], answer: 월요일에 쉽니다.}}
"""


async def rows(database: Database, table: Any) -> list[dict[str, Any]]:
    async with database.read() as connection:
        return [dict(r) for r in (await connection.execute(table.select())).mappings()]


async def test_a_conversation(database: Database, kakao: Opens) -> None:
    async with kakao(database) as talk:
        first = await talk.says("창원대 전화번호 010-1234-5678")
        assert "055-213-2114" in said(first)
        then = await talk.says("그럼 조선대는?")
        assert "조선대학교" in said(then)
        await talk.says("처음으로", "u2")
        asked = await talk.says("과제 수", "u2")
        first_choice = next(t["label"] for t in tappable(asked) if "entry" in t["extra"])
        chosen = await talk.taps(asked, first_choice, "u2")
        assert said(chosen) != said(asked)
        await talk.says("과제 수", "u3")  # somebody who has not talked of it: the same choices
        assert said(await talk.says("1", "u3")) == said(chosen)
    kept = await rows(database, exchanges)
    assert [k["question"] for k in kept[:2]] == ["창원대 전화번호 [전화번호]", "그럼 조선대는?"]
    assert [k["tapped"] for k in kept] == [False, False, False, False, True, False, False]
    assert {k["channel"] for k in kept} == {"kakao"}
    assert "u1" not in {k["user"] for k in kept}


async def test_a_quick_reply_with_a_former_id_leads_on_after_a_reload(
    database: Database, kakao: Opens, tmp_path: Path
) -> None:
    async with kakao(database, desk=desk(tmp_path / "before", BEFORE)) as talk:
        first = await talk.says("회원증 발급")
        (button,) = [t for t in tappable(first) if t["extra"].get("entry") == "loan"]
        talk.endpoint.front.serve(desk(tmp_path / "after", AFTER))
        assert "14일입니다" in said(await talk.says(button["messageText"], extra=button["extra"]))


async def test_users_share_nothing(database: Database, kakao: Opens) -> None:
    async with kakao(database) as talk:
        await talk.says("창원대 전화번호", "u1")
        assert "055-213-2114" not in said(await talk.says("그럼 주소는?", "u2"))


async def test_a_repetition_is_answered_alike_and_kept_once(database: Database, kakao: Opens) -> None:
    async with kakao(database) as talk:
        first = await asyncio.gather(*(talk.says("창원대 전화번호", seconds=0) for _ in range(5)))
        later = [await talk.says("창원대 전화번호", seconds=1) for _ in range(2)]
        assert all(r == first[0] for r in [*first, *later])
        assert len(await rows(database, exchanges)) == 1
        await talk.says("창원대 전화번호")
    assert len(await rows(database, exchanges)) == 2


async def test_another_process_keeps_a_repetition_once_too(database: Database, kakao: Opens) -> None:
    async with kakao(database) as one, kakao(database) as two:
        assert await one.says("창원대 전화번호") == await two.says("창원대 전화번호")
    assert len(await rows(database, exchanges)) == 1


async def test_feedback(database: Database, kakao: Opens, shipped: HelpDesk) -> None:
    async with kakao(database) as talk:
        answer = await talk.says("창원대 전화번호")
        await talk.taps(answer, "👍 도움됐어요")
        why = await talk.taps(answer, "👎 아니에요")
        assert said(why) == shipped.base.reply("why_bad")
        for _ in range(2):
            assert said(await talk.taps(why, "오래된 내용")) == shipped.base.reply("bad_noted")
        stolen = next(t["extra"] for t in tappable(answer) if t["extra"].get("fb") == "up")
        assert said(await talk.says("네", "u2", extra=stolen)) == shipped.base.reply("stale_button")
    (kept,) = await rows(database, feedback)
    assert (kept["verdict"], kept["reason"]) == ("down", "old")
    assert [u["why"] for u in await rows(database, unanswered)] == ["down"]


async def test_none_of_these(database: Database, kakao: Opens, shipped: HelpDesk) -> None:
    async with kakao(database) as talk:
        asked = await talk.says("과제 수")
        for _ in range(2):
            assert said(await talk.taps(asked, "이 중에 없어요")) == shipped.base.reply("none_noted")
        assert said(await talk.says("없어요", extra={"none": "nope"})) == shipped.base.reply("none_noted")
    assert [(u["why"], u["question"]) for u in await rows(database, unanswered)] == [("none", "과제 수")]


async def test_the_menu_leads_to_every_answer(kakao: Opens, shipped: HelpDesk) -> None:
    async with kakao(Database("postgresql://nobody@127.0.0.1:1/none")) as talk:  # the menu needs no database
        todo = [(await talk.says("메뉴", extra={"menu": ""}), 0)]
        seen: set[str] = set()
        found: dict[str, int] = {}
        while todo:
            response, taps = todo.pop(0)
            for item in tappable(response):
                extra = item["extra"]
                if "entry" in extra:
                    found.setdefault(extra["entry"], taps + 1)
                elif extra.get("menu") and extra["menu"] not in seen:
                    seen.add(extra["menu"])
                    todo.append((await talk.says(item["messageText"], extra=extra), taps + 1))
        assert said(await talk.says("?", extra={"menu": "no/such/place"})) == shipped.base.reply("menu")
        assert said(await talk.says("?", extra={"menu": "institutions/77/0"})) == shipped.base.reply("stale_button")
        assert said(await talk.says("?", extra={"menu": "institutions/1/99999"})) == shipped.base.reply(
            "stale_button"
        )
    public = {
        e.id for f in shipped.base.frames if f.kind is Kind.ANSWER for e in f.entries.values() if not e.for_staff
    }
    assert set(found) == public
    # a list of more than 15 goes on on a further page, one tap away
    assert sum(taps <= 4 for taps in found.values()) > 0.85 * len(found)
    assert max(found.values()) <= 8


async def test_a_person_answers_when_the_user_writes_again(database: Database, kakao: Opens) -> None:
    async with database.write() as connection:
        await keys.add(connection, "콜센터", "agent", NOW)
    async with kakao(database) as talk:
        staff: Cases = talk.endpoint.desk.cases
        await talk.says("창원대 전화번호")
        opened = await talk.says("상담원 연결해 주세요")
        assert "접수 번호" in said(opened)
        assert "다시" not in said(opened) or "상담원의 답을 보여 드립니다" in said(opened)
        assert (
            next(b["action"] for c in opened["template"]["outputs"] for b in c.get("textCard", {}).get("buttons", []))
            == "operator"
        )
        again = await talk.says("네?", extra={"person": "1"})
        assert "이미 상담원에게 전한" in said(again)
        passed = await talk.says("자전거 타이어 바꾸는 법 010-1234-5678")
        assert said(passed).startswith("상담원에게 전했습니다.")
        async with database.write() as connection:
            (ticket,) = await tickets.inbox_of(connection)
            assert ticket.question == "창원대 전화번호"
            assert [m.text for m in await tickets.messages(connection, ticket.id)] == [
                "자전거 타이어 바꾸는 법 [전화번호]"
            ]
            await staff.staff_says(connection, ticket, "김상담", "그 일은 저희가 하지 않습니다.", NOW)
            await staff.close(connection, ticket, "김상담", NOW)
        told = await talk.says("기술료")
        assert said(told).startswith("상담원: 그 일은 저희가 하지 않습니다.")
        assert "상담원:" not in said(await talk.says("기술료"))
        assert "상담원:" not in said(await talk.says("기술료", "u2"))


async def test_whoever_writes_too_much_to_staff_is_told_so(database: Database, kakao: Opens) -> None:
    async with database.write() as connection:
        await keys.add(connection, "콜센터", "agent", NOW)
    async with kakao(database) as talk:
        await talk.says("상담원 연결해 주세요")
        async with database.write() as connection:
            (ticket,) = await tickets.inbox_of(connection)
            for _ in range(MOST_SAID):
                await tickets.say(connection, ticket.id, "user", "말", ticket.opened_at)
        refused = said(await talk.says("자전거 타이어 바꾸는 법"))
        assert refused.startswith("짧은 사이에 너무 많이 적으셔서")
        assert "분쯤 뒤에 다시 적어 주세요" in refused
        async with database.read() as connection:
            assert len(await tickets.messages(connection, ticket.id, MOST_SAID + 9)) == MOST_SAID


@pytest.mark.parametrize(
    ("words", "language"), [("내 정보 삭제", "ko"), ("내정보삭제.", "ko"), ("delete my data", "en")]
)
async def test_whoever_asks_for_it_is_forgotten(database: Database, kakao: Opens, words: str, language: str) -> None:
    keep, kept_said, erase, erased = {
        "ko": ("그대로 두기", "지우지 않았습니다", "모두 지우기", "모두 지웠습니다"),
        "en": ("Keep it", "Nothing was deleted", "Delete everyt…", "All that was kept is deleted"),
    }[language]
    async with kakao(database) as talk:
        for user in ("u1", "u2"):
            await talk.says("창원대 전화번호", user)
            await talk.says("자전거 타이어 바꾸는 법", user)
        await talk.says("상담원 연결해 주세요")
        kept = await talk.taps(await talk.says(words), keep)
        assert kept_said in said(kept)
        assert len(await rows(database, exchanges)) == 5
        assert erased in said(await talk.taps(await talk.says(words), erase))
        for table, left in ((exchanges, 2), (contexts, 1), (unanswered, 1)):
            assert len(await rows(database, table)) == left, table.name
        assert len(await rows(database, forgotten)) == 1
        assert "조선" in said(await talk.says("조선대 전화번호")), "and may ask anew"


async def test_what_staff_said_at_length_is_shown_whole_as_there_is_room(database: Database, kakao: Opens) -> None:
    lines = [f"{i}번째 말. " + "가나다라 마바사. " * 95 for i in range(5)]
    async with database.write() as connection:
        await keys.add(connection, "콜센터", "agent", NOW)
    async with kakao(database) as talk:
        await talk.says("상담원 연결해 주세요")
        async with database.write() as connection:
            (ticket,) = await tickets.inbox_of(connection)
            for line in lines:
                await talk.endpoint.desk.cases.staff_says(connection, ticket, "김상담", line, NOW)
        told = [said(await talk.says("기술료")) for _ in range(6)]
    for line in lines:
        assert sum(line.split(".")[0] in text for text in told) == 1
        assert sum("".join(line.split()) in "".join(text.split()) for text in told) == 1
    assert "상담원:" not in told[-1]


async def test_a_correction_is_shown_above_the_next_reply_once(
    database: Database, kakao: Opens, tmp_path: Path
) -> None:
    async def publish(knowledge: HelpDesk, at: datetime) -> None:
        async with database.write() as connection:
            await history.note(connection, knowledge.base, at)

    old = desk(tmp_path / "old", CORRECTED.format(answer="옛 답입니다."))
    new = desk(tmp_path / "new", CORRECTED.format(answer="고친 답입니다."))
    await publish(old, NOW)
    async with kakao(database, desk=old) as talk:
        await talk.says("대출 기간")
        await talk.says("휴관일", "u2")
        talk.endpoint.front.serve(new)
        await publish(new, talk.now + timedelta(seconds=1))
        told = [said(await talk.says("휴관일")) for _ in range(3)]
        assert "바로잡혔습니다" not in said(await talk.says("휴관일", "u2"))
    assert told[0].startswith("대출 기간\n🔔 2026-11-24에 받으신 답이 2026-11-24에 바로잡혔습니다.")
    assert "고친 답입니다." in told[0]
    assert "월요일" in told[0]
    assert ["바로잡혔습니다" in text for text in told] == [True, False, False]


async def test_nobody_is_there(database: Database, kakao: Opens) -> None:
    async with kakao(database) as talk:
        opened = await talk.says("상담원", extra={"person": "1"})
        assert "지금 이어 줄 상담원이 없습니다" in said(opened)
        assert "1357" in said(opened)
    assert [u["why"] for u in await rows(database, unanswered)] == ["staff"]


async def test_the_bot_tester_leaves_nothing(database: Database, kakao: Opens) -> None:
    tester = {"params": {"surface": "BuilderBotTest"}}
    async with kakao(database) as talk:
        first = await talk.says("창원대 전화번호", **tester)
        assert "055-213-2114" in said(first)
        assert "조선대학교" in said(await talk.says("그럼 조선대는?", **tester))
        for extra in ({"person": "1"}, {"fb": "up", "x": "e"}, {"none": ""}, {"menu": ""}):
            await talk.says("네", extra=extra, **tester)
        await talk.says("상담원 연결", **tester)
        await talk.says("자전거 타이어 바꾸는 법", **tester)
    for table in (exchanges, contexts, people, unanswered, feedback):
        assert await rows(database, table) == []


async def test_english(database: Database, kakao: Opens) -> None:
    async with kakao(database) as talk:
        assert "Korea Institute of Machinery & Materials" in said(await talk.says("KIMM", lang="en"))
        assert "출처" in said(await talk.says("창원대 전화번호", lang="en"))


async def test_long_answers_link_to_their_page(database: Database, kakao: Opens, folder: Any) -> None:
    long = "사과나무는 봄에 심습니다. " * 60
    made = folder(entries=f"entries:\n- {{id: 사과 나무, questions: [사과나무 심기], answer: '{long}'}}\n")
    desk = HelpDesk(load(made))
    async with kakao(database, desk=desk, public_url="https://desk.example.kr") as talk:
        response = await talk.says("사과나무 심기")
    (card,) = [c["textCard"] for c in response["template"]["outputs"]]
    assert card["description"].endswith("심습니다. …")
    link = card["buttons"][0]["webLinkUrl"]
    assert link == f"https://desk.example.kr/a/{quote('사과 나무')}"


@pytest.mark.parametrize("url", ["sqlite:////proc/none/x.db", "postgresql://nobody@127.0.0.1:1/none"])
async def test_a_database_that_is_away(url: str, kakao: Opens, shipped: HelpDesk) -> None:
    before = connected()
    async with Database(url) as away, kakao(away) as talk:
        answer = await talk.says("창원대 전화번호")
        assert "055-213-2114" in said(answer)
        assert not [t for t in tappable(answer) if "fb" in t["extra"]]  # nothing was kept to be rated
        assert said(await talk.says("상담원", extra={"person": "1"})) == shipped.base.reply("trouble")
    await disconnected(before)


async def test_a_database_that_hangs(database: Database, kakao: Opens) -> None:
    async with kakao(database, patience=0.3) as talk, database.write() as connection:
        if not database.sqlite:
            await connection.exec_driver_sql("LOCK TABLE contexts IN ACCESS EXCLUSIVE MODE")
        begun = time.perf_counter()
        answer = await talk.says("창원대 전화번호")
        assert 0.3 <= time.perf_counter() - begun < 3
        assert "055-213-2114" in said(answer)


async def test_the_menu_comes_when_nothing_else_does(database: Database, kakao: Opens, shipped: HelpDesk) -> None:
    async with kakao(database, give_up=0.2) as talk, database.write() as connection:
        if not database.sqlite:
            await connection.exec_driver_sql("LOCK TABLE contexts IN ACCESS EXCLUSIVE MODE")
        late = await talk.says("상담원", extra={"person": "1"})
    assert said(late) == f"{shipped.base.reply('trouble')}\n{shipped.base.reply('menu')}"
    assert len(tappable(late)) > 5


# Requests that are none


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (URL, {}, 200),
        ("/kakao", {"X-Helpdesk-Secret": SECRET}, 200),
        ("/kakao", {}, 404),
        ("/kakao", {"X-Helpdesk-Secret": "wrong-wrong-wrong-wrong"}, 404),
        (f"/kakao/{SECRET}x", {}, 404),
        (f"/kakao/{SECRET[:-1]}", {}, 404),
        ("/kakao/%2e%2e%2fetc", {}, 404),
    ],
)
async def test_only_who_knows_the_secret_is_answered(
    database: Database, kakao: Opens, path: str, headers: dict[str, str], status: int
) -> None:
    async with kakao(database) as talk:
        reply = await talk.client.post(path, json=body("안녕"), headers=headers)
        assert reply.status_code == status
        assert reply.text == "Not Found" or reply.json()


async def test_only_our_bot_is_answered(database: Database, kakao: Opens) -> None:
    async with kakao(database, bot="bot1") as talk:
        assert (await talk.client.post(URL, json=body("안녕"))).status_code == 200
        other = await talk.client.post(URL, json={**body("안녕"), "bot": {"id": "bot2"}})
        none = await talk.client.post(URL, json={**body("안녕"), "bot": None})
    assert (other.status_code, none.status_code) == (403, 403)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000, b"null", b'{"userRequest": {}}', b'"\\ud800"']
)
async def test_what_is_no_skill_request(database: Database, kakao: Opens, raw: bytes) -> None:
    async with kakao(database) as talk:
        reply = await talk.client.post(URL, content=raw)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "bad_request"


TAPS = st.fixed_dictionaries(
    {},
    optional={
        "entry": st.sampled_from(["", "institution-phone.changwon", "nope"]) | JSON,
        "fb": st.sampled_from(["up", "down"]) | JSON,
        "why": st.sampled_from(["wrong", "old"]) | JSON,
        "x": JSON,
        "none": JSON,
        "menu": st.sampled_from(["", "now", "now/0/0", "institutions/1/15", "institutions/²/9"]) | JSON,
        "person": JSON,
        "forget": st.sampled_from(["yes", "no"]) | JSON,
    },
)
BODIES = st.builds(
    lambda words, user, tap, odd, lang: {
        "userRequest": {"utterance": words, "user": {"id": user}, "lang": lang},
        "action": {"clientExtra": tap},
        **odd,
    },
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(["창원대 전화", "그럼 조선대는?", "1", "상담원", "ㅊㅇㄷ", "ckddnjseo"]),
        st.text(max_size=6).map(lambda t: t * 700),
    ),
    st.sampled_from(["u1", "u2"]),
    TAPS | JSON,
    st.dictionaries(st.sampled_from([f for f in FIELDS if f not in ("userRequest", "action")]), JSON, max_size=3),
    st.sampled_from(["ko", "kr", "en"]) | JSON,
)


def test_any_request_is_answered_within_the_limits(kakao: Opens, tmp_path: Any) -> None:
    """One endpoint, one database, hundreds of requests: every one answered with a response that Kakao shows."""
    with asyncio.Runner() as runner:
        database = Database(f"sqlite:///{tmp_path}/x.db")
        runner.run(database.migrate())
        opened = kakao(database)
        talk: Kakao = runner.run(opened.__aenter__())

        @settings(max_examples=150)
        @given(BODIES)
        def answered(request: dict[str, Any]) -> None:
            reply = runner.run(talk.client.post(URL, content=json.dumps(request)))
            assert reply.status_code == 200
            talk.check(reply.json())

        try:
            answered()
        finally:
            runner.run(opened.__aexit__(None, None, None))
            runner.run(database.__aexit__())


def test_a_page_of_the_menu_belongs_to_the_knowledge_that_is_served(shipped: HelpDesk) -> None:
    from bot.channels.answering.desk import Turn
    from bot.channels.answering.message import Message
    from bot.channels.kakao.platform import KAKAO
    from bot.desk.front import Front

    front = Front(shipped)
    desk = Desk(front, Cases(front), KAKAO)
    turn = Turn(Message("u", "메뉴", menu="now"), "u", datetime.now(UTC), "x")
    before = desk.menu(turn)
    front.serve(HelpDesk(shipped.base, shipped.kept))
    assert desk.menu(turn) == before
