"""Batches turns of channels that answer immediately (web, Kakao): turns that arrive together share one transaction."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bot.desk.front import Front
from bot.store.database import Connection, Database
from bot.store.memory import Memory

T = TypeVar("T")
Work = Callable[[Connection, Memory], Awaitable[T]]
_BATCH = 64
_QUIET = 4
"""Rounds of the event loop without a new turn that end a batch."""
_LONGEST = 0.002
"""Seconds for which a batch may block the event loop."""


@dataclass(slots=True)
class _Visit:
    user: str
    at: datetime
    work: Work[Any]
    result: "asyncio.Future[Any]"


class Counter:
    """Serves turns in the order in which they come, many in one transaction. Keep `run` running."""

    def __init__(self, database: Database, front: Front) -> None:
        self.database, self.front = database, front
        self._waiting: asyncio.Queue[_Visit] = asyncio.Queue()

    async def do(self, user: str, at: datetime, work: Work[T], *, patience: float | None = None) -> T:
        """Do something with what is known of a user, in a transaction that is committed when this returns.

        Raises:
            TimeoutError: it took longer than `patience`, in seconds.
            Exception: what `work` raised; nothing of it was kept.
        """
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        self._waiting.put_nowait(_Visit(user, at, work, result))
        if patience is None:
            return await result
        end = loop.call_later(patience, _late, result)  # a third of what `asyncio.timeout` takes
        try:
            return await result
        finally:
            end.cancel()

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            visits = [await self._waiting.get()]
            try:
                await self._gather()
                while len(visits) < _BATCH and not self._waiting.empty():
                    visits.append(self._waiting.get_nowait())
                await self._serve([v for v in visits if not v.result.done()])
            except asyncio.CancelledError:
                for visit in visits:
                    visit.result.cancel()
                raise

    async def _gather(self) -> None:
        """Collect turns for a few rounds of the event loop, so that they share one transaction."""
        quiet = 0
        while quiet < _QUIET and (before := self._waiting.qsize()) < _BATCH - 1:
            await asyncio.sleep(0)
            quiet = quiet + 1 if self._waiting.qsize() == before else 0

    async def _serve(self, visits: list[_Visit]) -> None:
        """Serve a batch; if it fails, serve each turn alone, so that one fault affects only one person."""
        if not visits:
            return
        try:
            results = await self._together(visits)
        except Exception as error:
            if len(visits) > 1:
                for visit in visits:
                    await self._serve([visit])
            elif not visits[0].result.done():
                visits[0].result.set_exception(error)
            return
        for visit, result in zip(visits, results, strict=True):
            if not visit.result.done():  # its caller may have gone away
                visit.result.set_result(result)

    async def _together(self, visits: list[_Visit]) -> list[object]:
        async with self.database.write() as connection:
            users = {v.user for v in visits}
            memory = await Memory.load(connection, users, users, max(v.at for v in visits))
            results: list[object] = []
            rested = time.perf_counter()
            for visit in visits:
                results.append(await visit.work(connection, memory))
                if time.perf_counter() - rested > _LONGEST:  # let others have their turn
                    await asyncio.sleep(0)
                    rested = time.perf_counter()
            await memory.flush(connection, last=True)
        return results


def _late(result: "asyncio.Future[Any]") -> None:
    if not result.done():
        result.set_exception(TimeoutError())
