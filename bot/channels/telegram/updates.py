"""Raw updates to events: what a handler needs to know of a message, a tap, or a keystroke. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from telegram import CallbackQuery, Message, MessageEntity, Update
from telegram.constants import ChatType

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query")
"""All that is asked for. Other types that were queued before are ignored on purpose."""

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
    thread: int | None = None
    name: str = ""
    language_code: str = ""
    markup: tuple[tuple[Mapping[str, Any], ...], ...] = ()
    """The buttons under the message that was tapped."""
    copyable: bool = True
    """Whether Telegram can copy the message to another chat."""


def lane_of(raw: Mapping[str, Any]) -> str:
    """Return in which order an update belongs: its chat. Never raises; what has no chat is a lane by itself."""
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

    Raises:
        Exception: python-telegram-bot cannot parse it; of any kind, for the update may be anything.
    """
    update = Update.de_json(dict(raw), None)
    if update.callback_query is not None:
        return _tap(update.callback_query)
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    return _message(message, me, edited=update.message is None)


def _tap(tap: CallbackQuery) -> Event | None:
    message = tap.message
    if message is None or not tap.data:
        return None
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = markup.to_dict()["inline_keyboard"] if markup else ()
    return Event(
        "tap",
        message.chat.id,
        message.chat.type == ChatType.PRIVATE,
        tap.from_user.id,
        datetime.now(UTC),
        message.message_id,
        data=tap.data,
        thread=message.message_thread_id if isinstance(message, Message) else None,
        name=tap.from_user.full_name,
        language_code=tap.from_user.language_code or "",
        markup=tuple(tuple(row) for row in rows),
    )


def _message(message: Message, me: Me, *, edited: bool) -> Event | None:
    user = message.from_user
    assert user is not None
    private = message.chat.type == ChatType.PRIVATE
    text = message.text or ""
    command, rest = _command(message, me)
    replied = message.reply_to_message
    to_me = replied is not None and replied.from_user is not None and replied.from_user.id == me.id
    mentioned = _mentions(message, me)
    kind: Kind = "command" if command else "text" if text else "media" if _has_media(message) else "service"
    if mentioned:
        rest = rest.replace(f"@{me.username}", " ").strip()
    return Event(
        kind,
        message.chat.id,
        private,
        user.id,
        message.edit_date or message.date,
        message.message_id,
        rest if command else (rest if mentioned else text) or message.caption or "",
        command,
        called=private or mentioned or to_me or bool(command),
        edited=edited,
        reply_to=replied.message_id if replied else None,
        thread=message.message_thread_id if message.is_topic_message else None,
        name=user.full_name,
        language_code=user.language_code or "",
        copyable=kind in ("text", "media") and message.poll is None,
    )


def _command(message: Message, me: Me) -> tuple[str, str]:
    """Return the command without its slash, and what follows; of another bot's command, nothing."""
    text = message.text or ""
    first = message.entities[0] if message.entities else None
    if not text.startswith("/") or (
        first is not None and first.offset == 0 and first.type != MessageEntity.BOT_COMMAND
    ):
        return "", text
    word, _, rest = text[1:].partition(" ")
    name, _, bot = word.partition("@")
    if bot and bot.lower() != me.username.lower():
        return "", ""
    return (name.lower(), rest.strip()) if name else ("", text)


def _mentions(message: Message, me: Me) -> bool:
    handle = f"@{me.username}".lower()
    found = message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    return any((e.user is not None and e.user.id == me.id) or text.lower() == handle for e, text in found.items())


def _has_media(message: Message) -> bool:
    return message.effective_attachment is not None
