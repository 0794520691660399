"""Corrections: tell subscribers that an answer which they were given has been corrected."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk import history
from bot.desk.compose import question_of
from bot.desk.front import Front
from bot.desk.say import Say
from bot.knowledge.base import KST
from bot.store import answers, corrections, due
from bot.store.answers import Change
from bot.store.corrections import Affected
from bot.store.database import Connection
from bot.store.due import Due
from bot.words import Entry, Outcome, Reply

log = logging.getLogger(__name__)
SHOWN = timedelta(days=30)
"""For how long after a correction users who come back are shown it."""
SLICE = 20
"""People told at a time, so that answers do not wait behind notices."""
_LATER = timedelta(seconds=20)
"""When to check again while this replica does not serve the new text yet."""
_TOO_LATE = timedelta(days=1)
"""How long that may take; then something else is wrong."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is told. `key` is unique for the person and the correction."""

    key: str
    person: Affected
    title: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Missed:
    """A correction that a user has not been told about, as far as we know, by its row in the history."""

    row: int
    notice: Notice


async def next_slice(connection: Connection, front: Front, channel: str, now: datetime) -> list[Notice]:
    """Return whom a channel has to tell next, at most `SLICE`, and note the progress.

    Queue the notices in the same transaction: then each is sent once, whatever restarts.
    """
    for thing in await due.take(connection, history.CORRECTION, now, limit=1):
        row, _, after = thing.data.partition(":")
        change = await answers.correction(connection, int(row))
        if change is None or await corrections.superseded(connection, int(row), change.entry):
            return []
        entry, lags = await _current(connection, front, change)
        if entry is None:
            if lags and now - change.at < _TOO_LATE:
                await due.put(connection, Due(thing.key, thing.kind, now + _LATER, thing.data))
            return []
        people = await corrections.affected(connection, change, channel, after, SLICE)
        if len(people) == SLICE:
            await due.put(connection, Due(thing.key, thing.kind, now, f"{row}:{people[-1].user}"))
        log.info("correction %s of %s: %d people are told", row, change.entry, len(people))
        return [_notice(front, f"correction:{row}:{p.user}", p, entry, change, now) for p in people]
    return []


async def _current(connection: Connection, front: Front, change: Change) -> tuple[Entry | None, bool]:
    """Return the corrected entry once all replicas serve it; else `None`, and whether this replica is the one behind."""
    entry, recorded = front.base.entry(change.entry), await answers.last(connection, change.entry)
    if entry is None or recorded is None or history.text_of(entry) != recorded.text:
        return None, bool(recorded and recorded.text)
    return (None if entry.unlisted else entry), False  # the name in the question was not kept


async def any_recent(connection: Connection, now: datetime) -> bool:
    """Tell whether there are corrections to show to users who come back."""
    return bool(await corrections.recent(connection, now - SHOWN))


async def missed(
    connection: Connection, front: Front, user: str, language: str, now: datetime, after: int = 0
) -> list[Missed]:
    """Return the corrections of answers that a user was given, oldest first, at most `SLICE`, in rows above `after`.

    For channels in which nothing can be sent to a user, who is shown them on coming back.
    """
    found: list[Missed] = []
    for row, change in await corrections.recent(connection, now - SHOWN, after):
        asked_at = await corrections.given(connection, change, user)
        if asked_at is None:
            continue
        entry, lags = await _current(connection, front, change)
        if lags or len(found) == SLICE:
            break
        if entry is not None:
            person = Affected(user, "", language, asked_at)
            found.append(Missed(row, _notice(front, f"correction:{row}:{user}", person, entry, change, now)))
    return found


async def unseen(connection: Connection, user: str, rows: Sequence[int]) -> set[int]:
    """Return those of the corrections in some rows that a user has not been shown."""
    return set(rows) - await corrections.seen(connection, user, rows) if rows else set()


async def mark_seen(connection: Connection, user: str, rows: Sequence[int], now: datetime) -> None:
    """Note that a user has been shown corrections, for as long as these are shown at all. Idempotent."""
    await corrections.see(connection, user, rows, now + SHOWN)


def _notice(front: Front, key: str, person: Affected, entry: Entry, change: Change, now: datetime) -> Notice:
    say = Say(front.base, person.language)
    lead = say("notice_corrected", asked=_day(person.asked_at), changed=_day(change.at))
    reply = front.desk.composer.answer(Outcome.ANSWER, [entry], now, lead=[lead, ""], language=person.language)
    return Notice(key, person, question_of(entry), reply)


def _day(moment: datetime) -> str:
    return moment.astimezone(KST).strftime("%Y-%m-%d")
