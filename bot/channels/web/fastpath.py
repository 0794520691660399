"""A fast path for the most frequent requests: it bypasses the framework, whose layers cost more than a remembered answer."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.web import errors
from bot.channels.web.access import Access
from bot.channels.web.below import inside, outside
from bot.channels.web.body import Body

Endpoint = Callable[[Request], Awaitable[Response]]


class Asked(Request):
    """A request whose body has already been read: it is taken as it is, not as a stream."""

    async def body(self) -> bytes:
        """Return the whole body. Raises ClientDisconnect where the client went away."""
        if not hasattr(self, "_body"):
            message = await self.receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            self._body: bytes = message.get("body", b"")
        return self._body


class Web(FastAPI):
    """A FastAPI application that serves some POST routes without FastAPI's layers, inside the same two middlewares of ours."""

    def __init__(self, *, title: str, https: bool, below: str = "") -> None:
        super().__init__(title=title, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
        self._lower = below
        self._short: dict[str, Endpoint] = {}
        self._below: dict[str, tuple[str, Endpoint]] = {}
        self.larger: dict[str, int] = {}
        """Bytes that a body may have at paths where it may have more than elsewhere."""
        self._around: ASGIApp = Access(Body(self._served), https=https)
        self.add_middleware(Body, larger=self.larger)
        self.add_middleware(Access, https=https)

    def answer(self, path: str, endpoint: Endpoint) -> None:
        """Serve POST at a path, whose last part may be a parameter: `/ask`, `/kakao/{secret}`."""
        folder, _, last = path.rpartition("/")
        if last.startswith("{"):
            self._below[folder] = (last.strip("{}"), endpoint)
        else:
            self._short[path] = endpoint
        self.add_route(path, endpoint, methods=["POST"])  # what answers other methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self._lower and scope["type"] == "http":
            scope, send = inside(scope, self._lower), outside(send, self._lower)
        if scope["type"] == "http" and scope["method"] == "POST" and self._found(scope):
            await self._around(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def _found(self, scope: Scope) -> bool:
        """Tell whether a request takes the fast path, and note its endpoint in the scope, as the framework would."""
        path: str = scope["path"]
        endpoint, values = self._short.get(path), {}
        if endpoint is None:
            folder, _, last = path.rpartition("/")
            if not last or folder not in self._below:
                return False
            name, endpoint = self._below[folder]
            values = {name: last}
        scope["app"], scope["endpoint"], scope["path_params"] = self, endpoint, values
        return True

    @staticmethod
    async def _served(scope: Scope, receive: Receive, send: Send) -> None:
        request = Asked(scope, receive)
        try:
            response = await scope["endpoint"](request)
        except errors.ApiError as error:
            response = errors.shown(request, error)
        await response(scope, receive, send)
