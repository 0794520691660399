"""Where things are in a YAML text: the spans of its nodes, in characters."""

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from bot.words import RefusedError

Path: TypeAlias = tuple[str | int, ...]
"""Keys and numbers that lead from the top of a file to a value."""

_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class EditError(RefusedError):
    """A file cannot be changed without touching more than is meant; the message says where."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node, the collection that holds it, and its number there."""

    node: Any
    parent: Any = None
    number: int = 0

    @property
    def in_flow(self) -> bool:
        return self.parent is not None and bool(self.parent.flow_style)


class Tree:
    """The nodes of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Any = yaml.compose(text, Loader=LOADER)

    def at(self, path: Path) -> Place | None:
        """Return what is at a path, or `None` where nothing is."""
        place = Place(self.root)
        for step in path:
            found = _child(place.node, step)
            if found is None:
                return None
            place = found
        return place

    def refused(self) -> EditError:
        """Return the error for a text whose layout does not allow a safe change."""
        return EditError("이렇게 적힌 목록은 자동으로 고칠 수 없습니다. 편집기에서 직접 고쳐 주세요.")

    def end(self, node: Any) -> int:
        """Return where a node ends, without the blank lines and comments after it."""
        if isinstance(node, yaml.ScalarNode):
            return self._block_end(node) if node.style in ("|", ">") else int(node.end_mark.index)
        if node.flow_style or not node.value:
            return int(node.end_mark.index)
        last = node.value[-1]
        return self.end(last[1] if isinstance(last, tuple) else last)

    def _block_end(self, node: Any) -> int:
        start, stop = int(node.start_mark.index), int(node.end_mark.index)
        text = self.text[start:stop]
        kept = text.rstrip()
        return self.line_end(start + len(kept))

    def line_end(self, index: int) -> int:
        """Return where the line of a place ends, before its line break."""
        found = _BREAK.search(self.text, index)
        return found.start() if found else len(self.text)

    def next_line(self, index: int) -> int:
        """Return where the line after that of a place begins."""
        found = _BREAK.search(self.text, index)
        return found.end() if found else len(self.text)

    def line_start(self, index: int) -> int:
        """Return where the line of a place begins."""
        last = 0
        for found in _BREAK.finditer(self.text, 0, index):
            last = found.end()
        return last

    def dash(self, sequence: Any, number: int) -> int:
        """Return the position of the dash of an item in a block sequence."""
        column = int(sequence.start_mark.column)
        start = self.line_start(int(sequence.value[number].start_mark.index))
        while self.text[start + column : start + column + 1] != "-" or not self._only_before(start, column, number):
            start = self.line_start(max(start - 1, 0))
            if start == 0 and self.text[column : column + 1] != "-":
                raise self.refused()
        return start + column

    def _only_before(self, start: int, column: int, number: int) -> bool:
        """Tell whether before a dash there is nothing that would make it a part of something else."""
        return number == 0 or not self.text[start : start + column].strip()

    def blank_between(self, sequence: Any) -> bool:
        """Tell whether an empty line precedes the last item of a block sequence."""
        if len(sequence.value) < 2:
            return False
        before = self.next_line(self.end(sequence.value[-2]))
        between = self.text[before : self.dash(sequence, len(sequence.value) - 1)]
        return any(not line.strip() for line in between.splitlines()[:1]) and "\n" in between

    def colon(self, key: Any) -> int:
        """Return the place after the colon of a key."""
        found = re.compile(r"[^\S\r\n]*:").match(self.text, int(key.end_mark.index))
        if not found:
            raise self.refused()
        return found.end()


def _child(node: Any, step: str | int) -> Place | None:
    if isinstance(node, yaml.MappingNode):
        pairs = [(i, v) for i, (k, v) in enumerate(node.value) if k.value == step]
        return Place(pairs[0][1], node, pairs[0][0]) if pairs else None
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return Place(node.value[step], node, step)
    return None
