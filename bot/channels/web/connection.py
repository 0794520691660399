"""One HTTP connection with bounds: its headers, its pipelined requests, and how long it may take.

A reverse proxy does that as well; these bounds hold without one.
"""

import asyncio
from collections import Counter
from typing import ClassVar

from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bot.channels.web.addresses import Network, address_of, subscriber
from bot.channels.web.body import MOST_HEAD

HEAD_SECONDS = 10.0
"""Seconds for a request's headers to arrive, from the beginning of the connection or the first byte after a response."""
STALLED_SECONDS = 20.0
"""Seconds that a client may stall while the rest of a response waits in memory."""
AHEAD = 8
"""Requests that may be pipelined ahead of earlier responses."""
CHUNK = 16
"""Bytes allowed beside each chunk of a body: its length on a line of its own."""
OF_ONE = 256
"""Simultaneous connections of one subscriber; those of trusted proxies and of this machine are not counted."""
_PROBES = frozenset({b"/healthz", b"/readyz"})
"""What who is not counted may ask when all connections are taken: to be refused would look like being dead."""


class TooFarAheadError(Exception):
    """Too many pipelined requests on a connection."""


class Connection(HttpToolsProtocol):
    """Serves the requests of one connection. Subclass it with `bounded` to say which proxies to trust."""

    trusted: ClassVar[tuple[Network, ...]] = ()
    open: ClassVar[Counter[str]] = Counter()
    head_seconds: ClassVar[float] = HEAD_SECONDS
    stalled_seconds: ClassVar[float] = STALLED_SECONDS

    _peer = ""
    _head = 0
    _beside = 0
    """Bytes of a message that are neither head nor body: trailers, and what says how long a piece is."""
    _in_head = True
    _late: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless the subscriber has too many connections."""
        super().connection_made(transport)
        ip = address_of(self.client[0]) if self.client else None
        if ip is not None and not ip.is_loopback and not any(ip in network for network in self.trusted):
            self._peer = subscriber(str(ip))
            self.open[self._peer] += 1
            if self.open[self._peer] > OF_ONE:
                transport.abort()
                return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Release the connection's share of the bounds."""
        if self._peer:
            self.open[self._peer] -= 1
            if self.open[self._peer] <= 0:
                del self.open[self._peer]
        self._arrived()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came; a head that grows beyond what is read is refused while it comes, and so are trailers."""
        if self._in_head:
            self._head += len(data)
        else:
            self._beside += len(data)
        if self._late is None and (self.cycle is None or self.cycle.response_complete):
            self._expect_head()
        super().data_received(data)
        if self._in_head and self._head > MOST_HEAD and not self.transport.is_closing():
            self._refuse(b"431 Request Header Fields Too Large")
        elif not self._in_head and self._beside > MOST_HEAD:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """Begin a request, unless too many wait for their answers already."""
        if len(self.pipeline) >= AHEAD:
            self.transport.abort()
            raise TooFarAheadError
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes after the body is none, even if a proxy passes it on."""
        if self._in_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._beside -= len(body) + CHUNK
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._in_head, self._head, self._beside = False, 0, 0
        self._arrived()
        probed = not self._peer and self.url.partition(b"?")[0] in _PROBES
        self.limit_concurrency = None if probed else self.config.limit_concurrency
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the next head, if any comes."""
        self._in_head = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be read, if the client is still there."""
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        """Wait for the client to read what was written, but not for ever."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self.stalled_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Serve a request; when the server ends and does not wait for it, it ends too, and that is no error."""

        async def ending(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:
                if cycle.response_started:
                    self.transport.abort()
                elif not self.transport.is_closing():
                    self._refuse(b"503 Service Unavailable")
                cycle.disconnected = True  # so that nothing more is expected of it

        super()._start_asgi_task(cycle, ending)

    def _expect_head(self) -> None:
        self._late = self.loop.call_later(self.head_seconds, self._too_late)

    def _arrived(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        if not self.transport.is_closing():
            self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        answer = b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        self.transport.write(answer)
        self.transport.close()


def bounded(trusted: tuple[Network, ...], **more: object) -> type[Connection]:
    """Return the class of connections that trusts proxies; `more` sets other bounds than the usual."""
    return type("BoundedConnection", (Connection,), {"trusted": trusted, "open": Counter(), **more})
