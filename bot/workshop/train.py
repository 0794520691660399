"""Train: learn what serves from all wordings and voices, and measure it on authors that are left out in turn.

First everything is learned from everybody; that is what serves. Then authors are left out, a few at a time, and what the evidence
says of their questions is what the model and the cutoffs are fitted on. The figures are of authors whose model was fitted on others.
"""

import multiprocessing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import load
from bot.knowledge.trained import FILE
from bot.matching.classifier import Classifier
from bot.matching.encoder import Vectors, encode, is_usable, kept_at
from bot.matching.evidence import MOST_FRAMES
from bot.matching.learned import NONE, Judgement, Kept, digests, pack, source_of
from bot.matching.lessons import CURATED, GENERAL, Lesson, Lessons
from bot.matching.linear import Floats
from bot.matching.matcher import Matcher
from bot.matching.meaning import Answers, Head, centred
from bot.matching.model import Reals
from bot.matching.network import Line
from bot.matching.ranking import NAMES
from bot.matching.table import MEANT
from bot.matching.teach import general, talk_for, teach
from bot.words import RefusedError
from bot.workshop import train_dialogues
from bot.workshop.train_dialogues import Dialogues, Talked, Verdict
from bot.workshop.train_folds import Held, School, left_out, nearest_of, school
from bot.workshop.train_judge import Assessor, crossed, is_better, promises_for
from bot.workshop.train_report import Figures, figures_of

_FEWEST_DIALOGUES = 50
"""Labelled dialogues below which nothing is learned of conversations."""
_FEWEST = 300
"""Voices below which nothing can be said of people who were never met."""
_AT_ONCE = 2
_BATCH = 512
_EVERY = 20
"""Of the questions of those who are left out, one in so many says how the classifier and the nearest text go together."""
_LEAST_WEIGHT = 1
"""Weights of a label, in 127ths of its largest, up to which they are left out of the file."""


_taught: tuple[Matcher, Vectors] | None = None
"""What the processes that learn of conversations share with the one that made them."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What training found. Figures and verdicts by the kind of evidence, on authors and dialogues that were left out."""

    kept: Kept
    figures: Mapping[str, Figures]
    """Under the judgement that is learned here."""
    general: Mapping[str, Figures]
    """Under the judgement that ships with the program."""
    talked: Mapping[str, list[Verdict]]
    is_better: bool
    """Whether more is answered rightly under what was learned here: only then should it serve."""


