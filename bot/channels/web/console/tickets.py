"""The inbox of questions that wait for a person: what came in, what is said, and who else is there.

Pages ask again every few seconds and get a part only where it changed: all that is shown is read from the database.
What is done to a case is in `ticket_acts`.
"""

from dataclasses import dataclass, replace
from hashlib import blake2s

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.console.frame import ROOT, Console, Page, asked_by_script, by, headers
from bot.channels.web.console.search import link_of
from bot.channels.web.console.words import CHANNEL_NAMES, DELIVERY_NAMES, STATE_NAMES, ago, moment
from bot.channels.web.errors import ApiError
from bot.desk.cases import reopens
from bot.knowledge import locale
from bot.store import audit, callbacks, looks, staff, tickets
from bot.store.database import Connection
from bot.store.looks import Look, News
from bot.store.memory import Exchange
from bot.store.numbers import count
from bot.store.staff import Session
from bot.store.tickets import Ticket, TicketMessage

_SHOWN = 100
_SAID = 100
"""Messages of a case that are shown at once."""
_MOST_PAGES = 10_000
_NEAR = 3
NONE = "그런 상담이 없습니다."
_STATES = ("", "mine", "open", "claimed", "closed")


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket with what was said before and since, who has it before them, and where its user may be reached."""

    ticket: Ticket
    past: list[Exchange]
    said: list[TicketMessage]
    earlier: int
    """The number before which more was said than `said` has; 0 where nothing was."""
    looks: list[Look]
    contact: str

    @property
    def last(self) -> int:
        """The number of the last message."""
        return self.said[-1].id if self.said else 0


async def page(console: Console, request: Request, who: Session) -> Response:
    """Show the inbox, and a ticket beside it where the address names one. Who opens a ticket has read it."""
    case = None
    if request.path_params:
        case = await _case(console, number_of(request))
        async with console.parts.database.write() as connection:
            await looks.note(connection, case.ticket.id, who.member.id, console.now(), read=case.last)
            await audit.note(connection, console.now(), who.member.login, "ticket.read", f"#{case.ticket.id}")
    if asked_by_script(request) and case:
        return _part(console, "_ticket.html", await _values(console, request, who, case), "")
    values = await _listed(console, request, who)
    return console.render(request, who, "tickets.html", {**values, **await _values(console, request, who, case)})


async def earlier(console: Console, request: Request, who: Session) -> Response:
    """Show what was said about a ticket before a message."""
    case = await _case(console, number_of(request), count(request.query_params.get("before", "")) or 0)
    async with console.parts.database.write() as connection:
        await audit.note(connection, console.now(), who.member.login, "ticket.read", f"#{case.ticket.id}")
    return console.render(request, who, "earlier.html", {"case": case, "deliveries": DELIVERY_NAMES})


async def listing(console: Console, request: Request, who: Session) -> Response:
    """Return the list, where it changed."""
    return _part(console, "_tickets.html", await _listed(console, request, who), request.query_params.get("tag", ""))


async def live(console: Console, request: Request, who: Session) -> Response:
    """Return what was said about a ticket and where it stands, where that changed.

    `read`: the last message that its reader has before them; `writing`: whether they are writing.
    """
    case, now = await _case(console, number_of(request)), console.now()
    read, writing = count(request.query_params.get("read", "")) or 0, request.query_params.get("writing") == "1"
    before = next((k for k in case.looks if k.staff == who.member.id), None)
    if looks.worth_noting(before, now, read=read, writing=writing):
        async with console.parts.database.write() as connection:
            await looks.note(connection, case.ticket.id, who.member.id, now, read=read, writing=writing)
    values = await _values(console, request, who, case)
    return _part(console, "_said.html", values, request.query_params.get("tag", ""))


def _part(console: Console, template: str, values: dict[str, object], tag: str) -> Response:
    text = console.text(template, values)
    now = blake2s(text.encode(), digest_size=8).hexdigest()
    if now == tag:
        return Response(status_code=204, headers=headers())
    return Response(text, headers={**headers(), "X-Tag": now}, media_type="text/html; charset=utf-8")


async def _listed(console: Console, request: Request, who: Session) -> dict[str, object]:
    state = request.query_params.get("state", "")
    state = state if state in _STATES else ""
    at = max(1, min(count(request.query_params.get("page", "")) or 1, _MOST_PAGES))
    name, now = by(who.member), console.now()
    async with console.parts.database.read() as connection:
        found = await tickets.queue(connection, state, name, _SHOWN + 1, (at - 1) * _SHOWN)
        onward, found = at + 1 if len(found) > _SHOWN else 0, found[:_SHOWN]
        news = await looks.news(connection, [t.id for t in found], who.member.id)
    rows = [(t, _news(t, news[t.id], name)) for t in found]
    rows.sort(key=lambda row: _order(row[0], row[1], name))
    shown = request.path_params.get("number") or request.query_params.get("shown", "")
    words = {
        "states": STATE_NAMES,
        "channels": CHANNEL_NAMES,
        "mine": name,
        "moment": moment,
        "tongue": locale.name_of,
    }
    paged = {"page_number": at, "onward": onward}
    return {
        **words,
        **paged,
        "rows": rows,
        "state": state,
        "shown": str(shown),
        "waited": lambda then: ago(then, now),
    }


def _news(ticket: Ticket, news: News, name: str) -> News:
    """Return the news of a ticket: what waits is nobody's to have read, and what others hold is theirs to read."""
    if ticket.state == "closed":
        return replace(news, unread=0, since=None)
    if ticket.state == "open":
        return replace(news, since=news.since or ticket.opened_at)
    return news if ticket.claimed_by == name else replace(news, unread=0)


