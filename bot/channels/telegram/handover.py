"""People behind the bot, on the user's side: tickets between a user's chat and the staff group.

In a group with topics each ticket is a topic; else each is a message that staff reply to.
"""

from bot.channels.telegram.buttons import button, ways_on
from bot.channels.telegram.courier import TelegramCourier
from bot.channels.telegram.relay import Relay
from bot.channels.telegram.render import CAPTION, escape
from bot.channels.telegram.staffside import StaffSide
from bot.channels.telegram.threads import Threads
from bot.channels.telegram.turn import CHANNEL, Turn
from bot.desk.cases import Unsaid
from bot.desk.front import Front
from bot.desk.say import Say
from bot.languages import KOREAN
from bot.lengths import shortened
from bot.store.tickets import Ticket


class Handover:
    """Passes messages of users to staff; `staff` passes what these do, `threads` knows where it is said."""

    def __init__(self, front: Front, courier: TelegramCourier, username: str = "") -> None:
        self.front, self.username, self.relay = front, username, Relay(front, courier)
        self.staff, self.threads = StaffSide(self.relay), Threads(self.relay)

    async def open(self, turn: Turn, said: str = "") -> None:
        """Open a ticket for the user of a turn, or go on with the one that is open.

        `said` is what the knowledge base tells somebody who asks for a person; without it, whom to call meanwhile.
        """
        say = turn.say
        if not turn.event.private:
            rows = [[{"text": say("person"), "url": f"https://t.me/{self.username}?start=person"}]]
            turn.send(escape(said or say("person_phone") or say("person")), rows if self.username else None)
            return
        opened = await self.relay.cases(turn).open(
            turn.connection,
            turn.user,
            CHANNEL,
            turn.now,
            language=turn.language,
            said=said,
            chat=str(turn.event.chat),
        )
        turn.memory.tickets[turn.user] = opened.ticket
        back = [button(say("person_back"), "pb")] if opened.heard else ways_on(say)[1:]
        turn.send(escape("\n".join(opened.lines)), [back])

    async def user_side(self, turn: Turn) -> bool:
        """Pass what a user writes to staff, where their ticket is open; return whether it was."""
        ticket, event = turn.memory.tickets.get(turn.user), turn.event
        if ticket is None or not ticket.relay:
            return False
        if event.kind == "command":
            if event.command == "start":
                await self.leave(turn, quiet=True)
            return False
        say, cases = turn.say, self.relay.cases(turn)
        text = say("person_changed", text=turn.text) if event.edited else turn.text
        if event.kind == "media" and not event.edited:
            return await self._media(turn, ticket)
        if not turn.text:  # an updated live location, an edited picture
            return True
        said = await cases.user_says(turn.connection, ticket, text, turn.now, user_message=event.message)
        if isinstance(said, Unsaid):
            return self._unsaid(turn, said)
        if ticket.state == "open":
            heard = bool(self.relay.staff_chat) or await cases.heard(turn.connection, ticket)
            passed = say("person_passed") if heard else say("person_noted", ticket=ticket.id)
            turn.send(escape(passed), [[button(say("person_back"), "pb")]])
        return True

    async def _media(self, turn: Turn, ticket: Ticket) -> bool:
        """Pass a photo, file or voice message on without keeping it; its caption without personal data."""
        if not turn.event.copyable or not self.relay.staff_chat:
            turn.send(escape(turn.say("text_only")), [[button(turn.say("person_back"), "pb")]])
            return True
        text = Say(self.front.base, KOREAN)("staff_media") + (f" {turn.text}" if turn.text else "")
        said = await self.relay.cases(turn).user_says(
            turn.connection, ticket, text, turn.now, user_message=turn.event.message, shown=True
        )
        if isinstance(said, Unsaid):
            return self._unsaid(turn, said)
        payload = {
            "chat_id": self.relay.staff_chat,
            "from_chat_id": turn.event.chat,
            "message_id": turn.event.message,
        }
        turn.call(
            "copyMessage", {**payload, "caption": shortened(said.text, CAPTION)}, role="staff", ticket=ticket.id
        )
        return True

    @staticmethod
    def _unsaid(turn: Turn, said: Unsaid) -> bool:
        """Tell a user that they left too much; return whether that is why it was not passed on."""
        if said.wait is None:  # closed by another process since this batch began
            del turn.memory.tickets[turn.user]
            return False
        turn.send(escape(turn.say("person_enough", minutes=said.minutes)), [[button(turn.say("person_back"), "pb")]])
        return True

    async def leave(self, turn: Turn, *, quiet: bool = False) -> None:
        """Give a user back to the automatic answers; the ticket stays open."""
        ticket = turn.memory.tickets.get(turn.user)
        if ticket is not None and ticket.relay:
            turn.memory.tickets[turn.user] = await self.relay.cases(turn).leave(turn.connection, ticket)
        if not quiet:
            turn.send(escape(turn.say("person_left")), [ways_on(turn.say)[1:]])

    async def forget(self, turn: Turn) -> None:
        """Delete all that is kept of a user."""
        await self.relay.cases(turn).forget(
            turn.connection, turn.memory, turn.user, turn.now, lane=str(turn.event.chat)
        )
