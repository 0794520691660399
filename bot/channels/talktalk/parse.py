"""Read events. Pure.

A tap comes back with the `code` of its button: the JSON that was put there. A button of the operator's own (their fixed
menu) has another code; its words are a question like any other.

Source: «이벤트 명세» and «textContent», github.com/navertalk/chatbot-api (README.md, 2025-05-14); `standby`: handover_v1.md
there.
"""

import json

from bot.channels.answering.message import BadRequest, Message, mapping, string, tapped

LONGEST_USER = 64
"""Characters of a user's id. The documentation has no limit and examples of 22; a ticket holds this many."""


def parse(body: object) -> Message:
    """Return the event in a decoded JSON body. Unknown, missing and null fields never fail.

    Say nothing to events that are no message (leave, friend, echo, handover …), while a person of the partner
    centre has the conversation (`standby`), and to somebody who comes back from their list of conversations (`open`,
    `inflow` list): they may only want to read again.

    Raises:
        BadRequest: not an object, no event; a message without a user id of 1 to 64 characters, or without any content.
    """
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    event = string(body.get("event"))
    if not event:
        raise BadRequest("event is not a string")
    comes_back = event == "open" and mapping(body.get("options")).get("inflow") == "list"
    if event not in ("send", "open") or comes_back or body.get("standby") is True:
        return Message("", "", silent=True, bot=string(body.get("partner")))
    user = string(body.get("user"))
    if not 1 <= len(user) <= LONGEST_USER:
        raise BadRequest(f"user is not a string of 1 to {LONGEST_USER} characters")
    return Message(user, "", menu="", extra=event) if event == "open" else _sent(body, user)


def _sent(body: dict[str, object], user: str) -> Message:
    """Return what somebody sent. Asking to be called back (`vphone`) is asking for a person."""
    content = mapping(body.get("textContent"))
    if not isinstance(content.get("text"), str):
        if body.get("imageContent") or body.get("compositeContent"):
            return Message(user, "", unreadable=True, extra="image")
        raise BadRequest("textContent.text is not a string")
    text, code, kind = string(content["text"]), string(content.get("code")), content.get("inputType")
    if kind == "sticker":
        return Message(user, "", unreadable=True, extra="sticker")
    tap = _behind(code)
    language = string(mapping(tap).get("l"))
    more = {**tapped(tap), "person": True} if kind == "vphone" else tapped(tap)
    return Message(user, text, **more, language=language, chosen=bool(language), extra=code)


def _behind(code: str) -> dict[str, object]:
    """Return what is behind a button of ours."""
    try:
        tap = json.loads(code)
    except (ValueError, RecursionError):
        return {}
    return tap if isinstance(tap, dict) else {}
