"""Hangul: normal form, jamo, initial consonants, keyboard layouts, particles. Pure."""

import re
import unicodedata
from functools import lru_cache

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_BASE, _LAST = 0xAC00, 0xD7A3
_VOWEL_PAIRS = {
    "ㅗㅏ": "ㅘ",
    "ㅗㅐ": "ㅙ",
    "ㅗㅣ": "ㅚ",
    "ㅜㅓ": "ㅝ",
    "ㅜㅔ": "ㅞ",
    "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ",
}
_FINAL_PAIRS = {
    "ㄱㅅ": "ㄳ",
    "ㄴㅈ": "ㄵ",
    "ㄴㅎ": "ㄶ",
    "ㄹㄱ": "ㄺ",
    "ㄹㅁ": "ㄻ",
    "ㄹㅂ": "ㄼ",
    "ㄹㅅ": "ㄽ",
    "ㄹㅌ": "ㄾ",
    "ㄹㅍ": "ㄿ",
    "ㄹㅎ": "ㅀ",
    "ㅂㅅ": "ㅄ",
}
_SPLIT_FINAL = {v: (k[0], k[1]) for k, v in _FINAL_PAIRS.items()}
_TYPED_TOGETHER = str.maketrans({v: k for k, v in _FINAL_PAIRS.items()})
"""On some phones two initials become one letter where no vowel precedes them: ㄳ, meant as ㄱㅅ."""
_KEYS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        strict=True,
    )
)
_TO_KEY = {v: k for k, v in _KEYS.items()}
_TO_KEY |= {v: _TO_KEY[k[0]] + _TO_KEY[k[1]] for k, v in {**_VOWEL_PAIRS, **_FINAL_PAIRS}.items()}
_KEY_TABLE = str.maketrans(_TO_KEY)

_JAMO_TABLE = {
    _BASE + i * 588 + v * 28 + f: INITIALS[i] + VOWELS[v] + FINALS[f]
    for i in range(19)
    for v in range(21)
    for f in range(28)
}
_INITIAL_TABLE = {code: letters[0] for code, letters in _JAMO_TABLE.items()}
_CONJOINING = (
    {0x1100 + i: c for i, c in enumerate(INITIALS)}
    | {0x1161 + i: c for i, c in enumerate(VOWELS)}
    | {0x11A7 + i: c for i, c in enumerate(FINALS) if c}
)
_SLANG = frozenset(
    [
        "ㅋㅋ",
        "ㅎㅎ",
        "ㅠㅠ",
        "ㅜㅜ",
        "ㄱㅅ",
        "ㅇㅋ",
        "ㅎㅇ",
        "ㅇㅇ",
        "ㄴㄴ",
        "ㄱㄱ",
        "ㅂㅂ",
        "ㅈㅅ",
        "ㅊㅋ",
        "ㄷㄷ",
        "ㅉㅉ",
    ]
)
_PLAIN = re.compile(r"[!-~가-힣]+(?: [!-~가-힣]+)*")
"""What is in normal form already: most of what is typed."""
_RUN = re.compile(r"[가-힣]?[ㄱ-ㅣ]+")
_LAUGH = re.compile(r"(.)\1+")
_LETTERS = re.compile(r"[^\W_]+")


def clean(text: str) -> str:
    """Return the Unicode normal form used throughout. Idempotent; NFD, full-width and NFC give the same."""
    if _PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", text)
    out = []
    for ch in text:
        code = ord(ch)
        if 0x3131 <= code <= 0x318E or _BASE <= code <= _LAST:
            out.append(ch)
            continue
        for part in unicodedata.normalize("NFKC", ch):
            kind = unicodedata.category(part)
            if kind in ("Cf", "Cs", "Co", "Cn") or 0xFE00 <= ord(part) <= 0xFE0F:
                continue
            out.append(" " if kind in ("Cc", "Zs", "Zl", "Zp") else part)
    text = "".join(out).translate(_CONJOINING)
    return re.sub(r" +", " ", unicodedata.normalize("NFC", text)).strip()


def compact(text: str) -> str:
    """Return the letters and digits of a text, in lower case: what is compared of a name however it is spaced."""
    return "".join(_LETTERS.findall(text.lower()))


def jamo(text: str) -> str:
    """Return the text with each syllable as its initial, vowel and final."""
    return text.translate(_JAMO_TABLE)


def syllable(initial: str, vowel: str, final: str = "") -> str:
    """Return the syllable of an initial, a vowel and a final, which may be empty."""
    return chr(_BASE + INITIALS.index(initial) * 588 + VOWELS.index(vowel) * 28 + FINALS.index(final))


def initials(text: str) -> str:
    """Return the initial consonants of syllables; other characters stay."""
    return text.translate(_INITIAL_TABLE)


def compose(text: str) -> str:
    """Compose loose jamo as a two-set input method would; runs of consonants stay as they are, one letter each."""
    return _RUN.sub(_composed, text)


def _composed(m: re.Match[str]) -> str:
    run = m[0]
    if not any(ch in VOWELS for ch in run[1 if _BASE <= ord(run[0]) <= _LAST else 0 :]):
        return run.translate(_TYPED_TOGETHER)
    if _LAUGH.fullmatch(run) or set(run) <= set("ㅠㅜ"):
        return run
    return _automaton(jamo(run))


