"""Opening hours of the desk's own staff: are they there now, and when are they there next."""

from datetime import datetime, timedelta
from functools import lru_cache

from bot.desk.say import Say
from bot.knowledge.base import KST
from bot.words import Office

_FURTHEST = 30
"""Days ahead that are looked at."""
_DAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


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


def moment(at: datetime, language: str) -> str:
    """Return a moment as people say it: «11월 25일(수) 09:00», "Wed 25 Nov, 09:00 (Korean time)"."""
    here = at.astimezone(KST)
    day = _DAYS["en" if language == "en" else "ko"][here.weekday()]
    if language == "en":
        return f"{day} {here.day} {here:%b}, {here:%H:%M} (Korean time)"
    return f"{here.month}월 {here.day}일({day}) {here:%H:%M}"


def hours(office: Office, language: str) -> str:
    """Return the opening hours in short: days of the same hours that follow one another are joined."""
    names = _DAYS["en" if language == "en" else "ko"]
    runs: list[list[int]] = []
    for day in office.hours:
        if runs and runs[-1][-1] == day - 1 and office.hours[day] == office.hours[runs[-1][0]]:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        opening, closing = office.hours[run[0]]
        days = names[run[0]] if len(run) == 1 else f"{names[run[0]]}–{names[run[-1]]}"
        parts.append(f"{days} {opening:%H:%M}–{closing:%H:%M}")
    return ", ".join(parts)


def lines(say: Say, now: datetime) -> list[str]:
    """Return when staff are there, as lines to show; none where the knowledge base has no opening hours."""
    office = say.base.office
    if office is None:
        return []
    until, opening = open_until(office, now), next_opening(office, now)
    said = [say("office_open", until=f"{until:%H:%M}")] if until else []
    if not until and opening:
        said = [say("office_closed", when=moment(opening, say.language))]
    return [*said, say("office_hours", hours=hours(office, say.language))]
