"""Nobody stops the desk with one text: whatever is done to a text takes time in proportion to its length.

Judged over three doublings at once, in processor time, and only where the long text takes long at all: the square of a
length gives a ratio of 64, and a busy machine none of 12.
"""

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import bot
from bot import lengths as measured
from bot.channels.telegram import render
from bot.privacy.redact import Redactor, seen

SHORT, DOUBLINGS = 250, 3
MOST = 2.3**DOUBLINGS
"""How much longer a text of eight times the length may take."""
UNFELT = 0.02
"""Seconds of processor time that are not looked at."""
ATOMS = [
    *("a", "a.", "a@", "a a@", "@", "골뱅이", "1골뱅이", "골뱅이 점", "a골뱅이a.", "(at)", " at ", "adot", "dot "),
    *("1", "1 ", "1-", "1.", "1,", "0", "010", "010-", "900101", "900101 ", "2022-", "2022.04.25~", "20220425", "*"),
    *("이", "이 ", "공일", "공일공 ", "에", "다시", "1다시", "앞자리", "010은", "는 ", "이고요", "192.168.", "v1.1"),
    *(
        "가",
        "가나 ",
        "이름",
        "이름은 ",
        "이름은김",
        "집 주소는 ",
        "제 집 ",
        "가시 ",
        "가로 1길 ",
        "101동 ",
        "아파트",
        "12가",
    ),
    *(
        "공고 ",
        "과제번호",
        "과제번호 1-",
        "RS-2022-",
        "http://",
        "www.",
        "USD 1",
        "[",
        "]",
        "[전화번호]",
        "(",
        "\n",
        " ",
        "\n\n",
    ),
    *(
        ".)",
        "!)",
        "가.\n ",
        "\u0301\u0316",
        "\ufdfa",
        "\u200b",
        "😀\u200d",
        "ㅡ",
        "ᅳ",
        "ㅋ",
        "\u3164",
        "/",
        "<a>",
        "&",
    ),
]
ENDS = ["@", "!", "1", "가"]

ANCHORED = (
    "_DOMAIN",
    "_NAME",
    "_LOCAL",
    "_LOCAL_SPOKEN",
    "_HEAD",
    "_TAIL",
    "_SOMEBODYS",
    "_NO_NAME",
    "_BRACKETS",
    "_FORMS",
    "_LAUGHS",
)
"""Patterns that are tried at one place only."""
WORK: dict[str, Callable[[str], object]] = {
    "redact": Redactor().whole,
    "split": render.split,
    "parted": lambda text: measured.parted(text, 400),
    "shortened": lambda text: measured.shortened(text, 400),
}


def patterns() -> dict[str, re.Pattern[str]]:
    """Return every pattern that any module of the program keeps, each under a name of its own."""
    found: dict[re.Pattern[str], str] = {}
    for info in pkgutil.walk_packages(bot.__path__, "bot."):
        if not info.name.endswith("__main__"):
            module = importlib.import_module(info.name)
            for name, value in vars(module).items():
                for number, pattern in enumerate(_inside(value)):
                    found.setdefault(pattern, f"{info.name}.{name}" + (f"[{number}]" if number else ""))
    return {name: pattern for pattern, name in found.items()}


def _inside(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, Mapping):
        yield from (p for one in value.values() for p in _inside(one))
    elif isinstance(value, tuple | list | frozenset):
        yield from (p for one in value for p in _inside(one))


def compiled() -> int:
    """Return how many patterns the program's source makes at the beginning of a line, which is where modules keep them."""
    sources = (path.read_text(encoding="utf-8") for path in Path(bot.__path__[0]).rglob("*.py"))
    return sum(
        len(re.findall(r"^_?[A-Z][A-Z_]*(?:: [^=\n]+)? = re\.compile\(", source, re.MULTILINE)) for source in sources
    )


def took(work: Callable[[str], object], text: str) -> float:
    began = time.thread_time()
    work(text)
    return time.thread_time() - began


def slow(work: Callable[[str], object], size: int = SHORT) -> list[str]:
    """Return which texts take more than their length explains; `size`: of the short one."""
    found = []
    for number, atom in enumerate(ATOMS):
        for end in ("", ENDS[number % len(ENDS)]):
            short, long = ((atom * (n // len(atom) + 1))[:n] + end for n in (size, size << DOUBLINGS))
            if took(work, long) < UNFELT:
                continue
            ratio = min(took(work, long) for _ in range(3)) / min(took(work, short) for _ in range(3))
            if ratio > MOST:
                found.append(f"{atom!r}…{end!r}: {ratio:.0f} times for {1 << DOUBLINGS} times the length")
    return found


@pytest.mark.parametrize("name", WORK)
def test_what_is_done_to_a_text_is_linear(name: str) -> None:
    assert slow(WORK[name]) == []


def test_every_pattern_is_linear() -> None:
    """Each by itself, also where another would have hidden the text before its turn; 1,000 letters, for there are many
    patterns, of which a square is not felt yet but a cube is.
    """

    def use(name: str, pattern: re.Pattern[str]) -> Callable[[str], object]:
        if name.rpartition(".")[2].partition("[")[0] in ANCHORED:
            return lambda text: (pattern.match(text), pattern.fullmatch(text))
        return lambda text: pattern.sub("", text)

    found = {name: slow(use(name, pattern), SHORT // 2) for name, pattern in patterns().items()}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_every_pattern_is_found() -> None:
    assert len(patterns()) >= compiled() > 150


@pytest.mark.parametrize("text", ["골뱅이" * 20_000, "a" * 60_000 + "@", "\u0301\u0316" * 30_000, "\ufdfa" * 60_000])
def test_what_is_kept_of_a_text_is_cut_before_anything_is_done_to_it(text: str) -> None:
    assert min(took(Redactor(), text) for _ in range(3)) < 1.0
    assert len(Redactor()(text)) <= 4_096
    assert len(seen(text[:100])) <= 1_800
