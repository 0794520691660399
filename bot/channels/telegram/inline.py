"""Inline mode: an answer dropped into any chat. Nothing of it is stored."""

from datetime import UTC, datetime
from typing import Any

from bot.caches import LRUCache
from bot.channels.telegram.buttons import code_of
from bot.channels.telegram.render import messages
from bot.desk.compose import question_of
from bot.desk.front import Front
from bot.desk.language import of_person
from bot.lengths import cut
from bot.words import Outcome

MOST = 10
"""Results shown; Telegram takes 50."""
CACHE_SECONDS = 60
_LONGEST = 256
"""Characters of an inline query. Source: Bot API, InlineQuery."""
_KEPT = 512


class Inline:
    """Finds answers for inline queries with the desk's own matcher; remembers them for one version and as long as they hold."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self._found: LRUCache[list[dict[str, Any]]] = LRUCache(_KEPT)

    def results(self, text: str, language_code: str) -> list[dict[str, Any]]:
        """Return at most `MOST` results for what was typed, best first."""
        text = text.strip()[:_LONGEST]
        language = of_person(language_code, text, self.front.base)
        now = datetime.now(UTC)
        key = self.front.generation, language, self.front.desk.composer.moment(now), text
        return self._found.get(key, lambda: self._search(text, language, now))

    def _search(self, text: str, language: str, now: datetime) -> list[dict[str, Any]]:
        desk = self.front.desk
        found = []
        for entry in (m.entry for m in desk.search(text, MOST) if not m.entry.for_staff):
            reply = desk.composer.answer(Outcome.ANSWER, [entry], now, language=language)
            title = question_of(entry, language)
            content = messages(reply, title)[0]
            found.append(
                {
                    "type": "article",
                    "id": code_of(entry.id),
                    "title": cut(title, 120),
                    "description": cut(reply.body, 120),
                    "input_message_content": {"message_text": content, "parse_mode": "HTML"},
                }
            )
        return found
