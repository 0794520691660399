"""The desk's own sentences: a file for each language, `bot/locale/<code>.yaml`, all with the same names and places.

What stands in a knowledge folder's `replies` and `english` goes before them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from bot.knowledge import yamlfile
from bot.knowledge.yamlfile import Node
from bot.languages import KOREAN, USUAL, order
from bot.words import Problem, RefusedError

_PLACE = re.compile(r"\{([a-z_]+)[^{}]*\}")
"""A place in a sentence where something is put in: `{name}`, `{name:을/를}`."""
_STAFF = "staff"
"""The section of what only staff read, which is in Korean."""
_SPOKEN = ("replies", "web", _STAFF)
_LISTS = {"weekdays": 7, "months": 12}
_FORMS = ("about", "languages", "dates")
"""Sections that every language fills in its own way: the same names, other places."""


class LocaleError(RefusedError):
    """A file of sentences cannot serve; the message names every fault in it, with its line."""


@dataclass(frozen=True, slots=True)
class Locale:
    """One language."""

    code: str
    name: str
    """How those call it who speak it."""
    region: str
    """As sites tell it one another: `ko_KR`. Source: ogp.me, og:locale."""
    reviewed: bool
    """Whether somebody who speaks it has read its sentences."""
    names: Mapping[str, str]
    """How it calls the languages that answers are written in."""
    replies: Mapping[str, str]
    talk: Mapping[str, str]
    errors: Mapping[str, str]
    faults: Mapping[str, str]
    dates: Mapping[str, Any]
    letters: re.Pattern[str] | None
    """Finds letters that no other language here has."""
    words: frozenset[str]
    """Words that no other language here has."""

    def share(self, words: Sequence[str]) -> float:
        """Return which share of some words in lower case are of this language, as far as its letters and words tell."""
        known = sum(word in self.words or bool(self.letters and self.letters.search(word)) for word in words)
        return known / len(words) if words else 0.0

    def weekday(self, number: int) -> str:
        """Return the short name of a day of the week, Monday 0."""
        return str(self.dates["weekdays"][number])

    def month(self, day: date) -> str:
        """Return a month as people say it: «2026년 11월», "November 2026"."""
        return str(self.dates["month"]).format(month=self.dates["months"][day.month - 1], year=day.year)

    def moment(self, at: datetime) -> str:
        """Return a moment as people say it: «11월 25일(수) 09:00», "Wed 25 Nov, 09:00 (Korean time)"."""
        return str(self.dates["moment"]).format(
            month=self.dates["months"][at.month - 1],
            day=at.day,
            weekday=self.weekday(at.weekday()),
            time=f"{at:%H:%M}",
        )


@cache
def codes() -> tuple[str, ...]:
    """Return the languages of which there is a file, those of the desk first."""
    found = {path.name.removesuffix(".yaml") for path in _folder().iterdir() if path.name.endswith(".yaml")}
    return (*USUAL, *sorted(found - {*USUAL}))


@cache
def of(code: str) -> Locale:
    """Return a language.

    Raises:
        LocaleError: its file has a fault.
    """
    return read(code, _content(code))


def read(code: str, data: bytes) -> Locale:
    """Return a language from what stands in its file.

    Raises:
        LocaleError: it has a fault.
    """
    problems: list[Problem] = []
    node = _parsed(data, file_of(code), problems)
    if not problems and code != KOREAN:
        problems += _differences(node, _pattern(), file_of(code))
    if problems:
        raise LocaleError("\n".join(map(str, problems)))
    return _made(code, node)


def name_of(code: str) -> str:
    """Return how those call a language who speak it; of one that there is no file for its code."""
    return of(code).name if code in codes() else code


def sentences(languages: Iterable[str], own: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return the sentences of a desk by language and name, none missing in any; `own`: what goes before ours.

    Where one is missing, or there is nothing to say in a language, it is as in the next one (`languages.order`).
    """

    def said(name: str, language: str) -> str:
        texts = (own.get(c, {}).get(name) or of(c).replies.get(name) for c in order(language) if c in codes())
        return next(filter(None, texts), "")

    names = dict.fromkeys([*of(KOREAN).replies, *(name for texts in own.values() for name in texts)])
    return {language: {name: said(name, language) for name in names} for language in languages}


