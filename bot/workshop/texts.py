"""All texts of a YAML file with the place, line and owner of each: what is searched, replaced and compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

import yaml

from bot.knowledge.documents import YAML, files_of
from bot.workshop.edit_tree import Path

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
IDS = frozenset(
    {
        "id", "former", "related", "sources", "about", "notice", "status", "kind", "for", "only", "needs", "region",
        "fields_of_work", "within", "entry", "choices", "want", "topic", "outcome", "talk", "sha256", "members",
        "verified_on", "review_by", "until", "as_of",
    }
)  # fmt: skip
"""Keys whose values are names or days, not words that anybody reads."""
ASKED = frozenset({"questions", "match", "not_match", "offer", "out_of_scope", "q", "why"})
"""Keys whose values are what people ask: nobody is told them."""
RECORDS = frozenset({"figures", "channels", "institutions", "groups", "sources"})
"""Sections in which a value is stated once for all."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in a file. `owner`: the id of the item it belongs to, or empty."""

    file: str
    line: int
    path: Path
    value: str
    owner: str = ""

    @property
    def key(self) -> str:
        """Return the innermost key."""
        return next((s for s in reversed(self.path) if isinstance(s, str)), "")

    @property
    def is_record(self) -> bool:
        """Tell whether it is where a value is stated once and for all."""
        return bool(self.path) and self.path[0] in RECORDS


@lru_cache(maxsize=256)
def composed(text: str) -> Any:
    """Return the nodes of a text. They are remembered: a folder is looked at before and after a change of one file."""
    return yaml.compose(text, Loader=_LOADER)


def texts_of(file: str, data: bytes) -> Iterator[Text]:
    """Iterate over the texts of a file, in order; none of one that cannot be read."""
    try:
        text = data.decode("utf-8-sig")
        root = composed(text)
    except (UnicodeDecodeError, yaml.YAMLError):
        return
    if root is not None:
        yield from _walk(file, root, (), "")


def in_folder(folder: FilePath, instead: Mapping[str, bytes]) -> Iterator[Text]:
    """Iterate over the texts of all files of a folder, some of them read from `instead`."""
    for name, data in files_in(folder, instead):
        yield from texts_of(name, data)


def files_in(folder: FilePath, instead: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Iterate over the YAML files of a folder, some of them read from `instead`: name and content."""
    names = {p.relative_to(folder).as_posix() for p in files_of(folder)} | instead.keys()
    for name in sorted(n for n in names if n.endswith(YAML)):
        yield name, instead[name] if name in instead else (folder / name).read_bytes()


def _walk(file: str, node: Any, path: Path, owner: str) -> Iterator[Text]:
    if isinstance(node, yaml.MappingNode):
        own = next((str(v.value) for k, v in node.value if k.value == "id" and isinstance(v, yaml.ScalarNode)), owner)
        for key, value in node.value:
            yield from _walk(file, value, (*path, str(key.value)), own)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _walk(file, item, (*path, number), owner)
    elif isinstance(node, yaml.ScalarNode) and node.value:
        yield Text(file, int(node.start_mark.line) + 1, path, str(node.value), owner)
