"""The report on a period: how entries were used, what had no answer, what is due. For staff, in Korean."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.desk.compose import question_of
from bot.desk.freshness import Freshness, freshness
from bot.desk.say import Say
from bot.hangul import clean, compact
from bot.knowledge.base import KST, KnowledgeBase
from bot.languages import KOREAN
from bot.lengths import cut
from bot.store import analytics, answers
from bot.store.analytics import Totals, Use
from bot.store.database import Connection
from bot.words import Entry, Kind

UNUSED = timedelta(days=90)
"""An entry that nobody asked for in this time counts as never used."""
_TOP = 5
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Row:
    """An entry's use in a period, with what to call it. Rates are shares of its intents, in 0–1."""

    entry: str
    question: str
    topic: str
    owner: str
    review_by: str
    use: Use

    @property
    def down_rate(self) -> float:
        """Answers found bad, as a share of intents."""
        return min(self.use.down / self.use.asks, 1.0) if self.use.asks else 0.0

    @property
    def handoff_rate(self) -> float:
        """Requests for a person after the answer, as a share of intents."""
        return min(self.use.handoffs / self.use.asks, 1.0) if self.use.asks else 0.0


@dataclass(frozen=True, slots=True)
class Missing:
    """A question without an answer, as the latest user worded it, and how many people asked it."""

    question: str
    people: int


@dataclass(frozen=True, slots=True)
class Report:
    """A period in numbers and lists."""

    since: datetime
    until: datetime
    totals: Totals
    rows: tuple[Row, ...]
    """All entries, those asked for most first; those never asked for at the end."""
    missing: tuple[Missing, ...]
    due: dict[str, int]
    """Entries and templates due within two weeks, by owner."""
    late: int
    unused: tuple[str, ...]
    """Entries nobody asked for in `UNUSED` before the end."""
    changes: int
    corrections: int


def last_week(now: datetime) -> tuple[datetime, datetime]:
    """Return the beginning and the end of the last whole week, Monday to Monday in Korea."""
    today = now.astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)
    end = today - timedelta(days=today.weekday())
    return end - timedelta(days=7), end


async def report(connection: Connection, base: KnowledgeBase, since: datetime, until: datetime) -> Report:
    """Return the report on a period; its end is not within it."""
    used = {u.entry: u for u in await analytics.usage(connection, since, until)}
    long = {u.entry for u in await analytics.usage(connection, until - UNUSED, until) if u.asks}
    listed = [e for e in base.entries.values() if e.kind in (Kind.ANSWER, Kind.BOUNDARY)]
    rows = [_row(e, used.get(e.id, Use(e.id))) for e in listed]
    changed = await answers.changed_since(connection, since)
    changed = [c for c in changed if c.at < until]
    due, late = due_by_owner(base, until.astimezone(KST).date())
    return Report(
        since,
        until,
        await analytics.totals(connection, since, until),
        tuple(sorted(rows, key=lambda r: (-r.use.asks, r.entry))),
        missing(await analytics.left_behind(connection, since, until)),
        due,
        late,
        tuple(e.id for e in listed if e.id not in long and e.kind is Kind.ANSWER),
        len(changed),
        sum(c.correction for c in changed),
    )


def _row(entry: Entry, use: Use) -> Row:
    review = entry.review_by.isoformat() if entry.review_by else ""
    return Row(entry.id, question_of(entry), entry.topic, entry.owner, review, use)


def missing(left: Iterable[tuple[str, str]]) -> tuple[Missing, ...]:
    """Return unanswered questions, merged if only spacing, case and marks differ, those of most people first."""
    people: dict[str, set[str]] = defaultdict(set)
    words: dict[str, str] = {}
    for user, question in left:
        key = compact(clean(question))
        if key:
            people[key].add(user)
            words[key] = question
    found = [Missing(words[k], len(users)) for k, users in people.items()]
    return tuple(sorted(found, key=lambda m: (-m.people, m.question)))


def due_by_owner(base: KnowledgeBase, today: date) -> tuple[dict[str, int], int]:
    """Return how many entries and templates each owner has to look at within `SOON`, and how many are overdue."""
    dates = [
        (e.owner, e.review_by) for f in base.written() if (e := next(iter(f.entries.values()), None)) is not None
    ]
    states = [(owner, freshness(day, today)) for owner, day in dates]
    near = [(owner, state) for owner, state in states if state in (Freshness.SOON, Freshness.STALE)]
    overdue = sum(state is Freshness.STALE for _, state in near)
    return dict(Counter(owner for owner, _ in near).most_common()), overdue


def summary(found: Report, base: KnowledgeBase) -> str:
    """Return a report as a message of some twenty lines."""
    say, numbers = Say(base, KOREAN), found.totals
    last = found.until - timedelta(seconds=1)
    lines = [say("weekly_title", name=base.name, since=_day(found.since), until=_day(last))]
    if numbers.typed or numbers.taps:
        lines.append(say("weekly_asked", typed=numbers.typed, people=numbers.people, taps=numbers.taps))
        shares = {o: _share(numbers.outcomes.get(o, 0), numbers.typed) for o in _OUTCOMES}
        lines.append(say("weekly_outcomes", **shares))
    else:
        lines.append(say("weekly_quiet"))
    rated = numbers.up + numbers.down
    share = _share(numbers.down, rated)
    lines.append(say("weekly_feedback", rated=rated, down=numbers.down, share=share, tickets=numbers.tickets))
    top = [f"{cut(r.question, _LONGEST)} ({r.use.asks})" for r in found.rows if r.use.asks]
    lines += _listed(say("weekly_top"), top)
    lines += _listed(say("weekly_gaps"), [f"{cut(m.question, _LONGEST)} ({m.people})" for m in found.missing])
    lines += ["", _due(say, found)]
    lines.append(say("weekly_unused", days=UNUSED.days, count=len(found.unused)))
    lines.append(say("weekly_changes", count=found.changes, corrections=found.corrections))
    return "\n".join(lines)


_OUTCOMES = ("answer", "ask", "fallback", "handover", "smalltalk")


def _due(say: Say, found: Report) -> str:
    count = sum(found.due.values())
    if not count:
        return say("weekly_due_none")
    owners = ", ".join(f"{owner or say('weekly_nobody')} {n}" for owner, n in found.due.items())
    return say("weekly_due", count=count, late=found.late, owners=owners)


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *(f"{i}. {line}" for i, line in enumerate(lines[:_TOP], 1))] if lines else []


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "0%"


def _day(moment: datetime) -> str:
    return moment.astimezone(KST).strftime("%m-%d")
