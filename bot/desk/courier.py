"""How the desk reaches people who are not at the console: users of a messenger, and the staff's own group.

A channel provides it and the composition root hands it to those who need it, since channels do not know one another.
"""

from typing import Protocol

from bot.store.database import Connection
from bot.store.tickets import Ticket


class Courier(Protocol):
    """Puts messages where their channel sends them from, in the transaction of `connection`. Plain text."""

    async def to_user(
        self, connection: Connection, ticket: Ticket, text: str, *, key: str, message: int | None = None
    ) -> bool:
        """Tell the ticket's user something; return whether this channel reaches them.

        `key` is unique for what is said: a repetition is sent once. `message`: the number of the ticket's message
        (`tickets.say`) whose `delivery` is to be kept up to date, where it is one.
        """

    async def to_staff(self, connection: Connection, ticket: Ticket | None, text: str, *, key: str) -> bool:
        """Tell the staff group something, in the ticket's thread where there is one; return whether there is a group."""
