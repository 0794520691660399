"""The console and the web reach Telegram: a ticket's user, and the staff group; staff in the group reach web users."""

from datetime import UTC, datetime

import pytest

from bot.channels.telegram.service import TelegramService
from bot.store import staff, tickets
from bot.store.database import Database
from bot.store.memory import Exchange, Memory
from bot.store.schema import outbox
from bot.store.tickets import Ticket, TicketMessage
from tests.telegram.conftest import Serve
from tests.telegram.fake import FakeTelegram
from tests.telegram.test_fuzz import PHOTO
from tests.telegram.test_people import STAFF, USER, ask_for_a_person, staff_says

NOW = datetime.now(UTC)


@pytest.fixture(params=[-2001, -2002], ids=["replies", "topics"])
def group(request: pytest.FixtureRequest) -> int:
    return int(request.param)


async def opened(database: Database, user: str = "w" * 32) -> Ticket:
    """Let a user of the web ask something, then for a person."""
    async with database.write() as c:
        memory = Memory()
        memory.answered(Exchange("x1", user, "web", NOW, "기술료는 얼마인가요", "답", "answer", "e", 1.0, "v"))
        await memory.flush(c)
        return await tickets.open_ticket(c, user, "web", "", "ko", "기술료는 얼마인가요", NOW)


async def said(database: Database, ticket: int) -> list[TicketMessage]:
    async with database.read() as c:
        return await tickets.messages(c, ticket)


async def say(service: TelegramService, database: Database, ticket: Ticket | None, text: str, key: str) -> bool:
    async with database.write() as c:
        return await service.courier.to_staff(c, ticket, text, key=key)


async def test_the_console_reaches_the_user(
    telegram: FakeTelegram, serve: Serve, group: int, database: Database
) -> None:
    async with serve(database, staff_chat=str(group)) as service:
        await ask_for_a_person(telegram, group)
        long = "가나다라. " * 1000
        for text in ("안녕하세요 <b>&", long):
            async with database.write() as c:
                (ticket,) = await tickets.inbox_of(c)
                number = await tickets.say(c, ticket.id, "staff", text, NOW, name="김")
                for _ in range(2):  # a repetition is sent once
                    assert await service.courier.to_user(c, ticket, text, key=f"console:{number}", message=number)
        await telegram.until(lambda: len([m for m in telegram.of(USER) if "가나다라" in m.text]) == 2)
        assert [m.text for m in telegram.of(USER)][2] == "상담원: 안녕하세요 <b>&"
        telegram.blocked.add(USER)
        async with database.write() as c:
            number = await tickets.say(c, ticket.id, "staff", "들리시나요", NOW)
            await service.courier.to_user(c, ticket, "들리시나요", key="console:x", message=number)
        await telegram.until(lambda: any("전달하지 못했습니다" in m.text for m in telegram.of(group)))
        assert [m.delivery for m in await said(database, ticket.id)] == ["sent", "sent", "failed"]


async def test_a_web_user_and_the_staff_group(
    telegram: FakeTelegram, serve: Serve, group: int, database: Database
) -> None:
    async with serve(database, staff_chat=str(group)) as service:
        ticket = await opened(database)
        assert await say(service, database, ticket, "웹에서 묻습니다", "w1")
        assert await say(service, database, ticket, "한 가지 더", "w2")
        assert await say(service, database, ticket, "한 가지 더", "w2")
        assert not await service_reaches(service, database, ticket)
        await telegram.until(lambda: len(telegram.of(group)) == 3)
        card, first, second = telegram.of(group)
        assert "기술료는 얼마인가요" in card.text
        assert (first.text, second.text) == ("웹에서 묻습니다", "한 가지 더")
        thread = "message_thread_id" if group == -2002 else "reply_parameters"
        assert first.payload[thread] == second.payload[thread]

        mine = await staff_says(telegram, second, "이렇게 하세요")
        await telegram.until(lambda: any("맡았습니다" in m.text for m in telegram.of(group)))
        telegram.put({"edited_message": {**mine, "text": "저렇게 하세요", "edit_date": mine["date"]}})
        photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
        await staff_says(telegram, card, None, photo=photo)
        await telegram.until(lambda: any("전달할 수 없습니다" in m.text for m in telegram.of(group)))
        (kept,) = await said(database, ticket.id)
        assert (kept.author, kept.text, kept.delivery) == ("staff", "저렇게 하세요", "sent")
        telegram.tap(card, "닫기", STAFF)
        await telegram.until(lambda: any("닫았습니다" in m.text for m in telegram.of(group)))
        async with database.read() as c:
            now = await tickets.get(c, ticket.id)
        assert now is not None
        assert (now.state, now.claimed_by) == ("closed", f"사람{STAFF}")
        assert {m.chat for m in telegram.messages} == {group}


async def service_reaches(service: TelegramService, database: Database, ticket: Ticket) -> bool:
    async with database.write() as c:
        return await service.courier.to_user(c, ticket, "안녕하세요", key="u1")


async def test_news_for_staff_belongs_to_no_ticket(telegram: FakeTelegram, serve: Serve, database: Database) -> None:
    async with serve(database, staff_chat="-2002") as service:
        assert await say(service, database, None, "이번 주 보고", "weekly:1")
        await telegram.until(lambda: telegram.of(-2002))
        assert "message_thread_id" not in telegram.of(-2002)[0].payload


async def test_where_there_is_no_group(telegram: FakeTelegram, serve: Serve, database: Database) -> None:
    async with serve(database) as service:
        ticket = await opened(database)
        assert not await say(service, database, ticket, "웹에서 묻습니다", "w1")
        async with database.read() as c:
            assert (await tickets.get(c, ticket.id)) == ticket


async def test_staff_who_have_only_the_console(telegram: FakeTelegram, serve: Serve, database: Database) -> None:
    async with database.write() as c:
        await staff.add(c, "kim", "김상담", "agent", "x", NOW)
    async with serve(database):
        assert "접수" in (await telegram.reply(USER, "/person")).text
        await telegram.reply(USER, "전화가 안 됩니다")
        assert "글로" in (await telegram.reply(USER, None, photo=[PHOTO])).text
    async with database.read() as c:
        (ticket,) = await tickets.inbox_of(c)
    assert ticket.relay
    assert [m.text for m in await said(database, ticket.id) if m.author == "user"] == ["전화가 안 됩니다"]
    assert {p["chat_id"] for _, p in telegram.calls if "chat_id" in p} == {USER}


async def test_what_a_process_marked_as_it_ended_holds_no_chat_up(
    telegram: FakeTelegram, database: Database, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last commit may come after another one has begun to send: the chat would wait for it for ever."""
    monkeypatch.setattr("bot.channels.telegram.send._LOOK_AGAIN", 0.3)
    async with serve(database):
        await telegram.reply(77, "창원대 전화번호")
        late = {"key": "late", "lane": "77", "method": "sendMessage", "payload": '{"chat_id": 77, "text": "늦은 말"}'}
        async with database.write() as c:
            await c.execute(outbox.insert().values(**late, state="sending", sender="gone", created_at=NOW))
        assert "조선" in (await telegram.reply(77, "조선대 전화번호")).text
