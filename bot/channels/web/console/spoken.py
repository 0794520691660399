"""Numbers that are written as they are spoken, as digits: «이천이십이 년 유월 칠 일» → «2022년 6월 7일». Pure.

A sentence to say aloud has its numbers in words; whoever dictates one reads digits faster and without error. What is not
clearly a number stays as it is.
"""

import re

_ONES = dict(zip("영공일이삼사오육칠팔구", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_ONES |= {"유": 6, "시": 10}
"""With the two that change before «월»: «유월», «시월»."""
_TENS = {"십": 10, "백": 100, "천": 1000}
_DIGIT = "영공일이삼사오육칠팔구"
_WORD = rf"[{_DIGIT}십백천만억조]"
_END = r"(?=$|[\s.,?!)]|에|로|으로|이|은|과|와|의|을|까지|부터|입)"
"""What may stand after a number: an end, or a particle."""
_PHONE = re.compile(rf"(?<![가-힣\d])([{_DIGIT}]{{4}})(?: 국에)? ([{_DIGIT}]{{4}}){_END}")
_CODE = re.compile(rf"(?<![가-힣\d])[{_DIGIT}]{{3,4}}{_END}")
_MONTHS = rf"(?:십[일이]?|[유시{_DIGIT[2:]}])"
_MONTH = re.compile(
    rf"(?<=년 )({_MONTHS})월|(?<![가-힣\d])({_MONTHS})월(?= 말| 초|\s?{_WORD}+\s?일|부터|에|까지| 무렵|$)"
)
_COUNTED = re.compile(
    rf"(?<![가-힣\d])({_WORD}+(?:점[{_DIGIT}]+)?)"
    r"( ?)(년도?|개월|퍼센트|원|배|일(?=$|[\s.,?!]|까지|부터|에|이|로|안)|곳|조(?= ))"
)
_LARGE_ONES = re.compile(rf"(?<![가-힣\d])([{_DIGIT}십백천]+[만억조])(?= [{_DIGIT}십백천]+[만억천]?|에서)")
_BARE = re.compile(rf"(?<![가-힣\d])({_WORD}*[십백천]{_WORD}*)(?=에(?:\s|$))")


def digits(text: str) -> str:
    """Return a sentence with the numbers that it has in words as digits."""
    text = _PHONE.sub(lambda m: f"{_code(m[1])}-{_code(m[2])}", text)
    text = _CODE.sub(lambda m: _code(m[0]), text)
    text = _MONTH.sub(lambda m: f"{_value(m[1] or m[2])}월", text)
    text = _LARGE_ONES.sub(lambda m: _grouped(m[1]), text)
    text = _COUNTED.sub(_counted, text)
    return _BARE.sub(lambda m: str(_value(m[1])) if len(m[1]) > 1 else m[0], text)


def _counted(found: re.Match[str]) -> str:
    whole, _, rest = found[1].partition("점")
    unit = "%" if found[3] == "퍼센트" else found[3]
    if rest:
        return f"{_value(whole)}.{_code(rest)}{unit}"
    return f"{_grouped(whole)}{unit}"


def _code(words: str) -> str:
    return "".join(str(_ONES[w]) for w in words)


def _grouped(words: str) -> str:
    """Return a number as one writes it: «이억 오천만» keeps its «억» and «만»."""
    found = re.fullmatch(rf"([{_DIGIT}십백천]*)([만억조])?", words)
    if found is None:  # «일억이천만»
        return "".join(_grouped(part) for part in re.findall(rf"[{_DIGIT}십백천]+[만억조]?", words))
    return f"{_value(found[1]) if found[1] else ''}{found[2] or ''}"


def _value(words: str) -> int:
    """Return the value of a number below ten thousand."""
    total = one = 0
    for word in words:
        if word in _TENS:
            total, one = total + (one or 1) * _TENS[word], 0
        else:
            one = _ONES[word]
    return total + one
