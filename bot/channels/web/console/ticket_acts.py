"""What staff do to a case: take it, answer it, note something, hand it on, let it go, close it, open it again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.console.frame import ROOT, Console, Page, back, by, done, field
from bot.channels.web.console.tickets import ONE, found, number_of
from bot.channels.web.console.words import FAULTS
from bot.channels.web.errors import ApiError
from bot.store import audit, inbox, looks, staff, tickets
from bot.store.database import Connection
from bot.store.staff import Session
from bot.store.tickets import Ticket

_ONCE = timedelta(hours=24)


async def claim(console: Console, request: Request, who: Session) -> Response:
    """Take a ticket; who comes second is told who was first, and may take it over (`over`)."""
    number, name, now = number_of(request), by(who.member), console.now()
    over = field(await request.form(), "over", 1) == "1"
    async with console.parts.database.write() as connection:
        ticket = found(await tickets.held(connection, number))
        if ticket.state == "claimed" and ticket.claimed_by == name:  # sent again: it is done
            return back(request, f"{ROOT}/tickets/{number}")
        _takes(ticket, name, over=over)
        if await console.parts.cases.take_over(connection, ticket, name, now) is None:
            _takes(found(await tickets.held(connection, number)), name, over=over)
        await audit.note(connection, now, who.member.login, "ticket.over" if over else "ticket.claim", f"#{number}")
    return back(request, f"{ROOT}/tickets/{number}")


def _takes(ticket: Ticket, name: str, *, over: bool) -> None:
    """Refuse to take, or to write in, what is closed or what somebody else holds.

    Raises:
        ApiError: 409
    """
    if ticket.state == "closed":
        raise ApiError(409, FAULTS["closed"])
    if ticket.state == "claimed" and ticket.claimed_by != name and not over:
        raise ApiError(409, FAULTS["taken"].format(name=ticket.claimed_by), code="ticket_taken")


async def say(console: Console, request: Request, who: Session) -> Response:
    """Answer the user, or leave a note among staff. The same form sent twice says it once; with another text, both.

    Into a ticket that somebody else holds one writes only knowingly (`over`).
    """
    number = number_of(request)
    form = await request.form()
    text, note = field(form, "text"), field(form, "kind") == "note"
    once, over = field(form, "once", 60), field(form, "over", 1) == "1"
    if not text:
        raise ApiError(422, FAULTS["empty"])
    name, now, cases = by(who.member), console.now(), console.parts.cases
    async with console.parts.database.write() as connection:
        ticket = found(await tickets.held(connection, number))
        if not note:
            _takes(ticket, name, over=over)
        key = f"say:{number}:{who.member.id}:{once}"
        mark = console.pseudonym("said", f"{note} {text}")
        if once and not await inbox.first_time(connection, key, mark, now, _ONCE):
            return back(request, f"{ROOT}/tickets/{number}")
        if note:
            kept = await cases.note(connection, ticket, name, text, now)
            last = kept.id
        else:
            said = await cases.staff_says(connection, ticket, name, text, now)
            if said is None:
                raise ApiError(409, FAULTS["closed"])
            last = said.message
        await looks.note(connection, number, who.member.id, now, read=last)
        await audit.note(connection, now, who.member.login, "ticket.note" if note else "ticket.say", f"#{number}")
    return back(request, f"{ROOT}/tickets/{number}")


async def close(console: Console, request: Request, who: Session) -> Response:
    """Close a ticket."""

    async def work(connection: Connection, ticket: Ticket) -> bool:
        return await console.parts.cases.close(connection, ticket, by(who.member), console.now()) is not None

    return await _done(console, request, who, "close", work)


async def release(console: Console, request: Request, who: Session) -> Response:
    """Let a ticket wait for somebody else."""

    async def work(connection: Connection, ticket: Ticket) -> bool:
        return await console.parts.cases.release(connection, ticket, by(who.member), console.now()) is not None

    return await _done(console, request, who, "release", work)


async def reopen(console: Console, request: Request, who: Session) -> Response:
    """Go on with a closed ticket."""

    async def work(connection: Connection, ticket: Ticket) -> bool:
        return await console.parts.cases.reopen(connection, ticket, by(who.member), console.now()) is not None

    return await _done(console, request, who, "reopen", work)


async def hand(console: Console, request: Request, who: Session) -> Response:
    """Hand a ticket to a colleague."""
    login = field(await request.form(), "to", 64)

    async def work(connection: Connection, ticket: Ticket) -> bool:
        member = await staff.find(connection, login)
        if member is None or not member.active:
            raise ApiError(422, FAULTS["nobody"])
        cases, now = console.parts.cases, console.now()
        return await cases.take_over(connection, ticket, by(member), now, by=by(who.member)) is not None

    return await _done(console, request, who, "hand", work)


async def _done(console: Console, request: Request, who: Session, what: str, work: "_Work") -> Response:
    """Do something to a ticket and write down who did it.

    Raises:
        ApiError: 404 there is no such ticket; 409 it cannot be done to it as it stands.
    """
    number = number_of(request)
    async with console.parts.database.write() as connection:
        if not await work(connection, found(await tickets.held(connection, number))):
            raise ApiError(409, FAULTS[what])
        await audit.note(connection, console.now(), who.member.login, f"ticket.{what}", f"#{number}")
    return back(request, f"{ROOT}/tickets/{number}")


async def away(console: Console, request: Request, who: Session) -> Response:
    """Note that somebody turned away from a ticket."""
    number = number_of(request)
    async with console.parts.database.write() as connection:
        await looks.leave(connection, number, who.member.id, console.now())
    return done({"away": number})


async def record(console: Console, request: Request, who: Session) -> Response:
    """Leave the question, and what staff answered, for maintainers; a ticket's once."""
    number, now, cases = number_of(request), console.now(), console.parts.cases
    async with console.parts.database.read() as connection:
        asked = await cases.recordable(connection, found(await tickets.get(connection, number)), now)
    async with console.parts.database.write() as connection:
        ticket = found(await tickets.held(connection, number))
        if await inbox.first_time(connection, f"record:{number}", "", now, _ONCE):
            if await cases.record(connection, ticket, asked, now) is None:
                raise ApiError(422, FAULTS["crisis"])
            await audit.note(connection, now, who.member.login, "ticket.record", f"#{number}")
    return back(request, f"{ROOT}/tickets/{number}")


_Work = Callable[[Connection, Ticket], Awaitable[bool]]
PAGES = (
    Page(f"{ONE}/claim", claim, "POST"),
    Page(f"{ONE}/say", say, "POST"),
    Page(f"{ONE}/close", close, "POST"),
    Page(f"{ONE}/release", release, "POST"),
    Page(f"{ONE}/reopen", reopen, "POST"),
    Page(f"{ONE}/hand", hand, "POST"),
    Page(f"{ONE}/away", away, "POST", quiet=True),
    Page(f"{ONE}/record", record, "POST"),
)
