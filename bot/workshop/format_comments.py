"""Comments of a YAML text, which no parser keeps: where they are, and before or behind what."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.workshop.edit_tree import LOADER

_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
_HEADER = re.compile(r"[|>][-+\d]*[ \t]+(#[^\r\n]*)")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, from its «#» on, and whether it has a line of its own."""

    index: int
    text: str
    own_line: bool


@dataclass(slots=True)
class Attached:
    """Comments by the place of what they belong to."""

    before: dict[int, list[str]] = field(default_factory=dict)
    behind: dict[int, list[str]] = field(default_factory=dict)
    last: list[str] = field(default_factory=list)
    """Comments behind everything."""

    def around(self, place: int) -> tuple[list[str], list[str]]:
        """Return the comments before and behind what is at a place."""
        return self.before.get(place, []), self.behind.get(place, [])


def comments_in(text: str) -> list[Comment]:
    """Return the comments of a text in order."""
    found = []
    end = 0
    for token in yaml.scan(text, Loader=LOADER):
        found += _between(text, end, _index(token.start_mark))
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            raw = text[_index(token.start_mark) : _index(token.end_mark)]
            if m := _HEADER.match(raw):
                found.append(Comment(_index(token.start_mark) + m.start(1), m[1].rstrip(), own_line=False))
        end = max(end, _index(token.end_mark))
    return found + _between(text, end, len(text))


def _between(text: str, start: int, end: int) -> list[Comment]:
    """Return the comments between two tokens that only comments and white space separate."""
    found = []
    for m in _COMMENT.finditer(text, start, end):
        line = text[text.rfind("\n", 0, m.start()) + 1 : m.start()]
        found.append(Comment(m.start(), m[0].rstrip(), own_line=not line.strip()))
    return found


def _index(mark: Any) -> int:
    return int(mark.index)


def attach(comments: Iterable[Comment], places: Sequence[int]) -> Attached:
    """Return the comments by what they belong to: one on a line of its own to what follows, another to what precedes it.

    `places`: the starting positions of the parts that get a line of their own, in ascending order.
    """
    attached = Attached()
    for c in comments:
        following = bisect_right(places, c.index)
        if not c.own_line and following:
            attached.behind.setdefault(places[following - 1], []).append(c.text)
        elif following < len(places):
            attached.before.setdefault(places[following], []).append(c.text)
        else:
            attached.last.append(c.text)
    return attached
