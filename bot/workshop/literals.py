"""One number, one place: compare the numbers and addresses in texts with those that records state.

A literal directly after a name whose record says otherwise is a fault. What a record said before and a
text still says is reported as soon as the record changes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.knowledge.base import KnowledgeBase
from bot.languages import ENGLISH
from bot.words import Problem
from bot.workshop.kept import Kept, Results, nowhere
from bot.workshop.texts import ASKED, IDS, Text, files_in, in_folder, texts_of

STALE = "stale-literal"
BESIDE = "literal-beside"
TWIN = "number-differs"
WARNINGS = frozenset({STALE, BESIDE, TWIN})
"""Codes of what may be meant after all: an old number that is told as the old one, a number of another office."""

_MAIL = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_KINDS = {
    "phone": re.compile(r"(?<![\d.-])(?:0\d{1,2}-\d{3,4}-\d{4}|1\d{3}-\d{4})(?![\d-])"),
    "email": re.compile(rf"{_MAIL}"),
}
_FIGURES = {
    "비율": re.compile(r"(?<!\d)(\d++(?:\.\d++)?)\s?(?:%|퍼센트|per\s?cent)"),
    "금액": re.compile(r"(?:KRW|₩)?\s?(?<!\d)(\d[\d,]{2,24}+)\s?(?:원|won|KRW)", re.IGNORECASE),
    "전화번호": re.compile(r"(?<![\d.-])(0\d{1,2}-\d{3,4}-\d{4}|1\d{3}-\d{4})(?![\d-])"),
    "전자우편": re.compile(rf"({_MAIL})"),
}
"""What must be the same in an answer, in what is read aloud, and in English."""
_BETWEEN = re.compile(
    r"(?:의|에|은|는|이|가|로|으로)?\s?(?:대표\s?)?(?:전화(?:\s?번호)?|번호|전자우편|이메일|메일|call|phone|e-?mail)?(?:는|은|:)?\s?[(:：]?\s?",
    re.IGNORECASE,
)
"""What may separate a name from its number or address."""
_NEAR = 15
"""Letters between a name and a literal up to which one may be the other's."""
_SENTENCE = re.compile(r"(?<=[가-힣)])[.!?]\s+|(?<=[a-z])\.\s+|\n+")
_SHORTEST_NAME = 3
_SHORTEST_VALUE = 4


def problems(
    folder: Path,
    base: KnowledgeBase,
    instead: Mapping[str, bytes],
    former: Mapping[str, bytes],
    kept: Kept | None = None,
) -> Iterator[Problem]:
    """Iterate over the literals of a folder that records contradict. `former`: files as they were at the last commit."""
    owners, known = _owners(base)
    results = Results(kept or nowhere(), "literals")
    for name, data in files_in(folder, instead):
        found = results.of((name.encode(), data), partial(_bearing, name, data))
        for file, line, path, value, owner in found:
            yield from _beside(Text(file, line, tuple(path), value, owner), owners, known)
    results.close()
    yield from _twins(base)
    now = {name: _now(folder, name, instead) for name in former}
    if changes := list(_changes(former, now)):
        yield from stale(changes, (t for t in in_folder(folder, instead) if _is_told(t)))


def _is_told(text: Text) -> bool:
    return not text.is_record and text.key not in IDS


def _bearing(name: str, data: bytes) -> list[list[object]]:
    """Return the texts of a file that people are told and that state a number or an address."""
    told = (t for t in texts_of(name, data) if _is_told(t) and t.key not in ASKED)
    return [
        [t.file, t.line, list(t.path), t.value, t.owner]
        for t in told
        if any(pattern.search(t.value) for pattern in _KINDS.values())
    ]


def _now(folder: Path, name: str, instead: Mapping[str, bytes]) -> bytes:
    path = folder / name
    return instead.get(name, path.read_bytes() if path.is_file() else b"")


def _owners(base: KnowledgeBase) -> tuple[dict[str, dict[str, set[str]]], set[str]]:
    """Return the values of each kind by name, and all values."""
    owners: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for id, facts in base.facts.items():
        term = base.terms[id]
        for name in (term.name, *term.aliases):
            for fact in facts:
                if len(name) >= _SHORTEST_NAME and fact.key in _KINDS:
                    owners[name][fact.key].add(fact.value)
    for contact in base.contacts.values():
        if contact.kind in _KINDS and len(contact.label) >= _SHORTEST_NAME:
            owners[contact.label][contact.kind].add(contact.value)
    return owners, {v for kinds in owners.values() for values in kinds.values() for v in values}


