"""From raw updates to events: what a handler needs to know about a message, a tap, or an inline query. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from telegram.constants import ChatType, MessageAttachmentType, MessageEntityType

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query")
"""The types that we ask for. Other types that were queued before are ignored on purpose."""

_MEDIA = frozenset(str(kind) for kind in MessageAttachmentType) | {"checklist", "giveaway", "giveaway_winners"}
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w{1,40}))?(?![\w@])", re.ASCII)
"""A command as Telegram marks it. Source: Bot API, BotCommand; MessageEntity (`bot_command`)."""
_SLASH = re.compile(r"^/(?=\w)")
_NO_COPY = frozenset({"poll", "invoice", "paid_media", "giveaway", "game"})
"""What `copyMessage` does not take. Source: Bot API, copyMessage."""

_OF_A_PERSON = frozenset(
    {
        "first_name",
        "last_name",
        "username",
        "contact",
        "location",
        "venue",
        "author_signature",
        "passport_data",
        "vcard",
    }
)
"""What an update says about its sender."""

Kind = Literal["text", "command", "tap", "media", "service"]


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's own account."""

    id: int
    username: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a person did. `called`: in a group, the bot was mentioned or replied to."""

    kind: Kind
    chat: int
    private: bool
    user: int
    at: datetime
    message: int
    text: str = ""
    command: str = ""
    data: str = ""
    called: bool = True
    edited: bool = False
    reply_to: int | None = None
    replied: str = ""
    """The text of the bot's message that this one replies to."""
    thread: int | None = None
    name: str = ""
    language_code: str = ""
    markup: tuple[tuple[Mapping[str, Any], ...], ...] = ()
    """The buttons under the message that was tapped."""
    copyable: bool = True
    """Whether Telegram can copy the message to another chat."""
    album: str = ""
    """The id that pictures of one album share."""
    moved_to: int | None = None
    """The group's new number, after it became a supergroup."""


def lane_of(raw: Mapping[str, Any]) -> str:
    """Return the lane of an update: its chat. Never raises; what has no chat is a lane of its own."""
    for name in ("message", "edited_message", "channel_post", "edited_channel_post"):
        if name in raw:
            return _chat_of(raw[name]) or _alone(raw)
    tap = raw.get("callback_query")
    if isinstance(tap, Mapping):
        return _chat_of(tap.get("message")) or _alone(raw)
    return _alone(raw)


def _chat_of(message: object) -> str:
    if not isinstance(message, Mapping) or not isinstance(message.get("chat"), Mapping):
        return ""
    id = message["chat"].get("id")
    return str(id) if isinstance(id, int) else ""


def _alone(raw: Mapping[str, Any]) -> str:
    return f"u{raw.get('update_id')}"


def event_of(raw: Mapping[str, Any], me: Me) -> Event | None:
    """Return the event of an update, or `None` where it is ignored on purpose.

    Reads only what is needed: python-telegram-bot would refuse an update for a new or odd field that does not matter.

    Raises:
        Exception: what is needed is not there or odd; of any kind, for the update may be anything.
    """
    if "callback_query" in raw:
        return _tap(raw["callback_query"])
    edited = "message" not in raw
    message = raw.get("edited_message") if edited else raw["message"]
    if message is None or "from" not in message or not _is_persons(message, me):
        return None
    return _message(message, me, edited=edited)


def _is_persons(message: Mapping[str, Any], me: Me) -> bool:
    """Tell whether a person wrote a message: an administrator who does so in the name of the group is one, although
    Telegram says that a bot did; what a channel posts in its group, or our own inline answer, was nobody's.

    Source: Bot API, Message (`from`, `sender_chat`, `is_automatic_forward`, `via_bot`).
    """
    if message.get("is_automatic_forward") or (message.get("via_bot") or {}).get("id") == me.id:
        return False
    if not message["from"].get("is_bot"):
        return True
    return bool((message.get("sender_chat") or {}).get("id") == message["chat"]["id"])


