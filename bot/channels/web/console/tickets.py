"""The inbox of questions that wait for a person: take one, answer it, close it; two people at once, several replicas.

Pages ask again every few seconds and get a part only where it changed: all that is shown is read from the database.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2s

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import assets
from bot.channels.web.console.frame import ROOT, Console, Page, asked_by_script, back, by, count, field, headers
from bot.channels.web.console.search import link_of
from bot.channels.web.console.words import CHANNEL_NAMES, DELIVERY_NAMES, FAULTS, STATE_NAMES, moment
from bot.channels.web.errors import ApiError
from bot.store import audit, inbox, tickets
from bot.store.memory import Exchange
from bot.store.staff import Session
from bot.store.tickets import Ticket, TicketMessage

_SHOWN = 100
_NEAR = 3
_NONE = "그런 상담이 없습니다."
_ONCE = timedelta(hours=24)
_STATES = ("", "open", "claimed", "closed")


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket with what was said before and since."""

    ticket: Ticket
    past: list[Exchange]
    said: list[TicketMessage]


async def page(console: Console, request: Request, who: Session) -> Response:
    """Show the inbox, and a ticket beside it where the address names one."""
    case = await _case(console, _number(request)) if request.path_params else None
    if asked_by_script(request) and case:
        return _part("_ticket.html", _values(console, request, who, case), "")
    values = await _listed(console, request, who)
    return console.render(request, who, "tickets.html", {**values, **_values(console, request, who, case)})


async def listing(console: Console, request: Request, who: Session) -> Response:
    """Return the list, where it changed."""
    return _part("_tickets.html", await _listed(console, request, who), request.query_params.get("tag", ""))


async def live(console: Console, request: Request, who: Session) -> Response:
    """Return what was said about a ticket and where it stands, where that changed."""
    case = await _case(console, _number(request))
    values = _values(console, request, who, case)
    return _part("_said.html", values, request.query_params.get("tag", ""))


def _part(template: str, values: dict[str, object], tag: str) -> Response:
    text = assets.templates().get_template(f"console/{template}").render(values)
    now = blake2s(text.encode(), digest_size=8).hexdigest()
    if now == tag:
        return Response(status_code=204, headers=headers())
    return Response(text, headers={**headers(), "X-Tag": now}, media_type="text/html; charset=utf-8")


async def _listed(console: Console, request: Request, who: Session) -> dict[str, object]:
    state = request.query_params.get("state", "")
    state = state if state in _STATES else ""
    async with console.parts.database.read() as connection:
        found = await tickets.inbox_of(connection, state, _SHOWN)
    shown = request.path_params.get("number") or request.query_params.get("shown", "")
    order = {"open": 0, "claimed": 1, "closed": 2}
    found.sort(
        key=lambda t: (order.get(t.state, 3), t.claimed_by != by(who.member), t.id if t.state == "open" else -t.id)
    )
    words = {"states": STATE_NAMES, "channels": CHANNEL_NAMES, "moment": moment, "mine": by(who.member)}
    return {**words, "tickets": found, "state": state, "shown": str(shown)}


async def _case(console: Console, number: int) -> Case:
    async with console.parts.database.read() as connection:
        ticket = await tickets.get(connection, number)
        if ticket is None:
            raise ApiError(404, _NONE)
        past = await console.parts.cases.transcript(connection, ticket)
        return Case(ticket, past, await tickets.messages(connection, number))


def _values(console: Console, request: Request, who: Session, case: Case | None) -> dict[str, object]:
    values: dict[str, object] = {
        "case": case,
        "csrf": who.csrf,
        "mine": by(who.member),
        "states": STATE_NAMES,
        "channels": CHANNEL_NAMES,
        "deliveries": DELIVERY_NAMES,
        "moment": moment,
        "near": [],
    }
    if case is None or case.ticket.state == "closed":
        return values
    asked = next((m.text for m in reversed(case.said) if m.author == "user"), case.ticket.question)
    rows = console.library.search(asked[:300], console.now()).rows[:_NEAR] if asked else ()
    return {**values, "near": [_near(console, request, r.entry, case.ticket.language) for r in rows]}


