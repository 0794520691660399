"""Around every request: how long it took and what came of it, security headers, and no exception for anybody."""

import logging
import re
import time

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics
from bot.channels.web import errors

log = logging.getLogger("bot.access")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""The content security policy of what sets none of its own: data, which no browser needs to run or frame."""
_SECRET = re.compile(r"[0-9a-f]{24,}")
"""A part of a path that only a messenger knows."""
_A_YEAR = "max-age=31536000"


class Access:
    """Notes each request by its route, never by its address: paths and queries may hold what a user typed."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app, self.https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._secure(message)
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            log.exception("%s %s failed: %s", scope["method"], _route(scope), type(error).__name__)
            if status == 0:
                await errors.shown(Request(scope), errors.of(error))(scope, receive, sending)
        finally:
            _note(scope, status or 499, time.perf_counter() - begun)

    def _secure(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", _POLICY)
        headers.setdefault("Cache-Control", "no-store")
        if self.https:
            headers.setdefault("Strict-Transport-Security", _A_YEAR)


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
    method = method if method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH") else "OTHER"
    metrics.REQUESTS.labels(method, route, str(status)).inc()
    metrics.SECONDS.labels(route).observe(seconds)
    if log.isEnabledFor(logging.INFO):
        milliseconds = round(seconds * 1000, 1)
        fields = {"method": method, "route": route, "status": status, "ms": milliseconds}
        log.info("%s %s %d %s ms", method, route, status, milliseconds, extra={"fields": fields})
