"""The fast path answers as the framework would: same status, same headers, same words."""

import json
import re
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.answering import endpoint
from bot.channels.answering.endpoint import Endpoint
from bot.channels.kakao.platform import KAKAO
from bot.channels.web.fastpath import Web
from bot.store.database import Database
from tests.databases import migrated_url
from tests.web.conftest import SECRET, Opens, Site

KAKAO_SECRET = "s" * 32
ASK, USER = "/api/v1/ask", {"X-Helpdesk-User": "user-0123456789abcdef"}
SKILL = {"userRequest": {"utterance": "창원대 전화번호", "user": {"id": "u1"}}, "bot": {"id": "b"}, "action": {}}
REQUESTS: dict[str, tuple[str, dict]] = {
    "an answer": (ASK, {"json": {"text": "창원대 전화번호"}, "headers": USER}),
    "nobody's": (ASK, {"json": {"text": "창원대 전화번호"}}),
    "by key": (ASK, {"json": {"text": "기술료는?"}, "headers": {**USER, "Idempotency-Key": "01234567-89"}}),
    "a bad user": (ASK, {"json": {"text": "창원대"}, "headers": {"X-Helpdesk-User": "?"}}),
    "no such choice": (ASK, {"json": {"text": "", "choice": "no-such-entry"}, "headers": USER}),
    "no JSON": (ASK, {"content": b"{", "headers": {"Content-Type": "application/json"}}),
    "no body": (ASK, {}),
    "another type": (ASK, {"content": b"text=1", "headers": {"Content-Type": "text/plain"}}),
    "other fields": (ASK, {"json": {"txt": "창원대"}}),
    "too large": (ASK, {"json": {"text": "가" * 70_000}}),
    "a skill": (f"/kakao/{KAKAO_SECRET}", {"json": SKILL}),
    "a skill by header": ("/kakao", {"json": SKILL, "headers": {"X-Helpdesk-Secret": KAKAO_SECRET}}),
    "a skill of nobody": ("/kakao/wrong", {"json": SKILL}),
    "no skill": (f"/kakao/{KAKAO_SECRET}", {"json": []}),
    "a page in a browser": ("/kakao/wrong", {"json": SKILL, "headers": {"Accept": "text/html"}}),
}


@pytest_asyncio.fixture
async def desk(tmp_path: Path, migrated: dict[str, str], site: Opens):
    async with (
        Database(await migrated_url("sqlite", None, tmp_path, migrated)) as database,
        site(database, rate=0) as made,
    ):
        parts = made.parts
        how = endpoint.Options(KAKAO_SECRET, patience=60, give_up=60)
        kakao = Endpoint(KAKAO, parts.front, parts.counter, parts.cases, SECRET, how)
        for path in kakao.paths:
            made.web.answer(path, kakao.answer)  # type: ignore[attr-defined]
        yield made


async def told(app: ASGIApp, path: str, how: dict) -> tuple[int, dict[str, str], str]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        answer = await client.post(path, **how)
    body = re.sub(r"[0-9a-f]{32}", "x" * 32, answer.text)  # the id of the exchange
    return answer.status_code, {k: v for k, v in answer.headers.items() if k != "content-length"}, body


def of_another(how: dict) -> dict:
    """Return a request as another user sends it, who has not been told anything yet."""
    sent = json.dumps({k: v for k, v in how.items() if k != "content"})
    return how | json.loads(sent.replace("user-0123", "next-0123").replace('"u1"', '"u2"'))


@pytest.mark.parametrize("name", REQUESTS)
async def test_it_answers_as_the_framework_does(desk: Site, name: str) -> None:
    path, how = REQUESTS[name]
    web = desk.web
    assert isinstance(web, Web)
    assert web._found({"type": "http", "path": path})

    async def framework(scope: Scope, receive: Receive, send: Send) -> None:
        await FastAPI.__call__(web, scope, receive, send)

    assert await told(web, path, how) == await told(framework, path, of_another(how))
