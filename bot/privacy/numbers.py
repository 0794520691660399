"""Find personal numbers: of residents, phones, businesses, accounts, cards, licences, passports.

Pure, and linear in the text's length: nothing is tried from every letter for longer than a number is.
"""

import re
from collections.abc import Callable, Iterator

from bot.privacy import spared

Span = tuple[int, int]

_DASH = r"\-‐‑‒–—―−\u1173ー〜~∼.·ㆍᆞ・_/()\[\]:"
"""What people write between the parts of a number. «ㅡ» is U+1173 once it is in NFKC."""
_WORDS = r"다시|하이픈|대시|작대기|에"
_SEPARATOR = rf"(?:[\s{_DASH}]|{_WORDS}){{0,4}}?"
_SPOKEN = {"공": "0", "영": "0", "빵": "0", "일": "1", "이": "2", "삼": "3", "사": "4"} | {
    "하나": "1",
    "둘": "2",
    "오": "5",
    "육": "6",
    "륙": "6",
    "칠": "7",
    "팔": "8",
    "구": "9",
}
_ALONE = "".join(word for word in _SPOKEN if len(word) == 1)
_DIGIT = rf"(?:[\d{_ALONE}]|하나|둘)"
_HIDDEN = r"[*xX●]"
_PASSPORT = re.compile(
    r"(?<![A-Za-z\d])(?:[A-Za-z](?:\d{8}|\d{3}[A-Za-z]\d{4})|(?:PM|PS|PR|PO|PD)\d{7}|[MSRGDmsrgd][\s\-]\d{4}\s?\d{4})(?![A-Za-z\d])"
)
_LONG = re.compile(rf"(?:\+\s?)?\d(?:{_SEPARATOR}\d){{8,}}(?:[\s{_DASH}]{{0,3}}{_HIDDEN}{{2,}})?")
_SPOKEN_LONG = re.compile(rf"{_DIGIT}(?:{_SEPARATOR}{_DIGIT}){{8,}}")
_SHORT = re.compile(
    r"(?<![\dA-Za-z])(?<![A-Za-z]-)(\d{2,4})\s?[\-‐‑‒–—―−\u1173.)]\s?(\d{3,4})(?:\s?[\-‐‑‒–—―−\u1173.]\s?(\d{4}))?(?![\dA-Za-z])"
)
_HEAD, _TAIL, _HANGUL = (
    re.compile(r"[가-힣]\s+(?=\d)"),
    re.compile(r"(?:\s[이일사오구영공]|(?<=\d)[이일])$"),
    re.compile(r"[가-힣]"),
)
_FEWEST, _FEWEST_SPOKEN = 6, 9
"""Fewest digits of a personal number: of a masked one, and counting spoken digits."""
_ONE, _ONE_SPOKEN = re.compile(r"\d"), re.compile(_DIGIT)
_YEAR = re.compile(r"^(?:19|20)\d\d$")

# shapes that are known whatever stands between their parts
_ANY = r"(?:[^\w\n]|[_\u1173ー]|이고요?|그리고|다음|가운데|중간|앞자리|뒷자리|앞|뒤|끝자리|끝|마지막|다시|하이픈|대시|작대기|고요?|바|[는은에요]){0,6}?"
_MARK = r"\s?[^\w\s]\s?"
_ENDS = r"(?!\d|[\-.]\d)"
_BIRTH = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_REGION = "서울|부산|경기|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (label, re.compile(pattern))
    for label, pattern in (
        ("주민등록번호", rf"(?<!\d){_BIRTH}{_ANY}[0-8]\d{{6}}{_ENDS}"),
        ("주민등록번호", rf"(?<!\d)\d{{6}}[\s{_DASH}]{{0,3}}\d?{_HIDDEN}{{4,}}"),
        ("주민등록번호", rf"(?<=주민번호)[^\d\n]{{0,6}}{_BIRTH}(?!\d)"),
        ("전화번호", rf"(?<!\d)01[016789]{_ANY}(?:\d{{3,4}}|\*{{3,4}}){_ANY}\d{{4}}{_ENDS}"),
        ("전화번호", rf"(?<!\d)0(?:2|[3-6][1-5]|70|50\d){_ANY}\d{{3,4}}{_ANY}\d{{4}}{_ENDS}"),
        ("사업자등록번호", rf"(?<!\d)\d{{3}}{_MARK}\d{{2}}{_MARK}\d{{5}}{_ENDS}(?!,\d|\s?[만천억]?원)"),
        ("카드번호", rf"(?<!\d)\d{{4}}(?:[^\w\n]{{1,3}}[\d*]{{4}}){{2}}[^\w\n]{{1,3}}\d{{4}}{_ENDS}"),
        ("운전면허번호", rf"(?:{_REGION})\s?[\-\s]?\s?\d{{2}}\s?-\s?\d{{6}}\s?-\s?\d{{2}}{_ENDS}"),
    )
)
_FOUR_YEARS = re.compile(r"(?:19|20)\d\d(?:[^\w\n]{1,3}(?:19|20)\d\d){3}")


