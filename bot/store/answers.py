"""How the public answers changed: a row for each new text of an entry, and an empty one when it was removed."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import in_turn, insert
from bot.store.schema import answers, exchanges, feedback, unanswered

_SLICE = 500
"""Rows of one INSERT: SQLite takes 32,766 parameters."""


@dataclass(frozen=True, slots=True)
class Published:
    """An entry as the public reads it. `correction`: a change to this text corrects an earlier one."""

    entry: str
    question: str
    text: str
    correction: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was new: how many texts, and the row ids of those that correct an earlier text."""

    changes: int = 0
    corrections: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """How an entry changed. `before` is empty for a new entry, `after` for one that was removed."""

    entry: str
    question: str
    before: str
    after: str
    at: datetime
    version: str
    correction: bool = False


async def record(connection: AsyncConnection, version: str, texts: Iterable[Published], now: datetime) -> Recorded:
    """Record which texts are new, changed or gone since the last record. Idempotent; replicas take turns.

    The very first record is the baseline for later ones, and not a change itself.
    """
    await in_turn(connection, "answers")
    known = {r.entry: r for r in await connection.execute(_latest())}
    current = {t.entry: t for t in texts}
    changed = [t for t in current.values() if t.entry not in known or known[t.entry].text != t.text]
    gone = [Published(r.entry, r.question, "") for r in known.values() if r.text and r.entry not in current]
    if not changed and not gone:
        return Recorded()
    marked = {t.entry for t in changed if t.correction and t.entry in known and known[t.entry].text}
    marked -= await _corrected_before(connection, [t for t in changed if t.entry in marked])
    rows = [asdict(t) | {"version": version, "at": now, "correction": t.entry in marked} for t in [*changed, *gone]]
    for start in range(0, len(rows), _SLICE):
        await connection.execute(insert(connection, answers), rows[start : start + _SLICE])
    made = select(answers.c.id).where(answers.c.at == now, answers.c.version == version, answers.c.correction)
    ids = (await connection.execute(made.order_by(answers.c.id))).scalars()
    return Recorded(len(rows) if known else 0, tuple(ids) if marked else ())


async def _corrected_before(connection: AsyncConnection, texts: Iterable[Published]) -> set[str]:
    """Return the entries whose text was recorded as a correction before: rolling back and forth is no new correction."""
    wanted = {t.entry: t.text for t in texts}
    statement = select(answers.c.entry, answers.c.text).where(answers.c.entry.in_(list(wanted)), answers.c.correction)
    return {r.entry for r in await connection.execute(statement) if wanted[r.entry] == r.text}


async def rename(connection: AsyncConnection, moved: Mapping[str, str]) -> int:
    """Move what is kept of entries under former ids to their present ids; return how many entries. Idempotent.

    History, exchanges, feedback and questions without an answer continue as if the entry had always had its id.
    """
    await in_turn(connection, "answers")
    old = sorted(moved)
    found: list[str] = []
    for start in range(0, len(old), _SLICE):
        kept = select(answers.c.entry).where(answers.c.entry.in_(old[start : start + _SLICE])).distinct()
        found += (await connection.execute(kept)).scalars()
    for start in range(0, len(found), _SLICE):
        names = {id: moved[id] for id in found[start : start + _SLICE]}
        for column in (answers.c.entry, exchanges.c.entry, feedback.c.entry, unanswered.c.nearest):
            changed = update(column.table).where(column.in_(list(names)))
            await connection.execute(changed.values({column: case(names, value=column)}))
    return len(found)


def _latest(until: datetime | None = None) -> Select[tuple[str, str, str, datetime, str, bool]]:
    """Return the query for the last row of each entry, at a moment or now."""
    last = select(func.max(answers.c.id)).group_by(answers.c.entry)
    if until is not None:
        last = last.where(answers.c.at <= until)
    columns = (answers.c.entry, answers.c.question, answers.c.text, answers.c.at, answers.c.version)
    return select(*columns, answers.c.correction).where(answers.c.id.in_(last))


async def changed_since(connection: AsyncConnection, moment: datetime) -> list[Change]:
    """Return what the public reads differently since a moment, newest first.

    What changed and changed back is left out. Before the first record nothing is known, so nothing had changed.
    """
    first = (await connection.execute(select(func.min(answers.c.at)))).scalar_one()
    if first is None:
        return []
    moment = max(moment, first)
    recent = (await connection.execute(select(answers).where(answers.c.at > moment).order_by(answers.c.id))).all()
    if not recent:
        return []
    names = {r.entry for r in recent}
    past = _latest(moment).where(answers.c.entry.in_(list(names))) if len(names) <= _SLICE else _latest(moment)
    known = await connection.execute(past)
    before = {r.entry: str(r.text) for r in known}
    last = {r.entry: r for r in recent}
    marked = {r.entry for r in recent if r.correction}
    found = [
        Change(r.entry, r.question, before.get(r.entry, ""), r.text, r.at, r.version, r.entry in marked)
        for r in last.values()
        if before.get(r.entry, "") != r.text
    ]
    return sorted(found, key=lambda c: c.at, reverse=True)


async def correction(connection: AsyncConnection, id: int) -> Change | None:
    """Return a recorded correction with the text that it corrected."""
    row = (await connection.execute(select(answers).where(answers.c.id == id))).first()
    if row is None:
        return None
    earlier = select(answers.c.text).where(answers.c.entry == row.entry, answers.c.id < id)
    before = (await connection.execute(earlier.order_by(answers.c.id.desc()).limit(1))).scalar_one_or_none()
    return Change(row.entry, row.question, before or "", row.text, row.at, row.version, bool(row.correction))


async def last(connection: AsyncConnection, entry: str) -> Published | None:
    """Return an entry as it was last recorded, or `None` where it never was."""
    statement = select(answers).where(answers.c.entry == entry).order_by(answers.c.id.desc()).limit(1)
    row = (await connection.execute(statement)).first()
    return Published(row.entry, row.question, row.text, row.correction) if row else None
