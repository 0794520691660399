"""One connection takes neither memory nor time from others: what a hostile client does is bounded while it does it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from bot.channels.web import connection
from bot.channels.web.addresses import networks
from bot.channels.web.body import MOST_HEAD
from bot.channels.web.connection import AHEAD, bounded

LARGE = b"x" * 4_000_000


class App:
    """Answers with much, and counts what is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        body = LARGE if scope["path"] == "/large" else b"ok"
        await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving(app: Any = None, **bounds: float) -> AsyncIterator[tuple[Any, int]]:
    app = app or App()
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=bounded((), **bounds),
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[assignment]
    running = asyncio.create_task(server.serve([listening]))
    try:
        yield app, listening.getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def first_line(reader: asyncio.StreamReader, seconds: float = 5) -> bytes:
    async with asyncio.timeout(seconds):
        return await reader.readline()


async def taken(writer: asyncio.StreamWriter, data: bytes, times: int) -> bool:
    """Tell whether the server takes the same data so many times."""
    try:
        for _ in range(times):
            writer.write(data)
            async with asyncio.timeout(5):
                await writer.drain()
            await asyncio.sleep(0.01)
    except (ConnectionError, TimeoutError):
        return False
    return True


async def gone(reader: asyncio.StreamReader, seconds: float = 5) -> bool:
    """Tell whether the server ends the connection within a time; what it still says is read."""
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(seconds):
            while await reader.read(65_536):
                pass
            return True
    return reader.exception() is not None