def _digits(text: str) -> str:
    text = text.replace("하나", "일").replace("둘", "이")
    return "".join(_SPOKEN.get(ch, ch) for ch in text if ch.isdigit() or ch in _SPOKEN)


def may_hold(text: str) -> bool:
    """Tell whether there are enough digits for the shortest personal number."""
    return len(_ONE.findall(text)) >= _FEWEST or len(_ONE_SPOKEN.findall(text)) >= _FEWEST_SPOKEN


def hidden(text: str, public: frozenset[str]) -> str:
    """Return a text with its numbers replaced by labels. `public` are numbers, digits only, that stay. Idempotent."""
    sub = _Sub(public)
    text = _outside(text, spared.numbered(text), lambda part: _PASSPORT.sub("[여권번호]", part))
    for label, pattern in _SHAPES:
        text = pattern.sub(sub.shape(label), text)
    return _outside(text, spared.spans(text), sub.loose)


def _outside(text: str, spared: Iterator[Span], change: Callable[[str], str]) -> str:
    """Return a text changed everywhere but within spans."""
    parts: list[str] = []
    end = 0
    for start, stop in spared:
        parts += [change(text[end:start]), text[start:stop]]
        end = stop
    return "".join([*parts, change(text[end:])])


class _Sub:
    """What matches are replaced by."""

    def __init__(self, public: frozenset[str]) -> None:
        self.public = public

    def shape(self, label: str) -> Callable[[re.Match[str]], str]:
        """Return the replacement of a shape."""

        def replaced(m: re.Match[str]) -> str:
            stays = re.sub(r"\D", "", m[0]) in self.public or _FOUR_YEARS.fullmatch(m[0])
            return m[0] if stays else f"[{label}]"

        return replaced

    def loose(self, text: str) -> str:
        """Replace long numbers of no known shape, and short phone numbers."""
        text = _LONG.sub(self._long, text)
        text = _SPOKEN_LONG.sub(self._spoken, text)
        return _SHORT.sub(self._short, text)

    def _long(self, m: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", m[0])
        if digits in self.public or _years(m[0]):
            return m[0]
        return f"[{kind_of(digits)}]"

    def _spoken(self, m: re.Match[str]) -> str:
        before, number, after = _trimmed(m)
        digits = _digits(number)
        plain = re.sub(r"\D", "", number)
        short = len(digits) < _FEWEST_SPOKEN or (not plain and len(digits) == 9 and not digits.startswith("0"))
        if short or plain in self.public or _years(number):
            return m[0]
        return f"{before}[{kind_of(digits)}]{after}"

    def _short(self, m: re.Match[str]) -> str:
        groups = [g for g in m.groups() if g]
        digits = "".join(groups)
        notice = m.string[: m.start()].endswith("제") and m.string[m.end() :].startswith("호")
        if digits in self.public or len(digits) < 7 or notice or all(_YEAR.match(g) for g in groups[:2]):
            return m[0]
        return "[전화번호]"


def _trimmed(m: re.Match[str]) -> tuple[str, str, str]:
    """Return a spoken number without what belongs to the words around it: «신청일 2022…», «… 이에요»."""
    start, stop = 0, len(m[0])
    head = _HEAD.match(m[0])
    if head is not None and _HANGUL.match(m.string[m.start() - 1 : m.start()]):
        start = head.end()
    tail = _TAIL.search(m[0], max(stop - 4, start))
    if tail is not None and _HANGUL.match(m.string[m.end() :]):
        stop = tail.start()
    return m[0][:start], m[0][start:stop], m[0][stop:]


def kind_of(digits: str) -> str:
    """Return what a number of nine digits or more most likely is, by its length and beginning."""
    count = len(digits)
    if (digits.startswith("0") and 9 <= count <= 12) or (digits.startswith("82") and 10 <= count <= 13):
        return "전화번호"
    if count == 13 and digits[6] in "0123456789" and "01" <= digits[2:4] <= "12":
        return "주민등록번호"
    if count == 10:
        return "사업자등록번호"
    if count in (15, 16):
        return "카드번호"
    return "계좌번호" if 10 < count <= 14 else "번호"


def _years(text: str) -> bool:
    groups = re.findall(r"\d+", text)
    return 0 < len(groups) <= 4 and all(_YEAR.match(g) for g in groups)
