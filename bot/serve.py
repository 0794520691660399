"""Run everything in one process: web server, Telegram, housekeeping. Shuts down in order."""

import asyncio
import errno
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import app as parts
from bot import settings as options
from bot.channels.answering import endpoint
from bot.channels.answering.endpoint import Endpoint
from bot.channels.answering.platform import Platform
from bot.channels.kakao.platform import KAKAO
from bot.channels.talktalk.platform import TALKTALK
from bot.channels.talktalk.send import Sender
from bot.channels.telegram import receive
from bot.channels.telegram.service import TelegramRefusedError, TelegramService
from bot.channels.web import app as webapp
from bot.channels.web.addresses import networks
from bot.channels.web.connection import bounded
from bot.channels.web.fastpath import Web
from bot.channels.web.parts import Parts
from bot.chores import Chores, counted
from bot.chosen import telegram_options, web_options, webhook
from bot.desk import office
from bot.desk.cases import Cases
from bot.desk.counter import Counter
from bot.desk.front import Front
from bot.reload.bench import Bench
from bot.reload.builder import Builder
from bot.reload.reloader import Reloader
from bot.settings import Settings
from bot.store import facts, health, staff
from bot.store.database import Database
from bot.words import RefusedError

log = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0
"""Seconds between tries while Telegram refuses the bot."""
_MOST_CONNECTIONS = 2_000
"""Connections, and requests under way; those beyond get 503."""
_LAST_WORDS = 8
"""Seconds that requests under way may take after SIGTERM: an orchestrator kills after 10 or 30."""
_HOW_TO_GET_A_TOKEN = """텔레그램을 열려면 봇 토큰이 필요합니다.
  1. 텔레그램에서 @BotFather를 찾아 /newbot을 보내고 이름을 정합니다.
  2. 받은 토큰으로 실행합니다: TELEGRAM_BOT_TOKEN=123456:ABC… helpdesk serve"""


_HOW_TO_MAKE_AN_ACCOUNT = (
    "콘솔: 아직 계정이 없습니다. 다른 터미널에서 첫 관리자를 만드세요: "
    "helpdesk staff add 아이디 --role admin --name 이름"
)


def _messengers(chosen: Settings) -> Iterator[tuple[str, Platform, endpoint.Options]]:
    """Yield the messengers that are set up and answer in the HTTP response: name, platform, options."""
    if chosen.kakao_secret:
        yield "카카오톡", KAKAO, endpoint.Options(chosen.kakao_secret, chosen.kakao_bot, chosen.public_url)
    if chosen.talktalk_secret:
        first = bool(chosen.talktalk_token)
        yield "톡톡", TALKTALK, endpoint.Options(chosen.talktalk_secret, "", chosen.public_url, writes_first=first)


