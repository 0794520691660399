"""What users say about their answers: whether it helped, why it did not, that none of the choices fitted.

Users can rate only their own answers, and what is sent twice is noted once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import metrics
from bot.store import flags, inbox, memory
from bot.store.database import Connection
from bot.store.memory import Exchange, Feedback, Memory, Unanswered
from bot.words import Outcome

_REPEATED = timedelta(days=2)


async def rate(
    connection: Connection,
    left: Memory,
    owners: Sequence[str],
    exchange: str,
    verdict: str,
    now: datetime,
    reason: str = "",
) -> Exchange | None:
    """Keep a verdict ("up" or "down") on an answer that one of `owners` was given; `None` where there is no such answer.

    The last verdict counts. An answer that did not help goes to maintainers once its user says why; of anything else that
    was said, above all to somebody in danger, only the verdict is kept.
    """
    asked = await _own(connection, owners, exchange)
    if asked is None:
        return None
    reason = reason if verdict == "down" else ""
    left.feedback.append(Feedback(asked.id, asked.user, verdict, now, reason, asked.entry, asked.knowledge))
    metrics.FEEDBACK.labels(verdict).inc()
    key = f"{asked.channel}:fb:{asked.id}"
    if not await inbox.first_time(connection, key, f"{verdict}:{reason}", now, _REPEATED):
        return asked
    if reason or verdict == "up":
        await flags.withdraw(connection, asked.user, asked.channel, asked.question, asked.entry)
    if reason and asked.outcome == Outcome.ANSWER:  # what was none is noted already, or is not to be
        left.unanswered.append(
            Unanswered(asked.user, asked.channel, now, asked.question, "down", asked.entry, note=reason)
        )
    return asked


async def none_fits(
    connection: Connection, left: Memory, owners: Sequence[str], exchange: str, now: datetime
) -> Exchange | None:
    """Note that no choice fitted one of `owners`; `None` where there is no such exchange."""
    asked = await _own(connection, owners, exchange)
    if asked is None or asked.outcome != Outcome.ASK:  # what had no answer is noted already
        return asked
    if await inbox.first_time(connection, f"{asked.channel}:none:{asked.id}", "", now, _REPEATED):
        left.unanswered.append(Unanswered(asked.user, asked.channel, now, asked.question, "none", asked.entry))
    return asked


async def _own(connection: Connection, owners: Sequence[str], exchange: str) -> Exchange | None:
    for owner in filter(None, owners):
        found = await memory.exchange_of(connection, exchange, owner)
        if found is not None:
            return found
    return None
