"""lo-bot-api-emulator as the peer: it refuses what the Bot API refuses, and its journal gives a verdict.

Three things it does not model are added here, as its own documentation advises: the bot's `username`, descriptions,
and `link_preview_options`. Each is checked before it is let through.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from lo_bot_api_emulator import ApiRefusal, LoBotApiEmulator
from lo_bot_api_emulator.journal import verdict

from tests.telegram.fake import TOKEN, FakeTelegram, Refused, Sent, plain

_LONGEST = {"setMyDescription": ("description", 512), "setMyShortDescription": ("short_description", 120)}


class _Emulator(LoBotApiEmulator):
    peer: "EmulatedTelegram"

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        if method in _LONGEST:
            name, most = _LONGEST[method]
            if not isinstance(fields.get(name), str) or len(fields[name]) > most:
                raise ApiRefusal("Bad Request: invalid description")
            self.peer.calls.append((method, fields))
            return True
        preview = fields.pop("link_preview_options", None)
        if preview is not None and preview != {"is_disabled": True}:
            raise ApiRefusal("Bad Request: invalid link_preview_options")
        result = super().validate(method, dict(fields), uploads)
        if method == "getMe":
            return {**result, "username": self.peer.username}
        try:
            self._note(method, fields, result)
        except Refused as error:
            raise ApiRefusal(error.description) from None
        return result

    def _note(self, method: str, fields: dict[str, Any], result: Any) -> None:
        self.peer.calls.append((method, fields))
        if method == "sendMessage":
            text = plain(fields["text"], fields.get("parse_mode"))
            self.peer.messages.append(Sent(int(fields["chat_id"]), result["message_id"], text, fields))
        elif method in ("editMessageText", "editMessageReplyMarkup"):
            found = self.peer._find(fields)
            found.edits += 1
            found.payload = {**found.payload, **fields}
            if "text" in fields:
                found.text = plain(fields["text"], fields.get("parse_mode"))


@dataclass
class EmulatedTelegram(FakeTelegram):
    """The emulator, fed and read like the fake."""

    journal: Path = field(default=Path("journal.jsonl"))

    async def __aenter__(self) -> "EmulatedTelegram":
        self._emulator = _Emulator(journal=self.journal, enable_control=True, allow_insecure_loopback_webhooks=True)
        self._emulator.peer = self
        self._runner = web.AppRunner(self._emulator.app(), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._pump = asyncio.create_task(self._feed())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pump.cancel()
        await self._runner.cleanup()

    def put(self, update: dict[str, Any]) -> int:
        self._queue.put_nowait(update)
        return 0

    async def _feed(self) -> None:
        while True:
            await self._emulator.enqueue_update(await self._queue.get(), token=TOKEN)

    def verdict(self) -> dict[str, Any]:
        """Return the emulator's verdict on all calls so far."""
        return dict(verdict(self.journal, require_response=True))
