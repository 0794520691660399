"""Limits and failures: one shape, whatever is wrong; nothing too large, too slow, too often."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message

from bot.channels.web.access import Access
from bot.channels.web.addresses import client, networks
from bot.channels.web.body import Body
from bot.channels.web.limits import Buckets
from bot.logs import JsonFormatter
from bot.store.database import Database
from tests.web.conftest import Opens, Site

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
ASK = "/api/v1/ask"
JSON = {"Content-Type": "application/json"}


def shape(reply) -> tuple[int, str]:
    """The status and code of a failure, whose shape is checked."""
    error = reply.json()["error"]
    assert set(reply.json()) == {"error"}
    assert set(error) == {"code", "message", "details"}
    assert any("가" <= ch <= "힣" for ch in error["message"])
    assert all(set(d) == {"where", "message"} for d in error["details"])
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-content-type-options"] == "nosniff"
    return reply.status_code, error["code"]


@pytest.mark.parametrize(
    ("method", "path", "more", "expected"),
    [
        ("GET", "/api/v1/nope", {}, (404, "not_found")),
        ("GET", "/api/v1/../../etc/passwd", {}, (404, "not_found")),
        ("GET", "/api/v1/entries/%2e%2e%2f%2e%2e%2fetc%2fpasswd", {}, (404, "no_such_entry")),
        ("GET", ASK, {}, (405, "method_not_allowed")),
        ("PATCH", "/api/v1/entries", {}, (405, "method_not_allowed")),
        ("POST", ASK, {"content": b"{}", "headers": {"Content-Type": "text/plain"}}, (415, "unsupported_media_type")),
        ("POST", ASK, {"content": b"text=x", "headers": {}}, (415, "unsupported_media_type")),
        ("POST", ASK, {"content": b"{", "headers": JSON}, (400, "bad_request")),
        ("POST", ASK, {"content": b"\xff", "headers": JSON}, (400, "bad_request")),
        ("POST", ASK, {"content": b'{"text": "\\ud800"}', "headers": JSON}, (400, "bad_request")),
        ("POST", ASK, {"content": b"[" * 30_000, "headers": JSON}, (400, "bad_request")),
        ("POST", ASK, {"content": b'{"text":' * 5_000 + b"1" + b"}" * 5_000, "headers": JSON}, (400, "bad_request")),
        ("POST", ASK, {"content": b"x" * 70_000, "headers": JSON}, (413, "too_large")),
        ("GET", "/api/v1/menu", {"headers": {"X-Big": "x" * 40_000}}, (431, "headers_too_large")),
        ("POST", ASK, {"json": {}}, (422, "invalid")),
        ("POST", ASK, {"json": []}, (422, "invalid")),
        ("POST", ASK, {"json": {"text": 5}}, (422, "invalid")),
        ("POST", ASK, {"json": {"text": "가" * 2001}}, (422, "invalid")),
        ("POST", ASK, {"json": {"text": "네", "language": "fr"}}, (422, "invalid")),
        ("POST", ASK, {"json": {"text": "네"}, "headers": {"X-Helpdesk-User": "short"}}, (422, "invalid")),
        ("POST", "/api/v1/ticket", {}, (422, "invalid")),
        ("GET", "/api/v1/entries?limit=0", {}, (422, "invalid")),
        ("GET", "/api/v1/entries?limit=many", {}, (422, "invalid")),
        ("GET", "/api/v1/suggest?limit=1e9", {}, (422, "invalid")),
    ],
)
async def test_failures_have_one_shape(site: Opens, method: str, path: str, more: dict, expected: tuple) -> None:
    async with site(Database(NOWHERE)) as opened, opened.client() as client:
        assert shape(await client.request(method, path, **more)) == expected


async def test_details_say_where_and_why(site: Opens) -> None:
    async with site(Database(NOWHERE)) as opened, opened.client() as client:
        reply = await client.post(ASK, json={"text": "가" * 2001, "lang": "ko", "language": "fr"})
        assert reply.json()["error"]["details"] == [
            {"where": "text", "message": "2000자까지입니다."},
            {"where": "language", "message": "'ko', 'en' 가운데 하나여야 합니다."},
            {"where": "lang", "message": "모르는 이름입니다."},
        ]
        page = await client.get("/api/v1/entries?limit=0&topic=" + "x" * 101)
        assert {d["where"] for d in page.json()["error"]["details"]} == {"query.limit", "query.topic"}


async def test_an_unforeseen_fault_is_an_operators_and_never_a_users(site: Opens, caplog, monkeypatch) -> None:
    async with site(Database(NOWHERE)) as opened, opened.client() as client:
        monkeypatch.setattr(opened.parts.front.desk.suggester, "near", lambda *_: 1 / 0)  # what no test can foresee
        reply = await client.get("/api/v1/suggest?q=비밀입니다")
        assert shape(reply) == (500, "internal")
        assert "division" not in reply.text
        monkeypatch.undo()
    assert any("GET /api/v1/suggest failed: ZeroDivisionError" in r.getMessage() for r in caplog.records)
    assert "비밀입니다" not in "\n".join(JsonFormatter().format(r) for r in caplog.records)


async def test_a_browser_gets_a_page(site: Opens) -> None:
    async with site(Database(NOWHERE)) as opened, opened.client() as client:
        reply = await client.get("/<script>alert(1)</script>", headers={"Accept": "text/html"})
        assert (reply.status_code, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "alert" not in reply.text


async def test_too_often(site: Opens) -> None:
    async with (
        site(Database(NOWHERE), rate=2.0) as opened,
        opened.client() as one,
        opened.client("203.0.113.9") as two,
    ):
        replies = [await one.get("/api/v1/menu") for _ in range(14)]
        late = [r for r in replies if r.status_code == 429]
        assert 3 <= len(late) <= 5  # 10 at once, and two a second
        assert shape(late[0]) == (429, "too_many_requests")
        assert int(late[0].headers["retry-after"]) >= 1
        assert (await two.get("/api/v1/menu")).status_code == 200


async def test_long_questions_count_for_more(site: Opens) -> None:
    async with site(Database(NOWHERE), rate=2.0) as opened, opened.client() as client:
        sent = b"{" + b" " * 3_000
        long = [(await client.post(ASK, content=sent, headers=JSON)).status_code for _ in range(3)]
    assert long == [400, 429, 429]


async def test_a_question_in_pieces_counts_as_it_is_long(site: Opens) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"{"
        yield b" " * 3_000

    async with site(Database(NOWHERE), rate=2.0) as opened, opened.client() as client:
        sent = [(await client.post(ASK, content=pieces(), headers=JSON)).status_code for _ in range(3)]
    assert sent == [400, 429, 429]


async def test_an_update_of_telegrams_may_be_larger_than_a_question() -> None:
    replies: list[int] = []

    async def app(scope: object, receive: object, send: object) -> None:
        replies.append(len((await receive())["body"]))  # type: ignore[operator]

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * 75_000, "more_body": False}

    async def send(message: Message) -> None:
        replies.append(message.get("status", 0))

    body = Body(app, larger={"/telegram/a": 1 << 20})  # type: ignore[arg-type]
    for path in ("/telegram/a", "/telegram/b"):
        head = [(b"content-length", b"75000")]
        await body({"type": "http", "headers": head, "method": "POST", "path": path}, receive, send)
    assert replies[0] == 75_000
    assert replies[1] == 413


async def test_who_has_a_key_may_ask_more(database: Database, site: Opens) -> None:
    async with site(database, rate=2.0) as opened, opened.client() as client:
        key = await opened.key("public")
        statuses = {(await client.get("/api/v1/menu", headers=key)).status_code for _ in range(40)}
    assert statuses == {200}


async def test_guessing_keys_is_slowed_down(database: Database, site: Opens) -> None:
    async with site(database, rate=0) as opened, opened.client() as client, opened.client("203.0.113.9") as other:
        right = await opened.key()
        wrong = [
            (await client.get("/api/v1/tickets", headers={"Authorization": f"Bearer hd_{i}"})).status_code
            for i in range(30)
        ]
        assert wrong[:10] == [401] * 10
        assert set(wrong[12:]) == {429}
        # nobody guesses 256 random bits, so strangers at the same address take nobody's key away
        assert (await client.get("/api/v1/tickets", headers=right)).status_code == 200
        assert (await other.get("/api/v1/tickets", headers=right)).status_code == 200


def test_buckets_fill_up_again() -> None:
    now = [0.0]
    buckets = Buckets(2, 4, lambda: now[0])
    assert [buckets.take("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    now[0] = 0.5
    assert buckets.take("a") == 0
    assert buckets.take("a") == 0.5
    now[0] = 1000
    assert [buckets.take("a") > 0 for _ in range(5)] == [False] * 4 + [True]
    assert Buckets(0, 0).take("a") == 0


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.7", "1.2.3.4", "203.0.113.7"),  # not a proxy: what it says is not believed
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7"),  # the client wrote the first itself
        ("10.0.0.1", "203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),  # a name that anybody may make up: it counts as the proxy
        ("::1", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ],
)
def test_the_address_of_a_client(peer: str, forwarded: str, expected: str) -> None:
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())] if forwarded else []}
    assert client(scope, networks("10.0.0.0/8, ::1")) == expected


async def sent_by(chunks: list[Message], *, headers: list, slowest: float = 10.0) -> list[Message]:
    """What comes back through `Body` for a request whose body comes in chunks, and then no more."""
    seen: list[Message] = []

    async def app(scope, receive, send) -> None:
        body = await receive()
        seen.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body.get("body", b"")})

    async def receive() -> Message:
        if chunks:
            return chunks.pop(0)
        return await asyncio.Event().wait()  # type: ignore[return-value]

    out: list[Message] = []

    async def send(message: Message) -> None:
        out.append(message)

    await Body(app, most=100, slowest=slowest)({"type": "http", "headers": headers, "method": "POST"}, receive, send)
    return out


def part(body: bytes, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_parts_is_put_together() -> None:
    out = await sent_by([part(b"a"), part(b"b", more=False)], headers=[(b"transfer-encoding", b"chunked")])
    assert out[1]["body"] == b"ab"


async def test_a_body_that_turns_out_too_large() -> None:
    out = await sent_by([part(b"x" * 60), part(b"x" * 60)], headers=[(b"transfer-encoding", b"chunked")])
    assert out[0]["status"] == 413
    out = await sent_by([part(b"x" * 60), part(b"x" * 60)], headers=[(b"content-length", b"5")])  # it lied
    assert out[0]["status"] == 413


async def test_a_body_that_does_not_come() -> None:
    out = await sent_by([part(b"x")], headers=[(b"content-length", b"50")], slowest=0.05)
    assert out[0]["status"] == 408
    assert json.loads(out[1]["body"])["error"]["code"] == "timeout"


async def test_a_client_that_goes_away_is_no_request() -> None:
    out = await sent_by([part(b"x"), {"type": "http.disconnect"}], headers=[(b"content-length", b"50")])
    assert out == []  # and the access log notes 499


@pytest.mark.parametrize("length", [b"0" * 5_000 + b"12", b"9" * 5_000])
async def test_a_length_with_more_digits_than_a_number_has_is_refused(length: bytes) -> None:
    out = await sent_by([part(b"x", more=False)], headers=[(b"content-length", length)])
    assert out[0]["status"] == 400


@pytest.mark.parametrize(("gone", "noted", "faults"), [(True, 499, 0), (False, 200, 1)])
async def test_a_client_that_goes_away_is_no_fault(gone: bool, noted: int, faults: int, caplog) -> None:
    """What cannot be written since nobody reads is noted; what cannot be written for another reason is a fault of ours."""
    caplog.set_level(logging.INFO)

    async def app(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "http.disconnect"} if gone else await asyncio.Event().wait()  # type: ignore[return-value]

    tried: list[Message] = []

    async def send(message: Message) -> None:
        tried.append(message)
        if len(tried) == 1:
            raise RuntimeError("unable to perform operation on <TCPTransport>; the handler is closed")

    await Access(app)({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send)
    lines = [r for r in caplog.records if r.name == "bot.access"]
    assert lines[-1].fields["status"] == noted
    assert sum(r.levelno >= logging.ERROR for r in lines) == faults


async def test_the_access_log_has_no_words_of_users(database: Database, site: Opens, caplog) -> None:
    caplog.set_level(logging.INFO)
    async with site(database) as opened:
        await visit(opened)
    lines = [json.loads(JsonFormatter().format(r)) for r in caplog.records if r.name == "bot.access"]
    assert [(x["method"], x["route"], x["status"]) for x in lines] == [
        ("POST", ASK, 200),
        ("GET", "/api/v1/suggest", 200),
        ("GET", "/api/v1/entries/{id}", 404),
        ("GET", "-", 404),
        ("GET", "/api/v1/openapi.json", 200),
    ]
    assert all(x["ms"] >= 0 for x in lines)
    ours = [r for r in caplog.records if not r.name.startswith("http")]  # the test's own client
    logged = "\n".join(map(JsonFormatter().format, ours))
    for secret in ("비밀", "%EB%B9%84", "0123456789abcdef", "010-1234-5678"):
        assert secret not in logged


async def visit(opened: Site) -> None:
    async with opened.user("visitor") as client:
        await client.post(ASK, json={"text": "비밀 010-1234-5678"})
        await client.get("/api/v1/suggest?q=비밀")
        await client.get("/api/v1/entries/비밀")
        await client.get("/비밀")
        await client.get("/api/v1/openapi.json")


@pytest.mark.parametrize("path", ["/console/tickets/{}", "/console/workshop/gaps/{}/state", "/api/v1/tickets/{}"])
@pytest.mark.parametrize("number", ["9" * 5_000, "9" * 25, "٣", "-1", "x"])
async def test_a_number_that_no_database_holds_is_no_fault(site: Opens, path: str, number: str) -> None:
    """Python reads no more than 4,300 digits as a number, and says so by an exception."""
    async with site(Database(NOWHERE)) as opened, opened.client() as client:
        for method in ("GET", "POST"):
            assert (await client.request(method, path.format(number))).status_code < 500
