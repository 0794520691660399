"""One truth about a value: what the directory calls unconfirmed is so in every answer that says it. Pure."""

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

    def doubted(self, entry: Entry, body: str) -> str:
        """Return the names of what an answer says of its own subject and no official source confirms; empty where there is nothing."""
        terms = [entry.member] if entry.member else list(self._doubted)
        names = dict.fromkeys(name for term in terms for value, name in self._doubted.get(term, ()) if value in body)
        return ", ".join(names)
