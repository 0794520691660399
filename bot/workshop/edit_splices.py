"""What to write where, for each kind of change to a YAML text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.workshop import edit_render as render
from bot.workshop.edit_render import Value
from bot.workshop.edit_tree import Path, Place, Tree

ORDER = (
    "id", "former", "for", "only", "about", "questions", "question", "until", "needs", "answer", "short", "answers", "phases", "again", "say", "topic", "kind", "talk", "status",
    "weight", "notice", "sources", "related", "english", "staff_note", "audience", "owner", "verified_on", "verified_by", "review_by",
    "correction", "tests",
)  # fmt: skip
"""The order of the keys of an entry, unless the editor has chosen another."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Characters `start` to `end` of a text become `text`."""

    start: int
    end: int
    text: str


def replaced(tree: Tree, place: Place, path: Path, value: Value, newline: str) -> list[Splice]:
    """Return the splices that put a value in the place of another."""
    node = place.node
    start, end = int(node.start_mark.index), tree.end(node)
    empty = isinstance(node, yaml.ScalarNode) and start == end
    is_text = isinstance(value, str)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") and is_text:
        return _block_text(tree, node, str(value), newline)
    if is_text and not place.in_flow and isinstance(place.parent, yaml.MappingNode) and "\n" in str(value):
        lines = render.literal(str(value))
        if lines:
            indent = " " * (int(place.parent.start_mark.column) + 2)
            stop = tree.line_end(end)
            body = "".join(newline + (indent + line if line else "") for line in lines)
            return [Splice(start, end, " |" if empty else "|"), Splice(stop, stop, body)]
    block = isinstance(value, Sequence | Mapping) and not is_text and not place.in_flow and value
    if block and empty and isinstance(place.parent, yaml.MappingNode):
        first, *rest = render.pair(str(path[-1]), value)
        indent = " " * int(place.parent.start_mark.column)
        stop = tree.line_end(end)
        tail = "".join(newline + (indent + line if line else "") for line in rest)
        head = first.split(":", 1)[1]
        return [Splice(start, end, head), *([Splice(stop, stop, tail)] if tail else [])]
    style = node.style if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"') else None
    return [Splice(start, end, (" " if empty else "") + render.inline(value, flow=place.in_flow, style=style))]


def _block_text(tree: Tree, node: Any, value: str, newline: str) -> list[Splice]:
    """Return the splices that put a text in the place of a literal or folded block, which keeps its indentation."""
    start, end = int(node.start_mark.index), tree.end(node)
    lines = render.literal(value)
    first = tree.next_line(start)
    header_end = next((i for i in range(start, end) if tree.text[i] in " \t\r\n#"), end)
    body = tree.text[first:end]
    column = len(body) - len(body.lstrip(" "))
    if lines is None or first >= end or not column:
        return [Splice(start, end, render.inline(value, flow=False))]
    text = newline.join(" " * column + line if line else "" for line in lines)
    return [Splice(start, header_end, "|"), Splice(first, end, text)]


def new_key(tree: Tree, node: Any, key: str, value: Value, newline: str) -> Splice:
    """Return the splice that adds a key to a mapping."""
    if node.flow_style:
        text = f"{key}: {render.inline(value, flow=True)}"
        if not node.value:
            place = int(node.start_mark.index) + 1
            return Splice(place, place, text)
        place = tree.end(node.value[-1][1])
        return Splice(place, place, f", {text}")
    before = [
        v for k, v in node.value if k.value in ORDER and key in ORDER and ORDER.index(k.value) < ORDER.index(key)
    ]
    anchor = before[-1] if before else node.value[-1][1]
    place = tree.line_end(tree.end(anchor))
    indent = " " * int(node.start_mark.column)
    return Splice(place, place, "".join(newline + (indent + s if s else "") for s in render.pair(key, value)))


def new_item(tree: Tree, node: Any, number: int, value: Value, newline: str) -> Splice:
    """Return the splice that adds an item to a list before the item `number`."""
    items = node.value
    if node.flow_style:
        text = render.inline(value, flow=True)
        if not items:
            place = int(node.start_mark.index) + 1
            return Splice(place, place, text)
        if number:
            place = tree.end(items[number - 1])
            return Splice(place, place, f", {text}")
        place = int(items[0].start_mark.index)
        return Splice(place, place, f"{text}, ")
    indent = " " * int(node.start_mark.column)
    lines = render.item(value)
    if not number:
        place = tree.dash(node, 0)
        return Splice(place, place, "".join(line + newline + indent for line in lines))
    place = tree.line_end(tree.end(items[number - 1]))
    gap = newline if number == len(items) and tree.blank_between(node) else ""
    return Splice(place, place, gap + "".join(newline + (indent + s if s else "") for s in lines))


def removed(tree: Tree, place: Place) -> Splice:
    """Return the splice that takes out an item or a key, together with its line."""
    node, parent, number = place.node, place.parent, place.number
    mapping = isinstance(parent, yaml.MappingNode)
    heads = [int((i[0] if mapping else i).start_mark.index) for i in parent.value]
    ends = [tree.end(i[1] if mapping else i) for i in parent.value]
    if parent.flow_style:
        if number + 1 < len(heads):
            return Splice(heads[number], heads[number + 1], "")
        return Splice(ends[number - 1] if number else heads[number], ends[number], "")
    start = heads[number] if mapping else tree.dash(parent, number)
    line = tree.line_start(start)
    if tree.text[line:start].strip():  # the first of a list or mapping that follows another dash
        return Splice(start, heads[number + 1] if mapping else tree.dash(parent, number + 1), "")
    stop = tree.next_line(tree.end(node))
    if stop == len(tree.text) and not tree.text.endswith(("\n", "\r")):
        line = tree.line_end(ends[number - 1]) if number else line
    return Splice(line, stop, "")


def emptied(tree: Tree, place: Place) -> list[Splice]:
    """Return the splices that leave an empty list."""
    node = place.node
    if node.flow_style:
        return [Splice(int(node.start_mark.index), int(node.end_mark.index), "[]")]
    if not isinstance(place.parent, yaml.MappingNode):
        raise tree.refused()
    colon = tree.colon(place.parent.value[place.number][0])
    first, last = tree.line_start(tree.dash(node, 0)), tree.next_line(tree.end(node))
    return [Splice(colon, colon, " []"), Splice(first, last, "")]
