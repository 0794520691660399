"""Styles: the same question in formal, polite, casual and terse Korean, and as a fragment.

Only the end of a sentence is rewritten, by rules that hold for every verb; what no rule knows is wrapped
in words that add no meaning.
"""

import random
import re
from collections.abc import Callable, Mapping

from bot import hangul

_PREDICATE = re.compile(
    r"(?:요|까|죠|지|나|다|데|야|임|음|함|됨|줘|려면|면|해|돼|냐|니|고|서|게|는|을|할|던|시오|네)$"
)
_ASKING = re.compile(r"(?<!\s)\s*(?:좀 )?(?:알려|가르쳐|말해|설명해|안내해|보여) ?(?:주세요|줘요|줘|주십시오)$")
_COPULA = re.compile(r"(?<=언제|어디|얼마|누구)(?:인가요|예요|입니까|죠|인지)$")
_END = re.compile(r"[\s?!.]+$")


def is_predicate(word: str) -> bool:
    """Tell whether a word ends as a verb does."""
    return bool(_PREDICATE.search(word))


def formal(text: str, rng: random.Random) -> str:
    """합쇼체."""
    body, ending = _taken_apart(text)
    if ending:
        return _FORMAL[ending](body) + rng.choice(("?", ""))
    return _wrapped(text, rng, ("{} 알려 주십시오", "{} 안내 부탁드립니다", "안녕하십니까. {} 알고 싶습니다"))


def polite(text: str, rng: random.Random) -> str:
    """해요체."""
    body, ending = _taken_apart(text)
    if ending:
        return _POLITE[ending](body) + rng.choice(("?", ""))
    return _wrapped(text, rng, ("{} 알려 주세요", "{} 궁금해요", "안녕하세요 {} 좀 알려주세요"))


def casual(text: str, rng: random.Random) -> str:
    """반말."""
    body, ending = _taken_apart(text)
    if ending:
        return _CASUAL[ending](body) + rng.choice(("?", ""))
    return _wrapped(text, rng, ("{} 알려줘", "{} 좀 알려줘 봐", "야 {} 알려줘"))


def terse(text: str, rng: random.Random) -> str:
    """음슴체."""
    body, ending = _taken_apart(text)
    if ending:
        return _TERSE[ending](body) + rng.choice(("?", ""))
    return _wrapped(text, rng, ("{} 궁금함", "{} 알려주셈"))


def fragment(text: str, _: random.Random) -> str:
    """Remove particles and the polite words at the end."""
    bare = _COPULA.sub("", _ASKING.sub("", _END.sub("", text)))
    bare = re.sub(r"(?<=[가-힣])나요$", "나", bare)
    words = [
        re.sub(r"(?<=[가-힣]{2})(?:이|가|을|를|의)$", "", w) if not is_predicate(w[:-1]) else w
        for w in bare.split(" ")
    ]
    result = " ".join(words)
    return result if hangul.syllables(result) >= 3 else ""


def _wrapped(text: str, rng: random.Random, frames: tuple[str, ...]) -> str:
    """Wrap what is no whole sentence; a sentence whose end no rule knows stays as it is."""
    bare = _END.sub("", text)
    if not hangul.has_hangul(bare) or is_predicate(bare):
        return ""
    return rng.choice(frames).format(_ASKING.sub("", bare))


def _taken_apart(text: str) -> tuple[str, str]:
    """Return a sentence without its ending, and which ending it had; empty where no rule knows it."""
    bare = _END.sub("", text)
    for name, pattern, keep in _ENDINGS:
        if m := pattern.search(bare):
            return bare[: m.start()] + keep, name
    if m := re.search(r"([가-힣])(?<!습)니까$", bare):
        stem = _without(m[1], "ㅂ")
        return (bare[: m.start()] + stem, "verb") if stem else ("", "")
    return "", ""


_PAST = "없" + "".join(ch for ch in map(chr, range(0xAC00, 0xD7A4)) if hangul.jamo(ch).endswith("ㅆ"))
_ENDINGS = tuple(
    (name, re.compile(pattern), keep)
    for name, pattern, keep in (
        ("what", r"(?:뭐예요|뭔가요|뭐죠|무엇인가요|무엇입니까|뭡니까)$", ""),
        ("give", r" ?(?:주세요|줘요|주십시오|줘)$", ""),
        ("thing", r"건가요$", ""),
        ("copula", r"(?:인가요|이에요|입니까|이죠)$", ""),
        ("copula", r"(?<=[가-힣])예요$", ""),
        ("verb", r"(?<=[^거인])나요$", ""),
        ("verb", rf"(?<=[{_PAST}])어요$", ""),
        ("verb", rf"(?<=[{_PAST}])습니까$", ""),
        ("verb", r"해요$", "하"),
        ("verb", r"돼요$", "되"),
        ("verb", r"한가요$", "하"),
        ("verb", rf"(?<=[하되{_PAST}])죠$", ""),
    )
)
_Endings = Mapping[str, Callable[[str], str]]
_FORMAL: _Endings = {
    "what": lambda body: body + "무엇입니까",
    "give": lambda body: body + " 주십시오",
    "thing": lambda body: body + "겁니까",
    "copula": lambda body: body + "입니까",
    "verb": lambda body: body + "습니까" if _closed(body) else _with(body, "ㅂ") + "니까",
}
_POLITE: _Endings = {
    "what": lambda body: body + "뭐예요",
    "give": lambda body: body + " 주세요",
    "thing": lambda body: body + "거예요",
    "copula": lambda body: body + ("이에요" if _closed(body) else "예요"),
    "verb": lambda body: body + "나요",
}
_CASUAL: _Endings = {
    "what": lambda body: body + "뭐야",
    "give": lambda body: body + " 줘",
    "thing": lambda body: body + "거야",
    "copula": lambda body: body + ("이야" if _closed(body) else "야"),
    "verb": lambda body: body + "냐",
}
_TERSE: _Endings = {
    "what": lambda body: body + "뭐임",
    "give": lambda body: body + " 주셈",
    "thing": lambda body: body + "거임",
    "copula": lambda body: body + "임",
    "verb": lambda body: body + "음" if _closed(body) else _with(body, "ㅁ"),
}


def _closed(word: str) -> bool:
    return bool(word) and len(hangul.jamo(word[-1])) == 3


def _with(word: str, final: str) -> str:
    """Return a word that ends in a vowel with a final consonant added."""
    letters = hangul.jamo(word[-1:])
    return word[:-1] + hangul.syllable(letters[0], letters[1], final) if len(letters) == 2 else word


def _without(ch: str, final: str) -> str:
    letters = hangul.jamo(ch)
    return hangul.syllable(letters[0], letters[1], "") if letters[2:] == final else ""
