"""Results of checks and tests, cached between runs in the user's cache folder: what has not changed is not checked again.

Each result is named by a digest of everything that it was made from: the content, and the program itself. So it is never
less true than a new check, and a cache that is missing, foreign or broken only costs time.
"""

import hashlib
import json
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

from bot.knowledge.trained import read_trained
from bot.words import Problem
from bot.workshop.edit_folder import write_whole

Json: TypeAlias = Any
"""What JSON can express: texts, numbers, lists, and mappings of texts to these."""
_PROGRAM = ("hangul.py", "words.py", "knowledge", "matching", "desk", "workshop")
_DATA = ("matching", "knowledge")
"""Parts of the program that come with data of their own."""
_LIBRARIES = ("pyyaml", "pydantic", "rapidfuzz", "numpy")
_PLAIN = frozenset((str, int, float, bool, type(None)))
_MOST_FILES = 24
"""How many files are kept: some for each of a few folders. The oldest are deleted first."""
_MOST_OBJECTS = 2
"""How many objects of a kind are kept: a desk takes 100 MB."""
_MOST_RESULTS = 4_000
"""Results of one kind that are kept: those of a few hundred files, in each of their last forms."""


class Kept:
    """A folder of results. `None` instead of a folder keeps nothing."""

    def __init__(self, place: Path | None) -> None:
        self.place = place

    def read(self, name: str) -> Json:
        """Return what was kept under a name, or `None`."""
        if self.place is None:
            return None
        try:
            return json.loads((self.place / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def write(self, name: str, value: Json) -> None:
        """Keep a value that JSON can express."""
        if self.place is not None:
            self._put(
                self.place / f"{name}.json", json.dumps(value, ensure_ascii=False).encode(), "*.json", _MOST_FILES
            )

    def load(self, name: str) -> object:
        """Return an object that was kept under a name, or `None`; only from a file of this user's own, for it may do anything."""
        if self.place is None:
            return None
        path = self.place / f"{name}.pickle"
        try:
            return pickle.loads(path.read_bytes()) if _is_ours(path) and _is_ours(self.place) else None
        except Exception:  # whatever a broken file raises, it only costs time
            return None

    def store(self, name: str, value: object) -> None:
        """Keep an object that can be pickled."""
        if self.place is not None:
            alike = f"{name.partition('-')[0]}-*.pickle"
            content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
            self._put(self.place / f"{name}.pickle", content, alike, _MOST_OBJECTS)

    @staticmethod
    def _put(path: Path, content: bytes, alike: str, most: int) -> None:
        """Write a file, and delete the oldest of those like it. A full or read-only disk is no fault of the knowledge."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.parent.chmod(0o700)
            write_whole(path, content)
            files = sorted(path.parent.glob(alike), key=lambda p: p.stat().st_mtime, reverse=True)
            for old in files[most:]:
                old.unlink(missing_ok=True)
        except OSError:
            return


class Results:
    """Results of one kind of check, by its input. For checks that depend on nothing else."""

    def __init__(self, kept: Kept, kind: str) -> None:
        self._kept = kept
        self._name = f"{kind}-{program()}" if kept.place else kind
        found = kept.read(self._name)
        self._known: dict[str, Json] = found if isinstance(found, dict) else {}
        self._made = False

    def of(self, key: Iterable[bytes], make: Callable[[], Json]) -> Json:
        """Return what was found in what has the key; find it where that is not known. Lists and texts only."""
        name = digest(key)
        if name in self._known:
            self._known[name] = self._known.pop(name)  # the last used go last
        else:
            self._known[name], self._made = make(), True
        return self._known[name]

    def problems(self, file: str, data: bytes, make: Callable[[], Iterable[Problem]]) -> list[Problem]:
        """Return the problems of one file, which depend on its name and content alone."""
        found = self.of((file.encode(), data), lambda: [_listed(p) for p in make()])
        return [Problem(*p) for p in found]

    def close(self) -> None:
        """Keep what was found."""
        if self._made:
            self._kept.write(self._name, dict(list(self._known.items())[-_MOST_RESULTS:]))


def _is_ours(path: Path) -> bool:
    """Tell whether nobody but this user can have written a file or folder; who knows no users has it to himself."""
    found = path.stat()
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _listed(p: Problem) -> list[Json]:
    return [p.file, p.line, p.message, p.hint, p.code]


def nowhere() -> Kept:
    """Return what keeps nothing."""
    return Kept(None)


def at_home(kind: str = "check") -> Kept:
    """Return what is kept of one kind for this user; who has no home keeps nothing."""
    try:
        place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return nowhere()
    return Kept(place / "helpdesk" / kind)


def content_of(folder: Path) -> str:
    """Return a name for all that stands in a folder, but for what is hidden."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and not _is_hidden(p.relative_to(folder))]
    return digest(part for p in files for part in (os.fsencode(p.relative_to(folder)), p.read_bytes()))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def digest(parts: Iterable[bytes]) -> str:
    """Return a name for some contents."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()


@cache
def program() -> str:
    """Return a digest of the program: other code may find something else."""
    root = Path(__file__).resolve().parent.parent
    files = [p for name in _PROGRAM for p in ([root / name] if name.endswith(".py") else (root / name).rglob("*.py"))]
    versions = [f"{sys.version} {[version(name) for name in _LIBRARIES]}".encode()]
    return digest([*versions, *(part for p in sorted(files) for part in (p.name.encode(), p.read_bytes()))])


def named(kind: str, folder: Path, about: str, moment: str) -> str:
    """Return a name for what depends on the program, on what was learned, on `about`, and on a moment."""
    parts = (program(), _data(), about, moment)
    return f"{kind}-{digest([*(p.encode() for p in parts), read_trained(folder) or b''])}"


@cache
def _data() -> str:
    """Return a name for what the program knows besides its code."""
    root = Path(__file__).resolve().parent.parent
    files = sorted(p for name in _DATA for p in (root / name).rglob("*") if p.is_file() and p.suffix != ".py")
    return digest(p.read_bytes() for p in files if "__pycache__" not in p.parts)


def told(value: object) -> Json:
    """Return a value of dataclasses, sets and mappings as JSON says it, the same in every run, without its place in a file."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if names := _told_of(kind):  # type: ignore[arg-type]  # a class can be hashed
        return [told(getattr(value, name)) for name in names]
    if isinstance(value, Set):
        return sorted(value)
    if isinstance(value, Mapping):
        return [[key, told(one)] for key, one in value.items()]
    if isinstance(value, tuple | list):
        return [told(one) for one in value]
    return value


@cache
def _told_of(kind: type) -> tuple[str, ...]:
    """Return the names of the fields that are told of a dataclass; of another type none."""
    return tuple(f.name for f in fields(kind) if f.name not in ("file", "line")) if is_dataclass(kind) else ()
