"""Queries on tickets for the web: a user's own case as it grows, and whether anybody is there to answer."""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import keys, staff, ticket_messages, tickets
from bot.store.tickets import Ticket, TicketMessage

_TICKET = tuple(tickets.c[f.name] for f in fields(Ticket))
_MESSAGE = tuple(ticket_messages.c[f.name] for f in fields(TicketMessage))
_UNREAD = (ticket_messages.c.author == "staff", ticket_messages.c.user_message.is_(None))


async def latest(connection: AsyncConnection, user: str) -> Ticket | None:
    """Return a user's newest ticket, open or closed."""
    statement = select(*_TICKET).where(tickets.c.user == user).order_by(tickets.c.id.desc()).limit(1)
    row = (await connection.execute(statement)).first()
    return Ticket(*row) if row else None


async def messages_after(
    connection: AsyncConnection, ticket: int, after: int, authors: tuple[str, ...], limit: int
) -> list[TicketMessage]:
    """Return what some authors said about a ticket after a message, in order, at most `limit`."""
    statement = (
        select(*_MESSAGE)
        .where(
            ticket_messages.c.ticket == ticket, ticket_messages.c.id > after, ticket_messages.c.author.in_(authors)
        )
        .order_by(ticket_messages.c.id)
        .limit(limit)
    )
    return [TicketMessage(*row) for row in await connection.execute(statement)]


async def staffed(connection: AsyncConnection) -> bool:
    """Tell whether somebody can answer tickets here: a member of staff with an account, or a staff key of the API."""
    people = exists().where(staff.c.state == "active")
    programs = exists().where(keys.c.role.in_(["agent", "maintainer", "admin"]))
    return bool((await connection.execute(select(or_(people, programs)))).scalar_one())


async def unread(connection: AsyncConnection, channel: str) -> set[str]:
    """Return the users of a channel to whom staff said something that they have not been shown."""
    statement = (
        select(tickets.c.user)
        .join(ticket_messages, ticket_messages.c.ticket == tickets.c.id)
        .where(tickets.c.channel == channel, *_UNREAD)
    )
    return set((await connection.execute(statement)).scalars())


async def unread_by(connection: AsyncConnection, user: str) -> list[TicketMessage]:
    """Return what staff said to a user who has not been shown it, in order."""
    mine = select(tickets.c.id).where(tickets.c.user == user)
    statement = select(*_MESSAGE).where(ticket_messages.c.ticket.in_(mine), *_UNREAD).order_by(ticket_messages.c.id)
    return [TicketMessage(*row) for row in await connection.execute(statement)]


async def to_send(connection: AsyncConnection, channel: str) -> list[tuple[Ticket, TicketMessage]]:
    """Return what staff said to users of a channel that can be written to, and that they have not been shown."""
    statement = (
        select(*_TICKET, *_MESSAGE)
        .join(ticket_messages, ticket_messages.c.ticket == tickets.c.id)
        .where(tickets.c.channel == channel, tickets.c.chat != "", *_UNREAD)
        .order_by(ticket_messages.c.id)
    )
    rows = await connection.execute(statement)
    return [(Ticket(*row[: len(_TICKET)]), TicketMessage(*row[len(_TICKET) :])) for row in rows]


async def mark_read(connection: AsyncConnection, messages: Sequence[int]) -> None:
    """Mark what staff said as shown. Idempotent."""
    if messages:
        shown = update(ticket_messages).where(ticket_messages.c.id.in_(messages))
        await connection.execute(shown.values(user_message=ticket_messages.c.id))
