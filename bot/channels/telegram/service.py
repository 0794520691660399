"""One Telegram bot: its parts, put together and run until cancelled."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError

from bot import metrics
from bot.channels.telegram.api import BASE_URL, Api, SlowDownError
from bot.channels.telegram.courier import TelegramCourier
from bot.channels.telegram.handle import Handler
from bot.channels.telegram.handover import Handover
from bot.channels.telegram.hook import Hook
from bot.channels.telegram.inline import CACHE_SECONDS, Inline
from bot.channels.telegram.receive import Intake, Poller, webhook
from bot.channels.telegram.send import PER_SECOND, Limiter, Sender
from bot.channels.telegram.updates import Me, lane_of
from bot.channels.telegram.work import Worker
from bot.desk.front import Front
from bot.store import due, inbox, outbox
from bot.store.database import Database, unavailable
from bot.words import RefusedError

log = logging.getLogger(__name__)
COMMANDS = ("start", "help", "person", "language", "notify", "forget")
_TYPING_AFTER = 0.8
"""Seconds without an answer after which the user sees «typing»."""
_TICK = 0.4
_PAUSE = 0.5
_GROUP_LOOK = 20.0
"""Seconds between checks of the staff group."""


class TelegramRefusedError(RefusedError):
    """Telegram rejects the token; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Options:
    """What an operator may set. `public_url` empty: polling; else Telegram calls `public_url` + `path`."""

    token: str
    api_url: str = BASE_URL
    public_url: str = ""
    staff_chat: str = ""
    staff_topics: bool | None = None
    """`None`: topics where the staff group has them."""
    per_second: int = PER_SECOND
    workers: int = 1

    @property
    def path(self) -> str:
        """The webhook's path: it cannot be guessed, and does not contain the token."""
        return f"/telegram/{sha256(self.token.encode()).hexdigest()[:24]}"


