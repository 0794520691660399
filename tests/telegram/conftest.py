"""The help desk's Telegram channel in this process, beside a fake Telegram."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest
import pytest_asyncio

from bot.channels.telegram.send import Limiter
from bot.channels.telegram.service import Options, TelegramService
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store.database import Database
from tests.telegram.fake import TOKEN, FakeTelegram

Serve = Callable[..., AbstractAsyncContextManager[TelegramService]]


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(forum=frozenset({-2002})) as fake:
        yield fake


@pytest.fixture
def serve(telegram: FakeTelegram, shipped: HelpDesk) -> Serve:
    """Run the channel on a database inside the block."""

    @asynccontextmanager
    async def run(database: Database, **more: object) -> AsyncIterator[TelegramService]:
        options = Options(TOKEN, telegram.url, **more)
        service = TelegramService(database, Front(shipped), options, b"k" * 32, Limiter(1000, burst=1000))
        await service.start()
        running = asyncio.create_task(service.run())
        try:
            yield service
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await service.close()

    return run