class Server:
    """All parts of one process."""

    def __init__(self, settings: Settings, knowledge: Path, builder: Builder | None = None) -> None:
        self.settings = settings
        self.secret = options.secret_of(settings)
        builder = builder or Builder(knowledge, settings.spoken)
        self.reloader = Reloader(knowledge, builder)
        self.front = Front(parts.desk(knowledge, languages=settings.spoken))
        writes = {"editable": settings.knowledge_editable, "commits": settings.knowledge_commits}
        self.bench = Bench(knowledge, self.front, builder, **writes)
        self.database = Database(settings.database_url)
        self.counter = Counter(self.database, self.front)
        self.telegram: TelegramService | None = None
        if settings.telegram_token:
            self.telegram = TelegramService(self.database, self.front, telegram_options(settings), self.secret)
        self.courier = self.telegram.courier if self.telegram is not None else None
        self.probe = health.Probe(self.database)
        self.chores = Chores(self.front, self.database, settings)
        self.ready = False
        self.stop = asyncio.Event()
        self.fault: BaseException | None = None

    def web(self) -> Web:
        """Return the web application."""
        web = webapp.create(
            Parts(
                self.front,
                self.database,
                self.counter,
                self.secret,
                self.courier,
                web_options(self.settings),
                self.bench,
            )
        )
        web.add_route("/healthz", self._health)
        web.add_route("/readyz", self._readiness)
        web.add_route("/version", self._version)
        cases = Cases(self.front, self.courier)
        for _, platform, how in _messengers(self.settings):
            messenger = Endpoint(platform, self.front, self.counter, cases, self.secret, how)
            for path in messenger.paths:
                web.answer(path, messenger.answer)
        if self.telegram is not None and webhook(self.settings):
            web.add_route(self.telegram.options.path, self.telegram.endpoint, methods=["POST"])
            web.larger[self.telegram.options.path] = receive.LARGEST
        return web

    async def _health(self, request: Request) -> Response:  # noqa: ARG002
        return JSONResponse({"status": "ok"})

    async def _readiness(self, request: Request) -> Response:  # noqa: ARG002
        status = await self._status()
        return JSONResponse({"status": status}, 200 if status == "ok" else 503)

    async def _status(self) -> str:
        if self.stop.is_set():
            return "stopping"
        if not self.ready:
            return "starting"
        return await self.probe.fault() or "ok"

    async def _version(self, request: Request) -> Response:  # noqa: ARG002
        base = self.front.base
        shown = {"knowledge": base.version, "name": base.name, "entries": len(base.entries)}
        return JSONResponse({**shown, "stale": bool(self.front.faults)})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep everything but the web server running inside the block."""
        async with AsyncExitStack() as stack:
            stack.enter_context(counted(self.settings.metrics_host, self.settings.metrics_port))
            await stack.enter_async_context(self.database)
            await self.database.migrate()
            async with self.database.write() as connection:
                await facts.hold_key(connection, self.secret)
            if (
                self.front.base.office is not None
            ):  # so that the first to ask for a person does not wait for the holidays to load
                await asyncio.to_thread(office.open_until, self.front.base.office, datetime.now(UTC))
            tasks: list[asyncio.Task[None]] = [
                asyncio.create_task(self.front.warm()),
                asyncio.create_task(self.chores.housekeeping()),
                asyncio.create_task(self.counter.run()),
                asyncio.create_task(self.chores.watch(self._status)),
                asyncio.create_task(self.reloader.run(self.front, self.database, self.courier)),
            ]
            if self.courier is not None:
                tasks.append(asyncio.create_task(self.chores.weekly(self.courier)))
            if self.settings.talktalk_secret and self.settings.talktalk_token:
                sender = Sender(self.database, self.front, self.settings.talktalk_token)
                tasks.append(asyncio.create_task(sender.run()))
            if self.telegram is not None:
                stack.push_async_callback(self.telegram.close)
                tasks.append(asyncio.create_task(self._telegram(self.telegram)))
            for task in tasks:
                task.add_done_callback(self._ended)
            self.ready = True
            try:
                yield
            finally:
                self.ready = False
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        if self.fault is not None:
            raise self.fault

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Stop the process when any of its tasks fails; the supervisor restarts it."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        self.fault = self.fault or error
        if not isinstance(error, RefusedError):
            log.error("a part ended: %s", type(error).__name__, exc_info=error)
        self.stop.set()

    async def _telegram(self, telegram: TelegramService) -> None:
        """Run Telegram as soon as it can be reached; the web does not wait for it."""
        name, pause = "", _FIRST_PAUSE
        while not name:
            try:
                name = await telegram.start() or "?"
            except TelegramRefusedError as error:  # the web, KakaoTalk and the console go on without it
                print(f"{error} {pause:.0f}초 뒤에 다시 해 봅니다(웹과 콘솔은 그대로 열려 있습니다).", flush=True)
                log.error("Telegram refuses; next try in %.0f s", pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        how = "웹훅" if webhook(self.settings) else "폴링"
        print(f"텔레그램 @{name}: {how}으로 받습니다.", flush=True)
        await telegram.run()

    async def run(self) -> None:
        """Serve until SIGINT or SIGTERM.

        Raises:
            RefusedError: a port cannot be had.
        """
        listener = listening(self.settings)
        config = uvicorn.Config(
            self.web(),
            log_config=None,
            access_log=False,
            lifespan="off",
            proxy_headers=False,  # we decide whom to believe
            server_header=False,
            http=bounded(networks(self.settings.proxies)),
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=_LAST_WORDS,
        )
        server = uvicorn.Server(config)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._asked_to_stop, server)
        if not os.isatty(0):  # closing a terminal means to end it
            loop.add_signal_handler(signal.SIGHUP, self.reloader.force)
        server.capture_signals = nullcontext  # type: ignore[assignment]  # ours are set above
        async with self.running():
            async with self.database.read() as connection:
                if await staff.nobody(connection):
                    print(_HOW_TO_MAKE_AN_ACCOUNT, flush=True)
            serving = asyncio.create_task(server.serve([listener]))
            stopping = asyncio.create_task(self.stop.wait())
            await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
            if self.settings.drain and self.fault is None and not serving.done():  # others stop sending requests here
                await asyncio.wait([serving], timeout=self.settings.drain)
            server.should_exit = True
            stopping.cancel()
            await serving
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(
            signal.SIGTERM, signal.SIG_IGN
        )  # everything is done: another SIGTERM must not look like a crash

    def _asked_to_stop(self, server: uvicorn.Server) -> None:
        """Stop in order; when asked a second time, immediately."""
        if self.stop.is_set():
            server.force_exit = True
        self.stop.set()


def listening(settings: Settings) -> socket.socket:
    """Return the socket of the web server, and say where it is; `::` stands for all addresses, those of IPv4 too.

    Raises:
        RefusedError: the port cannot be had.
    """
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    everywhere = host == "::" and socket.has_dualstack_ipv6()
    try:
        made = socket.create_server((host, port), family=family, backlog=2048, dualstack_ipv6=everywhere)
    except OSError as error:
        why = "이미 쓰는 포트입니다" if error.errno == errno.EADDRINUSE else error.strerror
        raise RefusedError(
            f"{host}:{port}를 열 수 없습니다: {why}. HELPDESK_HOST와 HELPDESK_PORT로 바꿀 수 있습니다."
        ) from None
    address = f"http://{f'[{host}]' if ':' in host else host}:{made.getsockname()[1]}"
    print(f"웹: {address} (대화), {address}/browse (모든 질문), {address}/console (상담원)", flush=True)
    return made


def serve(settings: Settings, knowledge: Path, builder: Builder) -> None:
    """Run everything until it is stopped; print what it does."""
    server = Server(settings, knowledge, builder)
    base = server.front.base
    print(f"지식: {base.name} · 항목 {len(base.entries)}개 · 버전 {base.version}", flush=True)
    print(f"데이터베이스: {server.database}", flush=True)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    for name, platform, _ in _messengers(settings):
        print(f"{name}: {address}/{platform.channel}/<비밀>에서 받습니다.", flush=True)
    if server.telegram is None:
        print(_HOW_TO_GET_A_TOKEN, flush=True)
    with suppress(ImportError):
        import uvloop

        uvloop.run(server.run())
        return
    asyncio.run(server.run())
