"""What Telegram does on odd days: groups move, topics vanish, bots are thrown out, one thing comes as many."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot import app
from bot.channels.telegram import hook, service
from bot.channels.telegram.send import Limiter
from bot.channels.telegram.service import Options, TelegramService
from bot.channels.telegram.updates import Me, event_of, masked
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.privacy.redact import Redactor
from bot.store import inbox, tickets
from bot.store.database import Database
from bot.store.inbox import Incoming
from bot.store.schema import inbox as inbox_table
from bot.store.schema import outbox
from tests.telegram.fake import TOKEN, FakeTelegram, Sent
from tests.telegram.running import small_knowledge

USER, STAFF, GROUP, FORUM = 77, 900, -2001, -2002
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
PHOTO = {"photo": [{"file_id": "x", "width": 1, "height": 1}]}
ME = Me(4242, "sanhak_bot")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    return app.desk(small_knowledge(tmp_path_factory.mktemp("knowledge")))


@pytest_asyncio.fixture
async def base(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        await database.migrate()
        yield database


@pytest.fixture
def serve(telegram: FakeTelegram, small: HelpDesk):
    @asynccontextmanager
    async def run(database: Database, **more: Any) -> AsyncIterator[TelegramService]:
        limiter = more.pop("limiter", None) or Limiter(1000, burst=1000)
        options = Options(TOKEN, telegram.url, **more)
        made = TelegramService(database, Front(small), options, b"k" * 32, limiter)
        await made.start()
        running = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await made.close()

    return run


async def opened(telegram: FakeTelegram, group: int) -> Sent:
    """Let a user ask for a person; return the card in the staff group."""
    await telegram.reply(USER, "/person")
    await telegram.until(lambda: telegram.of(group))
    return telegram.of(group)[0]


def in_thread(card: Sent, telegram: FakeTelegram) -> dict[str, object]:
    thread = card.payload.get("message_thread_id")
    if thread:
        return {"message_thread_id": thread, "is_topic_message": True}
    return {"reply_to_message": telegram.message(card.chat, 4242, card.text) | {"message_id": card.id}}


def said_to(telegram: FakeTelegram, chat: int, part: str) -> list[Sent]:
    return [m for m in telegram.of(chat) if part in m.text]


async def quiet(telegram: FakeTelegram, base: Database) -> None:
    """Wait until nothing waits."""
    async with asyncio.timeout(20):
        while True:
            async with base.read() as c:
                if not await inbox.newest(c):
                    break
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)


# what is somebody's, and what is nobody's


async def test_an_anonymous_administrator_is_staff(telegram: FakeTelegram, serve, base: Database) -> None:
    async with serve(base, staff_chat=str(FORUM)):
        card = await opened(telegram, FORUM)
        group = {"id": FORUM, "type": "supergroup", "title": "상담원 방"}
        telegram.say(
            FORUM, "1357로 전화하세요", **{"from": ANONYMOUS, "sender_chat": group, **in_thread(card, telegram)}
        )
        await telegram.until(lambda: said_to(telegram, USER, "1357로 전화하세요"))
        telegram.say(FORUM, "/id", **{"from": ANONYMOUS, "sender_chat": group})
        await telegram.until(lambda: said_to(telegram, FORUM, str(FORUM)))


def test_what_nobody_wrote_is_ignored(telegram_message) -> None:
    channel = {"id": -300, "type": "channel", "title": "소식"}
    assert event_of({"message": telegram_message(via_bot={"id": ME.id, "is_bot": True})}, ME) is None
    assert event_of({"message": telegram_message(is_automatic_forward=True, sender_chat=channel)}, ME) is None
    assert event_of({"message": telegram_message(**{"from": ANONYMOUS, "sender_chat": channel})}, ME) is None
    assert event_of({"message": telegram_message(via_bot={"id": 1, "is_bot": True})}, ME) is not None


@pytest.fixture
def telegram_message():
    def made(text: str | None = "네", chat: int = GROUP, **more: object) -> dict[str, Any]:
        kind = "private" if chat > 0 else "supergroup"
        return {
            "message_id": 1,
            "date": 1,
            "chat": {"id": chat, "type": kind},
            "from": {"id": 5, "is_bot": False, "first_name": "김"},
            **({"text": text} if text else {}),
            **more,
        }

    return made


@pytest.mark.parametrize(
    ("text", "length", "command", "rest"),
    [
        ("/person\n지원금이 안 들어왔어요", 7, "person", "지원금이 안 들어왔어요"),
        ("/help\n", 5, "help", ""),
        ("/start, 안녕", 6, "start", "안녕"),
        ("/start e_abc", 6, "start", "e_abc"),
        ("/person@sanhak_bot 도와주세요", 18, "person", "도와주세요"),
        ("/person@other_bot 도와주세요", 17, "", ""),
        ("/신청기간 알려주세요", 0, "", "신청기간 알려주세요"),
        ("/창원대 전화번호", 0, "", "창원대 전화번호"),
        ("/help", 0, "help", ""),
        ("/", 0, "", "/"),
    ],
)
def test_a_command_is_what_telegram_marks(telegram_message, text: str, length: int, command: str, rest: str) -> None:
    entities = [{"type": "bot_command", "offset": 0, "length": length}] if length else []
    event = event_of({"message": telegram_message(text, USER, entities=entities)}, ME)
    assert event is not None
    assert (event.command, event.text) == (command, rest)


async def test_a_question_may_begin_with_a_slash(telegram: FakeTelegram, serve, base: Database) -> None:
    async with serve(base):
        assert "사과나무의 답" in (await telegram.reply(USER, "/사과나무 알려 주세요")).text
        assert "명령" in (await telegram.reply(USER, "/nonsense")).text


# one thing that comes as many


async def test_pictures_sent_together_get_one_reply(telegram: FakeTelegram, serve, base: Database) -> None:
    async with serve(base):
        for _ in range(10):
            telegram.say(USER, None, media_group_id="g1", **PHOTO)
        await telegram.until(lambda: telegram.of(USER))
        telegram.say(USER, None, media_group_id="g2", caption="사과나무 알려 주세요", **PHOTO)
        for _ in range(3):
            telegram.say(USER, None, media_group_id="g2", **PHOTO)
        await telegram.until(lambda: said_to(telegram, USER, "사과나무의 답"))
        await quiet(telegram, base)
        assert len(telegram.of(USER)) == 2


async def test_a_live_location_gets_one_reply_and_none_for_its_way(
    telegram: FakeTelegram, serve, base: Database
) -> None:
    async with serve(base, staff_chat=str(GROUP)):
        spot = {"location": {"latitude": 35.2, "longitude": 128.6, "live_period": 900}}
        first = telegram.say(USER, None, **spot)
        await telegram.until(lambda: telegram.of(USER))
        for _ in range(6):
            telegram.put({"edited_message": first | {"edit_date": first["date"] + 1}})
        await opened(telegram, GROUP)
        again = telegram.say(USER, None, **spot)
        await telegram.until(lambda: said_to(telegram, GROUP, "(copied)") or len(telegram.of(GROUP)) > 1)
        before = len(telegram.of(GROUP))
        for _ in range(6):
            telegram.put({"edited_message": again | {"edit_date": again["date"] + 1}})
        await quiet(telegram, base)
        assert len(telegram.of(GROUP)) == before
        assert len(said_to(telegram, USER, "글로")) <= 1


async def test_a_caption_that_staff_correct_is_corrected(telegram: FakeTelegram, serve, base: Database) -> None:
    async with serve(base, staff_chat=str(FORUM)):
        card = await opened(telegram, FORUM)
        sent = telegram.say(FORUM, None, STAFF, caption="1111", **PHOTO, **in_thread(card, telegram))
        await telegram.until(lambda: said_to(telegram, USER, "(copied)"))
        await quiet(telegram, base)
        telegram.put({"edited_message": sent | {"caption": "2222", "edit_date": sent["date"] + 1}})
        await telegram.until(lambda: said_to(telegram, USER, "2222"))


# the staff group


async def test_a_group_that_moves_is_followed(telegram: FakeTelegram, serve, base: Database) -> None:
    async with serve(base, staff_chat=str(GROUP)) as first:
        await opened(telegram, GROUP)
        telegram.moved[GROUP] = -100777
        telegram.say(GROUP, None, STAFF, migrate_to_chat_id=-100777)
        await quiet(telegram, base)
        telegram.say(USER, "지원금이 안 들어왔어요")
        await telegram.until(lambda: said_to(telegram, -100777, "지원금이"))
        seen = said_to(telegram, -100777, "지원금이")[0]
        telegram.say(-100777, "내일 들어갑니다", STAFF, **in_thread(seen, telegram))
        await telegram.until(lambda: said_to(telegram, USER, "내일 들어갑니다"))
        assert first.courier.staff_chat == "-100777"
    async with serve(base, staff_chat=str(GROUP)) as second:
        assert second.courier.staff_chat == "-100777"


async def test_a_group_that_moved_unseen_is_followed_by_the_first_refusal(
    telegram: FakeTelegram, serve, base: Database
) -> None:
    async with serve(base, staff_chat=str(GROUP)):
        telegram.moved[GROUP] = -100777
        card = await opened(telegram, -100777)
        telegram.say(-100777, "네, 여기입니다", STAFF, **in_thread(card, telegram))
        await telegram.until(lambda: said_to(telegram, USER, "네, 여기입니다"))


async def test_a_topic_may_be_deleted_again_and_again(telegram: FakeTelegram, serve, base: Database) -> None:
    async with serve(base, staff_chat=str(FORUM)):
        await opened(telegram, FORUM)
        for number in range(4):
            telegram.topics.clear()
            telegram.say(USER, f"도와주세요 {number}")
            await telegram.until(lambda n=number: said_to(telegram, FORUM, f"도와주세요 {n}"))
        assert len([c for c, _ in telegram.calls if c == "createForumTopic"]) <= 4


async def test_who_is_not_heard_is_told_so(
    telegram: FakeTelegram, serve, base: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_GROUP_LOOK", 0.2)
    async with serve(base, staff_chat=str(GROUP)) as desk:
        await opened(telegram, GROUP)
        telegram.blocked.add(GROUP)
        telegram.say(USER, "여보세요")
        await telegram.until(lambda: desk.courier.group.away)
        await telegram.until(lambda: said_to(telegram, USER, "남겨") or said_to(telegram, USER, "적어"))
        telegram.say(USER + 1, "/person")
        await telegram.until(lambda: telegram.of(USER + 1))
        assert "상담원에게 전했습니다" not in telegram.of(USER + 1)[-1].text
        telegram.blocked.clear()
        telegram.say(GROUP, "다시 들어왔어요", STAFF)
        await telegram.until(lambda: not desk.courier.group.away)


async def test_one_visitor_does_not_keep_staff_from_others(telegram: FakeTelegram, serve, base: Database) -> None:
    async with serve(base, staff_chat=str(GROUP)):
        await opened(telegram, GROUP)
        for number in range(60):
            telegram.say(USER, f"급해요 {number}.")
        telegram.say(USER + 1, "/person")
        await telegram.until(
            lambda: [m for m in telegram.of(GROUP) if m.payload.get("reply_markup") and "#2" in m.text]
        )
        async with asyncio.timeout(20):
            while True:
                async with base.read() as c:
                    if len(await tickets.messages(c, 1)) == 60:
                        break
                await asyncio.sleep(0.05)
        assert len(telegram.of(GROUP)) <= 20
        async with base.read() as c:
            calls = (await c.execute(select(outbox.c.payload).where(outbox.c.lane == str(GROUP)))).scalars()
        written = "\n".join([*(m.text for m in telegram.of(GROUP)), *(json.loads(p)["text"] for p in calls if p)])
        assert [n for n in range(60) if f"급해요 {n}." not in written] == []


# the webhook, the token


async def test_a_webhook_that_somebody_took_away_is_set_anew(
    telegram: FakeTelegram, serve, base: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "LOOK", 0.1)
    async with serve(base, public_url="http://127.0.0.1:9"):
        await telegram.until(lambda: telegram.webhook)
        telegram.webhook = ""
        await telegram.until(lambda: telegram.webhook)


async def test_a_refused_webhook_is_told_in_telegrams_words_and_nothing_else_stops(
    telegram: FakeTelegram, serve, base: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve(base, public_url="http://desk.go.kr") as desk:
        event = telegram.message(USER, USER, "사과나무 알려 주세요")
        await desk.intake.store([{"update_id": 5, "message": event}])
        await telegram.until(lambda: said_to(telegram, USER, "사과나무의 답"))
        await asyncio.sleep(1)
    assert "https url must be provided" in caplog.text
    assert len([c for c, _ in telegram.calls if c == "setWebhook"]) <= 2
    assert "Traceback" not in caplog.text


async def test_who_polls_takes_away_a_webhook(telegram: FakeTelegram, serve, base: Database) -> None:
    async with serve(base):
        await telegram.reply(USER, "사과나무 알려 주세요")
        telegram.webhook = "https://somebody.else"
        telegram.updates.clear()
        await telegram.until(lambda: not telegram.webhook)
        assert "바닷가재의 답" in (await telegram.reply(USER, "바닷가재 알려 주세요")).text


# what cannot be stored, what ends the process


async def test_half_a_character_stops_nobody(telegram: FakeTelegram, serve, base: Database) -> None:
    async with serve(base):
        telegram.say(USER, "사과나무 알려 주세요 \ud83d", USER)
        telegram.say(USER + 1, "바닷가재 알려 주세요")
        await telegram.until(lambda: said_to(telegram, USER, "사과나무의 답"))
        await telegram.until(lambda: said_to(telegram, USER + 1, "바닷가재의 답"))


async def test_an_update_that_ends_the_process_is_set_aside_after_some_lives_and_others_go_before_it(
    telegram: FakeTelegram, serve, base: Database
) -> None:
    body = json.dumps({"update_id": 1, "message": telegram.message(USER, USER, "제 번호는 010-2847-9163")})
    after = json.dumps({"update_id": 2, "message": telegram.message(USER, USER, "사과나무 알려 주세요")})
    async with base.write() as c:
        await inbox.put(
            c, "telegram:4242", [Incoming(1, str(USER), body), Incoming(2, str(USER), after)], datetime.now(UTC)
        )
    async with serve(base) as desk:  # makes the parts; the lives below are its worker's
        pass
    from bot.channels.telegram.work import Worker

    async def a_life_that_ends() -> int | None:
        worker = Worker(base, desk.handler, ME, b"k" * 32, asyncio.Event(), asyncio.Event())
        return await worker._suspect()

    other = json.dumps({"update_id": 3, "message": telegram.message(USER + 1, USER + 1, "바닷가재 알려 주세요")})
    async with base.write() as c:
        await c.execute(inbox_table.delete())
        await inbox.put(
            c,
            "telegram:4242",
            [Incoming(1, str(USER), body), Incoming(2, str(USER), after), Incoming(3, str(USER + 1), other)],
            datetime.now(UTC),
        )
        first, _, third = (await c.execute(select(inbox_table.c.id).order_by(inbox_table.c.id))).scalars()
    assert [await a_life_that_ends() for _ in range(4)] == [first, third, first, third]
    async with base.write() as c:
        await c.execute(inbox_table.update().where(inbox_table.c.id == third).values(state="done"))
    for _ in range(inbox.ENDINGS - 2):
        assert await a_life_that_ends() == first
    async with serve(base):
        await telegram.until(lambda: said_to(telegram, USER, "사과나무의 답"))
    async with base.read() as c:
        row = (
            await c.execute(select(inbox_table.c.state, inbox_table.c.body).where(inbox_table.c.update_id == 1))
        ).one()
    assert row.state == "aside"
    assert "010-2847" not in row.body


def test_what_is_set_aside_shows_nobody(telegram_message) -> None:
    raw = {
        "message": telegram_message(
            "저는 홍길동이라고 합니다 900101-1234567", USER, contact={"phone_number": "01028479163"}
        )
    }
    kept = json.dumps(masked(raw, Redactor()), ensure_ascii=False)
    assert "김" not in kept
    assert not [word for word in ("홍길동", "900101", "01028479163") if word in kept]
    assert json.loads(kept)["message"]["chat"]["id"] == USER
