"""Composition root: builds the parts from settings and folders."""

import gc
from pathlib import Path

from bot.desk.desk import HelpDesk
from bot.knowledge.build import load
from bot.knowledge.evaluation import broken, read_evaluation
from bot.matching.calibrate import Calibration


def calibration(folder: Path) -> Calibration:
    """Return the calibration that was fitted for a knowledge folder, or the default.

    Raises:
        KnowledgeError: there is an evaluation file that cannot be used.
    """
    data = read_evaluation(folder)
    if not data:
        return Calibration()
    try:
        return Calibration.from_dict(data["calibration"])
    except (ValueError, TypeError, AttributeError) as error:
        raise broken(str(error)) from None


_SELDOM = (10_000, 20, 20)
"""Objects made between two looks for garbage, and looks between two that look further: answers leave few circles."""


def desk(folder: Path) -> HelpDesk:
    """Return a help desk on the knowledge base of a folder.

    Raises:
        KnowledgeError: the folder cannot serve.
    """
    gc.disable()  # what is built here stays: looking for garbage meanwhile costs a fifth of the start
    try:
        return HelpDesk(load(folder), calibration(folder))
    finally:
        gc.freeze()
        gc.enable()
        gc.set_threshold(*_SELDOM)