def _automaton(letters: str) -> str:
    typed = _Typed()
    for ch in letters:
        if ch in VOWELS:
            typed.vowel(ch)
        else:
            typed.consonant(ch)
    typed.flush()
    return "".join(typed.out)


class _Typed:
    """A syllable while it is typed, and what was typed before it."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._initial = self._vowel = self._final = ""

    def flush(self) -> None:
        """End the syllable."""
        if self._initial and self._vowel:
            self.out.append(syllable(self._initial, self._vowel, self._final))
        else:
            self.out.append(self._initial + self._vowel + self._final)
        self._initial = self._vowel = self._final = ""

    def vowel(self, ch: str) -> None:
        """Take a vowel: it takes along the last consonant of a syllable that has one, and joins a vowel that it can."""
        if self._final:
            self._final, moved = _SPLIT_FINAL.get(self._final, ("", self._final))
            self.flush()
            self._initial, self._vowel = moved, ch
        elif self._vowel and self._vowel + ch in _VOWEL_PAIRS:
            self._vowel = _VOWEL_PAIRS[self._vowel + ch]
        else:
            if self._vowel or not self._initial:
                self.flush()
            self._vowel = ch

    def consonant(self, ch: str) -> None:
        """Take a consonant, or any other character: it ends a syllable, joins the end of one, or begins the next."""
        if self._initial and self._vowel and not self._final and ch in FINALS:
            self._final = ch
        elif self._final and self._final + ch in _FINAL_PAIRS:
            self._final = _FINAL_PAIRS[self._final + ch]
        else:
            self.flush()
            self._initial = ch if ch in INITIALS else ""
            if not self._initial:
                self.out.append(ch)


def has_hangul(text: str) -> bool:
    """Tell whether a text has any Hangul, syllables or single letters."""
    return any("가" <= ch <= "힣" or "ㄱ" <= ch <= "ㅣ" or "ᄀ" <= ch <= "ᇿ" for ch in text)


def has_initials(text: str) -> bool:
    """Tell whether a word holds initial consonants in place of syllables."""
    return bool(re.search(r"[ㄱ-ㅎ]", text)) and text not in _SLANG and not _LAUGH.fullmatch(text)


def from_qwerty(text: str) -> str:
    """Return Latin keys read as typed on a two-set Hangul keyboard."""
    return re.sub(r"[A-Za-z]+", lambda m: _automaton("".join(_KEYS.get(k) or _KEYS[k.lower()] for k in m[0])), text)


def to_qwerty(text: str) -> str:
    """Return Hangul as the Latin keys that type it."""
    return jamo(text).translate(_KEY_TABLE)


def looks_typed_as_hangul(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Tell whether a Latin run reads as complete syllables and is not a known word."""
    if len(text) < 2 or text.lower() in known:
        return False
    reading = from_qwerty(text)
    return all(_BASE <= ord(ch) <= _LAST for ch in reading)


_DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
_FINAL_LETTERS = frozenset("LMNR")


_BRACKETS = re.compile(r"(?:\s?\([^()]*\))+$")


def with_particle(word: str, pair: str) -> str:
    """Return a word with the right particle of a pair such as 은/는, by how it is read aloud, ignoring brackets."""
    first, second = pair.split("/")
    final = _final_of(_BRACKETS.sub("", word) or word)
    if first.startswith("으"):
        return word + (second if final in ("", "ㄹ") else first)
    return word + (first if final else second)


def _final_of(word: str) -> str:
    for ch in reversed(word):
        ch = _DIGITS.get(ch, ch)
        if _BASE <= ord(ch) <= _LAST:
            return str(FINALS[(ord(ch) - _BASE) % 28])
        if ch.isascii() and ch.isalpha():
            return {"L": "ㄹ", "R": "ㄹ", "M": "ㅁ", "N": "ㄴ"}.get(ch.upper(), "")
    return ""


PARTICLES = sorted(
    [
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "에",
        "에서",
        "에게",
        "한테",
        "로",
        "으로",
        "의",
        "도",
        "만",
        "까지",
        "부터",
        "이나",
        "나",
        "이랑",
        "랑",
        "하고",
        "과",
        "와",
        "보다",
        "처럼",
        "요",
        "이요",
        "예요",
        "이에요",
        "에요",
        "인가요",
        "입니까",
        "이야",
        "야",
        "입니다",
        "이라",
        "라",
        "이라고",
        "라고",
        "에서는",
        "에는",
        "에서도",
        "이라는",
        "라는",
        "인데",
        "은요",
        "는요",
        "이란",
        "란",
        "이죠",
        "죠",
    ],
    key=len,
    reverse=True,
)
_PARTICLES = frozenset(PARTICLES)
_LONGEST_PARTICLE = len(PARTICLES[0])


@lru_cache(maxsize=65536)
def strip_particle(token: str) -> str:
    """Return a word without its longest particle, if two syllables or more remain."""
    for size in range(min(_LONGEST_PARTICLE, len(token) - 2), 0, -1):
        if token[-size:] in _PARTICLES:
            return token[:-size]
    return token


def syllables(text: str) -> int:
    """Return the number of Hangul syllables."""
    return sum(_BASE <= ord(ch) <= _LAST for ch in text)
