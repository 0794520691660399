"""Find and replace over all that a knowledge base says: entries, English, what is read aloud, records, tests, voices."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from bot.knowledge.base import KnowledgeBase
from bot.words import RefusedError
from bot.workshop.edit_folder import Drafts
from bot.workshop.texts import IDS, Text, in_folder

_AROUND = 24
"""Letters that are shown on either side of what was found."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where something is written, and its surroundings."""

    file: str
    line: int
    owner: str
    key: str
    around: str
    is_record: bool = False

    def __str__(self) -> str:
        owner = f"[{self.owner}] " if self.owner else ""
        return f"{self.file}:{self.line}: {owner}{self.key}: {self.around}"


def find(drafts: Drafts, wanted: str) -> list[Hit]:
    """Return all places where something is written, voices included; a number wherever its hyphens are."""
    pattern = _pattern(wanted)
    hits = [Hit(t.file, t.line, t.owner, t.key, around, t.is_record) for t, around in _texts(drafts, pattern)]
    for draft in drafts.all_voices():
        for number, line in enumerate(draft.after.decode("utf-8", "replace").splitlines(), 1):
            if found := pattern.search(normalize("NFC", line)):
                hits.append(Hit(draft.name, number, "", "사람들의 말", _around(line, found)))
    return hits


def said_by(base: KnowledgeBase, wanted: str, hits: Sequence[Hit]) -> list[str]:
    """Return the ids of entries that say something without its standing in them: they take it from a record."""
    pattern, written = _pattern(wanted), {h.owner for h in hits if not h.is_record}
    return [
        e.id
        for e in base.entries.values()
        if e.file
        and e.id not in written
        and e.frame not in written
        and any(pattern.search(t) for t in (e.say, *e.translations.all(), *(p.text for p in e.phases)))
    ]


def replace(drafts: Drafts, old: str, new: str, only: Sequence[str] = ()) -> list[Hit]:
    """Replace something in all texts, or those of some items; return the places. Ids and what people said stay.

    Raises:
        RefusedError: nothing is to be replaced, or it occurs nowhere.
    """
    if not old or old == new:
        raise RefusedError("바꿀 글과 새 글이 달라야 합니다.")
    found = [
        (t, around)
        for t, around in _texts(drafts, re.compile(re.escape(normalize("NFC", old))))
        if t.key not in IDS and (not only or t.owner in only)
    ]
    if not found:
        raise RefusedError(f"「{old}」이(가) 적힌 곳이 없습니다.")
    for text, _ in found:
        draft = drafts.of(text.file)
        draft.set(text.path, normalize("NFC", str(draft.get(text.path))).replace(normalize("NFC", old), new))
    return [Hit(t.file, t.line, t.owner, t.key, around, t.is_record) for t, around in found]


def _texts(drafts: Drafts, pattern: re.Pattern[str]) -> Iterator[tuple[Text, str]]:
    for text in in_folder(drafts.folder, drafts.changed):
        value = normalize("NFC", text.value)
        if found := pattern.search(value):
            yield text, _around(value, found)


def _around(value: str, found: re.Match[str]) -> str:
    start, end = max(0, found.start() - _AROUND), found.end() + _AROUND
    piece = " ".join(value[start:end].split())
    return f"{'…' if start else ''}{piece}{'…' if end < len(value) else ''}"


def _pattern(wanted: str) -> re.Pattern[str]:
    wanted = normalize("NFC", wanted.strip())
    if not wanted:
        raise RefusedError("찾을 글을 적어 주세요.")
    digits = re.sub(r"[\s().-]", "", wanted)
    if digits.isdigit() and len(digits) >= 7:
        return re.compile(r"(?<!\d)" + r"[\s().-]*".join(digits) + r"(?!\d)")
    return re.compile(re.escape(wanted), re.IGNORECASE)
