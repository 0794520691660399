"""What is done to accounts while something else is under way: each change stands, and nobody enters by what was.

Written for both databases: what has to hold on PostgreSQL by locks holds on SQLite since it writes one by one.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.store import accounts, audit, passwords, second, staff
from bot.store.database import Connection, Database
from bot.store.schema import sessions
from bot.store.staff import Member
from tests.web.conftest import Opens
from tests.web.staffroom import PASSWORD, Colleague, hidden, hire

Request = Coroutine[Any, Any, httpx.Response]
Change = Callable[[Connection], Awaitable[object]]
OTHER = "another-horse-2"
_REACHED = 0.4
"""Seconds after which a request waits for the transaction that is open; one that is later finds what it changed."""


def now() -> datetime:
    return datetime.now(UTC)


async def reset(connection: Connection) -> None:
    await accounts.reset(connection, "", "agent1", OTHER, now(), account="-", provisional=True)


async def disable(connection: Connection) -> None:
    await accounts.disable(connection, "", "agent1", now())


async def second_factor(connection: Connection) -> None:
    await accounts.give_second(connection, "", "agent1", "helpdesk", now())


async def during(database: Database, change: Change, *requests: Request) -> list[httpx.Response]:
    """Send requests while a change of another process is not committed yet, and return their answers."""
    async with Database(database.url) as other, other.write() as connection:
        await change(connection)
        sent = [asyncio.create_task(request) for request in requests]
        await asyncio.sleep(_REACHED)
    return await asyncio.gather(*sent)


async def member_of(database: Database, login: str = "agent1") -> Member:
    async with database.read() as connection:
        found = await staff.find(connection, login)
    assert found is not None
    return found


class SlowHash:
    """A step with a password, `fits` or `hashed`, that takes until it is told to end; later ones do not wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: str = "fits") -> None:
        self._begun, self._ends = threading.Event(), threading.Event()
        self._step: Callable[..., object] = getattr(passwords, step)
        monkeypatch.setattr(passwords, step, self._slowly)

    def _slowly(self, *values: str) -> object:
        done = self._step(*values)
        if not self._begun.is_set():
            self._begun.set()
            assert self._ends.wait(20)
        return done

    async def during(self, database: Database, change: Change, request: Request) -> httpx.Response:
        """Send a request, make a change while it checks a password, and return its answer."""
        sent = asyncio.create_task(request)
        assert await asyncio.to_thread(self._begun.wait, 20)
        async with database.write() as connection:
            await change(connection)
        self._ends.set()
        return await sent


@pytest.mark.parametrize("path", ["keys", "signature"])
@pytest.mark.parametrize("change", [second_factor, reset])
async def test_a_preference_writes_nothing_beside_itself(
    database: Database, site: Opens, change: Change, path: str
) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        sent = kim.send(f"/console/me/{path}", keys="", signature="김상담 드림")
        assert [r.status_code for r in await during(database, change, sent)] == [200]
    kept = (await member_of(database)).preferences
    if change is second_factor:
        assert kept["totp"]
        assert len(kept["totp_paper"]) == second.PAPER
    else:
        assert kept["must_change"] is True
    assert kept["keys"] is False if path == "keys" else kept["signature"] == "김상담 드림"


@pytest.mark.parametrize(
    ("change", "password"),
    [(reset, PASSWORD), (disable, PASSWORD), (second_factor, PASSWORD), (reset, "wrong-horse-9")],
)
async def test_nobody_enters_by_what_changed_while_the_password_was_checked(
    database: Database, site: Opens, monkeypatch: pytest.MonkeyPatch, change: Change, password: str
) -> None:
    await hire(database)
    async with site(database) as opened:
        entered = Colleague(opened).log_in("agent1", password)
        answer = await SlowHash(monkeypatch).during(database, change, entered)
    assert answer.status_code == 401
    assert "helpdesk_console=" not in answer.headers.get("set-cookie", "")
    async with database.read() as connection:
        assert (await connection.execute(sessions.select())).all() == []
        lines = {line.action for line in await audit.recent(connection, 9)}
    assert audit.OVERTAKEN in lines
    assert not {audit.FAILED, audit.ENTERED} & lines


