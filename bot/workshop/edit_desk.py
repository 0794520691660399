"""The desk before an edit and after it: what both have in common is read and built once."""

from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.desk.desk import HelpDesk
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import KnowledgeError, load
from bot.matching.learned import Kept as Learned
from bot.matching.wordings import Readings
from bot.workshop.edit_folder import Drafts
from bot.workshop.edit_reach import changed
from bot.workshop.kept import Kept, content_of, named, program
from bot.workshop.test_touched import heard


class Before:
    """A folder as it is before an edit."""

    def __init__(
        self,
        folder: Path,
        learned: Learned | None,
        base: KnowledgeBase | None = None,
        readings: Readings | None = None,
    ) -> None:
        """Read the folder. `learned`: what was learned of it; `base`, `readings`: what was read of it already.

        Raises:
            KnowledgeError: it cannot be served.
        """
        self.folder, self.learned = folder, learned
        self.base, self._readings = base or load(folder, to_serve=True), readings or Readings()

    @classmethod
    def of(cls, folder: Path, learned: Learned | None, kept: Kept, base: KnowledgeBase | None = None) -> "Before":
        """Return a folder with the desk on it, as `kept` where it was built before; else it is built, and kept.

        Raises:
            KnowledgeError: it cannot be served.
        """
        name, read = named("desk", folder, content_of(folder), ""), f"readings-{program()}"
        found = kept.load(name)
        if not isinstance(found, Before):
            readings = kept.load(read)
            found = cls(folder, learned, base, readings if isinstance(readings, Readings) else None)
            found.heard  # noqa: B018  # the desk is built, to be kept with it
            kept.store(name, found)
            found._readings.only(found.base)
            kept.store(read, found._readings)
        found.folder, found.learned, found.desk.kept = folder, learned, learned
        return found

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept: all but what was learned, which stands in a file of its own."""
        desk = copy(self.desk)
        desk.kept = None
        return {**vars(self), "learned": None, "desk": desk}

    @cached_property
    def desk(self) -> HelpDesk:
        """The desk as it is."""
        return self._built(self.base)

    @cached_property
    def heard(self) -> str:
        """A name for all that the desk ranks questions with and answers by, but for what answers say."""
        return heard(self.desk)

    def after(self, drafts: Drafts) -> HelpDesk:
        """Return the desk as it would be with the changes: on the matcher of the present one where these cannot touch it.

        Raises:
            KnowledgeError: the folder could not be served.
        """
        base, problems = drafts.built
        if base is None or problems:
            raise KnowledgeError(problems)
        if changed(self.base, base) != frozenset():
            return self._built(base)
        desk = copy(self.desk)
        desk.base = base
        return desk

    def serves(self, desk: HelpDesk) -> bool:
        """Tell whether a desk that `after` gave answers as the present one does, whatever it is asked."""
        return "desk" in vars(self) and desk.matcher is self.desk.matcher

    def _built(self, base: KnowledgeBase) -> HelpDesk:
        return HelpDesk(base, self.learned, encoder=False, readings=self._readings)
