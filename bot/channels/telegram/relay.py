"""Messages about a ticket within a turn, to its user and to the staff group: they become calls of the turn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.channels.telegram.courier import TelegramCourier
from bot.channels.telegram.render import escape
from bot.channels.telegram.turn import Turn
from bot.desk.cases import Cases
from bot.desk.front import Front
from bot.desk.say import Say
from bot.languages import KOREAN
from bot.store.database import Connection
from bot.store.outbox import Call
from bot.store.tickets import Ticket


class Relay:
    """Does with tickets what a turn asks for. `staff_chat` is empty if staff have only the console, or there are none."""

    def __init__(self, front: Front, courier: TelegramCourier) -> None:
        self.front, self.courier, self.group = front, courier, courier.group

    @property
    def staff_chat(self) -> str:
        """The staff group's present number."""
        return self.group.chat

    def cases(self, turn: Turn) -> Cases:
        """Return the desk's tickets, whose messages become calls of the turn."""
        return Cases(self.front, TurnCourier(self.courier, turn))

    def line(self, line: str, **values: object) -> str:
        """Return one of the sentences for staff, as HTML."""
        return escape(Say(self.front.base, KOREAN)(line, **values))

    async def note(self, turn: Turn, ticket: Ticket, line: str, **values: object) -> None:
        """Tell staff of a ticket one of the sentences for them."""
        text = Say(self.front.base, KOREAN)(line, ticket=ticket.id, **values)
        await TurnCourier(self.courier, turn).to_staff(turn.connection, ticket, text, key="")


class TurnCourier(TelegramCourier):
    """The courier within a turn: calls are named after the update, so that each is sent once and in order."""

    def __init__(self, courier: TelegramCourier, turn: Turn) -> None:
        self.front, self.group, self.topics, self.turn = courier.front, courier.group, courier.topics, turn

    async def _put(self, connection: Connection, calls: Sequence[Call], now: datetime) -> None:  # noqa: ARG002
        self.turn.take(calls)

    async def _joined(self, connection: Connection, number: int, text: str, now: datetime, key: str) -> bool:  # noqa: ARG002
        return await super()._joined(connection, number, text, now, "")

    def _words(self, ticket: Ticket, text: str, message: int | None) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the calls that say something; what staff send is a copy of it where it is no text."""
        event = self.turn.event
        if message is None or event.kind != "media":
            return super()._words(ticket, text, message)
        copied = {"chat_id": int(ticket.chat), "from_chat_id": event.chat, "message_id": event.message}
        return [("copyMessage", copied)]
