"""The desk's own sentences in one language, with their placeholders filled in."""

from bot.hangul import clean
from bot.knowledge.base import KnowledgeBase
from bot.matching.squeeze import letters_of

LANGUAGES = ("ko", "en")


class Say:
    """Says lines of `knowledge/replies`."""

    def __init__(self, base: KnowledgeBase, language: str) -> None:
        self.base, self.language = base, language

    def __call__(self, line: str, /, **values: object) -> str:
        """Return a sentence with its `{placeholders}` filled in."""
        text = self.base.reply(line, self.language)
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", str(value))
        return text


def typed(base: KnowledgeBase, line: str, text: str) -> bool:
    """Tell whether somebody typed a line of the desk's instead of tapping it, in either language, spaces left aside."""
    letters = _letters(text)
    return any(letters == _letters(base.reply(line, language)) for language in LANGUAGES)


def _letters(text: str) -> str:
    return letters_of(clean(text).lower())
