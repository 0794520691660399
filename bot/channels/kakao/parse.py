"""Skill requests read. Pure.

A tap comes back with the `extra` of what was tapped: {"entry": id} a choice, {"fb": "up"|"down", "x": exchange}
feedback, {"fb": "down", "x": exchange, "why": reason} why it was down, {"none": exchange} none of the choices, {"menu": "SECTION/ITEM/FROM"} a
place in the menu ("": its top), {"person": "1"} a person, {"forget": "yes"|"no"} whether all that is kept is to be deleted.

Source: «응답 타입별 JSON 포맷», kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from typing import Literal

LONGEST_USER = 70
"""Characters of a user's id. Source: the guide, `userRequest.user`."""
BUCKET = 2
"""Seconds within which the same message from the same user is the same request."""
REASONS = ("wrong", "old", "hard", "other")
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadRequest(ValueError):  # noqa: N818 - named after the HTTP answer that it leads to
    """What came in is not a skill request; the message says why."""


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill request. Fields that were missing are empty; `None` where empty has a meaning of its own."""

    user: str
    """Kakao's key for the person, different for each bot; to be made pseudonymous before it is stored."""
    text: str
    entry: str = ""
    verdict: Literal["", "up", "down"] = ""
    exchange: str = ""
    """The exchange that the verdict is on."""
    reason: str = ""
    """Why the verdict is down: wrong, old, hard, other."""
    none_of: str | None = None
    """The exchange of which no choice fitted."""
    menu: str | None = None
    """A place in the menu, `SECTION/ITEM/FROM`; empty: its top."""
    person: bool = False
    forget: Literal["", "yes", "no"] = ""
    language: str = "ko"
    bot: str = ""
    tester: bool = False
    """Sent from the bot tester: to be left out of statistics."""
    trigger: str = ""
    """How it came about, such as TEXT_INPUT; empty in older requests."""
    extra: str = "{}"
    """The whole `clientExtra` as JSON with sorted keys."""


def parse(body: object) -> Skill:
    """Return the skill request in a decoded JSON body. Unknown, missing and null fields never fail.

    Raises:
        BadRequest: not an object, no utterance, or no user id of 1 to 70 characters.
    """
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    request = _map(body.get("userRequest"))
    if not isinstance(request.get("utterance"), str):
        raise BadRequest("userRequest.utterance is not a string")
    user = _text(_map(request.get("user")).get("id"))
    if not 1 <= len(user) <= LONGEST_USER:
        raise BadRequest(f"userRequest.user.id is not a string of 1 to {LONGEST_USER} characters")
    extra = _map(_map(body.get("action")).get("clientExtra"))
    verdict = extra.get("fb")
    return Skill(
        user,
        _text(request["utterance"]),
        entry=_text(extra.get("entry")),
        verdict="up" if verdict == "up" else "down" if verdict == "down" else "",
        exchange=_text(extra.get("x")),
        reason=reason if (reason := _text(extra.get("why"))) in REASONS else "",
        none_of=_text(extra["none"]) if "none" in extra else None,
        menu=_text(extra["menu"]) if "menu" in extra else None,
        person="person" in extra,
        forget="" if "forget" not in extra else "yes" if extra["forget"] == "yes" else "no",
        language="en" if _text(request.get("lang")).lower().startswith("en") else "ko",
        bot=_text(_map(body.get("bot")).get("id")),
        tester=_map(request.get("params")).get("surface") == "BuilderBotTest",
        trigger=_text(_map(_map(body.get("flow")).get("trigger")).get("type")),
        extra=json.dumps(extra, sort_keys=True) if extra else "{}",
    )


def fingerprint(skill: Skill, received: datetime) -> str:
    """Return a hash by which a repeated request is known: 32 hex digits, for there is no message id.

    The same user, utterance and extra within one bucket of 2 seconds. The bucket comes first, so that what is kept one
    after another stands together in the index.
    """
    bucket = int(received.timestamp() // BUCKET)
    parts = f"{len(skill.user)} {len(skill.text)} {skill.user}{skill.text}{skill.extra}{bucket}".encode()
    return f"{bucket:08x}{blake2s(parts, digest_size=12).hexdigest()}"


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """Return a string as it can be encoded; anything else is empty."""
    if not isinstance(value, str):
        return ""
    return value if value.isprintable() else _SURROGATE.sub("\ufffd", value)
