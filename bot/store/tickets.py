"""Tickets: questions that wait for a person, and what is said about them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import in_turn, insert
from bot.store.schema import ticket_messages, tickets


@dataclass(frozen=True, slots=True)
class Ticket:
    """A case for a person. State: open, claimed, closed."""

    id: int
    user: str
    channel: str
    chat: str
    language: str
    state: str
    relay: bool
    question: str
    opened_at: datetime
    claimed_by: str = ""
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    staff_chat: str = ""
    topic: int | None = None
    root_message: int | None = None
    recreated: int = 0


@dataclass(frozen=True, slots=True)
class TicketMessage:
    """Something said about a ticket; `author`: user, staff, desk, or system."""

    id: int
    ticket: int
    author: str
    name: str
    text: str
    at: datetime
    staff_message: int | None = None
    user_message: int | None = None
    delivery: str = ""


_TICKET = tuple(tickets.c[f.name] for f in fields(Ticket))
_MESSAGE = tuple(ticket_messages.c[f.name] for f in fields(TicketMessage))


async def open_ticket(
    connection: AsyncConnection,
    user: str,
    channel: str,
    chat: str,
    language: str,
    question: str,
    now: datetime,
    staff_chat: str = "",
) -> Ticket:
    """Open a ticket and return it."""
    values = {
        "user": user,
        "channel": channel,
        "chat": chat,
        "language": language,
        "question": question,
        "opened_at": now,
        "staff_chat": staff_chat,
        "relay": bool(staff_chat),
    }
    row = (await connection.execute(insert(connection, tickets).values(**values).returning(*_TICKET))).one()
    return _ticket(row)


def _ticket(row: Row[Any]) -> Ticket:
    return Ticket(**row._mapping)


async def open_tickets(connection: AsyncConnection, users: Sequence[str]) -> dict[str, Ticket]:
    """Return each user's newest ticket that is not closed, if there is one."""
    rows = await connection.execute(
        select(*_TICKET).where(tickets.c.user.in_(users), tickets.c.state != "closed").order_by(tickets.c.id)
    )
    return {t.user: t for t in map(_ticket, rows)}


async def get(connection: AsyncConnection, id: int) -> Ticket | None:
    """Return a ticket by its number."""
    return await _one(connection, select(*_TICKET).where(tickets.c.id == id))


async def hold(connection: AsyncConnection, user: str) -> None:
    """Have whoever else would change a user's cases wait until this transaction ends.

    Whoever changes one on the strength of what they read, or writes what belongs to it, holds them first: else it
    may be closed or deleted meanwhile, and what is written stays.
    """
    await in_turn(connection, "cases", user)


async def held(connection: AsyncConnection, id: int) -> Ticket | None:
    """Return a ticket by its number, as it stays until this transaction ends: see `hold`."""
    user = (await connection.execute(select(tickets.c.user).where(tickets.c.id == id))).scalar_one_or_none()
    if user is None:
        return None
    await hold(connection, user)
    return await get(connection, id)


async def by_topic(connection: AsyncConnection, staff_chat: str, topic: int) -> Ticket | None:
    """Return the ticket of a forum topic."""
    return await _one(
        connection, select(*_TICKET).where(tickets.c.staff_chat == staff_chat, tickets.c.topic == topic)
    )


async def by_staff_message(connection: AsyncConnection, staff_chat: str, message: int) -> Ticket | None:
    """Return the ticket to which a message in the staff group belongs."""
    found = await _one(
        connection, select(*_TICKET).where(tickets.c.staff_chat == staff_chat, tickets.c.root_message == message)
    )
    if found:
        return found
    statement = (
        select(*_TICKET)
        .join(ticket_messages, ticket_messages.c.ticket == tickets.c.id)
        .where(tickets.c.staff_chat == staff_chat, ticket_messages.c.staff_message == message)
    )
    return await _one(connection, statement)


async def _one(connection: AsyncConnection, statement: Select[Any]) -> Ticket | None:
    row = (await connection.execute(statement.limit(1))).first()
    return _ticket(row) if row else None


async def change(connection: AsyncConnection, id: int, **values: Any) -> Ticket:
    """Change a ticket and return it as it is now."""
    changed = update(tickets).where(tickets.c.id == id).values(**values).returning(*_TICKET)
    return _ticket((await connection.execute(changed)).one())


async def claim(connection: AsyncConnection, id: int, name: str, now: datetime) -> Ticket | None:
    """Let a person take an open ticket; `None` where it is taken or closed already."""
    claimed = (
        update(tickets)
        .where(tickets.c.id == id, tickets.c.state == "open")
        .values(state="claimed", claimed_by=name, claimed_at=now)
        .returning(*_TICKET)
    )
    row = (await connection.execute(claimed)).first()
    return _ticket(row) if row else None


