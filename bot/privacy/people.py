"""Find names, home addresses and number plates in a text, as far as a rule can. Pure, and linear in its length.

A rule sees only names that are introduced as such («제 이름은 …»), and homes that are named as such or are flats: people who write
to a public desk mention institutions, their staff and their addresses far more often than themselves.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_SURNAME = (
    "남궁|황보|제갈|선우|독고|사공|서문|동방|"
    "[김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹모탁국어은편용]"
)
_END = r"(?=이?(?:라고|라는|예요|에요|고요?|구요|[,.\s)]|이며|$)|입니다|인데|님|씨|이고|\n|의 )"
_NAME = rf"(?:{_SURNAME})\s?[가-힣]\s?[가-힣]??{_END}"
_NAMED = re.compile(
    rf"(?:이름|성함|성명|예금주)(?:은|는|이|가)?+\s{{0,2}}[:：]?\s{{0,2}}({_NAME})|"
    rf"(?:저는|전|저|제가)\s((?:{_SURNAME})\s?[가-힣]{{1,2}}?)이?라고\s?(?:합니다|해요|하는|불러)"
)
_INTRODUCED = ("이름", "성함", "성명", "예금주", "라고")
_DIGIT = re.compile(r"\d")
_NO_NAME = re.compile(
    r"(?:이상|이하|이용|이후|이전|이것|이번|이게|이건|신청|신고|신규|전기|전화|전부|전체|전혀|정보|정확|정말|조건|조회|주소|주식|주관|"
    r"한번|한국|한글|한문|기재|기업|기관|기준|성명|성함|공고|공동|공식|하나|하고|고민|고객|강사|강의|방법|방문|안내|국민|여기|"
    r"연락|유지|유효|현재|현장|인증|인쇄|지원|지금|진짜|문의|문자|변경|차이|우리|소상|소개|장난|서류|서명|명시|명칭|표시|표기|"
    r"대표|회사|사장|이사|임원|임직|직원|장치|반드|원래|도장|마지|구분|어떻|어디|모두|모름|은행|용도|편집|천천)"
)
_CITY = (
    r"(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주|"
    r"충청북도|충청남도|전라북도|전라남도|경상북도|경상남도)(?:특별자치|특별|광역)?(?:시|도)?\s{1,2}"
)
_AREA = r"[가-힣]{1,6}[시군구읍면동리]\s{1,2}"
_ROAD = r"[가-힣\d]{1,12}(?:로|길)\s?(?:\d{1,4}(?:번)?길\s?)?\d{1,4}(?:-\d{1,4})?|[가-힣]{1,6}[동리]\s?\d{1,4}(?:-\d{1,4})?(?:번지)?"
_ROOM = r"(?:,?\s?(?:\d{1,4}동\s?)?\d{1,5}(?:호|층)(?![가-힣]선))?"
_PLACE = rf"(?:{_CITY})?(?:{_AREA}){{0,3}}(?:{_ROAD}){_ROOM}"
_HOME = r"(?:집|제|저희|우리|자택|거주지|본가|자취방)\s?(?:집\s?)?(?:주소)?|사는\s?곳|거주지|자택"
_AT_HOME = re.compile(
    rf"(?:{_HOME})(?:은|는|이|가)?\s?[:：]?\s{{0,2}}({_PLACE})|주소(?:(?:은|는)|\s?[:：])\s{{0,2}}((?={_CITY}){_PLACE})"
)
_FLAT = re.compile(
    r"((?:[가-힣A-Za-z\d]{1,12}(?:아파트|빌라|빌|맨션|오피스텔|하이츠)\s?)\d{1,4}동\s?\d{1,5}호)|"
    r"(?<!\d)(\d{3,4}동\s?\d{3,4}호)|"
    r"(?:푸르지오|자이|래미안|힐스테이트|더샵|아이파크|롯데캐슬|e편한세상|센트레빌|두산위브|아크로|포레나)\s?(?:\d차\s?)?(\d{1,4}동\s?\d{1,5}호)"
)
_PLATE = re.compile(
    r"(?<![\d가-힣\-.])(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)\s?)?"
    r"\d{2,3}(?:\s?[가나다라마거너더러머버서어저고노누두루무부수우주바사아자허하배보오소모]|[조호구도로])\s?\d{4}"
    r"(?!\d|\s?(?:년|월|일|원|명|개|호|건|만|억|천|%|시간|학년|대|차|세|번|하반|상반))"
)
_PLATES = re.compile(r"[가-힣]\s?\d{4}")


def names(text: str) -> Iterator[Span]:
    """Yield the spans of people's names that are introduced as such."""
    if not any(word in text for word in _INTRODUCED):
        return
    for found in _NAMED.finditer(text):
        group = 1 if found[1] else 2
        if not _NO_NAME.match(found[group].replace(" ", "")):
            yield found.span(group)


def homes(text: str) -> Iterator[Span]:
    """Yield the spans of home addresses."""
    if _DIGIT.search(text) is None:
        return
    found = [m.span(m.lastindex or 0) for m in _AT_HOME.finditer(text)]
    found += [m.span(m.lastindex or 0) for m in _FLAT.finditer(text)]
    end = 0
    for start, stop in sorted(found):
        if start >= end:
            yield start, stop
            end = stop


def plates(text: str) -> Iterator[Span]:
    """Yield the spans of number plates."""
    if _DIGIT.search(text) is not None and _PLATES.search(text) is not None:
        yield from (m.span() for m in _PLATE.finditer(text))
