"""Opening hours of the desk's own staff: are they there now, and when are they there next."""

from datetime import datetime, timedelta
from functools import lru_cache

from bot.desk.say import Say
from bot.knowledge import locale
from bot.knowledge.base import KST
from bot.knowledge.locale import Locale
from bot.words import Office

_FURTHEST = 30
"""Days ahead that are looked at."""


@lru_cache(maxsize=16)
def _holidays(country: str, year: int) -> frozenset[object]:
    import holidays  # 0.2 s: only where somebody asks for a person

    return frozenset(holidays.country_holidays(country, years=year))


def open_until(office: Office, now: datetime) -> datetime | None:
    """Return when the desk closes, or `None` where it is closed at `now`. The closing minute is closed."""
    here = now.astimezone(KST)
    span = _span(office, here)
    if span is None or not span[0] <= here < span[1]:
        return None
    return span[1]


def next_opening(office: Office, now: datetime) -> datetime | None:
    """Return when the desk opens next, or `None` where it does not within a month."""
    here = now.astimezone(KST)
    for days in range(_FURTHEST):
        span = _span(office, here + timedelta(days=days))
        if span is not None and span[0] > here:
            return span[0]
    return None


def _span(office: Office, day: datetime) -> tuple[datetime, datetime] | None:
    hours = office.hours.get(day.weekday())
    if hours is None or day.date() in _holidays(office.country, day.year):
        return None
    return tuple(datetime.combine(day.date(), t, KST) for t in hours)  # type: ignore[return-value]  # two of them


def hours(office: Office, spoken: Locale) -> str:
    """Return the opening hours in short: days of the same hours that follow one another are joined."""
    runs: list[list[int]] = []
    for day in office.hours:
        if runs and runs[-1][-1] == day - 1 and office.hours[day] == office.hours[runs[-1][0]]:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        opening, closing = office.hours[run[0]]
        days = "–".join(spoken.weekday(day) for day in dict.fromkeys((run[0], run[-1])))
        parts.append(f"{days} {opening:%H:%M}–{closing:%H:%M}")
    return ", ".join(parts)


def lines(say: Say, now: datetime) -> list[str]:
    """Return when staff are there, as lines to show; none where the knowledge base has no opening hours."""
    office = say.base.office
    if office is None:
        return []
    spoken = locale.of(say.base.tongue(say.language))
    until, opening = open_until(office, now), next_opening(office, now)
    said = [say("office_open", until=f"{until:%H:%M}")] if until else []
    if not until and opening:
        said = [say("office_closed", when=spoken.moment(opening.astimezone(KST)))]
    return [*said, say("office_hours", hours=hours(office, spoken))]
