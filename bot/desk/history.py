"""History: record what each version of the knowledge tells the public, as it changes."""

import re
from datetime import datetime, timedelta

from bot.desk.compose import question_of
from bot.hangul import has_hangul
from bot.knowledge.base import KST, KnowledgeBase
from bot.store import answers, due
from bot.store.answers import Published, Recorded
from bot.store.database import Connection
from bot.store.due import Due
from bot.words import Entry, Kind

CORRECTION = "correction"
"""The kind of task that tells people of a correction; its data: the row in `answers`."""
_WORD = re.compile(r"[A-Za-z]{2,}")
_ADDRESS = re.compile(r"(?<!\S)\S*?(?:://|@|\.[a-z]{2,3}\b)\S*")
_FRESH = timedelta(days=7)
"""For how long after an entry's `correction` day a change of its text counts as that correction."""


def published(base: KnowledgeBase, now: datetime) -> list[Published]:
    """Return what the public reads of each entry, at any time. Small talk is left out."""
    return [
        Published(e.id, question_of(e), text_of(e), corrects(e, now))
        for e in base.entries.values()
        if e.kind in (Kind.ANSWER, Kind.BOUNDARY)
    ]


def text_of(entry: Entry) -> str:
    """Return everything that an entry says at any time, in each language, without shared texts (notices)."""
    parts = []
    for phase in (*entry.phases, *entry.again):
        day = phase.until.astimezone(KST).strftime("%Y-%m-%d %H:%M") if phase.until else ""
        parts.append(f"[~{day}]\n{phase.text}" if day else phase.text)
        parts += phase.translations.all()
    return "\n\n".join([*parts, *entry.translations.all()])


def english_alone(before: str, after: str) -> bool:
    """Tell whether of two texts as `text_of` makes them only what is in English differs."""
    (old, old_english), (new, new_english) = _tongues(before), _tongues(after)
    return bool(old) and old == new and old_english != new_english


def has_english(text: str) -> bool:
    """Tell whether a text as `text_of` makes it has a part in English."""
    return bool(_tongues(text)[1])


def _tongues(text: str) -> tuple[list[str], list[str]]:
    """Return the paragraphs with Hangul, or without words, and those in English."""
    parts = text.split("\n\n")
    english = [p for p in parts if not has_hangul(p) and len(_WORD.findall(_ADDRESS.sub("", p))) > 2]
    return [p for p in parts if p not in english], english


def corrects(entry: Entry, now: datetime) -> bool:
    """Tell whether a change of the entry's text at a moment corrects an earlier one."""
    return entry.correction is not None and now.astimezone(KST).date() - entry.correction <= _FRESH


async def note(connection: Connection, base: KnowledgeBase, now: datetime) -> Recorded:
    """Record what changed since the last version, and plan to tell people of corrections. Idempotent.

    An entry whose id changed is still the same entry.
    """
    await answers.rename(connection, base.moved)
    recorded = await answers.record(connection, base.version, published(base, now), now)
    for row in recorded.corrections:
        await due.put(connection, Due(f"{CORRECTION}:{row}", CORRECTION, now, str(row)))
    return recorded
