"""What a server does besides serving: housekeeping, watching itself, the weekly summary, and metrics."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from prometheus_client import start_http_server

from bot import metrics
from bot.desk.courier import Courier
from bot.desk.freshness import Freshness, freshness
from bot.desk.front import Front
from bot.desk.weekly import Weekly
from bot.settings import Settings
from bot.store import health, retention
from bot.store.database import Database, scrub_after, unavailable
from bot.words import RefusedError

log = logging.getLogger(__name__)
_HOUSEKEEPING = 3600.0
_LOOK = 30.0
_TICK, _MEASURE = 0.5, 15.0
"""Seconds between checks of the loop, and of the store."""


class Chores:
    """The work of one server; each part runs until it is cancelled."""

    def __init__(self, front: Front, database: Database, settings: Settings) -> None:
        self.front, self.database, self.settings = front, database, settings

    async def housekeeping(self) -> None:
        """Delete what is past its time, every hour; a failure is reported and ends nothing."""
        keep, audited = timedelta(days=self.settings.retention_days), timedelta(days=self.settings.audit_days)
        while True:
            try:
                async with self.database.write() as connection:
                    scrub_after(
                        connection
                    )  # also what was handled since, so that it does not stay in the log for weeks
                    gone = await retention.purge(connection, datetime.now(UTC), keep, audited)
            except Exception as error:
                metrics.PURGE_FAILED.inc()
                log.error("nothing was purged: %s", type(error).__name__, exc_info=not unavailable(error))
            else:
                metrics.PURGED.set_to_current_time()
                log.info("purged: %s", {name: count for name, count in gone.items() if count})
            await asyncio.sleep(_HOUSEKEEPING)

    async def watch(self, status: Callable[[], Awaitable[str]]) -> None:
        """Measure what operators should see, and how long the process keeps everybody waiting."""
        longest, looked = 0.0, float("-inf")
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(_TICK)
            longest = max(longest, loop.time() - before - _TICK)
            if loop.time() - looked < _MEASURE:
                continue
            looked = loop.time()
            metrics.LOOP_DELAY.set(longest)
            longest = 0.0
            metrics.READY.set(int(await status() == "ok"))
            today = datetime.now(UTC).date()
            metrics.OUTDATED.set(
                sum(freshness(e.review_by, today) is Freshness.STALE for e in self.front.base.entries.values())
            )
            with suppress(Exception):  # the gauge above says so
                async with self.database.read() as connection:
                    _measured(await health.waiting(connection, datetime.now(UTC)))

    async def weekly(self, courier: Courier) -> None:
        """Send the weekly summary to the staff group when it is time."""
        weekly = Weekly(self.front, self.database, courier, self.settings.weekly)
        planned = False
        while True:
            try:
                if not planned:
                    await weekly.plan(datetime.now(UTC))
                planned = True
                await weekly.step(datetime.now(UTC))
            except Exception as error:  # the database is away, or a fault of ours: the next try may succeed
                log.warning("weekly summary: %s", type(error).__name__, exc_info=not unavailable(error))
            await asyncio.sleep(_LOOK)


def _measured(waiting: health.Waiting) -> None:
    metrics.WAITING.labels("updates").set(waiting.updates)
    metrics.WAITING.labels("calls").set(waiting.calls)
    metrics.WAITING_SECONDS.labels("updates").set(waiting.update_seconds)
    metrics.WAITING_SECONDS.labels("calls").set(waiting.call_seconds)
    metrics.WAITING_SECONDS.labels("tickets").set(waiting.ticket_seconds)
    metrics.BACKED_UP.set(waiting.backup_at)


@contextmanager
def counted(host: str, port: int) -> Iterator[None]:
    """Serve metrics to Prometheus on a port of their own inside the block; with port 0 not at all.

    Raises:
        RefusedError: the port cannot be had.
    """
    if not port:
        yield
        return
    try:
        server, thread = start_http_server(port, host)
    except OSError as error:
        raise RefusedError(f"HELPDESK_METRICS_PORT {host}:{port}를 열 수 없습니다: {error.strerror}") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
