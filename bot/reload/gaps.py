"""The gaps at the console: counted one at a time, beside the desk that serves, and shown before all are up to date.

Each wording is asked again, which takes some 25 ms, and a visitor can leave thousands. So only a few hundred are looked
at; what takes longer than a page may take goes on in the background, and the page shows what was counted last.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot import app
from bot.desk.front import Front
from bot.desk.maintain import GapShown, GapsShown
from bot.knowledge.build import KnowledgeError
from bot.reload.builder import Builder
from bot.reload.refusals import broken
from bot.store.gaps import Record, state_of

MOST = 500
"""Distinct questions that are looked at: those of most people, then the newest."""
_FEW = 60
"""Distinct questions that are counted while a page waits."""
_PATIENCE = 0.5
"""Seconds that a page waits for more."""
_Key = tuple[int, tuple[Record, ...]]


class Counted:
    """The gaps of one folder as they were counted last."""

    def __init__(self, folder: Path, front: Front, builder: Builder) -> None:
        self.folder, self.front, self.builder = folder, front, builder
        self._seen: _Key = (0, ())
        self._found: list[GapShown] = []
        self._counting: asyncio.Task[None] | None = None

    async def shown(self, records: Sequence[Record], now: datetime, *, whole: bool = False) -> GapsShown:
        """Return the gaps among records, or those counted last if that takes long. `whole`: wait for it.

        Raises:
            RefusedError: they could not be counted.
        """
        wanted, left = looked_at(records)
        key = self.front.generation, tuple(replace(r, gap=None, state="") for r in wanted)  # neither changes a gap
        few = len({r.question for r in wanted}) <= _FEW
        while key != self._seen:
            if self._counting is None:
                self._counting = asyncio.create_task(self._count(key, wanted, now))
            task = self._counting
            await asyncio.wait({task}, timeout=None if whole or few else _PATIENCE)
            if not task.done():
                break
            task.result()
        return GapsShown(_restated(self._found, records), key != self._seen, left)

    async def _count(self, key: _Key, records: Sequence[Record], now: datetime) -> None:
        try:
            self._found = await self.builder.apart(_gaps, self.folder, tuple(records), now)
            self._seen = key
        finally:
            self._counting = None


def looked_at(records: Sequence[Record]) -> tuple[list[Record], int]:
    """Return the records whose questions are looked at, and how many questions are not."""
    people: dict[str, set[str]] = defaultdict(set)
    newest: dict[str, int] = {}
    for record in records:
        people[record.question].add(record.user)
        newest[record.question] = max(record.id, newest.get(record.question, 0))
    order = sorted(people, key=lambda q: (len(people[q]), newest[q]), reverse=True)
    chosen = set(order[:MOST])
    return [r for r in records if r.question in chosen], len(order) - len(chosen)


def _restated(found: Iterable[GapShown], records: Sequence[Record]) -> list[GapShown]:
    """Return gaps in the state in which their records are now."""
    now = {r.id: r.state for r in records}
    return [replace(g, state=state_of(now.get(id, g.state) for id in g.records)) for g in found]


def _gaps(folder: Path, records: tuple[Record, ...], now: datetime) -> list[GapShown]:
    from bot.workshop import gaps

    try:
        desk = app.desk(folder)
    except KnowledgeError as error:
        raise broken(error) from None
    return [
        GapShown(
            g.id,
            g.state,
            g.people,
            g.times,
            g.wordings,
            tuple(g.why.items()),
            g.last,
            g.nearest,
            g.reason,
            g.answered,
            g.answers,
            g.notes,
            g.records,
            g.by_wording,
        )
        for g in gaps.find(records, desk, now)
    ]
