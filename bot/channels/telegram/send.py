"""Send what is in the outbox: in order per chat, within Telegram's limits, each call at most once."""

import asyncio
import html
import logging
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from telegram.error import BadRequest, ChatMigrated, InvalidToken, TelegramError, TimedOut

from bot import metrics
from bot.channels.telegram.api import Api, NotSentError, SlowDownError
from bot.channels.telegram.threads import Threads
from bot.store import outbox
from bot.store.database import Connection, Database, unavailable
from bot.store.outbox import Outgoing, Settled

log = logging.getLogger(__name__)
IN_FLIGHT = 32
PER_SECOND = 30
"""Messages a second to all chats together. Source: Telegram, Bots FAQ, «My bot is hitting limits»."""
BURST = 4
"""Messages that a private chat may get in a burst; then one a second. Source: the same."""
PER_GROUP_MINUTE = 20
_FOR_CARDS = 4
"""Of these, the ones reserved for new tickets."""
ATTEMPTS = 30
"""How often a call that surely did not arrive is tried: for about half an hour."""
_LONGEST_WAIT = 60.0
_NEAR = 0.5
"""Waits of fewer seconds are not written to the database."""
_IDLE = 0.25
_LOOK_AGAIN = 5.0
"""Seconds between two looks for calls of a process that ended: its last commit may come after the lead changed hands."""
_REMEMBERED = 4096
_TAG = re.compile(r"<[^>]+>")
_HARMLESS = ("message is not modified", "message to edit not found", "message can't be edited")


