"""Parts of a message: the sentences of a long one, the questions that a short one joins."""

import re
from collections.abc import Callable, Sequence

from bot.matching.mask import LEAST
from bot.matching.policy import MOST_ANSWERS

_CLAUSE = re.compile(r"(?<=[.?!。？！\n])\s*|(?<=[가-힣][다요죠]) (?=\S)")
_NOUNS = re.compile(
    r"(?<=[가-힣])(?:이랑|랑|하고|와|(?<![성효결학초통부경])과)\s+(?!싶|있|나서|나면|난 )"
    r"|\s+(?:그리고|글고|글구|및)\s+|(?<=[가-힣])\s*[/&+,]\s*(?=[가-힣])|\n"
)
"""What may join two things that are asked about, and may as well stand within one of them."""
_TOGETHER = re.compile(
    r"차이|다르|다른|달라|비교|사이|관계|같은|같이|같아|유사|비슷|함께|각각|맺|중에|중 |가운데|둘 |협력|공동|구별|헷갈|합쳐|별개|대비|서로"
)
"""Words that ask about two things at once, or about the one in the light of the other."""
_QUESTIONS = re.compile(
    r"(?<=[?？])\s*|(?<=[.!。])\s+|\n+"
    r"|\s+(?:그리고|그리구|글고|글구|그라고|아울러|또한?|추가로)요?\s+"
    r"|(?<=나요|까요|가요|니까)\s+(?!그리고|글고|글구)"
    r"|(?<=[가-힣][고구며])요?,?\s+|(?<=[가-힣]지)(?<!까지)(?:랑|하고|와)?,?\s+"
    r"|(?:(?<=얼마고|언제고|어디고|누구고)|(?<=어떻게되고)|(?<=어케되고))(?=[가-힣]{4})"
    r"|\s+and\s+(?=(?:how|what|when|where|who|which|why|is|are|can|could|do|does|did|was|were)\b)",
    re.IGNORECASE,
)
"""What may end one question before another."""
_WORD_THAT_ASKS = re.compile(
    r"얼마|얼만|(?:^|\s)몇|언제|언젠|어디|누구|누가|(?:^|\s)뭐|뭘|뭔|무엇|무슨|어떤|어떻|어느|어케|며칠|(?:^|\s)왜"
    r"|\b(?:how|what|when|where|who|which|why)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:말|라|다|냐|자|려|보|갖|지)[고구]$|[이가]며$")
"""The end of a clause that is no question of its own: «뭐라고», «이거 말고»."""
_OF_ITS_VERB = re.compile(r"(?:싶|있|계시|나서|나면|난 |보니|보면|모르|알)")
"""The beginning of what belongs to the verb before it: «뭘 하고 싶은데»."""
_OR = re.compile(r"(?:아니면|아님|혹은|또는|아니고|말고)")
_TOLD = re.compile(r"[다요데네함음고서든지만][\s.!~ㄱ-ㅎㅏ-ㅣ]*$")
"""The end of what tells something; a noun ends a question as well."""
_OWN_SUBJECT = re.compile(r"^\S*[가-힣](?:은|는|도|이|가)요?[\s?]|(?:은|는|도)요?\s*\??$|[?？]\s*$")
_BEGINNING = re.compile(r"^\s*(?:그리고|그리구|글고|글구|그라고|또한?|아울러|추가로)요?\s+")
_SHORTEST = 4
"""Characters of a sentence that can be a question (2026-11-25)."""
_LAST = 6
"""Sentences that are read beside those that ask."""
_ASKING = re.compile(
    r"[?？]"
    r"|(?:나요|까요?|죠|지요|[는은인건]지요?|가요|냐고?요?|는교|알고 ?싶\S*|궁금\S*|알려 ?[줘주]\S*|가르쳐 ?\S*)[\s.!~]*$"
    r"|(?:^|\s)(?:뭐|뭔|무엇|무슨|어떻게|어떡|어디|어느|언제|얼마|몇|왜|누구|누가)\S*(?:\s[^.]*)?[^다.\s](?<![데네든서고구]요)[\s.!~]*$"
)
"""A sentence that asks: by its mark, its ending, or an interrogative in it."""
_LONGEST = 400
"""Characters up to which a text is searched for several questions: bounds the time for long stories."""
_LONGEST_JOINED = 60
"""Characters up to which a question may join several things: in a story the words for that join much else (2026-11-25)."""