@pytest.mark.parametrize("step", ["fits", "hashed"])
async def test_a_password_is_not_changed_by_the_one_that_a_reset_replaced(
    database: Database, site: Opens, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        changed = kim.send("/console/me/password", old=PASSWORD, new="thieves-horse-3", again="thieves-horse-3")
        answer = await SlowHash(monkeypatch, step).during(database, reset, changed)
        assert answer.status_code == 401
        assert (await Colleague(opened).log_in("agent1", "thieves-horse-3")).status_code == 401
        assert (await Colleague(opened).log_in("agent1", OTHER)).status_code == 303
    assert (await member_of(database)).preferences["must_change"] is True


async def test_a_code_shown_by_many_at_once_lets_one_in(database: Database, site: Opens) -> None:
    await hire(database)
    async with database.write() as connection:
        made = await accounts.give_second(connection, "", "agent1", "helpdesk", now())
    async with site(database, rate=0) as opened:

        async def enter(code: str) -> httpx.Response:
            kim = Colleague(opened)
            page = await kim.http.get("/console/login")
            form = {**hidden(page.text), "login": "agent1", "password": PASSWORD, "code": code}
            return await kim.http.post("/console/login", data=form)

        async def prefer(connection: Connection) -> None:
            await staff.prefer(connection, 1, keys=False)

        answers = await during(database, prefer, *(enter(made.paper[0]) for _ in range(3)))
        assert sorted(r.status_code for r in answers) == [303, 401, 401]
        assert (await enter(made.paper[1])).status_code == 303
    assert len((await member_of(database)).preferences["totp_paper"]) == second.PAPER - 2


@pytest.mark.parametrize("form", [{"what": "stop"}, {"what": "role", "role": "agent"}])
async def test_two_administrators_who_stop_each_other_leave_one(
    database: Database, site: Opens, form: dict[str, str]
) -> None:
    for login in ("admin1", "admin2"):
        await hire(database, "admin", login)

    async def stop_the_other(connection: Connection) -> None:
        await accounts.disable(connection, "admin1", "admin2", now())

    async with site(database) as opened:
        park = await Colleague(opened).enter("admin2")
        answers = await during(database, stop_the_other, park.send("/console/people/admin1", **form))
    assert [r.status_code for r in answers] == [422]
    first = await member_of(database, "admin1")
    assert (first.role, first.active) == ("admin", True)


async def test_who_is_no_administrator_any_more_changes_no_account(database: Database, site: Opens) -> None:
    forms = {
        "/agent1": {"what": "stop"},
        "/agent2": {"what": "role", "role": "admin"},
        "/agent3": {"what": "reset"},
        "/agent4": {"what": "start"},
        "": {"login": "friend", "role": "admin"},
    }
    for login in ("admin1", "admin2", *(path[1:] for path in forms if path)):
        await hire(database, login[:5], login)
    async with database.write() as connection:
        await accounts.disable(connection, "", "agent4", now())
        before = await staff.every(connection)

    async def demote(connection: Connection) -> None:
        await accounts.give_role(connection, "admin1", "admin2", "agent", now())

    async with site(database) as opened:
        park = await Colleague(opened).enter("admin2")
        sent = (park.send(f"/console/people{path}", **form) for path, form in forms.items())
        assert {r.status_code for r in await during(database, demote, *sent)} == {422}
    async with database.read() as connection:
        after = await staff.every(connection)
    kept = [(m.login, m.role, m.state, m.password) for m in before if m.login != "admin2"]
    assert [(m.login, m.role, m.state, m.password) for m in after if m.login != "admin2"] == kept
