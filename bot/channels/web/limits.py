"""Rate limits: who may ask how often."""

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from bot import metrics
from bot.channels.web.addresses import Network, client
from bot.channels.web.body import SIZE
from bot.channels.web.errors import ApiError
from bot.channels.web.fastpath import Endpoint
from bot.store import keys
from bot.store.database import Database, unavailable
from bot.store.keys import Key

BURST = 5
"""Seconds' worth of requests that may come at once."""
KEYED = 10
"""How many times more a holder of a key may ask than somebody without one."""
COSTLY = 300
"""Bytes, some hundred letters of Korean in a body and thirty in an address, for which a request counts once more: time
to answer grows with the length of what is asked, and ordinary questions have 20 to 60 letters."""
MOST_COST = 40.0
"""The most that one request can count for: less than the burst, or it could never be made."""
HEAVY = 4.0
"""Requests that one counts for beside itself which takes what several questions take: the list of all pages, a password (80 ms)."""
CASES, MOST_CASES = 60, 20
"""Cases that one address may open in an hour, and at once: each costs a person's time."""
_WRONG_KEYS = 10
"""Wrong keys from one address in a minute, after which no key is checked."""
_MOST_BUCKETS = 20_000
_KEY_SECONDS = 30.0
"""How long a removed key may still work."""
_MOST_KEYS = 1_000


class Buckets:
    """Token buckets: `rate` a second, `burst` at once, for each of many names. A rate of 0 sets no limit."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self._clock = rate, burst, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, cost: float = 1.0) -> float:
        """Take a token and return 0, or take none and return the seconds after which there is one.

        A cost above the burst is lowered to it.
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


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: the holder of a key, or an address."""

    address: str
    key: Key | None = None

    @property
    def name(self) -> str:
        """The name of the key's holder, or empty."""
        return self.key.name if self.key else ""

    @property
    def payer(self) -> str:
        """Whose questions wait behind one another."""
        return f"key {self.key.name}" if self.key else self.address


class Door:
    """Lets callers in: knows keys, and counts."""

    def __init__(self, database: Database, rate: float, proxies: tuple[Network, ...] = ()) -> None:
        self.database, self.proxies = database, proxies
        self._open = Buckets(rate, rate * BURST)
        self._keyed = Buckets(rate * KEYED, rate * KEYED * BURST)
        self._wrong = Buckets(_WRONG_KEYS / 60, _WRONG_KEYS)
        self._cases = Buckets(CASES / 3600 if rate else 0, MOST_CASES)
        self._known: OrderedDict[str, tuple[float, Key | None]] = OrderedDict()

    async def enter(self, request: Request, *, staff: bool = False) -> Caller:
        """Return the caller of a request; longer requests cost them more.

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
            # a key is 256 random bits and cannot be guessed: the right one works whatever others try from its address
            _slow_down(self._open.take(address))
            _slow_down(self._wrong.take(address))
            raise ApiError(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        _slow_down(self._keyed.take(key.name, cost_of(request)))
        if staff and not key.staff:
            raise ApiError(403)
        return Caller(address, key)

    def look(self, request: Request, cost: float = 0.0) -> None:
        """Count a request for a page, which no key opens. Raises ApiError (429) where there were too many.

        `cost`: how many more it counts for.
        """
        _slow_down(self._open.take(client(request.scope, self.proxies), cost_of(request) + cost))

    def counted(self, page: Endpoint, cost: float = 0.0) -> Endpoint:
        """Return a page as it is served to those who do not ask for too many; `cost` as for `look`."""

        async def serve(request: Request) -> Response:
            self.look(request, cost)
            return await page(request)

        return serve

    def opens_case(self, caller: Caller) -> None:
        """Count a new case of an address. Raises ApiError (429) where there were too many; holders of keys may."""
        if caller.key is None:
            _slow_down(self._cases.take(caller.address))

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
        """Note that a key is used; if that fails the key works all the same."""
        try:
            async with self.database.write() as connection:
                await keys.used(connection, token, datetime.now(UTC))
        except Exception as error:
            if not unavailable(error):
                raise


def cost_of(request: Request) -> float:
    """Return how many requests one counts for: one, and one more for each `COSTLY` bytes of what is asked."""
    size: int = request.scope.get(SIZE, 0) + len(request.scope.get("query_string", b""))
    return min(1.0 + size // COSTLY, MOST_COST)


def _slow_down(seconds: float) -> None:
    if seconds > 0:
        whole = str(max(1, -int(-seconds // 1)))
        raise ApiError(429, values={"seconds": whole}, headers={"Retry-After": whole})
