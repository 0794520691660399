"""The webhook: set it, watch it, and set it again if somebody removes it. Refusals are reported in Telegram's words."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from telegram.error import TelegramError

from bot import metrics
from bot.channels.telegram.api import Api, SlowDownError
from bot.channels.telegram.updates import ALLOWED_UPDATES

log = logging.getLogger(__name__)
LOOK = 60.0
"""Seconds between checks that the webhook is set."""
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0


class Hook:
    """Keeps Telegram's webhook set. `ready` is called each time it has been set."""

    def __init__(self, api: Api, url: str, secret: str, ready: Callable[[], Awaitable[None]]) -> None:
        self.api, self.url, self.secret, self.ready = api, url, secret, ready
        self._told = ""

    async def run(self, lost: asyncio.Event) -> None:
        """Keep the webhook until cancelled, or until the lead is lost. Nothing that Telegram answers ends it."""
        pause = _FIRST_PAUSE
        stands = False
        while not lost.is_set():
            try:
                stands = stands and await self._stands()
                if not stands:
                    await self._set()
                    stands = True
                    await self.ready()
                wait, pause = LOOK, _FIRST_PAUSE
            except SlowDownError as error:
                wait = error.seconds
            except TelegramError as error:
                self._tell(f"the webhook cannot be set or seen: {error.message}")
                wait, pause = pause, min(pause * 2, _LONGEST_PAUSE)
            with suppress(TimeoutError):
                await asyncio.wait_for(lost.wait(), wait)

    async def _set(self) -> None:
        asked = {"url": self.url, "secret_token": self.secret, "max_connections": 100}
        await self.api.call("setWebhook", {**asked, "allowed_updates": list(ALLOWED_UPDATES)})
        self._told = ""

    async def _stands(self) -> bool:
        """Tell whether the webhook is still ours, and what Telegram says about its last fault."""
        info = await self.api.call("getWebhookInfo")
        info = info if isinstance(info, dict) else {}
        metrics.REACHED.set_to_current_time()
        if info.get("url", "") != self.url:
            self._tell("somebody took the webhook away or set another; it is set anew")
            return False
        if fault := str(info.get("last_error_message") or ""):
            self._tell(f"Telegram could not deliver: {fault}")
        return True

    def _tell(self, fault: str) -> None:
        """Tell the operator, once until the message changes."""
        metrics.WEBHOOK_FAULTS.inc()
        if fault != self._told:
            self._told = fault
            log.error("%s", fault)
