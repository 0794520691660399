"""From the console and the web to Telegram: reach a ticket's user and the staff group, through the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.telegram.buttons import Keyboard, button
from bot.channels.telegram.render import escape, split
from bot.channels.telegram.staffgroup import StaffGroup
from bot.channels.telegram.turn import CHANNEL, formatted
from bot.desk import office
from bot.desk.cases import HISTORY
from bot.desk.front import Front
from bot.desk.say import Say
from bot.languages import KOREAN
from bot.lengths import cut
from bot.store import due, memory, outbox, tickets, together
from bot.store.database import Connection
from bot.store.due import Due
from bot.store.memory import Exchange
from bot.store.outbox import Call
from bot.store.tickets import Ticket

WAIT = timedelta(minutes=10)
"""How long a ticket may wait, in opening hours, before staff are reminded."""


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
            await tickets.amend(connection, message, delivery="new")
        role = "" if message is None else "user"
        calls = [
            Call(_numbered(key, i), ticket.chat, method, payload, ticket.user, ticket.id, role, message)
            for i, (method, payload) in enumerate(self._words(ticket, text, message))
        ]
        await self._put(connection, calls, datetime.now(UTC))
        return True

    def _words(self, ticket: Ticket, text: str, message: int | None) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the calls that say something to a ticket's user, by method; `message`: a member of staff says it."""
        if message is not None:
            text = Say(self.front.base, ticket.language)("person_says", text=text)
        return [("sendMessage", payload) for payload in _in_parts(ticket.chat, text)]

    async def to_staff(self, connection: Connection, ticket: Ticket | None, text: str, *, key: str) -> bool:
        """Tell the staff group something, at first with the ticket's card; return whether there is a group.

        See `Courier`.
        """
        if not self.staff_chat:
            return False
        now = datetime.now(UTC)
        calls: list[Call] = []
        kept = await tickets.get(connection, ticket.id) if ticket is not None else None
        if kept is not None and kept.staff_chat != self.staff_chat:
            calls.append(await self._card(connection, kept, key, now))
        if kept is not None and text and not calls and await self._joined(connection, kept.id, text, now, key):
            return True
        for i, payload in enumerate(_in_parts(self.staff_chat, text)):
            if kept is not None:
                about = Call("", self.staff_chat, "sendMessage", payload, kept.user, kept.id, "staff")
            else:  # a deleted ticket is unknown by the time this is sent
                placed = threaded(payload, ticket) if ticket is not None else payload
                about = Call("", self.staff_chat, "sendMessage", placed)
            calls.append(replace(about, key=_numbered(key, i)))
        await self._put(connection, calls, now)
        return True

    async def _put(self, connection: Connection, calls: Sequence[Call], now: datetime) -> None:
        await outbox.put(connection, calls, now)

    async def _joined(self, connection: Connection, number: int, text: str, now: datetime, key: str) -> bool:
        """Tell whether a text can be joined to a message that still waits for a ticket."""
        return await together.append(connection, number, f"\n{escape(text)}", now, key=key)

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


def _in_parts(chat: str, text: str) -> list[Mapping[str, Any]]:
    """Return the payloads that say a text; more than one where it is too long for one message."""
    return [{"chat_id": int(chat), **formatted(escape(part))} for part in split(text)]


def _numbered(key: str, number: int) -> str:
    return f"{key}:{number}" if number else key


def threaded(payload: Mapping[str, Any], ticket: Ticket) -> dict[str, Any]:
    """Return a payload that goes into a ticket's topic, or under its first message."""
    if ticket.topic is not None:
        return {**payload, "message_thread_id": ticket.topic}
    if ticket.root_message is not None:
        reply = {"message_id": ticket.root_message, "allow_sending_without_reply": True}
        return {**payload, "reply_parameters": reply}
    return dict(payload)


def card(front: Front, ticket: Ticket, past: Sequence[Exchange], *, topics: bool) -> tuple[str, Keyboard]:
    """Return what staff see of a new ticket, in plain text, and its buttons."""
    say = Say(front.base, KOREAN)
    lines = [say("staff_new", ticket=ticket.id, user=ticket.user[:6], language=ticket.language)]
    lines += [say("staff_history")] if past else []
    for exchange in past:
        lines.append(f"· {say('staff_asked')}: {cut(exchange.question, 300)}")
        lines.append(f"  {say('staff_answered')}: {cut(exchange.reply, 120)}")
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
