"""Collisions: questions that are almost the same under different answers.

Two wordings are near when no more than a few jamo differ once particles and endings are set aside and names are
replaced by their group, and when no guard could tell them apart: the same names, numbers and polarity.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.hangul import clean, has_hangul, jamo, strip_particle
from bot.knowledge.base import KnowledgeBase
from bot.matching.alike import alike, all_alike
from bot.matching.grams import is_symbol
from bot.matching.read import Reader
from bot.matching.squeeze import squeeze
from bot.matching.wordings import wording as read_wording
from bot.words import Frame, Utterance, group_of
from bot.workshop.kept import Kept, digest, nowhere, program, told

NEAR = 88.0
"""From this percentage of equal jamo two questions are almost the same."""
_SAME_WORD = 65.0
"""From this percentage of equal jamo two words count as one; below it they tell two questions apart."""
_SHORTEST = 6
"""Jamo of the shortest question that is compared: two or three syllables say too little."""
_LATIN = re.compile(r"[a-z]+")
_DIGITS = re.compile(r"\d+|[일이삼사오육칠팔구십]+(?=차|책|공|년|월|단계|회)")
_DENIES = re.compile(r"없|안\s?되|안\s?하|못|제외|말고|아니|비수도권|불가|빼고|외에|비(?=제조|수도|영리)")
_ACTS = re.compile(
    r"취소|철회|변경|수정|정정|재발급|재신청|재교부|연장|해지|탈퇴|환불|환급|반납|분실|등록|삭제|확인|조회|발급|신청|접수|제출|납부|교환|이전|양도|"
    r"중단|재개|갱신|예약|배송|설치|폐기"
)
"""Words for actions: booking and cancelling are two questions, however alike their words."""
_FILLING = re.compile(
    r"안녕하(?:세요|십니까)[.,]?|(?<!\S)좀(?!\S)|(?:알려|보여|말해|가르쳐)\s?(?:주\S*|줘\S*)$|문의드립니다$|안내 부탁\S*$"
)
_POLITE = re.compile(
    r"(?:(?:알려|말해|설명해|안내해|가르쳐)(?:주세요|줘요|줘|주십시오)|(?:뭐|무엇)(?:예요|에요|죠|야|인가요|입니까)|뭔가요|"
    r"(?:이에요|예요|인가요|입니까|이죠|인지요|인지|입니다|나요|까요|어요|아요|해요|습니까|니까|는지요|는지|은지|죠|요))$"
)


@dataclass(frozen=True, slots=True)
class Collision:
    """Two wordings of two frames, and how alike they are in percent of their jamo."""

    first: Frame
    wording: str
    second: Frame
    other: str
    likeness: float


@dataclass(frozen=True, slots=True)
class _Form:
    """A wording as it is compared, and what distinguishes it for the guard and for a reader."""

    frame: int
    key: str
    """Its frame's id and slot, and itself."""
    wording: str
    text: str
    names: frozenset[str]
    open: frozenset[str]
    """Groups whose name is left open: a template."""
    figures: tuple[str, ...]
    words: tuple[str, ...]
    """Jamo of its words, without particles."""
    denies: bool
    acts: frozenset[str]

    def listed(self) -> list[Any]:
        """Return its content besides the wording and its frame, as JSON values."""
        return [
            self.text,
            *(told(v) for v in (self.names, self.open, self.figures, self.words, self.denies, self.acts)),
        ]

    @classmethod
    def of(cls, frame: int, key: str, wording: str, listed: list[Any]) -> "_Form":
        """Undo `listed`."""
        text, names, opened, figures, words, denies, acts = listed
        sets = frozenset(names), frozenset(opened)
        return cls(frame, key, wording, text, *sets, tuple(figures), tuple(words), denies, frozenset(acts))


