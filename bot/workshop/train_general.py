"""Learn how to judge a base of which nothing is known but a few wordings: `python -m bot.workshop.train_general knowledge`.

Small bases are cut out of a large one: some of its entries with three to five wordings each and no voices. People whose voices the
large one holds ask them; what they ask of entries that were left out is near, and nothing answers it. What is fitted on all of
that goes to `bot/matching/general.json` and serves every base that has nothing learned of its own.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import numpy as np

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import load
from bot.knowledge.trained import read_trained
from bot.knowledge.voices import OUTSIDE, TALK
from bot.matching import classifier as letters
from bot.matching.encoder import Vectors, kept_at
from bot.matching.learned import arrays_of, unpack, written
from bot.matching.lessons import GENERAL, Lesson, Lessons, labels_of
from bot.matching.linear import Floats
from bot.matching.matcher import Matcher
from bot.matching.meaning import Neighbours
from bot.matching.policy import GENERAL_PROMISES
from bot.matching.table import PLAIN, Scores
from bot.matching.teach import GENERAL_MOVES
from bot.words import Frame, Kind
from bot.workshop.train_folds import Held
from bot.workshop.train_judge import Assessor, crossed
from bot.workshop.train_report import figures_of, lines

_BASES = 8
_SIZES = (40, 60, 80, 100, 120, 40, 80, 60)
_WORDINGS = (3, 4, 5, 6, 4, 5, 3, 4)
_ASKED = 900
"""Questions that are asked of each small base."""
_OUTSIDE = 0.25
"""Share of them that nothing in it answers: for entries that were left out, and what nothing answers at all."""


def cut_out(base: KnowledgeBase, number: int) -> KnowledgeBase:
    """Return a small base: entries drawn by chance, with their first wordings, and all small talk."""
    chance = np.random.default_rng(number)
    answering = [f for f in base.frames if f.kind is Kind.ANSWER]
    mixed = [answering[i] for i in chance.permutation(len(answering)).tolist()]
    drawn = {f.id for f in _by_turns(mixed)[: _SIZES[number % len(_SIZES)]]}
    frames = tuple(_short(f, number, chance) for f in base.frames if f.kind is not Kind.ANSWER or f.id in drawn)
    return replace(base, frames=frames, voices={}, elsewhere=())


def _by_turns(frames: Sequence[Frame]) -> list[Frame]:
    """Return frames in such an order that all topics have their turn: a small base has few entries on one thing."""
    topics: dict[str, list[Frame]] = {}
    for frame in frames:
        topics.setdefault(frame.topic, []).append(frame)
    rounds = zip_longest(*topics.values())
    return [frame for one in rounds for frame in one if frame is not None]


def _short(frame: Frame, number: int, chance: np.random.Generator) -> Frame:
    most = _WORDINGS[number % len(_WORDINGS)]
    chosen = sorted(chance.permutation(len(frame.wordings))[:most].tolist())
    return replace(frame, wordings=tuple(frame.wordings[i] for i in chosen))


def ask(base: KnowledgeBase, small: KnowledgeBase, fold: int, plain: Mapping[str, str]) -> tuple[Matcher, list[Held]]:
    """Return a matcher on a small base and what its evidence says of the questions of those whose voices the large one has.

    `plain`: of each text its plain words as the large base reads them: their vectors are known.
    """
    matcher = Matcher(small)
    lessons = Lessons(small, matcher.reader)
    taught = lessons.all()
    labels, count = labels_of(taught), lessons.none + 1
    classifier = letters.learn([x.seen for x in taught], labels, count)
    general = [plain.get(x.text, x.plain) for x in taught if x.author == GENERAL]
    mean = Vectors(kept_at()).of(general).mean(axis=0)
    near = Neighbours([plain.get(x.text, x.plain) for x in taught], labels, count, mean)
    matcher.evidence.classifier, matcher.evidence.meanings = classifier, near
    questions = list(_questions(base, lessons, fold))
    vectors = Vectors(kept_at()).of([plain.get(x.text, x.plain) for x in questions])
    return matcher, [_held(matcher, x, fold, near.of(v)) for x, v in zip(questions, vectors, strict=True)]


def _questions(base: KnowledgeBase, lessons: Lessons, fold: int) -> Iterator[Lesson]:
    """Iterate over questions for a small base, some of them for entries that it does not have."""
    asked = Lessons(replace(lessons.base, voices=base.voices), lessons.reader)
    said = [(a, n, t) for a, s in base.voices.items() for n, ts in s.items() for t in ts]
    chance = np.random.default_rng(100 + fold)
    left = {
        "there": int(_ASKED * (1 - _OUTSIDE)),
        "gone": int(_ASKED * _OUTSIDE / 2),
        "nowhere": int(_ASKED * _OUTSIDE / 2),
    }
    for i in chance.permutation(len(said)).tolist():
        author, name, text = said[i]
        where = "nowhere" if name == OUTSIDE else "there" if _is_there(base, lessons, name) else "gone"
        label = asked.label_of(name) if where == "there" else lessons.none
        if label is not None and left[where]:
            left[where] -= 1
            yield next(asked.read_as(author, label, [text], name))


def _is_there(base: KnowledgeBase, lessons: Lessons, name: str) -> bool:
    """Tell whether a small base has what a section of voices is for."""
    entry = base.entry(name)
    return name.startswith(TALK) or name in lessons.number or (entry is not None and entry.frame in lessons.number)


def _held(matcher: Matcher, lesson: Lesson, fold: int, meant: tuple[Floats, Floats]) -> Held:
    u = lesson.utterance
    asked, implied = matcher.asked(u)
    cheap = matcher.cheap(u)
    meaning = {k: Scores(m[:-1], float(m[-1])) for k, m in zip(("meaning", "nearest"), meant, strict=True)}
    table = matcher.table(u, cheap, asked, implied)
    plain = matcher.table(u, {kind: cheap[kind] for kind in PLAIN}, asked, implied)
    return Held(lesson, fold, table, matcher.table(u, {**cheap, **meaning}, asked, implied), plain)


def main(folder: Path, place: Path) -> None:
    """Fit on small bases cut out of a folder's, print figures on those that were not fitted on, and write the file."""
    base = load(folder)
    plain = {x.text: x.plain for x in Lessons(base, Matcher(base).reader).all()}
    asked = [ask(base, cut_out(base, number), number, plain) for number in range(_BASES)]
    found: dict[str, object] = {}
    for heard in ("plain", "cheap", "full"):
        judged, cut = crossed(asked, heard, GENERAL_PROMISES)
        print(f"— {heard}", cut, *lines(figures_of(judged)), sep="\n")
        model = Assessor(asked[0][0], heard).model(asked)
        found[heard] = {"cutoffs": cut.as_dict(), "coefficients": dict(model.coefficients)}
    kept = unpack(read_trained(folder) or b"")
    found = {"judgements": found, "conversations": written(kept.conversations), "mean": _mean()}
    if kept.moves is not None:
        np.savez_compressed(place.with_name(GENERAL_MOVES), allow_pickle=False, **arrays_of(kept.moves.classifier))
    place.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _mean() -> list[float]:
    from bot.knowledge import general

    texts = [t.lower() for language in general.LANGUAGES for t in general.outside(language)]
    mean: Floats = Vectors(kept_at()).of(texts).mean(axis=0)
    return [round(float(v), 5) for v in mean]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parents[1] / "matching" / "general.json")
