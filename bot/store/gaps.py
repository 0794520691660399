"""Questions without a good answer, for maintainers: unanswered ones, and answers that users rejected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import exchanges, feedback, unanswered

STATES = ("new", "pending", "done", "ignored")
ANSWERED = frozenset({"answer", "smalltalk", "handover"})
CHOOSING = timedelta(minutes=10)
"""How long a user may take to choose. After that they count as gone."""
_REASONS = {
    "wrong": "틀린 답이라고 합니다",
    "old": "오래된 답이라고 합니다",
    "hard": "알아듣기 어렵다고 합니다",
    "other": "다른 질문이었다고 합니다",
}
"""The reasons that visitors may give for an answer that did not help."""


@dataclass(frozen=True, slots=True)
class Record:
    """One unanswered question. `user` is pseudonymous; `nearest` is the entry that was offered or rejected."""

    id: int
    user: str
    channel: str
    at: datetime
    question: str
    why: str
    nearest: str = ""
    answer: str = ""
    state: str = "new"
    note: str = ""
    gap: int | None = None
    """The number of the gap under which maintainers saw it; `None` where they have not seen it yet."""


async def collect(connection: AsyncConnection, now: datetime) -> int:
    """Add to the unanswered questions what no channel added; return how many.

    That is answers rejected without a reason, and questions that were asked back and then abandoned. What visitors
    said of an answer is noted with it. Idempotent.
    """
    found = [*await _turned_down(connection), *await _left_unchosen(connection, now)]
    if found:
        await connection.execute(insert(connection, unanswered), found)
    await _note_reasons(connection)
    return len(found)


async def _turned_down(connection: AsyncConnection) -> list[dict[str, Any]]:
    known = exists().where(
        and_(
            unanswered.c.user == feedback.c.user,
            unanswered.c.question == exchanges.c.question,
            unanswered.c.why.in_(("down", "none")),
        )
    )
    rows = await connection.execute(
        select(
            feedback.c.user,
            exchanges.c.channel,
            feedback.c.at,
            exchanges.c.question,
            feedback.c.entry,
            exchanges.c.entry,
        )
        .join(exchanges, exchanges.c.id == feedback.c.exchange)
        .where(feedback.c.verdict == "down", exchanges.c.outcome == "answer", exchanges.c.question != "", ~known)
    )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for user, channel, at, question, entry, answered in rows:
        row = {"user": user, "channel": channel, "at": at, "question": question, "nearest": entry or answered}
        found.setdefault((user, question), {**row, "why": "down"})
    return list(found.values())


async def _left_unchosen(connection: AsyncConnection, now: datetime) -> list[dict[str, Any]]:
    """Return the questions that were asked back and that got no answer within the time for choosing."""
    known = exists().where(
        and_(
            unanswered.c.user == exchanges.c.user,
            unanswered.c.question == exchanges.c.question,
            unanswered.c.at >= exchanges.c.at,
        )
    )
    rows = await connection.execute(
        select(exchanges.c.user, exchanges.c.channel, exchanges.c.at, exchanges.c.question, exchanges.c.entry)
        .where(
            exchanges.c.outcome == "ask",
            exchanges.c.question != "",
            exchanges.c.tapped.is_(False),
            exchanges.c.at < now - CHOOSING,
            ~known,
        )
        .order_by(exchanges.c.at)
    )
    asked = [dict(zip(("user", "channel", "at", "question", "nearest"), row, strict=True)) for row in rows]
    if not asked:
        return []
    got = await connection.execute(
        select(exchanges.c.user, exchanges.c.at).where(
            exchanges.c.at > asked[0]["at"], exchanges.c.outcome.in_(ANSWERED)
        )
    )
    answers: dict[str, list[datetime]] = {}
    for user, at in got:
        answers.setdefault(user, []).append(at)
    left = {
        (a["user"], a["question"]): {**a, "why": "ask"}
        for a in asked
        if not any(a["at"] < at <= a["at"] + CHOOSING for at in answers.get(a["user"], ()))
    }
    return list(left.values())


async def _note_reasons(connection: AsyncConnection) -> None:
    """Add the visitor's reason to rejected answers that no member of staff has commented on."""
    rows = await connection.execute(
        select(unanswered.c.id, feedback.c.reason)
        .join(exchanges, and_(exchanges.c.user == unanswered.c.user, exchanges.c.question == unanswered.c.question))
        .join(feedback, feedback.c.exchange == exchanges.c.id)
        .where(unanswered.c.why == "down", unanswered.c.note == "", feedback.c.reason != "")
    )
    for id, reason in rows.all():
        note = _REASONS.get(reason, _REASONS["other"])
        await connection.execute(update(unanswered).where(unanswered.c.id == id).values(note=note))


async def records(connection: AsyncConnection, newest: int | None = None) -> list[Record]:
    """Return all unanswered questions, or the newest, oldest first."""
    columns = [getattr(unanswered.c, name) for name in Record.__dataclass_fields__]
    wanted = select(*columns).where(unanswered.c.question != "").order_by(unanswered.c.id.desc()).limit(newest)
    found = [Record(*row) for row in await connection.execute(wanted)]
    return found[::-1]


def state_of(states: Iterable[str]) -> str:
    """Return the common state of several records: ignored stays ignored; done comes back when it is asked again."""
    found = set(states)
    return next((s for s in ("ignored", "pending", "new") if s in found), "done")


async def mark(connection: AsyncConnection, ids: Iterable[int], state: str) -> int:
    """Set the state of unanswered questions and return how many there are. Idempotent."""
    done = await connection.execute(update(unanswered).where(unanswered.c.id.in_(list(ids))).values(state=state))
    return int(done.rowcount)


async def name(connection: AsyncConnection, gaps: Mapping[int, int]) -> None:
    """Record under which gap each record was shown: gap by record id. Idempotent."""
    if gaps:
        named = update(unanswered).where(unanswered.c.id == bindparam("record")).values(gap=bindparam("under"))
        await connection.execute(named, [{"record": id, "under": gap} for id, gap in gaps.items()])
