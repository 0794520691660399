"""The desk's own sentences in one language, with their placeholders filled in."""

from bot.knowledge.base import KnowledgeBase


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
