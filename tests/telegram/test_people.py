"""«상담원»: from a user to the staff group and back, by topic and by reply, and what may go wrong between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

from bot.channels.telegram.service import TelegramService
from bot.desk.cases import MOST_SAID
from bot.store import tickets
from bot.store.database import Database
from bot.store.schema import outbox, ticket_messages, unanswered
from bot.store.schema import tickets as tickets_table
from tests.telegram.conftest import Serve
from tests.telegram.fake import FakeTelegram, Sent

USER, STAFF = 77, 900
PHONE = "010-1234-5678"


@pytest.fixture(params=[-2001, -2002], ids=["replies", "topics"])
def group(request: pytest.FixtureRequest) -> int:
    """A staff group: without topics, and with."""
    return int(request.param)


@pytest_asyncio.fixture
async def desk(database: Database, serve: Serve, group: int) -> AsyncIterator[TelegramService]:
    async with serve(database, staff_chat=str(group)) as service:
        yield service


async def ask_for_a_person(telegram: FakeTelegram, group: int) -> Sent:
    """Let the user ask something, then for a person; return the card in the staff group."""
    await telegram.reply(USER, f"창원대 전화번호 알려주세요 제 번호는 {PHONE}입니다")
    opened = await telegram.reply(USER, "상담원 연결")
    assert "접수 번호" in opened.text
    assert "1357" in opened.text
    assert "월–금 09:00–18:00" in opened.text
    await telegram.until(lambda: telegram.of(group))
    return telegram.of(group)[0]


async def staff_says(telegram: FakeTelegram, card: Sent, text: str | None, **more: object) -> dict[str, object]:
    """Let staff answer: in the topic, or as a reply."""
    thread = card.payload.get("message_thread_id")
    if thread:
        more |= {"message_thread_id": thread, "is_topic_message": True}
    else:
        more |= {"reply_to_message": telegram.message(card.chat, 4242, card.text) | {"message_id": card.id}}
    return telegram.say(card.chat, text, STAFF, **more)


async def all_sent(database: Database) -> None:
    """Wait until what was to be sent is sent, and that is noted."""
    async with asyncio.timeout(40):
        while True:
            async with database.read() as c:
                waiting = select(func.count()).where(outbox.c.state.in_(["new", "sending"]))
                if (await c.execute(waiting)).scalar_one() == 0:
                    return
            await asyncio.sleep(0.02)


async def test_there_and_back(telegram: FakeTelegram, desk: TelegramService, group: int, database: Database) -> None:
    card = await ask_for_a_person(telegram, group)
    assert "창원대 전화번호" in card.text
    assert PHONE not in card.text
    assert "[전화번호]" in card.text
    assert ("message_thread_id" in card.payload) == (group == -2002)

    assert "전했습니다" in (await telegram.reply(USER, f"과제 번호를 모르겠어요 {PHONE}")).text
    await telegram.until(lambda: len(telegram.of(group)) == 2)
    passed = telegram.of(group)[1]
    assert "과제 번호를 모르겠어요" in passed.text
    assert PHONE not in passed.text
    assert passed.payload.get("message_thread_id") == card.payload.get("message_thread_id")

    telegram.tap(card, "내가 맡기", STAFF)
    await telegram.until(lambda: any("맡았습니다" in m.text for m in telegram.of(group)))
    await telegram.until(lambda: "확인하고 있습니다" in telegram.of(USER)[-1].text)
    said = await staff_says(telegram, passed, "042-123-4567로 물어보세요 <b>&")
    await telegram.until(lambda: telegram.of(USER)[-1].text == "상담원: 042-123-4567로 물어보세요 <b>&")

    # an edit of staff changes the user's message; an edit of the user is passed on
    before = len(telegram.of(USER))
    telegram.put({"edited_message": {**said, "text": "1357로 물어보세요", "edit_date": said["date"]}})
    await telegram.until(lambda: telegram.of(USER)[-1].text == "상담원: 1357로 물어보세요")
    assert len(telegram.of(USER)) == before
    mine = telegram.message(USER, USER, "과제 번호를 찾았어요")
    telegram.put({"edited_message": {**mine, "edit_date": mine["date"]}})
    await telegram.until(lambda: "(고친 글) 과제 번호를 찾았어요" in telegram.of(group)[-1].text)

    # closed: no loop, the bot answers again; staff hear that later words go nowhere
    telegram.tap(card, "지식에 없음", STAFF)
    await telegram.until(lambda: any("담당자에게 남겼습니다" in m.text for m in telegram.of(group)))
    telegram.tap(card, "닫기", STAFF)
    await telegram.until(lambda: "상담을 마쳤습니다" in telegram.of(USER)[-1].text)
    answer = await telegram.reply(USER, "조선대 주소")
    assert "조선대학교" in answer.text
    await staff_says(telegram, card, "늦은 답")
    await telegram.until(lambda: any("이미 닫힌" in m.text for m in telegram.of(group)))
    assert all("늦은 답" not in m.text for m in telegram.of(USER))
    async with database.read() as c:
        kept = list((await c.execute(select(ticket_messages.c.text))).scalars())
        (asked,) = (await c.execute(select(unanswered).where(unanswered.c.why == "staff"))).all()
        ticket = await tickets.get(c, 1)
    assert not any(PHONE in t or "042-123-4567" in t for t in kept)
    assert asked.answer == "1357로 물어보세요"
    assert ticket is not None
    assert (ticket.state, ticket.chat, ticket.relay) == ("closed", "", False)


async def test_media_both_ways_and_notes_among_staff(
    telegram: FakeTelegram, desk: TelegramService, group: int
) -> None:
    card = await ask_for_a_person(telegram, group)
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    telegram.say(USER, None, photo=photo, caption=f"화면이에요 {PHONE}")
    await telegram.until(lambda: any("화면이에요" in m.text for m in telegram.of(group)))
    assert all(PHONE not in m.text for m in telegram.of(group))
    await staff_says(telegram, card, "// 우리끼리만")
    await staff_says(telegram, card, None, photo=photo)
    await telegram.until(lambda: any(m.text == "(copied)" for m in telegram.of(USER)))
    assert all("우리끼리만" not in m.text for m in telegram.of(USER))


async def test_whoever_writes_too_much_is_told_so(
    telegram: FakeTelegram, desk: TelegramService, group: int, database: Database
) -> None:
    await ask_for_a_person(telegram, group)
    async with database.write() as connection:
        for _ in range(MOST_SAID):
            await tickets.say(connection, 1, "user", "말", datetime.now(UTC))
    assert "분쯤 뒤에 다시 적어 주세요" in (await telegram.reply(USER, "그리고 또")).text
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    assert "분쯤 뒤에 다시 적어 주세요" in (await telegram.reply(USER, None, photo=photo)).text
    assert all(m.text != "(copied)" and "그리고 또" not in m.text for m in telegram.of(group))
    async with database.read() as connection:
        assert len(await tickets.messages(connection, 1, MOST_SAID + 9)) == MOST_SAID


async def test_back_to_the_bot_and_again_to_staff(telegram: FakeTelegram, desk: TelegramService, group: int) -> None:
    card = await ask_for_a_person(telegram, group)
    telegram.tap(telegram.of(USER)[-1], "자동 안내로")
    await telegram.until(lambda: "돌아왔습니다" in telegram.of(USER)[-1].text)
    assert "창원대" in (await telegram.reply(USER, "창원대 주소")).text
    await telegram.until(lambda: any("자동 안내로 돌아갔습니다" in m.text for m in telegram.of(group)))
    await staff_says(telegram, card, "답은 이렇습니다")
    await telegram.until(lambda: telegram.of(USER)[-1].text == "상담원: 답은 이렇습니다")
    assert "이미" in (await telegram.reply(USER, "/person")).text
    telegram.say(USER, "다시 여쭤요")
    await telegram.until(lambda: "다시 여쭤요" in telegram.of(group)[-1].text)


async def test_staff_see_what_was_not_delivered(telegram: FakeTelegram, desk: TelegramService, group: int) -> None:
    card = await ask_for_a_person(telegram, group)
    telegram.blocked.add(USER)
    await staff_says(telegram, card, "들리시나요")
    await telegram.until(
        lambda: any("전달하지 못했습니다" in m.text and "blocked" in m.text for m in telegram.of(group))
    )


async def test_a_card_is_known_by_its_number_where_its_message_is_not(
    telegram: FakeTelegram, serve: Serve, database: Database
) -> None:
    """As where staff are quicker than the note of what was sent. What a user writes about another case leads nowhere."""
    group = -2001
    async with serve(database, staff_chat=str(group)):
        card = await ask_for_a_person(telegram, group)
        telegram.say(USER, f"{card.text.splitlines()[0]} 이라고 왔던데요")
        await telegram.until(lambda: any("이라고 왔던데요" in m.text for m in telegram.of(group)))
        passed = telegram.of(group)[-1]
        await all_sent(database)
        async with database.write() as c:
            await c.execute(update(outbox).values(message_id=None))
            await c.execute(update(tickets_table).values(root_message=None))
            await c.execute(update(ticket_messages).values(staff_message=None))
        await staff_says(telegram, passed, "이 말은 아무에게도 안 갑니다")
        await staff_says(telegram, card, "답은 이렇습니다")
        await telegram.until(lambda: telegram.of(USER)[-1].text == "상담원: 답은 이렇습니다")
        assert all("아무에게도" not in m.text for m in telegram.of(USER))


async def test_long_words_arrive_whole_on_both_sides(
    telegram: FakeTelegram, desk: TelegramService, group: int
) -> None:
    """4,096 units fit a message; with «상담원:» before them, or a number made a label, they are more."""
    card = await ask_for_a_person(telegram, group)
    long = f"처음 {PHONE} " + "가나다라 " * 815 + "끝"
    telegram.say(USER, long)
    await telegram.until(lambda: any(m.text.endswith("끝") for m in telegram.of(group)))
    await staff_says(telegram, card, long)
    await telegram.until(lambda: any(m.text.endswith("끝") for m in telegram.of(USER)))
    told = "".join(m.text for m in telegram.of(USER) if "가나다라" in m.text)
    assert told.count("가나다라") == 815
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    telegram.say(USER, None, photo=photo, caption="가" * 1020)
    await telegram.until(lambda: any(m.text.startswith("👤 (사진·파일) 가") for m in telegram.of(group)))


async def test_a_deleted_topic_is_opened_anew_once(telegram: FakeTelegram, serve: Serve, database: Database) -> None:
    async with serve(database, staff_chat="-2002"):
        card = await ask_for_a_person(telegram, -2002)
        telegram.topics.clear()
        telegram.say(USER, "더 있어요")
        await telegram.until(lambda: any("더 있어요" in m.text for m in telegram.of(-2002)))
        fresh = telegram.of(-2002)[-1]
        assert fresh.payload["message_thread_id"] != card.payload["message_thread_id"]
        await staff_says(telegram, fresh, "새 주제에서 답해요")
        await telegram.until(lambda: telegram.of(USER)[-1].text == "상담원: 새 주제에서 답해요")


async def test_a_restart_in_between(telegram: FakeTelegram, serve: Serve, database: Database, group: int) -> None:
    async with serve(database, staff_chat=str(group)):
        card = await ask_for_a_person(telegram, group)
    telegram.say(USER, "그 사이에 적은 말")
    await staff_says(telegram, card, "그 사이에 한 답")
    async with serve(database, staff_chat=str(group)):
        await telegram.until(lambda: any("그 사이에 적은 말" in m.text for m in telegram.of(group)))
        await telegram.until(lambda: any("그 사이에 한 답" in m.text for m in telegram.of(USER)))


async def test_forgetting_takes_the_ticket_along(
    telegram: FakeTelegram, desk: TelegramService, group: int, database: Database
) -> None:
    await ask_for_a_person(telegram, group)
    asked = await telegram.reply(USER, "/forget")
    telegram.tap(asked, "모두 지우기")
    await telegram.until(lambda: "지웠습니다" in asked.text)
    await telegram.until(lambda: any("이용자가 정보를 지웠습니다" in m.text for m in telegram.of(group)))
    async with database.read() as c:
        assert await tickets.get(c, 1) is None
        assert (await c.execute(select(ticket_messages))).first() is None


async def test_staff_are_reminded_once_in_opening_hours(
    telegram: FakeTelegram, desk: TelegramService, group: int, database: Database
) -> None:
    await ask_for_a_person(telegram, group)
    async with database.write() as c:
        await desk.handover.threads.remind(c, 1, datetime.now(UTC) + timedelta(hours=1))
        await tickets.claim(c, 1, "김", datetime.now(UTC))
        await desk.handover.threads.remind(c, 1, datetime.now(UTC) + timedelta(hours=2))
    await telegram.until(lambda: any("맡은 사람이 없습니다" in m.text for m in telegram.of(group)))
    assert sum("맡은 사람이 없습니다" in m.text for m in telegram.of(group)) == 1


async def test_two_people_cannot_take_one_ticket(telegram: FakeTelegram, desk: TelegramService, group: int) -> None:
    card = await ask_for_a_person(telegram, group)
    telegram.tap(card, "내가 맡기", STAFF)
    await telegram.until(lambda: any("맡았습니다" in m.text for m in telegram.of(group)))
    telegram.tap(card, "내가 맡기", STAFF + 1)
    await telegram.until(
        lambda: any(f"이미 사람{STAFF}" in m.text or "이미 김" in m.text for m in telegram.of(group))
    )
