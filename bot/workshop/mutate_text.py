"""Mutations: a question as people type it in haste, on a phone, in another style. Deterministic by seed.

Typing errors are made on the keys of a two-set keyboard, not on letters: what comes out is what a wrong
key leaves behind. One text and one kind give one mutation, or none where the kind does not apply.
"""

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot import hangul
from bot.workshop import mutate_style as style

Change = Callable[[str, random.Random], str]

_HANGUL = re.compile(r"[가-힣]+")
_LATIN = re.compile(r"\b[a-z]{5,}\b")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SOUNDS = ("ㅐㅔ", "ㅒㅖㅔ", "ㅗㅓ", "ㅚㅙㅞ", "ㅡㅓ", "ㅟㅣ", "ㅢㅣ", "ㅕㅓ", "ㅛㅗ", "ㅠㅜ")
"""Vowels that people confuse."""
_PARTICLES = (("은", "는"), ("이", "가"), ("을", "를"), ("도", "도"))
_FINAL_PARTICLES = (("이요", "요"), ("은요", "는요"), ("은", "는"), (" 좀", " 좀"))
_BARE = re.compile(r"(?:은|는|이|가|을|를|의)$")
_TRIMMINGS = ("??", "ㅠㅠ", "ㅋㅋ", "!!", "...", " ~", "😀", "ㅎㅎ")
_LONGEST_INITIALS = 8
"""Up to this many syllables people type initial consonants alone."""


def _neighbours() -> dict[str, str]:
    near: dict[str, str] = {}
    for y, row in enumerate(_ROWS):
        for x, key in enumerate(row):
            side = row[max(x - 1, 0) : x] + row[x + 1 : x + 2]
            below = _ROWS[y + 1][max(x - 1, 0) : x + 1] if y < 2 else ""
            above = _ROWS[y - 1][x : x + 2] if y else ""
            near[key] = side + below + above
    return near


_NEAR = _neighbours()


def _content(text: str) -> list[re.Match[str]]:
    """Return the words whose letters may go wrong: Hangul of two syllables or more, else longer Latin words."""
    words = [m for m in _HANGUL.finditer(text) if len(m[0]) >= 2]
    return words or list(_LATIN.finditer(text))


def _on_keys(change: Callable[[list[str], int, random.Random], None]) -> Change:
    """Return the change of one key of one word."""

    def mutate(text: str, rng: random.Random) -> str:
        words = _content(text)
        if not words:
            return ""
        m = rng.choice(words)
        korean = m[0][0] > "z"
        keys = list(hangul.to_qwerty(m[0]) if korean else m[0])
        change(keys, rng.randrange(len(keys)), rng)
        typed = "".join(keys)
        return text[: m.start()] + (hangul.from_qwerty(typed) if korean else typed) + text[m.end() :]

    return mutate


def _neighbour(keys: list[str], i: int, rng: random.Random) -> None:
    keys[i] = rng.choice(_NEAR[keys[i].lower()])


def _double(keys: list[str], i: int, _: random.Random) -> None:
    keys.insert(i, keys[i])


def _drop(keys: list[str], i: int, _: random.Random) -> None:
    del keys[i]


def _swap(keys: list[str], i: int, _: random.Random) -> None:
    j = i + 1 if i + 1 < len(keys) else i - 1
    keys[i], keys[j] = keys[j], keys[i]


def _syllable(change: Callable[[str, str, str, random.Random], str]) -> Change:
    """Return the change of one syllable of one word, given its initial, vowel and final."""

    def mutate(text: str, rng: random.Random) -> str:
        places = [m.start() + i for m in _HANGUL.finditer(text) if len(m[0]) >= 2 for i in range(len(m[0]))]
        rng.shuffle(places)
        for i in places:
            parts = hangul.jamo(text[i])
            wrong = change(parts[0], parts[1], parts[2:], rng)
            if wrong:
                return text[:i] + wrong + text[i + 1 :]
        return ""

    return mutate


def _jamo(initial: str, vowel: str, final: str, rng: random.Random) -> str:
    place = rng.choice("ivf" if final else "iv")
    if place == "i":
        initial = rng.choice(hangul.INITIALS.replace(initial, ""))
    elif place == "v":
        vowel = rng.choice(hangul.VOWELS.replace(vowel, ""))
    else:
        final = rng.choice([f for f in hangul.FINALS if f != final])
    return hangul.syllable(initial, vowel, final)


def _sound(initial: str, vowel: str, final: str, rng: random.Random) -> str:
    others = sorted({v for group in _SOUNDS if vowel in group for v in group} - {vowel})
    return hangul.syllable(initial, rng.choice(others), final) if others else ""


def _swap_syllables(text: str, rng: random.Random) -> str:
    words = [m for m in _HANGUL.finditer(text) if len(m[0]) >= 3]
    if not words:
        return ""
    m = rng.choice(words)
    i = m.start() + rng.randrange(len(m[0]) - 1)
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def _respaced(text: str, rng: random.Random) -> str:
    if not hangul.has_hangul(text):
        return ""
    out = []
    for i, ch in enumerate(text):
        if ch == " " and rng.random() < 0.5:
            continue
        out.append(ch)
        if ch != " " and text[i + 1 : i + 2] not in ("", " ") and hangul.syllables(ch) and rng.random() < 0.2:
            out.append(" ")
    return "".join(out)


