"""Handle what is in the inbox: in order per chat, many chats at once, answer and mark in one transaction."""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot import metrics
from bot.channels.telegram.handle import Handler
from bot.channels.telegram.render import escape
from bot.channels.telegram.turn import CHANNEL, Turn, formatted
from bot.channels.telegram.updates import Event, Me, event_of, masked
from bot.privacy.redact import pseudonym
from bot.store import inbox, outbox
from bot.store.database import Connection, Database, unavailable
from bot.store.inbox import Stored
from bot.store.memory import Memory
from bot.store.outbox import Call

log = logging.getLogger(__name__)
BATCH = 32
"""Chats handled in one transaction."""
_IDLE = 0.25


class Worker:
    """Handles updates of one bot. Any number may run, in one process or several."""

    def __init__(
        self, database: Database, handler: Handler, me: Me, secret: bytes, wake: asyncio.Event, sender: asyncio.Event
    ) -> None:
        self.database, self.handler, self.me, self.secret = database, handler, me, secret
        self.wake, self.sender = wake, sender
        self._single = 0
        self._left: int | None = None
        """The newest update that waited when this process began: one of those up to it may have ended the last process."""

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self.wake.clear()
            if not await self.step():
                await _wait(self.wake, _IDLE)

    async def step(self) -> int:
        """Handle one batch and return how many updates were handled; a failure is noted, never raised."""
        taken: list[Stored] = []
        try:
            only = await self._suspect()
            batch = 1 if self._single else BATCH
            async with self.database.write() as connection:
                now = datetime.now(UTC)
                taken = await inbox.claim(connection, now, batch, only=only)
                if taken:
                    await self._handle(connection, taken, now)
        except Exception as error:
            await self._failed(taken, error)
            return 0
        self._single = max(self._single - 1, 0)
        if taken:
            metrics.HANDLED.labels(CHANNEL).inc(len(taken))
            self.sender.set()
        return len(taken)

    async def _suspect(self) -> int | None:
        """Return an update that is left from an earlier process, where there is one, to be handled by itself: it may have ended it.

        The attempt is counted before it is made. So a text that ends the process, or gets it killed for taking too long, is
        set aside after some restarts: no failure is raised that would count it. Until then it comes after the others.
        """
        if self._left == 0:
            return None
        async with self.database.write() as connection:
            now = datetime.now(UTC)
            if self._left is None:
                self._left = await inbox.newest(connection)
            first = next(iter(await inbox.claim(connection, now, 1, left=self._left)), None)
            if first is None:
                if not await inbox.waits(connection, self._left):  # else it waits for its time, or another has it
                    self._left = 0
                return None
            await inbox.begun(connection, first.id)
            if first.attempts >= inbox.ENDINGS:
                log.warning(
                    "update %d set aside: %d attempts ended with the process", first.update_id, first.attempts
                )
                await self._aside(connection, first, "the process ended", now)
        return first.id

    async def _aside(self, connection: Connection, stored: Stored, error: str, now: datetime) -> None:
        await inbox.failed(connection, stored.id, error, now, final=True, body=self._masked(stored))
        metrics.ASIDE.labels(CHANNEL).inc()

    def _masked(self, stored: Stored) -> str:
        """Return what is kept of an update that is set aside."""
        try:
            return json.dumps(masked(json.loads(stored.body), self.handler.front.redact), ensure_ascii=False)
        except (ValueError, RecursionError):
            return ""

    async def _handle(self, connection: Connection, taken: list[Stored], now: datetime) -> None:
        parsed: list[tuple[Stored, Event | None]] = []
        for stored in taken:
            try:
                parsed.append((stored, event_of(json.loads(stored.body), self.me)))
            except Exception as error:
                await self._set_aside(connection, stored, error, now)
        events = [
            (stored, event, pseudonym(self.secret, CHANNEL, str(event.user)))
            for stored, event in parsed
            if event is not None
        ]
        users = {user for _, _, user in events}
        turns = [
            Turn(connection, Memory(), self.handler.front, event, user, event.text, _key(self.me, stored), now)
            for stored, event, user in events
        ]
        lost = await outbox.lanes_with_unknown(connection, {str(t.event.chat) for t in turns})
        memory = await Memory.load(connection, {t.conversation for t in turns}, users, now)
        calls: list[Call] = []
        for turn in turns:
            turn.memory = memory
            turn.maybe_lost = str(turn.event.chat) in lost
            await self.handler.handle(turn)
            calls += turn.calls
            await asyncio.sleep(0)  # matching takes a millisecond: let others have their turn
        await memory.flush(connection)
        await outbox.put(connection, calls, now)
        await inbox.done(connection, [s.id for s, _ in parsed])
        for stored in taken:
            metrics.WAIT.labels(CHANNEL).observe(max((now - stored.received_at).total_seconds(), 0.0))

    async def _set_aside(self, connection: Connection, stored: Stored, error: Exception, now: datetime) -> None:
        """Set aside an update that cannot be parsed, so that it does not block the others."""
        log.warning("update %d set aside: cannot be parsed (%s)", stored.update_id, type(error).__name__)
        await self._aside(connection, stored, f"parse: {type(error).__name__}", now)

    async def _failed(self, taken: list[Stored], error: Exception) -> None:
        """After a failure, handle updates one by one; one that fails again is noted, and finally set aside."""
        if unavailable(error):
            log.warning("the database is away: %s", type(error).__name__)
            self._single = max(
                len(taken), self._single
            )  # where the disk fails some writes, smaller batches get through sooner
            await asyncio.sleep(_IDLE)
            return
        log.exception("a batch of %d updates failed: %s", len(taken), type(error).__name__)
        if len(taken) != 1:
            self._single = max(len(taken), 1)
            return
        stored = taken[0]
        try:
            async with self.database.write() as connection:
                now = datetime.now(UTC)
                if await inbox.failed(connection, stored.id, type(error).__name__, now, body=self._masked(stored)):
                    metrics.ASIDE.labels(CHANNEL).inc()
                    await outbox.put(connection, self._sorry(json.loads(stored.body), stored), now)
                    self.sender.set()
        except Exception as again:
            log.warning("the failure could not be noted: %s", type(again).__name__)
            await asyncio.sleep(_IDLE)

    def _sorry(self, raw: Mapping[str, Any], stored: Stored) -> list[Call]:
        """Return the call that tells a user that something went wrong."""
        message = raw.get("message")
        if not isinstance(message, Mapping) or message.get("chat", {}).get("type") != "private":
            return []
        text = formatted(escape(self.handler.front.base.reply("trouble")))
        payload = {"chat_id": message["chat"]["id"], **text}
        return [Call(f"{_key(self.me, stored)}:sorry", stored.lane, "sendMessage", payload)]


def _key(me: Me, stored: Stored) -> str:
    return f"{me.id}:{stored.update_id}"


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
