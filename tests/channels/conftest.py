"""The skill endpoint in this process, and Kakao that calls it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels.answering.endpoint import Endpoint, Options
from bot.channels.kakao.platform import KAKAO
from bot.channels.talktalk.platform import TALKTALK
from bot.desk.cases import Cases
from bot.desk.courier import Courier
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store.database import Database
from tests.channels import talktalk as naver
from tests.conftest import NOW
from tests.served import counting

SECRET = "skill-secret-0123456789"
URL = f"/kakao/{SECRET}"


@dataclass
class Kakao:
    """Calls the endpoint as Kakao does, a minute later each time, and checks every response."""

    endpoint: Endpoint
    check: Callable[[dict[str, Any]], None]
    now: datetime = NOW
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint.clock = lambda: self.now
        web = Starlette(routes=[Route(p, self.endpoint.answer, methods=["POST"]) for p in self.endpoint.paths])
        transport = httpx.ASGITransport(web, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://desk.test")

    async def says(
        self, text: str, user: str = "u1", *, seconds: float = 60, extra: object = None, **more: Any
    ) -> dict[str, Any]:
        """Send what a user types or taps, and return the response."""
        self.now += timedelta(seconds=seconds)
        reply = await self.client.post(URL, json=body(text, user, extra, **more))
        assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
        response: dict[str, Any] = reply.json()
        self.check(response)
        return response

    async def taps(self, response: dict[str, Any], label: str, user: str = "u1") -> dict[str, Any]:
        """Tap what carries a label."""
        found = [t for t in tappable(response) if t["label"] == label]
        assert found, f"{label!r} is not among {[t['label'] for t in tappable(response)]}"
        return await self.says(found[0]["messageText"], user, extra=found[0]["extra"])


def body(text: str, user: str = "u1", extra: object = None, **more: Any) -> dict[str, Any]:
    """A skill request."""
    request = {"utterance": text, "lang": "kr", "user": {"id": user, "type": "botUserKey"}, **more}
    return {"userRequest": request, "bot": {"id": "bot1"}, "action": {"clientExtra": extra}}


def tappable(response: dict[str, Any]) -> list[dict[str, Any]]:
    """What can be tapped in a response, each with a label."""
    template = response["template"]
    found = list(template.get("quickReplies", []))
    for component in template["outputs"]:
        found += [{"label": i["title"], **i} for i in component.get("listCard", {}).get("items", [])]
    return found


def said(response: dict[str, Any]) -> str:
    """All text in the bubbles of a response."""
    found = []
    for component in response["template"]["outputs"]:
        for value in component.values():
            found += [value.get("text", ""), value.get("description", ""), value.get("header", {}).get("title", "")]
            found += [i["title"] for i in value.get("items", [])]
    return "\n".join(filter(None, found))


Opens = Callable[..., AbstractAsyncContextManager[Kakao]]


@pytest.fixture
def kakao(shipped: HelpDesk) -> Opens:
    """Open the endpoint on a database inside the block."""
    from tests.channels.test_kakao import check

    @asynccontextmanager
    async def opened(
        database: Database, *, desk: HelpDesk | None = None, courier: Courier | None = None, **options: Any
    ) -> AsyncIterator[Kakao]:
        front = Front(desk or shipped)
        chosen = Options(SECRET, **{"patience": 30.0, "give_up": 60.0, **options})  # the machine may be busy
        async with counting(database, front) as counter:
            yield Kakao(Endpoint(KAKAO, front, counter, Cases(front, courier), b"k" * 32, chosen), check)

    return opened


@pytest.fixture
def talktalk(shipped: HelpDesk) -> Opens:
    """Open TalkTalk's endpoint on a database inside the block."""

    @asynccontextmanager
    async def opened(
        database: Database, *, desk: HelpDesk | None = None, courier: Courier | None = None, **options: Any
    ) -> AsyncIterator[naver.TalkTalk]:
        front = Front(desk or shipped)
        chosen = Options(naver.SECRET, **{"patience": 30.0, "give_up": 60.0, **options})  # the machine may be busy
        async with counting(database, front) as counter:
            yield naver.TalkTalk(Endpoint(TALKTALK, front, counter, Cases(front, courier), b"k" * 32, chosen))

    return opened
