"""A text without spaces and punctuation that still knows where its words began.

Korean spacing cannot be trusted in either direction, so terms are looked for in the squeezed text;
where a word begins still matters for short names, and is trusted only when the spacing looks sane.
"""

from dataclasses import dataclass

_LONGEST_SANE = 8
"""Syllables: a longer word is taken to be several that are written together."""


@dataclass(frozen=True, slots=True)
class Squeezed:
    """`text[i]` is the character at `origin[i]` of the normal form."""

    text: str
    origin: tuple[int, ...]
    words: tuple[tuple[int, int], ...]
    """Start and end of each word in `text`."""
    spaced: bool
    """Whether the spaces of the input say where words begin."""

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
    begin = 0
    for i, ch in enumerate(normal):
        if ch.isalnum():
            kept.append(ch)
            origin.append(i)
        elif not (ch in "&·.-/'’" and _inside(normal, i)) and len(kept) > begin:
            words.append((begin, len(kept)))
            begin = len(kept)
    if len(kept) > begin:
        words.append((begin, len(kept)))
    return Squeezed("".join(kept), tuple(origin), tuple(words), _is_spaced(words))


def _inside(text: str, i: int) -> bool:
    """Tell whether a mark joins two letters, as in R&D, 산·학·연, 1661-1357."""
    return 0 < i < len(text) - 1 and text[i - 1].isalnum() and text[i + 1].isalnum()


def _is_spaced(words: list[tuple[int, int]]) -> bool:
    lengths = [end - start for start, end in words]
    if not lengths:
        return True
    if len(lengths) >= 4 and sum(n == 1 for n in lengths) > 0.6 * len(lengths):
        return False
    return max(lengths) <= _LONGEST_SANE or len(lengths) >= 4
