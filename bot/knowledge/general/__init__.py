"""What people say everywhere, in Korean and English: small talk by label, questions on other matters, politeness.

It ships with the program and serves every knowledge base. Plain text, a line each; `[label]` begins a section.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.languages import ENGLISH, WRITTEN


def _lines(name: str, language: str) -> list[str]:
    path = files(__package__) / f"{name}.{language if language in WRITTEN else ENGLISH}.txt"
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _sections(name: str, language: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    label = ""
    for line in _lines(name, language):
        if line.startswith("[") and line.endswith("]"):
            label = line[1:-1]
        else:
            found.setdefault(label, []).append(line)
    return {label: tuple(texts) for label, texts in found.items()}


@cache
def talk(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return ways to say each kind of small talk and act of conversation, by label."""
    return _sections("talk", language)


@cache
def outside(language: str) -> tuple[str, ...]:
    """Return questions that people ask anywhere and that no narrow subject answers."""
    return tuple(_lines("out", language))


@cache
def politeness(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return what people say `before` and `after` a question that changes nothing about it."""
    return _sections("frames", language)
