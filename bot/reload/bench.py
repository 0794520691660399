"""The maintainers' bench: the workshop's tools for the console, each used in a process of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot import app
from bot.desk.front import Front
from bot.desk.maintain import By, DueShown, EditShown, GapsShown, MendShown, Proposal
from bot.knowledge.build import KnowledgeError
from bot.reload.builder import Builder
from bot.reload.gaps import Counted
from bot.reload.refusals import broken
from bot.store.gaps import Record
from bot.words import Entry, RefusedError

if TYPE_CHECKING:
    from bot.workshop.edit_folder import Drafts


class Bench:
    """`bot.desk.maintain.Maintenance` on one folder."""

    def __init__(
        self, folder: Path, front: Front, builder: Builder, *, editable: bool, commits: bool = False
    ) -> None:
        """`commits`: what is written is committed under its author's name."""
        self.folder, self.front, self.builder, self.editable = folder, front, builder, editable
        self.commits = commits
        self._gaps = Counted(folder, front, builder)

    async def gaps(self, records: Sequence[Record], now: datetime, *, whole: bool = False) -> GapsShown:
        """Return the gaps among records, or those counted last if that takes long."""
        return await self._gaps.shown(records, now, whole=whole)

    async def learn(self, entry: str, wordings: Sequence[str], by: By, now: datetime) -> Proposal:
        """Have an entry answer wordings, with a test."""
        return await self.builder.apart(_learned, self.folder, entry, tuple(wordings), now, self._write(by))

    async def propose(self, wordings: Sequence[str], answer: str, by: By, now: datetime) -> Proposal:
        """Make the draft of an entry of what was asked and answered."""
        return await self.builder.apart(_proposed, self.folder, tuple(wordings), answer, now, self._write(by))

    async def confirm(self, ids: Sequence[str], on: date, by: By) -> Proposal:
        """Note that entries are still correct."""
        return await self.builder.apart(_confirmed, self.folder, tuple(ids), on, self._write(by))

    async def raw(self, entry: str) -> Mapping[str, str]:
        """Return what the file says of an entry."""
        return await self.builder.apart(_raw, self.folder, self._entry(entry))

    async def mend(self, entry: str, wanted: Mapping[str, str], by: By, now: datetime, *, write: bool) -> MendShown:
        """Change what an entry says."""
        return await self.builder.apart(
            _mended, self.folder, self._entry(entry), dict(wanted), now, self._write(by, write=write)
        )

    def _write(self, by: By, *, write: bool = True) -> "_Write":
        return _Write(by, write and self.editable, self.commits)

    def _entry(self, id: str) -> Entry:
        entry = self.front.base.entry(id)
        if entry is None or not entry.file:
            raise RefusedError(f"'{id}'이라는 항목이 없습니다.")
        return entry

    async def edits(self, ids: Sequence[str], since: datetime) -> Mapping[str, Sequence[EditShown]]:
        """Return who changed entries since a moment; for those made by a template, also its record."""
        return await self.builder.apart(_edits, self.folder, tuple(ids), since)

    def due(self, today: date, within: int) -> list[DueShown]:
        """Return what is due within some days."""
        from bot.workshop import review

        return [
            DueShown(d.id, d.question, d.owner, _day(d.verified_on), _day(d.review_by), d.days, f"{d.file}:{d.line}")
            for d in review.due(self.front.base, today, within)
            if d.file  # what ships with the program is not for editors to check
        ]


@dataclass(frozen=True, slots=True)
class _Write:
    """Whether a change is written, and its author."""

    by: By
    write: bool
    commits: bool

    def proposal(self, drafts: "Drafts", said: Iterable[str], what: str) -> Proposal:
        """Write a change if that is wanted; return it with what there is to say of it."""
        patch = drafts.diff()  # before it is written
        fault = self(drafts, what)
        return Proposal(patch, tuple(filter(None, (*said, fault))), self.write)

    def __call__(self, drafts: "Drafts", what: str) -> str:
        """Write a change if that is wanted; return why it was not committed, if it should have been."""
        from bot.workshop.commit import write

        if not self.write:
            return ""
        if not self.commits:
            drafts.write()
            return ""
        return write(drafts, self.by.name, self.by.login, "\n\n".join(filter(None, (what, self.by.why))))


def _edits(folder: Path, ids: tuple[str, ...], since: datetime) -> dict[str, tuple[EditShown, ...]]:
    from bot.workshop.authors import edits

    known = edits(folder, since)
    found = {}
    for id in ids:
        some = {edit for part in (id, *id.split(".")) for edit in known.get(part, ())}
        found[id] = tuple(sorted(some, key=_age, reverse=True))
    return found


def _age(edit: EditShown) -> tuple[bool, float]:
    """Return what a newer change has more of; what is not committed is the newest."""
    return edit.at is None, edit.at.timestamp() if edit.at else 0.0


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _learned(folder: Path, entry: str, wordings: tuple[str, ...], now: datetime, write: _Write) -> Proposal:
    from bot.workshop.edit_folder import Drafts
    from bot.workshop.learn import Teacher

    try:
        teacher = Teacher(Drafts(folder), app.learned(folder), now)
    except KnowledgeError as error:
        raise broken(error) from None
    learned = teacher.add_wordings(entry, wordings)
    said = [*learned.said, f"시험 {learned.passed}건이 통과합니다."]
    return write.proposal(learned.drafts, said, f"{entry}: {', '.join(wordings)[:60]}")


def _proposed(folder: Path, wordings: tuple[str, ...], answer: str, now: datetime, write: _Write) -> Proposal:
    from bot.workshop.edit_folder import Drafts
    from bot.workshop.propose import propose

    drafts = Drafts(folder)
    try:
        id = propose(drafts, wordings, answer, write.by.name, now)
    except KnowledgeError as error:
        raise broken(error) from None
    return write.proposal(drafts, (id,), f"{id}: 초안")


def _confirmed(folder: Path, ids: tuple[str, ...], on: date, write: _Write) -> Proposal:
    from bot.workshop import review
    from bot.workshop.edit_folder import Drafts

    drafts = Drafts(folder)
    confirmed = review.confirm(drafts, ids, on, by=write.by.name)
    return write.proposal(drafts, confirmed, f"다시 확인함: {', '.join(confirmed)[:60]}")


def _raw(folder: Path, entry: Entry) -> dict[str, str]:
    from bot.workshop.amend import raw
    from bot.workshop.edit_folder import Drafts

    return raw(Drafts(folder), entry)


def _mended(folder: Path, entry: Entry, wanted: dict[str, str], now: datetime, write: _Write) -> MendShown:
    from bot.workshop.amend import amend
    from bot.workshop.edit_folder import Drafts

    try:
        made = amend(Drafts(folder), entry, wanted, app.learned(folder), write.by.name, now)
    except KnowledgeError as error:
        raise broken(error) from None
    patch = made.drafts.diff()
    fault = write(made.drafts, f"{entry.id}: 답을 고침")
    return MendShown(patch, made.body, made.signature, made.say, made.tests, write.write, fault)
