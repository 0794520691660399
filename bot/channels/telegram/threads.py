"""Threads of the staff group: each ticket's topic or first message, and what became of what was sent about it."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.channels.telegram.api import Api
from bot.channels.telegram.courier import threaded
from bot.channels.telegram.relay import Relay
from bot.channels.telegram.render import escape
from bot.channels.telegram.turn import CHANNEL, formatted
from bot.desk.say import Say
from bot.lengths import cut
from bot.store import outbox, tickets
from bot.store.database import Connection, Database
from bot.store.outbox import Call, Outgoing, Settled
from bot.store.tickets import Ticket

_TOPIC_NAME = 100
_AGAIN = 180.0
"""Seconds during which a topic that was deleted twice is not opened a third time."""
_TRIES = 5
_GONE = ("message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid")


class Threads:
    """Knows each ticket's thread in the staff group, and reminds staff of those that wait."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._deleted: dict[int, float] = {}

    async def remind(self, connection: Connection, number: int, now: datetime) -> None:
        """Remind staff of a ticket that nobody has taken."""
        ticket = await tickets.get(connection, number)
        if ticket is not None and ticket.state == "open" and self.relay.staff_chat:
            key = f"remind:{number}:{int(now.timestamp())}"
            text = formatted(self.relay.line("staff_waiting", ticket=number))
            call = Call(key, self.relay.staff_chat, "sendMessage", {"chat_id": int(self.relay.staff_chat), **text})
            await outbox.put(connection, [replace(call, ticket=number, role="staff")], now)

    async def settled(self, connection: Connection, call: Outgoing, result: Settled, now: datetime) -> None:
        """Note what became of a message of a ticket; tell staff if it did not arrive."""
        if call.ticket is None:
            return
        if call.role == "root" and result.state == "sent":
            await tickets.note_root(connection, call.ticket, result.message_id)
        if call.role in ("root", "staff") and result.state == "failed":
            await self._told_the_truth(connection, call, now)
        if call.role != "user" or result.state == "new":
            return
        await tickets.delivered(connection, call.source_message or 0, result.state, result.message_id)
        if result.state in ("failed", "unknown") and self.relay.staff_chat:
            line = self.relay.line(f"staff_{result.state}", ticket=call.ticket, reason=result.error)
            payload = {"chat_id": int(self.relay.staff_chat), **formatted(line)}
            told = Call(f"{call.key}:told", self.relay.staff_chat, "sendMessage", payload, "", call.ticket, "staff")
            await outbox.put(connection, [told], now)

    async def _told_the_truth(self, connection: Connection, call: Outgoing, now: datetime) -> None:
        """Tell a user, at most once an hour, that what they said did not reach the staff group; it is at the console."""
        ticket = await tickets.get(connection, call.ticket or 0)
        if ticket is None or not ticket.chat or ticket.state == "closed" or ticket.channel != CHANNEL:
            return
        text = formatted(escape(Say(self.relay.front.base, ticket.language)("person_noted", ticket=ticket.id)))
        key = f"unheard:{ticket.id}:{now:%Y%m%d%H}"
        told = Call(key, ticket.chat, "sendMessage", {"chat_id": int(ticket.chat), **text}, ticket.user)
        await outbox.put(connection, [told], now)

    async def addressed(self, api: Api, database: Database, call: Outgoing) -> Mapping[str, Any]:
        """Return a call's payload with what is known by now: the ticket's thread, or the message to edit.

        Raises:
            TelegramError: a topic could not be made for a passing reason.
        """
        if call.ticket is None or call.role not in ("root", "staff", "edit"):
            return call.payload
        async with database.read() as connection:
            if call.role == "edit":
                said = await tickets.message(connection, call.source_message or 0)
                return {**call.payload, "message_id": said.user_message if said and said.user_message else 0}
            ticket = await tickets.get(connection, call.ticket)
        if ticket is None:
            return call.payload
        if self.relay.courier.topics and ticket.topic is None:
            ticket = await self._open_topic(api, database, ticket)
        return threaded(call.payload, ticket)

    async def _open_topic(self, api: Api, database: Database, ticket: Ticket) -> Ticket:
        if (
            ticket.id in self._deleted
            and time.monotonic() - self._deleted[ticket.id] < _AGAIN
            and ticket.recreated > 1
        ):
            return ticket  # somebody deletes it again and again: the general topic will do
        name = cut(f"#{ticket.id} {ticket.question or ticket.user[:6]}", _TOPIC_NAME)
        try:
            made = await api.call("createForumTopic", {"chat_id": int(self.relay.staff_chat), "name": name})
        except BadRequest:
            return ticket  # no topics in this group, or no right to create them: replies will do
        async with database.write() as connection:
            return await tickets.change(connection, ticket.id, topic=int(made["message_thread_id"]))

    async def mended(self, database: Database, call: Outgoing, error: TelegramError) -> bool:
        """Forget a topic that was deleted, follow a group that moved, note that the bot was removed from a group.

        Returns whether the call is worth another try.
        """
        group = self.relay.group
        if isinstance(error, ChatMigrated):
            async with database.write() as connection:
                return await group.moved(connection, call.lane, str(error.new_chat_id))
        if isinstance(error, Forbidden) and call.lane == group.number:
            async with database.write() as connection:
                await group.noted(connection, away=True)
            return False
        gone = isinstance(error, BadRequest) and any(g in error.message.lower() for g in _GONE)
        if not gone or call.ticket is None or call.role not in ("root", "staff"):
            return False
        async with database.write() as connection:
            ticket = await tickets.get(connection, call.ticket)
            if ticket is None or ticket.topic is None:
                return ticket is not None and call.attempts < _TRIES
            await tickets.change(connection, ticket.id, topic=None, recreated=ticket.recreated + 1)
        self._deleted = {t: at for t, at in self._deleted.items() if time.monotonic() - at < _AGAIN}
        if ticket.recreated:  # the first time a new one is opened at once
            self._deleted.setdefault(ticket.id, time.monotonic())
        return True
