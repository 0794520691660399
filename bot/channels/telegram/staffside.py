"""The staff group's side of a ticket: who takes it, what they say and change, and how it ends."""

from typing import Any

from bot.channels.telegram import stafflist
from bot.channels.telegram.relay import Relay
from bot.channels.telegram.render import CAPTION, escape, split
from bot.channels.telegram.turn import CHANNEL, Turn, formatted
from bot.desk.context import Context
from bot.desk.say import Say
from bot.languages import KOREAN
from bot.lengths import shortened
from bot.store import audit, outbox, tickets
from bot.store.memory import Conversation
from bot.store.numbers import count
from bot.store.tickets import Ticket


class StaffSide:
    """Passes what staff do in their group to the users of tickets."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay

    async def handle(self, turn: Turn) -> bool:
        """Handle what happens in the staff group; return whether it belongs to a ticket."""
        event, group = turn.event, self.relay.group
        if not group.is_it(event.chat):
            return False
        if event.moved_to is not None:
            return await group.moved(turn.connection, str(event.chat), str(event.moved_to))
        await group.noted(turn.connection, away=False)
        if event.kind == "tap" and event.data[:2] in ("c:", "x:", "k:"):
            await self._staff_tap(turn)
            return True
        if event.kind == "tap" and event.data.startswith(stafflist.TAP):
            await stafflist.show(turn, self.relay.front, count(event.data.removeprefix(stafflist.TAP)) or 1)
            return True
        if event.kind == "command" and event.command == stafflist.COMMAND:
            await stafflist.show(turn, self.relay.front)
            return True
        if event.kind not in ("text", "media"):
            return False
        found = await self._ticket_of(turn)
        ticket = await tickets.held(turn.connection, found.id) if found is not None else None
        if ticket is not None:
            await self._staff_says(turn, ticket)
        return ticket is not None

    async def _ticket_of(self, turn: Turn) -> Ticket | None:
        event = turn.event
        if event.thread is not None:
            found = await tickets.by_topic(turn.connection, self.relay.staff_chat, event.thread)
            if found is not None:
                return found
        if event.reply_to is None:
            return None
        number = await outbox.ticket_of(turn.connection, self.relay.staff_chat, event.reply_to)
        if number is not None:
            return await tickets.get(turn.connection, number)
        found = await tickets.by_staff_message(turn.connection, self.relay.staff_chat, event.reply_to)
        return found or await self._ticket_on(turn)

    async def _ticket_on(self, turn: Turn) -> Ticket | None:
        """Return the ticket by the number on its card, where it is not known which message that is: staff may answer
        before that is noted, and it never is where the connection broke after the card was sent."""
        before = Say(self.relay.front.base, KOREAN)("staff_new").partition("{ticket}")[0]
        head = turn.event.replied.partition(" ·")[0]
        number = count(head.removeprefix(before)) if before and head.startswith(before) else None
        ticket = await tickets.get(turn.connection, number) if number is not None else None
        return ticket if ticket is not None and ticket.staff_chat == self.relay.staff_chat else None

    async def _staff_says(self, turn: Turn, ticket: Ticket) -> None:
        """Pass what a member of staff says to the user. What begins with // is a note among staff."""
        event = turn.event
        if turn.text.startswith("//"):
            return
        ours = ticket.channel == CHANNEL
        if ticket.state == "closed" or (ours and not ticket.chat):
            await self.relay.note(turn, ticket, "staff_is_closed")
        elif event.edited:
            await self._staff_edits(turn, ticket)
        elif event.kind == "media" and not (ours and event.copyable):
            await self.relay.note(turn, ticket, "staff_media_unsent")
        else:
            await self._staff_answers(turn, ticket)

    async def _staff_answers(self, turn: Turn, ticket: Ticket) -> None:
        event = turn.event
        text = event.text or Say(self.relay.front.base, KOREAN)("staff_media")
        said = await self.relay.cases(turn).staff_says(
            turn.connection, ticket, event.name, text, turn.now, staff_message=event.message
        )
        if said is None:
            return
        if said.ticket.state != ticket.state:
            await self._audit(turn, ticket, "claim")
        await self._audit(turn, ticket, "say")

    async def _staff_edits(self, turn: Turn, ticket: Ticket) -> None:
        """Change at the user's what a member of staff changed, once it was delivered."""
        said = await tickets.message_by(turn.connection, ticket.id, staff_message=turn.event.message)
        if said is None:
            return
        await self.relay.cases(turn).amend(turn.connection, said, turn.text)
        if ticket.channel != CHANNEL:
            return
        extra: dict[str, Any] = {"user": ticket.user, "ticket": ticket.id, "source_message": said.id, "role": "edit"}
        if turn.event.kind == "media":
            changed = {"chat_id": int(ticket.chat), "caption": shortened(turn.event.text, CAPTION)}
            turn.call("editMessageCaption", changed, **extra)
            return
        text = Say(self.relay.front.base, ticket.language)("person_says", text=turn.event.text)
        payload = {"chat_id": int(ticket.chat), **formatted(escape(split(text)[0]))}
        turn.call("editMessageText", payload, **extra)

    async def _staff_tap(self, turn: Turn) -> None:
        kind, _, named = turn.event.data.partition(":")
        number = count(named)
        ticket = await tickets.held(turn.connection, number) if number is not None else None
        if ticket is None:
            turn.send(escape(turn.say("stale_button")), role="")
        elif kind == "k":
            cases = self.relay.cases(turn)
            asked = await cases.recordable(turn.connection, ticket, turn.now)
            await cases.record(turn.connection, ticket, asked, turn.now)
        elif ticket.state == "closed":
            await self.relay.note(turn, ticket, "staff_is_closed")
        elif kind == "c":
            await self._claim(turn, ticket)
        else:
            await self._close(turn, ticket)

    async def _claim(self, turn: Turn, ticket: Ticket) -> None:
        claimed = await self.relay.cases(turn).claim(turn.connection, ticket, turn.event.name, turn.now)
        if claimed is None:
            await self.relay.note(turn, ticket, "staff_taken", name=ticket.claimed_by)
        else:
            await self._audit(turn, ticket, "claim")

    async def _close(self, turn: Turn, ticket: Ticket) -> None:
        await self._audit(turn, ticket, "close")
        await self.relay.cases(turn).close(turn.connection, ticket, turn.event.name, turn.now)
        turn.memory.tickets.pop(ticket.user, None)
        # what they asked in this very batch is not kept yet, and would be kept after the rest of it is gone
        turn.memory.remember(Conversation(ticket.user, ticket.user, Context().dump(), turn.now))

    @staticmethod
    async def _audit(turn: Turn, ticket: Ticket, what: str) -> None:
        """Write down what somebody in the staff group did: by the name that the group sees."""
        who = f"텔레그램: {turn.event.name}"
        await audit.note(turn.connection, turn.now, who, f"ticket.{what}", f"#{ticket.id}")
