"""Learn how to judge a base that has only a few wordings: `python -m bot.workshop.train_general knowledge tests/bases`.

Small bases of other fields, in two languages, are asked what people who saw only their answers wrote. More are cut out of a large
one: some of its entries with three to six wordings each and no voices; people whose voices the large one holds ask them, and what
they ask of entries that were left out is near, and nothing answers it. What is fitted on all of that goes to
`bot/matching/general.json` and serves every base that has nothing learned of its own.
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
from bot.matching.encoder import SHIPPED, Vectors, kept_at, ship
from bot.matching.evidence import meant
from bot.matching.learned import arrays_of, unpack, written
from bot.matching.lessons import Lesson, Lessons, labels_of
from bot.matching.matcher import Matcher
from bot.matching.meaning import Neighbours, Told
from bot.matching.policy import GENERAL_PROMISES
from bot.matching.table import PLAIN
from bot.matching.teach import GENERAL_MOVES, GENERAL_TALK
from bot.words import Frame, Kind
from bot.workshop.train_folds import Held
from bot.workshop.train_judge import Assessor, crossed
from bot.workshop.train_report import figures_of, lines
from bot.workshop.train_talk import Talks, folders, learn_talk, rows

_SIZES = (3, 6, 12, 40, 80, 120)
"""Entries of the bases that are cut out."""
_WORDINGS = (4, 3, 5, 4, 5, 3)
"""Wordings of each of those."""
_ASKED = 300
"""Questions that are asked of each base that is cut out: about as many as of the small ones."""
_OUTSIDE = 0.4
"""Share of them that nothing in it answers: for entries that were left out, and what nothing answers at all."""
_TALKED = 100
"""Lines of small talk that are said to each small base in the language of the large one."""


def cut_out(base: KnowledgeBase, number: int) -> KnowledgeBase:
    """Return a small base: entries drawn by chance, with their first wordings, and all small talk."""
    chance = np.random.default_rng(number)
    answering = [f for f in base.frames if f.kind is Kind.ANSWER]
    mixed = [answering[i] for i in chance.permutation(len(answering)).tolist()]
    drawn = {f.id for f in _by_turns(mixed)[: _SIZES[number]]}
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
    most = _WORDINGS[number]
    chosen = sorted(chance.permutation(len(frame.wordings))[:most].tolist())
    return replace(frame, wordings=tuple(frame.wordings[i] for i in chosen))


Asked = tuple[Matcher, list[Held]]
"""A base, and what its evidence says of each question that was asked of it."""


def ask_cut_out(base: KnowledgeBase, fold: int, talks: Talks, plain: Mapping[str, str]) -> Asked:
    """Ask a small base that is cut out of a large one what those ask whose voices that has."""
    small = cut_out(base, fold)
    matcher = Matcher(small)
    lessons = Lessons(small, matcher.reader)
    return _asked(matcher, lessons, list(_questions(base, lessons, fold)), fold, talks, plain)


def ask_small(folder: Path, fold: int, large: KnowledgeBase, talks: Talks) -> Asked:
    """Ask a small base the questions in the file beside it: `questions:`, each with `q` and the entries that are right in `want`.

    Small talk comes from those whose voices the large one has.
    """
    matcher = Matcher(load(folder))
    lessons = Lessons(matcher.base, matcher.reader)
    questions = list(_talk(lessons, large, fold)) if matcher.base.language == large.language else []
    for row in rows(folder):
        label = lessons.label_of(row["want"][0]) if row["want"] else lessons.none
        if label is None:
            raise ValueError(f"{folder.name}: {row}")
        questions += lessons.read_as(folder.name, label, [row["q"]], *row["want"][:1])
    return _asked(matcher, lessons, questions, fold, talks)


def _talk(lessons: Lessons, large: KnowledgeBase, fold: int) -> Iterator[Lesson]:
    said = [(a, n, t) for a, s in large.voices.items() for n, ts in s.items() if n.startswith(TALK) for t in ts]
    for i in np.random.default_rng(200 + fold).permutation(len(said))[:_TALKED].tolist():
        author, name, text = said[i]
        label = lessons.label_of(name)
        if label is not None:
            yield from lessons.read_as(author, label, [text], name)


def _asked(
    matcher: Matcher,
    lessons: Lessons,
    questions: Sequence[Lesson],
    fold: int,
    talks: Talks,
    plain: Mapping[str, str] | None = None,
) -> Asked:
    """Ask questions. `plain`: of each text its plain words as another base reads them: their vectors are known."""
    plain = plain or {}
    taught = lessons.all()
    labels, count = labels_of(taught), lessons.none + 1
    near = Neighbours([plain.get(x.text, x.plain) for x in taught], labels, lessons.answers())
    matcher.evidence.classifier = letters.learn([x.seen for x in taught], labels, count)
    matcher.evidence.meanings = near
    vectors = Vectors(kept_at()).of([plain.get(x.text, x.plain) for x in questions])
    held = []
    for question, vector in zip(questions, vectors, strict=True):
        matcher.evidence.talk = talks.unaware_of(question.author)
        held.append(_held(matcher, question, fold, near.of(vector)))
    return matcher, held


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


def _held(matcher: Matcher, lesson: Lesson, fold: int, told: Told) -> Held:
    u = lesson.utterance
    asked, implied = matcher.asked(u)
    cheap = matcher.cheap(u)
    table = matcher.table(u, cheap, asked, implied)
    plain = matcher.table(u, {kind: cheap[kind] for kind in PLAIN}, asked, implied)
    return Held(lesson, fold, table, matcher.table(u, {**cheap, **meant(told)}, asked, implied), plain)


def main(folder: Path, others: Path, place: Path) -> None:
    """Fit on small bases, print figures on those that were not fitted on, and write the file."""
    base = load(folder)
    lessons = Lessons(base, Matcher(base).reader)
    plain = {x.text: x.plain for x in lessons.all()}
    talks = learn_talk(base, lessons, others)
    small = [ask_small(p, fold, base, talks) for fold, p in enumerate(folders(others))]
    asked = [*small, *(ask_cut_out(base, n, talks, plain) for n in range(len(_SIZES)))]
    found: dict[str, object] = {}
    for heard in ("plain", "cheap", "full"):
        judged, cut = crossed(asked, heard, GENERAL_PROMISES)
        print(f"— {heard}", cut, *lines(figures_of(judged)), sep="\n")
        model = Assessor(asked[0][0], heard).model(asked)
        found[heard] = {"cutoffs": cut.as_dict(), "coefficients": dict(model.coefficients)}
    kept = unpack(read_trained(folder) or b"")
    found = {
        "judgements": found,
        "conversations": written(kept.conversations),
        "talk": talks.everybody.labels,
        "urgent": talks.everybody.urgent,
    }
    spoken = arrays_of(talks.everybody.classifier)
    np.savez_compressed(place.with_name(GENERAL_TALK), allow_pickle=False, **spoken)
    if kept.moves is not None:
        np.savez_compressed(place.with_name(GENERAL_MOVES), allow_pickle=False, **arrays_of(kept.moves.classifier))
    place.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    _ship(others, place)


def _ship(others: Path, place: Path) -> None:
    """Write the vectors of general texts, as a base in each language reads them."""
    texts: dict[str, None] = {}
    for folder in folders(others):
        base = load(folder)
        texts.update(dict.fromkeys(x.plain for x in Lessons(base, Matcher(base).reader).general()))
    vectors = Vectors(kept_at()).of(list(texts))
    ship(dict(zip(texts, vectors, strict=True)), place.with_name(SHIPPED))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(__file__).parents[1] / "matching" / "general.json")
