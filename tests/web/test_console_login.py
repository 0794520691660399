"""Who gets into the console, and how long they stay."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.web.console import frame
from bot.channels.web.console.frame import COOKIE, onward
from bot.store import accounts, audit, passwords, second, staff
from bot.store.database import Database
from bot.store.schema import audit as audit_table
from bot.store.schema import sessions
from bot.store.schema import staff as staff_table
from tests.web.conftest import Opens
from tests.web.staffroom import ONE, PASSWORD, Colleague, hidden, hire

pytestmark = ONE


async def rows(database: Database, table: object) -> list[dict]:
    async with database.read() as connection:
        return [dict(r) for r in (await connection.execute(table.select())).mappings()]


async def test_logging_in_and_out(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = Colleague(opened)
        away = await kim.get("/console?q=abc")
        assert (away.status_code, away.headers["location"]) == (303, "/console/login?next=%2Fconsole%3Fq%3Dabc")
        came = await kim.log_in("agent1", onward="/console?q=abc")
        assert (came.status_code, came.headers["location"]) == (303, "/console?q=abc")
        cookie = next(c for c in came.headers.get_list("set-cookie") if c.startswith(COOKIE))
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie
        token = kim.http.cookies[COOKIE]
        (kept,) = await rows(database, sessions)
        assert kept["token"] == staff.digest(token)
        assert token not in str(kept)
        await kim.enter("agent1")
        assert (await kim.get("/console")).status_code == 200
        out = await kim.http.post("/console/logout", data={"csrf": kim.csrf})
        assert out.headers["location"] == "/console/login"
        assert (await kim.get("/console")).status_code == 303
    (member,) = await rows(database, staff_table)
    assert member["password"].startswith("$argon2id$")
    assert PASSWORD not in str(member)


async def test_over_https_the_cookie_is_secure(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database, public_url="https://desk.example") as opened:
        came = await Colleague(opened).log_in("agent1")
    assert all("Secure" in c for c in came.headers.get_list("set-cookie") if "Max-Age=0" not in c)


async def test_a_session_is_always_a_new_one(database: Database, site: Opens) -> None:
    """What a browser was given by somebody else before logging in is worth nothing after it."""
    await hire(database)
    async with site(database) as opened:
        kim = Colleague(opened)
        kim.http.cookies.set(COOKIE, "planted-by-somebody-else", domain="desk.test", path="/console")
        await kim.log_in("agent1")
        thief = Colleague(opened)
        thief.http.cookies.set(COOKIE, "planted-by-somebody-else", domain="desk.test", path="/console")
        assert (await thief.get("/console")).status_code == 303
        first = next(
            c.value for c in kim.http.cookies.jar if c.value != "planted-by-somebody-else" and c.name == COOKIE
        )
        again = Colleague(opened)
        again.http.cookies.set(COOKIE, first, domain="desk.test", path="/console")
        page = await opened.client(Accept="text/html").get("/console/login")
        again.http.cookies.update(page.cookies)
        await again.http.post("/console/login", data={**hidden(page.text), "login": "agent1", "password": PASSWORD})
        stale = Colleague(opened)
        stale.http.cookies.set(COOKIE, first, domain="desk.test", path="/console")
        assert (await stale.get("/console")).status_code == 303


@pytest.mark.parametrize("login", ["agent1", "nobody"])
async def test_repeated_failures_lock_an_account_that_exists_and_one_that_does_not_alike(
    database: Database, site: Opens, login: str
) -> None:
    await hire(database)
    async with site(database) as opened:
        said = []
        for i in range(audit.MOST_OF_STRANGERS + 2):
            response = await Colleague(opened, f"203.0.113.{i}").log_in(login, "wrong-password")
            said.append((response.status_code, re.search(r'role="alert"[^>]*>([^<]+)', response.text)[1]))
        assert [s for s, _ in said] == [401] * audit.MOST_OF_STRANGERS + [429] * 2
        assert len({text for _, text in said}) == 2
        assert (await Colleague(opened, "203.0.113.99").log_in(login)).status_code == 429
        async with site(database) as replica:  # or the same process, started again
            assert (await Colleague(replica, "203.0.113.98").log_in(login)).status_code == 429
        if login == "agent1":
            async with database.write() as connection:
                name = opened_pseudonym(opened, login)
                await accounts.reset(connection, "", login, PASSWORD + "2", datetime.now(UTC), account=name)
            assert (await Colleague(opened).log_in(login, PASSWORD + "2")).status_code == 303
    lines = await rows(database, audit_table)
    assert not any("wrong-password" in str(line) for line in lines)


async def test_strangers_lock_nobody_out_who_was_here_before(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        kim, mobile = Colleague(opened), Colleague(opened, "198.51.100.1")
        for one in (kim, mobile):
            assert (await one.log_in("agent1")).status_code == 303
        for i in range(audit.MOST_OF_STRANGERS + 5):
            await Colleague(opened, f"203.0.113.{100 + i % 40}").log_in("agent1", "wrong-password")
        assert (await Colleague(opened, "203.0.113.200").log_in("agent1")).status_code == 429  # who never was here
        assert (await Colleague(opened).log_in("agent1")).status_code == 303  # the same office, another browser
    async with site(database) as opened:
        elsewhere = Colleague(opened, "198.51.100.77")  # the same telephone, another network
        known = mobile.http.cookies["helpdesk_console_known"]
        elsewhere.http.cookies.set("helpdesk_console_known", known, "desk.test", "/console/login")
        for i in range(audit.MOST_OF_STRANGERS + 5):
            await Colleague(opened, f"203.0.113.{100 + i % 40}").log_in("agent1", "wrong-password")
        assert (await elsewhere.log_in("agent1")).status_code == 303


async def test_one_address_locks_itself_and_a_reset_helps_at_once(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database, rate=0) as opened:
        tries = [(await Colleague(opened).log_in("agent1", "wrong-password")).status_code for _ in range(7)]
        assert tries == [401] * audit.MOST_OF_ACCOUNT + [429] * 2
        for i in range(audit.MOST_OF_ADDRESS):
            await Colleague(opened).log_in(f"nobody{i}", "wrong-password")
        assert (await Colleague(opened).log_in("agent1")).status_code == 429
        async with database.write() as connection:
            name = opened_pseudonym(opened, "agent1")
            await accounts.reset(connection, "", "agent1", PASSWORD + "2", datetime.now(UTC), account=name)
        assert (await Colleague(opened).log_in("agent1", PASSWORD + "2")).status_code == 303


async def test_who_mistypes_waits_longer_each_time_but_not_for_good(
    database: Database, site: Opens, monkeypatch
) -> None:
    await hire(database)
    now = datetime.now(UTC)
    monkeypatch.setattr(frame.Console, "now", lambda self: now)
    async with site(database, rate=0) as opened:
        for _ in range(audit.MOST_OF_ACCOUNT):
            assert (await Colleague(opened).log_in("agent1", "wrong-password")).status_code == 401
        waits = []
        for _ in range(4):
            refused = await Colleague(opened).log_in("agent1")
            assert refused.status_code == 429
            waits.append(int(refused.headers["retry-after"]))
            assert "뒤에 다시 하거나" in refused.text
            now += timedelta(seconds=waits[-1])
            assert (await Colleague(opened).log_in("agent1", "wrong-password")).status_code == 401
        assert waits == [10, 20, 40, 80]
        assert (await Colleague(opened, "198.51.100.3").log_in("agent1")).status_code == 303  # nobody else waits
        now += timedelta(seconds=160)
        assert (await Colleague(opened).log_in("agent1")).status_code == 303
    assert audit.pause(1_000) == audit.WINDOW


def opened_pseudonym(opened, login: str) -> str:
    from bot.privacy.redact import pseudonym

    return pseudonym(opened.parts.secret, "login", login)


async def test_an_address_that_tries_many_accounts_is_locked_out(
    database: Database, site: Opens, monkeypatch
) -> None:
    monkeypatch.setattr(audit, "MOST_OF_ADDRESS", 6)
    await hire(database)
    async with site(database) as opened:
        for i in range(6):
            assert (await Colleague(opened, "203.0.113.5").log_in(f"user{i}", "guess-guess")).status_code == 401
        assert (await Colleague(opened, "203.0.113.5").log_in("agent1")).status_code == 429
        assert (await Colleague(opened, "203.0.113.6").log_in("agent1")).status_code == 303


async def test_a_right_password_after_some_wrong_ones_starts_the_count_anew(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database, rate=0) as opened:
        for _ in range(3):
            for _ in range(audit.MOST_OF_ACCOUNT - 1):
                assert (await Colleague(opened).log_in("agent1", "wrong-password")).status_code == 401
            assert (await Colleague(opened).log_in("agent1")).status_code == 303


async def test_an_account_that_does_not_exist_takes_as_long(database: Database) -> None:
    """A hash is computed for it as well, with the same cost."""
    kept = passwords.hashed(PASSWORD)
    assert passwords.fits(kept, PASSWORD)
    assert not passwords.fits("", PASSWORD)
    assert not passwords.fits("", "nobody's password")
    costs = [passwords._nobodys().split("$")[3], kept.split("$")[3]]
    assert costs[0] == costs[1]


async def test_sessions_end(database: Database, site: Opens, monkeypatch) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        for moved in ({"seen_at": -staff.IDLE}, {"expires_at": -timedelta(hours=1)}):
            await kim.enter("agent1")
            assert (await kim.get("/console/me")).status_code == 200
            async with database.write() as connection:
                values = {k: datetime.now(UTC) + v for k, v in moved.items()}
                await connection.execute(sessions.update().values(**values))
            assert (await kim.get("/console/me")).status_code == 303
            told = await kim.get("/console/pulse", script=True)
            assert (told.status_code, told.json()["error"]["code"]) == (401, "unauthorized")


async def test_what_programs_ask_for_keeps_nobody_logged_in(database: Database, site: Opens) -> None:
    await hire(database)
    long_ago = datetime.now(UTC) - timedelta(minutes=30)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        for path, moves in (("/console/pulse", False), ("/console/me", True)):
            async with database.write() as connection:
                await connection.execute(sessions.update().values(seen_at=long_ago))
            await kim.get(path)
            kept = max(r["seen_at"] for r in await rows(database, sessions))
            assert (kept > long_ago) is moves


async def test_pages_know_when_a_session_ends_and_a_sign_of_life_puts_it_off(database: Database, site: Opens) -> None:
    await hire(database)
    now = datetime.now(UTC)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")

        async def moved(**values: datetime) -> None:
            async with database.write() as connection:
                await connection.execute(sessions.update().values(**values))

        async def told() -> tuple[int, bool]:
            said = (await kim.get("/console/pulse", script=True)).json()
            return said["ends"], said["extends"]

        await moved(seen_at=now - staff.IDLE + timedelta(minutes=5))
        ends, extends = await told()
        assert 280 <= ends <= 300
        assert extends
        assert (await kim.get("/console/stay", script=True)).status_code == 200
        assert (await told())[0] > 7000
        await moved(created_at=now - staff.ABSOLUTE + timedelta(minutes=5))
        ends, extends = await told()
        assert 280 <= ends <= 300
        assert not extends
        page = (await Colleague(opened).get("/console/login?ended=1")).text
        assert "새 상담을 알리지 못합니다" in page


async def test_a_stopped_account_is_out_at_once(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        async with database.write() as connection:
            await accounts.disable(connection, "", "agent1", datetime.now(UTC))
        assert (await kim.get("/console")).status_code == 303
        assert (await Colleague(opened).log_in("agent1")).status_code == 401


async def test_a_new_password_logs_out_everywhere(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        here, there = await Colleague(opened).enter("agent1"), await Colleague(opened).enter("agent1")
        for form, fault in (
            ({"old": PASSWORD, "new": "short", "again": "short"}, "10자 이상"),
            ({"old": PASSWORD, "new": "agent1-agent1", "again": "agent1-agent1"}, "아이디를 넣지"),
            ({"old": PASSWORD, "new": "another-horse-2", "again": "another-horse-3"}, "서로 다릅니다"),
            ({"old": "wrong-password", "new": "another-horse-2", "again": "another-horse-2"}, "지금 비밀번호"),
        ):
            refused = await here.send("/console/me/password", **form)
            assert refused.status_code == 422
            assert fault in refused.text
        changed = await here.send(
            "/console/me/password", old=PASSWORD, new="another-horse-2", again="another-horse-2"
        )
        assert changed.status_code == 303
        assert [(await c.get("/console")).status_code for c in (here, there)] == [303, 303]
        assert (await Colleague(opened).log_in("agent1")).status_code == 401
        assert (await Colleague(opened).log_in("agent1", "another-horse-2")).status_code == 303


async def test_another_site_cannot_log_somebody_in(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened, opened.client() as client:
        dash = await client.post("/console/login", data={"login": "agent1", "password": PASSWORD, "door": "-"})
        assert dash.status_code == 403
        form = {"login": "agent1", "password": PASSWORD, "door": "x"}
        assert (await client.post("/console/login", data=form)).status_code == 403
        client.cookies.set("helpdesk_console_door", "y", domain="desk.test")
        assert (await client.post("/console/login", data=form)).status_code == 403
        page = await client.get("/console/login")
        form["door"] = hidden(page.text)["door"]
        for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert (await client.post("/console/login", data=form, headers=header)).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/console/../evil",
        "/console\\@evil.example",
        "/consoleevil",
        "/console.evil.example",
        "javascript:alert(1)",
        "/console?q=a\r\nSet-Cookie: x=y",
        "/console/logout",
        "/console/login?next=/console/login",
        "",
        "/",
    ],
)
async def test_logging_in_leads_nowhere_else(database: Database, site: Opens, address: str) -> None:
    await hire(database)
    async with site(database) as opened:
        came = await Colleague(opened).log_in("agent1", onward=address)
    assert came.headers["location"].startswith("/console")
    assert re.fullmatch(r"/console(?:[/?].*)?", came.headers["location"])
    assert "evil" not in came.headers["location"] or came.headers["location"].startswith("/console/")
    assert onward("/console/tickets?id=3#x") == "/console/tickets?id=3#x"


async def test_search_as_one_types_sees_the_end_of_a_session_within_seconds(
    database: Database, site: Opens, monkeypatch
) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        assert (await kim.get("/console/search?q=a", script=True)).status_code == 200
        async with database.write() as connection:
            await accounts.disable(connection, "", "agent1", datetime.now(UTC))
        assert (await kim.get("/console/answer/application-period", script=True)).status_code == 401
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + frame._BRISK + 1)
        assert (await kim.get("/console/search?q=a", script=True)).status_code == 401
        assert (await Colleague(opened).get("/console/search?q=a", script=True)).status_code == 401


async def test_a_second_factor_is_asked_for_and_no_code_is_taken_twice(database: Database, site: Opens) -> None:
    await hire(database)
    async with database.write() as connection:
        made = await accounts.give_second(connection, "", "agent1", "helpdesk", datetime.now(UTC))

    async with site(database) as opened:

        async def enter(code: str) -> int:
            kim = Colleague(opened, "203.0.113.61")
            page = await kim.http.get("/console/login")
            form = {**hidden(page.text), "login": "agent1", "password": PASSWORD, "code": code}
            return (await kim.http.post("/console/login", data=form)).status_code

        code = second.code_at(made.secret, int(datetime.now(UTC).timestamp()) // second.STEP)
        assert [await enter(c) for c in ("", "000000" if code != "000000" else "1", code, code)] == [
            401,
            401,
            303,
            401,
        ]
        assert [await enter(c) for c in (made.paper[0], made.paper[0], made.paper[1])] == [303, 401, 303]
    kept = str(await rows(database, audit_table))
    assert made.secret not in kept


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "utf-8"])
async def test_a_form_in_another_shape_than_ours_is_not_read(database: Database, site: Opens, charset: str) -> None:
    """Whoever sends one names how it is decoded: punycode takes the square of its length, and idna fails."""
    part = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\nxn--99999999-aaaa\r\n--x--\r\n'
    kind = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    async with site(database) as opened:
        kim = await Colleague(opened).enter(await hire(database))
        for path in ("/console/login", "/console/me/signature"):
            reply = await kim.http.post(path, content=part, headers={**kind, "X-CSRF": kim.csrf})
            assert reply.status_code == 415
