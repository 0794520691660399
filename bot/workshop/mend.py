"""`check --fix`: correct mere typing slips, and nothing that a person must decide.

Tabs, no-break and full-width spaces, full-width colons and brackets, curly quotes around a whole value, Hangul in
pieces, dates in other forms. A file is changed only if it can be read afterwards and its content is the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.knowledge import yamlfile
from bot.knowledge.documents import YAML, files_of
from bot.knowledge.rawtext import mended, slips
from bot.words import Problem
from bot.workshop.edit_folder import patch_of, write_whole

_BOM = b"\xef\xbb\xbf"
_DATE = re.compile(
    r"(?P<key>\b(?:verified_on|review_by|until|date|as_of|correction):[ \t]+)(?P<quote>[\"']?)"
    r"(?P<year>(?:20)?\d\d)[ ]*[-./년][ ]*(?P<month>\d{1,2})[ ]*[-./월][ ]*(?P<day>\d{1,2})(?:[ ]*[.일])?(?P=quote)"
    r"(?=[ \t\r]*(?:[,}#]|$))",
    re.MULTILINE,
)
_GLUED = re.compile(
    r"(?P<key>\b(?:verified_on|review_by|until):[ ]+)(?P<quote>)(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=[ \t\r]*(?:[,}#]|$))",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Mended:
    """A file before and after correction, and what was wrong with it."""

    name: str
    before: bytes
    after: bytes
    told: tuple[str, ...]

    def patch(self, folder: Path) -> str:
        """Return the change as a patch."""
        return patch_of(folder, self.name, self.before, self.after)


def mend(folder: Path) -> list[Mended]:
    """Return the files of a folder that can be corrected, and how."""
    return list(_mended(folder))


def write(folder: Path, found: list[Mended]) -> None:
    """Write corrected files."""
    for one in found:
        write_whole(folder / one.name, one.after)


def _mended(folder: Path) -> Iterator[Mended]:
    for path in (p for p in files_of(folder) if p.suffix in YAML):
        name, before = path.relative_to(folder).as_posix(), path.read_bytes()
        try:
            text = before.decode("utf-8-sig")
        except UnicodeDecodeError:  # a person must decide what it is
            continue
        right = dated(mended(text))
        if right == text or not _reads(right, name):
            continue
        told = [f"{name}:{s.line}: {s.message}" for s in slips(text) if s.right is not None or s.code == "nfd"]
        told += [f"{name}:{line}: 날짜 {old} → {new}" for line, old, new in _dates(mended(text))]
        bom = _BOM if before.startswith(_BOM) else b""
        yield Mended(name, before, bom + right.encode("utf-8"), tuple(told))


def _reads(text: str, name: str) -> bool:
    problems: list[Problem] = []
    yamlfile.parse(text.encode("utf-8"), name, problems)
    return not problems


def dated(text: str) -> str:
    """Return a text in which the dates of the keys that take one are written as 2026-11-24, where they are dates."""
    for pattern in (_DATE, _GLUED):
        text = pattern.sub(lambda m: _iso(m) or m.group(), text)
    return text


def _dates(text: str) -> Iterator[tuple[int, str, str]]:
    for pattern in (_DATE, _GLUED):
        for m in pattern.finditer(text):
            new = _iso(m)
            if new and new != m.group():
                yield text.count("\n", 0, m.start()) + 1, m.group()[len(m["key"]) :], new[len(m["key"]) :]


def _iso(m: re.Match[str]) -> str:
    year = int(m["year"]) + (2000 if len(m["year"]) == 2 else 0)
    try:
        day = date(year, int(m["month"]), int(m["day"]))
    except ValueError:  # the 31st of November needs a person
        return ""
    return f"{m['key']}{m['quote']}{day.isoformat()}{m['quote']}"
