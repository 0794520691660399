"""What changed in a Korean text, word by word. Pure.

A word (eojeol) is compared whole, without the punctuation around it: half a word reads worse than a whole one.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_TOKEN = re.compile(
    r"\s+|[^\s\w%·~\-:./@]+|[.,:~·\-/]{1,20}(?=\s|$)|[\w%·~\-:./@]+?(?=[.,:~·\-/]{0,20}(?:\s|$)|[^\s\w%·~\-:./@])"
)
Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what became of it."""

    kind: Kind
    text: str


def tokens(text: str) -> list[str]:
    """Return words, punctuation and white space in order; joined they are the text."""
    found, end = [], 0
    for m in _TOKEN.finditer(text):
        if m.start() > end:
            found.append(text[end : m.start()])
        found.append(m[0])
        end = m.end()
    return [*found, text[end:]] if end < len(text) else found


def diff(before: str, after: str) -> list[Piece]:
    """Return how one text became the other. What is not new, joined, is `before`; what is not gone is `after`."""
    old, new = tokens(before), tokens(after)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            _add(pieces, "same", "".join(old[i1:i2]))
        else:
            _add(pieces, "gone", "".join(old[i1:i2]))
            _add(pieces, "new", "".join(new[j1:j2]))
    return _without_islands(pieces)


def _add(pieces: list[Piece], kind: Kind, text: str) -> None:
    if text:
        pieces.append(Piece(kind, text))


def _without_islands(pieces: list[Piece]) -> list[Piece]:
    """Join changes that only white space parts: «지난 해» → «올해» is one change."""
    out: list[Piece] = []
    gone = new = ""
    for i, piece in enumerate(pieces):
        between = piece.kind == "same" and piece.text.isspace() and (gone or new) and i + 1 < len(pieces)
        if piece.kind == "same" and not between:
            _flush(out, gone, new)
            gone = new = ""
            out.append(piece)
            continue
        gone += piece.text if piece.kind != "new" else ""
        new += piece.text if piece.kind != "gone" else ""
    _flush(out, gone, new)
    return out


def _flush(out: list[Piece], gone: str, new: str) -> None:
    _add(out, "gone", gone)
    _add(out, "new", new)
