"""`/tickets` in the staff group: more than a hundred, page by page, who waits longest first."""

import re
from datetime import UTC, datetime, timedelta

from bot.store import inbox, tickets
from bot.store.database import Database
from tests.telegram.conftest import Serve
from tests.telegram.fake import FakeTelegram, Sent
from tests.web.staffroom import ONE

pytestmark = ONE
GROUP, STAFF, STRANGER = -2001, 900, 901


async def opened(database: Database, count: int) -> None:
    now = datetime.now(UTC)
    async with database.write() as connection:
        for i in range(count):
            at = now - timedelta(minutes=count - i)
            await tickets.open_ticket(connection, f"u{i}", "web", "", "ko", f"<물음> {i}", at)


def numbers(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"#(\d+)", text)]


async def test_a_hundred_and_thirty_are_all_reached(telegram: FakeTelegram, database: Database, serve: Serve) -> None:
    await opened(database, 130)
    async with database.write() as connection:
        await tickets.claim(connection, 1, "김상담", datetime.now(UTC))
    async with serve(database, staff_chat=str(GROUP)):
        page: Sent = await telegram.reply(GROUP, "/tickets", user=STAFF)
        assert "기다리는 상담 129건 · 맡은 상담 1건 (1/13쪽)" in page.text
        assert numbers(page.text)[0] == 2
        seen = numbers(page.text)
        for number in range(2, 14):
            telegram.tap(page, f"› {number}/13", STAFF)
            await telegram.until(lambda n=number: f"({n}/13쪽)" in page.text)
            seen += numbers(page.text)
        assert sorted(seen) == list(range(1, 131))
        assert "김상담 님" in page.text


async def test_strangers_get_no_list(telegram: FakeTelegram, database: Database, serve: Serve) -> None:
    await opened(database, 3)
    async with serve(database, staff_chat=str(GROUP)):
        assert "물음" not in (await telegram.reply(STRANGER, "/tickets")).text


async def test_none(telegram: FakeTelegram, database: Database, serve: Serve) -> None:
    async with serve(database, staff_chat=str(GROUP)):
        assert "열린 상담이 없습니다" in (await telegram.reply(GROUP, "/tickets", user=STAFF)).text


async def test_a_number_that_no_row_can_have_is_a_stale_button(
    telegram: FakeTelegram, database: Database, serve: Serve
) -> None:
    """A client that was changed taps what it likes: it gets an answer, and no update is set aside."""
    huge = "9" * 23
    async with serve(database, staff_chat=str(GROUP)) as service:
        stale = service.front.base.reply("stale_button")
        for chat, datas in ((STRANGER, (f"a:{huge}:{huge}", f"a:1:{huge}")), (GROUP, (f"c:{huge}", f"k:{huge}"))):
            for data in datas:
                tapped = await telegram.reply(chat, "/help", user=STRANGER) if chat > 0 else await listed(telegram)
                tapped.payload["reply_markup"] = {"inline_keyboard": [[{"text": "?", "callback_data": data}]]}
                before = len(telegram.of(chat))
                telegram.tap(tapped, data, STRANGER)
                await telegram.until(lambda c=chat, n=before: len(telegram.of(c)) > n)
                assert telegram.of(chat)[-1].text == stale, data
    async with database.read() as connection:
        assert (await inbox.counts(connection)).get("aside", 0) == 0


async def listed(telegram: FakeTelegram) -> Sent:
    return await telegram.reply(GROUP, "/tickets", user=STAFF)
