"""Numbers of rows as they come from outside: in addresses, forms and taps, where anybody may write anything."""

_DIGITS = 16
"""Fewer than a number may have that fits into 53 bits."""


def count(text: str) -> int | None:
    """Return a number as databases hold it, or `None` where a text is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else None
