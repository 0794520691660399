"""What maintainers do at the console with tools that the console does not know.

The composition root provides the implementation; the work is heavy, so it is done where no answer waits for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.store.gaps import Record


@dataclass(frozen=True, slots=True)
class By:
    """Who does something to the knowledge, and why where they said."""

    name: str
    login: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class EditShown:
    """Who changed an entry, when, and what they called it; no name where the change is not committed."""

    name: str
    at: datetime | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class GapShown:
    """A question without a good answer, in the words of those who asked. `why`: how often it came about, and how."""

    id: int
    state: str
    people: int
    times: int
    wordings: tuple[str, ...]
    why: tuple[tuple[str, int], ...]
    last: datetime
    nearest: str
    reason: str
    answered: str
    answers: tuple[str, ...]
    notes: tuple[str, ...]
    records: tuple[int, ...]
    by_wording: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """The records of each wording."""


@dataclass(frozen=True, slots=True)
class GapsShown:
    """The gaps. `counting`: newer ones are being counted; `left`: how many questions were not looked at."""

    gaps: list[GapShown]
    counting: bool = False
    left: int = 0


@dataclass(frozen=True, slots=True)
class DueShown:
    """An entry or template that is to be looked at again. `days`: until then, negative where it is past."""

    id: str
    question: str
    owner: str
    verified_on: str
    review_by: str
    days: int
    place: str
    """File and line."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the knowledge files: as a patch, and whether it was written into them at once."""

    patch: str
    said: tuple[str, ...] = ()
    written: bool = False


@dataclass(frozen=True, slots=True)
class MendShown:
    """An edited answer: as it would be said, and the change of the files. `tests`: how many of its own it passes."""

    patch: str
    body: str
    signature: str
    say: str
    tests: int
    written: bool
    said: str = ""
    """What the maintainer should know about the writing."""


class Maintenance(Protocol):
    """Does a maintainer's work on the knowledge folder. `editable`: the operator lets the console write there."""

    editable: bool

    async def gaps(self, records: Sequence[Record], now: datetime, *, whole: bool = False) -> GapsShown:
        """Return the gaps among some records of questions, those of most people first; if that takes long, those
        that were counted last. `whole`: wait for it. Raises RefusedError."""

    async def learn(self, entry: str, wordings: Sequence[str], by: By, now: datetime) -> Proposal:
        """Have an entry answer wordings, with a test. Raises RefusedError where that would break anything."""

    async def propose(self, wordings: Sequence[str], answer: str, by: By, now: datetime) -> Proposal:
        """Make the draft of an entry, which is not told yet, of what was asked and answered. Raises RefusedError."""

    async def confirm(self, ids: Sequence[str], on: date, by: By) -> Proposal:
        """Note that entries still hold. Raises RefusedError."""

    async def raw(self, entry: str) -> Mapping[str, str]:
        """Return what the file says of an entry: answer, say, staff_note. Raises RefusedError where it cannot be changed."""

    async def mend(self, entry: str, wanted: Mapping[str, str], by: By, now: datetime, *, write: bool) -> MendShown:
        """Change what an entry says, and where it is allowed and asked for write it. Raises RefusedError."""

    async def edits(self, ids: Sequence[str], since: datetime) -> Mapping[str, Sequence[EditShown]]:
        """Return by entry who changed it since a moment, the newest first; nothing where nobody knows."""

    def due(self, today: date, within: int) -> list[DueShown]:
        """Return what is due within some days, the longest overdue first."""
