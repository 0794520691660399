"""Change a YAML file by splicing its text, so that every other byte stays: comments, order, quotes,
flow and block style, line endings, byte order mark. Every change is proved by reading the result again.
"""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import yaml

from bot.knowledge import yamlfile
from bot.words import Problem
from bot.workshop import edit_render as render
from bot.workshop.edit_render import Value
from bot.workshop.edit_splices import Splice, emptied, new_item, new_key, removed, replaced
from bot.workshop.edit_tree import EditError, Path, Tree

_BOM = b"\xef\xbb\xbf"


class Draft:
    """One file being changed. `value` is its present content, as plain lists and mappings."""

    def __init__(self, name: str, data: bytes) -> None:
        """Read a file.

        Raises:
            EditError: it cannot be read as YAML, so that nothing can be changed safely.
        """
        problems: list[Problem] = []
        content = yamlfile.parse(data, name, problems)
        if problems:
            raise EditError("\n".join(["먼저 이 파일의 잘못을 고쳐 주세요.", *map(str, problems)]))
        self.name, self.before = name, data
        self._bom = data.startswith(_BOM)
        self.text = data.decode("utf-8-sig")
        self.newline = "\r\n" if 2 * self.text.count("\r\n") > self.text.count("\n") else "\n"
        self.value: Any = _plain(content)

    @property
    def after(self) -> bytes:
        """Return the file's new content."""
        return (_BOM if self._bom else b"") + self.text.encode("utf-8")

    def get(self, path: Path) -> Any:
        """Return the value at a path, or `None`."""
        value = self.value
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def set(self, path: Path, value: Value) -> None:
        """Put a value in the place of another, or add a key to a mapping. A list is changed item by item.

        Raises:
            EditError: the file's layout does not allow it.
        """
        old = self.get(path)
        if _same(old, value):
            return
        if isinstance(old, list) and old and isinstance(value, Sequence) and not isinstance(value, str):
            self._set_list(path, old, list(value))
            return
        tree = self._tree()
        place = tree.at(path)
        if place is not None:
            self._apply(replaced(tree, place, path, value, self.newline), path, value)
            return
        holder = tree.at(path[:-1])
        if holder is None or not isinstance(holder.node, yaml.MappingNode):
            self.append_section(path, value)
            return
        self._apply([new_key(tree, holder.node, str(path[-1]), value, self.newline)], path, value)

    def insert(self, path: Path, number: int, value: Value) -> None:
        """Add an item to a list before the item `number`; what is one text becomes a list first."""
        old = self.get(path)
        if not isinstance(old, list):
            items = [] if old in (None, "") else [old]
            self.set(path, [*items[:number], value, *items[number:]])
            return
        tree = self._tree()
        place = tree.at(path)
        if place is None:  # value and nodes are read from one text
            raise self._refused(path)
        number = min(number, len(old))
        splice = new_item(tree, place.node, number, value, self.newline)
        self._apply([splice], (*path, number), value, inserted=True)

    def append(self, path: Path, value: Value) -> None:
        """Add an item at the end of a list."""
        old = self.get(path)
        self.insert(path, len(old) if isinstance(old, list) else 1, value)

    def append_entry(self, fields: Value) -> None:
        """Add an entry: at the end of the section, or of a file that is a list of entries."""
        self.append(() if isinstance(self.value, list) else ("entries",), fields)

    def append_section(self, path: Path, value: Value) -> None:
        """Add a section at the end of the file."""
        if len(path) != 1 or not isinstance(self.value, dict | None) or (self.text.strip() and not self.value):
            raise self._refused(path)
        lines = self.newline.join(render.pair(str(path[0]), value)) + self.newline
        gap = "" if not self.text or self.text.endswith("\n") else self.newline
        self.value = self.value or {}
        self._apply([Splice(len(self.text), len(self.text), gap + lines)], path, value)

    def remove(self, path: Path) -> None:
        """Take out an item of a list or a key of a mapping, together with its line."""
        tree = self._tree()
        place = tree.at(path)
        if place is None or place.parent is None:
            raise self._refused(path)
        if len(place.parent.value) == 1 and isinstance(place.parent, yaml.SequenceNode):
            holder = tree.at(path[:-1])
            if holder is None:
                raise self._refused(path)
            self._apply(emptied(tree, holder), path[:-1], [])
            return
        self._apply([removed(tree, place)], path, None, taken=True)

    def _set_list(self, path: Path, old: list[Any], new: list[Any]) -> None:
        if not new:
            tree = self._tree()
            place = tree.at(path)
            if place is None:
                raise self._refused(path)
            self._apply(emptied(tree, place), path, [])
            return
        changes = SequenceMatcher(a=list(map(repr, old)), b=list(map(repr, new)), autojunk=False).get_opcodes()
        for kind, i, j, k, m in reversed(changes):
            if kind == "equal":
                continue
            shared = min(j - i, m - k)
            for number in range(k + shared, m):
                self.insert(path, i + shared + number - k - shared, new[number])
            for number in range(j - 1, i + shared - 1, -1):
                self.remove((*path, number))
            for number in range(shared):
                self.set((*path, i + number), new[k + number])

    def _tree(self) -> Tree:
        return Tree(self.text)

    def _refused(self, path: Path) -> EditError:
        where = ".".join(str(step) for step in path)
        return EditError(f"{self.name}: '{where}'을(를) 자동으로 고칠 수 없습니다. 편집기에서 직접 고쳐 주세요.")

    def _apply(
        self, splices: Sequence[Splice], path: Path, value: Any, *, inserted: bool = False, taken: bool = False
    ) -> None:
        """Apply splices and prove that the text now says what was meant, and nothing else changed.

        Raises:
            EditError: it does not; nothing is changed.
        """
        text = self.text
        for s in sorted(splices, key=lambda s: s.start, reverse=True):
            text = text[: s.start] + s.text + text[s.end :]
        problems: list[Problem] = []
        found = _plain(yamlfile.parse(text.encode("utf-8", "surrogatepass"), self.name, problems))
        wanted = _changed(self.value, path, value, inserted=inserted, taken=taken)
        if problems or not _same(found, wanted):
            raise self._refused(path)
        self.text, self.value = text, found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _changed(old: Any, path: Path, value: Any, *, inserted: bool, taken: bool) -> Any:
    """Return a copy of a value with one change."""
    if not path:
        return value
    step, *rest = path
    copy: Any = dict(old) if isinstance(old, dict) else list(old)
    if rest:
        inner = _changed(copy[step], tuple(rest), value, inserted=inserted, taken=taken)
        copy[step] = inner
    elif taken:
        del copy[step]
    elif inserted:
        copy.insert(step, value)
    else:
        copy[step] = value
    return copy


def _same(found: Any, wanted: Any) -> bool:
    """Tell whether two values are the same, except for the line break at the end of a literal block."""
    if isinstance(wanted, Mapping):
        same_keys = isinstance(found, dict) and set(found) == set(wanted)
        return same_keys and all(_same(found[k], v) for k, v in wanted.items())
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        same_size = isinstance(found, list) and len(found) == len(wanted)
        return same_size and all(_same(f, w) for f, w in zip(found, wanted, strict=True))
    if isinstance(wanted, bool) or wanted is None:
        return found is wanted
    return isinstance(found, str) and found.rstrip("\n") == str(wanted).rstrip("\n")