def train(folder: Path, *, encoder: bool = True) -> Trained:
    """Return what was learned of a folder.

    Raises:
        KnowledgeError: the folder cannot serve.
        RefusedError: there are too few voices, or too many entries.
    """
    base = load(folder)
    _refuse(base)
    matcher = Matcher(base)
    matcher.evidence.talk = talk_for(base)
    lessons = Lessons(base, matcher.reader)
    found = lessons.all()
    vectors, mean = _vectors(found) if encoder and is_usable() else (None, None)
    answers = _answers(lessons.answers()) if vectors is not None else None
    learned = school(matcher, found, lessons.none + 1, vectors, answers)
    held = left_out(learned)
    kinds = ["cheap", "full"] if vectors is not None else ["cheap"]
    own = {kind: _judged(matcher, held, kind) for kind in kinds}
    figures = {kind: j.figures for kind, j in own.items()}
    judgements = {kind: j.judgement for kind, j in own.items()}
    kept = _kept(base, learned, _head(learned, mean, held), judgements, figures)
    talked = _talked(matcher, kept)
    return Trained(
        with_talked(kept, talked),
        figures,
        {kind: j.general for kind, j in own.items()},
        {heard: t.verdicts for heard, t in talked.items()},
        all(j.is_better for j in own.values()),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """A judgement that was fitted on some evidence, its figures, and those of the general one."""

    judgement: Judgement
    figures: Figures
    general: Figures
    is_better: bool


def _judged(matcher: Matcher, held: Sequence[Held], kind: str) -> _Judged:
    """Fit how to judge on questions of people who were left out, and compare with the general judgement under the same promises."""
    asked = [(matcher, held)]
    promises = promises_for(held, len(matcher.base.frames))
    shipped: Judgement = general()["judgements"][kind]
    judged, cut = crossed(asked, kind, promises)
    other, _ = crossed(asked, kind, promises, shipped.model)
    assessor = Assessor(matcher, kind)
    return _Judged(
        Judgement(assessor.model(asked), cut),
        figures_of(judged),
        figures_of(assessor.judge(held, shipped)),
        is_better(judged, other),
    )


def with_talked(kept: Kept, talked: Mapping[str, Talked]) -> Kept:
    """Return what was learned with what was learned of conversations."""
    known = next((t.moves for t in talked.values()), None)
    return replace(kept, conversations={heard: t.judgement for heard, t in talked.items()}, moves=known)


def forget(folder: Path) -> None:
    """Let a folder be judged as one of which nothing was learned."""
    (folder / FILE).unlink(missing_ok=True)


def write(folder: Path, kept: Kept) -> Path:
    """Write what was learned beside the knowledge and return where."""
    path = folder / FILE
    partial = path.with_suffix(".partial")
    partial.write_bytes(pack(kept))
    partial.replace(path)
    return path


def _refuse(base: KnowledgeBase) -> None:
    said = sum(len(t) for a, s in base.voices.items() for n, t in s.items() if not n.startswith("talk:"))
    if said < _FEWEST or len(base.voices) < 2:
        raise RefusedError(
            f"사람들의 말(voices)이 {len(base.voices)}명 {said}줄뿐이라 처음 보는 사람에게 어떨지 잴 수 없습니다. "
            f"두 명, {_FEWEST}줄 이상 모으세요. 그때까지는 어느 지식에나 쓰는 기본값으로 답합니다"
        )
    if len(base.frames) > MOST_FRAMES:
        raise RefusedError(f"항목이 {len(base.frames)}개입니다. {MOST_FRAMES}개까지 배웁니다")


def _vectors(lessons: Sequence[Lesson]) -> tuple[Floats, Floats]:
    """Return the centred vectors of lessons, and what they had in common. New ones are made by two processes."""
    texts = [x.plain for x in lessons]
    known = Vectors(kept_at())
    new = known.missing(texts)
    with multiprocessing.get_context("fork").Pool(_AT_ONCE) as pool:
        made = pool.imap(encode, new, chunksize=16)
        for start in range(0, len(new), _BATCH):
            known.add(dict(zip(new[start : start + _BATCH], made, strict=False)))
    vectors = known.of(texts)
    mean = vectors.mean(axis=0)
    return centred(vectors, mean), mean


def _answers(texts: Sequence[str]) -> Answers:
    return Answers.of_texts(texts, Vectors(kept_at()).of(texts))


def _talked(matcher: Matcher, kept: Kept) -> dict[str, Talked]:
    """Return what is learned of conversations, by the kind of evidence, each in a process of its own; nothing where there are
    too few dialogues.
    """
    if len(matcher.base.dialogues) < _FEWEST_DIALOGUES:
        return {}
    global _taught
    vectors = Vectors(kept_at())
    teach(matcher, kept if kept.head is None else replace(kept, head=replace(kept.head, encode=vectors.one)))
    _taught = matcher, vectors
    with multiprocessing.get_context("fork").Pool(_AT_ONCE, maxtasksperchild=1) as pool:
        found = pool.map(_of_conversations, kept.judgements, chunksize=1)
    _taught = None
    return dict(zip(kept.judgements, found, strict=True))


def _of_conversations(heard: str) -> Talked:
    assert _taught is not None
    matcher, vectors = _taught
    deep = heard == "full"
    found = train_dialogues.learned(Dialogues(matcher, deep=deep))
    if deep:
        vectors.save()
    return found


def _head(learned: School, mean: Floats | None, held: Sequence[Held]) -> Head | None:
    """Return the head that serves."""
    if learned.network is None or mean is None or learned.answers is None:
        return None
    rows = np.concatenate([h.full.features[:-1] for h in held[::_EVERY] if h.full is not None])
    meaning, nearest, answer, middle = (_like(rows, kind) for kind in MEANT)
    near = replace(nearest_of(learned, np.arange(len(learned.lessons))), like=nearest)
    told, answers = replace(learned.network, like=meaning), replace(learned.answers, like=answer)
    return Head(mean, told, near, answers, middle)


def _like(rows: Reals, kind: str) -> Line:
    """Return the line from what the classifier says of candidates, a row each, to what another kind of evidence says."""
    said, near = (NAMES["full"].index(name) for name in ("classifier", kind))
    slope, height = np.polyfit(rows[:, said], rows[:, near], 1)
    return float(slope), float(height)


def _kept(
    base: KnowledgeBase,
    learned: School,
    head: Head | None,
    judgements: dict[str, Judgement],
    figures: dict[str, Figures],
) -> Kept:
    packed = Classifier.packed(learned.letters.weights, learned.counts)
    packed.weights[np.abs(packed.weights) <= _LEAST_WEIGHT] = 0
    labels = (*(f.id for f in base.frames), NONE)
    authors = sorted({x.author for x in learned.lessons} - {CURATED, GENERAL})
    return Kept(
        labels,
        dict(zip(labels, digests(base), strict=False)),
        packed,
        head,
        judgements,
        {},
        None,
        source_of(base),
        {
            "date": date.today().isoformat(),
            "lessons": len(learned.lessons),
            "authors": authors,
            "figures": {kind: f.as_dict() for kind, f in figures.items()},
        },
    )
