"""How large and how slow a request may be."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.errors import ApiError, shaped

MOST_BYTES = 64 * 1024
"""Bytes of a request's body."""
MOST_HEAD = 32 * 1024
"""Bytes of a request's headers, names and values."""
_MOST_DIGITS = 20
"""Digits of a body's length: as many as 64 bits have."""
SIZE = "helpdesk.size"
"""Where a request's scope says how many bytes its body has: one that comes in pieces does not say so itself."""
SLOWEST = 10.0
"""Seconds for a request's body to arrive."""


class Body:
    """Reads each request's body before the application does: 413 where it is too large, 408 where it is too slow.
    What nobody waits for any more is not passed on.

    `larger`: how many bytes may be sent to paths whose senders send more, such as a messenger.
    """

    def __init__(
        self,
        app: ASGIApp,
        most: int = MOST_BYTES,
        slowest: float = SLOWEST,
        larger: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.app, self.most, self.slowest, self.larger = app, most, slowest, larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request that is whole."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEAD:
            await self._refuse(431, scope, receive, send)
            return
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        most = self.larger.get(scope.get("path", ""), self.most)
        if len(length) > _MOST_DIGITS:
            await self._refuse(400, scope, receive, send)
            return
        if length.isdigit() and int(length) > most:
            await self._refuse(413, scope, receive, send)
            return
        if length == b"0" and b"transfer-encoding" not in headers:
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.slowest):
                body = await self._whole(receive, most)
        except TimeoutError:
            await self._refuse(408, scope, receive, send)
            return
        if body is None:
            await self._refuse(413, scope, receive, send)
            return
        if body["type"] != "http.request":  # the client went away
            return
        scope[SIZE] = len(body.get("body", b""))
        await self.app(scope, _replayed(body, receive), send)

    @staticmethod
    async def _whole(receive: Receive, most: int) -> Message | None:
        """Return the whole body as one message, or that the client went away; `None` where it is too large."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message
            part = message.get("body", b"")
            size += len(part)
            if size > most:
                return None
            parts.append(part)
            if not message.get("more_body", False):
                return {"type": "http.request", "body": b"".join(parts), "more_body": False}

    @staticmethod
    async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
        # the rest of the body is not read, so the connection cannot be used again
        await shaped(ApiError(status, headers={"Connection": "close"}), scope)(scope, receive, send)


def _replayed(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
