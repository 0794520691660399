"""What Telegram refuses at the start is told, and what staff do in their group is written down."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot import app
from bot.channels.telegram.service import Options, TelegramRefusedError, TelegramService
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store import audit
from bot.store.database import Database
from tests.telegram.conftest import Serve
from tests.telegram.fake import TOKEN, FakeTelegram, Refused
from tests.telegram.running import small_knowledge

USER, GROUP = 77, -2001


class Refusing(FakeTelegram):
    """A Telegram that does not say who the bot is."""

    code = 0

    async def do_getMe(self, payload):
        raise Refused(self.code, "Refused: for a reason of its own")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    """A small desk in its place: nothing here depends on what it knows."""
    return app.desk(small_knowledge(tmp_path_factory.mktemp("knowledge")))


@pytest_asyncio.fixture
async def refusing() -> AsyncIterator[Refusing]:
    async with Refusing() as made:
        yield made


@pytest.mark.parametrize("code", [400, 401, 403, 404])
async def test_a_refused_start_is_told_and_may_be_tried_again(
    refusing: Refusing, tmp_path, shipped: HelpDesk, code: int
) -> None:
    refusing.code = code
    async with Database(f"sqlite:///{tmp_path}/h.db") as database:
        service = TelegramService(database, Front(shipped), Options(TOKEN, refusing.url), b"k" * 32)
        try:
            for _ in range(2):
                with pytest.raises(TelegramRefusedError) as caught:
                    await service.start()
                assert TOKEN not in str(caught.value)
        finally:
            await service.close()


async def test_what_staff_do_in_their_group_is_in_the_audit(
    database: Database, telegram: FakeTelegram, serve: Serve
) -> None:
    async with serve(database, staff_chat=str(GROUP)):
        await telegram.reply(USER, "/person")
        await telegram.until(lambda: telegram.of(GROUP))
        card = telegram.of(GROUP)[0]
        telegram.tap(card, "c:", user=900)
        quoted = {"reply_to_message": telegram.message(GROUP, 4242, card.text) | {"message_id": card.id}}
        telegram.say(GROUP, "1357로 전화하세요", user=900, **quoted)
        await telegram.until(lambda: any("1357로" in m.text for m in telegram.of(USER)))
        telegram.tap(card, "x:", user=900)
        done: list[audit.Noted] = []
        while len(done) < 3:
            async with database.read() as connection:
                done = await audit.recent(connection, 9, action="ticket.")
    assert [line.action for line in reversed(done)] == ["ticket.claim", "ticket.say", "ticket.close"]
    assert [line.staff for line in reversed(done)] == ["텔레그램: 김", "텔레그램: 사람900", "텔레그램: 김"]
