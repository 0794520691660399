"""The desk's own sentences in one language, with their placeholders filled in."""

from functools import lru_cache

from bot.hangul import clean, compact
from bot.knowledge.base import KnowledgeBase

_LONGEST_TYPED = 30
"""Up to this many characters a message may be the label of a button."""


class Say:
    """Says the desk's own sentences: those of `bot/locale`, or the folder's own."""

    def __init__(self, base: KnowledgeBase, language: str) -> None:
        self.base, self.language = base, language

    def __call__(self, line: str, /, **values: object) -> str:
        """Return a sentence with its `{placeholders}` filled in."""
        text = self.base.reply(line, self.language)
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", str(value))
        return text


def typed(base: KnowledgeBase, line: str, text: str) -> bool:
    """Tell whether somebody typed a line of the desk's instead of tapping it, in any language, spaces left aside."""
    if len(text) > _LONGEST_TYPED:
        return False
    letters = _letters(text)
    return any(letters == _letters_said(base.reply(line, language)) for language in base.replies)


def _letters(text: str) -> str:
    return compact(clean(text))


_letters_said = lru_cache(maxsize=100)(_letters)
