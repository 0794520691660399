"""Forgetting: by age, and when a user asks for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import corrections
from bot.store.database import insert, scrub_after
from bot.store.schema import (
    audit,
    callbacks,
    contexts,
    due,
    exchanges,
    feedback,
    forgotten,
    inbox,
    looks,
    once,
    outbox,
    people,
    sessions,
    subscribers,
    ticket_messages,
    tickets,
    unanswered,
)

REPEATS = timedelta(hours=48)
"""How long ids of handled updates stay. Source: Telegram keeps an update for at most 24 hours."""
ASIDE = timedelta(days=7)
"""How long an update that could not be handled stays, for an operator to look at."""


AUDIT = timedelta(days=365)
"""How long the audit log of staff is kept. Source: 개인정보의 안전성 확보조치 기준 제8조, at least a year."""


async def purge(
    connection: AsyncConnection, now: datetime, keep: timedelta, audited: timedelta = AUDIT
) -> dict[str, int]:
    """Delete what is older than its time; return how many rows went, by table. Idempotent."""
    old = now - keep
    closed = await _ended(connection, old)
    statements = {
        "contexts": delete(contexts).where(contexts.c.expires_at < now),
        "once": delete(once).where(once.c.at < now - REPEATS),
        "inbox": delete(inbox).where(
            or_(
                (inbox.c.state == "done") & (inbox.c.received_at < now - REPEATS),
                (inbox.c.state == "aside") & (inbox.c.received_at < now - ASIDE),
            )
        ),
        "outbox": delete(outbox).where(
            outbox.c.state.in_(["sent", "unknown", "failed", "joined"]),
            outbox.c.settled_at < now - min(keep, ASIDE),
            or_(
                outbox.c.ticket.is_(None),
                outbox.c.ticket.not_in(select(tickets.c.id).where(tickets.c.state != "closed")),
            ),
        ),
        "exchanges": delete(exchanges).where(exchanges.c.at < old),
        "feedback": delete(feedback).where(feedback.c.at < old),
        "unanswered": delete(unanswered).where(unanswered.c.at < old),
        "ticket_messages": delete(ticket_messages).where(_of(ticket_messages, closed)),
        "due": delete(due).where(due.c.key.in_([f"ticket:{i}" for i in closed])),
        "looks": delete(looks).where(_of(looks, closed)),
        "callbacks": delete(callbacks).where(_of(callbacks, closed)),
        "tickets": delete(tickets).where(tickets.c.id.in_(closed)),
        "audit": delete(audit).where(audit.c.at < now - audited),
        "sessions": delete(sessions).where(sessions.c.expires_at < now),
        "people": delete(people).where(people.c.seen_at < old),
    }
    return {name: int((await connection.execute(s)).rowcount) for name, s in statements.items()}


def _of(table: Table, ended: Sequence[int]) -> ColumnElement[bool]:
    """Return what is true of rows of tickets that ended, and of tickets that there are not: nothing else would ever
    delete those."""
    return or_(table.c.ticket.in_(ended), ~exists().where(tickets.c.id == table.c.ticket))


async def _ended(connection: AsyncConnection, old: datetime) -> list[int]:
    """Return tickets that ended before a moment: closed, or open without a message from anybody since."""
    last = select(func.max(ticket_messages.c.at)).where(ticket_messages.c.ticket == tickets.c.id).scalar_subquery()
    statement = select(tickets.c.id).where(
        or_(
            (tickets.c.state == "closed") & (tickets.c.closed_at < old),
            (tickets.c.state != "closed") & (tickets.c.opened_at < old) & (or_(last.is_(None), last < old)),
        )
    )
    return list((await connection.execute(statement)).scalars())


async def forget(connection: AsyncConnection, user: str, now: datetime, lane: str = "") -> None:
    """Delete all that is kept about a user, for good. Idempotent.

    `lane`: their chat, where updates of theirs may be set aside. On SQLite what is deleted is overwritten once the
    transaction has ended (`Database.write`). What was copied elsewhere (a staff group, a back-up) is out of
    reach; a restored back-up forgets again.
    """
    if lane:
        await connection.execute(delete(inbox).where(inbox.c.lane == lane, inbox.c.state == "aside"))
    scrub_after(connection)
    await erase(connection, user, now + timedelta(seconds=1))
    noted = insert(connection, forgotten).values(user=user, at=now)
    await connection.execute(noted.on_conflict_do_update(index_elements=["user"], set_={"at": now}))


async def erase(connection: AsyncConnection, user: str, before: datetime) -> None:
    """Delete what a user left before a moment."""
    await corrections.forget(connection, user)
    cases = select(tickets.c.id).where(tickets.c.user == user, tickets.c.opened_at < before)
    keys = [f"ticket:{i}" for i in (await connection.execute(cases)).scalars()]
    for statement in (
        delete(ticket_messages).where(ticket_messages.c.ticket.in_(cases)),
        delete(looks).where(looks.c.ticket.in_(cases)),
        delete(callbacks).where(callbacks.c.ticket.in_(cases)),
        delete(due).where(due.c.key.in_(keys)),
        update(outbox)
        .where(outbox.c.ticket.in_(cases), outbox.c.state.in_(["unknown", "failed", "new"]), outbox.c.role != "topic")
        .values(payload=None, state="failed", error="forgotten", settled_at=before),
        delete(tickets).where(tickets.c.user == user, tickets.c.opened_at < before),
        delete(exchanges).where(exchanges.c.user == user, exchanges.c.at < before),
        delete(feedback).where(feedback.c.user == user, feedback.c.at < before),
        delete(unanswered).where(unanswered.c.user == user, unanswered.c.at < before),
        delete(contexts).where(contexts.c.user == user),
        delete(people).where(people.c.user == user, people.c.seen_at < before),
        delete(subscribers).where(subscribers.c.user == user, subscribers.c.at < before),
        delete(outbox).where(outbox.c.user == user, outbox.c.role == "notice", outbox.c.state == "new"),
        delete(outbox).where(
            outbox.c.user == user, outbox.c.state.in_(["sent", "unknown", "failed"]), outbox.c.created_at < before
        ),
    ):
        await connection.execute(statement)


async def forget_again(connection: AsyncConnection) -> int:
    """Forget again everybody who asked for it, after a restored back-up brought them back. Return how many."""
    rows = (await connection.execute(select(forgotten.c.user, forgotten.c.at))).all()
    for user, at in rows:
        await erase(connection, user, at)
    return len(rows)
