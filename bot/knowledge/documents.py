"""From files to documents: read every file of a folder and check each item against the schema."""

import hashlib
import os
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.knowledge import locale, yamlfile
from bot.knowledge.faults import LISTED, checked, nearest, suggested, usable
from bot.knowledge.schema import SECTIONS, SINGLES, TEXTS, BaseTestsDoc, Common, Defaults, Doc, GuidedDoc, OfficeDoc
from bot.knowledge.yamlfile import Node
from bot.languages import KOREAN
from bot.words import Problem

LATE = ("entries", "templates")
"""Sections that are checked when they are built, one item at a time: there may be 100,000."""


@dataclass(frozen=True, slots=True)
class Item:
    """One checked item with its place and the defaults of its file."""

    doc: Any
    file: str
    line: int
    node: Node
    defaults: Defaults = field(default_factory=Defaults)


@dataclass(frozen=True, slots=True)
class Raw:
    """One item that is not checked yet."""

    section: str
    file: str
    node: Node
    defaults: Defaults


@dataclass(slots=True)
class Documents:
    """Everything in a folder, by section."""

    items: dict[str, list[Item]] = field(default_factory=lambda: {name: [] for name in SECTIONS if name not in LATE})
    late: deque[Raw] = field(default_factory=deque)
    tests: list[Item] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in TEXTS})
    programme: Item | None = None
    office: Item | None = None
    guided: Item | None = None
    places: dict[str, str] = field(default_factory=dict)
    """Where what is said only once in a folder is said, file:line."""
    broken: set[str] = field(default_factory=set)
    """Ids of items that are in a file but could not be read: what refers to them is not at fault."""
    voices: dict[str, bytes] = field(default_factory=dict)
    """Contents of files of voices, by name."""
    files: list[str] = field(default_factory=list)
    version: str = ""
    """First 12 hex digits of the SHA-256 of names and contents."""


NOTHING: Mapping[str, bytes] = {}
YAML = (".yaml", ".yml")
_NOT_OURS = (".", "~$")
"""Prefixes of the names of hidden files, and of lock files of office programs."""
_PROGRAMME = re.compile(rb"""(?:^|[\r\n])[\s"'{\xef\xbb\xbf]*programme["']?\s*:""")
"""Where a file speaks of its programme: no other is read to learn the language, for reading takes longest."""
_LEARNT_FROM = b"labelled_dialogues"
_TOP = re.compile(rb"^([^\s#-][^:\n]*):", re.MULTILINE)
"""What stands at the top of a file in block style."""
VOICES = "voices"
"""The folder of what people type, in plain text: `voices/<author>/<topic>.txt`."""


def is_voices(name: str) -> bool:
    """Tell whether a file, by its name within the folder, holds voices."""
    return name.startswith(f"{VOICES}/") and name.endswith(".txt")


def files_of(folder: Path) -> list[Path]:
    """Return the YAML files and voices of a folder, in order. What is hidden is left out: editors' and Kubernetes' own files.

    So is what has no name in UTF-8, as of an archive that was packed on Windows: `read_folder` tells of it. A folder that
    disappears meanwhile has no files.
    """
    return [path for path in files_in(folder) if _is_named(path, folder)]


def _is_named(path: Path, folder: Path) -> bool:
    within = path.relative_to(folder)
    return os.fsencode(within) == str(within).encode("utf-8", "replace")