def collisions(base: KnowledgeBase, near: float = NEAR, kept: Kept | None = None) -> list[Collision]:
    """Return the pairs of near wordings under different answers, one for each pair of frames, nearest first.

    `kept`: where what was found before is kept. Only wordings that are new since are read, and compared with all.
    """
    kept = kept or nowhere()
    slots = {f.slot for f in base.frames if f.slot} | {g.id for g in base.groups.values() if g.needed}
    name = f"near-{near:.0f}-{_reading(base, slots)}" if kept.place else ""
    before = _Before.read(kept, name)
    forms = sorted(_forms(base, slots, before), key=lambda f: (len(f.text), f.key))
    pairs = before.pairs(forms) + _new_pairs(forms, before, near)
    if forms and any(f.key not in before.forms for f in forms):
        before.write(kept, name, forms, pairs)
    best: dict[tuple[int, int], Collision] = {}
    for a, b, likeness in sorted(pairs, key=lambda p: (-p[2], p[0].key, p[1].key)):
        first, second = base.frames[a.frame], base.frames[b.frame]
        best.setdefault(
            (min(a.frame, b.frame), max(a.frame, b.frame)), Collision(first, a.wording, second, b.wording, likeness)
        )
    return sorted(best.values(), key=lambda c: (-c.likeness, c.first.id, c.second.id))


def _reading(base: KnowledgeBase, slots: set[str]) -> str:
    """Return a digest of everything that a wording's form depends on besides the wording itself."""
    return digest([program().encode(), json.dumps(told([base.terms, base.groups, slots])).encode()])


def _new_pairs(forms: Sequence[_Form], before: "_Before", near: float) -> list[tuple[_Form, _Form, float]]:
    """Return the near pairs with at least one form that was not compared before."""
    new = [f for f in forms if f.key not in before.forms]
    old = [f for f in forms if f.key in before.forms]
    found = list(_pairs(new, new, near))
    for a, b, likeness in _pairs(new, old, near):
        shorter, longer = sorted((a, b), key=lambda f: (len(f.text), f.key))
        found.append((shorter, longer, likeness))
    return [(a, b, n) for a, b, n in found if a.frame != b.frame and _alike(a, b)]


@dataclass(frozen=True, slots=True)
class _Before:
    """What was read and compared before: forms by their keys, and the near pairs among them."""

    forms: Mapping[str, list[Any]]
    near: Sequence[list[Any]]

    @classmethod
    def read(cls, kept: Kept, name: str) -> "_Before":
        found = kept.read(name)
        return cls(found["forms"], found["near"]) if isinstance(found, dict) else cls({}, [])

    def pairs(self, forms: Sequence[_Form]) -> list[tuple[_Form, _Form, float]]:
        """Return the near pairs that are still there."""
        by_key = {f.key: f for f in forms}
        return [(by_key[a], by_key[b], likeness) for a, b, likeness in self.near if a in by_key and b in by_key]

    @staticmethod
    def write(kept: Kept, name: str, forms: Sequence[_Form], pairs: Sequence[tuple[_Form, _Form, float]]) -> None:
        kept.write(
            name, {"forms": {f.key: f.listed() for f in forms}, "near": [[a.key, b.key, n] for a, b, n in pairs]}
        )


def _forms(base: KnowledgeBase, slots: set[str], before: _Before) -> Iterator[_Form]:
    """Iterate over the wordings as they are compared. Editors' wordings need no spelling: no matcher."""
    binding = {g.id for g in base.groups.values() if g.exclusive or g.id in slots}
    reader: Reader | None = None
    for number, frame in enumerate(base.frames):
        for wording in dict.fromkeys(frame.wordings if frame.file else ()):  # general small talk is in no file
            key = "\0".join((frame.id, frame.slot, wording))
            known = before.forms.get(key)
            if known is None:
                reader = reader or Reader(base.terms, base.groups, slots)
                yield _form(reader, binding, number, key, frame)
            else:
                yield _Form.of(number, key, wording, known)


