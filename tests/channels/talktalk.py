"""TalkTalk as it calls the endpoint, and as it takes what is sent: each event held against the documented limits."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from aiohttp import web
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels.answering.endpoint import Endpoint
from tests.conftest import NOW

SECRET = "talk-secret-0123456789"
URL = f"/talktalk/{SECRET}"
MEDIA = "application/json;charset=UTF-8"


@dataclass
class TalkTalk:
    """Calls the endpoint, a minute later each time, and checks every response."""

    endpoint: Endpoint
    now: datetime = NOW
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint.clock = lambda: self.now
        app = Starlette(routes=[Route(p, self.endpoint.answer, methods=["POST"]) for p in self.endpoint.paths])
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://desk.test")

    async def sends(self, event: dict[str, Any], *, seconds: float = 60) -> httpx.Response:
        """Send an event."""
        self.now += timedelta(seconds=seconds)
        reply = await self.client.post(URL, json=event)
        assert reply.status_code == 200
        return reply

    async def says(self, text: str, user: str = "u1", *, seconds: float = 60, **content: str) -> dict[str, Any]:
        """Send what a user types or taps, and return the response."""
        reply = await self.sends(sent(text, user, **content), seconds=seconds)
        assert reply.headers["content-type"] == MEDIA
        response: dict[str, Any] = reply.json()
        check(response)
        return response

    async def taps(self, response: dict[str, Any], label: str, user: str = "u1") -> dict[str, Any]:
        """Tap what carries a label, or begins with it."""
        found = [b["data"] for b in tappable(response) if b["data"]["title"].startswith(label)]
        assert found, f"{label!r} is not among {[b['data']['title'] for b in tappable(response)]}"
        return await self.says(found[0]["title"], user, code=found[0]["code"], inputType="button")


def sent(text: str, user: str = "u1", **content: str) -> dict[str, Any]:
    """A `send` event."""
    return {"event": "send", "user": user, "textContent": {"text": text, "inputType": "typing", **content}}


def card(event: dict[str, Any]) -> dict[str, Any]:
    """The composite of an event; an empty one where it is a text."""
    found: dict[str, Any] = event.get("compositeContent", {"compositeList": [{}]})["compositeList"][0]
    return found


def said(event: dict[str, Any]) -> str:
    """All text of an event."""
    words = event["textContent"]["text"] if "textContent" in event else card(event)["description"]
    assert isinstance(words, str)
    return words


def quick(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The quick buttons of an event."""
    content = event.get("textContent") or event["compositeContent"]
    found: list[dict[str, Any]] = content.get("quickReply", {}).get("buttonList", [])
    return found


def tappable(event: dict[str, Any]) -> list[dict[str, Any]]:
    """All buttons that come back."""
    return [b for b in (*card(event).get("buttonList", []), *quick(event)) if b["type"] == "TEXT"]


def links(event: dict[str, Any]) -> list[dict[str, Any]]:
    """What is behind the buttons that open a page."""
    return [b["data"] for b in (*card(event).get("buttonList", []), *quick(event)) if b["type"] == "LINK"]


def long(text: str) -> int:
    """The length in UTF-16 units: how TalkTalk counts what is beyond is not documented, and this is the most."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check(event: dict[str, Any]) -> None:
    """Fail where a limit is broken. Source: «메시지 타입 명세», github.com/navertalk/chatbot-api."""
    assert event.keys() in ({"event", "textContent"}, {"event", "compositeContent"})
    assert event["event"] == "send"
    if "textContent" in event:
        assert event["textContent"].keys() <= {"text", "quickReply"}
        assert event["textContent"]["text"].strip()
        assert long(event["textContent"]["text"]) <= 10_000
    else:
        assert event["compositeContent"].keys() <= {"compositeList", "quickReply"}
        assert len(event["compositeContent"]["compositeList"]) == 1
        assert card(event).keys() == {"description", "buttonList"}  # two at least of what a composite may have
        assert card(event)["description"].strip()
        assert long(card(event)["description"]) <= 1_000
    for buttons, limit in ((card(event).get("buttonList"), 18), (quick(event) or None, 10)):
        if buttons is None:
            continue
        assert 1 <= len(buttons) <= 10
        titles = [_button(b, limit) for b in buttons]
        assert len(set(titles)) == len(titles)


def _button(button: dict[str, Any], limit: int) -> str:
    data, title = button["data"], button["data"]["title"]
    assert button.keys() == {"type", "data"}
    if button["type"] == "TEXT":
        assert data.keys() == {"title", "code"}
        assert long(data["code"]) <= 1_000
        assert isinstance(json.loads(data["code"]), dict)
    else:
        assert button["type"] == "LINK"
        assert data.keys() == {"title", "url", "mobileUrl"}
        assert data["url"].startswith(("http://", "https://"))
    assert isinstance(title, str)
    assert title.strip()
    assert long(title) <= limit
    return title


@dataclass
class Naver:
    """The send API. Serve it with `async with`; read `events`. `answers`: what it says, the first first; then success."""

    events: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    answers: list[tuple[int, str]] = field(default_factory=list)

    async def __aenter__(self) -> "Naver":
        app = web.Application()
        app.router.add_post("/chatbot/v1/event", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/chatbot/v1/event"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        assert request.headers["Content-Type"] == MEDIA
        self.keys.add(request.headers["Authorization"])
        self.events.append(await request.json())
        status, text = self.answers.pop(0) if self.answers else (200, '{"success": true, "resultCode": "00"}')
        return web.Response(text=text, status=status, content_type="application/json")