def _tap(tap: Mapping[str, Any]) -> Event | None:
    message, user = tap.get("message"), tap["from"]
    if message is None or not tap.get("data"):
        return None
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", ())
    return Event(
        "tap",
        int(message["chat"]["id"]),
        message["chat"]["type"] == ChatType.PRIVATE,
        int(user["id"]),
        datetime.now(UTC),
        int(message["message_id"]),
        data=str(tap["data"]),
        thread=_thread(message),
        name=_name(user),
        language_code=str(user.get("language_code") or ""),
        markup=tuple(tuple(row) for row in rows),
    )


def _message(message: Mapping[str, Any], me: Me, *, edited: bool) -> Event:
    user, chat = message["from"], message["chat"]
    private = chat["type"] == ChatType.PRIVATE
    text = str(message.get("text") or "")
    command, rest = _command(message, text, me)
    replied = message.get("reply_to_message") or {}
    to_me = replied.get("from", {}).get("id") == me.id
    mentioned = _mentions(message, text, me)
    kind: Kind = "command" if command else "text" if rest else "media" if _MEDIA & message.keys() else "service"
    if mentioned:
        rest = _without(rest, f"@{me.username}")
    return Event(
        kind,
        int(chat["id"]),
        private,
        int(user["id"]),
        datetime.fromtimestamp(message.get("edit_date") or message["date"], UTC),
        int(message["message_id"]),
        rest or ("" if command or text else str(message.get("caption") or "")),
        command,
        called=private or mentioned or to_me or bool(command),
        edited=edited,
        reply_to=int(replied["message_id"]) if replied else None,
        replied=str(replied.get("text") or "") if to_me else "",
        thread=_thread(message),
        name=str(message.get("author_signature") or "") or _name(message.get("sender_chat") or user),
        language_code=str(user.get("language_code") or ""),
        album=str(message.get("media_group_id") or ""),
        moved_to=_moved_to(message),
        copyable=kind in ("text", "media") and not _NO_COPY & message.keys(),
    )


def _moved_to(message: Mapping[str, Any]) -> int | None:
    """Return the supergroup's number that a message of the old group names."""
    moved = message.get("migrate_to_chat_id")
    return int(moved) if moved else None


def _thread(message: Mapping[str, Any]) -> int | None:
    return int(message["message_thread_id"]) if message.get("is_topic_message") else None


def _name(user: Mapping[str, Any]) -> str:
    """Return the name of a person, or of the group in whose name one writes."""
    return f"{user.get('first_name') or user.get('title') or ''} {user.get('last_name') or ''}".strip()


def _command(message: Mapping[str, Any], text: str, me: Me) -> tuple[str, str]:
    """Return the command without its slash, and what follows; where there is none, an empty one and the text.

    Of another bot's command, nothing.
    """
    found = _COMMAND.match(text)
    first = next((e for e in message.get("entities") or () if e["offset"] == 0), None)
    if found is None or (first is not None and first["type"] != MessageEntityType.BOT_COMMAND):
        return "", _SLASH.sub("", text)
    if found[2] and found[2].lower() != me.username.lower():
        return "", ""
    return found[1].lower(), text[found.end() :].lstrip(" ,.:\n\t").rstrip()


def _mentions(message: Mapping[str, Any], text: str, me: Me) -> bool:
    """Tell whether a message, or its caption, names the bot. Places in a text are counted in UTF-16 units."""
    found = (message.get("entities") if text else message.get("caption_entities")) or ()
    units = (text or str(message.get("caption") or "")).encode("utf-16-le", "surrogatepass")
    for entity in found:
        start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
        if entity["type"] == MessageEntityType.TEXT_MENTION and entity["user"]["id"] == me.id:
            return True
        if entity["type"] == MessageEntityType.MENTION:
            named = units[start:end].decode("utf-16-le", "replace")
            if named.lower() == f"@{me.username}".lower():
                return True
    return False


def _without(text: str, name: str) -> str:
    return re.sub(re.escape(name), " ", text, flags=re.IGNORECASE).strip()


def masked(raw: object, redact: Callable[[str], str]) -> object:
    """Return an update that may be looked at: without names and places, its texts without personal data."""
    if isinstance(raw, Mapping):
        return {k: "…" if k in _OF_A_PERSON else masked(v, redact) for k, v in raw.items()}
    if isinstance(raw, list):
        return [masked(v, redact) for v in raw]
    return redact(raw) if isinstance(raw, str) else raw
