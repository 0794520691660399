"""The weekly summary to the staff group: planned in the database, so that it is sent once, whatever restarts."""

import logging
from datetime import datetime, time, timedelta

from bot.desk.courier import Courier
from bot.desk.front import Front
from bot.desk.report import report, summary
from bot.knowledge.base import KST
from bot.store import due
from bot.store.database import Database
from bot.store.due import Due

log = logging.getLogger(__name__)
_KIND = "weekly"
_DAYS = "월화수목금토일"
_WEEK = timedelta(days=7)


def next_time(when: str, now: datetime) -> datetime:
    """Return the next moment after `now` of a day of the week and an hour in Korea, such as «월 09:00»."""
    day, hour = when.split()
    local = now.astimezone(KST)
    found = datetime.combine(local.date(), time.fromisoformat(hour), KST)
    found += timedelta(days=(_DAYS.index(day) - local.weekday()) % 7)
    return found if found > now else found + _WEEK


class Weekly:
    """Sends the summary at `when` («월 09:00»; empty: never)."""

    def __init__(self, front: Front, database: Database, courier: Courier, when: str) -> None:
        self.front, self.database, self.courier, self.when = front, database, courier, when

    async def plan(self, now: datetime) -> None:
        """Plan the next summary as the settings say; one that was missed stays due. Idempotent."""
        async with self.database.write() as connection:
            planned = await due.coming(connection, _KIND)
            if not self.when:
                await due.drop(connection, _KIND)
            elif planned is None or planned.at > now:
                await due.put(connection, Due(_KIND, _KIND, next_time(self.when, now)))

    async def step(self, now: datetime) -> bool:
        """Send the summary if it is due, with the next one planned in the same transaction; return whether it was."""
        async with self.database.read() as connection:
            planned = await due.coming(connection, _KIND)
            if planned is None or planned.at > now:
                return False
            found = await report(connection, self.front.base, planned.at - _WEEK, planned.at)
        text = summary(found, self.front.base)
        async with self.database.write() as connection:
            for thing in await due.take(connection, _KIND, now, 1):  # none where another replica was quicker
                key = f"{_KIND}:{thing.at.astimezone(KST):%Y-%m-%d}"
                told = await self.courier.to_staff(connection, None, text, key=key)
                await due.put(connection, Due(_KIND, _KIND, next_time(self.when, now)))
                log.info("weekly summary: %s", "told" if told else "there is no staff group")
                return True
        return False