async def test_requests_far_ahead_of_their_answers_end_the_connection() -> None:
    async with serving() as (app, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n" * 20_000)
        assert await gone(reader)
        assert app.asked <= AHEAD + 2
        writer.close()


async def test_a_few_requests_ahead_are_answered() -> None:
    async with serving() as (app, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 4 + b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        answered = (await asyncio.wait_for(reader.read(), 5)).count(b"200 OK")
        assert (answered, app.asked) == (5, 5)
        writer.close()


@pytest.mark.parametrize("line", [b"X-A: " + b"a" * 1000 + b"\r\n", b"a" * 1000])
async def test_a_head_without_end_is_refused_while_it_comes(line: bytes) -> None:
    async with serving() as (app, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n" + (b"" if line.startswith(b"X") else b"X-A: "))
        sent = 0
        with suppress(ConnectionError):
            while sent < 40 * MOST_HEAD and not reader.at_eof():
                writer.write(line)
                sent += len(line)
                await writer.drain()
                await asyncio.sleep(0)
        assert sent < 40 * MOST_HEAD
        assert app.asked == 0
        writer.close()


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n", b"G"])
async def test_who_does_not_end_a_head_is_not_waited_for(begun: bytes) -> None:
    async with serving(head_seconds=0.3) as (app, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        assert b"408" in await first_line(reader)
        assert await gone(reader)
        assert app.asked == 0
        writer.close()


async def test_a_second_head_is_not_waited_for_either() -> None:
    async with serving(head_seconds=0.3) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"200" in await first_line(reader)
        writer.write(b"\r\nGET / HT")
        assert await gone(reader, 3)
        writer.close()


async def test_who_reads_nothing_is_let_go() -> None:
    async with serving(stalled_seconds=0.3) as (app, port):
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            raw.setblocking(False)
            await asyncio.sleep(1.0)
            taken = 0
            with suppress(BlockingIOError, ConnectionError):
                while part := raw.recv(1 << 20):
                    taken += len(part)
        assert app.asked == 1
        assert taken < len(LARGE)


class Opened:
    """Connections to one server, as those of somebody at an address; the server is not running."""

    def __init__(self) -> None:
        self.made = bounded(networks("10.0.3.7"))
        self.state = uvicorn.server.ServerState()
        self.open: list[tuple[Any, Transport]] = []

    def connect(self, address: str, **config: Any) -> "tuple[Any, Transport]":
        transport = Transport(address)
        config = uvicorn.Config(App(), lifespan="off", log_config=None, **config)
        protocol = self.made(config=config, server_state=self.state, app_state={})
        protocol.connection_made(transport)
        self.open.append((protocol, transport))
        return protocol, transport

    def close(self) -> None:
        for protocol, _ in self.open:
            protocol.connection_lost(None)


@pytest.mark.parametrize(
    ("addresses", "refused"),
    [
        (["203.0.113.7"] * 4, [False, False, False, True]),
        (["203.0.113.7", "203.0.113.8"] * 3, [False] * 6),
        ([f"2001:db8:1:2::{n}" for n in range(4)], [False, False, False, True]),  # a subscriber has them all
        (["2001:db8:1:2::1", "2001:db8:1:3::1"] * 3, [False] * 6),
        (["::ffff:203.0.113.7", "203.0.113.7"] * 2, [False, False, False, True]),
        ([f"::ffff:203.0.113.{n}" for n in range(6)], [False] * 6),
        (["127.0.0.1", "::1", "::ffff:127.0.0.1"] * 3, [False] * 9),
    ],
)
async def test_one_subscriber_has_only_so_many_connections(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], refused: list[bool]
) -> None:
    monkeypatch.setattr(connection, "OF_ONE", 3)
    opened = Opened()
    assert [opened.connect(address)[1].aborted for address in addresses] == refused
    opened.close()
    assert not opened.made.open


@pytest.mark.parametrize(
    ("address", "path", "status"),
    [
        ("127.0.0.1", b"/healthz", b"200"),
        ("::1", b"/healthz", b"200"),
        ("::ffff:127.0.0.1", b"/readyz?x", b"200"),
        ("10.0.3.7", b"/healthz", b"200"),
        ("127.0.0.1", b"/", b"503"),  # a proxy on this machine passes everybody on
        ("127.0.0.1", b"/healthz/x", b"503"),
        ("203.0.113.7", b"/healthz", b"503"),
    ],
)
async def test_where_all_connections_are_taken_an_operator_may_still_see_whether_it_lives(
    address: str, path: bytes, status: bytes
) -> None:
    opened = Opened()
    protocol, transport = opened.connect(address, limit_concurrency=1)
    protocol.data_received(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    await asyncio.gather(*opened.state.tasks)
    assert transport.written.split(b" ")[1] == status
    opened.close()


class Transport(asyncio.Transport):
    """A connection of somebody elsewhere."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 4711), "sockname": ("127.0.0.1", 80)})
        self.aborted = False
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted


@pytest.mark.parametrize("line", [b"a0: b\r\n", b"a" * 65_536, b"a: " + b"b" * 65_536])
async def test_trailers_without_end_end_the_connection(line: bytes) -> None:
    async with serving() as (_, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /ask HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
        assert not await taken(writer, line * (1 + 65_536 // len(line)), times=64)
        writer.close()


async def test_trailers_are_no_headers_and_small_pieces_are_taken() -> None:
    seen: list[tuple[bytes, bytes]] = []
    body = b""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal body
        while True:
            message = await receive()
            body += message["body"]
            if not message["more_body"]:
                break
        seen.extend(scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    async with serving(app=app) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /ask HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(20_000):
            writer.write(b"1\r\nx\r\n")
        writer.write(b"0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n")
        assert await first_line(reader) == b"HTTP/1.1 200 OK\r\n"
        assert body == b"x" * 20_000
        assert [name for name, _ in seen] == [b"host", b"transfer-encoding"]
        writer.close()


@pytest.mark.parametrize("begun", [True, False])
async def test_who_is_served_when_the_server_ends_leaves_no_error(
    caplog: pytest.LogCaptureFixture, begun: bool
) -> None:
    """Whose response has begun is let go; others hear that they came too late."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": LARGE, "more_body": True})
            await send({"type": "http.response.body", "body": LARGE})
        await asyncio.Event().wait()

    async with serving(app=app) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(0.2)
    said, ended = await first_line(reader), await gone(reader)
    writer.close()
    assert not [r.getMessage() for r in caplog.records if r.exc_info or "ASGI" in r.getMessage()]
    assert (said, ended) == (b"HTTP/1.1 200 OK\r\n" if begun else b"HTTP/1.1 503 Service Unavailable\r\n", True)
