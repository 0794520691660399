"""Find e-mail addresses in a text, also spelled out as people say them. Pure, and linear in the text's length."""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_AT = re.compile(
    r"@|[(\[{<]\s?(?:at|앳)\s?[)\]}>]|[\-ㅡ\u1173]?\s?골뱅이\s?[\-ㅡ\u1173]?|앳|(?<=\s)at(?=\s)", re.IGNORECASE
)
_SIGNS = ("@", "골뱅이", "앳")
_SPELT = re.compile(r"\bat\b", re.IGNORECASE)
"""What every address has one of: most texts have none, and need not be searched for one."""
_DOT = (
    r"\s{0,2}(?:[.。]|점|닷|쩜|[(\[{]\s?(?:dot|점|닷)\s?[)\]}])\s{0,2}|\s{1,2}dot\s{1,2}|,(?=(?:com|net|org|co|kr)\b)"
)
_SPOKEN = "네이버|지메일|쥐메일|구글|다음|한메일|네이트|카카오|핫메일|아웃룩|야후"
_TOP = "컴|콤|넷|케이알|씨오|오알지|에이씨|한국|[A-Za-z]{2,24}"
_DOMAIN = re.compile(
    rf"\s{{0,2}}(?:{_SPOKEN}|[A-Za-z0-9가-힣\-]{{1,63}}?)(?:(?:{_DOT})[A-Za-z0-9\-]{{1,63}}){{0,4}}(?:{_DOT})(?:{_TOP})"
    rf"(?:\s?(?:점|닷|쩜|\.)\s?(?:{_TOP}))?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_NAME = re.compile(r"\s{0,2}[A-Za-z0-9][A-Za-z0-9\-]{1,62}")
"""What follows the @ of an address whose ending was left out."""
_LOCAL = re.compile(r"\s{0,2}[A-Za-z0-9._%+'\-]{1,64}")
_LOCAL_SPOKEN = re.compile(r"\w{1,30}")
_FEWEST = 2
"""Letters before the @ of an address whose ending was left out."""


def spans(text: str) -> Iterator[Span]:
    """Yield the spans of addresses, in order, none touching another.

    Looks a bounded distance to either side of what reads as an @: Python's patterns, tried from every letter, would take
    quadratic time on a long word.
    """
    if not any(sign in text for sign in _SIGNS) and _SPELT.search(text) is None:
        return
    backwards, end = text[::-1], 0
    for at in _AT.finditer(text):
        found = _DOMAIN.match(text, at.end())
        stop = found.end() if found else _without_ending(text, at)
        start = _before(backwards, len(text) - at.start(), fewest=1 if found else _FEWEST)
        if stop is not None and start is not None and start >= end:
            yield start, stop
            end = stop


def _without_ending(text: str, at: re.Match[str]) -> int | None:
    """Return where the name of a host ends behind an @, where it has no ending such as «.com»."""
    name = _NAME.match(text, at.end()) if at[0] == "@" else None
    return name.end() if name else None


def _before(backwards: str, behind: int, *, fewest: int) -> int | None:
    """Return where the name before an @ begins; `backwards` is the text turned round, `behind` the @'s place in it."""
    found = _LOCAL.match(backwards, behind) or (_LOCAL_SPOKEN.match(backwards, behind) if fewest == 1 else None)
    return len(backwards) - found.end() if found and len(found[0].strip()) >= fewest else None
