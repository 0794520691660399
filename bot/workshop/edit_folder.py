"""Changes to the files of a knowledge folder: gathered, shown as a patch, and written only when all are right."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any
from unicodedata import normalize

from bot.knowledge.build import Built, build
from bot.knowledge.documents import YAML, files_of, is_voices
from bot.words import RefusedError
from bot.workshop import edit_tree
from bot.workshop.edit import Draft
from bot.workshop.edit_tree import EditError
from bot.workshop.edit_voices import VoicesDraft
from bot.workshop.format import kept

SECTIONS = ("entries", "templates")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry or template in its file."""

    draft: Draft
    path: edit_tree.Path
    is_template: bool = False

    def get(self, *keys: str) -> Any:
        """Return what the file says of it, without the defaults of the file."""
        return self.draft.get((*self.path, *keys))


class Drafts:
    """The files of a folder being changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._drafts: dict[str, Draft] = {}
        self._voices: dict[str, VoicesDraft] = {}
        self._new: set[str] = set()
        self._built: Built = (None, [])
        self._built_of: Mapping[str, bytes] | None = None

    def of(self, name: str) -> Draft:
        """Return the draft of a file, by its name within the folder; a new one where there is no such file.

        Raises:
            EditError: it cannot be read as YAML.
        """
        name = self._called(name)
        if name not in self._drafts:
            self._drafts[name] = Draft(name, self._read(name))
        return self._drafts[name]

    def voices(self, name: str) -> VoicesDraft:
        """Return the draft of a file of voices, by its name within the folder; a new one where there is no such file.

        Raises:
            EditError: it is no text that can be read.
        """
        if name not in self._voices:
            self._voices[name] = VoicesDraft(name, self._read(name))
        return self._voices[name]

    def _called(self, name: str) -> str:
        """Return a file's name on this disk: a name from a Mac may have decomposed Hangul."""
        if name in self._drafts or (self.folder / name).exists():
            return name
        wanted = normalize("NFC", name)
        names = [*self._drafts, *(p.relative_to(self.folder).as_posix() for p in files_of(self.folder))]
        return next((n for n in names if normalize("NFC", n) == wanted), wanted)

    def _read(self, name: str) -> bytes:
        path = self.folder / name
        if not path.exists():
            self._new.add(name)
            return b""
        return path.read_bytes()

    def all(self, text: str = "") -> Iterator[Draft]:
        """Iterate over all YAML files of the folder, in order; of those that are not changed only over those that have a text in them."""
        for path in (p for p in files_of(self.folder) if p.suffix in YAML):
            name = path.relative_to(self.folder).as_posix()
            if name in self._drafts or text.encode() in path.read_bytes():
                yield self.of(name)

    def all_voices(self) -> Iterator[VoicesDraft]:
        """Iterate over all files of voices, in order."""
        names = [path.relative_to(self.folder).as_posix() for path in files_of(self.folder)]
        for name in filter(is_voices, names):
            yield self.voices(name)

    def entries(self, id: str = "") -> Iterator[Found]:
        """Iterate over all entries and templates, in the order of the files; `id`: only over files that have it in them."""
        for draft in self.all(id):
            if isinstance(draft.value, list):
                yield from (Found(draft, (i,)) for i in range(len(draft.value)))
            elif isinstance(draft.value, dict):
                for section in SECTIONS:
                    for i in range(len(draft.value.get(section) or [])):
                        yield Found(draft, (section, i), section == "templates")

    def find(self, id: str) -> Found:
        """Return an entry or template by its id; an entry made by a template is that template.

        Raises:
            RefusedError: there is none.
        """
        for name in (id, id.rsplit(".", 1)[0]):
            for found in self.entries(name):
                if found.get("id") == name:
                    return found
        raise RefusedError(f"'{id}'이라는 항목이 없습니다. id를 살펴보세요.")

    @property
    def changed(self) -> Mapping[str, bytes]:
        """Return the new content of each file that is changed."""
        return {name: _content(name, d) for name, d in sorted(self._files.items()) if d.after != d.before}

    @property
    def _files(self) -> Mapping[str, Draft | VoicesDraft]:
        return {**self._drafts, **self._voices}

    @property
    def both(self) -> Mapping[str, tuple[bytes, bytes]]:
        """Return the old and the new content of each file that is changed."""
        return {name: (d.before, d.after) for name, d in sorted(self._files.items()) if d.after != d.before}

    @property
    def built(self) -> Built:
        """What the folder would be with the changes, made once for each of them."""
        changed = self.changed
        if changed != self._built_of:
            self._built, self._built_of = build(self.folder, changed), changed
        return self._built

    def diff(self) -> str:
        """Return the changes as a patch for `git apply` or `patch -p1` where the command was run."""
        shown = _from_here(self.folder)
        return "".join(
            _diff(f"{shown}{name}", self._files[name].before, after, new=name in self._new)
            for name, after in self.changed.items()
        )

    def write(self) -> list[str]:
        """Write the changed files, each in one step, and return their names.

        Raises:
            EditError: somebody else changed a file meanwhile; nothing is written.
        """
        for name in self.changed:
            path = self.folder / name
            if (path.read_bytes() if path.exists() else b"") != self._files[name].before:
                raise EditError(
                    f"{name}: 그사이 다른 곳에서 고쳐졌습니다. 다시 실행해 주세요. 아무것도 적지 않았습니다."
                )
        for name, content in self.changed.items():
            write_whole(self.folder / name, content)
        return list(self.changed)


def _content(name: str, draft: Draft | VoicesDraft) -> bytes:
    """Return the new content of a file; one that was in canonical form stays so."""
    return kept(draft.before, draft.after, name) if isinstance(draft, Draft) else draft.after


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part. Its mode stays."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o7777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def patch_of(folder: Path, name: str, before: bytes, after: bytes) -> str:
    """Return the change of one file of a folder as a patch for `git apply` where the command was run."""
    return _diff(f"{_from_here(folder)}{name}", before, after, new=not before)


def _from_here(folder: Path) -> str:
    """Return how a folder's files are called from the working directory, or within the folder where it lies outside."""
    shown = os.path.relpath(folder)
    return "" if shown == "." else f"{folder.name}/" if shown.startswith("..") else f"{Path(shown).as_posix()}/"


def _diff(name: str, before: bytes, after: bytes, *, new: bool) -> str:
    old, now = (_lines(text.decode("utf-8")) for text in (before, after))
    lines = unified_diff(old, now, "/dev/null" if new else f"a/{name}", f"b/{name}", n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends; only \\n ends one, as in git."""
    parts = text.split("\n")
    return [*(p + "\n" for p in parts[:-1]), *([parts[-1]] if parts[-1] else [])]
