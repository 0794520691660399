"""Around every request: log duration and status, add security headers, and let no exception out."""

import asyncio
import logging
import re
import time
from functools import lru_cache

from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics
from bot.channels.web import errors

log = logging.getLogger("bot.access")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""Headers of every response that does not set them itself. The policy is for data, which is never run or framed."""
_SECRET = re.compile(r"[0-9a-f]{24,}")
"""The secret part of a messenger's path."""
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})
_LEFT = 499
"""The status noted where the client went away before it was answered, as nginx notes it."""
_MOMENT = 0.1
_A_YEAR = "max-age=31536000"


class Access:
    """Logs each request by its route, never by its address: paths and queries may hold what a user typed."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        more = {"Strict-Transport-Security": _A_YEAR} if https else {}
        self._always = [(k.lower().encode(), v.encode()) for k, v in (_ALWAYS | more).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        status, unsent = 0, False

        async def sending(message: Message) -> None:
            nonlocal status, unsent
            if message["type"] == "http.response.start":
                status = message["status"]
                self._secure(message)
            unsent = True
            await send(message)
            unsent = False

        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            if isinstance(error, ClientDisconnect) or (unsent and await _left(receive)):
                status = _LEFT
                return
            log.exception("%s %s failed: %s", scope["method"], _route(scope), type(error).__name__)
            if status == 0:
                await errors.shown(Request(scope), errors.of(error))(scope, receive, sending)
        finally:
            _note(scope, status or _LEFT, time.perf_counter() - begun)

    def _secure(self, message: Message) -> None:
        given = [*message.get("headers", ())]
        names = {name.lower() for name, _ in given}
        message["headers"] = given + [pair for pair in self._always if pair[0] not in names]


async def _left(receive: Receive) -> bool:
    """Tell whether the client has gone away, which the server knows a moment after it could not write."""
    try:
        async with asyncio.timeout(_MOMENT):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


def _route(scope: Scope) -> str:
    """Return the template of the route that a request took: its path with the names of parameters for their values."""
    if "endpoint" not in scope:
        return "-"
    if scope.get("root_path"):  # below a mount
        return f"{scope['root_path']}/*"
    path: str = scope["path"]
    for name, value in reversed(scope.get("path_params", {}).items()):
        before, found, after = path.rpartition(str(value))
        if not found:
            return "-"
        path = f"{before}{{{name}}}{after}"
    return _SECRET.sub("{secret}", path)


def _note(scope: Scope, status: int, seconds: float) -> None:
    route, method = _route(scope), scope["method"]
    method = method if method in _METHODS else "OTHER"
    count, timer = _meters(method, route, status)
    count.inc()
    timer.observe(seconds)
    milliseconds = round(seconds * 1000, 1)
    fields = {"method": method, "route": route, "status": status, "ms": milliseconds}
    log.info("%s %s %d %s ms", method, route, status, milliseconds, extra={"fields": fields})


@lru_cache(maxsize=2_000)
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Return the metrics for a kind of request: looking them up by labels costs more than counting."""
    return metrics.REQUESTS.labels(method, route, str(status)), metrics.SECONDS.labels(route)
