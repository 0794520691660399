"""What the desk remembers of a conversation: little, and not for long."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.words import Utterance

LIFETIME = timedelta(minutes=10)
TURNS = 3
"""Turns without any reference to it after which a topic is forgotten."""


@dataclass(frozen=True, slots=True)
class Context:
    """One user's conversation. A new one knows nothing."""

    frame: str = ""
    """What was answered last."""
    topic: str = ""
    members: tuple[str, ...] = ()
    """Names that were talked about, newest first, at most two."""
    question: Utterance | None = None
    """The last question as it was understood, with what it left out filled in."""
    choices: tuple[str, ...] = ()
    """Entries offered when the desk last asked back."""
    at: datetime | None = None
    idle: int = 0
    """Turns since anything was answered."""
    unnamed: int = 0
    """Turns since one of the names was talked about."""

    def live(self, now: datetime) -> "Context":
        """Return the context if it is still fresh, else a new one."""
        if self.at is None or now - self.at > LIFETIME or self.idle >= TURNS:
            return Context()
        return self

    def remembered(self, named: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
        """Return the names to remember after a turn that was about `named`, and their age in turns."""
        if named:
            return tuple(dict.fromkeys([*named, *self.members]))[:2], 0
        age = self.unnamed + 1
        return (self.members, age) if age < TURNS else ((), 0)

    def unused(self, now: datetime) -> "Context":
        """Return the context after a turn that had nothing to do with it."""
        return replace(self, idle=self.idle + 1, at=now, choices=())
