"""Texts typed in the other keyboard layout: ckddnjseo → 창원대, ㅏㅑㅡㄴ → kims."""

import re
from collections.abc import Container
from dataclasses import dataclass

from bot import hangul

LATIN = re.compile(r"[A-Za-z]{2,}")
_PLAUSIBLE = 0.4
"""Share of letter pairs of a reading that must be known for it to be taken (2026-11-24)."""


@dataclass(frozen=True, slots=True)
class Layouts:
    """Decides by what a knowledge base knows which runs are in the wrong layout."""

    vocabulary: frozenset[str] = frozenset()
    """Pairs of letters that stand in its wordings."""
    latin: frozenset[str] = frozenset()
    """Words in Latin letters that stand in its wordings and names: never rewritten."""

    def rewrite(self, text: str, names: Container[str]) -> tuple[str, str]:
        """Return the text with runs in the wrong layout rewritten, and what those runs read; else "".

        `names`: keys of names in Latin letters, for Hangul that was meant as Latin.
        """
        text, found = self._to_hangul(text)
        words = []
        for word in text.split(" "):
            latin = self._as_latin(word, names)
            if latin:
                found.append(latin.upper())
            words.append(latin or word)
        return " ".join(words), " ".join(found)

    def _to_hangul(self, text: str) -> tuple[str, list[str]]:
        found: list[str] = []

        def read(m: re.Match[str]) -> str:
            run = m[0]
            if run.lower() in self.latin or not hangul.looks_typed_as_hangul(run, self.latin):
                return run
            found.append(hangul.from_qwerty(run))
            return found[-1]

        rewritten = LATIN.sub(read, text)
        return (rewritten, found) if self._plausible(found) else (text, [])

    def _plausible(self, readings: list[str]) -> bool:
        pairs = [w[i : i + 2] for w in readings for i in range(len(w) - 1)]
        if not self.vocabulary or not pairs:
            return True
        return sum(p in self.vocabulary for p in pairs) >= _PLAUSIBLE * len(pairs)

    def _as_latin(self, word: str, names: Container[str]) -> str:
        if not any("ㄱ" <= ch <= "ㅣ" for ch in word):
            return ""
        latin = hangul.to_qwerty(word).lower()
        return latin if latin.isascii() and latin.isalpha() and latin in names else ""