def files_in(folder: Path) -> list[Path]:
    """Return the same with those whose names cannot be read."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(place, name) for name in names if not name.startswith(_NOT_OURS))
        found += [path for path in paths if _is_read(path, folder) and path.is_file()]
    return sorted(found)


def _is_read(path: Path, folder: Path) -> bool:
    return path.suffix in YAML or (path.suffix == ".txt" and is_voices(path.relative_to(folder).as_posix()))


def read_folder(
    folder: Path, problems: list[Problem], instead: Mapping[str, bytes] = NOTHING, *, to_serve: bool = False
) -> Documents:
    """Read all files under `folder`, adding every fault to `problems`. Never raises on bad content.

    `instead`: contents by name, read in place of the files on the disk or in addition to them. `to_serve`: what only
    learning needs is not read.
    """
    documents = Documents()
    if not folder.is_dir():
        problems.append(
            Problem(str(folder), 0, "지식 폴더가 없습니다", "--knowledge에 폴더 이름을 적어 주세요", "no-folder")
        )
        return documents
    found = files_in(folder)
    names = {p.relative_to(folder).as_posix(): p for p in found if _is_named(p, folder)}
    problems += [_unnamed(path, folder) for path in found if not _is_named(path, folder)]
    names |= {name: folder / name for name in instead}
    if not names:
        problems.append(Problem(str(folder), 0, "지식 파일(*.yaml)이 하나도 없습니다", "", "no-files"))
    digest = hashlib.sha256()
    for name in sorted(names, key=lambda n: names[n]):
        data = instead[name] if name in instead else yamlfile.bytes_of(names[name], name, problems)
        documents.files.append(name)
        digest.update(name.encode() + b"\0" + (data or b"") + b"\0")
        if data is None:
            continue
        if is_voices(name):
            documents.voices[name] = data
        elif to_serve and _TOP.findall(data) == [_LEARNT_FROM]:
            continue  # thousands of turns, which would take a sixth of the start
        elif (content := yamlfile.parse(data, name, problems)) is not None:
            _File(name, problems, documents).take(content)
    documents.version = digest.hexdigest()[:12]
    return documents


def _unnamed(path: Path, folder: Path) -> Problem:
    """Return the problem of a file whose name is not UTF-8."""
    name = os.fsencode(path.relative_to(folder)).decode("utf-8", "replace")
    return Problem(name, 0, "파일 이름을 읽을 수 없습니다(UTF-8이 아닙니다)", "이름을 다시 적어 주세요", "file-name")


class _File:
    """The items of one file."""

    def __init__(self, name: str, problems: list[Problem], documents: Documents) -> None:
        self.name, self.problems, self.documents = name, problems, documents
        self.defaults = Defaults()

    def fault(self, line: int, message: str, hint: str = "", code: str = "") -> None:
        self.problems.append(Problem(self.name, line, message, hint, code))

    def take(self, content: Any) -> None:
        if isinstance(content, list):
            self.section("entries", content, 1)
            return
        if not isinstance(content, Node):
            self.fault(1, "파일의 맨 위는 'entries:' 같은 이름이어야 합니다", "", "file-shape")
            return
        if "defaults" in content:
            found = self.checked(Defaults, content["defaults"], content.line_of("defaults"))
            self.defaults = found or usable(Defaults, content["defaults"])
        for key, value in content.items():
            self.top(key, value, content.line_of(key))

    def top(self, key: str, value: Any, line: int) -> None:
        if key in SECTIONS:
            self.section(key, value, line)
        elif key in TEXTS:
            self.texts(key, value, line)
        elif key in SINGLES:
            if key != "defaults":
                self.single(key, value, line)
        else:
            hint = nearest(key, [*SECTIONS, *SINGLES, *TEXTS])
            self.fault(line, f"'{key}'은(는) 모르는 항목입니다", hint, "unknown-section")

    def single(self, key: str, value: Any, line: int) -> None:
        if key != "tests":
            self.once(key, f"'{key}'", line)
        if (doc := self.checked(SINGLES[key], value, line)) is None:
            return
        item = Item(doc, self.name, line, value, self.defaults)
        if isinstance(doc, BaseTestsDoc):
            self.documents.tests.append(item)
        elif isinstance(doc, OfficeDoc):
            self.documents.office = item
        elif isinstance(doc, GuidedDoc):
            self.documents.guided = item
        else:
            self.documents.programme = item

    def once(self, key: str, named: str, line: int) -> None:
        """Report what another file says already: only one of them would be heard."""
        place = f"{self.name}:{line}"
        other = self.documents.places.setdefault(key, place)
        if other != place:
            self.fault(
                line, f"{named}이(가) {other}에도 있어 하나는 읽히지 않습니다", "한 곳에만 적으세요", "said-twice"
            )

    def texts(self, key: str, value: Any, line: int) -> None:
        if not isinstance(value, Node):
            self.fault(line, f"'{key}'에는 이름: 글 꼴을 적어야 합니다", "", "dict_type")
            return
        for name, text in value.items():
            self.once(f"{key}.{name}", f"{key}의 '{name}'", value.line_of(name))
            if name not in (known := locale.of(KOREAN).replies):
                hint = suggested(name, known, "이름의 철자를 살펴보세요")
                self.fault(
                    value.line_of(name), f"'{name}'은(는) 도우미가 하는 말의 이름이 아닙니다", hint, "unknown-reply"
                )
            elif isinstance(text, str) and text.strip():
                self.documents.texts[key][name] = text.strip()
            else:
                self.fault(value.line_of(name), f"'{name}'에는 글을 적어야 합니다", "", "string_type")

    def section(self, key: str, value: Any, line: int) -> None:
        if not isinstance(value, list):
            self.fault(line, f"'{key}'에는 목록(- 로 시작하는 줄들)을 적어야 합니다", LISTED, "list_type")
            return
        for node in value:
            if not isinstance(node, Node):
                self.fault(line, f"'{key}'의 각 항목은 이름: 값 꼴이어야 합니다", "", "item-shape")
                continue
            if key in LATE:
                self.documents.late.append(Raw(key, self.name, node, self.defaults))
            elif (doc := self.checked(SECTIONS[key], node, node.line)) is not None:
                self.documents.items[key].append(Item(doc, self.name, node.line, node, self.defaults))
            else:
                self.documents.broken |= {str(node.get("id")), *(["institution"] if key == "institutions" else [])}

    def checked(self, model: type[Doc], node: Any, line: int) -> Any:
        """Return the document, or `None` after reporting every fault in it."""
        return checked(model, node, self.name, line, self.problems)


def take_late(documents: Documents, problems: list[Problem]) -> Iterator[Item]:
    """Check entries and templates one by one, in file order, and release each: can be done only once."""
    while documents.late:
        raw = documents.late.popleft()
        doc = checked(SECTIONS[raw.section], raw.node, raw.file, raw.node.line, problems)
        if doc is not None:
            yield Item(doc, raw.file, raw.node.line, raw.node, raw.defaults)
        else:
            documents.broken.add(str(raw.node.get("id")))


def language_in(folder: Path) -> str:
    """Return the language that a folder says it is in, without reading its entries; Korean where it says nothing."""
    for path in (p for p in files_of(folder) if p.suffix in YAML):
        data = yamlfile.bytes_of(path, path.name, []) or b""
        if _PROGRAMME.search(data) and isinstance(found := yamlfile.parse(data, path.name, []), Node):
            about = found.get("programme")
            if isinstance(about, Node) and isinstance(about.get("language"), str):
                return str(about["language"])
    return KOREAN


def with_defaults(item: Item, name: str) -> Any:
    """Return a field of an entry or template, or the file's default for it."""
    doc: Common = item.doc
    value = getattr(doc, name)
    return value if value not in (None, []) else getattr(item.defaults, name)
