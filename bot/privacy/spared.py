"""Find what looks like a personal number but is not: dates, amounts, notices, project numbers, IP addresses.

Pure, and linear in the text's length. What is spared is chosen as carefully as what is hidden: staff who read
«[전화번호]만원» cannot help.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_ALONE = r"(?<!\d)(?<!\d[\-.])"
"""Not the continuation of a number."""
_ENDS = r"(?!\d|[\-.]\d)"
"""Not continued either: an account number may begin like a date."""
_YEAR = r"(?:19|20)\d\d"
_MONTH_DAY = r"\d{1,2}\s?[./월\-]\s{0,2}\d{1,2}\s?[.일]?"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?"
_DAY = rf"{_YEAR}\s?[\-./년]\s{{0,2}}{_MONTH_DAY}"
_PACKED = rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PACKED_SHORT = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_UNIT = r"(?:%|명|개|건|회|세|인|년|시간|천원|만(?!나)|억|천|kg|㎡|평|톤|점)"
_MONEY = r"\s?(?:만\s?원|억\s?원|천\s?원|원|달러|불(?!로)|유로|위안|엔)"
_OFFICIAL = (
    r"(?:공고|고시|훈령|예규|특허|출원|상표|디자인|실용신안)(?:등록|출원)?\s?(?:번호)?|(?:HS|업종|산업|세번|세목)\s?(?:코드|부호|번호)|"
    r""
    r"(?:과제|접수|관리|문서|협약|일련|민원|제품|모델|부품|품목|신청|출원|확인서|인증서)\s?(?:번호|코드|명|No\.?)"
)

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_ALONE}{_DAY}(?:\s?[~\-–]\s?(?:{_DAY}|{_MONTH_DAY}))?(?:[T\s]{{1,2}}{_TIME})?{_ENDS}",
        rf"{_ALONE}{_PACKED}\s?[~\-–]\s?{_PACKED}{_ENDS}",
        rf"{_ALONE}{_PACKED_SHORT}\s?[~\-–]\s?{_PACKED_SHORT}{_ENDS}",
        rf"{_ALONE}\d\d\.\d\d\.\d\d\.?\s?[~\-–]\s?\d\d\.\d\d\.\d\d{_ENDS}",
        rf"{_ALONE}\d{{1,2}}[./]\d{{1,2}}\.?\s?[~\-–]\s?\d{{1,2}}[./]\d{{1,2}}{_ENDS}",
        rf"{_ALONE}{_YEAR}\s{{0,2}}[\-~,]\s{{0,2}}{_YEAR}{_ENDS}",
        r"(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?:\s?[~\-–]\s?(?:[01]?\d|2[0-4]):[0-5]\d)?(?![\d:])",
        rf"{_ALONE}{_YEAR}\s?-\s?\d{{1,5}}\s?(?:호|차|학년도)",
        r"(?<=공고 )(?:19|20)\d\d\s?-\s?\d{1,5}(?!\d|\s?-\s?\d)",
        r"(?<![A-Za-z\d])[A-Z]{1,4}-(?:19|20)\d\d-\d{3,10}(?!\d|-\d)",
        # Source: 국민신문고, 신청번호
        r"(?<![A-Za-z\d])\d[A-Z]{2}-\d{4}-\d{6,7}(?!\d|-\d)",
        r"(?<![\d.\-])\d{1,5}\s?[~\-–]\s?\d{1,5}(?:" + _UNIT + "|" + _MONEY + ")",
        r"(?<![\d.\-])[1-9]\d{3,14}(?:" + _UNIT + "|" + _MONEY + ")",
        r"(?:USD|KRW|EUR|JPY|[$₩€¥])\s?\d[\d,]{3,15}(?!\d|-\d)",
        r"(?<![\d.])(?!0\d)\d{1,3}\.\d{4,15}(?![\d.])",
        r"(?:(?<![A-Za-z])[vV]|버전\s?|version\s?)\d{1,4}(?:\.\d{1,4}){1,5}(?![\d.])",
        # versions of programs in four parts, the last shorter than a phone's; a day with its hour and minute
        r"(?<![\d.+])[1-9]\d{0,2}\.\d\.\d{3,5}\.\d{1,3}(?![\d.])",
        rf"{_ALONE}{_PACKED}(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?{_ENDS}",
        # months of two years, and lists of three numbers of three digits: an account has longer parts
        rf"{_ALONE}{_YEAR}\.(?:1[0-2]|0?[1-9])\s?[~\-–]\s?{_YEAR}\.(?:1[0-2]|0?[1-9])(?!\d)",
        r"(?<![\d\-.] )(?<![\d\-.])[1-9]\d\d(?:,? [1-9]\d\d){2}(?![\d\-.]|,? \d)",
        r"(?<![\d.\-])\d\d[Hh][12]\s\d{5}\.\d{1,5}(?![\d.])",
        r"(?<=과제 )(?:19|20)\d{6,9}(?!\d|\s?-\s?\d)",
        r"(?:ISO|IEC|IATF|KS|EN)\s?[A-Z]?\s?\d{3,5}(?::\d{4})?(?!\d|-\d{3})",
        r"ISBN\s?[\d\-]{10,17}(?!\d)",
        # nationwide numbers of institutions and companies, nobody's own. Source: 전기통신번호관리세칙, 제10조
        r"(?<![\d\-])1[568]\d\d-\d{4}(?!\d|-\d)",
        r"(?:https?://|www\.)[^\s<>\"'«»]{1,2000}",
    )
)
_IP = re.compile(r"(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])")
_NUMBERED = re.compile(
    rf"(?:{_OFFICIAL})\s?(?:[는은가이]|[:：])?\s?(?:제\s?)?([A-Za-z]{{0,4}}-?\d[\dA-Za-z]{{0,20}}(?:\s?-\s?[\dA-Za-z]{{1,20}}){{0,3}})"
)
_SOMEBODYS = re.compile(r"0|[1-9]\d\d\s?-\s?\d\d\s?-\s?\d{5}$|\d{6}\s?-\s?[0-8]\d{6}$")
"""A number that is a phone's, a business's or a resident's, whatever it is called."""


def spans(text: str) -> Iterator[Span]:
    """Yield the spans of numbers that are nobody's, in order, none touching another."""
    found = [m.span() for pattern in _PATTERNS for m in pattern.finditer(text)]
    found += [m.span() for m in _IP.finditer(text) if _is_ip(m[0])]
    found += numbered(text)
    end = 0
    for start, stop in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= end:
            yield start, stop
            end = stop


def numbered(text: str) -> Iterator[Span]:
    """Yield the spans of numbers that are named as something official, such as «과제번호 S12345678»."""
    yield from (m.span(1) for m in _NUMBERED.finditer(text) if not _SOMEBODYS.match(m[1]))


def _is_ip(text: str) -> bool:
    parts = text.split(".")
    return all(int(p) <= 255 and (p == "0" or not p.startswith("0")) for p in parts)
