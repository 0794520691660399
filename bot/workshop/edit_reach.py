"""Which tests an edit of some entries can touch: those in which one of them was a candidate, or would be one now.

Only candidates are weighed (`matching/matcher.py`). So a test goes as it went where no entry that the edit changes was among them,
and the classifier, which learns the edited ones again, puts none of them forward now. What an edit does to all entries alike, by
making a word a little less rare, is left to the next run of all tests.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from itertools import chain

from bot.desk.desk import HelpDesk
from bot.hangul import clean, compact
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.voices import OUTSIDE, TALK
from bot.matching.learned import texts_of
from bot.words import Frame, Tests
from bot.workshop.kept import told
from bot.workshop.test import Key, Verdict
from bot.workshop.test_noted import RIGHT, Weighed

_APART = frozenset(("version", "files", "frames", "entries", "tests", "dialogues", "voices", "voices_faults"))
"""Parts of a base that are compared entry by entry, or that no question is answered by."""


def changed(before: KnowledgeBase, after: KnowledgeBase) -> frozenset[str] | None:
    """Return the ids of the entries and templates that answer otherwise; `None` where more than these has changed."""
    names = (f.name for f in fields(KnowledgeBase) if f.name not in _APART)
    if not all(_same(getattr(before, name), getattr(after, name)) for name in names):
        return None
    if _others_words(before) != _others_words(after):
        return None
    old, new = (
        dict(zip((f.id for f in b.frames), zip(map(_untested, b.frames), texts_of(b), strict=True), strict=True))
        for b in (before, after)
    )
    return frozenset(id for id in old.keys() | new.keys() if not _same(old.get(id), new.get(id)))


def _untested(frame: Frame) -> Frame:
    return replace(frame, tests=Tests())


def _same(a: object, b: object) -> bool:
    return a == b or told(a) == told(b)  # where it stands in its file is no matter


def _others_words(base: KnowledgeBase) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return people's words that ask for no entry: small talk, and what nothing answers."""
    sections = ((author, name, said) for author, of in base.voices.items() for name, said in of.items())
    return {(author, name): said for author, name, said in sections if name == OUTSIDE or name.startswith(TALK)}


def edited_of(before: HelpDesk, after: HelpDesk) -> frozenset[str] | None:
    """Return the ids of the entries and templates that an edit gave another opinion; `None` where all may have one.

    What has changed since the base was learned is learned again, each beside the others of these, and without that everything is.
    """
    found = changed(before.base, after.base)
    if found is None or before.kept is None:
        return None
    frames = after.matcher.frames
    return found.union(frames[number].frame.id for number in after.matcher.evidence.stale)


def spared(
    verdicts: Iterable[Verdict], edited: frozenset[str], before: HelpDesk, after: HelpDesk
) -> dict[Key, Verdict]:
    """Return how the tests went that an edit cannot touch. `verdicts`: how they went before; `edited`: what it changes."""
    spelt = before.matcher.reader.near.spelling.known ^ after.matcher.reader.near.spelling.known
    looked, own = (
        {f"{RIGHT}{word}" for word in spelt},
        before.matcher.own.questions.keys() ^ after.matcher.own.questions.keys(),
    )
    far = [
        v
        for v in verdicts
        if v.weighed
        and looked.isdisjoint(v.looked)
        and edited.isdisjoint(chain.from_iterable(w.near for w in v.weighed))
        and compact(clean(v.key[0])) not in own
    ]
    texts = [(v.key, w) for v in far for w in v.weighed]
    come = _come([w for _, w in texts], edited, after)
    near = {key for (key, _), is_near in zip(texts, come, strict=True) if is_near}
    return {v.key: v for v in far if v.key not in near}


def _come(texts: Sequence[Weighed], edited: frozenset[str], after: HelpDesk) -> list[bool]:
    """Return for each text whether an entry that was edited is a candidate for it now."""
    matcher, classifier = after.matcher, after.matcher.evidence.classifier
    there = [matcher.number[id] for id in sorted(edited) if id in matcher.number]
    if not texts or not there or classifier is None:
        return [False] * len(texts)
    scores = classifier.of(there, [w.features for w in texts]).max(axis=1)
    return [bool(is_near) for is_near in scores >= [w.floor for w in texts]]
