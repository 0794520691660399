"""Plain words: a text as the encoder and the classifier read it, each name replaced by what it is the name of.

«한빛도서관 전번» and «달빛도서관 전번» are both «도서관 전번»: which one is meant is settled by the names, not here.
"""

import re

from bot.matching.read import Reader
from bot.matching.squeeze import squeeze
from bot.words import Frame, Kind, Utterance

_SLOT = re.compile(r"\{(?:short|name)(?::[^}]*)?\}")
_LONGEST = 300
"""Characters that are read: the encoder's time grows with them."""


def plain(u: Utterance, reader: Reader) -> str:
    """Return the normal form of an utterance with its names replaced and misspelt words as they were meant."""
    origin = squeeze(u.normal).origin
    places: dict[tuple[int, int], str] = {}
    lent = []
    for m in u.mentions:
        masks = m.group in reader.slots and m.term not in reader.dropped
        name = reader.kind(m.group) if masks else m.alias if m.how in ("typo", "initials") else ""
        if name and m.start < m.end <= len(origin):
            places[origin[m.start], origin[m.end - 1] + 1] = name
        elif masks and m.start == m.end:
            lent.append(name)
    return " ".join([*dict.fromkeys(lent), _replaced(u.normal, places)])[:_LONGEST]


def plain_wording(u: Utterance, slot: str, reader: Reader) -> str:
    """Return a wording of the knowledge base, as read, likewise; the place of the name in a template is what goes there."""
    if "{" in u.original:
        return _SLOT.sub(reader.kind(slot) if slot else "", u.original).lower()[:_LONGEST]
    return plain(u, reader)


def plain_answer(frame: Frame, reader: Reader) -> str:
    """Return what a frame answers, likewise; empty for small talk, which says nothing of what it is about."""
    entry = next(iter(frame.entries.values()), None)
    if entry is None or not entry.phases or frame.kind in (Kind.SMALLTALK, Kind.HANDOVER):
        return ""
    return plain(reader.read(entry.phases[0].text), reader)


def _replaced(text: str, places: dict[tuple[int, int], str]) -> str:
    """Return a text with stretches replaced; of overlapping stretches the first wins."""
    out: list[str] = []
    last = 0
    for (start, end), name in sorted(places.items()):
        if start >= last:
            out += [text[last:start], name]
            last = end
    return "".join(out) + text[last:]
