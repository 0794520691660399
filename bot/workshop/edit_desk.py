"""The desk before an edit and after it: what both have in common is read and built once."""

from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from bot.desk.desk import HelpDesk
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import KnowledgeError, build, load
from bot.matching.learned import Kept as Learned
from bot.matching.wordings import Readings
from bot.words import BaseTests, Tests
from bot.workshop.edit_folder import Drafts
from bot.workshop.kept import told


class Before:
    """A folder as it is before an edit."""

    def __init__(self, folder: Path, kept: Learned | None) -> None:
        """Read the folder.

        Raises:
            KnowledgeError: it cannot be served.
        """
        self.base, self.kept, self._readings = load(folder, to_serve=True), kept, Readings()

    @cached_property
    def desk(self) -> HelpDesk:
        """The desk as it is."""
        return self._built(self.base)

    def after(self, drafts: Drafts) -> HelpDesk:
        """Return the desk as it would be with the changes: on the matcher of the present one where these cannot touch it.

        Raises:
            KnowledgeError: the folder could not be served.
        """
        base, problems = build(drafts.folder, drafts.changed, to_serve=True)
        if base is None or problems:
            raise KnowledgeError(problems)
        if told(_heard(base)) != told(_heard(self.base)):
            return self._built(base)
        desk = copy(self.desk)
        desk.base = base
        return desk

    def serves(self, desk: HelpDesk) -> bool:
        """Tell whether a desk that `after` gave answers as the present one does, whatever it is asked."""
        return "desk" in vars(self) and desk.matcher is self.desk.matcher

    def _built(self, base: KnowledgeBase) -> HelpDesk:
        return HelpDesk(base, self.kept, encoder=False, readings=self._readings)


def _heard(base: KnowledgeBase) -> KnowledgeBase:
    """Return all of a base but its tests, and what only names it."""
    frames = tuple(replace(f, tests=Tests()) for f in base.frames)
    return replace(base, version="", files=(), frames=frames, tests=BaseTests(), dialogues=(), voices_faults=())
