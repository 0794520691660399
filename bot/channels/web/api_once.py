"""Requests that may come twice because a response was lost: the client's key tells that they are one.

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Header
from starlette.requests import Request

from bot.channels.web.errors import ApiError, Fault
from bot.privacy.redact import pseudonym
from bot.store import repeats
from bot.store.database import Connection

HEADER = "Idempotency-Key"
KEY = r'^"?[A-Za-z0-9_.:=+/-]{8,120}"?$'
_KEY = re.compile(KEY)
ABOUT = (
    "같은 요청을 다시 보낼 때 같은 값을 보내면 한 번만 처리하고 처음의 결과를 돌려줍니다(이틀 동안). "
    "요청마다 새 값(UUID)을 만드세요."
)
_MOST_KEPT = 2_000
Given = Annotated[str, Header(alias=HEADER, pattern=KEY, description=ABOUT)]
DESCRIBED = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": ABOUT,
    "schema": {"type": "string", "pattern": KEY},
}
"""What OpenAPI says of the header, for a route that reads it by hand."""


def given_key(request: Request) -> str:
    """Return the request's key, or empty where it has none.

    Raises:
        ApiError: 422 the header cannot be one.
    """
    value = request.headers.get(HEADER)
    if value is None:
        return ""
    if not _KEY.fullmatch(value):
        raise ApiError(422, faults=[Fault(f"header.{HEADER}", "idempotency_key")])
    return value.strip('"')


def reused() -> ApiError:
    """Return the error for a key that came with another request before."""
    return ApiError(422, says="idempotency_key_reused")


@dataclass(frozen=True, slots=True)
class Once:
    """Something that is done once: its name, and a digest of what was sent."""

    name: str
    mark: str

    @classmethod
    def of(cls, secret: bytes, key: str, whose: str, content: str) -> "Once":
        """Return it for a key; `whose`: the user or the case that the key belongs to."""
        return cls(f"once:{pseudonym(secret, 'once', f'{whose} {key}')}", pseudonym(secret, "sent", content)[:16])

    async def before(self, connection: Connection, now: datetime) -> int | None:
        """Return the number of what was made the first time, or `None` if this is the first time: then call `made`.

        Raises:
            ApiError: 422 something else was sent under the key.
        """
        value = await repeats.done(connection, self.name, now)
        if value is None:
            return None
        number, _, mark = value.partition(" ")
        if mark != self.mark:
            raise reused()
        return int(number)

    async def made(self, connection: Connection, number: int) -> None:
        """Note what was made."""
        await repeats.settle(connection, self.name, f"{number} {self.mark}")


class Answers:
    """Answers that are being made or were made not long ago, by their names."""

    def __init__(self) -> None:
        self._made: OrderedDict[str, tuple[str, asyncio.Task[str]]] = OrderedDict()

    async def of(self, once: Once, make: Callable[[], Awaitable[str]]) -> str:
        """Return the answer made under a name before, or make it. One that failed is made again.

        Raises:
            ApiError: 422 something else was sent under the key.
        """
        mark, task = self._made.get(once.name, ("", None))
        if task is not None and mark != once.mark:
            raise reused()
        if task is None:
            task = asyncio.ensure_future(_awaited(make))
            self._made[once.name] = once.mark, task
            task.add_done_callback(lambda done: self._settled(once.name, done))
            while len(self._made) > _MOST_KEPT:
                self._made.popitem(last=False)
        return await asyncio.shield(task)

    def _settled(self, name: str, task: "asyncio.Task[str]") -> None:
        if task.cancelled() or task.exception() is not None:
            self._made.pop(name, None)


async def _awaited(make: Callable[[], Awaitable[str]]) -> str:
    return await make()
