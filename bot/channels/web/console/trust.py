"""One truth about a value: what the directory calls unconfirmed is so in every answer that says it. Pure."""

from dataclasses import replace

from bot.channels.web.console.standing import Standing
from bot.knowledge.base import KnowledgeBase
from bot.words import Entry

_SHORTEST = 5
"""Letters of a value that is recognised in an answer: shorter ones stand there by chance."""


class Trust:
    """Knows which values no official source confirms."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self._doubted = {
            term: [
                (f.value, base.fact_names.get(f.key, f.key)) for f in facts if f.verify and len(f.value) >= _SHORTEST
            ]
            for term, facts in base.facts.items()
        }

    def of(self, entry: Entry, body: str, fresh: Standing) -> Standing:
        """Return how far an answer can be relied on, what it says of its own subject considered.

        An answer that is no longer to be relied on at all stays so.
        """
        terms = [entry.member] if entry.member else list(self._doubted)
        names = dict.fromkeys(name for term in terms for value, name in self._doubted.get(term, ()) if value in body)
        if not names or fresh.state == "expired":
            return fresh
        return replace(fresh, state="verify", doubted=", ".join(names))
