"""What most people want to know: by how many asked here lately, and before that by how many wordings are known."""

import logging
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.channels.web import shelf
from bot.channels.web.parts import Parts
from bot.knowledge.base import KnowledgeBase
from bot.store import popular
from bot.store.database import unavailable
from bot.words import Entry

log = logging.getLogger(__name__)
LATELY = timedelta(days=90)
_AGAIN = 600.0
"""Seconds after which it is counted again."""
_ASKED = 3.0
"""Weight of a person who asked here; a known wording counts 1."""


def known(base: KnowledgeBase) -> Mapping[str, float]:
    """Return how many wordings are known for each entry, from voices and from its own questions."""
    said: Counter[str] = Counter()
    for sections in base.voices.values():
        for name, texts in sections.items():
            said[name] += len(texts)
    wordings = {e.id: len(f.wordings) for f in base.frames for e in f.entries.values()}
    return {
        id: said[id] + said[base.entries[id].frame] / 10 + count / 100
        for id, count in wordings.items()
        if id in base.entries
    }


class Popular:
    """Knows the order of importance of the knowledge that is served now."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._base: KnowledgeBase | None = None
        self._known: Mapping[str, float] = {}
        self._asked: Mapping[str, int] = {}
        self._until = 0.0

    async def weights(self) -> Mapping[str, float]:
        """Return the importance of each entry."""
        if self._base is not self.parts.front.base:
            self._base = self.parts.front.base
            self._known = known(self._base)
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + _AGAIN
            try:
                async with self.parts.database.read() as connection:
                    self._asked = await popular.askers(connection, datetime.now(UTC) - LATELY)
            except Exception as error:
                if not unavailable(error):
                    raise
                log.warning("importance as it was: %s", type(error).__name__)
        return {id: weight + _ASKED * self._asked.get(id, 0) for id, weight in self._known.items()}

    async def most(self, count: int) -> list[Entry]:
        """Return the public entries that most people want, at most one of each template."""
        weights, base = await self.weights(), self.parts.front.base
        order = sorted(weights, key=lambda id: -weights[id])
        found: dict[str, Entry] = {}
        for id in order:
            entry = base.entries[id]
            if shelf.is_public(entry):
                found.setdefault(entry.frame, entry)
            if len(found) == count:
                break
        return list(found.values())