def _order(ticket: Ticket, news: News, name: str) -> tuple[int, float]:
    """Return where a ticket stands in the list: mine with news, what waits (the longest first), mine, others', closed."""
    own = ticket.claimed_by == name
    place = {"open": 1, "claimed": 2 if own else 3, "closed": 4}.get(ticket.state, 5)
    place = 0 if own and ticket.state == "claimed" and news.unread else place
    began = (news.since or ticket.opened_at).timestamp()
    return place, began if place < 2 else -began


async def _case(console: Console, number: int, before: int | None = None) -> Case:
    """Return a case with what was said last, or last before a message: a page does not grow with what people write."""
    async with console.parts.database.read() as connection:
        ticket = found(await tickets.get(connection, number))
        said = await tickets.messages(connection, number, _SAID + 1, before)
        return Case(
            ticket,
            await console.parts.cases.transcript(connection, ticket),
            said[-_SAID:],
            said[1].id if len(said) > _SAID else 0,
            await looks.at_case(connection, number),
            await callbacks.of(connection, number),
        )


async def _values(console: Console, request: Request, who: Session, case: Case | None) -> dict[str, object]:
    name, now = by(who.member), console.now()
    values: dict[str, object] = {
        "case": case,
        "csrf": who.csrf,
        "mine": name,
        "states": STATE_NAMES,
        "channels": CHANNEL_NAMES,
        "deliveries": DELIVERY_NAMES,
        "moment": moment,
        "tongue": locale.name_of,
        "near": [],
    }
    if case is None:
        return values
    others = [k for k in case.looks if k.staff != who.member.id and k.there(now)]
    values["others"] = [(k.name, k.writing(now)) for k in others]
    values["reopens"] = reopens(case.ticket)
    if case.ticket.state == "closed":
        return values
    async with console.parts.database.read() as connection:
        people = await staff.every(connection)
    values["colleagues"] = [(m.login, by(m)) for m in people if m.active and by(m) != case.ticket.claimed_by]
    near, known = await _nearest(console, request, case)
    return {**values, "near": near, "near_known": known}


async def _nearest(console: Console, request: Request, case: Case) -> tuple[list[tuple[str, str, str]], bool]:
    """Return the entries nearest to what was asked last, as they can be put into a reply; and whether they answer it."""
    asked = next((m.text for m in reversed(case.said) if m.author == "user"), "")
    texts = dict.fromkeys(t[:300] for t in (asked, case.ticket.question) if t)
    found = [await console.search(t) for t in texts]
    found.sort(key=lambda f: not f.known)
    ids = list(dict.fromkeys(row.entry for f in found for row in f.rows[:_NEAR]))[:_NEAR]
    near = [_near(console, request, id, case.ticket.language) for id in ids if id in console.library.base.entries]
    return near, any(f.known for f in found)


def _near(console: Console, request: Request, id: str, language: str) -> tuple[str, str, str]:
    """Return an entry, its question, and its answer as it can be put into a reply."""
    found = console.library.answer(id, console.now(), link_of(console, request, id), "", language)
    assert found is not None
    return id, found.question, found.copies.plain


def number_of(request: Request) -> int:
    """Return the number of the ticket that an address names.

    Raises:
        ApiError: 404 it is none.
    """
    number = count(str(request.path_params["number"]))
    if number is None:
        raise ApiError(404, NONE)
    return number


def found(ticket: Ticket | None) -> Ticket:
    """Return a ticket that was looked for by its number.

    Raises:
        ApiError: 404 there is none.
    """
    if ticket is None:
        raise ApiError(404, NONE)
    return ticket


async def pulse_of(connection: Connection, who: Session) -> dict[str, int]:
    """Return how many tickets wait for anybody and how many of somebody's own have news; `newest` grows with both."""
    waiting, first = await tickets.waiting(connection), await tickets.newest_waiting(connection)
    unread, newest = await looks.mine(connection, who.member.id, by(who.member))
    return {"waiting": waiting, "unread": unread, "newest": newest, "opened": first}


ONE = f"{ROOT}/tickets/{{number}}"
PAGES = (
    Page(f"{ROOT}/tickets", page, title="상담", key="T"),
    Page(f"{ROOT}/tickets/list", listing, quiet=True),
    Page(ONE, page),
    Page(f"{ONE}/live", live, quiet=True),
    Page(f"{ONE}/earlier", earlier),
)
