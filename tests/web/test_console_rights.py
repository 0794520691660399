"""Nothing in the console is open: who may see what, what is meant, and what is written is shown as it was written."""

import re
from pathlib import Path

import pytest

from bot import app
from bot.channels.web.console.app import PAGES
from bot.channels.web.console.frame import ROOT, Page
from bot.store import flags, staff
from bot.store.database import Database
from bot.store.schema import audit as audit_table
from bot.store.schema import staff as staff_table
from bot.store.schema import unanswered
from bot.words import Outcome
from tests.web.conftest import Opens
from tests.web.staffroom import ONE, PASSWORD, Colleague, hidden, hire

pytestmark = ONE
_OPEN = {("GET", f"{ROOT}/login"), ("POST", f"{ROOT}/login"), ("GET", f"{ROOT}/feed/{{token}}.atom")}
_XSS = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"


def filled(path: str) -> str:
    """A route's path with something for each parameter."""
    return (
        path.replace("{number:int}", "1")
        .replace("{login}", "agent1")
        .replace("{id:path}", "institution-phone.changwon")
    )


async def rows(database: Database, table: object) -> list[dict]:
    async with database.read() as connection:
        return [dict(r) for r in (await connection.execute(table.select())).mappings()]


async def test_every_route_asks_who_it_is_and_whether_they_may(database: Database, site: Opens) -> None:
    """Each route, as nobody and in each role: the role that it names, and those above, get in; nobody else."""
    for role in staff.ROLES:
        await hire(database, role)
    async with site(database) as opened:
        stranger = Colleague(opened)
        people = {role: await Colleague(opened).enter(f"{role}1") for role in staff.ROLES}
        for page in PAGES:
            if page.path.endswith("/logout"):
                continue
            path = filled(page.path)
            nobody = await stranger.http.request(page.method, path)
            assert nobody.status_code == (303 if page.method == "GET" else 401), page.path
            if page.method == "GET":
                assert nobody.headers["location"].startswith(f"{ROOT}/login?next="), page.path
            for role, colleague in people.items():
                if page.method == "GET":
                    response = await colleague.get(path)
                else:
                    response = await colleague.send(path)
                allowed = staff.ROLES.index(role) >= staff.ROLES.index(page.role)
                assert (response.status_code == 403) is not allowed, (page.path, role, response.status_code)
                assert response.status_code < 500


async def test_no_route_is_left_out(database: Database, site: Opens) -> None:
    """All that is served below /console is in the table of pages or known to be open."""
    async with site(database) as opened:
        served = {
            (method, route.path)
            for route in opened.web.routes
            for method in getattr(route, "methods", None) or ()
            if route.path.startswith(ROOT) and method != "HEAD"
        }
    assert served == {(p.method, p.path) for p in PAGES} | _OPEN
    assert {p.role for p in PAGES} == set(staff.ROLES)
    assert {p.role for p in PAGES if "/people" in p.path or "/audit" in p.path} == {"admin"}
    assert all(p.role != "agent" for p in PAGES if p.handler.__module__.rpartition(".")[2].startswith("workshop"))


CHANGES = [p for p in PAGES if p.method != "GET"]


@pytest.mark.parametrize("page", CHANGES, ids=lambda p: p.path)
async def test_every_change_needs_the_token_of_the_page(database: Database, site: Opens, page: Page) -> None:
    await hire(database, "admin")
    async with site(database) as opened:
        park = await Colleague(opened).enter("admin1")
        before = [await rows(database, t) for t in (staff_table, unanswered)]
        path, right = filled(page.path), {"X-CSRF": park.csrf}
        for headers, form in (
            ({}, {}),
            ({"X-CSRF": "wrong"}, {}),
            ({}, {"csrf": "wrong"}),
            ({"X-CSRF": "ㅎ".encode()}, {}),
            ({**right, "Origin": "https://evil.example"}, {}),
            ({**right, "Origin": "null"}, {}),
            ({**right, "Sec-Fetch-Site": "cross-site"}, {}),
            ({**right, "Sec-Fetch-Site": "same-site"}, {}),
        ):
            response = await park.http.post(path, headers=headers, data=form)
            assert response.status_code == 403, (headers, form)
        assert [await rows(database, t) for t in (staff_table, unanswered)] == before
        assert (await park.http.get(path)).status_code in (200, 404, 405)


