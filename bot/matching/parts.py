"""Parts of a message: the sentences of a long one, the questions that a short one joins."""

import re

_CLAUSE = re.compile(r"(?<=[.?!。？！\n])\s*|(?<=[가-힣][다요죠]) (?=\S)")
_JOINED = re.compile(r"(?<=[가-힣])(?:이랑|랑|하고|와|과)\s+|\s+(?:그리고|및|또)\s+|[?!.]\s+|\s*[,/&+]\s*|\n")
_SHORTEST = 4
"""Characters of a sentence that can be a question."""
_LAST = 6
"""Sentences that are read beside those that ask."""
_ASKING = re.compile(
    r"[?？]"
    r"|(?:나요|까요?|죠|지요|[는은인건]지요?|가요|냐고?요?|는교|알고 ?싶\S*|궁금\S*|알려 ?[줘주]\S*|가르쳐 ?\S*)[\s.!~]*$"
    r"|(?:^|\s)(?:뭐|뭔|무엇|무슨|어떻게|어떡|어디|어느|언제|얼마|몇|왜|누구|누가)\S*(?:\s[^.]*)?[^다.\s](?<![데네든서고구]요)[\s.!~]*$"
)
"""A sentence that asks: by its mark, its ending, or an interrogative in it."""
_MOST = 3
"""Questions that one message joins; more is a story or a list."""


_LEANING = re.compile(
    r"(?:^|\s)(?:이런|그런|저런|이거|그거|이건|그건|이게|그게|이것|그것|그래도|그럼|그러면|그렇|이렇|그때|거기|그쪽|또|더|그|이)(?=\s|[은는이가을를도만에])|하시?던데\s"
)
"""A sentence that points at what was told before it, or weighs what others say of it."""
_GREETING = 8
"""Characters below which a sentence that asks nothing is a greeting or a sigh."""


def stands_alone(sentence: str) -> bool:
    """Tell whether a sentence that asks can be understood without those before it."""
    return not _LEANING.search(sentence)


def sentences(text: str) -> list[tuple[str, bool]]:
    """Return the sentences of a text, each with whether it is what the text asks; none where it has but one.

    Those that ask come first, the last one first: people tell and then ask, or ask and then explain. Where none
    asks, the last sentence does.
    """
    found = [p for p in _CLAUSE.split(text) if p and len(p) >= _SHORTEST]
    if len(found) < 2:
        return []
    asking = [p for p in reversed(found) if _ASKING.search(p)][:_LAST] or found[-1:]
    told = [p for p in found[-_LAST:][::-1] if p not in asking and len(p) >= _GREETING]
    return [*((p, True) for p in asking), *((p, False) for p in told)]


def joined(text: str) -> list[str]:
    """Return the two or three texts that a message joins; none where it does not."""
    found = [p for p in _JOINED.split(text) if p and p.strip()]
    return found if 2 <= len(found) <= _MOST else []
