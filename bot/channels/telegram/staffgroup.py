"""The staff group's present number: it may change, and the bot may be removed from the group.

Kept in the database, so that every replica knows and a restart does not forget.
"""

import logging

from bot import metrics
from bot.store import facts, outbox, tickets
from bot.store.database import Connection

log = logging.getLogger(__name__)


class StaffGroup:
    """The staff group of one bot. `configured` is the number in the settings, or empty."""

    def __init__(self, configured: str) -> None:
        self.configured = configured
        self.number = configured
        self.away = False
        """Whether the bot is not in the group: nobody there sees what is sent."""

    @property
    def chat(self) -> str:
        """The number to send to; empty where nobody would see it."""
        return "" if self.away else self.number

    def is_it(self, chat: int) -> bool:
        """Tell whether a chat is the group, whether or not it can be sent to."""
        return bool(self.number) and str(chat) == self.number

    async def read(self, connection: Connection) -> None:
        """Load what other replicas, or an earlier run, found out."""
        if self.configured:
            self.number = await facts.get(connection, f"group {self.configured}"[:40]) or self.configured
            self._set_away(bool(await facts.get(connection, f"away {self.number}"[:40])))

    async def moved(self, connection: Connection, old: str, new: str) -> bool:
        """Move to the group's new number, with its tickets and what waits for it; return whether it was the staff group."""
        if not self.configured or old != self.number or old == new:
            return False
        log.warning("the staff group %s is now %s: set HELPDESK_STAFF_CHAT to it at the next occasion", old, new)
        await facts.put(connection, f"group {self.configured}"[:40], new)
        await tickets.move_group(connection, old, new)
        await outbox.move_lane(connection, old, new)
        self.number = new
        return True

    async def noted(self, connection: Connection, *, away: bool) -> None:
        """Note that the bot is, or is not, in the group. Idempotent."""
        if away == self.away or not self.number:
            return
        if away:
            log.error(
                "the bot is not in the staff group %s any more: staff see tickets at the console only", self.number
            )
        else:
            log.warning("the bot is in the staff group %s again", self.number)
        await facts.put(connection, f"away {self.number}"[:40], "1" if away else "")
        self._set_away(away)

    def _set_away(self, away: bool) -> None:
        self.away = away
        metrics.STAFF_AWAY.set(int(away))