def _particle(text: str, rng: random.Random) -> str:
    """Give a word another particle; the last word one, where it is a noun without any."""
    words = []
    for m in re.finditer(r"[가-힣]{3,}(?=[ ?!.]|$)", text):
        stem = _BARE.sub("", m[0])
        if stem != m[0] and hangul.strip_particle(m[0]) == stem and not style.is_predicate(stem):
            words.append((m, stem))
    last = re.search(r"[가-힣]{2,}$", text)
    if last and not style.is_predicate(last[0]) and hangul.strip_particle(last[0]) == last[0]:
        words.append((last, last[0]))
    if not words:
        return ""
    m, stem = rng.choice(words)
    after, bare = rng.choice(_FINAL_PARTICLES if m is last else _PARTICLES)
    ending = after if hangul.jamo(stem[-1])[2:] else bare
    return text[: m.start()] + stem + ending + text[m.end() :]


def _layout_word(text: str, rng: random.Random) -> str:
    words = [m for m in _HANGUL.finditer(text) if len(m[0]) >= 2]
    if not words:
        return ""
    m = rng.choice(words)
    return text[: m.start()] + hangul.to_qwerty(m[0]) + text[m.end() :]


def _layout(text: str, _: random.Random) -> str:
    return hangul.to_qwerty(text) if hangul.has_hangul(text) else hangul.from_qwerty(text)


def _joined(text: str, _: random.Random) -> str:
    return text.replace(" ", "") if hangul.has_hangul(text) else ""


def _spelt(text: str, _: random.Random) -> str:
    return " ".join(text.replace(" ", "")) if hangul.has_hangul(text) else ""


def _initials(text: str, _: random.Random) -> str:
    letters = re.sub(r"[\s?!.,]", "", text)
    korean = hangul.syllables(letters) == len(letters)
    return hangul.initials(letters) if korean and 2 <= len(letters) <= _LONGEST_INITIALS else ""


def _full_width(text: str, _: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mutation. `offered`: it must not be answered, only offered."""

    id: str
    name: str
    change: Change
    offered: bool = False


_BEFORE = (
    "안녕하십니까. {}",
    "안녕하세요. {}",
    "안녕하세요, {}",
    "저기 죄송한데 {}",
    "고생 많으십니다. {}",
    "수고하십니다. {}",
)
_AFTER = (
    "{} 감사합니다",
    "{} 감사합니다.",
    "{} 수고하세요",
    "{} 빠른 답변 바랍니다",
    "{} 부탁드립니다",
    "제가 작은 회사를 하고 있는데요, {}",
)
POLITE = (*_BEFORE, *_AFTER)
"""What people put around a question; it changes nothing about it (review of 2026-11-29)."""


def _politely(text: str, rng: random.Random) -> str:
    return rng.choice(POLITE).format(text) if hangul.has_hangul(text) else ""


KINDS: tuple[Kind, ...] = (
    Kind("jamo", "틀린 자모", _syllable(_jamo)),
    Kind("sound", "헷갈리는 모음", _syllable(_sound)),
    Kind("key", "이웃 키", _on_keys(_neighbour)),
    Kind("double", "겹친 키", _on_keys(_double)),
    Kind("drop", "빠진 키", _on_keys(_drop)),
    Kind("swap", "바뀐 키 순서", _on_keys(_swap)),
    Kind("syllables", "바뀐 글자 순서", _swap_syllables),
    Kind("no-space", "모두 붙여 씀", _joined),
    Kind("all-space", "글자마다 띄움", _spelt),
    Kind("spacing", "제멋대로 띄움", _respaced),
    Kind("particle", "다른 조사", _particle),
    Kind("layout", "영문 자판", _layout),
    Kind("layout-word", "한 낱말만 영문 자판", _layout_word),
    Kind("initials", "초성만", _initials, offered=True),
    Kind("loose", "풀어 쓴 자모", lambda text, _: hangul.jamo(text) if hangul.has_hangul(text) else ""),
    Kind("nfd", "NFD", lambda text, _: unicodedata.normalize("NFD", text)),
    Kind("full-width", "전각", _full_width),
    Kind("trimmings", "덧붙인 기호", lambda text, rng: text + rng.choice(_TRIMMINGS)),
    Kind("formal", "합쇼체", style.formal),
    Kind("polite", "해요체", style.polite),
    Kind("casual", "반말", style.casual),
    Kind("terse", "음슴체", style.terse),
    Kind("fragment", "조사 없는 토막말", style.fragment),
    Kind("politeness", "인사와 맺음말", _politely),
)


def mutate(text: str, kind: Kind, seed: int) -> str:
    """Return the mutation of a text; empty where the kind does not apply or changes nothing."""
    changed = kind.change(text, random.Random(f"{seed}:{kind.id}:{text}"))
    return "" if changed == text else changed
