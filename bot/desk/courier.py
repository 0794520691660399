"""How the desk reaches people who are not at the console: users of a messenger, and the staff's own group.

A channel provides it and the composition root passes it to those who need it, since channels do not know one another.
What staff say in their group about a ticket of another channel is kept as that ticket's message (`author` "staff"),
for the channel to show.
"""

from typing import Protocol

from bot.store.database import Connection
from bot.store.tickets import Ticket


class Courier(Protocol):
    """Queues messages for their channel to send, in the transaction of `connection`. Plain text, any length.

    `key` identifies the message and has at most 60 characters: a repetition is sent once.
    """

    async def to_user(
        self, connection: Connection, ticket: Ticket, text: str, *, key: str, message: int | None = None
    ) -> bool:
        """Tell the ticket's user something; return whether this channel reaches them. Do so before closing it.

        `message`: the number of the ticket's message (`tickets.say`), where a member of staff says it: the channel
        says who speaks, and keeps its `delivery` up to date: new, then sent, failed, or unknown (maybe delivered).
        """

    async def to_staff(self, connection: Connection, ticket: Ticket | None, text: str, *, key: str) -> bool:
        """Tell the staff group something, in the ticket's thread; return whether there is a group.

        The first time that a ticket is named, its card goes first: what was asked and answered before, and buttons.
        No text: nothing but that. The ticket may be deleted by now.
        """
