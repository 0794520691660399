"""Take personal data out of a text before it is kept. Pure.

Redacted: resident registration and foreigner numbers, business and corporation numbers, phones, e-mail addresses,
bank accounts, cards, passports, driving licences. Written with any separators, in full-width or Hangul digits.
When in doubt a number goes: nothing that is kept needs one.
"""

import hmac
import re
import unicodedata
from collections.abc import Iterable

_DASH = r"\-‐‑‒–—―−ㅡ~∼.·ㆍ_/()\[\]:"
_WORDS = r"다시|하이픈|대시|작대기|에"
_SEPARATOR = rf"(?:[\s{_DASH}]|{_WORDS}){{0,4}}?"
_SPOKEN = {"공": "0", "영": "0", "빵": "0", "일": "1", "이": "2", "삼": "3", "사": "4"} | {
    "오": "5",
    "육": "6",
    "륙": "6",
    "칠": "7",
    "팔": "8",
    "구": "9",
}
_DIGIT = rf"[\d{''.join(_SPOKEN)}]"
_EMAIL = re.compile(
    r"[\w.+%'\-]+\s{0,2}(?:@|\(at\)|\[at\]|골뱅이)\s{0,2}[\w\-]+(?:\s{0,2}\.\s{0,2}[\w\-]+)+", re.IGNORECASE
)
_HANDLE = re.compile(r"[\w.+%\-]{2,}\s{0,2}@\s{0,2}[\w\-]{2,}")
_AT = re.compile(r"@|\(at\)|\[at\]|골뱅이", re.IGNORECASE)
"""What every address of e-mail has: most texts have none, and need not be searched for one."""
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z](?:\d{8}|\d{3}[A-Za-z]\d{4})(?![A-Za-z0-9])")
_LONG = re.compile(rf"(?:\+\s?)?\d(?:{_SEPARATOR}\d){{8,}}(?:[\s{_DASH}]{{0,3}}[*xX●]{{2,}})?")
_MASKED = re.compile(rf"\d{{6}}[\s{_DASH}]{{0,3}}\d?[*xX●]{{4,}}")
_SPOKEN_LONG = re.compile(rf"{_DIGIT}(?:{_SEPARATOR}{_DIGIT}){{8,}}")
_FEWEST, _FEWEST_SPOKEN = 6, 9
"""Digits below which nothing is a number of somebody's: of a masked one, and with those that are spoken."""
_ONE, _ONE_SPOKEN = re.compile(r"\d"), re.compile(_DIGIT)
_SHORT = re.compile(r"(?<!\d)(\d{2,4})\s?[\-‐‑‒–—―−.)]\s?(\d{3,4})(?:\s?[\-‐‑‒–—―−.]\s?(\d{4}))?(?!\d)")
_LABEL = re.compile(r"\[(?:이메일|여권번호|주민등록번호|전화번호|사업자등록번호|카드번호|계좌번호|번호)\]")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d\s?[\-.~/년]\s?\d{1,2}\s?[\-./월]\s?\d{1,2}(?!\d)일?"
    r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2})?(?!\d))?|(?<!\d)(?:19|20)\d\d\s*[\-~,]\s*(?:19|20)\d\d(?!\d)"
)


class Redactor:
    """Replaces personal data by a label such as `[전화번호]`.

    `public` are numbers that stand in the knowledge base (digits only): they are nobody's secret and stay.
    """

    def __init__(self, public: Iterable[str] = ()) -> None:
        self.public = frozenset(re.sub(r"\D", "", number) for number in public)

    def __call__(self, text: str) -> str:
        """Return the text in NFKC, without invisible characters and without personal data. Idempotent."""
        text = unicodedata.normalize("NFKC", text)
        if not text.isprintable():
            text = "".join(ch for ch in text if unicodedata.category(ch) not in ("Cf", "Cs", "Co") and ch != "\x00")
        if _AT.search(text):
            text = _EMAIL.sub("[이메일]", text)
            text = _HANDLE.sub("[이메일]", text)
        return self._without_numbers(text) if _may_hold_numbers(text) else text

    def _without_numbers(self, text: str) -> str:
        text = _PASSPORT.sub("[여권번호]", text)
        text = _MASKED.sub("[주민등록번호]", text)
        parts: list[str] = []
        end = 0
        for date in _DATE.finditer(text):
            parts += [self._numbers(text[end : date.start()]), date[0]]
            end = date.end()
        # a date is only spared where no longer number runs on from it
        spared = "".join([*parts, self._numbers(text[end:])])
        return spared if _LONG.search(_DATE.sub("|", spared)) is None else self._numbers(text)

    def _numbers(self, text: str) -> str:
        text = _LONG.sub(self._long, text)
        text = _SPOKEN_LONG.sub(self._spoken, text)
        return _SHORT.sub(self._short, text)

    def _long(self, m: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", m[0])
        if digits in self.public or _years(m[0]):
            return m[0]
        return f"[{kind_of(digits)}]"

    def _spoken(self, m: re.Match[str]) -> str:
        digits = "".join(_SPOKEN.get(ch, ch) for ch in m[0] if ch.isdigit() or ch in _SPOKEN)
        plain = re.sub(r"\D", "", m[0])
        if plain in self.public or _years(m[0]):
            return m[0]
        return f"[{kind_of(digits)}]"

    def _short(self, m: re.Match[str]) -> str:
        digits = "".join(g for g in m.groups() if g)
        groups = [g for g in m.groups() if g]
        notice = m.string[: m.start()].endswith("제") and m.string[m.end() :].startswith("호")
        if digits in self.public or len(digits) < 7 or notice or all(_YEAR.match(g) for g in groups[:2]):
            return m[0]
        return "[전화번호]"


def _may_hold_numbers(text: str) -> bool:
    """Tell whether there are as many digits as the shortest number that is somebody's."""
    return len(_ONE.findall(text)) >= _FEWEST or len(_ONE_SPOKEN.findall(text)) >= _FEWEST_SPOKEN


def unlabelled(text: str) -> str:
    """Return a redacted text without the labels: they say what was there, not what the user asked."""
    return _LABEL.sub(" ", text) if "[" in text else text


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


def pseudonym(secret: bytes, channel: str, id: str) -> str:
    """Return the name under which a user is kept: a keyed hash (HMAC-SHA-256, 128 bits in hexadecimal)."""
    return hmac.digest(secret, f"{channel}:{id}".encode(), "sha256").hex()[:32]
