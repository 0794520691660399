"""People behind the bot: tickets between a user's chat and the staff group.

In a group with topics each ticket is a topic; else each is a message that staff reply to.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram.error import BadRequest, TelegramError

from bot import metrics
from bot.channels.telegram.api import Api
from bot.channels.telegram.buttons import Keyboard, button, shortened, ways_on
from bot.channels.telegram.courier import HISTORY, TelegramCourier, card, remind_at
from bot.channels.telegram.render import CAPTION, cut, escape, split
from bot.channels.telegram.turn import CHANNEL, Turn, formatted
from bot.desk import office
from bot.desk.context import Context
from bot.desk.front import Front
from bot.desk.say import Say
from bot.store import cases, due, memory, outbox, tickets
from bot.store.database import Connection, Database
from bot.store.due import Due
from bot.store.memory import Conversation, Unanswered
from bot.store.outbox import Call, Outgoing, Settled
from bot.store.tickets import Ticket

_TOPIC_NAME = 100
_GONE = ("message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid")


class Handover:
    """Passes messages between users and staff. `staff_chat` is empty where staff have only the console, or are none."""

    def __init__(self, front: Front, courier: TelegramCourier, username: str = "") -> None:
        self.front, self.courier, self.username = front, courier, username
        self.staff_chat = courier.staff_chat

    # the user's side

    async def open(self, turn: Turn, said: str = "") -> None:
        """Open a ticket for the user of a turn, or go on with the one that is open.

        `said` is what the knowledge base says to who asks for a person; without it, whom to call meanwhile.
        """
        say = turn.say
        if not turn.event.private:
            rows = [[{"text": say("person"), "url": f"https://t.me/{self.username}?start=person"}]]
            turn.send(escape(said or say("person_phone") or say("person")), rows if self.username else None)
            return
        staffed = bool(self.staff_chat) or await cases.staffed(turn.connection)
        ticket = turn.memory.tickets.get(turn.user)
        if ticket is not None:
            name = "person_already"
        else:
            ticket = await self._new(turn, staffed=staffed)
            name = "person_opened"
        if staffed and not ticket.relay:
            ticket = await tickets.change(turn.connection, ticket.id, relay=True)
            turn.memory.tickets[turn.user] = ticket
        lines = [say(name if staffed else "person_noted", ticket=ticket.id)]
        if staffed:
            lines += [*self._hours(say, turn.now), said or say("person_phone")]
        else:
            lines.append(said)
        back = [button(say("person_back"), "pb")] if staffed else ways_on(say)[1:]
        turn.send(escape("\n".join(filter(None, lines))), [back])

    def _hours(self, say: Say, now: datetime) -> list[str]:
        """Return when staff are there; nothing where nobody says so."""
        hours = self.front.base.office
        if hours is None:
            return []
        until, opening = office.open_until(hours, now), office.next_opening(hours, now)
        lines = [say("office_open", until=f"{until:%H:%M}")] if until else []
        if not until and opening:
            lines = [say("office_closed", when=office.moment(opening, say.language))]
        return [*lines, say("office_hours", hours=office.hours(hours, say.language))]

    async def _new(self, turn: Turn, *, staffed: bool) -> Ticket:
        past = await memory.recent(turn.connection, turn.user, HISTORY)
        question = next((e.question for e in reversed(past) if e.outcome != "handover"), "")
        ticket = await tickets.open_ticket(
            turn.connection,
            turn.user,
            CHANNEL,
            str(turn.event.chat),
            turn.language,
            question,
            turn.now,
            self.staff_chat,
        )
        turn.memory.tickets[turn.user] = ticket
        metrics.TICKETS.labels(CHANNEL).inc()
        if not staffed:
            turn.memory.unanswered.append(
                Unanswered(turn.user, CHANNEL, turn.now, question, "staff", ticket=ticket.id)
            )
        if not self.staff_chat:  # who works at the console alone sees the ticket there
            return ticket
        text, keyboard = card(self.front, ticket, past, topics=self.courier.topics)
        self._to_staff(turn, ticket, text, role="root", keyboard=keyboard)
        at = remind_at(self.front, turn.now)
        await due.put(turn.connection, Due(f"ticket:{ticket.id}", "ticket", at, str(ticket.id)))
        return ticket

    async def user_side(self, turn: Turn) -> bool:
        """Pass what a user writes to staff, where their ticket is open; return whether it was."""
        ticket, event = turn.memory.tickets.get(turn.user), turn.event
        if ticket is None or not ticket.relay:
            return False
        if event.kind == "command":
            if event.command == "start":
                await self.leave(turn, quiet=True)
            return False
        say, staff = turn.say, Say(self.front.base, "ko")
        text = say("person_changed", text=turn.text) if event.edited else turn.text
        if event.kind == "media":
            return await self._media(turn, ticket)
        await tickets.say(turn.connection, ticket.id, "user", text, turn.now, user_message=event.message)
        self._to_staff(turn, ticket, staff("staff_user", text=text))
        if ticket.state == "open":
            turn.send(escape(say("person_passed")), [[button(say("person_back"), "pb")]])
        return True

    async def _media(self, turn: Turn, ticket: Ticket) -> bool:
        """Pass a photo, file or voice message on without keeping it; its caption without personal data."""
        if not turn.event.copyable or not self.staff_chat:
            turn.send(escape(turn.say("text_only")), [[button(turn.say("person_back"), "pb")]])
            return True
        text = Say(self.front.base, "ko")("staff_media") + (f" {turn.text}" if turn.text else "")
        await tickets.say(turn.connection, ticket.id, "user", text, turn.now, user_message=turn.event.message)
        payload = {"chat_id": self.staff_chat, "from_chat_id": turn.event.chat, "message_id": turn.event.message}
        turn.call("copyMessage", {**payload, "caption": cut(text, CAPTION)}, role="staff", ticket=ticket.id)
        return True

    async def leave(self, turn: Turn, *, quiet: bool = False) -> None:
        """Give a user back to the automatic answers; the ticket stays open."""
        ticket = turn.memory.tickets.get(turn.user)
        if ticket is not None and ticket.relay:
            turn.memory.tickets[turn.user] = await tickets.change(turn.connection, ticket.id, relay=False)
            self._note(turn, ticket, "staff_left")
        if not quiet:
            turn.send(escape(turn.say("person_left")), [ways_on(turn.say)[1:]])

    async def forget(self, turn: Turn) -> None:
        """Tell staff that a user's data goes."""
        ticket = turn.memory.tickets.get(turn.user)
        if ticket is not None and self.staff_chat:
            payload = {"chat_id": self.staff_chat, **formatted(self._line("staff_forgot", ticket=ticket.id))}
            turn.call("sendMessage", _threaded(payload, ticket), user="")

    # the staff's side

    async def staff_side(self, turn: Turn) -> bool:
        """Handle what happens in the staff group; return whether it belongs to a ticket."""
        event = turn.event
        if not self.staff_chat or str(event.chat) != self.staff_chat:
            return False
        if event.kind == "tap" and event.data[:2] in ("c:", "x:", "k:"):
            await self._staff_tap(turn)
            return True
        if event.kind not in ("text", "media"):
            return False
        ticket = await self._ticket_of(turn)
        if ticket is not None:
            await self._staff_says(turn, ticket)
        return ticket is not None

    async def _ticket_of(self, turn: Turn) -> Ticket | None:
        event = turn.event
        if event.thread is not None:
            found = await tickets.by_topic(turn.connection, self.staff_chat, event.thread)
            if found is not None:
                return found
        if event.reply_to is None:
            return None
        number = await outbox.ticket_of(turn.connection, self.staff_chat, event.reply_to)
        if number is not None:
            return await tickets.get(turn.connection, number)
        return await tickets.by_staff_message(turn.connection, self.staff_chat, event.reply_to)

    async def _staff_says(self, turn: Turn, ticket: Ticket) -> None:
        """Pass what a member of staff says to the user. What begins with // is a note among staff."""
        event = turn.event
        if turn.text.startswith("//"):
            return
        ours = ticket.channel == CHANNEL
        if ticket.state == "closed" or (ours and not ticket.chat):
            self._note(turn, ticket, "staff_is_closed")
        elif event.edited:
            await self._staff_edits(turn, ticket)
        elif event.kind == "media" and not (ours and event.copyable):
            self._note(turn, ticket, "staff_media_unsent")
        else:
            await self._staff_answers(turn, ticket)

    async def _staff_answers(self, turn: Turn, ticket: Ticket) -> None:
        event = turn.event
        if ticket.state == "open":
            ticket = await self._claimed(turn, ticket)
        kept = turn.text or Say(self.front.base, "ko")("staff_media")
        said = await tickets.say(
            turn.connection, ticket.id, "staff", kept, turn.now, name=event.name, staff_message=event.message
        )
        if ticket.channel != CHANNEL:  # its channel shows what is kept
            await tickets.amend(turn.connection, said, delivery="sent")
            return
        extra: dict[str, Any] = {"role": "user", "user": ticket.user, "ticket": ticket.id, "source_message": said}
        if event.kind == "media":
            copied = {"chat_id": int(ticket.chat), "from_chat_id": event.chat, "message_id": event.message}
            turn.call("copyMessage", copied, **extra)
            return
        # what staff say goes out as it is (they may name an official's number); only what is kept is redacted
        text = Say(self.front.base, ticket.language)("person_says", text=event.text)
        for part in split(text):
            turn.call("sendMessage", {"chat_id": int(ticket.chat), **formatted(escape(part))}, **extra)

    async def _staff_edits(self, turn: Turn, ticket: Ticket) -> None:
        """Change at the user's what a member of staff changed, once it was delivered."""
        said = await tickets.message_by(turn.connection, ticket.id, staff_message=turn.event.message)
        if said is None:
            return
        await tickets.amend(turn.connection, said.id, text=turn.text)
        if ticket.channel == CHANNEL and turn.event.kind == "text":
            text = Say(self.front.base, ticket.language)("person_says", text=turn.event.text)
            payload = {"chat_id": int(ticket.chat), **formatted(escape(split(text)[0]))}
            extra: dict[str, Any] = {"user": ticket.user, "ticket": ticket.id, "source_message": said.id}
            turn.call("editMessageText", payload, role="edit", **extra)

    async def _staff_tap(self, turn: Turn) -> None:
        kind, _, number = turn.event.data.partition(":")
        ticket = await tickets.get(turn.connection, int(number)) if number.isdecimal() else None
        if ticket is None:
            turn.send(escape(turn.say("stale_button")), role="")
        elif kind == "k":
            await self._record(turn, ticket)
        elif ticket.state == "closed":
            self._note(turn, ticket, "staff_is_closed")
        elif kind == "c":
            await self._claimed(turn, ticket)
        else:
            await self.close(turn, ticket)

    async def _claimed(self, turn: Turn, ticket: Ticket) -> Ticket:
        claimed = await tickets.claim(turn.connection, ticket.id, turn.event.name, turn.now)
        if claimed is None:
            self._note(turn, ticket, "staff_taken", name=ticket.claimed_by)
            return ticket
        await due.drop(turn.connection, f"ticket:{ticket.id}")
        self._note(turn, claimed, "staff_claimed", name=turn.event.name)
        self._to_user(turn, claimed, "person_claimed")
        return claimed

    async def close(self, turn: Turn, ticket: Ticket) -> None:
        """Close a ticket: the user's conversation starts anew, and their address goes."""
        self._to_user(turn, ticket, "person_closed")
        self._note(turn, ticket, "staff_closed", name=turn.event.name)
        await tickets.change(turn.connection, ticket.id, state="closed", relay=False, closed_at=turn.now, chat="")
        await due.drop(turn.connection, f"ticket:{ticket.id}")
        turn.memory.tickets.pop(ticket.user, None)
        turn.memory.remember(Conversation(ticket.user, ticket.user, Context().dump(), turn.now))

    async def _record(self, turn: Turn, ticket: Ticket) -> None:
        """Leave the question, and what staff answered, for those who look after the knowledge."""
        said = await tickets.messages(turn.connection, ticket.id)
        asked = ticket.question or next((m.text for m in said if m.author == "user"), "")
        answer = "\n".join(m.text for m in said if m.author == "staff")
        turn.memory.unanswered.append(
            Unanswered(ticket.user, CHANNEL, turn.now, asked, "staff", answer=answer, ticket=ticket.id)
        )
        self._note(turn, ticket, "staff_recorded" if answer else "staff_no_answer")

    # sending

    def _line(self, line: str, **values: object) -> str:
        return escape(Say(self.front.base, "ko")(line, **values))

    def _note(self, turn: Turn, ticket: Ticket, line: str, **values: object) -> None:
        self._to_staff(turn, ticket, Say(self.front.base, "ko")(line, ticket=ticket.id, **values))

    def _to_staff(
        self, turn: Turn, ticket: Ticket, text: str, *, role: str = "staff", keyboard: Keyboard | None = None
    ) -> None:
        for part in split(text) if self.staff_chat else ():
            payload = {"chat_id": int(self.staff_chat), **formatted(escape(part), keyboard)}
            turn.call("sendMessage", payload, role=role, user=ticket.user, ticket=ticket.id)

    def _to_user(self, turn: Turn, ticket: Ticket, name: str) -> None:
        if ticket.chat:
            text = Say(self.front.base, ticket.language)(name)
            turn.call("sendMessage", {"chat_id": int(ticket.chat), **formatted(escape(text))}, user=ticket.user)

    async def remind(self, connection: Connection, number: int, now: datetime) -> None:
        """Remind staff of a ticket that nobody has taken."""
        ticket = await tickets.get(connection, number)
        if ticket is not None and ticket.state == "open" and self.staff_chat:
            key = f"remind:{number}:{int(now.timestamp())}"
            text = formatted(self._line("staff_waiting", ticket=number))
            call = Call(key, self.staff_chat, "sendMessage", {"chat_id": int(self.staff_chat), **text})
            await outbox.put(connection, [replace(call, ticket=number, role="staff")], now)

    async def settled(self, connection: Connection, call: Outgoing, result: Settled, now: datetime) -> None:
        """Note what became of a message of a ticket; staff hear of one that did not arrive."""
        if call.ticket is None:
            return
        if call.role == "root" and result.state == "sent":
            await tickets.note_root(connection, call.ticket, result.message_id)
        if call.role != "user" or result.state == "new":
            return
        await tickets.delivered(connection, call.source_message or 0, result.state, result.message_id)
        if result.state in ("failed", "unknown") and self.staff_chat:
            line = self._line(f"staff_{result.state}", ticket=call.ticket, reason=result.error)
            payload = {"chat_id": int(self.staff_chat), **formatted(line)}
            told = Call(f"{call.key}:told", self.staff_chat, "sendMessage", payload, "", call.ticket, "staff")
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
        if self.courier.topics and ticket.topic is None:
            ticket = await self._open_topic(api, database, ticket)
        return _threaded(call.payload, ticket)

    async def _open_topic(self, api: Api, database: Database, ticket: Ticket) -> Ticket:
        name = shortened(f"#{ticket.id} {ticket.question or ticket.user[:6]}", _TOPIC_NAME)
        try:
            made = await api.call("createForumTopic", {"chat_id": int(self.staff_chat), "name": name})
        except BadRequest:
            return ticket  # no topics in this group, or no right to make them: replies do as well
        async with database.write() as connection:
            return await tickets.change(connection, ticket.id, topic=int(made["message_thread_id"]))

    async def mended(self, database: Database, call: Outgoing, error: TelegramError) -> bool:
        """Let go of a topic that was deleted, once a ticket; return whether the call is worth another try."""
        gone = isinstance(error, BadRequest) and any(g in error.message.lower() for g in _GONE)
        if not gone or call.ticket is None or call.role not in ("root", "staff"):
            return False
        async with database.write() as connection:
            ticket = await tickets.get(connection, call.ticket)
            if ticket is None or ticket.recreated:
                return False
            await tickets.change(connection, ticket.id, topic=None, recreated=1)
        return True


def _threaded(payload: Mapping[str, Any], ticket: Ticket) -> dict[str, Any]:
    if ticket.topic is not None:
        return {**payload, "message_thread_id": ticket.topic}
    if ticket.root_message is not None:
        reply = {"message_id": ticket.root_message, "allow_sending_without_reply": True}
        return {**payload, "reply_parameters": reply}
    return dict(payload)
