"""One message a cause: consequences of another fault, and one name missing in a hundred places, are not repeated."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from bot.knowledge.faults import MEANT
from bot.words import Problem

_SUBJECT = re.compile(r"\[([^\]]+)\]")
_QUOTED = re.compile(r"'\{?([^'{}]+)\}?'")
_BY_WHOM = re.compile(r"^\[[^\]]*\] ")
_UNREAD = "yaml-alias"
"""A value that is somewhere else: its absence here is no fault of its own."""
_REFERENCES = frozenset(
    {
        "unknown-entry",
        "unknown-source",
        "unknown-placeholder",
        "unknown-term",
        "unknown-notice",
        "unknown-group",
        "unknown-member",
    }
)
"""Codes of names that may stand in a file that cannot be read."""
_MOST_PLACES = 3
"""Up to this many places where the same name is missing are reported one by one."""
_WHOLE = 8
"""If this many names of one kind are missing, a file must be missing."""
_SECTIONS = {
    "unknown-source": ("sources", "출처"),
    "unknown-placeholder": ("figures, channels, institutions", "답이 부르는 값"),
    "unknown-term": ("groups", "용어"),
    "unknown-notice": ("notices", "알림"),
}
"""By code the sections whose file is missing where many of their names are, and what these are called."""


def without_consequences(problems: Sequence[Problem], broken: Collection[str]) -> list[Problem]:
    """Return the problems without those that exist only because something they name is broken itself."""
    lacking = {m[1] for p in problems if p.code == "unknown-group" and (m := _SUBJECT.match(p.message))}
    gone = {*broken, *lacking}
    unseen = any(p.code.startswith("yaml-") and p.code != _UNREAD for p in problems)
    lost = [p for p in problems if p.code.startswith("unknown-") and _named(p.message) & gone]
    lost += [p for p in problems if unseen and p.code in _REFERENCES and MEANT not in p.hint]
    lost += [p for p in problems if (unseen or broken) and p.code == "unknown-topic"]
    unread = {(p.file, p.line) for p in problems if p.code == _UNREAD}
    return [p for p in problems if p not in lost and (p.code == _UNREAD or (p.file, p.line) not in unread)]


def _named(message: str) -> set[str]:
    """Return what a message names in quotes, and the id that a member's id begins with."""
    names = _QUOTED.findall(message)
    return {part for name in names for part in (name, name.split(".")[0], *name.split(".")[1:2])}


def gathered(problems: Sequence[Problem], empty: Collection[str] = ()) -> Iterator[Problem]:
    """Iterate over the problems; of a name that is missing in many places, or of a section that is gone, there is one.

    `empty`: codes of sections that have no items.
    """
    names: dict[str, dict[str, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for p in problems:
        if p.code.startswith("unknown-"):
            names[p.code][_BY_WHOM.sub("", p.message)].append(p)
        else:
            yield p
    for code, lacking in names.items():
        places = [p for those in lacking.values() for p in those]
        gone = len(lacking) > _WHOLE or (code in empty and len(places) > _MOST_PLACES)
        if code in _SECTIONS and gone:
            yield _of_section(code, len(lacking), places)
        else:
            yield from (p for those in lacking.values() for p in _few(those))


def _of_section(code: str, names: int, places: Sequence[Problem]) -> Problem:
    section, kind = _SECTIONS[code]
    hint = f"{section}이(가) 적힌 파일이 지워졌거나 이름이 바뀌지 않았는지 살펴보세요"
    message = f"{kind} {names}가지가 없습니다. 여기를 비롯해 {len(places)}곳에서 부릅니다"
    return Problem(places[0].file, places[0].line, message, hint, code)


def _few(places: Sequence[Problem]) -> Sequence[Problem]:
    """Return the problems of one missing name: all where they are few, else the first with how many more there are."""
    if len(places) <= _MOST_PLACES:
        return places
    more = f"같은 잘못이 {len(places) - 1}곳에 더 있습니다"
    return [replace(places[0], hint=f"{places[0].hint}. {more}" if places[0].hint else more)]
