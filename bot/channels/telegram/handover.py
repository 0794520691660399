"""People behind the bot: tickets between a user's chat and the staff group.

In a group with topics each ticket is a topic; else each is a message that staff reply to.
"""

from bot import metrics
from bot.channels.telegram.buttons import button, ways_on
from bot.channels.telegram.courier import HISTORY, TelegramCourier, card, remind_at
from bot.channels.telegram.relay import Relay, threaded
from bot.channels.telegram.render import CAPTION, cut, escape
from bot.channels.telegram.staffside import StaffSide
from bot.channels.telegram.threads import Threads
from bot.channels.telegram.turn import CHANNEL, Turn, formatted
from bot.desk.cases import Cases
from bot.desk.front import Front
from bot.desk.say import Say
from bot.store import cases, due, memory, tickets, together
from bot.store.due import Due
from bot.store.memory import Unanswered
from bot.store.tickets import Ticket


class Handover:
    """Passes messages of users to staff; `staff` passes what these do, `threads` knows where it is said."""

    def __init__(self, front: Front, courier: TelegramCourier, username: str = "") -> None:
        self.front, self.username, self.relay = front, username, Relay(front, courier)
        self.staff, self.threads = StaffSide(self.relay), Threads(self.relay)

    async def open(self, turn: Turn, said: str = "") -> None:
        """Open a ticket for the user of a turn, or go on with the one that is open.

        `said` is what the knowledge base says to who asks for a person; without it, whom to call meanwhile.
        """
        say = turn.say
        if not turn.event.private:
            rows = [[{"text": say("person"), "url": f"https://t.me/{self.username}?start=person"}]]
            turn.send(escape(said or say("person_phone") or say("person")), rows if self.username else None)
            return
        staffed = bool(self.relay.staff_chat) or await cases.staffed(turn.connection)
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
            lines += [*Cases(self.front).hours(turn.now, turn.language), said or say("person_phone")]
        else:
            lines.append(said)
        back = [button(say("person_back"), "pb")] if staffed else ways_on(say)[1:]
        turn.send(escape("\n".join(filter(None, lines))), [back])

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
            self.relay.staff_chat,
        )
        turn.memory.tickets[turn.user] = ticket
        metrics.TICKETS.labels(CHANNEL).inc()
        if not staffed:
            turn.memory.unanswered.append(
                Unanswered(turn.user, CHANNEL, turn.now, question, "staff", ticket=ticket.id)
            )
        if not self.relay.staff_chat:  # who works at the console alone sees the ticket there
            return ticket
        text, keyboard = card(self.front, ticket, past, topics=self.relay.courier.topics)
        self.relay.to_staff(turn, ticket, text, role="root", keyboard=keyboard)
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
        if event.kind == "media" and not event.edited:
            return await self._media(turn, ticket)
        if not turn.text:  # where somebody is by now, a picture changed
            return True
        await tickets.say(turn.connection, ticket.id, "user", text, turn.now, user_message=event.message)
        line = staff("staff_user", text=text)
        if not await together.append(turn.connection, ticket.id, f"\n{escape(line)}", turn.now):
            self.relay.to_staff(turn, ticket, line)
        if ticket.state == "open":
            heard = self.relay.staff_chat or await cases.staffed(turn.connection)
            passed = say("person_passed") if heard else say("person_noted", ticket=ticket.id)
            turn.send(escape(passed), [[button(say("person_back"), "pb")]])
        return True

    async def _media(self, turn: Turn, ticket: Ticket) -> bool:
        """Pass a photo, file or voice message on without keeping it; its caption without personal data."""
        if not turn.event.copyable or not self.relay.staff_chat:
            turn.send(escape(turn.say("text_only")), [[button(turn.say("person_back"), "pb")]])
            return True
        text = Say(self.front.base, "ko")("staff_media") + (f" {turn.text}" if turn.text else "")
        await tickets.say(turn.connection, ticket.id, "user", text, turn.now, user_message=turn.event.message)
        payload = {
            "chat_id": self.relay.staff_chat,
            "from_chat_id": turn.event.chat,
            "message_id": turn.event.message,
        }
        turn.call("copyMessage", {**payload, "caption": cut(text, CAPTION)}, role="staff", ticket=ticket.id)
        return True

    async def leave(self, turn: Turn, *, quiet: bool = False) -> None:
        """Give a user back to the automatic answers; the ticket stays open."""
        ticket = turn.memory.tickets.get(turn.user)
        if ticket is not None and ticket.relay:
            turn.memory.tickets[turn.user] = await tickets.change(turn.connection, ticket.id, relay=False)
            self.relay.note(turn, ticket, "staff_left")
        if not quiet:
            turn.send(escape(turn.say("person_left")), [ways_on(turn.say)[1:]])

    async def forget(self, turn: Turn) -> None:
        """Tell staff that a user's data goes."""
        ticket = turn.memory.tickets.get(turn.user)
        if ticket is not None and self.relay.staff_chat:
            payload = {
                "chat_id": self.relay.staff_chat,
                **formatted(self.relay.line("staff_forgot", ticket=ticket.id)),
            }
            turn.call("sendMessage", threaded(payload, ticket), user="")
