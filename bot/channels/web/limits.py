"""Limits: who may ask how often, and how large and how slow a request may be."""

import asyncio
import hmac
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.errors import ApiError, shaped
from bot.store import keys
from bot.store.database import Database, unavailable
from bot.store.keys import Key

MOST_BYTES = 64 * 1024
"""Bytes of a request's body."""
MOST_HEAD = 32 * 1024
"""Bytes of a request's headers, names and values."""
SLOWEST = 10.0
"""Seconds for a request's body to arrive."""
BURST = 5
"""Seconds' worth of requests that may come at once."""
KEYED = 10
"""How many times more a holder of a key may ask than somebody without one."""
_WRONG_KEYS = 10
"""Wrong keys from one address in a minute, after which none is looked at."""
_MOST_BUCKETS = 20_000
_KEY_SECONDS = 30.0
"""How long a removed key may still work."""
_MOST_KEYS = 1_000

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Buckets:
    """Token buckets: `rate` a second, `burst` at once, for each of many names. A rate of 0 sets no limit."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self._clock = rate, burst, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, cost: float = 1.0) -> float:
        """Take a token and return 0, or take none and return the seconds after which there is one."""
        if not self.rate:
            return 0.0
        now = self._clock()
        level, then = self._levels.pop(name, (self.burst, now))
        level = min(self.burst, level + (now - then) * self.rate)
        wait = 0.0 if level >= cost else (cost - level) / self.rate
        self._levels[name] = (level if wait else level - cost, now)
        if len(self._levels) > _MOST_BUCKETS:
            self._levels.popitem(last=False)
        return wait

    def empty(self, name: str) -> float:
        """Return the seconds until there is a token, without taking one; 0 where there is."""
        if name not in self._levels:
            return 0.0
        level, then = self._levels[name]
        level += (self._clock() - then) * self.rate
        return 0.0 if level >= 1 else (1 - level) / self.rate


def networks(addresses: str) -> tuple[Network, ...]:
    """Return the networks in a list such as `10.0.0.0/8, ::1`. Raises ValueError where one is none."""
    return tuple(ipaddress.ip_network(a.strip(), strict=False) for a in addresses.split(",") if a.strip())


def client(scope: Scope, proxies: Iterable[Network]) -> str:
    """Return the address that a request came from: behind a known proxy the last one that is not a proxy itself.

    Of IPv6 the /64 network: it is what one subscriber has.
    """
    peer = scope.get("client")
    address = peer[0] if peer else ""
    trusted = tuple(proxies)
    if trusted and _within(address, trusted):
        named = b",".join(v for k, v in scope["headers"] if k == b"x-forwarded-for").decode("latin-1")
        for hop in reversed([h.strip() for h in named.split(",") if h.strip()]):
            address = hop
            if not _within(hop, trusted):
                break
    return _subscriber(address)


def _within(address: str, trusted: Iterable[Network]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in trusted)


@lru_cache(maxsize=10_000)
def _subscriber(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else address


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: the holder of a key, or an address."""

    address: str
    key: Key | None = None

    @property
    def name(self) -> str:
        """The name of the key's holder, or empty."""
        return self.key.name if self.key else ""


class Door:
    """Lets callers in: knows keys, and counts."""

    def __init__(self, database: Database, rate: float, proxies: tuple[Network, ...] = ()) -> None:
        self.database, self.proxies = database, proxies
        self._open = Buckets(rate, rate * BURST)
        self._keyed = Buckets(rate * KEYED, rate * KEYED * BURST)
        self._wrong = Buckets(_WRONG_KEYS / 60, _WRONG_KEYS)
        self._known: OrderedDict[str, tuple[float, Key | None]] = OrderedDict()

    async def enter(self, request: Request, *, staff: bool = False) -> Caller:
        """Return the caller of a request.

        Raises:
            ApiError: 401 a wrong key, or none where one is needed; 403 not staff's; 429 too often.
        """
        address = client(request.scope, self.proxies)
        named = request.headers.get("authorization")
        if named is None:
            _slow_down(self._open.take(address))
            if staff:
                raise ApiError(401, headers={"WWW-Authenticate": "Bearer"})
            return Caller(address)
        _slow_down(self._wrong.empty(address))
        key = await self._key(named)
        if key is None:
            self._wrong.take(address)
            raise ApiError(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        _slow_down(self._keyed.take(key.name))
        if staff and not key.staff:
            raise ApiError(403)
        return Caller(address, key)

    def wrong(self, address: str) -> None:
        """Count a wrong secret of any kind from an address. Raises ApiError (429) where there were too many."""
        _slow_down(self._wrong.empty(address))
        self._wrong.take(address)

    async def _key(self, header: str) -> Key | None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer" or not 1 <= len(secret := secret.strip()) <= 200:
            return None
        token = keys.digest(secret)
        until, key = self._known.get(token, (0.0, None))
        if until < time.monotonic():
            key = await self._look_up(token)
        return key if key is not None and hmac.compare_digest(key.token, token) else None

    async def _look_up(self, token: str) -> Key | None:
        async with self.database.read() as connection:
            key = await keys.find(connection, token)
        if key is not None:
            self._known[token] = (time.monotonic() + _KEY_SECONDS, key)
            self._known.move_to_end(token)
            if len(self._known) > _MOST_KEYS:
                self._known.popitem(last=False)
            await self._note(token)
        return key

    async def _note(self, token: str) -> None:
        """Note that a key is used; it works as well where that cannot be noted."""
        try:
            async with self.database.write() as connection:
                await keys.used(connection, token, datetime.now(UTC))
        except Exception as error:
            if not unavailable(error):
                raise


def _slow_down(seconds: float) -> None:
    if seconds > 0:
        raise ApiError(429, headers={"Retry-After": str(max(1, -int(-seconds // 1)))})


class Body:
    """Reads each request's body before the application does: 413 where it is too large, 408 where it is too slow."""

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES, slowest: float = SLOWEST) -> None:
        self.app, self.most, self.slowest = app, most, slowest

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
        if length.isdigit() and int(length) > self.most:
            await self._refuse(413, scope, receive, send)
            return
        if length == b"0" and b"transfer-encoding" not in headers:
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.slowest):
                body = await self._whole(receive)
        except TimeoutError:
            await self._refuse(408, scope, receive, send)
            return
        if body is None:
            await self._refuse(413, scope, receive, send)
            return
        await self.app(scope, _replayed(body, receive), send)

    async def _whole(self, receive: Receive) -> Message | None:
        """Return the whole body as one message, or that the client went away; `None` where it is too large."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message
            part = message.get("body", b"")
            size += len(part)
            if size > self.most:
                return None
            parts.append(part)
            if not message.get("more_body", False):
                return {"type": "http.request", "body": b"".join(parts), "more_body": False}

    @staticmethod
    async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
        # the rest of the body is not read, so the connection cannot be used again
        await shaped(ApiError(status, headers={"Connection": "close"}))(scope, receive, send)


def _replayed(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
