"""Faults between us and Telegram, and between us and the database: nothing lost, order kept, others unaffected.

`make soak` keeps the database away for longer.
"""

import asyncio
import os
import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from bot import app
from bot.channels.telegram.send import Limiter
from bot.channels.telegram.service import Options, TelegramService
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store.database import Database
from tests.telegram.fake import TOKEN, FakeTelegram
from tests.telegram.proxy import Fault, HttpProxy, TcpProxy
from tests.telegram.running import WORDS, free_port, small_knowledge
from tests.telegram.test_kill import answers, missing, states

SOAK = bool(os.environ.get("HELPDESK_SOAK"))
AWAY = 12.0 if SOAK else 3.0
"""Seconds for which the database is gone: longer than SQLite waits for a lock."""
CHATS = range(1, 13)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    return app.desk(small_knowledge(tmp_path_factory.mktemp("knowledge")))


@asynccontextmanager
async def serving(desk: HelpDesk, database: str, api: str, webhook: str = "", port: int = 0) -> AsyncIterator[None]:
    """Run the channel; `webhook` is where Telegram finds it."""
    async with Database(database) as opened:
        await opened.migrate()
        options = Options(TOKEN, api, webhook)
        service = TelegramService(opened, Front(desk), options, b"k" * 32, Limiter(1000, burst=1000))
        await service.start()
        web = Starlette(routes=[Route(options.path, service.endpoint, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(web, port=port, log_config=None, lifespan="off"))
        tasks = [asyncio.create_task(service.run())] + ([asyncio.create_task(server.serve())] if webhook else [])
        try:
            yield
        finally:
            server.should_exit = True
            tasks[0].cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            await service.close()


async def feed(telegram: FakeTelegram, rounds: int, pause: float = 0.0) -> dict[int, list[str]]:
    """Let every chat ask `rounds` questions, mixed; return what each asked, in order."""
    asked: dict[int, list[str]] = defaultdict(list)
    for _ in range(rounds):
        for chat in CHATS:
            word = random.choice([w for w in WORDS if not asked[chat] or w != asked[chat][-1]])
            asked[chat].append(word)
            telegram.say(chat, f"{word} 알려 주세요")
        await asyncio.sleep(pause)
    return asked


async def settled(telegram: FakeTelegram, database: str, seconds: float = 60) -> dict[str, int]:
    """Wait until nothing is open any more; return how many answers are unknown, by chat."""
    async with Database(database) as opened, asyncio.timeout(seconds):
        while telegram.updates or (await states(opened))[0]:
            await asyncio.sleep(0.1)
        return (await states(opened))[1]


def lost(telegram: FakeTelegram, asked: dict[int, list[str]], chats: Iterable[int] = CHATS) -> dict[int, int]:
    """Return how many answers are missing, by chat; fail where one is doubled or out of order."""
    return {c: gap for c in chats if (gap := missing(asked[c], answers(m.text for m in telegram.of(c))))}


def at_random(*faults: Fault, share: float = 0.2) -> Callable[[str, dict[str, object]], Fault]:
    """Let a share of sends and polls go wrong, with luck of its own for each run of the tests."""
    rng = random.Random(7)

    def fault(method: str, payload: dict[str, object]) -> Fault:
        concerned = method in ("sendMessage", "getUpdates") or method not in ("setWebhook", "deleteWebhook", "getMe")
        return rng.choice(faults) if concerned and rng.random() < share else None

    return fault


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_what_was_surely_not_done_is_done_again(new_url: str, small: HelpDesk, webhook: bool) -> None:
    """Delay, 429 and 502 before the Bot API; lost requests, too, before the webhook: Telegram repeats those."""
    port = free_port()
    async with (
        FakeTelegram() as telegram,
        HttpProxy(telegram.url, at_random(0.3, "429", "502", share=0.3)) as api,
        HttpProxy(f"http://127.0.0.1:{port}", at_random(0.3, "429", "502", "unheard", "lost", share=0.4)) as hook,
        serving(small, new_url, api.url, hook.url if webhook else "", port),
    ):
        asked = await feed(telegram, 3)
        assert await settled(telegram, new_url) == {}
        assert lost(telegram, asked) == {}
        assert set(api.done) == {"0.3", "429", "502"}
        assert set(hook.done) == ({"0.3", "429", "502", "unheard", "lost"} if webhook else set())


@pytest.mark.parametrize("fault", ["lost", "unheard"])
async def test_what_may_have_been_done_is_offered_and_not_repeated(new_url: str, small: HelpDesk, fault: str) -> None:
    """A request or an answer gets lost: the answer is not sent again by itself, but at a tap of the user."""
    async with (
        FakeTelegram() as telegram,
        HttpProxy(telegram.url, at_random(fault)) as api,
        serving(small, new_url, api.url),
    ):
        asked = await feed(telegram, 3)
        unknown = await settled(telegram, new_url)
        gaps = lost(telegram, asked)
        assert unknown
        assert bool(gaps) == (fault == "lost")
        assert all(gap <= unknown[str(chat)] for chat, gap in gaps.items())
        api.fault = lambda method, payload: None
        tapped: set[int] = set()
        for chat in CHATS:
            telegram.say(chat, "/help")
        await settled(telegram, new_url)
        while offers := [m for m in telegram.messages if "다시 보기" in str(m.payload) and m.id not in tapped]:
            tapped |= {m.id for m in offers}
            for offer in offers:
                telegram.tap(offer, "다시 보기")
            await settled(telegram, new_url)
        told = {c: answers(m.text for m in telegram.of(c)) for c in CHATS}
        assert all(not Counter(asked[c]) - Counter(told[c]) for c in CHATS)


async def test_a_chat_in_trouble_holds_up_nobody_else(new_url: str, small: HelpDesk) -> None:
    def fault(method: str, payload: dict[str, object]) -> Fault:
        return ("429" if stuck else None) if payload.get("chat_id") == 1 else None

    stuck = True
    async with (
        FakeTelegram() as telegram,
        HttpProxy(telegram.url, fault) as api,
        serving(small, new_url, api.url),
    ):
        asked = await feed(telegram, 3)
        others = list(CHATS)[1:]
        await telegram.until(lambda: all(len(telegram.of(c)) == 3 for c in others), 30)
        assert telegram.of(1) == []
        stuck = False
        await settled(telegram, new_url)
        assert lost(telegram, asked) == {}


@asynccontextmanager
async def gone(database: str, proxy: TcpProxy | None) -> AsyncIterator[None]:
    """Keep a database away from everybody inside the block."""
    if proxy is not None:
        proxy.cut()
        yield
        proxy.mend()
        return
    file = database.partition("///")[2]
    holder = sqlite3.connect(file, isolation_level=None, timeout=30, check_same_thread=False)
    await asyncio.to_thread(holder.execute, "BEGIN EXCLUSIVE")  # others need the loop to let go
    yield
    holder.execute("ROLLBACK")
    holder.close()


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_the_database_goes_away_and_comes_back(new_url: str, small: HelpDesk, webhook: bool) -> None:
    if not SOAK and webhook == new_url.startswith("sqlite"):
        pytest.skip("the other two ways in `make soak`")
    port = free_port()
    async with TcpProxy(new_url) as proxy, FakeTelegram() as telegram:
        far = proxy if new_url.startswith("postgresql") else None
        hook = f"http://127.0.0.1:{port}" if webhook else ""
        async with serving(small, far.url if far else new_url, telegram.url, hook, port):
            feeding = asyncio.create_task(feed(telegram, 8, 0.25))
            await telegram.until(lambda: telegram.messages)
            async with gone(new_url, far):
                await asyncio.sleep(AWAY)
                during = len(telegram.messages)
                assert telegram.updates or not feeding.done()
            asked = await feeding
            unknown = await settled(telegram, new_url, 90)
    gaps = lost(telegram, asked)
    assert all(gap <= unknown.get(str(chat), 0) for chat, gap in gaps.items())
    assert len(telegram.messages) > during
