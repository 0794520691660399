"""Doubts about voices, besides faults: they are used as they are."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.hangul import clean, compact
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.documents import NOTHING, files_of, is_voices
from bot.knowledge.voices import OUTSIDE, Names, Section, parse
from bot.knowledge.yamlfile import bytes_of
from bot.words import Kind, Problem
from bot.workshop.kept import Kept, Results, digest, nowhere

FORMER, SHARED = "voices-former", "voices-shared"


def doubts(
    folder: Path, base: KnowledgeBase, instead: Mapping[str, bytes] = NOTHING, kept: Kept | None = None
) -> list[Problem]:
    """Return the sections under a former id, and questions that are listed under two entries."""
    results = Results(kept or nowhere(), "voices")
    files = dict(_files(folder, instead))
    kinds = [f"{e.id} {e.kind.value}" for e in base.entries.values()]
    names = json.dumps([sorted(kinds), sorted(base.moved.items())]).encode()
    whole = digest([names, *(part for name, data in files.items() for part in (name.encode(), data))])
    found = results.problems("", whole.encode(), lambda: _doubts(files, base))
    results.close()
    return found


def _doubts(files: Mapping[str, bytes], base: KnowledgeBase) -> Iterator[Problem]:
    names, first = Names(base), dict[str, tuple[str, str]]()
    for file, data in files.items():
        for section in parse(data, file, []):
            now = names.present(section.name)
            if now is None:
                continue
            if now != section.name:
                message = f"[{section.name}]은(는) 옛 id입니다"
                yield Problem(file, section.line, message, f"[{now}](이)라고 적으세요", FORMER)
            yield from _shared(file, section, now, base, first)


def _files(folder: Path, instead: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    known = {path.relative_to(folder).as_posix() for path in files_of(folder)} | instead.keys()
    for name in sorted(filter(is_voices, known)):
        data = instead[name] if name in instead else bytes_of(folder / name, name, [])
        if data is not None:
            yield name, data


def _shared(
    file: str, section: Section, now: str, base: KnowledgeBase, first: dict[str, tuple[str, str]]
) -> Iterator[Problem]:
    for number, text in section.lines:
        key = compact(clean(text))
        other, place = first.setdefault(key, (now, f"{file}:{number}"))
        if key and other != now and not _same_answer(other, now, base):
            message = f"「{text[:60]}」이(가) {place} [{other}]에도 있습니다"
            hint = f"[{now}] 항목과 나누어지지 않는 말입니다. 항목을 합치거나 한쪽 말을 지우세요"
            yield Problem(file, number, message, hint, SHARED)


def _same_answer(one: str, other: str, base: KnowledgeBase) -> bool:
    """Tell whether it makes no difference under which of two names a text is listed."""
    name, entry = (one, base.entries.get(other)) if other in base.entries else (other, base.entries.get(one))
    if entry is None or name in base.entries:
        return False
    if name == OUTSIDE:
        return entry.kind is Kind.BOUNDARY
    return entry.kind is not Kind.ANSWER  # a person, a greeting, care for somebody in distress: all are talk
