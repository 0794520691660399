"""Choosing: which of several things a message refers to, by number, by order, or as all of them."""

import re
import unicodedata
from collections.abc import Sequence

_WORDS = {"첫": 0, "두": 1, "둘": 1, "세": 2, "셋": 2, "네": 3, "넷": 3, "다섯": 4, "여섯": 5, "일곱": 6}
_ENGLISH = {"first": 0, "second": 1, "third": 2, "fourth": 3}
_SAID = {"일": 0, "이": 1, "삼": 2, "사": 3}
_NUMBER = re.compile(
    r"(?<![\d.])(?P<digit>[1-9])\s*(?:번\s?째|번(?!호)|째|\)|(?=[\s.,!~과와랑]|$))"
    r"|(?P<word>첫|두|둘|세|셋|네|넷|다섯|여섯|일곱)\s*(?:번\s?째|째)"
    r"|\b(?P<english>first|second|third|fourth)\b"
    r"|(?P<first>맨\s?(?:앞|위|처음)|(?<![가-힣])(?:앞|위)(?=의|에\s?[거것꺼건게]|에서|엣|쪽|\s?[거것꺼건게]))"
    r"|(?P<last>맨\s?(?:뒤|끝|밑|아래|나중|마지막)|마지막|(?<![가-힣])(?:뒤|밑|아래)(?=의|에\s?[거것꺼건게]|엣|쪽|\s?[거것꺼건게]))",
    re.IGNORECASE,
)
_ALONE = re.compile(r"^\s*(?P<said>[일이삼사])\s*번")
"""A number in words at the beginning of a message. «이번에» is another word, and never the whole message."""
_ALL = re.compile(
    r"(?:[둘셋넷]|두\s?개|세\s?개)\s?다(?=요|$|[\s.,!~]|알려|보여)|전부|모두|(?:^|\s)다\s(?:알려|보여|말해)|\b(?:both|all of them)\b"
)
_OTHER = re.compile(r"\s?(?:은|는)?\s?(?:말고|빼고|아니고|아니라)")
_NOTHING_MORE = re.compile(
    r"(?:알려|보여|가르쳐|설명|말씀|말해|골라|고를|선택|부탁|궁금|볼게|할게|주세요|주실래요|주시|드려|드립|합니다|입니다|해요|해|하나"
    r"|주|줘|으로|로|이요|이에요|예요|이랑|하고|그냥|그럼|그거|자세히|번|거|것|꺼|걸|건|게|쪽|요|용|네|넵|아|음|응|좀|도|를|을|은|는|이|가|의|에|다|랑|와|과|할|please|the|one)",
    re.IGNORECASE,
)
_LIST_LINE = re.compile(r"^[^\S\n]*(?:[-·•*]|\d+[.)])\s+(.+)", re.MULTILINE)
_CLAUSES = re.compile(r"[,;]\s+|(?<=[다요])\.\s+|\n+|\s+(?:그리고|또는)\s")


def points(text: str) -> bool:
    """Tell whether a text points at anything by number or order."""
    return bool(_ALONE.match(text) or _NUMBER.search(unicodedata.normalize("NFKC", text)))


def places(text: str, count: int) -> tuple[tuple[int, ...], str]:
    """Return which of `count` things a text points at, from 0, in the order said, and what else it says."""
    plain = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").replace("\u20e3", "번 ")
    if _ALL.search(plain):
        return tuple(range(count)), _ALL.sub(" ", plain)
    said, rest = _pointed(plain, count)
    out = _OTHER.search(rest) if said else None
    if out:
        others = tuple(i for i in range(count) if i not in said)
        return others, rest[: out.start()] + rest[out.end() :]
    return said, rest


def chosen(text: str, count: int) -> tuple[int, ...]:
    """Return which of `count` offered things a text chooses, from 0; none where it says anything else."""
    found, rest = places(text, count)
    more = any(map(str.isalnum, _NOTHING_MORE.sub(" ", rest)))
    return () if more else found


def items(text: str) -> list[str]:
    """Return what an answer lists: its lines that are marked as such, or else its clauses."""
    listed = _LIST_LINE.findall(text)
    return listed if len(listed) > 1 else [c.strip() for c in _CLAUSES.split(text) if c.strip()]


def _pointed(text: str, count: int) -> tuple[tuple[int, ...], str]:
    found: list[int] = []
    alone = _ALONE.match(text)
    if alone:
        found.append(_SAID[alone["said"]])
        text = text[alone.end() :]
    for m in _NUMBER.finditer(text):
        found.append(_place(m, count))
    within: Sequence[int] = [i for i in dict.fromkeys(found) if 0 <= i < count]
    return (tuple(within), _NUMBER.sub(" ", text)) if len(within) == len(dict.fromkeys(found)) else ((), text)


def _place(m: re.Match[str], count: int) -> int:
    if m["digit"]:
        return int(m["digit"]) - 1
    if m["word"]:
        return _WORDS[m["word"]]
    if m["english"]:
        return _ENGLISH[m["english"].lower()]
    return 0 if m["first"] else count - 1
