"""Proxies that do what networks do: for HTTP, before the Bot API or a webhook; for TCP, before a database."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

Fault = str | float | None
"""`None` to pass; seconds of delay; "lost" before it arrives; "unheard": done, and the answer lost; "429", "502"."""


@dataclass
class HttpProxy:
    """Passes requests on to `target`; `fault` decides, by method and payload, what goes wrong."""

    target: str
    fault: Callable[[str, dict[str, Any]], Fault] = lambda method, payload: None
    done: Counter[str] = field(default_factory=Counter)
    """What went wrong so far."""

    async def __aenter__(self) -> "HttpProxy":
        app = web.Application(client_max_size=1 << 22)
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._client = aiohttp.ClientSession()
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await self._runner.cleanup()

    async def _pass(self, request: web.Request) -> web.Response:
        body = await request.read()
        payload = await request.json() if body else {}
        fault = self.fault(request.path.rpartition("/")[2], payload)
        if fault is not None:
            self.done[str(fault)] += 1
        if isinstance(fault, float):
            await asyncio.sleep(fault)
        if fault == "lost":
            return self._hang_up(request)
        if fault == "502":
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        if fault == "429":
            text = "Too Many Requests: retry after 1"
            refused = {"ok": False, "error_code": 429, "description": text, "parameters": {"retry_after": 1}}
            return web.json_response(refused, status=429)
        try:
            async with self._client.request(
                request.method, self.target + request.path, data=body, headers=_passed_on(request)
            ) as answer:
                said = await answer.read()
        except aiohttp.ClientError:
            return web.Response(status=502)
        if fault == "unheard":
            return self._hang_up(request)
        return web.Response(body=said, status=answer.status, content_type=answer.content_type)

    @staticmethod
    def _hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()


def _passed_on(request: web.Request) -> dict[str, str]:
    return {k: v for k, v in request.headers.items() if k.lower().startswith(("content-type", "x-"))}


@dataclass
class TcpProxy:
    """Stands before the PostgreSQL of a URL. `cut` ends all connections and lets none through until `mend`."""

    target: str

    async def __aenter__(self) -> "TcpProxy":
        self._open: set[asyncio.StreamWriter] = set()
        self._cut = False
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        at = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        there = urlsplit(self.target)
        user = there.netloc.rpartition("@")[0]
        self.url = f"postgresql://{user}@{at}{there.path}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        self._server.close()

    def cut(self) -> None:
        self._cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        self._cut = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await self._connect()
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            for end in (writer, far_writer):
                self._open.discard(end)
                end.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        there = urlsplit(self.target)
        folder = parse_qs(there.query).get("host", [""])[0]
        if folder:
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{there.port or 5432}")
        return await asyncio.open_connection(there.hostname, there.port or 5432)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()
