"""Learn what tells small talk from everything else, from everybody whose voices there are and what small bases are asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.knowledge import general
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.voices import TALK
from bot.languages import WRITTEN
from bot.matching import talk as talking
from bot.matching.lessons import GENERAL, Lesson, Lessons
from bot.matching.talk import CRISIS, Talk

_ALARMS = 0.002
"""Share of questions on other matters that may look like distress: the model decides among those (2026-11-30)."""


@dataclass(frozen=True, slots=True)
class Talks:
    """What tells small talk from everything else: learned from everybody, and from all but each half of the authors."""

    everybody: Talk
    without: tuple[Talk, Talk]
    half: Mapping[str, int]
    """Of each author."""

    def unaware_of(self, author: str) -> Talk:
        """Return the one that has learned nothing from an author."""
        return self.without[self.half[author]]


def learn_talk(large: KnowledgeBase, lessons: Lessons, others: Path) -> Talks:
    """Learn small talk from the voices of a large base, what is said everywhere, and what small bases are asked."""
    said = list(_said(large, lessons, others))
    authors = sorted({x.author for x in said} - {GENERAL})
    half = {author: i % 2 for i, author in enumerate(authors)}
    parts = [[x for x in said if half.get(x.author) != out] for out in (-1, 0, 1)]
    everybody, *without = (talking.learn([x.seen for x in part], [x.entry for x in part]) for part in parts)
    talks = Talks(everybody, (without[0], without[1]), half)
    urgent = _urgent(said, talks)
    everybody, *without = (replace(talk, urgent=urgent) for talk in (everybody, *without))
    return Talks(everybody, (without[0], without[1]), half)


def _urgent(said: Sequence[Lesson], talks: Talks) -> float:
    """Return the score of distress that one in so many of those reaches who are in none and were left out."""
    place = talks.everybody.labels.index(CRISIS)
    calm = [x for x in said if not x.entry and x.author in talks.half]
    scores = [talks.unaware_of(x.author).scores(*x.seen)[place] for x in calm]
    return round(float(np.quantile(scores, 1 - _ALARMS)), 3)


def _said(large: KnowledgeBase, lessons: Lessons, others: Path) -> Iterator[Lesson]:
    """Iterate over texts, `entry` being the label of talk, empty for everything else."""

    def read(author: str, label: str, texts: Iterable[str]) -> Iterator[Lesson]:
        return lessons.read_as(author, lessons.none, list(texts), label)

    for language in WRITTEN:
        for label, texts in general.talk(language).items():
            yield from read(GENERAL, label, texts)
        yield from read(GENERAL, "", general.outside(language))
    chatting = set(large.talk.values())
    for author, sections in large.voices.items():
        for name, texts in sections.items():
            entry = large.entry(name)
            if entry is None or entry.frame not in chatting:
                yield from read(author, name.removeprefix(TALK) if name.startswith(TALK) else "", texts)
    for folder in folders(others):
        yield from read(folder.name, "", (row["q"] for row in rows(folder)))


def folders(others: Path) -> list[Path]:
    """Return the small bases in a folder."""
    return sorted(p for p in others.iterdir() if p.is_dir())


def rows(folder: Path) -> list[dict[str, Any]]:
    """Return what a small base is asked: `q`, and in `want` the entries that are right."""
    text = folder.with_name(f"{folder.name}-questions.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)["questions"]
    return found
