"""What was asked and how it was answered, counted: for the weekly summary, the report, and the console."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import exchanges, feedback, tickets, unanswered

INTENT = timedelta(minutes=10)
"""A user who asks for the same entry again within this time counts as one intent."""
_AFTER = timedelta(hours=1)
"""A request for a person within this time after an answer counts against the answer."""
_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Use:
    """How an entry was used: intents, distinct users, feedback, and requests for a person after it."""

    entry: str
    asks: int = 0
    people: int = 0
    up: int = 0
    down: int = 0
    handoffs: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """A period in numbers. `outcomes`: what became of questions that were typed; `taps` were choices and menus."""

    typed: int
    taps: int
    people: int
    outcomes: dict[str, int]
    up: int
    down: int
    tickets: int


async def totals(connection: AsyncConnection, since: datetime, until: datetime) -> Totals:
    """Return the numbers of a period; its end is not within it."""
    within = (exchanges.c.at >= since, exchanges.c.at < until)
    grouped = select(exchanges.c.outcome, exchanges.c.tapped, func.count()).where(*within)
    outcomes: dict[str, int] = defaultdict(int)
    taps = 0
    for outcome, tapped, count in await connection.execute(grouped.group_by(exchanges.c.outcome, exchanges.c.tapped)):
        if tapped:
            taps += count
        else:
            outcomes[outcome] += count
    people = await _number(connection, select(func.count(exchanges.c.user.distinct())).where(*within))
    opened = select(func.count()).where(tickets.c.opened_at >= since, tickets.c.opened_at < until)
    said = select(feedback.c.verdict, func.count()).where(feedback.c.at >= since, feedback.c.at < until)
    verdicts = {str(row[0]): int(row[1]) for row in await connection.execute(said.group_by(feedback.c.verdict))}
    return Totals(
        sum(outcomes.values()),
        taps,
        people,
        dict(outcomes),
        verdicts.get("up", 0),
        verdicts.get("down", 0),
        await _number(connection, opened),
    )


async def _number(connection: AsyncConnection, statement: Select[Any]) -> int:
    return int((await connection.execute(statement)).scalar_one())


async def usage(connection: AsyncConnection, since: datetime, until: datetime) -> list[Use]:
    """Return how each entry that was asked for was used in a period, those with most intents first."""
    opened = await _tickets(connection, since, until)
    asks: dict[str, int] = defaultdict(int)
    people: dict[str, set[str]] = defaultdict(set)
    handoffs: dict[str, int] = defaultdict(int)
    last: dict[tuple[str, str], datetime] = {}
    before: dict[str, tuple[datetime, str]] = {}
    async for user, entry, at, outcome in _answers(connection, since, until):
        if outcome == "handover":
            continue
        _settle(before, user, opened, at, handoffs)
        before[user] = (at, entry)
        if (user, entry) not in last or at - last[user, entry] > INTENT:
            asks[entry] += 1
            people[entry].add(user)
        last[user, entry] = at
    for user in list(before):
        _settle(before, user, opened, until + _AFTER, handoffs)
    rated = await _feedback(connection, since, until)
    found = [
        Use(e, asks[e], len(people[e]), rated.get((e, "up"), 0), rated.get((e, "down"), 0), handoffs[e])
        for e in {*asks, *(e for e, _ in rated)}
    ]
    return sorted(found, key=lambda u: (-u.asks, u.entry))


def _settle(
    before: dict[str, tuple[datetime, str]],
    user: str,
    opened: dict[str, list[datetime]],
    until: datetime,
    handoffs: dict[str, int],
) -> None:
    """Count a ticket that a user opened between an answer and what they got next."""
    if user not in before or user not in opened:
        return
    at, entry = before.pop(user)
    times = opened[user]
    place = bisect_right(times, at)
    if place < len(times) and times[place] <= min(until, at + _AFTER):
        handoffs[entry] += 1


async def _answers(
    connection: AsyncConnection, since: datetime, until: datetime
) -> AsyncIterator[tuple[str, str, datetime, str]]:
    statement = (
        select(exchanges.c.user, exchanges.c.entry, exchanges.c.at, exchanges.c.outcome)
        .where(exchanges.c.at >= since, exchanges.c.at < until, exchanges.c.entry != "")
        .order_by(exchanges.c.at)
    )
    async for rows in (await connection.stream(statement)).partitions(_ROWS):
        for user, entry, at, outcome in rows:
            yield user, entry, at, outcome


async def _tickets(connection: AsyncConnection, since: datetime, until: datetime) -> dict[str, list[datetime]]:
    statement = select(tickets.c.user, tickets.c.opened_at).where(
        tickets.c.opened_at >= since, tickets.c.opened_at < until + _AFTER
    )
    found: dict[str, list[datetime]] = defaultdict(list)
    for user, at in await connection.execute(statement.order_by(tickets.c.opened_at)):
        found[user].append(at)
    return dict(found)


async def _feedback(connection: AsyncConnection, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
    statement = (
        select(feedback.c.entry, feedback.c.verdict, func.count())
        .where(feedback.c.at >= since, feedback.c.at < until, feedback.c.entry != "")
        .group_by(feedback.c.entry, feedback.c.verdict)
    )
    return {(entry, verdict): count for entry, verdict, count in await connection.execute(statement)}


async def left_behind(connection: AsyncConnection, since: datetime, until: datetime) -> list[tuple[str, str]]:
    """Return user and question of what had no answer in a period and was not dismissed."""
    statement = select(unanswered.c.user, unanswered.c.question).where(
        unanswered.c.at >= since,
        unanswered.c.at < until,
        unanswered.c.state.in_(["new", "pending"]),
        unanswered.c.why.in_(["fallback", "none", "down", "call"]),
    )
    return [(str(user), str(question)) for user, question in await connection.execute(statement)]
