"""A text without spaces and punctuation that still knows where its words began.

Korean spacing cannot be trusted in either direction, so terms are looked for in the squeezed text;
where a word begins still matters for short names, and is trusted only when the spacing looks sane.
"""

import re
from dataclasses import dataclass
from operator import add

_RUN = re.compile(r"[^\W_]+")
_MARKS = "&·.-/'’"
"""Marks that join two runs into one word: R&D, 산·학·연, 1661-1357."""
_JOINING = frozenset(_MARKS)
_WORD = re.compile(rf"[^\W_]+(?:[{re.escape(_MARKS)}][^\W_]+)*")
_WITHOUT_MARKS = str.maketrans("", "", _MARKS)
_LONGEST_SANE = 8
"""Syllables: a longer word is taken to be several that are written together (2026-11-24)."""


@dataclass(frozen=True, slots=True)
class Squeezed:
    """`text[i]` is the character at `origin[i]` of the normal form."""

    text: str
    origin: tuple[int, ...]
    words: tuple[tuple[int, int], ...]
    """Start and end of each word in `text`."""
    spaced: bool
    """Whether the spaces of the input say where words begin."""
    heads: frozenset[str]
    """Each letter of the text, and each two that stand together: what a name in it can begin with."""

    def starts(self) -> frozenset[int]:
        """Return the positions at which a word begins."""
        return frozenset(start for start, _ in self.words)

    def word_of(self, position: int) -> tuple[int, int]:
        """Return the word that covers a position."""
        for word in self.words:
            if word[0] <= position < word[1]:
                return word
        return position, position + 1


def squeeze(normal: str) -> Squeezed:
    """Return the squeezed form of a text in normal form."""
    kept: list[str] = []
    origin: list[int] = []
    words: list[tuple[int, int]] = []
    begin = size = 0
    last = -1
    for m in _RUN.finditer(normal):
        start, end = m.span()
        joined = start - last == 1 and last >= 0 and normal[last] in _JOINING
        if size > begin and not joined:
            words.append((begin, size))
            begin = size
        kept.append(m[0])
        origin.extend(range(start, end))
        size += end - start
        last = end
    if size > begin:
        words.append((begin, size))
    text = "".join(kept)
    heads = frozenset(map(add, text, text[1:])).union(text)
    return Squeezed(text, tuple(origin), tuple(words), _is_spaced(words), heads)


def words_in(normal: str) -> list[str]:
    """Return the words of the squeezed form alone, in order, which takes a fraction of the time."""
    return [word.translate(_WITHOUT_MARKS) for word in _WORD.findall(normal)]


def vocabulary(normal: str) -> frozenset[str]:
    """Return the distinct words of the squeezed form."""
    return frozenset(word.translate(_WITHOUT_MARKS) for word in set(_WORD.findall(normal)))


def _is_spaced(words: list[tuple[int, int]]) -> bool:
    lengths = [end - start for start, end in words]
    if not lengths:
        return True
    if len(lengths) >= 4 and lengths.count(1) > 0.6 * len(lengths):
        return False
    return max(lengths) <= _LONGEST_SANE or len(lengths) >= 4
