"""What somebody sent, in no platform's format. Pure.

A tap comes back with what was put behind the button: {"entry": id} a choice, {"fb": "up"|"down", "x": exchange}
feedback, {"fb": "down", "x": exchange, "why": reason} why it was down, {"none": exchange} none of the choices, {"menu": "SECTION/ITEM/FROM"} a
place in the menu ("": its top), {"person": "1"} a person, {"forget": "yes"|"no"} whether all that is kept is to be deleted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from typing import Any, Literal

from bot.languages import KOREAN

BUCKET = 2
"""Seconds within which the same message from the same user is the same request."""
REASONS = ("wrong", "old", "hard", "other")
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadRequest(ValueError):  # noqa: N818 - named after the HTTP answer that it leads to
    """What came in is not a request of the platform; the message says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """One request. Fields that were missing are empty; `None` where empty has a meaning of its own."""

    user: str
    """The platform's key for the person; to be made pseudonymous before it is stored."""
    text: str
    entry: str = ""
    verdict: Literal["", "up", "down"] = ""
    exchange: str = ""
    """The exchange that the verdict is on."""
    reason: str = ""
    """Why the verdict is down: wrong, old, hard, other."""
    none_of: str | None = None
    """The exchange whose choices did not fit."""
    menu: str | None = None
    """A place in the menu, `SECTION/ITEM/FROM`; empty: its top."""
    person: bool = False
    forget: Literal["", "yes", "no"] = ""
    language: str = KOREAN
    """What the platform says, or the button that was tapped; empty where neither does."""
    chosen: bool = False
    """Whether the language is that of a button: it goes before its words."""
    bot: str = ""
    """The operator's bot that it was sent to, where the platform says so."""
    tester: bool = False
    """Sent from the platform's tester: to be left out of statistics."""
    silent: bool = False
    """Nothing is to be said to it."""
    unreadable: bool = False
    """A picture or the like."""
    extra: str = "{}"
    """The whole of what was behind the button, as a string."""

    @property
    def tap(self) -> str:
        """What was tapped that is not a question: menu, forget, person, fb, none; empty for a question."""
        if self.menu is not None:
            return "menu"
        if self.forget:
            return "forget"
        return "person" if self.person else "fb" if self.verdict else "none" if self.none_of is not None else ""


def tapped(extra: Mapping[str, object]) -> dict[str, Any]:
    """Return the fields of a message that are behind a button."""
    if not extra:
        return {}
    verdict = extra.get("fb")
    return {
        "entry": string(extra.get("entry")),
        "verdict": verdict if verdict in ("up", "down") else "",
        "exchange": string(extra.get("x")),
        "reason": reason if (reason := string(extra.get("why"))) in REASONS else "",
        "none_of": string(extra["none"]) if "none" in extra else None,
        "menu": string(extra["menu"]) if "menu" in extra else None,
        "person": "person" in extra,
        "forget": "" if "forget" not in extra else "yes" if extra["forget"] == "yes" else "no",
    }


def fingerprint(message: Message, received: datetime) -> str:
    """Return a hash that identifies a repeated request: 32 hex digits, for platforms without message ids.

    The same user, text and extra within one bucket of 2 seconds. The bucket comes first, so that what is kept one
    after another is close together in the index.
    """
    bucket = int(received.timestamp() // BUCKET)
    lengths = f"{len(message.user)} {len(message.text)}"
    parts = f"{lengths} {message.user}{message.text}{message.extra}{bucket}".encode()
    return f"{bucket:08x}{blake2s(parts, digest_size=12).hexdigest()}"


def mapping(value: object) -> Mapping[str, object]:
    """Return an object as it came; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def string(value: object) -> str:
    """Return a string as it can be encoded; anything else is empty."""
    if not isinstance(value, str):
        return ""
    return value if value.isprintable() else _SURROGATE.sub("\ufffd", value)
