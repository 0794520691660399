"""The wordings that are learned: those that are new, and which of them is the test."""

from collections.abc import Sequence

from bot.hangul import clean, compact
from bot.workshop.check import FEWEST_QUESTIONS
from bot.workshop.gaps import plain

LONGEST = 200
"""Most characters of a wording worth keeping as a question. Longer ones are stories."""


def shared_out(wordings: Sequence[str], others: int) -> tuple[list[str], list[str]]:
    """Return the questions and the test of a new entry: the rarest wording is the test if enough are left.

    `others`: how many questions it has besides.
    """
    cleaned = {key(w): plain(w) for w in reversed(wordings) if key(w)}
    fresh = [w for w in reversed(cleaned.values()) if len(w) <= LONGEST]
    spare = len(fresh) - 1 + others >= FEWEST_QUESTIONS and len(fresh) > 1
    return (fresh[:-1], fresh[-1:]) if spare else (fresh, [])


def listed(value: object) -> list[str]:
    """Return the texts of a field that holds one or several."""
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else []


def key(text: str) -> str:
    """Return what two wordings have in common that differ in spaces and punctuation alone."""
    return compact(clean(text))