def _differences(node: Node, pattern: Node, file: str) -> Iterator[Problem]:
    """Iterate over what a file of sentences has otherwise than the pattern: names that are missing or unknown, places."""
    for section, wanted in pattern.items():
        given = node.get(section)
        if section == _STAFF:
            continue
        if not isinstance(given, Node):
            yield Problem(file, node.line_of(section), f"'{section}'이(가) 없습니다", "", "locale-section")
            continue
        for name in wanted.keys() - given.keys():
            yield Problem(file, given.line, f"'{section}.{name}'이(가) 빠졌습니다", "", "locale-missing")
        for name in given.keys() - wanted.keys():
            message = f"'{section}.{name}'은(는) ko.yaml에 없는 이름입니다"
            yield Problem(file, given.line_of(name), message, "", "locale-unknown")
        if section not in _FORMS:
            yield from _places(section, given, wanted, file)
    for section in node.keys() - pattern.keys():
        yield Problem(file, node.line_of(section), f"'{section}'은(는) 모르는 이름입니다", "", "locale-unknown")


def _places(section: str, given: Node, wanted: Node, file: str) -> Iterator[Problem]:
    """Iterate over sentences with other places to fill than the pattern's; one that says nothing has none."""
    for name in given.keys() & wanted.keys():
        ours, theirs = ({*_PLACE.findall(str(texts[name]))} for texts in (given, wanted))
        if ours != theirs and given[name] and wanted[name]:
            message = f"'{section}.{name}'의 자리가 ko.yaml과 다릅니다"
            hint = f"{_braced(theirs)}이어야 합니다: {_braced(ours)}"
            yield Problem(file, given.line_of(name), message, hint, "locale-places")


def _braced(names: Iterable[str]) -> str:
    return " ".join(f"{{{name}}}" for name in sorted(names)) or "-"


def _folder() -> Any:  # noqa: ANN401  # a folder in a package, which need not be on a disk
    return files("bot") / "locale"


def file_of(code: str) -> str:
    """Return the name of a language's file."""
    return f"bot/locale/{code}.yaml"


def _content(code: str) -> bytes:
    data: bytes = (_folder() / f"{code}.yaml").read_bytes()
    return data


@cache
def _pattern() -> Node:
    """Return the file that every other one is compared with."""
    return _parsed(_content(KOREAN), file_of(KOREAN), [])


def _parsed(data: bytes, file: str, problems: list[Problem]) -> Node:
    """Return what stands in a file of sentences; every fault of its shape is added to `problems`."""
    node = yamlfile.parse(data, file, problems)
    if not isinstance(node, Node):
        problems.append(Problem(file, 1, "이름: 글 꼴이어야 합니다", "", "locale-shape"))
        return Node(1)
    problems += _misshapen(node, file)
    return node


def _misshapen(node: Node, file: str) -> Iterator[Problem]:
    for section, texts in node.items():
        if not isinstance(texts, Node):
            yield Problem(file, node.line_of(section), f"'{section}'에는 이름: 글을 적습니다", "", "locale-shape")
            continue
        for name, text in texts.items():
            count = _LISTS.get(name, 0) if section == "dates" else 0
            right = isinstance(text, str | bool) if section == "about" and name != "words" else isinstance(text, str)
            if count or name == "words":
                right = isinstance(text, list) and len(text) == (count or len(text))
            if not right:
                yield Problem(
                    file, texts.line_of(name), f"'{section}.{name}'의 값이 맞지 않습니다", "", "locale-shape"
                )


def _made(code: str, node: Node) -> Locale:
    about, letters = node["about"], node["about"]["letters"]
    return Locale(
        code,
        about["name"],
        about["region"],
        about["reviewed"],
        dict(node["languages"]),
        {name: text for section in _SPOKEN for name, text in node.get(section, {}).items()},
        dict(node["talk"]),
        dict(node["errors"]),
        dict(node["faults"]),
        dict(node["dates"]),
        re.compile(f"[{letters}]") if letters else None,
        frozenset(about["words"]),
    )