def _beside(text: Text, owners: Mapping[str, Mapping[str, set[str]]], known: set[str]) -> Iterator[Problem]:
    for kind, pattern in _KINDS.items():
        for sentence in _SENTENCE.split(text.value):
            for found in pattern.finditer(sentence):
                if found.group() in known:
                    continue
                head = sentence[: found.start()]
                names = [
                    (head.rfind(n) + len(n), len(n), n) for n, kinds in owners.items() if kind in kinds and n in head
                ]
                if not names:
                    continue
                end, _, name = max(names)
                gap = head[end:]
                own = _BETWEEN.fullmatch(gap) is not None
                if own or len(gap) <= _NEAR:
                    yield _differs(text, name, found.group(), owners[name][kind], own)


def _differs(text: Text, name: str, said: str, recorded: set[str], own: bool) -> Problem:
    owner = f"[{text.owner}] " if text.owner else ""
    message = f"{owner}'{name}' 곁에 {said}이(가) 있는데 기록에는 {', '.join(sorted(recorded))}입니다({text.key})"
    hint = "기록이 맞으면 {channel.….phone}처럼 불러 쓰고, 글이 맞으면 기록을 고치세요"
    return Problem(text.file, text.line, message, hint, "literal-differs" if own else BESIDE)


def _twins(base: KnowledgeBase) -> Iterator[Problem]:
    """Find numbers that differ between the answer and its English or spoken form."""
    for entry in (e for e in base.entries.values() if e.file):
        answer = " ".join(p.text for p in entry.phases)
        for name, text in (("english", entry.translations.exactly(ENGLISH)), ("say", entry.say)):
            for kind, pattern in _FIGURES.items():
                there = {v.replace(",", "") for v in pattern.findall(answer)}
                other = {v.replace(",", "") for v in pattern.findall(text)} - there
                if there and other:
                    message = f"[{entry.id}] {name}의 {kind}이(가) 답과 다릅니다: {', '.join(sorted(other))} / {', '.join(sorted(there))}"
                    yield Problem(entry.file, entry.line, message, "출처를 보고 틀린 쪽을 고치세요", TWIN)


@dataclass(frozen=True, slots=True)
class Changed:
    """A record whose value has changed."""

    record: str
    before: str
    after: str


def stale(changes: Sequence[Changed], texts: Iterable[Text]) -> Iterator[Problem]:
    """Iterate over the texts that still say what a record said before."""
    patterns = [(c, re.compile(rf"(?<![\w-]){re.escape(c.before)}(?![\d-])")) for c in changes]
    for text in texts:
        for change, pattern in patterns:
            if pattern.search(text.value):
                owner = f"[{text.owner}] " if text.owner else ""
                message = f"{owner}{change.record}이(가) {change.before} → {change.after}(으)로 바뀌었는데 여기({text.key})는 옛 값입니다"
                hint = f'모두 고치려면: helpdesk knowledge replace "{change.before}" "{change.after}"'
                yield Problem(text.file, text.line, message, hint, STALE)


def _changes(former: Mapping[str, bytes], now: Mapping[str, bytes]) -> Iterator[Changed]:
    """Iterate over the values of records that have changed."""
    before = dict(_values(former))
    after = dict(_values(now))
    still = set(after.values())
    for record, value in before.items():
        new = after.get(record, "")
        if new and new != value and value not in still and len(value) >= _SHORTEST_VALUE:
            yield Changed(record, value, new)


def _values(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Iterate over the values that records of some files state, by the record's name."""
    for name, data in files.items():
        for text in texts_of(name, data):
            place = [s for s in text.path[1:] if isinstance(s, str) and s not in ("facts", "value")]
            if (
                text.path
                and text.path[0] in ("figures", "channels", "institutions")
                and text.key not in IDS | {"note"}
            ):
                yield ".".join([str(text.path[0])[:-1], text.owner, *place]), text.value
