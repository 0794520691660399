"""Groups, languages, inline mode, and what people see while they wait (rows 14, 25, 28–31)."""

import statistics
import time
from collections.abc import AsyncIterator
from datetime import datetime
from unittest.mock import Mock

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.channels.telegram.inline import Inline
from bot.channels.telegram.service import TelegramService
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store.database import Database
from bot.store.schema import contexts, inbox
from tests.telegram.conftest import Serve
from tests.telegram.fake import FakeTelegram

GROUP = -3001
QUERIES = [
    "창",
    "창원",
    "창원대",
    "창원대 ",
    "창원대 전화",
    "기술료",
    "신청 자격",
    "ckddnjseo",
    "조선대 주소",
    "협약",
    "컨소",
    "x",
]


@pytest_asyncio.fixture
async def desk(database: Database, serve: Serve) -> AsyncIterator[TelegramService]:
    async with serve(database) as service:
        yield service


async def test_a_group_is_answered_only_when_it_calls(telegram: FakeTelegram, desk: TelegramService) -> None:
    telegram.say(GROUP, "창원대 전화번호", 1)  # seen only where privacy mode is off
    first = await telegram.reply(GROUP, "@sanhak_bot 창원대 전화번호", user=1)
    assert "055-213-2114" in first.text
    assert len(telegram.of(GROUP)) == 1
    told = telegram.message(GROUP, 4242, first.text) | {"message_id": first.id}
    assert "창원" in (await telegram.reply(GROUP, "주소는?", user=1, reply_to_message=told)).text
    assert (await telegram.reply(GROUP, "/start@sanhak_bot", user=1)).button("m:else")
    telegram.say(GROUP, "/start@other_bot", 1)
    threaded = (
        await telegram.reply(GROUP, "@sanhak_bot 조선대 주소", user=1, message_thread_id=9, is_topic_message=True)
        if (telegram.topics.add((GROUP, 9)) or True)
        else None
    )
    assert threaded is not None
    assert threaded.payload["message_thread_id"] == 9
    assert threaded.payload["reply_parameters"]["allow_sending_without_reply"]
    assert "http" in str((await telegram.reply(GROUP, "/person@sanhak_bot", user=1)).payload["reply_markup"])
    assert "HELPDESK_STAFF_CHAT" in (await telegram.reply(GROUP, "/id@sanhak_bot", user=1)).text


async def test_people_in_a_group_share_no_context(
    telegram: FakeTelegram, desk: TelegramService, database: Database
) -> None:
    assert "창원" in (await telegram.reply(GROUP, "@sanhak_bot 창원대 전화번호", user=1)).text
    other = await telegram.reply(GROUP, "@sanhak_bot 주소는?", user=2)
    assert "창원" not in other.text
    assert "창원" in (await telegram.reply(GROUP, "@sanhak_bot 주소는?", user=1)).text
    alone = await telegram.reply(1, "주소는?")  # nor with what the same person says in private
    assert "창원" not in alone.text
    async with database.read() as c:
        kept = (await c.execute(select(contexts.c.conversation, contexts.c.user))).all()
    assert len(kept) == 3
    assert len({k.user for k in kept}) == 2


async def test_language_by_telegram_and_by_choice(telegram: FakeTelegram, desk: TelegramService) -> None:
    def foreigner(text: str) -> None:
        made = telegram.message(5, 5, text)
        made["from"]["language_code"] = "en"
        telegram.put({"message": made})

    foreigner("/start")
    await telegram.until(lambda: len(telegram.of(5)) == 1)
    assert "What would you like to know" in telegram.of(5)[0].text
    foreigner("창원대 전화번호")
    await telegram.until(lambda: len(telegram.of(5)) == 2)
    assert "출처" in telegram.of(5)[1].text
    telegram.tap(await telegram.reply(6, "/language"), "English")
    await telegram.until(lambda: "I will answer in English" in telegram.of(6)[0].text)
    assert "Source" in (await telegram.reply(6, "창원대 전화번호")).text


