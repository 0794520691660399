"""Limits: who may ask how often, and how large and how slow a request may be."""

import asyncio
import hmac
import ipaddress
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics
from bot.channels.web.errors import ApiError, shaped
from bot.store import keys
from bot.store.database import Database, unavailable
from bot.store.keys import Key

log = logging.getLogger(__name__)
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
COSTLY = 300
"""Bytes of a body, some hundred letters of Korean, for which a request counts once more: time to answer grows with
the length of what is asked, and ordinary questions have 20 to 60 letters."""
MOST_COST = 40.0
"""Requests that one counts for at most: less than may come at once, or it could never be made."""
_WRONG_KEYS = 10
"""Wrong keys from one address in a minute, after which none is looked at."""
_MOST_BUCKETS = 20_000
_KEY_SECONDS = 30.0
"""How long a removed key may still work."""
_MOST_KEYS = 1_000

_FORWARDED = re.compile(r"(?:^|[;,])\s{0,4}for=(\"[^\"]{1,80}\"|[^;,\s]{1,80})", re.IGNORECASE)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Buckets:
    """Token buckets: `rate` a second, `burst` at once, for each of many names. A rate of 0 sets no limit."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self._clock = rate, burst, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, cost: float = 1.0) -> float:
        """Take a token and return 0, or take none and return the seconds after which there is one.

        What costs more than may be had at once costs that much.
        """
        if not self.rate:
            return 0.0
        cost = min(cost, self.burst)
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

    Of IPv6 the /64 network: it is what one subscriber has. A name that is no address counts as the proxy's own.
    """
    peer = scope.get("client")
    address = peer[0] if peer else ""
    trusted = tuple(proxies)
    if not _within(address, trusted):
        if _is_forwarded(scope):
            _warn_of_forwarded(bool(trusted))
        return _subscriber(address)
    for hop in reversed(_hops(scope)):
        if address_of(hop) is None:
            break
        address = hop
        if not _within(hop, trusted):
            break
    return _subscriber(address)


def address_of(hop: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address in what a proxy wrote: alone, with a port, in brackets, IPv4 inside IPv6; `None`: in none.

    Source: RFC 7239, 6 (node identifiers); Azure Application Gateway and IIS ARR write the port into X-Forwarded-For.
    """
    hop = hop.strip().strip('"')
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        ip = ipaddress.ip_address(hop.partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip


def _is_forwarded(scope: Scope) -> bool:
    return any(name in (b"x-forwarded-for", b"forwarded") for name, _ in scope["headers"])


def _hops(scope: Scope) -> list[str]:
    """Return whom proxies named, the nearest last: of X-Forwarded-For, else of Forwarded (RFC 7239)."""
    named = b",".join(v for k, v in scope["headers"] if k == b"x-forwarded-for").decode("latin-1")
    if not named:
        forwarded = b",".join(v for k, v in scope["headers"] if k == b"forwarded").decode("latin-1")
        named = ",".join(m[1] for m in _FORWARDED.finditer(forwarded))
    return [h.strip() for h in named.split(",") if h.strip()]


@lru_cache(maxsize=2)
def _warn_of_forwarded(some: bool) -> None:
    """Tell the operator, once, that a proxy names its clients and is not believed."""
    which = "HELPDESK_PROXIES does not name it" if some else "HELPDESK_PROXIES is not set"
    log.warning("a request was forwarded by a proxy that is not trusted, so all its clients count as one: %s", which)


def _within(address: str, trusted: Iterable[Network]) -> bool:
    ip = address_of(address)
    return ip is not None and any(ip in network for network in trusted)


@lru_cache(maxsize=10_000)
def _subscriber(address: str) -> str:
    ip = address_of(address)
    if ip is None:
        return address[:64]
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


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
        """Return the caller of a request, which costs them the more the longer what they send is.

        Raises:
            ApiError: 401 a wrong key, or none where one is needed; 403 not staff's; 429 too often.
        """
        address = client(request.scope, self.proxies)
        named = request.headers.get("authorization")
        if named is None:
            _slow_down(self._open.take(address, cost_of(request)))
            if staff:
                raise ApiError(401, headers={"WWW-Authenticate": "Bearer"})
            return Caller(address)
        key = await self._key(named)
        if key is None:
            metrics.WRONG_KEYS.inc()
            # a key is 256 random bits, which nobody guesses: the right one works whatever others try from its address
            _slow_down(self._open.take(address))
            _slow_down(self._wrong.take(address))
            raise ApiError(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        _slow_down(self._keyed.take(key.name, cost_of(request)))
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


def cost_of(request: Request) -> float:
    """Return how many requests one counts for: one, and one more for each `COSTLY` bytes of its body."""
    length = request.headers.get("content-length", "")
    size = int(length) if length.isascii() and length.isdecimal() and len(length) < 10 else 0
    return min(1.0 + size // COSTLY, MOST_COST)


def _slow_down(seconds: float) -> None:
    if seconds > 0:
        raise ApiError(429, headers={"Retry-After": str(max(1, -int(-seconds // 1)))})


class Body:
    """Reads each request's body before the application does: 413 where it is too large, 408 where it is too slow.

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
        await shaped(ApiError(status, headers={"Connection": "close"}))(scope, receive, send)


def _replayed(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
