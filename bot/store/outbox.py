"""The outbox: calls to make, in order per lane, each at most once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, exists, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.schema import outbox

_NEW = outbox.c.state == literal_column("'new'")
_OPEN = outbox.c.state.in_([literal_column("'new'"), literal_column("'sending'")])
_OF_STAFF = outbox.c.role.in_([literal_column("'root'"), literal_column("'staff'")])


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make. `key` identifies it for good: a second one with that key is ignored.

    `role` says what its result is for: "" nothing, "answer"; of a ticket: "root" its card in the staff group, "staff"
    what else is said there, "user" what staff say to the user, "edit" a change of that. `source_message` is the number
    of the ticket's message that a call with role "user" or "edit" says.
    """

    key: str
    lane: str
    method: str
    payload: Mapping[str, Any]
    user: str = ""
    ticket: int | None = None
    role: str = ""
    source_message: int | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A call taken from the outbox."""

    id: int
    key: str
    lane: str
    method: str
    payload: Mapping[str, Any] = field(hash=False)
    attempts: int = 0
    user: str = ""
    ticket: int | None = None
    role: str = ""
    source_message: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a call: state is sent, unknown, failed, or new (to be tried again at `not_before`)."""

    id: int
    state: str
    message_id: int | None = None
    error: str = ""
    not_before: datetime | None = None


async def put(connection: AsyncConnection, calls: Sequence[Call], now: datetime) -> None:
    """Store calls to make, in order. Idempotent by key."""
    if not calls:
        return
    rows = [
        {name: getattr(c, name) for name in _GIVEN}
        | {"payload": json.dumps(c.payload, ensure_ascii=False), "created_at": now}
        for c in calls
    ]
    statement = insert(connection, outbox).on_conflict_do_nothing(index_elements=["key"])
    await connection.execute(statement.values(rows) if len(rows) > 1 else statement.values(rows[0]))


_GIVEN = tuple(f.name for f in fields(Call))
_COLUMNS = tuple(outbox.c[f.name] for f in fields(Outgoing))


async def heads(connection: AsyncConnection, now: datetime, limit: int) -> list[Outgoing]:
    """Return the first open call of each lane that is due, oldest first. A lane with a call under way has none.

    The card of a ticket goes before messages of other tickets, so that staff see first who has waited longest.
    """
    earlier = outbox.alias("earlier")
    card, earlier_card = outbox.c.role == literal_column("'root'"), earlier.c.role == literal_column("'root'")
    first = ~exists().where(
        earlier.c.lane == outbox.c.lane,
        earlier.c.state.in_([literal_column("'new'"), literal_column("'sending'")]),
        earlier.c.id != outbox.c.id,
        or_(
            earlier.c.state == literal_column("'sending'"),
            earlier_card & ~card,
            (earlier_card == card) & (earlier.c.id < outbox.c.id),
        ),
    )
    statement = (
        select(*_COLUMNS)
        .where(_NEW, first, or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [_outgoing(row) for row in await connection.execute(statement)]


def _outgoing(row: Any) -> Outgoing:
    return Outgoing(row[0], row[1], row[2], row[3], json.loads(row[4] or "{}"), *row[5:])


async def begin(connection: AsyncConnection, ids: Iterable[int], sender: str) -> dict[int, Mapping[str, Any]]:
    """Mark calls as under way and return those that were free, with what they say by now (`together.append`)."""
    taken = await connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(list(ids)), _NEW)
        .values(state="sending", sender=sender, attempts=outbox.c.attempts + 1)
        .returning(outbox.c.id, outbox.c.payload)
    )
    return {id: json.loads(payload or "{}") for id, payload in taken}


async def freed(connection: AsyncConnection, sender: str, held: Iterable[int]) -> int:
    """Return to waiting what a sender marked as under way but never began to send; return how many.

    After a commit without an answer nobody knows whether it happened. `held`: the calls that the sender knows about.
    """
    left = await connection.execute(
        update(outbox)
        .where(outbox.c.state == "sending", outbox.c.sender == sender, outbox.c.id.not_in(list(held)))
        .values(state="new")
    )
    return left.rowcount