def _form(reader: Reader, binding: Set[str], number: int, key: str, frame: Frame) -> _Form:
    """Read a wording."""
    original = key.split("\0")[2]
    wording = _FILLING.sub("", original).strip() or original
    u = read_wording(reader, wording, frame.slot)
    normal = clean(wording)
    latin = sorted(_LATIN.findall(normal.lower())) if has_hangul(normal) else []
    words = re.findall(r"[가-힣]+", _POLITE.sub("", normal.rstrip("?!. ")))
    return _Form(
        number,
        key,
        original,
        jamo(_stripped(u, reader, frame.slot, wording)),
        frozenset(m.term for m in u.mentions if m.group in binding and not m.negated),
        frozenset([frame.slot] if frame.slot and "{" in wording else []),
        (*_DIGITS.findall(normal), *latin),
        tuple(jamo(strip_particle(w)) for w in words),
        bool(_DENIES.search(normal)),
        frozenset(_ACTS.findall(normal)),
    )


def _stripped(u: Utterance, reader: Reader, slot: str, wording: str) -> str:
    """Return the words of a wording without particles and polite endings, names as the symbol of their group."""
    symbol = reader.symbol
    text = re.sub(r"\{[^}]*\}", symbol.get(slot, ""), wording) if slot else u.normal
    sq = squeeze(clean(text.replace(symbol.get(slot, "\0"), " \0 ")).lower()) if slot else squeeze(u.normal)
    words = [sq.text[a:b] for a, b in sq.words]
    if not slot:
        marks = [m for m in u.mentions if m.group in reader.slots]
        for m in marks:
            words = [w.replace(m.surface, symbol[m.group]) for w in words]
    if words:
        words[-1] = _POLITE.sub("", words[-1]) or words[-1]
    body = "".join(w if any(map(is_symbol, w)) else strip_particle(w) for w in words)
    return (symbol[slot] if slot and "{" in wording else "") + body


def _pairs(rows: Sequence[_Form], columns: Sequence[_Form], near: float) -> Iterator[tuple[_Form, _Form, float]]:
    """Iterate over pairs that are near, those of much different length left out unseen. Both are sorted by length.

    Of forms compared with themselves each pair comes once.
    """
    same = rows is columns
    rows, columns = ([f for f in forms if len(f.text) >= _SHORTEST] for forms in (rows, columns))
    texts = [f.text for f in columns]
    lengths = np.array([len(t) for t in texts])
    step = 400
    for begin in range(0, len(rows), step):
        block = [f.text for f in rows[begin : begin + step]]
        shortest, longest = len(block[0]), len(block[-1])
        start = begin if same else int(np.searchsorted(lengths, shortest * near / (200 - near) - 2))
        end = int(np.searchsorted(lengths, longest * 200 / near - longest + 2, side="right"))
        scores = all_alike(block, texts[start:end], near)
        for i, j in zip(*np.nonzero(scores), strict=True):
            if not same or j > i:
                yield rows[begin + i], columns[start + j], float(scores[i, j])


def _alike(a: _Form, b: _Form) -> bool:
    """Tell whether neither a name nor a number, a «not» or what is done tells two wordings apart."""
    if a.figures != b.figures or a.denies != b.denies or a.acts != b.acts:
        return False
    for mine, other in ((a, b), (b, a)):
        if any(all(group_of(t) != group for t in other.names) for group in mine.open - other.open):
            return False
    if len(a.words) == len(b.words) and _own_word(a, b) and _own_word(b, a):
        return False
    opened = a.open | b.open
    return not {t for t in a.names ^ b.names if group_of(t) not in opened}


def _own_word(a: _Form, b: _Form) -> bool:
    """Tell whether the first has a word that is like none of the second's, nor a piece of them."""
    whole = "".join(b.words)
    return any(w not in whole and all(alike(w, v) < _SAME_WORD for v in b.words) for w in a.words if len(w) > 3)
