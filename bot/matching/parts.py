"""Parts of a message: the sentences of a long one, the questions that a short one joins."""

import re

_CLAUSE = re.compile(r"(?<=[.?!。？！\n])\s*|(?<=[가-힣][다요죠]) (?=\S)")
_JOINED = re.compile(r"(?<=[가-힣])(?:이랑|랑|하고|와|과)\s+|\s+(?:그리고|및|또)\s+|[?!.]\s+|\s*[,/&+]\s*|\n")
_SHORTEST = 4
"""Characters of a sentence that can be a question."""
_LAST = 6
"""Sentences that are read: people tell first and ask at the end."""
_MOST = 3
"""Questions that one message joins; more is a story or a list."""


def sentences(text: str) -> list[str]:
    """Return the last sentences of a text, the last one first; none where it has but one."""
    found = [p for p in _CLAUSE.split(text) if p and len(p) >= _SHORTEST]
    return found[-_LAST:][::-1] if len(found) > 1 else []


def joined(text: str) -> list[str]:
    """Return the two or three texts that a message joins; none where it does not."""
    found = [p for p in _JOINED.split(text) if p and p.strip()]
    return found if 2 <= len(found) <= _MOST else []