async def test_an_english_question_on_a_korean_telegram_is_answered_in_english_and_so_is_what_is_tapped_below(
    telegram: FakeTelegram, desk: TelegramService
) -> None:
    line = "한국어로 물으시면 한국어로 답합니다."
    first = await telegram.reply(7, "What is the phone number of Changwon University?")
    assert ("Source" in first.text, line in first.text) == (True, True)
    assert "👍 Helpful" in [b["text"] for b in first.buttons]
    label = next(b["text"] for b in first.buttons if b["text"].startswith("› "))
    telegram.tap(first, label)
    await telegram.until(lambda: len(telegram.of(7)) == 2)
    assert ("Source" in telegram.of(7)[1].text, line in telegram.of(7)[1].text) == (True, False)
    assert "출처" in (await telegram.reply(7, "창원대 전화번호")).text


async def test_commands_and_descriptions_are_registered(telegram: FakeTelegram, desk: TelegramService) -> None:
    await telegram.until(lambda: sum(m == "setMyShortDescription" for m, _ in telegram.calls) == 2)
    commands = [p for m, p in telegram.calls if m == "setMyCommands"]
    assert [c["command"] for c in commands[0]["commands"]][:4] == ["start", "help", "person", "language"]
    assert [p.get("language_code") for p in commands] == [None, "en"]


async def test_a_double_tap_and_a_repeated_update_are_one(
    telegram: FakeTelegram, desk: TelegramService, database: Database
) -> None:
    start = await telegram.reply(7, "/start")
    for _ in range(3):
        telegram.tap(start, "m:else")
    await telegram.until(lambda: start.edits == 1)
    answer = await telegram.reply(7, "창원대 전화번호")
    number = telegram._next
    for _ in range(5):
        telegram.put({"update_id": number, "message": telegram.message(7, 7, "창원대 전화번호")})
    telegram._next = number
    await telegram.reply(7, "조선대 주소")
    assert sum(m.text == answer.text for m in telegram.of(7)) == 1
    assert start.edits == 1
    async with database.read() as c:
        assert len((await c.execute(select(inbox.c.id))).all()) == number + 1


async def test_typing_is_shown_while_an_answer_takes_long(
    telegram: FakeTelegram, serve: Serve, database: Database
) -> None:
    """The chat's answer is held up by flood control; one that comes at once needs no sign."""
    telegram.flood = lambda chat: 1 if chat == 8 and not typing() else 0
    typing = lambda: [p for m, p in telegram.calls if m == "sendChatAction"]  # noqa: E731
    async with serve(database):
        await telegram.reply(7, "창원대 전화번호")
        await telegram.reply(8, "창원대 전화번호")
        assert typing() == [{"chat_id": 8, "action": "typing"}]


async def test_inline_answers_are_quick_and_of_one_version(telegram: FakeTelegram, desk: TelegramService) -> None:
    person = {"id": 9, "is_bot": False, "first_name": "김", "language_code": "ko"}
    for i, query in enumerate([*QUERIES, "", "ㅋ" * 300]):
        telegram.put({"inline_query": {"id": str(i), "from": person, "query": query, "offset": ""}})
    answered = lambda: [p for m, p in telegram.calls if m == "answerInlineQuery"]  # noqa: E731
    await telegram.until(lambda: len(answered()) == len(QUERIES) + 2)
    by_id = {p["inline_query_id"]: p for p in answered()}
    assert "055-213-2114" in by_id["4"]["results"][0]["input_message_content"]["message_text"]
    assert all(len(p["results"]) <= 50 for p in answered())


def test_an_inline_answer_changes_when_its_day_has_come(shipped: HelpDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found before the call closed is not what is said afterwards."""
    inline, clock = Inline(Front(shipped)), Mock(wraps=datetime)
    monkeypatch.setattr("bot.channels.telegram.inline.datetime", clock)
    said = []
    for day in (7, 11):
        clock.now.side_effect = lambda zone, day=day: datetime(2022, 6, day, 5, tzinfo=zone)
        said.append(inline.results("지금 신청할 수 있나요", "ko")[0]["description"])
    assert said[0] != said[1]
    assert "끝" in said[1]


def test_inline_p95(shipped: HelpDesk) -> None:
    """Keystrokes of all queries, each new to the cache: 95 % within 150 ms."""
    inline = Inline(Front(shipped))
    inline.results("처음", "ko")
    times = []
    for text in QUERIES * 3:
        for end in range(1, len(text) + 1):
            begun = time.perf_counter()
            inline.results(f"{text[:end]} {len(times)}", "ko")
            times.append(time.perf_counter() - begun)
    assert statistics.quantiles(times, n=20)[-1] < 0.15
