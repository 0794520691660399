"""What is said about a ticket within a turn: to its user, and to the staff group."""

from collections.abc import Mapping
from typing import Any

from bot.channels.telegram.buttons import Keyboard
from bot.channels.telegram.courier import TelegramCourier
from bot.channels.telegram.render import escape, split
from bot.channels.telegram.turn import CHANNEL, Turn, formatted
from bot.desk.front import Front
from bot.desk.say import Say
from bot.store.tickets import Ticket


class Relay:
    """Puts what is said into the outbox. `staff_chat` is empty where staff have only the console, or are none."""

    def __init__(self, front: Front, courier: TelegramCourier) -> None:
        self.front, self.courier, self.group = front, courier, courier.group

    @property
    def staff_chat(self) -> str:
        """The staff group's number, as it is by now."""
        return self.group.chat

    def line(self, line: str, **values: object) -> str:
        """Return one of the sentences for staff, as HTML."""
        return escape(Say(self.front.base, "ko")(line, **values))

    def note(self, turn: Turn, ticket: Ticket, line: str, **values: object) -> None:
        """Tell staff of a ticket one of the sentences for them."""
        self.to_staff(turn, ticket, Say(self.front.base, "ko")(line, ticket=ticket.id, **values))

    def to_staff(
        self, turn: Turn, ticket: Ticket, text: str, *, role: str = "staff", keyboard: Keyboard | None = None
    ) -> None:
        """Say something in a ticket's thread, where there is a staff group."""
        for part in split(text) if self.staff_chat else ():
            payload = {"chat_id": int(self.staff_chat), **formatted(escape(part), keyboard)}
            turn.call("sendMessage", payload, role=role, user=ticket.user, ticket=ticket.id)

    def to_user(self, turn: Turn, ticket: Ticket, name: str) -> None:
        """Tell a ticket's user one of the desk's sentences, where they are here."""
        if ticket.chat and ticket.channel == CHANNEL:
            text = Say(self.front.base, ticket.language)(name)
            turn.call("sendMessage", {"chat_id": int(ticket.chat), **formatted(escape(text))}, user=ticket.user)


def threaded(payload: Mapping[str, Any], ticket: Ticket) -> dict[str, Any]:
    """Return a payload that goes into a ticket's topic, or under its first message."""
    if ticket.topic is not None:
        return {**payload, "message_thread_id": ticket.topic}
    if ticket.root_message is not None:
        reply = {"message_id": ticket.root_message, "allow_sending_without_reply": True}
        return {**payload, "reply_parameters": reply}
    return dict(payload)