def _near(console: Console, request: Request, id: str, language: str) -> tuple[str, str, str]:
    """Return an entry, its question, and its answer as it can be put into a reply."""
    found = console.library.answer(id, console.now(), link_of(console, request, id), "", language)
    assert found is not None
    return id, found.question, found.copies.plain


async def claim(console: Console, request: Request, who: Session) -> Response:
    """Take a ticket; who comes second is told who was first."""
    number = _number(request)
    async with console.parts.database.write() as connection:
        ticket = await _named(console, number)
        if await console.parts.cases.claim(connection, ticket, by(who.member), console.now()) is None:
            ticket = await tickets.get(connection, number) or ticket
            if ticket.state == "claimed" and ticket.claimed_by == by(who.member):  # sent again: it is done
                return back(request, f"{ROOT}/tickets/{number}")
            taken = FAULTS["taken"].format(name=ticket.claimed_by)
            raise ApiError(409, FAULTS["closed"] if ticket.state == "closed" else taken)
        await audit.note(connection, console.now(), who.member.login, "ticket.claim", f"#{number}")
    return back(request, f"{ROOT}/tickets/{number}")


async def say(console: Console, request: Request, who: Session) -> Response:
    """Answer the user, or leave a note among staff. The same form sent twice says it once; with another text, both."""
    number = _number(request)
    form = await request.form()
    text, note = field(form, "text"), field(form, "kind") == "note"
    once = field(form, "once", 60)
    if not text:
        raise ApiError(422, FAULTS["empty"])
    name, now, cases = by(who.member), console.now(), console.parts.cases
    async with console.parts.database.write() as connection:
        ticket = await _named(console, number)
        key = f"say:{number}:{who.member.id}:{once}"
        mark = console.pseudonym("said", f"{note} {text}")
        if once and not await inbox.first_time(connection, key, mark, now, _ONCE):
            return back(request, f"{ROOT}/tickets/{number}")
        if note:
            await cases.note(connection, ticket, name, text, now)
        elif await cases.staff_says(connection, ticket, name, text, now) is None:
            raise ApiError(409, FAULTS["closed"])
        await audit.note(connection, now, who.member.login, "ticket.note" if note else "ticket.say", f"#{number}")
    return back(request, f"{ROOT}/tickets/{number}")


async def close(console: Console, request: Request, who: Session) -> Response:
    """Close a ticket."""
    number = _number(request)
    async with console.parts.database.write() as connection:
        closed = await console.parts.cases.close(
            connection, await _named(console, number), by(who.member), console.now()
        )
        if closed is None:
            raise ApiError(409, FAULTS["closed"])
        await audit.note(connection, console.now(), who.member.login, "ticket.close", f"#{number}")
    return back(request, f"{ROOT}/tickets/{number}")


async def record(console: Console, request: Request, who: Session) -> Response:
    """Leave the question, and what staff answered, for maintainers; a ticket's once."""
    number = _number(request)
    now = console.now()
    async with console.parts.database.write() as connection:
        ticket = await _named(console, number)
        if await inbox.first_time(connection, f"record:{number}", "", now, _ONCE):
            await console.parts.cases.record(connection, ticket, now)
            await audit.note(connection, now, who.member.login, "ticket.record", f"#{number}")
    return back(request, f"{ROOT}/tickets/{number}")


def _number(request: Request) -> int:
    number = count(str(request.path_params["number"]))
    if number is None:
        raise ApiError(404, _NONE)
    return number


async def _named(console: Console, number: int) -> Ticket:
    async with console.parts.database.read() as connection:
        ticket = await tickets.get(connection, number)
    if ticket is None:
        raise ApiError(404, _NONE)
    return ticket


_ONE = f"{ROOT}/tickets/{{number:int}}"
PAGES = (
    Page(f"{ROOT}/tickets", page, title="상담", key="T"),
    Page(f"{ROOT}/tickets/list", listing, quiet=True),
    Page(_ONE, page),
    Page(f"{_ONE}/live", live, quiet=True),
    Page(f"{_ONE}/claim", claim, "POST"),
    Page(f"{_ONE}/say", say, "POST"),
    Page(f"{_ONE}/close", close, "POST"),
    Page(f"{_ONE}/record", record, "POST"),
)
