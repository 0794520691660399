"""Review: which answers are due to be checked again, and a confirmation that they still hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.knowledge.base import KnowledgeBase
from bot.workshop.edit_folder import Drafts

DAYS = 90
"""How long a confirmation holds."""


@dataclass(frozen=True, slots=True)
class Due:
    """An entry or template whose date to be looked at again is near or past. `days` is negative when it is past."""

    id: str
    question: str
    owner: str
    verified_on: date | None
    review_by: date | None
    days: int
    file: str
    line: int

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON has it."""
        return {
            "id": self.id,
            "question": self.question,
            "owner": self.owner,
            "verified_on": self.verified_on.isoformat() if self.verified_on else None,
            "review_by": self.review_by.isoformat() if self.review_by else None,
            "days": self.days,
            "file": self.file,
            "line": self.line,
        }


def due(base: KnowledgeBase, today: date, within: int, owner: str = "") -> list[Due]:
    """Return what is due within some days, the longest overdue first; what has no date is due today."""
    found = []
    for frame in base.written():
        entry = next(iter(frame.entries.values()), None)
        if entry is None or (owner and entry.owner != owner):
            continue
        days = (entry.review_by - today).days if entry.review_by else 0
        if days <= within:
            question = frame.wordings[0] if frame.wordings else frame.id
            found.append(
                Due(frame.id, question, entry.owner, entry.verified_on, entry.review_by, days, frame.file, frame.line)
            )
    return sorted(found, key=lambda d: (d.days, d.owner, d.file, d.line))


def owners(found: Sequence[Due]) -> dict[str, list[Due]]:
    """Return what is due by owner, in the order of the first of each."""
    by_owner: dict[str, list[Due]] = {}
    for item in found:
        by_owner.setdefault(item.owner or "(맡은 사람 없음)", []).append(item)
    return by_owner


def confirm(drafts: Drafts, ids: Iterable[str], on: date, days: int = DAYS, by: str = "") -> list[str]:
    """Note in entries that they were checked on a day and hold for some days; return their ids.

    A date in the file's defaults stays there for the others: the entry gets its own.

    Raises:
        RefusedError: an id is not there; nothing is noted.
    """
    found = [drafts.find(id) for id in ids]
    for entry in found:
        entry.draft.set((*entry.path, "verified_on"), on)
        entry.draft.set((*entry.path, "review_by"), on + timedelta(days=days))
        if by:
            entry.draft.set((*entry.path, "verified_by"), by)
    return [str(entry.get("id")) for entry in found]
