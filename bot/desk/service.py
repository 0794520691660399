"""The use cases of channels that answer immediately: one call, one transaction.

Where several things happen in one transaction (Telegram's batches, the turns of `channels/answering`) the channel calls
the same steps itself: `Front.ask`, `feedback`, `Cases`.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot import metrics
from bot.desk import feedback
from bot.desk.cases import Cases
from bot.desk.counter import Counter
from bot.store.database import Connection, unavailable
from bot.store.memory import Exchange, Memory, exchange_of
from bot.words import Query, Reply

log = logging.getLogger(__name__)


class Service:
    """Does what users ask for, and keeps the results."""

    def __init__(self, counter: Counter, cases: Cases) -> None:
        self.counter, self.cases, self.front = counter, cases, counter.front

    async def ask(
        self, query: Query, patience: float, *, payer: str = "", passing: bool = False, again: bool = False
    ) -> tuple[Reply, bool]:
        """Answer a query; return the reply, and whether the exchange is kept: it is not where the database is away.

        A query for which nobody chose a language is answered in the one that its user chose before, where they did.
        `patience` and `payer`: see `Counter.do`. `passing`: there is no conversation. `again`: it may have been asked
        under this id before, and then nothing is kept a second time.
        """

        async def work(connection: Connection, memory: Memory) -> Reply:
            if again and await exchange_of(connection, query.id, query.user):
                memory = Memory(dict(memory.contexts), dict(memory.languages))
            return await self._asked(memory, query, passing=passing)

        try:
            return await self.counter.do(query.user, query.received_at, work, patience=patience, payer=payer), True
        except Exception as error:
            if not unavailable(error):
                raise
            metrics.UNREMEMBERED.labels("web").inc()
            log.warning("answered without memory: %s", type(error).__name__)
            return await self.front.alone(query), False

    async def _asked(self, memory: Memory, query: Query, *, passing: bool) -> Reply:
        if not query.chosen and (before := memory.languages.get(query.user)):
            query = replace(query, language=before, chosen=True)
        elif query.chosen and not passing:
            memory.languages[query.user] = query.language
        reply = await self.front.ask(memory, query)
        if passing:
            memory.conversations.pop(query.user, None)
        return reply

    async def rate(self, owners: Sequence[str], exchange: str, verdict: str, reason: str) -> Exchange | None:
        """Keep a verdict on an answer of one of `owners`; see `feedback.rate`."""
        now = datetime.now(UTC)
        return await self.counter.do(
            owners[0], now, lambda c, m: feedback.rate(c, m, owners, exchange, verdict, now, reason)
        )

    async def none_fits(self, owners: Sequence[str], exchange: str) -> Exchange | None:
        """Note that no choice fitted; see `feedback.none_fits`."""
        now = datetime.now(UTC)
        return await self.counter.do(owners[0], now, lambda c, m: feedback.none_fits(c, m, owners, exchange, now))

    async def reset(self, user: str, channel: str) -> None:
        """Start a user's conversation over."""
        now = datetime.now(UTC)

        async def work(_: Connection, memory: Memory) -> None:
            self.front.reset(memory, Query("", user, now, channel))

        await self.counter.do(user, now, work)

    async def forget(self, user: str) -> None:
        """Delete everything kept about a user, for good."""
        now = datetime.now(UTC)
        await self.counter.do(user, now, lambda c, m: self.cases.forget(c, m, user, now))
