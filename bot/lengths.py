"""Text measured: counted, parted after sentences, shortened; and web addresses told from what is none. Pure."""

import re
import unicodedata

_SENTENCE = re.compile(r"(?:(?<!\d)\.|[!?…。])[)\]'\"’”」]*(?=\s|$)|\S(?=[^\S\n]*\n)")
"""Ends of sentences and lines; «2022. 4. 25.» and «1. » are none."""
_WORD = re.compile(r"\S(?=\s)")
MORE = " …"
_BRACKETS = re.compile(r"([^()]+)\(([^()]+)\)")
_INITIALS = re.compile(r"[A-Z][A-Za-z0-9-]{1,9}")
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\x7f]{1,1000}")


def units(text: str) -> int:
    """Return the length in UTF-16 units: never less than a platform counts that does not say how it counts emoji."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parted(text: str, limit: int) -> list[str]:
    """Return a text in parts of at most `limit` units; joined, they are the text but for white space."""
    parts = []
    rest = text.strip()
    while units(rest) > limit:
        end = _end(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest]


def shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` units, with an ellipsis where it was cut after a sentence or a word."""
    return text if units(text) <= limit else text[: _end(text, limit - len(MORE))].rstrip() + MORE


def cut(text: str, limit: int) -> str:
    """Return a text on one line in at most `limit` units, with an ellipsis where it was cut."""
    text = " ".join(text.split())
    if units(text) <= limit:
        return text
    end = _fitting(text, limit - 1)
    space = text.rfind(" ", 0, end + 1)
    return text[: space if space > end * 2 // 3 else end].rstrip(" ,·(") + "…"


def filled(sentence: str, label: str, limit: int) -> str:
    """Return a button's label of at most `limit` units, whose `{label}` gives way to the words around it.

    A name that is too long first loses what is in brackets, unless that is its abbreviation, which then takes its place: «…(IRIS)».
    """
    room = max(limit - units(sentence.replace("{label}", "")), 2)
    found = _BRACKETS.fullmatch(label)
    ways = [label, found[1].strip(), *([found[2]] if _INITIALS.fullmatch(found[2]) else [])] if found else [label]
    return cut(sentence.replace("{label}", next((w for w in ways if units(w) <= room), cut(label, room))), limit)


def address(given: str) -> str:
    """Return a web address with its scheme; empty where it is none."""
    given = given.strip()
    whole = given if "://" in given or not given else f"https://{given}"
    return whole if _ADDRESS.fullmatch(whole) else ""


def _end(text: str, limit: int) -> int:
    """Return where to cut a text that is too long: after a sentence or line, else a word, else a character."""
    most = _fitting(text, limit)
    for pattern in (_SENTENCE, _WORD):
        ends = [m.end() for m in pattern.finditer(text) if m.end() <= most]
        if ends and ends[-1] >= most // 3:
            return ends[-1]
    return most


def _fitting(text: str, limit: int) -> int:
    """Return how many characters take at most `limit` units, at least one, none parted from its marks."""
    used = 0
    for i, ch in enumerate(text):
        used += 1 + (ch > "\uffff")
        if used > limit:
            whole = next((end for end in range(i, 0, -1) if not _joined(text, end)), i)
            return max(whole, 1)
    return len(text)


def _joined(text: str, at: int) -> bool:
    """Tell whether the character at a place belongs to the one before it: marks, vowels and finals, emoji."""
    ch = text[at]
    return (
        unicodedata.combining(ch) > 0
        or ch in "\u200d\ufe0f\u20e3"
        or text[at - 1] == "\u200d"
        or "\u1160" <= ch <= "\u11ff"
        or "🏻" <= ch <= "🏿"
    )
