"""Batches turns of channels that answer immediately (web, Kakao): turns that arrive together share one transaction, and
nobody's many turns keep somebody else's one waiting.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bot.desk.front import Front
from bot.desk.rounds import Rounds
from bot.store.database import Connection, Database
from bot.store.memory import Memory

T = TypeVar("T")
Work = Callable[[Connection, Memory], Awaitable[T]]
_BATCH = 64
_QUIET = 4
"""Rounds of the event loop without a new turn that end a batch."""
_LONGEST = 0.002
"""Seconds for which a batch may block the event loop."""
_LONGEST_BATCH = 0.05
"""Seconds of work after which a batch ends: whoever came meanwhile may be before the rest of it."""
_LONGEST_WORK = 20.0
"""Seconds after which whoever waits behind the work on one turn thinks that it waits for the database."""


@dataclass(slots=True, eq=False)
class _Visit:
    user: str
    at: datetime
    work: Work[Any]
    result: "asyncio.Future[Any]"
    late: asyncio.TimerHandle | None = None


Place = tuple[str, _Visit]
"""A turn and who pays for the time that it takes."""


class Counter:
    """Serves turns in rounds, one of each payer at a time, many in one transaction. Keep `run` running."""

    def __init__(self, database: Database, front: Front) -> None:
        self.database, self.front = database, front
        self._waiting: Rounds[_Visit] = Rounds()
        self._some = asyncio.Event()
        self._working: _Visit | None = None
        self._since = float("-inf")
        """When work on a turn last began or ended, by the loop's clock."""

    async def do(
        self, user: str, at: datetime, work: Work[T], *, patience: float | None = None, payer: str = ""
    ) -> T:
        """Do something with what is known of a user, in a transaction that is committed when this returns.

        `payer`: whose other turns this one waits behind, such as an address; by default the user. `patience`: seconds
        for which the database may serve nobody.

        Raises:
            TimeoutError: it served nobody for longer.
            Exception: what `work` raised; nothing of it was kept.
        """
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        visit = _Visit(user, at, work, result)
        self._waiting.put(payer or user, visit)
        self._some.set()
        if patience is None:
            return await result
        visit.late = loop.call_later(patience, self._late, visit, patience)  # a third of what `asyncio.timeout` takes
        try:
            return await result
        finally:
            visit.late.cancel()

    def _late(self, visit: _Visit, patience: float) -> None:
        """End a turn that the database keeps waiting; one that waits for its answer to be found, or others' work, waits on."""
        if visit.result.done():
            return
        loop = visit.result.get_loop()
        left = self._until(visit, patience) - loop.time()
        if left > 0:
            visit.late = loop.call_later(min(left, patience), self._late, visit, patience)
        else:
            visit.result.set_exception(TimeoutError())

    def _until(self, visit: _Visit, patience: float) -> float:
        """Return how long a turn waits if nothing changes, by the loop's clock: patience is for the database alone."""
        longest = self._since + _LONGEST_WORK
        if self._working is None:
            return self._since + patience
        if self._working is not visit or self.front.finding:
            return longest
        return min(max(self._since, self.front.found) + patience, longest)

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            await self._gather()
            places = self._waiting.first(_BATCH)
            try:
                await self._serve(places)
            except asyncio.CancelledError:
                for _, visit in places:
                    visit.result.cancel()
                raise

    async def _gather(self) -> None:
        """Wait for turns, and for a few rounds of the event loop for more, so that they share one transaction."""
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        quiet = 0
        while quiet < _QUIET and (before := len(self._waiting)) < _BATCH:
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == before else 0

    async def _serve(self, places: list[Place]) -> None:
        """Serve the first of some turns; if that fails, serve each alone, so that one fault affects only one person."""
        try:
            results = await self._together([visit for _, visit in places])
        except Exception as error:
            if len(places) > 1:
                for place in places:
                    await self._serve([place])
                return
            results = [error]
        for (payer, visit), result in zip(places, results, strict=False):
            self._waiting.over(payer)
            if visit.result.done():  # its caller may have gone away
                continue
            if isinstance(result, Exception):
                visit.result.set_exception(result)
            else:
                visit.result.set_result(result)

    async def _together(self, visits: list[_Visit]) -> list[object]:
        """Return the results of all turns, or of the first where they take long."""
        wanted = [v for v in visits if not v.result.done()]
        if not wanted:
            return [None] * len(visits)
        async with self.database.write() as connection:
            users = {v.user for v in wanted}
            memory = await Memory.load(connection, users, users, max(v.at for v in wanted))
            results: list[object] = []
            rested = begun = time.perf_counter()
            for visit in visits:
                results.append(None if visit.result.done() else await self._worked(visit, connection, memory))
                now = time.perf_counter()
                if now - begun > _LONGEST_BATCH:
                    break
                if now - rested > _LONGEST:  # let others have their turn
                    await asyncio.sleep(0)
                    rested = time.perf_counter()
            await memory.flush(connection, last=True)
        return results

    async def _worked(self, visit: _Visit, connection: Connection, memory: Memory) -> object:
        """Do the work of a turn: meanwhile the others wait for the process and not for the database."""
        clock = visit.result.get_loop().time
        self._working, self._since = visit, clock()
        try:
            return await visit.work(connection, memory)
        finally:
            self._working, self._since = None, clock()
