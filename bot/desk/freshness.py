"""Freshness: whether what was checked is still to be relied on, by the day on which it is to be checked again."""

from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=14)
"""How long before its day something is said to be due for checking."""


class Freshness(StrEnum):
    """How far a day of review is."""

    FRESH = "fresh"
    SOON = "soon"
    STALE = "stale"
    UNKNOWN = ""
    """Nobody said when to check again."""


def freshness(review_by: date | None, today: date) -> Freshness:
    """Return how fresh something is today. On the day of review itself it can still be relied on."""
    if review_by is None:
        return Freshness.UNKNOWN
    if review_by < today:
        return Freshness.STALE
    return Freshness.SOON if review_by - today <= SOON else Freshness.FRESH
