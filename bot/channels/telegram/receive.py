"""Receive updates: store and commit, and only then let Telegram forget them."""

import asyncio
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from telegram.error import Conflict, TelegramError

from bot import metrics
from bot.channels.telegram.api import Api, SlowDownError
from bot.channels.telegram.turn import CHANNEL
from bot.channels.telegram.updates import ALLOWED_UPDATES, lane_of
from bot.store import inbox
from bot.store.database import Database
from bot.store.inbox import Incoming

log = logging.getLogger(__name__)
POLL_SECONDS = 30
BATCH = 100
"""Updates in one answer. Source: Bot API, getUpdates."""
LARGEST = 1 << 20
"""Bytes of an update that the webhook accepts."""
HEADER = "X-Telegram-Bot-Api-Secret-Token"
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair: no database accepts it, and no text needs it."""
_RENEW = 6 * 24 * 3600.0
"""Seconds without updates after which ids may restart. Source: Bot API, Update (a week)."""

Quick = Callable[[Mapping[str, Any]], Awaitable[None]]
Arrived = Callable[[Mapping[str, Any]], None]


class Intake:
    """Stores updates. What arrives at the same time is committed together."""

    def __init__(self, database: Database, source: str, wake: asyncio.Event, quick: Quick, arrived: Arrived) -> None:
        self.database, self.source, self.wake, self.quick, self.arrived = database, source, wake, quick, arrived
        self._waiting: list[tuple[Incoming, asyncio.Future[None]]] = []
        self._flusher: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def store(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Store raw updates; when this returns they are committed. Inline queries are answered, never stored.

        Raises:
            Exception: the database is away; nothing may be acknowledged.
        """
        loop = asyncio.get_running_loop()
        waiting = []
        for raw in updates:
            if "inline_query" not in raw:
                body = _SURROGATE.sub("\ufffd", json.dumps(raw, ensure_ascii=False))
                waiting.append((Incoming(int(raw["update_id"]), lane_of(raw)[:64], body), loop.create_future()))
        self._waiting += waiting
        if self._waiting and (self._flusher is None or self._flusher.done()):
            self._flusher = asyncio.create_task(self._flush())
        await asyncio.gather(*(stored for _, stored in waiting))
        for raw in updates:
            if "inline_query" in raw or "callback_query" in raw:
                self._later(self.quick(raw))
            else:
                self.arrived(raw)

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                async with self.database.write() as connection:
                    new = await inbox.put(connection, self.source, [u for u, _ in batch], datetime.now(UTC))
            except Exception as error:
                for _, stored in batch:
                    if not stored.done():
                        stored.set_exception(error)
                continue
            for _, stored in batch:
                if not stored.done():
                    stored.set_result(None)
            metrics.RECEIVED.labels(CHANNEL).inc(new)
            metrics.REPEATED.labels(CHANNEL).inc(len(batch) - new)
            self.wake.set()

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def valid(raw: object) -> bool:
    """Tell whether a decoded body is an update: an object with an integer `update_id`."""
    return isinstance(raw, dict) and type(raw.get("update_id")) is int and abs(raw["update_id"]) < 1 << 62


def webhook(intake: Intake, secret: str) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint for Telegram's webhook. 200 only after the commit; else Telegram repeats the update.

    `secret` is compared in constant time. Bodies that are no update are answered 200 and forgotten, for Telegram
    would repeat them for ever.
    """

    async def receive(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse("forbidden", 403)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return PlainTextResponse("too large", 413)
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            raw = None
        if not valid(raw):
            log.warning("webhook: a body that is no update was ignored")
            return PlainTextResponse("ignored")
        try:
            await intake.store([raw])
        except Exception as error:
            log.warning("webhook: not stored: %s", type(error).__name__)
            return PlainTextResponse("try again", 503)
        return PlainTextResponse("ok")

    return receive


class Poller:
    """Asks for updates. One of all replicas runs at a time (`Database.leading`)."""

    def __init__(self, api: Api, intake: Intake) -> None:
        self.api, self.intake = api, intake

    async def run(self, lost: asyncio.Event) -> None:
        """Poll until cancelled, or until the lead is lost. The offset moves only after a batch is committed.

        It starts without an offset: Telegram then gives what was never confirmed, and repetitions are recognised.
        """
        loop = asyncio.get_running_loop()
        offset, newest, wait = 0, loop.time(), 0.0
        while not lost.is_set():
            try:
                batch = await self._ask(offset)
                metrics.REACHED.set_to_current_time()
                if batch:
                    await self.intake.store([u for u in batch if valid(u)])
                    offset, newest = max(u["update_id"] for u in batch if valid(u)) + 1, loop.time()
                elif loop.time() - newest > _RENEW:
                    offset, newest = 0, loop.time()
                wait = 0.0
            except SlowDownError as error:
                wait = error.seconds
            except Conflict as error:
                wait = 3.0
                if "webhook" in error.message.lower():
                    log.error("somebody set a webhook for this token; it is taken away, for we poll")
                    with suppress(TelegramError):
                        await self.api.call("deleteWebhook", {"drop_pending_updates": False})
                        wait = 0.2
                else:
                    log.error("another program polls with this token; trying again")
            except TelegramError as error:
                wait = min(max(2 * wait, 0.2), 30.0)
                log.warning("polling: %s; next try in %.1f s", error.message, wait)
            except Exception as error:
                wait = min(max(2 * wait, 0.2), 5.0)
                log.warning("polling: not stored (%s); next try in %.1f s", type(error).__name__, wait)
            if wait:
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), wait)

    async def _ask(self, offset: int) -> list[dict[str, Any]]:
        asked = {"limit": BATCH, "timeout": POLL_SECONDS, "allowed_updates": list(ALLOWED_UPDATES)}
        if offset:
            asked["offset"] = offset
        found = await self.api.call("getUpdates", asked, timeout=POLL_SECONDS + 10)
        return found if isinstance(found, list) else []
