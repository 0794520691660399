"""What is shown above a user's next reply, where nothing could be sent to them: what staff said, and answers put right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.answering.platform import Item, Platform
from bot.desk import corrections
from bot.desk.front import Front
from bot.desk.say import Say
from bot.store import cases
from bot.store.database import Connection

_LOOK = timedelta(seconds=5)
"""How often it is looked for whether there is anything to show to anybody."""


@dataclass(frozen=True, slots=True)
class _Thing:
    """A text to show, and what it is: a message of staff or a correction, by number."""

    text: str
    message: int = 0
    correction: int = 0


class News:
    """Knows for whom there is something."""

    def __init__(self, front: Front, platform: Platform) -> None:
        self.front, self.platform = front, platform
        self._unread: set[str] = set()
        self._corrected = False
        self._looked: datetime | None = None

    async def things(self, connection: Connection, user: str, language: str, now: datetime) -> Sequence[_Thing]:
        """Return what waits for a user, in the order in which it is to be shown."""
        if self._looked is None or not timedelta() <= now - self._looked < _LOOK:
            self._unread, self._looked = await cases.unread(connection, self.platform.channel), now
            self._corrected = await corrections.any_recent(connection, now)
        found: list[_Thing] = []
        if user in self._unread:
            say = Say(self.front.base, language)
            said = await cases.unread_by(connection, user)
            found += [_Thing(say("person_says", text=m.text), message=m.id) for m in said]
        if self._corrected:
            missed = await corrections.missed(connection, self.front, user, language, now)
            fresh = await corrections.unseen(connection, user, [m.row for m in missed])
            found += [_Thing(_corrected(m), correction=m.row) for m in missed if m.row in fresh]
        return found

    async def above(
        self, connection: Connection, things: Sequence[_Thing], response: Item, user: str, now: datetime
    ) -> Item:
        """Return a response with what waits above it, as far as there is room: that is shown, the rest waits on."""
        whole, count = self.platform.shows.above([t.text for t in things], response)
        shown = things[:count]
        await cases.mark_read(connection, [t.message for t in shown if t.message])
        await corrections.mark_seen(connection, user, [t.correction for t in shown if t.correction], now)
        if count == len(things):
            self._unread.discard(user)
        return whole


def _corrected(missed: corrections.Missed) -> str:
    return f"{missed.notice.title}\n{missed.notice.reply.text}"
