"""The knowledge base's own wordings: read once, at start, and what is known from all of them together."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.hangul import clean, compact, strip_particle
from bot.knowledge.base import KnowledgeBase
from bot.matching.grams import body_of
from bot.matching.mask import LINKS
from bot.matching.names import ShortNames
from bot.matching.plain import plain_wording
from bot.matching.read import Reader
from bot.matching.spelling import Spelling
from bot.matching.squeeze import vocabulary
from bot.words import Frame, Kind, Term, Utterance

_SLOT = re.compile(r"\{(?:short|name)(?::[^}]*)?\}")
_LINKED = re.compile(rf"(\{{(?:short|name)\}})(?:{'|'.join(sorted(LINKS, key=len, reverse=True))})(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Wordings:
    """All wordings, read. Lists are by the number of the frame."""

    masked: list[list[str]]
    plain: list[list[str]]
    """The same in plain words."""
    about: list[frozenset[str]]
    """The named terms each frame is about."""
    pairs: frozenset[str]
    """Pairs of neighbouring letters that stand in any."""
    names: ShortNames
    spoken: Counter[str]
    """Words that hold no name, with and without their particles, and how many frames say them."""
    own: frozenset[str]
    """Those of the frames that do answer."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A wording, read: also in plain words, and which of its words hold no name."""

    utterance: Utterance
    plain: str
    common: frozenset[str]


class Readings:
    """Wordings, each read once, also for other versions of a knowledge base, as long as the names are the same."""

    def __init__(self) -> None:
        self._names: tuple[object, ...] = ()
        self._read: dict[tuple[str, str], Worded] = {}

    def suit(self, base: KnowledgeBase, reader: Reader) -> None:
        """Forget everything if it was read with other names than a base has."""
        names = base.terms, base.groups, reader.slots
        if names != self._names:
            self._names, self._read = names, {}

    def only(self, base: KnowledgeBase) -> None:
        """Forget the wordings that a base does not have."""
        there = {(text, f.slot) for f in base.frames for text in f.wordings}
        self._read = {key: worded for key, worded in self._read.items() if key in there}

    def of(self, reader: Reader, text: str, slot: str) -> Worded:
        """Return a wording of a frame with a slot, read."""
        found = self._read.get((text, slot))
        if found is None:
            u = wording(reader, text, slot)
            found = Worded(u, plain_wording(u, slot, reader), frozenset(reader.common_words(u)))
            self._read[text, slot] = found
        return found


def read_all(base: KnowledgeBase, reader: Reader, binding: frozenset[str], readings: Readings) -> Wordings:
    """Read the wordings of all frames. `binding`: the groups whose names an entry can be about."""
    readings.suit(base, reader)
    masked: list[list[str]] = []
    plainly: list[list[str]] = []
    about: list[frozenset[str]] = []
    pairs: set[str] = set()
    names = ShortNames()
    spoken: Counter[str] = Counter()
    own: set[str] = set()
    for number, f in enumerate(base.frames):
        worded = [readings.of(reader, text, f.slot) for text in f.wordings]
        read = [w.utterance for w in worded]
        masked.append([u.masked for u in read])
        plainly.append([w.plain for w in worded])
        about.append(_about(f, read, binding, base.terms))
        said = {word for w in worded for word in w.common}
        spoken.update(said)
        if f.kind is not Kind.BOUNDARY:
            own.update(said)
        for u in read:
            text = body(u)
            pairs.update(text[i : i + 2] for i in range(len(text) - 1))
            if "{" not in u.original:
                names.add(compact(u.normal), number)
    return Wordings(masked, plainly, about, frozenset(pairs), names.built(), spoken, frozenset(own))


def wording(reader: Reader, text: str, slot: str) -> Utterance:
    """Read a wording; the place of the name in a template is the symbol of its group."""
    symbol = reader.symbol.get(slot, "")
    if "{" not in text:
        return reader.read(text, curated=True)
    u = reader.read(_SLOT.sub(" ", text), curated=True)
    bare = _SLOT.sub(symbol, _LINKED.sub(r"\1", text))
    parts = [body(reader.read(p, curated=True)) for p in bare.split(symbol)] if symbol else [bare]
    concepts = u.masked[len(body(u)) :]
    return Utterance(text, u.normal, symbol.join(parts) + concepts, u.mentions)


def body(u: Utterance) -> str:
    """Return the letters that are compared, without the concepts."""
    return body_of(u.masked)


def _about(
    frame: Frame, read: Sequence[Utterance], binding: frozenset[str], terms: Mapping[str, Term]
) -> frozenset[str]:
    """Return the named terms a frame is about: as written, or those in at least half of its wordings."""
    count: Counter[str] = Counter()
    for u in read:
        count.update({m.term for m in u.mentions if m.group in binding and not m.negated and m.how == "exact"})
    explicit = {terms[t].group for t in frame.about if t in terms}
    found = (t for t, n in count.items() if 2 * n >= len(read))
    return frame.about.union(t for t in found if t in terms and terms[t].group not in explicit)


def spelling(base: KnowledgeBase, reader: Reader, read: Wordings, written: frozenset[str]) -> Spelling:
    """Return the words that may be meant by a misspelt one, and those that are right beside them.

    `written`: the words of the wordings as they stand there.
    """
    prose = {phase.text for f in base.frames for e in f.entries.values() for phase in e.phases} | set(base.elsewhere)
    words = vocabulary("\n".join(map(clean, prose)).lower()) | written
    right = words.union(map(strip_particle, words))
    aliases = reader.words.by_key.keys()
    return Spelling([*read.spoken.items(), *((a, 1) for a in aliases)], right | reader.names.by_key.keys())


def by_text(masked: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """Return the numbers of the frames that have a wording, masked, as it stands."""
    found: dict[str, list[int]] = {}
    for number, texts in enumerate(masked):
        for text in dict.fromkeys(texts):
            found.setdefault(text, []).append(number)
    return found
