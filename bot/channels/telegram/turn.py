"""One turn: an event, what is known about its user, and the calls that answer it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2s
from typing import Any

from bot.channels.telegram.buttons import Keyboard
from bot.channels.telegram.updates import Event
from bot.desk.front import Front
from bot.desk.language import of_person
from bot.desk.say import Say
from bot.store.database import Connection
from bot.store.memory import Memory
from bot.store.outbox import Call
from bot.words import Query

CHANNEL = "telegram"


@dataclass(slots=True)
class Turn:
    """Collects the calls of one turn. `user` is pseudonymous; `text` is as it was typed: what is kept of it is redacted."""

    connection: Connection
    memory: Memory
    front: Front
    event: Event
    user: str
    text: str
    key: str
    """Unique for the update, so that a turn done twice leaves one answer."""
    now: datetime
    maybe_lost: bool = False
    calls: list[Call] = field(default_factory=list)

    @property
    def exchange(self) -> str:
        """The id under which this turn's question and answer are kept: 12 hexadecimal digits."""
        return blake2s(self.key.encode(), digest_size=6).hexdigest()

    @property
    def conversation(self) -> str:
        """In a private chat the user, else the user in this group: people share no context."""
        if self.event.private:
            return self.user
        return f"{self.user}:{blake2s(str(self.event.chat).encode(), digest_size=6).hexdigest()}"

    @property
    def language(self) -> str:
        """What the user chose; else that of the text, where it can be told; else their Telegram's."""
        return self.memory.languages.get(self.user, "") or of_person(
            self.event.language_code, self.text, self.front.base
        )

    @property
    def say(self) -> Say:
        return Say(self.front.base, self.language)

    def query(self, choice: str = "") -> Query:
        """Return the turn's question."""
        chosen = bool(self.memory.languages.get(self.user))
        return Query(self.text, self.user, self.now, CHANNEL, self.exchange, choice, self.language, chosen=chosen)

    def send(self, text: str, keyboard: Keyboard | None = None, *, role: str = "answer") -> None:
        """Answer where the event came from, in HTML."""
        payload: dict[str, Any] = {"chat_id": self.event.chat, **formatted(text, keyboard)}
        if not self.event.private:
            if self.event.kind != "tap":
                payload["reply_parameters"] = {
                    "message_id": self.event.message,
                    "allow_sending_without_reply": True,
                }
            if self.event.thread is not None:
                payload["message_thread_id"] = self.event.thread
        self.call("sendMessage", payload, role=role)

    def edit(self, text: str, keyboard: Keyboard) -> None:
        """Change the message that was tapped."""
        target = {"chat_id": self.event.chat, "message_id": self.event.message}
        self.call("editMessageText", {**target, **formatted(text, keyboard)})

    def edit_buttons(self, keyboard: Keyboard) -> None:
        """Change the buttons under the message that was tapped."""
        self.call(
            "editMessageReplyMarkup",
            {
                "chat_id": self.event.chat,
                "message_id": self.event.message,
                "reply_markup": {"inline_keyboard": keyboard},
            },
        )

    def take(self, calls: Iterable[Call]) -> None:
        """Put calls that somebody else made in the outbox, as calls of this turn."""
        for call in calls:
            self.calls.append(replace(call, key=f"{self.key}:{len(self.calls)}"))

    def call(
        self,
        method: str,
        payload: Mapping[str, Any],
        *,
        role: str = "",
        user: str | None = None,
        ticket: int | None = None,
        source_message: int | None = None,
    ) -> None:
        """Put a call in the outbox, in the lane of the chat that it goes to."""
        self.calls.append(
            Call(
                f"{self.key}:{len(self.calls)}",
                str(payload["chat_id"]),
                method,
                payload,
                self.user if user is None else user,
                ticket,
                role,
                source_message,
            )
        )


def formatted(text: str, keyboard: Keyboard | None = None) -> dict[str, Any]:
    """Return the part of a payload that says something in HTML, with buttons."""
    payload: dict[str, Any] = {"text": text, "parse_mode": "HTML"}
    if keyboard:
        payload["reply_markup"] = {"inline_keyboard": keyboard}
    if "http" in text or "www." in text:
        payload["link_preview_options"] = {"is_disabled": True}
    return payload
