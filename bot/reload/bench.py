"""The maintainers' bench: the workshop's tools for the console, each used in a process of its own."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from bot import app
from bot.desk.front import Front
from bot.desk.maintain import DueShown, GapsShown, MendShown, Proposal
from bot.knowledge.build import KnowledgeError
from bot.reload.builder import Builder
from bot.reload.gaps import Counted
from bot.reload.refusals import broken
from bot.store.gaps import Record
from bot.words import Entry, RefusedError


class Bench:
    """`bot.desk.maintain.Maintenance` on one folder."""

    def __init__(self, folder: Path, front: Front, builder: Builder, *, editable: bool) -> None:
        self.folder, self.front, self.builder, self.editable = folder, front, builder, editable
        self._gaps = Counted(folder, front, builder)

    async def gaps(self, records: Sequence[Record], now: datetime, *, whole: bool = False) -> GapsShown:
        """Return the gaps that records make, or those counted last where that takes long."""
        return await self._gaps.shown(records, now, whole=whole)

    async def learn(self, entry: str, wordings: Sequence[str], now: datetime) -> Proposal:
        """Have an entry answer wordings, with a test."""
        return await self.builder.apart(_learned, self.folder, entry, tuple(wordings), now, write=self.editable)

    async def confirm(self, ids: Sequence[str], on: date, by: str) -> Proposal:
        """Note that entries still hold."""
        return await self.builder.apart(_confirmed, self.folder, tuple(ids), on, by, write=self.editable)

    async def raw(self, entry: str) -> Mapping[str, str]:
        """Return what the file says of an entry."""
        return await self.builder.apart(_raw, self.folder, self._entry(entry))

    async def mend(self, entry: str, wanted: Mapping[str, str], by: str, now: datetime, *, write: bool) -> MendShown:
        """Change what an entry says."""
        return await self.builder.apart(
            _mended, self.folder, self._entry(entry), dict(wanted), by, now, write=write and self.editable
        )

    def _entry(self, id: str) -> Entry:
        entry = self.front.base.entry(id)
        if entry is None or not entry.file:
            raise RefusedError(f"'{id}'이라는 항목이 없습니다.")
        return entry

    def due(self, today: date, within: int) -> list[DueShown]:
        """Return what is due within some days."""
        from bot.workshop import review

        return [
            DueShown(d.id, d.question, d.owner, _day(d.verified_on), _day(d.review_by), d.days, f"{d.file}:{d.line}")
            for d in review.due(self.front.base, today, within)
            if d.file  # what ships with the program is nobody's here to check
        ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _learned(folder: Path, entry: str, wordings: tuple[str, ...], now: datetime, *, write: bool) -> Proposal:
    from bot.workshop.edit_folder import Drafts
    from bot.workshop.learn import Teacher

    try:
        teacher = Teacher(Drafts(folder), app.learned(folder), now)
    except KnowledgeError as error:
        raise broken(error) from None
    learned = teacher.add_wordings(entry, wordings)
    said = [*learned.said, f"시험 {learned.passed}건이 통과합니다."]
    patch = learned.drafts.diff()
    if write:
        learned.drafts.write()
    return Proposal(patch, tuple(said), write)


def _confirmed(folder: Path, ids: tuple[str, ...], on: date, by: str, *, write: bool) -> Proposal:
    from bot.workshop import review
    from bot.workshop.edit_folder import Drafts

    drafts = Drafts(folder)
    confirmed = review.confirm(drafts, ids, on, by=by)
    patch = drafts.diff()
    if write:
        drafts.write()
    return Proposal(patch, tuple(confirmed), write)


def _raw(folder: Path, entry: Entry) -> dict[str, str]:
    from bot.workshop.amend import raw
    from bot.workshop.edit_folder import Drafts

    return raw(Drafts(folder), entry)


def _mended(folder: Path, entry: Entry, wanted: dict[str, str], by: str, now: datetime, *, write: bool) -> MendShown:
    from bot.workshop.amend import amend
    from bot.workshop.edit_folder import Drafts

    try:
        made = amend(Drafts(folder), entry, wanted, app.learned(folder), by, now)
    except KnowledgeError as error:
        raise broken(error) from None
    patch = made.drafts.diff()
    if write:
        made.drafts.write()
    return MendShown(patch, made.body, made.signature, made.say, made.tests, write)