class Limiter:
    """Telegram's limits. Times are seconds of a monotonic clock."""

    def __init__(
        self, per_second: int = PER_SECOND, burst: int = BURST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._per_second, self._burst = clock, per_second, burst
        self._all: deque[float] = deque()
        self._groups: dict[str, deque[float]] = defaultdict(deque)
        self._chats: dict[str, float] = {}
        """When each private chat will have caught up with the burst that it was sent."""

    def delay(self, lane: str, *, card: bool = False) -> float:
        """Return how many seconds a call to a chat has to wait; 0 where it may go now."""
        return max(_wait(self._all, self._per_second, 1.0, self._clock()), self.own_delay(lane, card=card))

    def own_delay(self, lane: str, *, card: bool = False) -> float:
        """Return how long the chat's own limits make a call wait; some room is reserved for tickets' cards."""
        now = self._clock()
        if lane.startswith("-"):
            return _wait(self._groups[lane], PER_GROUP_MINUTE - (0 if card else _FOR_CARDS), 60.0, now)
        return max(self._chats.get(lane, now) - (self._burst - 1) - now, 0.0)

    def take(self, lane: str) -> None:
        """Count a call that goes to a chat now."""
        now = self._clock()
        self._all.append(now)
        if lane.startswith("-"):
            self._groups[lane].append(now)
            return
        self._chats[lane] = max(self._chats.get(lane, now), now) + 1.0
        if len(self._chats) > _REMEMBERED:
            self._chats = {k: t for k, t in self._chats.items() if t > now}


def _wait(sent: deque[float], most: int, window: float, now: float) -> float:
    while sent and sent[0] <= now - window:
        sent.popleft()
    return sent[-most] + window - now if len(sent) >= most else 0.0


class Sender:
    """Sends the outbox of one bot. One of all replicas runs at a time (`Database.leading`)."""

    def __init__(self, database: Database, api: Api, threads: Threads, limiter: Limiter | None = None) -> None:
        self.database, self.api, self.threads = database, api, threads
        self.limiter = limiter or Limiter()
        self.wake = asyncio.Event()
        self.me = uuid4().hex[:12]
        self._running: dict[asyncio.Task[Settled], Outgoing] = {}
        self._results: list[tuple[Outgoing, Settled]] = []
        self._looked = float("-inf")
        self._doubt = False
        """Whether the outcome of a transaction is unknown: it may have marked calls as under way that were never begun."""

    async def run(self, lost: asyncio.Event) -> None:
        """Send until cancelled, or until the lead is lost. Calls under way are then finished and recorded."""
        ending = asyncio.Event()
        work = asyncio.create_task(self._work(lost, ending))
        try:
            await asyncio.shield(work)
        finally:
            ending.set()
            self.wake.set()
            await work

    async def _work(self, lost: asyncio.Event, ending: asyncio.Event) -> None:
        self._looked = float("-inf")
        try:
            while not lost.is_set() and not ending.is_set():
                self.wake.clear()
                pause = await self._step()
                if pause and not ending.is_set():
                    await self._wait(pause)
        finally:
            await self._stop()

    async def _take_over(self) -> None:
        """Mark what a process that ended was sending: nobody knows whether it arrived. Every now and then."""
        now = time.monotonic()
        if now - self._looked < _LOOK_AGAIN:
            return
        async with self.database.write() as connection:
            left = await outbox.abandoned(connection, self.me, _now())
            for call in left:
                await self.threads.settled(connection, call, Settled(call.id, "unknown"), _now())
        if left:
            metrics.SENDS.labels("unknown").inc(len(left))
            log.warning("unknown whether delivered: %d calls of a process that ended", len(left))
        self._looked = now

    async def _step(self) -> float:
        """Record results, begin the calls that may go; return how long to wait then, in seconds."""
        self._collect()
        try:
            await self._take_over()
            begun, pause = await self._turn()
        except Exception as error:
            self._doubt = True
            if not unavailable(error):
                raise
            log.warning("the database is away: %s", type(error).__name__)
            await asyncio.sleep(_IDLE)  # results stay in memory until it is back
            return _IDLE
        for call in begun:
            self._running[asyncio.create_task(self._send(call))] = call
        return pause

    def _collect(self) -> None:
        for task in [t for t in self._running if t.done()]:
            self._results.append((self._running.pop(task), task.result()))

    async def _turn(self) -> tuple[list[Outgoing], float]:
        room = IN_FLIGHT - len(self._running)
        if not self._results and not self._doubt:
            async with self.database.read() as connection:
                if room <= 0 or not await outbox.heads(connection, _now(), 1):
                    return [], _IDLE
        results, now = list(self._results), _now()
        async with self.database.write() as connection:
            if self._doubt:
                held = [c.id for c in self._running.values()] + [c.id for c, _ in results]
                await outbox.freed(connection, self.me, held)
            await self._write_down(connection, results, now)
            ready, later, pause = self._pick(await outbox.heads(connection, now, 4 * IN_FLIGHT), room)
            await outbox.settle(connection, later, now)
            free = await outbox.begin(connection, [c.id for c in ready], self.me) if ready else {}
        self._results, self._doubt = self._results[len(results) :], False
        return [replace(c, payload=free[c.id]) for c in ready if c.id in free], pause

    async def _write_down(
        self, connection: Connection, results: list[tuple[Outgoing, Settled]], now: datetime
    ) -> None:
        await outbox.settle(connection, [r for _, r in results], now)
        for call, result in results:
            await self.threads.settled(connection, call, result, now)

    def _pick(self, heads: list[Outgoing], room: int) -> tuple[list[Outgoing], list[Settled], float]:
        """Return the calls that may go now, those to put off for long, and how long to wait for the others."""
        ready: list[Outgoing] = []
        later: list[Settled] = []
        pause = _IDLE
        for call in heads:
            card = call.role == "root"
            own = self.limiter.own_delay(call.lane, card=card)
            if own > _NEAR:
                later.append(Settled(call.id, "new", not_before=_now() + timedelta(seconds=own)))
                continue
            delay = self.limiter.delay(call.lane, card=card)
            if delay <= 0 and len(ready) < room:
                self.limiter.take(call.lane)
                ready.append(call)
            else:
                pause = min(pause, max(delay, 0.01))
        return ready, later, pause if len(ready) < room or not heads else _IDLE

    async def _wait(self, pause: float) -> None:
        """Wait for new calls, for one under way to end, or for a while."""
        waker = asyncio.create_task(self.wake.wait())
        await asyncio.wait([waker, *self._running], timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        waker.cancel()

    async def _stop(self) -> None:
        """Let calls under way finish, and record them."""
        if self._running:
            await asyncio.wait(self._running, timeout=5)
        self._collect()
        with suppress(Exception):
            async with self.database.write() as connection:
                await self._write_down(connection, self._results, _now())
            self._results = []  # otherwise they would overwrite what another replica does meanwhile

    async def _send(self, call: Outgoing) -> Settled:
        """Make one call and return what became of it. Raises only when cancelled."""
        try:
            payload = await self.threads.addressed(self.api, self.database, call)
            result = await self.api.call(call.method, payload)
        except TelegramError as error:
            settled = await self._failed(call, error)
        except Exception as error:  # the database went away while the thread was looked up
            log.warning("call %d put off: %s", call.id, type(error).__name__)
            settled = _again(call, 1.0)
        else:
            message = result.get("message_id") if isinstance(result, dict) else None
            settled = Settled(call.id, "sent", message)
        metrics.SENDS.labels(settled.state).inc()
        return settled

    async def _failed(self, call: Outgoing, error: TelegramError) -> Settled:
        if isinstance(error, SlowDownError):
            return _again(call, error.seconds + 0.1)
        if isinstance(error, TimedOut):
            return Settled(call.id, "unknown", error="no answer")
        if isinstance(error, NotSentError | InvalidToken):
            if call.attempts >= ATTEMPTS:
                return Settled(call.id, "failed", error=str(error))
            return _again(call, min(2.0 ** min(call.attempts, 8) * 0.25, _LONGEST_WAIT))
        with suppress(Exception):
            if await self.threads.mended(self.database, call, error):
                return _again(call, 0.0)
            changed = _changed(call, error)
            if changed is not None and call.attempts < ATTEMPTS:
                async with self.database.write() as connection:
                    await outbox.rewrite(connection, call.id, changed)
                return _again(call, 0.0)
        if any(h in error.message.lower() for h in _HARMLESS):
            return Settled(call.id, "sent")
        log.warning("call %d (%s) failed: %s", call.id, call.method, error.message)
        return Settled(call.id, "failed", error=error.message)


def _changed(call: Outgoing, error: TelegramError) -> dict[str, Any] | None:
    """Return a payload that may go through where this one did not, or `None`."""
    payload = dict(call.payload)
    if isinstance(error, ChatMigrated):
        return payload | {"chat_id": error.new_chat_id}
    said = error.message.lower() if isinstance(error, BadRequest) else ""
    if "can't parse entities" in said and payload.pop("parse_mode", None):
        return payload | {"text": html.unescape(_TAG.sub("", payload.get("text", "")))}
    if "message thread not found" in said and payload.pop("message_thread_id", None):
        return payload
    if "message to be replied not found" in said and payload.pop("reply_parameters", None):
        return payload
    return None


def _again(call: Outgoing, seconds: float) -> Settled:
    return Settled(call.id, "new", not_before=_now() + timedelta(seconds=seconds) if seconds else None)


def _now() -> datetime:
    return datetime.now(UTC)
