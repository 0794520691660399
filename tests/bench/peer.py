"""A Telegram just fast enough not to be the bottleneck: raw HTTP/1.1 on asyncio, in the benchmark's own process.

It posts updates to a webhook over keep-alive connections, as Telegram does, and answers the calls of the bot.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

CONNECTIONS = 40
"""Connections to a webhook at a time. Source: Bot API, setWebhook, default of `max_connections`."""
_ME = {"id": 4242, "is_bot": True, "first_name": "bench", "username": "bench_bot"}
TOKEN = "4242:benchmark"


class Peer:
    """Serve it with `async with`. `answered` are the chats to which something was sent."""

    def __init__(self) -> None:
        self.answered: set[int] = set()
        self.webhook, self.secret = "", ""
        self.ready = asyncio.Event()
        self.complete = asyncio.Event()
        self._expected = -1
        self._sent = 0

    async def __aenter__(self) -> "Peer":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def answer(self, method: str, body: bytes, form: bool) -> bytes:
        """Return the body of the answer to a call."""
        if method == "sendMessage":
            chat = int(body.partition(b"chat_id=")[2].partition(b"&")[0]) if form else json.loads(body)["chat_id"]
            self._sent += 1
            self.answered.add(chat)
            if len(self.answered) == self._expected:
                self.complete.set()
            return (
                b'{"ok":true,"result":{"message_id":%d,"date":1790000000,"text":"x",'
                b'"chat":{"id":%d,"type":"private","first_name":"x"}}}' % (self._sent, chat)
            )
        if method == "setWebhook":
            given = {k: v[0] for k, v in parse_qs(body.decode()).items()} if form else json.loads(body)
            self.webhook, self.secret = given["url"], given["secret_token"]
            self.ready.set()
        return json.dumps({"ok": True, "result": _ME if method == "getMe" else True}).encode()

    async def deliver(self, updates: Sequence[Mapping[str, object]], seconds: float) -> None:
        """Post updates, each until it is taken, and wait until each chat was answered.

        Raises:
            TimeoutError: it took longer than `seconds`.
        """
        self.answered.clear()
        self.complete.clear()
        self._expected = len(updates)
        left = list(reversed(updates))
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(self._post(left))
            await self.complete.wait()

    async def _post(self, left: list[Mapping[str, object]]) -> None:
        address, _, path = self.webhook.removeprefix("http://").partition("/")
        host, _, port = address.partition(":")
        head = (
            f"POST /{path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {self.secret}\r\nContent-Length: "
        )
        reader, writer = await asyncio.open_connection(host, int(port))
        while left:
            update = left.pop()
            body = json.dumps(update).encode()
            writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            if not answer.startswith(b"HTTP/1.1 2"):
                left.append(update)
                await asyncio.sleep(0.05)
        writer.close()


class _Connection(asyncio.Protocol):
    def __init__(self, peer: Peer) -> None:
        self._peer, self._got = peer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while True:
            head, end, rest = self._got.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            if not end or len(rest) < length:
                return
            body, self._got = rest[:length], rest[length:]
            method = head.split(b" ", 2)[1].rpartition(b"/")[2].decode()
            answer = self._peer.answer(method, body, b"x-www-form-urlencoded" in head.lower())
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (len(answer), answer)
            )
