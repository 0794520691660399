"""The canonical form of a knowledge file: one question a line, answers as blocks, keys in one order; comments stay.

A diff of one changed word is one changed line, and every YAML program reads the same. Idempotent.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml

from bot.knowledge import yamlfile
from bot.knowledge.schema import TEXTS
from bot.words import Problem
from bot.workshop.edit_splices import ORDER
from bot.workshop.edit_tree import LOADER, EditError
from bot.workshop.format_comments import Attached, attach, comments_in
from bot.workshop.format_scalar import block, inline

_WIDEST = 140
"""Characters up to which a small mapping stays on one line."""
_ONE_LINE = frozenset(
    {
        *("about", "aliases", "choices", "exact", "fields_of_work", "former", "needs", "only", "patterns", "region"),
        *("related", "says", "silent", "sources", "talk", "want"),
    }
)
"""Lists of names, which are easier to read side by side."""
_AS_TYPED = frozenset(
    {
        "correction",
        "exclusive",
        "filler",
        "needed",
        "not_found",
        "review_by",
        "until",
        "verified_on",
        "verify",
        "weight",
    }
)
"""Keys whose values are dates, numbers, or yes and no: they are written without quotes."""
_SPACED = frozenset({"entries", "templates", "institutions"})
"""Sections with a blank line between their items."""
_BLOCK_ITEMS = frozenset({"entries", "templates", "institutions", "answers", "phases", "groups"})
"""Lists whose items have a line for each key."""
_BLOCK_KEYS = frozenset({"defaults", "tests", "facts", "programme", "office", *TEXTS})


def formatted(data: bytes, name: str) -> bytes:
    """Return a file in canonical form.

    Raises:
        EditError: it cannot be read, or could not be written without changing what it says.
    """
    problems: list[Problem] = []
    said = yamlfile.parse(data, name, problems)
    if problems:
        raise EditError("\n".join(["먼저 이 파일의 잘못을 고쳐 주세요.", *map(str, problems)]))
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    root = yaml.compose(text, Loader=LOADER)
    places = sorted(_places(root)) if root is not None else []
    result = "\n".join(_Writer(attach(comments_in(text), places)).document(root)).rstrip("\n") + "\n"
    made = b"" if not result.strip() else result.encode()
    if _bare(yamlfile.parse(made, name, problems)) != _bare(said) or problems:
        raise EditError(f"{name}: 뜻을 바꾸지 않고는 정해진 꼴로 적을 수 없습니다. 편집기에서 직접 고쳐 주세요.")
    return made


def kept(before: bytes, after: bytes, name: str) -> bytes:
    """Return the new content of a file, in canonical form where the old content was."""
    with suppress(EditError):
        if before and formatted(before, name) == before:
            return formatted(after, name)
    return after


def _bare(value: Any) -> Any:
    """Return a value without what has no meaning: the order of keys, and line breaks at the ends of texts."""
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_bare(v) for v in value]
    return value.rstrip("\n") if isinstance(value, str) else value


def _places(node: Any) -> Iterator[int]:
    """Iterate over the starting positions of keys and items."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield int(key.start_mark.index)
            yield from _places(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield int(item.start_mark.index)
            yield from _places(item)


def _within(node: Any) -> list[int]:
    """Return all places of a node that is written on one line, its own among them."""
    return sorted({int(node.start_mark.index), *_places(node)})


@dataclass(frozen=True, slots=True)
class _Writer:
    comments: Attached

    def document(self, root: Any) -> list[str]:
        if root is None:
            return self.comments.last
        lines: list[str] = []
        if isinstance(root, yaml.SequenceNode):
            lines = self.items("entries", root)
        elif isinstance(root, yaml.MappingNode):
            for key, value in _ordered(root, ()):
                lines += self.pair(key, value)
        return [*lines, *self.comments.last]

    def pair(self, key: Any, value: Any) -> list[str]:
        """Return a key and its value, with the comments around them."""
        name = inline(key.value, flow=False)
        short = self.on_one_line(key.value, value)
        if short is not None:
            return self.with_comments([*_within(key), *_within(value)], [f"{name}: {short}".rstrip()])
        before, behind = self.comments.around(int(key.start_mark.index))
        if isinstance(value, yaml.ScalarNode):
            header, *body = block(value.value) or [""]
            more, last = self.comments.around(int(value.start_mark.index))
            return [*before, *more, *behind, *last, f"{name}: {header}", *_indented(body)]
        head = [*before, f"{name}:" + (f" {behind[0]}" if len(behind) == 1 else "")]
        if len(behind) > 1:
            head = [*before, *behind, f"{name}:"]
        if isinstance(value, yaml.SequenceNode):
            return [*head, *self.items(key.value, value)]
        return [*head, *_indented([line for k, v in _ordered(value, ORDER) for line in self.pair(k, v)])]

    def items(self, name: str, node: Any) -> list[str]:
        lines: list[str] = []
        for number, item in enumerate(node.value):
            if number and name in _SPACED:
                lines.append("")
            lines += self.item(name, item)
        return lines

    def item(self, name: str, item: Any) -> list[str]:
        short = None if name in _BLOCK_ITEMS else self.on_one_line(name, item, item=True)
        if short is not None:
            return self.with_comments(_within(item), [f"- {short}"])
        before, behind = self.comments.around(int(item.start_mark.index))
        if isinstance(item, yaml.ScalarNode):
            header, *body = block(item.value) or [inline(item.value, flow=False)]
            return [*before, *behind, f"- {header}", *_indented(body)]
        if isinstance(item, yaml.SequenceNode):
            inner = self.items("", item)
        else:
            inner = [line for k, v in _ordered(item, ORDER) for line in self.pair(k, v)]
        above = next((n for n, line in enumerate(inner) if not line.startswith("#")), len(inner))
        around = [] if _same_place(item) else [*before, *behind]
        body = inner[above:]  # an item does not begin with a comment behind its dash
        return [
            *around,
            *inner[:above],
            *(f"{'- ' if n == 0 else '  '}{line}".rstrip() for n, line in enumerate(body)),
        ]

    def with_comments(self, places: Sequence[int], lines: list[str]) -> list[str]:
        """Return a line with the comments of everything on it: a single one behind it, otherwise above it."""
        found = [self.comments.around(place) for place in dict.fromkeys(places)]
        before = [c for b, _ in found for c in b]
        behind = [c for _, b in found for c in b]
        if len(behind) == 1 and len(before) == len(found[0][0]):
            return [*before, f"{lines[0]} {behind[0]}", *lines[1:]]
        return [*before, *behind, *lines]

    def on_one_line(self, name: str, node: Any, *, item: bool = False) -> str | None:
        """Return a value on one line, or `None` where it takes several."""
        if isinstance(node, yaml.ScalarNode):
            if block(node.value) is not None and name not in _AS_TYPED:
                return None
            return _scalar(name, node, flow=False)
        if not node.value:
            return "[]" if isinstance(node, yaml.SequenceNode) else "{}"
        if isinstance(node, yaml.SequenceNode):
            return _flow(name, node) if name in _ONE_LINE and _is_flat(node) else None
        if name in _BLOCK_KEYS and not item:
            return None
        text = _flow(name, node) if _is_small(node) else ""
        return text if text and len(text) <= _WIDEST else None


def _same_place(node: Any) -> bool:
    """Tell whether the first thing in a collection starts where the collection does, so that they share comments."""
    first = node.value[0][0] if isinstance(node, yaml.MappingNode) else node.value[0]
    return bool(first.start_mark.index == node.start_mark.index)


def _is_flat(node: Any) -> bool:
    return all(isinstance(v, yaml.ScalarNode) and "\n" not in v.value for v in node.value)


def _is_small(node: Any) -> bool:
    """Tell whether a mapping holds only texts and lists of texts without line breaks."""
    return all(
        (isinstance(v, yaml.ScalarNode) and "\n" not in v.value and block(v.value) is None)
        or (isinstance(v, yaml.SequenceNode) and _is_flat(v))
        for _, v in node.value
    )


def _flow(name: str, node: Any) -> str:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(name, node, flow=True)
    if isinstance(node, yaml.SequenceNode):
        return "[" + ", ".join(_flow(name, v) for v in node.value) + "]"
    return (
        "{" + ", ".join(f"{inline(k.value, flow=True)}: {_flow(k.value, v)}" for k, v in _ordered(node, ORDER)) + "}"
    )


def _scalar(name: str, node: Any, *, flow: bool) -> str:
    """Return a text on one line; what is no text to the loader (true, false, nothing) stays as it is."""
    plain = not node.style
    if plain and (yamlfile.is_special(node.value) or name in _AS_TYPED):
        return str(node.value)
    return inline(node.value, flow=flow)


def _ordered(node: Any, order: Sequence[str]) -> list[Any]:
    """Return the pairs of a mapping: in an entry those with a place in the order first, the others in the order of the file."""
    keys = {k.value for k, _ in node.value}
    if not keys & {"questions", "answer", "needs"}:
        return list(node.value)
    rank = {key: number for number, key in enumerate(order)}
    return sorted(node.value, key=lambda pair: rank.get(pair[0].value, len(rank)))


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]