async def say(
    connection: AsyncConnection,
    ticket: int,
    author: str,
    text: str,
    now: datetime,
    *,
    name: str = "",
    staff_message: int | None = None,
    user_message: int | None = None,
    delivery: str = "",
) -> int:
    """Keep what was said, redacted, and return its number."""
    values = {
        "ticket": ticket,
        "author": author,
        "text": text,
        "at": now,
        "name": name,
        "staff_message": staff_message,
        "user_message": user_message,
        "delivery": delivery,
    }
    statement = insert(connection, ticket_messages).values(**values).returning(ticket_messages.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def messages(
    connection: AsyncConnection, ticket: int, limit: int = 100, before: int | None = None
) -> list[TicketMessage]:
    """Return what was said last about a ticket, or last before a message, in order; at most `limit`."""
    statement = select(*_MESSAGE).where(ticket_messages.c.ticket == ticket)
    if before is not None:
        statement = statement.where(ticket_messages.c.id < before)
    rows = await connection.execute(statement.order_by(ticket_messages.c.id.desc()).limit(limit))
    return [TicketMessage(*row) for row in rows][::-1]


async def last_message(connection: AsyncConnection, ticket: int) -> int:
    """Return the number of the last message of a ticket; 0 where there is none."""
    statement = select(func.max(ticket_messages.c.id)).where(ticket_messages.c.ticket == ticket)
    return int((await connection.execute(statement)).scalar_one() or 0)


async def said_at(connection: AsyncConnection, ticket: int, author: str, back: int) -> datetime | None:
    """Return when an author said something about a ticket, `back` messages of theirs ago; 1 is the last."""
    statement = (
        select(ticket_messages.c.at)
        .where(ticket_messages.c.ticket == ticket, ticket_messages.c.author == author)
        .order_by(ticket_messages.c.id.desc())
    )
    return (await connection.execute(statement.offset(back - 1).limit(1))).scalar_one_or_none()


async def message_by(connection: AsyncConnection, ticket: int, **where: int) -> TicketMessage | None:
    """Return the message of a ticket with a given `staff_message` or `user_message`."""
    conditions = [ticket_messages.c[name] == value for name, value in where.items()]
    row = (
        await connection.execute(
            select(*_MESSAGE)
            .where(ticket_messages.c.ticket == ticket, *conditions)
            .order_by(ticket_messages.c.id.desc())
            .limit(1)
        )
    ).first()
    return TicketMessage(*row) if row else None


async def message(connection: AsyncConnection, id: int) -> TicketMessage | None:
    """Return a message by its number."""
    row = (await connection.execute(select(*_MESSAGE).where(ticket_messages.c.id == id))).first()
    return TicketMessage(*row) if row else None


async def delivered(connection: AsyncConnection, id: int, state: str, user_message: int | None) -> None:
    """Note what became of a message: sent, failed, unknown. For one in several parts the worst is kept."""
    statement = update(ticket_messages).where(ticket_messages.c.id == id)
    if state == "sent":
        statement = statement.where(ticket_messages.c.delivery.not_in(["failed", "unknown"]))
    await connection.execute(statement.values(delivery=state))
    if user_message is not None:
        first = update(ticket_messages).where(ticket_messages.c.id == id, ticket_messages.c.user_message.is_(None))
        await connection.execute(first.values(user_message=user_message))


async def note_root(connection: AsyncConnection, id: int, message: int | None) -> None:
    """Note the message in the staff group to which a ticket's other messages reply."""
    await connection.execute(update(tickets).where(tickets.c.id == id).values(root_message=message))


async def move_group(connection: AsyncConnection, old: str, new: str) -> None:
    """Move tickets to the staff group's new number; there the old numbers of messages mean nothing."""
    moved = {"staff_chat": new, "root_message": None, "topic": None}
    await connection.execute(update(tickets).where(tickets.c.staff_chat == old).values(**moved))


async def amend(connection: AsyncConnection, message: int, **values: Any) -> None:
    """Change a message's row."""
    await connection.execute(update(ticket_messages).where(ticket_messages.c.id == message).values(**values))


async def inbox_of(
    connection: AsyncConnection, state: str = "", limit: int = 50, before: int | None = None
) -> list[Ticket]:
    """Return tickets, newest first, of one state or (empty) all that are not closed."""
    statement = select(*_TICKET).where(tickets.c.state == state if state else tickets.c.state != "closed")
    if before is not None:
        statement = statement.where(tickets.c.id < before)
    rows = await connection.execute(statement.order_by(tickets.c.id.desc()).limit(limit))
    return [_ticket(row) for row in rows]


async def queue(connection: AsyncConnection, state: str, name: str, limit: int, skip: int = 0) -> list[Ticket]:
    """Return tickets in working order: one's own and those that wait, longest wait first,
    then those of others and those that are closed, newest first.

    `state`: one of a ticket, `mine`, or empty for all that are not closed.
    """
    own = and_(tickets.c.state == "claimed", tickets.c.claimed_by == name)
    wanted = {"": tickets.c.state != "closed", "mine": own}
    place = case((own, 0), (tickets.c.state == "open", 1), else_=2)
    oldest = case((place < 2, tickets.c.id), else_=-tickets.c.id)
    statement = select(*_TICKET).where(wanted.get(state, tickets.c.state == state)).order_by(place, oldest)
    return [_ticket(row) for row in await connection.execute(statement.limit(limit).offset(skip))]


async def counted(connection: AsyncConnection) -> dict[str, int]:
    """Return how many tickets there are of each state but `closed`."""
    statement = select(tickets.c.state, func.count()).where(tickets.c.state != "closed").group_by(tickets.c.state)
    return {state: int(number) for state, number in await connection.execute(statement)}


async def waiting(connection: AsyncConnection) -> int:
    """Return how many tickets nobody has taken."""
    statement = select(func.count()).select_from(tickets).where(tickets.c.state == "open")
    return int((await connection.execute(statement)).scalar_one())


async def newest_waiting(connection: AsyncConnection) -> int:
    """Return the number of the newest ticket that nobody has taken; 0 where there is none."""
    statement = select(func.max(tickets.c.id)).where(tickets.c.state == "open")
    return int((await connection.execute(statement)).scalar_one() or 0)
