"""What is done to one user's cases at once, by themselves and by staff: one after the other, and nothing is left over.

Each test does something in a transaction that is not yet committed, sends what comes second, and then commits.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import func, select

from bot.store import callbacks, cases, tickets
from bot.store.database import Connection, Database
from bot.store.memory import Memory
from bot.store.schema import callbacks as contacts
from bot.store.schema import ticket_messages
from bot.store.tickets import Ticket
from tests.web.conftest import Opens, Site
from tests.web.staffroom import Colleague, hire

Acts = Callable[[int], Awaitable[httpx.Response]]
First = Callable[[Connection, Ticket], Awaitable[object]]


@asynccontextmanager
async def busy(database: Database, site: Opens) -> AsyncIterator[tuple[Site, httpx.AsyncClient, dict[str, Acts]]]:
    """A user, and everything that can be done to a case of theirs, by name."""
    await hire(database)
    async with site(database, rate=0) as opened, opened.user() as user:
        kim, key, json = await Colleague(opened).enter("agent1"), await opened.key(), {"text": "네"}
        program = opened.client(**key)
        contact, note = {"contact": "010-1234-5678"}, {"text": "메모", "note": True}
        yield (
            opened,
            user,
            {
                "a place to call": lambda _: user.put("/api/v1/ticket/callback", json=contact),
                "the user": lambda _: user.post("/api/v1/ticket/messages", json=json),
                "leaving": lambda _: user.post("/api/v1/ticket/leave"),
                "a program": lambda n: program.post(f"/api/v1/tickets/{n}/messages", json=json),
                "a program's note": lambda n: program.post(f"/api/v1/tickets/{n}/messages", json=note),
                "staff": lambda n: kim.send(f"/console/tickets/{n}/say", text="네"),
                "a note": lambda n: kim.send(f"/console/tickets/{n}/say", text="메모", kind="note"),
                "closing": lambda n: kim.send(f"/console/tickets/{n}/close"),
            },
        )
        await program.aclose()


async def meanwhile(
    database: Database, ticket: Ticket, first: First, second: Callable[[], Awaitable[httpx.Response]]
) -> httpx.Response:
    """Do one thing, and send another before it is committed."""
    async with database.write() as connection:
        await first(connection, ticket)
        coming = asyncio.ensure_future(second())
        await asyncio.wait([coming], timeout=0.2)
    return await coming


async def mine(database: Database, user: httpx.AsyncClient) -> Ticket:
    number = (await user.post("/api/v1/ticket")).json()["ticket"]["id"]
    async with database.read() as connection:
        found = await tickets.get(connection, number)
    assert found is not None
    return found


async def left(database: Database, number: int) -> int:
    """Return how many rows there are of a case."""
    async with database.read() as connection:
        counts = [
            await connection.execute(select(func.count()).where(table.c.ticket == number))
            for table in (ticket_messages, contacts)
        ]
    return sum(c.scalar_one() for c in counts)


async def test_nothing_stays_of_whoever_is_being_forgotten(database: Database, site: Opens) -> None:
    async with busy(database, site) as (opened, user, acts):
        for name, act in acts.items():
            ticket = await mine(database, user)

            async def forget(connection: Connection, ticket: Ticket) -> None:
                await opened.parts.cases.forget(connection, Memory(), ticket.user, datetime.now(UTC))

            response = await meanwhile(database, ticket, forget, lambda act=act, t=ticket: act(t.id))
            assert (response.status_code, await left(database, ticket.id)) == (404, 0), name


async def test_whoever_is_forgotten_takes_with_them_what_is_just_said(database: Database, site: Opens) -> None:
    async with busy(database, site) as (opened, user, _):
        desk, now = opened.parts.cases, datetime.now(UTC)

        async def says(connection: Connection, ticket: Ticket) -> None:
            held = await tickets.held(connection, ticket.id)
            assert held is not None
            await callbacks.keep(connection, ticket.id, "010-1234-5678", now)
            await desk.staff_says(connection, held, "김상담", "네", now)

        async def opens(connection: Connection, ticket: Ticket) -> None:
            await desk.close(connection, ticket, "김상담", now)
            again = (await desk.open(connection, ticket.user, "web", now)).ticket
            await desk.user_says(connection, again, "네", now)

        for first in (says, opens):
            ticket = await mine(database, user)
            assert (await meanwhile(database, ticket, first, lambda: user.delete("/api/v1/me"))).status_code == 200
            async with database.read() as connection:
                assert await cases.latest(connection, ticket.user) is None
                assert (await connection.execute(select(ticket_messages.c.id))).all() == []
            assert await left(database, ticket.id) == 0


async def test_nothing_is_added_to_a_case_that_is_being_closed(database: Database, site: Opens) -> None:
    async with busy(database, site) as (opened, user, acts):
        for name, act in acts.items():
            if "note" in name:  # staff may note something in a closed case
                continue
            ticket = await mine(database, user)

            async def close(connection: Connection, ticket: Ticket) -> None:
                assert await tickets.held(connection, ticket.id)
                await opened.parts.cases.close(connection, ticket, "이상담", datetime.now(UTC))

            response = await meanwhile(database, ticket, close, lambda act=act, t=ticket: act(t.id))
            assert (response.status_code, await left(database, ticket.id)) == (409, 0), name


async def test_a_user_has_one_open_case_however_often_they_ask_at_once(database: Database, site: Opens) -> None:
    async with busy(database, site) as (opened, user, _):
        many = await asyncio.gather(*(user.post("/api/v1/ticket") for _ in range(6)))
        assert len({r.json()["ticket"]["id"] for r in many}) == 1
        ticket = await mine(database, user)
        now, fresh = datetime.now(UTC), 0

        async def anew(connection: Connection, ticket: Ticket) -> None:
            nonlocal fresh
            await opened.parts.cases.close(connection, ticket, "이상담", now)
            fresh = (await opened.parts.cases.open(connection, ticket.user, "web", now)).ticket.id

        again = await meanwhile(database, ticket, anew, lambda: user.post("/api/v1/ticket"))
        assert again.json()["ticket"]["id"] == fresh != ticket.id


async def test_a_closed_case_is_not_opened_again_beside_a_new_one(database: Database, site: Opens) -> None:
    async with busy(database, site) as (opened, user, acts):
        ticket, kim = await mine(database, user), await Colleague(opened).enter("agent1")
        assert (await acts["closing"](ticket.id)).status_code == 200

        async def anew(connection: Connection, ticket: Ticket) -> None:
            await opened.parts.cases.open(connection, ticket.user, "web", datetime.now(UTC))

        second = await meanwhile(database, ticket, anew, lambda: kim.send(f"/console/tickets/{ticket.id}/reopen"))
        assert second.status_code == 409


@pytest.mark.parametrize("over", ["", "1"])
async def test_who_comes_second_is_told_who_has_the_case(database: Database, site: Opens, over: str) -> None:
    async with busy(database, site) as (opened, user, _):
        ticket, kim = await mine(database, user), await Colleague(opened).enter("agent1")

        async def claim(connection: Connection, ticket: Ticket) -> None:
            assert await tickets.held(connection, ticket.id)
            await opened.parts.cases.claim(connection, ticket, "이상담", datetime.now(UTC))

        path = f"/console/tickets/{ticket.id}/say"
        second = await meanwhile(database, ticket, claim, lambda: kim.send(path, text="네", over=over))
        assert second.status_code == (200 if over else 409)
