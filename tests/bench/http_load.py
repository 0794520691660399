"""A load of HTTP requests: `python -m tests.bench.http_load PORT CONNECTIONS < requests`, as JSON lines; figures in JSON.

Each line is `[path, headers, body]`. One request at a time on each of some kept connections, as fast as they go.
Written on bare sockets, so that the load is not what is measured: its own share of a core is among the figures.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator

import uvloop


class Connection(asyncio.Protocol):
    """One kept connection that sends the next request when an answer is whole."""

    def __init__(self, requests: Iterator[bytes], took: list[float], statuses: Counter[int]) -> None:
        self.requests, self.took, self.statuses = requests, took, statuses
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # TCP has no other
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self._transport.close()
            self.done.set_result(None)
            return
        self._begun = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        if len(body) < int(lower[at:].split(b"\r\n", 1)[0]):
            return
        self.took.append(time.perf_counter() - self._begun)
        self.statuses[int(head[9:12])] += 1
        self._buffer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))


def written(path: str, headers: dict[str, str], body: str) -> bytes:
    """Return a request as it goes over the wire."""
    content = body.encode()
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(content)}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


async def load(port: int, connections: int, requests: list[bytes]) -> dict[str, object]:
    """Send all requests and return the figures."""
    took: list[float] = []
    statuses: Counter[int] = Counter()
    left = iter(requests)
    loop = asyncio.get_running_loop()
    begun, cpu = time.perf_counter(), time.process_time()
    made = [
        await loop.create_connection(lambda: Connection(left, took, statuses), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    seconds = time.perf_counter() - begun
    took.sort()
    return {
        "requests": len(took),
        "a_second": len(took) / seconds,
        "p50": 1000 * took[len(took) // 2],
        "p99": 1000 * took[min(int(len(took) * 0.99), len(took) - 1)],
        "load": (time.process_time() - cpu) / seconds,
        "statuses": dict(statuses),
    }


def main() -> None:
    """Read requests, send them, print the figures."""
    requests = [written(*json.loads(line)) for line in sys.stdin]
    print(json.dumps(uvloop.run(load(int(sys.argv[1]), int(sys.argv[2]), requests))))


if __name__ == "__main__":
    main()
