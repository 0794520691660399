"""What the desk remembers of a conversation: little, and only for a short time."""

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from bot.knowledge.base import KnowledgeBase
from bot.words import Mention, Utterance, is_unlisted

LIFETIME = timedelta(minutes=10)
"""How long a conversation is remembered: whoever writes later has been elsewhere and starts over (2026-11-24)."""
TURNS = 3
"""A topic is forgotten after this many turns without any reference to it (2026-11-24)."""


@dataclass(frozen=True, slots=True)
class Context:
    """One user's conversation. A new one knows nothing."""

    frame: str = ""
    """What was answered last."""
    topic: str = ""
    members: tuple[str, ...] = ()
    """Names that were talked about, newest first, at most two."""
    question: Utterance | None = None
    """The last question that was answered or asked back about, as it was understood, with what it left out filled in."""
    choices: tuple[str, ...] = ()
    """Entries offered when the desk last asked back."""
    told: tuple[str, ...] = ()
    """Names of what was shown and is not said again in the same words: notices, and entries with others for that."""
    failed: int = 0
    """Consecutive turns without an answer."""
    language: str = ""
    """In which it was answered last."""
    at: datetime | None = None
    idle: int = 0
    """Turns since anything was answered."""
    unnamed: int = 0
    """Turns since one of the names was talked about."""
    taken: bool = False
    """Whether one of the choices was chosen: a number still chooses another, but nothing else leans on them."""
    asked: bool = False
    """Whether the desk asked back, and neither a choice nor an answer came of it yet."""

    def live(self, now: datetime) -> "Context":
        """Return the context if it is still fresh, else a new one; a topic is forgotten sooner than the conversation."""
        if self.at is None or now - self.at > LIFETIME:
            return Context()
        return self if self.idle < TURNS else Context(told=self.told, language=self.language, at=self.at)

    def within(self, base: KnowledgeBase) -> "Context":
        """Return the part of the context that a knowledge base still knows: it may differ from the one that left it."""
        known = base.terms.keys()
        asked, offered = self.question, [e.id for c in self.choices if (e := base.entry(c))]
        return replace(
            self,
            members=tuple(m for m in self.members if m in known),
            question=asked if asked and all(m.term in known for m in asked.mentions if _listed(m)) else None,
            choices=tuple(offered) if len(offered) == len(self.choices) else (),
        )

    def remembered(self, named: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
        """Return the names to remember after a turn that was about `named`, and their age in turns."""
        if named:
            return tuple(dict.fromkeys([*named, *self.members]))[:2], 0
        age = self.unnamed + 1
        return (self.members, age) if age < TURNS else ((), 0)

    def unused(self, now: datetime) -> "Context":
        """Return the context after a turn that had nothing to do with it."""
        return replace(self, idle=self.idle + 1, at=now, choices=(), asked=False, taken=False)

    def dump(self) -> str:
        """Return the context as JSON that `load` reads."""
        data: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(self, name))}
        if self.question is not None:
            found = _fields(self.question)
            mentions = {name: [_fields(m) for m in found[name]] for name in ("mentions", "doubtful")}
            data["question"] = found | mentions
        if self.at is not None:
            data["at"] = self.at.isoformat()
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> "Context":
        """Return the context that `dump` wrote; a new one where another version of the program wrote it."""
        try:
            data = json.loads(text)
            question = data.get("question")
            if question:
                for name in ("mentions", "doubtful"):
                    question[name] = tuple(Mention(**m) for m in question[name])
                for name in ("corrected", "others"):
                    question[name] = tuple(question.get(name, ()))
                data["question"] = Utterance(**question)
            for name in ("members", "choices", "told"):
                data[name] = tuple(data.get(name, ()))
            data["at"] = datetime.fromisoformat(data["at"]) if data.get("at") else None
            return cls(**data)
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()


def _listed(mention: Mention) -> bool:
    """Tell whether a name is in a list, and not only known by a pattern."""
    return not is_unlisted(mention.term)


def _fields(value: Utterance | Mention) -> dict[str, Any]:
    """Return the fields of a value as they are: `asdict` copies them deeply, which costs more than an answer."""
    return {name: getattr(value, name) for name in _NAMES[type(value)]}


_NAMES = {kind: tuple(f.name for f in fields(kind)) for kind in (Utterance, Mention)}
_PLAIN = tuple(f.name for f in fields(Context) if f.name not in ("question", "at"))