class TelegramService:
    """Receives, works, sends. Start it, serve `endpoint` at `options.path`, run it."""

    def __init__(
        self, database: Database, front: Front, options: Options, secret: bytes, limiter: Limiter | None = None
    ) -> None:
        self.database, self.front, self.options, self.secret = database, front, options, secret
        self.limiter = limiter or Limiter(options.per_second)
        self.webhook_secret = sha256(secret + options.token.encode()).hexdigest()
        self.api = Api(options.token, options.api_url)
        self.inline = Inline(front)
        self.courier = TelegramCourier(front, options.staff_chat)
        self.wake = asyncio.Event()
        self._stack = AsyncExitStack()
        self._opened = False
        self._pending: dict[str, float] = {}
        source = f"telegram:{options.token.split(':')[0]}"[:64]
        self.intake = Intake(database, source, self.wake, self._quick, self.expect)
        self.endpoint: Callable[[Request], Awaitable[Response]] = webhook(self.intake, self.webhook_secret)
        self.me = Me(0)

    async def start(self) -> str:
        """Open the connection, find out who the bot is, and return its name.

        Raises:
            TelegramRefusedError: the token is wrong, or Telegram refuses for another reason; it may be tried again.
        """
        if not self._opened:
            await self._stack.enter_async_context(self.api)
            self._opened = True
        try:
            me = await self._patiently("getMe")
        except InvalidToken:
            raise TelegramRefusedError(
                "텔레그램이 TELEGRAM_BOT_TOKEN을 받아들이지 않습니다. @BotFather에서 토큰을 다시 확인하세요."
            ) from None
        except TelegramError as error:
            raise TelegramRefusedError(f"텔레그램이 거절합니다: {error.message}") from None
        await self._find_group()
        self.me = Me(int(me["id"]), str(me.get("username", "")))
        topics = self.options.staff_topics
        if topics is None:
            topics = bool(self.courier.staff_chat) and await self._is_forum()
        self.courier.topics = topics
        self.handover = Handover(self.front, self.courier, self.me.username)
        self.handler = Handler(self.front, self.handover)
        self.sender = Sender(self.database, self.api, self.handover.threads, self.limiter)
        return self.me.username

    async def _is_forum(self) -> bool:
        try:
            chat = await self._patiently("getChat", {"chat_id": int(self.courier.staff_chat)})
        except (TelegramError, ValueError) as error:
            log.error("the staff group %s cannot be seen: %s", self.courier.staff_chat, error)
            return False
        return bool(chat.get("is_forum"))

    async def _find_group(self) -> None:
        """Find out the staff group's present number."""
        with suppress(Exception):  # the database is away: the next check will do
            async with self.database.read() as connection:
                await self.courier.group.read(connection)

    async def _look_after_group(self) -> None:
        """Take over what other replicas found out about the staff group; check whether the bot is in it again."""
        while True:
            await asyncio.sleep(_GROUP_LOOK)
            await self._find_group()
            group = self.courier.group
            if group.away:
                with suppress(Exception):
                    await self.api.call("getChat", {"chat_id": int(group.number)})
                    async with self.database.write() as connection:
                        await group.noted(connection, away=False)

    async def _patiently(self, method: str, payload: Mapping[str, Any] | None = None) -> Any:
        """Call a method that may be repeated, until Telegram answers."""
        wait = 0.5
        while True:
            try:
                return await self.api.call(method, payload)
            except SlowDownError as error:
                pause = error.seconds
            except BadRequest:  # a NetworkError to python-telegram-bot
                raise
            except NetworkError as error:
                log.warning("%s: %s; next try in %.1f s", method, error.message, wait)
                pause, wait = wait, min(wait * 2, 30.0)
            await asyncio.sleep(pause)

    async def close(self) -> None:
        """Close the connection."""
        await self._stack.aclose()

    async def run(self) -> None:
        """Work, and lead where no other replica does, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self.options.workers):
                worker = Worker(self.database, self.handler, self.me, self.secret, self.wake, self.sender.wake)
                group.create_task(worker.run())
            group.create_task(self._lead())
            group.create_task(self._show_typing())
            if self.options.staff_chat:
                group.create_task(self._look_after_group())

    async def _lead(self) -> None:
        while True:
            try:
                async with self.database.leading("telegram") as lost:
                    log.info(
                        "this replica leads: it %s and sends", "polls" if not self.options.public_url else "sets up"
                    )
                    metrics.LEADING.set(1)
                    await self._first_of(
                        self._set_up_and_receive(lost), self.sender.run(lost), self._do_what_is_due(lost)
                    )
            except Exception as error:
                if unavailable(error):
                    log.warning("the database is away: %s", type(error).__name__)
                else:
                    log.exception("leading failed; it begins anew")
                await asyncio.sleep(_PAUSE)
            finally:
                metrics.LEADING.set(0)

    @staticmethod
    async def _first_of(*parts: Coroutine[Any, Any, None]) -> None:
        """Run parts until one ends, end the others, and raise what it raised."""
        tasks = [asyncio.create_task(p) for p in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _set_up_and_receive(self, lost: asyncio.Event) -> None:
        if self.options.public_url:
            url = self.options.public_url.rstrip("/") + self.options.path
            await Hook(self.api, url, self.webhook_secret, self._introduce).run(lost)
        else:
            with suppress(TelegramError):  # where it is refused, polling says why
                await self._patiently("deleteWebhook", {"drop_pending_updates": False})
            await self._introduce()
            await Poller(self.api, self.intake).run(lost)

    async def _introduce(self) -> None:
        """Register commands and descriptions in each language. A failure only costs the convenience."""
        base = self.front.base
        for language in base.languages:
            where = {} if language == base.language else {"language_code": language}
            commands = [{"command": c, "description": base.reply(f"command_{c}", language)} for c in COMMANDS]
            with suppress(TelegramError):
                await self.api.call("setMyCommands", {"commands": commands, **where})
                welcome = base.reply("welcome", language)
                await self.api.call("setMyDescription", {"description": welcome[:512], **where})
                await self.api.call("setMyShortDescription", {"short_description": welcome[:120], **where})

    async def _do_what_is_due(self, lost: asyncio.Event) -> None:
        while not lost.is_set():
            async with self.database.write() as connection:
                now = datetime.now(UTC)
                for thing in await due.take(connection, "ticket", now):
                    await self.handover.threads.remind(connection, int(thing.data), now)
                await self.handler.notices.step(connection, now)
            with suppress(TimeoutError):
                await asyncio.wait_for(lost.wait(), 5.0)

    async def _quick(self, raw: Mapping[str, Any]) -> None:
        """Do immediately what cannot wait its turn and need not survive; it is never repeated."""
        try:
            if "callback_query" in raw:
                await self.api.call("answerCallbackQuery", {"callback_query_id": raw["callback_query"]["id"]})
            else:
                asked = raw["inline_query"]
                given = str(asked.get("query", "")), str(asked["from"].get("language_code", ""))
                found = await self.front.apart(self.inline.results, *given)
                await self.api.call(
                    "answerInlineQuery",
                    {
                        "inline_query_id": asked["id"],
                        "results": found,
                        "cache_time": CACHE_SECONDS,
                        "is_personal": False,
                    },
                )
        except TelegramError as error:
            log.info("%s: %s", "callback" if "callback_query" in raw else "inline", error.message)
        except (KeyError, TypeError, AttributeError):
            log.warning("an update that cannot be answered at once was ignored")

    def expect(self, raw: Mapping[str, Any]) -> None:
        """Note that a private message waits for an answer."""
        message = raw.get("message")
        chat = message.get("chat") if isinstance(message, Mapping) else None
        if isinstance(chat, Mapping) and chat.get("type") == "private":
            self._pending.setdefault(lane_of(raw), asyncio.get_running_loop().time())

    async def _show_typing(self) -> None:
        """Show that an answer is coming where it takes long."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_TICK)
            slow = [lane for lane, since in self._pending.items() if loop.time() - since > _TYPING_AFTER]
            for lane in slow:
                del self._pending[lane]
            if not slow:
                continue
            with suppress(Exception):
                async with self.database.read() as connection:
                    waiting = await inbox.open_lanes(connection, slow) | await outbox.open_lanes(connection, slow)
                for lane in waiting:
                    await self.api.call("sendChatAction", {"chat_id": int(lane), "action": "typing"})
