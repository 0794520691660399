"""Contradictions: two answers that state different values for the same thing.

Precision comes first. A value is compared only where what surrounds it says the same thing: a sentence whose
words are the same once values, particles and endings are set aside, or a telephone number right behind the name of an office. Values from
records are filled in before, so an answer by hand is compared with what the record says.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.hangul import strip_particle
from bot.knowledge.base import KnowledgeBase
from bot.words import Entry, Kind

_FEWEST = 3
"""Words of the shortest sentence that is compared, including its value: «모두 20곳입니다» does not say of what."""
_SENTENCE = re.compile(r"(?<=[가-힣])\.\s+|\n+")
_VALUE = re.compile(
    r"\d{4}년\s?\d{1,2}월\s?\d{1,2}일|\d{1,2}월\s?\d{1,2}일|\d{4}년\s?\d{1,2}월"
    r"|(?<!\d)\d[\d,.]{0,24}+\s?(?:조|억|천만|백만|만|천)?(?:\s?\d[\d,]{0,24}+\s?(?:억|천만|백만|만|천)){0,4}\s?(?:원|%|퍼센트|일|개월|년|곳|개|회|명|시)"
)
_UNIT = re.compile(r"(?<![^\d\s,.])[^\d\s,.]+$")
_ENDING = re.compile(r"\s*(?:입니다|이었습니다|였습니다|이에요|예요)$")
_PHONE = re.compile(r"(?<![\d.-])(?:0\d{1,2}-\d{3,4}|1\d{3})-\d{4}(?![\d-])")
_BEFORE = re.compile(r"(?:의|에|은|는|이|가)?\s?(?:대표\s?)?(?:전화(?:\s?번호)?|번호)?(?:는|은)?\s?[(:]?\s?$")
"""What may separate an office's name from its number."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two entries and the values that they state for one thing, and where that is said in the first."""

    first: Entry
    value: str
    second: Entry
    other: str
    said: str


@dataclass(frozen=True, slots=True)
class _Claim:
    entry: Entry
    said: str
    words: tuple[str, ...]
    """Without particles and the ending; «#» and its unit for a value."""
    values: tuple[str, ...]


def contradictions(base: KnowledgeBase) -> list[Contradiction]:
    """Return the contradictions among the public answers, one for each pair of entries, in file order."""
    entries = [e for e in base.entries.values() if e.kind is Kind.ANSWER]
    found: dict[tuple[str, str], Contradiction] = {}
    for c in (*_figures(entries), *_phones(base, entries)):
        found.setdefault((c.first.id, c.second.id), c)
    return sorted(found.values(), key=lambda c: (c.first.file, c.first.line, c.second.file, c.second.line))


def _figures(entries: Sequence[Entry]) -> Iterator[Contradiction]:
    """Compare sentences of one topic; members of a template differ on purpose, and so do an entry's phases."""
    first: dict[tuple[str, ...], _Claim] = {}
    for b in (c for e in entries if not e.member for c in _claims(e)):
        a = first.setdefault((b.entry.topic, *b.words), b)
        if a.entry.id != b.entry.id and a.values != b.values:
            value, other = next((v, w) for v, w in zip(a.values, b.values, strict=True) if v != w)
            yield Contradiction(a.entry, value, b.entry, other, a.said)


def _claims(entry: Entry) -> Iterator[_Claim]:
    if len(entry.phases) != 1:
        return
    for sentence in _SENTENCE.split(entry.phases[0].text):
        said = sentence.strip().rstrip(".")
        values = tuple(re.sub(r"[\s,]", "", v).replace("퍼센트", "%") for v in _VALUE.findall(said))
        bare = _ENDING.sub("", _VALUE.sub(_open, said))
        words = tuple(strip_particle(w) for w in re.sub(r"[^\w#%\s]", " ", bare).split())
        if values and len(words) >= _FEWEST:
            yield _Claim(entry, said, words, values)


def _open(value: re.Match[str]) -> str:
    unit = _UNIT.search(value.group())
    return f"#{unit.group()} " if unit else "# "


def _phones(base: KnowledgeBase, entries: Sequence[Entry]) -> Iterator[Contradiction]:
    """Compare the numbers that directly follow the same name."""
    stated: dict[str, tuple[str, Entry]] = {}
    names = {n: t.id for t in base.terms.values() for n in (t.name, *t.aliases) if len(n) > 2}
    names |= {c.label: c.label for c in base.contacts.values() if len(c.label) > 2}
    for entry in entries:
        for phase in entry.phases:
            for m in _PHONE.finditer(phase.text):
                head = phase.text[max(0, m.start() - 60) : m.start()]
                label = _BEFORE.sub("", head)
                owner = max((n for n in names if label.endswith(n)), key=len, default="")
                if not owner:
                    continue
                number, first = stated.setdefault(names[owner], (m.group(), entry))
                if number != m.group() and first.id != entry.id:
                    yield Contradiction(first, number, entry, m.group(), f"{owner} {number}")