async def test_headers_that_keep_pages_to_themselves(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        for path in ("/console", "/console/tickets", "/console/search?q=x", "/console/login"):
            response = await (kim if path != "/console/login" else Colleague(opened)).get(path)
            policy = response.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["cache-control"] == "no-store"
            assert response.headers["x-frame-options"] == "DENY"
            assert not re.search(
                r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|https?://(?!desk\.test)[^\"]*\.(?:js|css)", response.text
            )


async def test_what_people_write_is_shown_and_never_run(database: Database, site: Opens, tmp_path: Path) -> None:
    """A question, an entry, a ticket, a note and a colleague's name that are markup stay text."""
    (tmp_path / "entries.yaml").write_text(
        f"""
sources: [{{id: s, title: '{_XSS.replace("'", "''")}', url: 'https://desk.test/x"onmouseover="alert(1)'}}]
entries:
- id: xss
  questions: ['{_XSS.replace("'", "''")} 무엇인가요', 위험한 글은 무엇인가요]
  answer: '{_XSS.replace("'", "''")} 라는 답입니다.'
  staff_note: '{_XSS.replace("'", "''")} 우리끼리'
  sources: [s]
  verified_on: 2026-11-01
""".replace("{{7*7}}", ""),
        encoding="utf-8",
    )
    await hire(database, "admin", name="<i onload=x>관리</i>"[:40])
    async with site(database, desk=app.desk(tmp_path)) as opened:
        park = await Colleague(opened).enter("admin1")
        user = opened.user("visitor")
        await user.post("/api/v1/ask", json={"text": _XSS})
        number = (await user.post("/api/v1/ticket", json={"text": _XSS})).json()["ticket"]["id"]
        assert (await park.send(f"/console/tickets/{number}/say", text=_XSS)).status_code == 200
        assert (await park.send(f"/console/tickets/{number}/say", text=_XSS, kind="note")).status_code == 200
        assert (await park.send("/console/none", question=_XSS, call="c" * 20, words=_XSS)).status_code == 200
        assert (
            await park.send("/console/flag", entry="xss", why="wrong", call="c" * 20, note=_XSS)
        ).status_code == 200
        for path in (
            f"/console?q={_XSS}",
            f"/console/search?q={_XSS}",
            f"/console/answer/xss?q={_XSS}",
            f"/console/answer/{_XSS.replace('/', '')}",
            f"/console/tickets/{number}",
            f"/console/tickets/{number}/live",
            "/console/tickets/list",
            "/console/queue",
            "/console/people",
            "/console/audit",
            f"/console/try?q={_XSS}&before={_XSS}",
            f"/console/directory?q={_XSS}&id={_XSS}",
            f"/console/compare?with={_XSS}",
            f"/console/changes?since={_XSS}",
            "/console/me",
            f"/console/login?next={_XSS}",
        ):
            response = await park.get(path)
            assert response.status_code in (200, 303, 404), path
            for run in ("<script>alert", "<img src=x", "<i onload", '"onmouseover', ">49<"):
                assert run not in response.text, (path, run)
            if path.startswith("/console/answer/xss"):
                assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    for line in await rows(database, audit_table):
        assert "alert" not in line["detail"], "what was said stays out of the log"


async def test_staff_notes_are_for_staff(database: Database, site: Opens, tmp_path: Path) -> None:
    (tmp_path / "entries.yaml").write_text(
        "entries:\n- {id: a, questions: [비밀은 무엇인가요, 비밀 알려 주세요], answer: 공개된 답입니다., staff_note: 본부장에게 먼저 물어볼 것}\n",
        encoding="utf-8",
    )
    await hire(database)
    desk = app.desk(tmp_path)
    async with site(database, desk=desk) as opened:
        kim = await Colleague(opened).enter("agent1")
        assert "본부장에게" in (await kim.get("/console/answer/a")).text
        plain = re.findall(r'data-copy="\w+">(.*?)</pre>', (await kim.get("/console/answer/a")).text, re.DOTALL)
        assert len(plain) == 4
        assert not any("본부장에게" in text for text in plain)
        for path in ("/a/a", "/api/v1/entries/a", "/api/v1/entries", "/api/v1/suggest?q=비밀"):
            assert "본부장에게" not in (await opened.client().get(path)).text
    assert desk.composer.answer(Outcome.ANSWER, [desk.base.entries["a"]], _now()).text.startswith("공개된")


def _now():
    from datetime import UTC, datetime

    return datetime.now(UTC)


async def test_a_call_counts_once(database: Database, site: Opens) -> None:
    """However often «못 찾음» is pressed, and from whichever replica; another call is another row."""
    await hire(database)
    async with site(database) as opened, site(database) as replica:
        kim, lee = await Colleague(opened).enter("agent1"), await Colleague(replica).enter("agent1")
        for who, words in ((kim, "구내식당"), (lee, "구내식당 메뉴"), (kim, "구내식당 메뉴 900101-1234567")):
            assert (await who.send("/console/none", question=words, call="call-one", words=words)).status_code == 200
        await kim.send("/console/none", question="셔틀버스", call="call-two")
    kept = await rows(database, unanswered)
    assert [(k["question"], k["why"], k["channel"]) for k in kept] == [
        ("구내식당 메뉴 [주민등록번호]", "call", "call"),
        ("셔틀버스", "call", "call"),
    ]
    assert "call-one" not in str(kept)
    assert "900101" not in str(kept)


async def test_only_the_call_that_left_something_takes_it_back(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        left = (await kim.send("/console/none", question="구내식당", call="mine")).json()["id"]
        assert (await kim.send("/console/undo", id=str(left), call="yours")).status_code == 409
        async with database.write() as connection:
            await connection.execute(unanswered.update().values(state="done"))
        assert (await kim.send("/console/undo", id=str(left), call="mine")).status_code == 409
        async with database.write() as connection:
            await connection.execute(unanswered.update().values(state="new"))
        assert (await kim.send("/console/undo", id=str(left), call="mine")).status_code == 200
        for form in ({"id": "x"}, {}, {"id": "9" * 19}):
            assert (await kim.send("/console/undo", call="mine", **form)).status_code == 422
        for path, form in (
            ("/console/none", {"question": " ", "call": "c"}),
            ("/console/none", {"question": "물음"}),
            ("/console/flag", {"entry": "no-such", "why": "wrong", "call": "c"}),
            ("/console/flag", {"entry": "application-period", "why": "odd", "call": "c"}),
        ):
            assert (await kim.send(path, **form)).status_code == 422
    assert await rows(database, unanswered) == []


async def test_two_agents_at_one_ticket(database: Database, site: Opens) -> None:
    await hire(database)
    await hire(database, login="agent2", name="이상담")
    async with site(database) as opened, site(database) as replica:
        kim, lee = await Colleague(opened).enter("agent1"), await Colleague(replica).enter("agent2")
        user = opened.user("visitor")
        number = (await user.post("/api/v1/ticket", json={"text": "도와주세요"})).json()["ticket"]["id"]
        assert (await kim.send(f"/console/tickets/{number}/claim")).status_code == 200
        late = await lee.send(f"/console/tickets/{number}/claim")
        assert (late.status_code, late.json()["error"]["message"]) == (409, "김상담 님이 먼저 맡았습니다.")
        for _ in range(2):  # the same form twice
            assert (await kim.send(f"/console/tickets/{number}/say", text="네", once="n1")).status_code == 200
        assert (await kim.send(f"/console/tickets/{number}/say", text=" ")).status_code == 422
        got = (await user.get("/api/v1/ticket")).json()
        assert [m["text"] for m in got["messages"] if m["author"] == "staff"] == ["네"]
        live = await lee.get(f"/console/tickets/{number}/live", script=True)
        assert "네" in live.text
        same = await lee.get(f"/console/tickets/{number}/live?tag={live.headers['x-tag']}", script=True)
        assert same.status_code == 204
        assert (await kim.send(f"/console/tickets/{number}/close")).status_code == 200
        for what in ("close", "claim"):
            assert (await kim.send(f"/console/tickets/{number}/{what}")).status_code == 409
        assert (await kim.send(f"/console/tickets/{number}/say", text="늦은 말")).status_code == 409
        for path in ("/console/tickets/" + "9" * 30, "/console/tickets/0/live", "/console/tickets/99/live"):
            assert (await kim.get(path)).status_code == 404
        for what in ("claim", "close", "say", "record"):
            assert (await kim.send(f"/console/tickets/999/{what}", text="x")).status_code == 404
        for _ in range(2):
            assert (await kim.send(f"/console/tickets/{number}/record")).status_code == 200
    kept = [u for u in await rows(database, unanswered) if u["why"] == "staff"]
    assert [(k["answer"], k["ticket"]) for k in kept] == [("네", number)]


async def test_administrators_keep_accounts(database: Database, site: Opens) -> None:
    await hire(database, "admin")
    async with site(database) as opened:
        park = await Colleague(opened).enter("admin1")
        made = await park.http.post(
            "/console/people", data={"csrf": park.csrf, "login": "Choi", "name": "최신입", "role": "maintainer"}
        )
        password = re.search(r"<code>([\w-]+)</code>", made.text)[1]
        again = await park.http.post("/console/people", data={"csrf": park.csrf, "login": "choi", "role": "agent"})
        assert (again.status_code, "이미 있습니다" in again.text) == (422, True)
        choi = Colleague(opened)
        assert (await choi.log_in("choi", password)).status_code == 303
        first = await choi.get("/console")
        assert (first.status_code, first.headers["location"]) == (303, "/console/me")
        choi.csrf = re.search(r'name="csrf" content="([^"]+)"', (await choi.get("/console/me")).text)[1]
        new = {"old": password, "new": "another-horse-2", "again": "another-horse-2"}
        assert (await choi.send("/console/me/password", **new)).status_code == 303
        assert (await choi.log_in("choi", "another-horse-2")).status_code == 303
        assert (await choi.get("/console/try")).status_code == 200
        assert (await choi.get("/console/people")).status_code == 403
        assert (await park.send("/console/people/choi", what="role", role="agent")).status_code == 200
        assert (await choi.get("/console/try")).status_code == 403
        reset = await park.http.post("/console/people/choi", data={"csrf": park.csrf, "what": "reset"})
        assert re.search(r"<code>[\w-]+</code>", reset.text)
        assert (await choi.get("/console")).status_code == 303
        for form in ({"what": "stop"}, {"what": "role", "role": "agent"}):
            last = await park.send("/console/people/admin1", **form)
            assert (last.status_code, "마지막 관리자" in last.text) == (422, True)
        for form in ({"what": "role", "role": "king"}, {"what": "dance"}):
            assert (await park.send("/console/people/choi", **form)).status_code == 422
        assert (await park.send("/console/people/nobody", what="stop")).status_code == 422
        log = (await park.get("/console/audit?action=staff")).text
        assert "계정 만듦" in log
        assert "역할 바꿈" in log
    kept = str(await rows(database, audit_table))
    assert password not in kept
    assert PASSWORD not in kept


async def test_the_feed_is_its_owners_until_the_password_changes(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        feed = re.search(r'href="(/console/feed/[^"]+)"', (await kim.get("/console/changes")).text)[1]
        anybody = opened.client()
        assert (await anybody.get(feed)).status_code == 200
        for wrong in (
            "/console/feed/1-abc.atom",
            "/console/feed/x.atom",
            f"/console/feed/{'9' * 30}-a.atom",
            feed.replace("1-", "2-", 1),
        ):
            assert (await anybody.get(wrong)).status_code == 404
        new = {"old": PASSWORD, "new": "another-horse-2", "again": "another-horse-2"}
        await kim.send("/console/me/password", **new)
        assert (await anybody.get(feed)).status_code == 404


async def test_an_answer_that_went_leads_to_what_took_its_place(database: Database, site: Opens) -> None:
    from bot.store import answers
    from bot.store.answers import Published

    await hire(database)
    async with site(database) as opened:
        async with database.write() as connection:
            await answers.record(connection, "v1", [Published("old-id", "창원대 전화번호", "055")], _now())
        kim = await Colleague(opened).enter("agent1")
        gone = await kim.get("/console/answer/old-id")
        assert gone.status_code == 404
        assert "/console/answer/institution-phone.changwon" in gone.text
        assert "창원대 전화번호" in gone.text
        unknown = await kim.get("/console/answer/never.was")
        assert unknown.status_code == 404


async def test_the_queue_shows_it_all(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        await kim.send("/console/flag", entry="application-period", why="stale", call="c1", question="접수 언제")
        shown = await kim.get("/console/queue?why=stale")
        assert "접수 언제" in shown.text
        assert "접수 언제" not in (await kim.get("/console/queue?why=call")).text
    async with database.read() as connection:
        assert await flags.count(connection) == 1


@pytest.mark.parametrize(
    "origin",
    ["http://[", "//[", "http://a]", "http://[::1", "http://a\xbc", "http://desk.test/", "desk.test", ""],
)
async def test_an_origin_that_is_none_is_refused(database: Database, site: Opens, origin: str) -> None:
    await hire(database)
    async with site(database) as opened:
        http = Colleague(opened).http
        form = {**hidden((await http.get("/console/login")).text), "login": "agent1", "password": PASSWORD}
        refused = await http.post("/console/login", data=form, headers={"Origin": origin.encode("latin-1")})
        assert refused.status_code == 403
        taken = await http.post("/console/login", data=form, headers={"Origin": "http://desk.test"})
        assert taken.status_code == 303


@pytest.mark.parametrize(
    "value", ["", "[", "http://[", "9" * 5_000, "٣", "-1", "²", "0001-01-01", "9999-12-31", "1e999"]
)
async def test_no_value_in_an_address_stops_a_page(database: Database, site: Opens, value: str) -> None:
    await hire(database, "admin")
    async with site(database) as opened:
        park = await Colleague(opened).enter("admin1")
        for path in sorted({p.path for p in PAGES if p.method == "GET"}):
            names = [
                "days",
                "within",
                "since",
                "before",
                "page",
                "id",
                "flag",
                "from",
                "a",
                "with",
                "tag",
                "owner",
                "q",
            ]
            came = await park.http.get(filled(path), params=dict.fromkeys(names, value))
            assert came.status_code < 500, path
        for header in ("Host", "Referer", "X-Forwarded-For", "Forwarded", "X-Forwarded-Host"):
            came = await park.http.get("/console", headers={header: value.encode()})
            assert came.status_code < 500, header
