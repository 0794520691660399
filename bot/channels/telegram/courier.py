"""The way from the console and the web to Telegram: to a ticket's user, and to the staff group. By the outbox."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.telegram.buttons import Keyboard, button, shortened
from bot.channels.telegram.render import escape, split
from bot.channels.telegram.staffgroup import StaffGroup
from bot.channels.telegram.turn import CHANNEL, formatted
from bot.desk import office
from bot.desk.front import Front
from bot.desk.say import Say
from bot.store import due, memory, outbox, tickets, together
from bot.store.database import Connection
from bot.store.due import Due
from bot.store.memory import Exchange
from bot.store.outbox import Call
from bot.store.tickets import Ticket

WAIT = timedelta(minutes=10)
"""How long a ticket may wait, in opening hours, before staff are reminded."""
HISTORY = 6
"""Exchanges that staff see of what went before."""


class TelegramCourier:
    """`bot.desk.courier.Courier` over Telegram."""

    def __init__(self, front: Front, staff_chat: str = "") -> None:
        self.front, self.group = front, StaffGroup(staff_chat)
        self.topics = False
        """Whether the staff group has topics: known once Telegram was asked."""

    @property
    def staff_chat(self) -> str:
        """The staff group's number; empty where there is none, or the bot is not in it."""
        return self.group.chat

    async def to_user(
        self, connection: Connection, ticket: Ticket, text: str, *, key: str, message: int | None = None
    ) -> bool:
        """Tell the ticket's user something; return whether this channel reaches them. See `Courier`."""
        if ticket.channel != CHANNEL or not ticket.chat:
            return False
        if message is not None:
            text = Say(self.front.base, ticket.language)("person_says", text=text)
            await tickets.amend(connection, message, delivery="new")
        role = "" if message is None else "user"
        calls = [
            Call(k, ticket.chat, "sendMessage", payload, ticket.user, ticket.id, role, message)
            for k, payload in _in_parts(key, ticket.chat, text)
        ]
        await outbox.put(connection, calls, datetime.now(UTC))
        return True

    async def to_staff(self, connection: Connection, ticket: Ticket | None, text: str, *, key: str) -> bool:
        """Tell the staff group something, at first with the ticket's card; return whether there is a group.

        See `Courier`.
        """
        if not self.staff_chat:
            return False
        now = datetime.now(UTC)
        calls: list[Call] = []
        if ticket is not None:
            ticket = await tickets.get(connection, ticket.id) or ticket
            if ticket.staff_chat != self.staff_chat:
                calls.append(await self._card(connection, ticket, key, now))
        number, user = (ticket.id, ticket.user) if ticket else (None, "")
        if number and not calls and await together.append(connection, number, f"\n{escape(text)}", now, key=key):
            return True
        calls += [
            Call(k, self.staff_chat, "sendMessage", payload, user, number, "staff" if ticket else "")
            for k, payload in _in_parts(key, self.staff_chat, text)
        ]
        await outbox.put(connection, calls, now)
        return True

    async def _card(self, connection: Connection, ticket: Ticket, key: str, now: datetime) -> Call:
        """Return the call that opens the ticket's thread; have staff reminded of it."""
        fresh = {"staff_chat": self.staff_chat, "topic": None, "root_message": None, "recreated": 0}
        ticket = await tickets.change(connection, ticket.id, **fresh)
        past = await memory.recent(connection, ticket.user, HISTORY)
        text, keyboard = card(self.front, ticket, past, topics=self.topics)
        payload = {"chat_id": int(self.staff_chat), **formatted(escape(text), keyboard)}
        if ticket.state == "open":
            at = remind_at(self.front, now)
            await due.put(connection, Due(f"ticket:{ticket.id}", "ticket", at, str(ticket.id)))
        return Call(f"{key}:card", self.staff_chat, "sendMessage", payload, ticket.user, ticket.id, "root")


def _in_parts(key: str, chat: str, text: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the keys and payloads that say a text; more than one where it is too long for one message."""
    parts = split(text)
    return [
        (f"{key}:{i}" if i else key, {"chat_id": int(chat), **formatted(escape(part))})
        for i, part in enumerate(parts)
    ]


def card(front: Front, ticket: Ticket, past: Sequence[Exchange], *, topics: bool) -> tuple[str, Keyboard]:
    """Return what staff see of a new ticket, in plain text, and its buttons."""
    say = Say(front.base, "ko")
    lines = [say("staff_new", ticket=ticket.id, user=ticket.user[:6], language=ticket.language)]
    lines += [say("staff_history")] if past else []
    for exchange in past:
        lines.append(f"· {say('staff_asked')}: {shortened(exchange.question, 300)}")
        lines.append(f"  {say('staff_answered')}: {shortened(exchange.reply, 120)}")
    lines.append(say("staff_how_topic" if topics else "staff_how"))
    buttons = [
        [button(say("staff_claim"), f"c:{ticket.id}"), button(say("staff_close"), f"x:{ticket.id}")],
        [button(say("staff_record"), f"k:{ticket.id}")],
    ]
    return "\n".join(lines), buttons


def remind_at(front: Front, now: datetime) -> datetime:
    """Return when staff are reminded of a ticket that was opened now."""
    hours = front.base.office
    if hours is None or office.open_until(hours, now):
        return now + WAIT
    return (office.next_opening(hours, now) or now) + WAIT
