"""Languages: the one module that names one, and the one rule for a text that is missing in the one that is wanted.

What the desk says of its own accord stands in `bot/locale/<code>.yaml`; any other language comes from such a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

KOREAN: Final = "ko"
ENGLISH: Final = "en"
Written = Literal["ko", "en"]
"""A language that knowledge may be written in: one whose questions the matcher can read (`knowledge/general`)."""
WRITTEN: tuple[str, ...] = get_args(Written)
USUAL = (KOREAN, ENGLISH)
"""What a desk speaks where nobody says."""


def order(language: str) -> tuple[str, ...]:
    """Return the languages in which to look for a text, best first: the one wanted, English, Korean."""
    return tuple(dict.fromkeys((language, ENGLISH, KOREAN)))


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or more languages. Without any it is false."""

    said: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Text":
        """Return a text by language; an empty one is none."""
        return cls(tuple((language, text) for language, text in texts.items() if text)) if texts else NO_TEXT

    def __bool__(self) -> bool:
        return bool(self.said)

    def exactly(self, language: str) -> str:
        """Return what it says in a language; empty where it is not in that one."""
        return next((text for code, text in self.said if code == language), "")

    def nearest(self, language: str) -> str:
        """Return the language in which it is told to whoever wants `language`: see `order`; empty where it is in none."""
        codes = [code for code, _ in self.said]
        return next((code for code in (*order(language), *codes) if code in codes), "")

    def in_(self, language: str) -> str:
        """Return what it says to whoever wants a language."""
        return self.exactly(self.nearest(language))

    def beside(self, language: str, text: str) -> "Text":
        """Return it with what it says in one more language, which goes first."""
        return Text(((language, text), *self.said))

    def all(self) -> tuple[str, ...]:
        """Return what it says, in each language."""
        return tuple(text for _, text in self.said)


NO_TEXT = Text()


def translated(language: str, text: str, english: str | None) -> Text:
    """Return a text that is written in a language, with its English where it has one."""
    return Text.of({language: text, **({ENGLISH: english} if english else {})})
