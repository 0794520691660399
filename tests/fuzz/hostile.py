"""Hostile texts: all of Unicode, every script's troubles, and bytes that are no text at all."""

import random
import sys
import unicodedata
from collections.abc import Callable

LONGEST = 2000  # letters, or bytes where there are no letters
SURROGATES = range(0xD800, 0xE000)

Maker = Callable[[random.Random], str | bytes]


def text(seed: int, number: int) -> tuple[str, bytes]:
    """Return one of a seed's texts and its kind."""
    rng = random.Random(f"{seed}:{number}")
    kind = rng.choices(list(KINDS), [share for _, share in KINDS.values()])[0]
    made = KINDS[kind][0](rng)
    return kind, made.encode() if isinstance(made, str) else made


def nfkc(raw: bytes) -> bytes:
    """Return a text brought to NFKC, as valid UTF-8 without NUL and no longer than the longest."""
    normal = unicodedata.normalize("NFKC", raw.decode(errors="replace")).replace("\0", " ")
    return normal[:LONGEST].encode()


def _letters(*blocks: tuple[int, int]) -> list[str]:
    return [chr(code) for first, last in blocks for code in range(first, last + 1)]


UNICODE = [chr(code) for code in range(sys.maxunicode + 1) if code not in SURROGATES]
HANGUL = _letters((0xAC00, 0xD7A3))
JAMO = _letters((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xD7B0, 0xD7FF), (0xFFA0, 0xFFDF))
MARKS = [letter for letter in UNICODE if unicodedata.category(letter)[0] == "M"]
BASES = [*HANGUL[::999], "a", "ᄀ", "ا", "😀"]
PICTURES = [*"😀👩👨👧🧑🏳🏴❤☠🚀🦰#1", *_letters((0x1F1E6, 0x1F1FF), (0xE0061, 0xE007F))]
JOINERS = ["\u200d", "\u200d", "", "\ufe0f", "\u20e3", *_letters((0x1F3FB, 0x1F3FF))]
TURNS = [*"\u061c\u200e\u200f", *_letters((0x202A, 0x202E), (0x2066, 0x2069))]
LEFTWARD = _letters((0x590, 0x8FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFF), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF))
PRIVATE = _letters((0xE000, 0xF8FF), (0xF0000, 0xF0FFF), (0x10FF00, 0x10FFFF))
SPACES = [*filter(str.isspace, UNICODE), "▁", "\u200b", "\ufeff", "\u2060", "\u3164"]
CONTROLS = [*_letters((0, 31), (127, 160), (0x200B, 0x200F), (0xFFF0, 0xFFFF)), "\xad"]
GROWING = sorted(UNICODE, key=lambda letter: -len(unicodedata.normalize("NFKC", letter)))[:40]
NAMES = ["<s>", "</s>", "<pad>", "<unk>", "<mask>", "▁", "query: ", "passage: ", "%s", "\\0"]
WORDS = ["가 ", "의 ", "신청 ", "a ", "the ", "? ", "1 ", "ㅋ", "😀 ", "あ "]
LEADS = b"\x41\x80\xbf\xc0\xc1\xdf\xe0\xed\xef\xf0\xf4\xf5\xf7\xff"
POOLS = (UNICODE, HANGUL, JAMO, MARKS, PICTURES, JOINERS, TURNS, LEFTWARD, PRIVATE, SPACES, CONTROLS, NAMES)


def _length(rng: random.Random) -> int:
    return rng.randrange(rng.choice((3, 40, 40, 200, LONGEST + 1)))


def _of(*pools: list[str]) -> Maker:
    """Return a maker of texts from these pools, each as often as the others."""
    return lambda rng: "".join(rng.choice(rng.choice(pools)) for _ in range(_length(rng)))[:LONGEST]


def _decomposed(rng: random.Random) -> str:
    return unicodedata.normalize("NFD", "".join(rng.choices(HANGUL, k=_length(rng))))[:LONGEST]


def _marked(rng: random.Random) -> str:
    most = rng.choice((2, 5, 30, 500))
    made = (rng.choice(BASES) + "".join(rng.choices(MARKS, k=rng.randrange(most))) for _ in range(_length(rng)))
    return "".join(made)[:LONGEST]


def _repeated(rng: random.Random) -> str:
    pool = rng.choice(POOLS)
    return ("".join(rng.choices(pool, k=rng.randrange(1, 5))) * LONGEST)[: _length(rng)]


def _growing(rng: random.Random) -> str:
    return "".join(rng.choices(rng.sample(GROWING, k=rng.randrange(1, 4)), k=_length(rng)))


def _near_full(rng: random.Random) -> str:
    """Return about as many tokens as fill one, two or three windows of the network."""
    return (rng.choice(WORDS) * (rng.choice((1, 1, 2, 3)) * 510 - rng.randrange(12)))[: 2 * LONGEST]


def _leads(rng: random.Random) -> bytes:
    return bytes(rng.choices(LEADS, k=_length(rng)))


def _broken(rng: random.Random) -> bytes:
    made = bytearray(_of(*POOLS)(rng), "utf-8")  # type: ignore[arg-type]
    for _ in range(rng.randrange(9) if made else 0):
        made[rng.randrange(len(made))] = rng.randrange(256)
    return bytes(made[: rng.randrange(len(made) + 1)])


def _surrogates(rng: random.Random) -> bytes:
    made = "".join(rng.choices([*map(chr, SURROGATES), *HANGUL], k=_length(rng)))
    return made.encode("utf-8", "surrogatepass")


KINDS: dict[str, tuple[Maker, int]] = {
    "all of Unicode": (_of(UNICODE), 20),
    "Hangul": (_of(HANGUL), 6),
    "loose jamo": (_of(JAMO), 6),
    "decomposed Hangul": (_decomposed, 5),
    "combining marks": (_marked, 6),
    "emoji sequences": (_of(PICTURES, JOINERS), 6),
    "right to left": (_of(LEFTWARD, LEFTWARD, LEFTWARD, TURNS), 6),
    "private use": (_of(PRIVATE), 3),
    "spaces": (_of(SPACES), 3),
    "controls": (_of(CONTROLS, CONTROLS, HANGUL), 3),
    "repeated": (_repeated, 10),
    "growing under NFKC": (_growing, 1),
    "near 512 tokens": (_near_full, 4),
    "mixed": (_of(*POOLS), 8),
    "any bytes": (lambda rng: rng.randbytes(_length(rng)), 4),
    "leading bytes": (_leads, 3),
    "broken UTF-8": (_broken, 5),
    "surrogates": (_surrogates, 1),
}
