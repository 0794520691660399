"""The Bot API over aiohttp: JSON in, JSON out, failures as python-telegram-bot's errors.

python-telegram-bot's own client is the bottleneck of a bot that sends a lot (decision record 7).
"""

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

BASE_URL = "https://api.telegram.org"
_CONNECT = 5.0
_TOTAL = 20.0
"""Seconds."""
_IDLE = 15.0
"""Seconds that an unused connection is kept: a send on one that the server has just closed is ambiguous."""


class NotSentError(NetworkError):
    """The request did not reach the server, or the server rejected it: it may be repeated."""


class SlowDownError(TelegramError):
    """Too many requests: nothing was done; wait `seconds` before the next one."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry in {seconds:g} s")
        self.seconds = seconds


class Api:
    """One bot's connection to the Bot API. Open it with `async with`."""

    def __init__(self, token: str, base_url: str = BASE_URL) -> None:
        self._root = f"{base_url.rstrip('/')}/bot{token}/"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Api":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=_IDLE), trust_env=True
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def call(self, method: str, payload: Mapping[str, Any] | None = None, *, timeout: float = _TOTAL) -> Any:
        """Call a method and return its `result`.

        Raises:
            NotSentError: it surely was not done (no connection; HTTP 500, 502, 503).
            TimedOut: nobody knows whether it was done (no answer, HTTP 504).
            SlowDownError: too many requests.
            Forbidden, BadRequest, Conflict, InvalidToken, ChatMigrated: as Telegram says.
        """
        assert self._session is not None, "open the Api with `async with`"
        limits = aiohttp.ClientTimeout(total=timeout, connect=_CONNECT, sock_connect=_CONNECT)
        try:
            async with self._session.post(self._root + method, json=payload or {}, timeout=limits) as response:
                body = await response.read()
                status = response.status
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSentError(type(error).__name__) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise TimedOut(type(error).__name__) from None
        return _result(status, body)


def _result(status: int, body: bytes) -> Any:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = {}
    if not isinstance(answer, dict):
        answer = {}
    if 200 <= status < 300 and answer.get("ok"):
        return answer.get("result")
    raise _error(status, str(answer.get("description", "")), answer.get("parameters") or {})


def _error(status: int, description: str, parameters: Mapping[str, Any]) -> TelegramError:
    if status == 429:
        return SlowDownError(float(parameters.get("retry_after", 1)))
    if parameters.get("migrate_to_chat_id"):
        return ChatMigrated(int(parameters["migrate_to_chat_id"]))
    if status in (500, 502, 503):
        return NotSentError(f"HTTP {status}")
    if status == 504 or 200 <= status < 300:
        return TimedOut(f"HTTP {status}")
    kinds: dict[int, type[TelegramError]] = {401: InvalidToken, 403: Forbidden, 404: InvalidToken, 409: Conflict}
    kind = kinds.get(status, BadRequest)
    return kind(description or f"HTTP {status}")
