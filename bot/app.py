"""Composition root: builds the parts from settings and folders."""

import gc
from collections.abc import Sequence
from pathlib import Path

from bot import heap
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import load
from bot.knowledge.trained import read_trained, unusable
from bot.languages import USUAL
from bot.matching.learned import Kept, LearnedError, unpack
from bot.matching.wordings import Readings


def learned(folder: Path, *, encoder: bool = True) -> Kept | None:
    """Return what was learned of a knowledge folder; `None` where nothing was.

    `encoder`: with what the sentence encoder needs, which takes 25 MB.

    Raises:
        KnowledgeError: there is a file of it that cannot be used.
    """
    data = read_trained(folder)
    try:
        return unpack(data, head=encoder) if data is not None else None
    except LearnedError as error:
        raise unusable(str(error)) from None


_SELDOM = (10_000, 20, 20)
"""Objects made between two looks for garbage, and looks between two that look further: answers leave few circles."""


def desk(
    folder: Path,
    *,
    base: KnowledgeBase | None = None,
    encoder: bool = True,
    languages: Sequence[str] = USUAL,
    readings: Readings | None = None,
) -> HelpDesk:
    """Return a help desk on the knowledge base of a folder; without the encoder it answers alike on every machine.

    `base`: what stands in the folder, where it was read before. `languages`: those that the desk is to speak.
    `readings`: what was read of its wordings before, for another desk.

    Raises:
        KnowledgeError: the folder cannot serve.
    """
    gc.disable()  # what is built here stays: looking for garbage meanwhile costs a fifth of the start
    try:
        base = base or load(folder, languages=languages, to_serve=True)
        return HelpDesk(base, learned(folder, encoder=encoder), encoder=encoder, readings=readings)
    finally:
        gc.freeze()
        gc.enable()
        gc.set_threshold(*_SELDOM)
        heap.give_back()