async def settle(connection: AsyncConnection, results: Sequence[Settled], now: datetime) -> None:
    """Record what became of calls. The content is deleted once it is sent; an unknown one keeps it, to be shown again."""
    sent = [r for r in results if r.state == "sent"]
    if sent:
        statement = (
            update(outbox)
            .where(outbox.c.id == bindparam("row"))
            .values(
                state="sent",
                payload=None,
                lane=case((_OF_STAFF, outbox.c.lane), else_=""),  # the chat is forgotten
                message_id=bindparam("message"),
                settled_at=now,
                error=None,
            )
        )
        await connection.execute(statement, [{"row": r.id, "message": r.message_id} for r in sent])
    for r in results:
        if r.state != "sent":
            await connection.execute(
                update(outbox)
                .where(
                    outbox.c.id == r.id, outbox.c.state != "sent"
                )  # by another replica that was the leader meanwhile
                .values(
                    state=r.state,
                    payload=_kept_payload(r.state),
                    error=r.error[:200],
                    not_before=r.not_before,
                    settled_at=now if r.state != "new" else None,
                )
            )


def _kept_payload(state: str) -> Any:
    """Return what is kept of a call's content: all while it waits; afterwards only an answer that may be offered again."""
    if state == "new":
        return outbox.c.payload
    if state == "unknown":
        return case((outbox.c.role == "answer", outbox.c.payload), else_=None)
    return None


async def abandoned(connection: AsyncConnection, sender: str, now: datetime) -> list[Outgoing]:
    """Mark as unknown what another process was sending when it ended, and return it: it may have been delivered."""
    rows = await connection.execute(
        update(outbox)
        .where(outbox.c.state == "sending", outbox.c.sender != sender)
        .values(
            state="unknown",
            payload=_kept_payload("unknown"),
            settled_at=now,
            error="the process ended while sending",
        )
        .returning(*_COLUMNS)
    )
    return [_outgoing(row) for row in rows]


async def rewrite(connection: AsyncConnection, id: int, payload: Mapping[str, Any]) -> None:
    """Change what a call says."""
    await connection.execute(
        update(outbox).where(outbox.c.id == id).values(payload=json.dumps(payload, ensure_ascii=False))
    )


async def move_lane(connection: AsyncConnection, old: str, new: str) -> None:
    """Send what waits for a chat to its new number."""
    rows = await connection.execute(select(outbox.c.id, outbox.c.payload).where(outbox.c.lane == old, _NEW))
    for id, payload in rows.all():
        told = {**json.loads(payload or "{}"), "chat_id": int(new)}
        moved = {"lane": new, "payload": json.dumps(told, ensure_ascii=False)}
        await connection.execute(update(outbox).where(outbox.c.id == id).values(**moved))


async def unknown_of(connection: AsyncConnection, lane: str) -> list[int]:
    """Return the numbers of the answers in a lane whose delivery is unknown, in order."""
    statement = (
        select(outbox.c.id)
        .where(outbox.c.lane == lane, outbox.c.state == literal_column("'unknown'"), outbox.c.role == "answer")
        .order_by(outbox.c.id)
    )
    return list((await connection.execute(statement)).scalars())


async def unknown_between(connection: AsyncConnection, lane: str, first: int, last: int) -> list[Outgoing]:
    """Return the calls of a lane, from one number to another, that may not have been delivered, in order."""
    statement = (
        select(*_COLUMNS)
        .where(
            outbox.c.lane == lane,
            outbox.c.state == literal_column("'unknown'"),
            outbox.c.role.in_(["answer", "told"]),
            outbox.c.id.between(first, last),
        )
        .order_by(outbox.c.id)
    )
    return [_outgoing(row) for row in await connection.execute(statement)]


async def lanes_with_unknown(connection: AsyncConnection, lanes: Iterable[str]) -> set[str]:
    """Return those of `lanes` in which an answer may not have been delivered."""
    statement = select(outbox.c.lane).where(
        outbox.c.lane.in_(list(lanes)), outbox.c.state == literal_column("'unknown'"), outbox.c.role == "answer"
    )
    return set((await connection.execute(statement)).scalars())


async def acknowledge(connection: AsyncConnection, lane: str) -> None:
    """Note that the user was told of what may not have been delivered."""
    await connection.execute(
        update(outbox)
        .where(outbox.c.lane == lane, outbox.c.state == "unknown", outbox.c.role == "answer")
        .values(role="told")
    )


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Return the number of calls in each state."""
    rows = await connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    return {str(state): int(count) for state, count in rows}


async def ticket_of(connection: AsyncConnection, lane: str, message: int) -> int | None:
    """Return the ticket to which a message sent to a chat belongs."""
    statement = select(outbox.c.ticket).where(outbox.c.lane == lane, outbox.c.message_id == message)
    return (await connection.execute(statement.limit(1))).scalar_one_or_none()


async def open_lanes(connection: AsyncConnection, lanes: Iterable[str]) -> set[str]:
    """Return those of `lanes` in which a call waits, or is being made."""
    statement = select(outbox.c.lane).where(_OPEN, outbox.c.lane.in_(list(lanes)))
    return set((await connection.execute(statement)).scalars())