_LEANING = re.compile(
    r"(?:^|\s)(?:이런|그런|저런|이거|그거|이건|그건|이게|그게|이것|그것|그래도|그럼|그러면|그렇|이렇|그때|거기|그쪽|또|더|그|이)(?=\s|[은는이가을를도만에])|하시?던데\s"
)
"""A sentence that points at what was told before it, or weighs what others say of it."""
_GREETING = 8
"""Characters below which a sentence that asks nothing is a greeting or a sigh (2026-11-25)."""


_PART = re.compile(r"(?<=[.!?。！？~\n,])\s*|(?<=[가-힣][다요죠까오]) (?=\S)|(?<=데요) ")
_MOST_PARTS = 8
"""Sentences of a message that are looked at for small talk: each costs a classification."""


def without(text: str, is_talk: Callable[[str], bool]) -> str:
    """Return a text without its first and last parts that are small talk; as it is where nothing else is left."""
    found = [p for p in _PART.split(text) if p and p.strip()]
    if not 2 <= len(found) <= _MOST_PARTS:
        return text
    start, end = 0, len(found)
    while start < end and is_talk(found[start]):
        start += 1
    while end > start and is_talk(found[end - 1]):
        end -= 1
    left = " ".join(p.strip() for p in found[start:end])
    whole = start == 0 and end == len(found)
    return text if whole or sum(ch.isalnum() for ch in left) < LEAST else left.rstrip(" ,")


def peeled(text: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Return a text without the polite phrases at its ends; as it is where nothing else is left.

    `before`, `after`: the phrases, the longest first. A phrase ends where a word ends.
    """
    left, more = text.strip(), True
    while more:
        head = next((p for p in before if left.startswith(p) and not left[len(p) :][:1].isalnum()), "")
        tail = next((p for p in after if left.endswith(p) and not left[: -len(p)][-1:].isalnum()), "")
        rest = left[len(head) : len(left) - len(tail)].strip(" ,.!~")
        more = bool(head or tail) and sum(ch.isalnum() for ch in rest) >= LEAST
        left = rest if more else left
    return left if left != text.strip() else text


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


def questions(text: str) -> list[str]:
    """Return the two or three questions of a text, each of which asks by itself; none where it has but one.

    What tells something before a question belongs to it.
    """
    if len(text) > _LONGEST:
        return []
    found: list[str] = []
    start = 0
    for m in _QUESTIONS.finditer(text):
        left, right = text[start : m.start()], text[m.end() :]
        if _ends_question(left, text[m.start() : m.end()], right):
            found.append(left)
            start = m.end()
    found = [_BEGINNING.sub("", part).strip() for part in (*found, text[start:])]
    return found if 2 <= len(found) <= MOST_ANSWERS else []


def _ends_question(left: str, joint: str, right: str) -> bool:
    """Tell whether a text up to a place is a question, and what follows another one."""
    last, left = left.rstrip()[-1:], left.strip()
    if len(left) < _SHORTEST or len(right.strip()) < _SHORTEST or _OR.match(right):
        return False
    asks_more = bool(_WORD_THAT_ASKS.search(right) or _ASKING.search(right))
    if last in "고구며지" and not joint.strip():
        if _GOES_ON.search(left) or _OF_ITS_VERB.match(right) or not _WORD_THAT_ASKS.search(left):
            return False
        return asks_more and bool(not joint or _WORD_THAT_ASKS.search(right) or _OWN_SUBJECT.search(right))
    if joint.isspace() and "\n" not in joint and left[-3:] == right.rstrip(" ?.!")[-3:] and last not in "?？.!":
        return False  # «기업이 주관인가요 대학이 주관인가요» asks which
    if joint.strip().lower() == "and":
        return bool(_WORD_THAT_ASKS.search(left))
    asks = _ASKING.search(left) or (last == "지" and _WORD_THAT_ASKS.search(left))
    if last in "?？" and not _TOLD.search(right):
        return True
    return bool(asks) and (asks_more or bool(_OWN_SUBJECT.search(right)))


def joined(text: str) -> list[str]:
    """Return the two or three things that a question may join; none where it does not."""
    found = [p for p in _NOUNS.split(text) if p and p.strip()] if len(text) <= _LONGEST_JOINED else []
    if not 2 <= len(found) <= MOST_ANSWERS or _TOGETHER.search(text, len(found[0])):
        return []
    return found
