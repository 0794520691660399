"""The API for users' cases: open one, read it as it grows, write in it. Staff's side is in `api_staff`."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from bot.channels.web import api_models as wire
from bot.channels.web.api_once import Given, Once, given_key
from bot.channels.web.api_request import CHANNEL, PREFIX, WITH_BODY, User, body_of, failures, read, user_of
from bot.channels.web.errors import ApiError
from bot.channels.web.limits import Door
from bot.channels.web.parts import Parts
from bot.desk.cases import PUBLIC, Cases, Unsaid
from bot.store import callbacks, memory, tickets
from bot.store import cases as query
from bot.store.database import Connection
from bot.store.tickets import Ticket, TicketMessage

_PAGE = 100
"""Messages that one request returns."""
After = Annotated[int, Query(ge=0, le=2**53, description="이 번호보다 뒤의 말만")]
Number = Annotated[int, Path(ge=1, le=2**53, description="접수 번호")]


def shown(cases: Cases, ticket: Ticket) -> wire.Ticket:
    """Return a ticket as its user sees it."""
    return wire.Ticket(
        id=ticket.id,
        state=_state(ticket),
        relay=ticket.relay,
        claimed_by=ticket.claimed_by,
        opened_at=ticket.opened_at,
        claimed_at=ticket.claimed_at,
        closed_at=ticket.closed_at,
        notice=cases.standing(ticket),
    )


def _state(ticket: Ticket) -> Literal["open", "claimed", "closed"]:
    return "open" if ticket.state == "open" else "claimed" if ticket.state == "claimed" else "closed"


def message_of(said: TicketMessage) -> wire.TicketMessage:
    author: Literal["user", "staff", "desk"] = "user"
    author = "staff" if said.author == "staff" else "desk" if said.author == "desk" else author
    return wire.TicketMessage(id=said.id, author=author, name=said.name, text=said.text, at=said.at)


def once_of(parts: Parts, request: Request, whose: str, content: str) -> Once | None:
    """Return what a request with a key does once; `None` where it has none."""
    key = given_key(request)
    return Once.of(parts.secret, key, f"{request.url.path} {whose}", content) if key else None


async def kept_message(connection: Connection, number: int) -> TicketMessage:
    """Return a message that was kept.

    Raises:
        ApiError: 404 its user asked to be forgotten since.
    """
    found = await tickets.message(connection, number)
    if found is None:
        raise ApiError(404, says="no_message")
    return found


async def _own(connection: Connection, user: str) -> Ticket:
    """Return a user's open ticket, and hold it: see `tickets.hold`.

    Raises:
        ApiError: 404 there was never one, 409 it is closed.
    """
    await tickets.hold(connection, user)
    ticket = await query.latest(connection, user)
    if ticket is None:
        raise ApiError(404, says="no_ticket")
    if ticket.state == "closed":
        raise ApiError(409, says="ticket_closed")
    return ticket


def _kept(said: TicketMessage | Unsaid) -> TicketMessage:
    """Return what a user said, as it was kept.

    Raises:
        ApiError: 409 their case is closed, 429 they left too many messages.
    """
    if isinstance(said, TicketMessage):
        return said
    if said.wait is None:
        raise ApiError(409, says="ticket_closed")
    headers = {"Retry-After": str(60 * said.minutes)}
    raise ApiError(429, says="said_too_much", values={"minutes": said.minutes}, headers=headers)


def routes(parts: Parts, door: Door) -> APIRouter:
    """Return the routes for users."""
    router = APIRouter(prefix=PREFIX, tags=["상담"])
    _opening(router, parts, door)
    _writing(router, parts, door)
    return router


def _opening(router: APIRouter, parts: Parts, door: Door) -> None:
    @router.post(
        "/ticket",
        summary="상담원에게 묻기",
        responses=failures(*WITH_BODY),
        openapi_extra=body_of(wire.Handover, required=False),
    )
    async def open_ticket(request: Request, who: User) -> wire.Opened:
        """상담을 열거나, 열려 있으면 그것을 돌려줍니다. `lines`를 차례로 보이세요."""
        caller = await door.enter(request)
        user, now = user_of(parts.secret, who), datetime.now(UTC)
        asked = await read(request, wire.Handover, optional=True)
        async with parts.database.write() as connection:
            await tickets.hold(connection, user)
            if not await tickets.open_tickets(connection, [user]):
                door.opens_case(caller)
            language = asked.language or await memory.language_of(connection, user) or parts.front.base.language
            opened = await parts.cases.open(connection, user, CHANNEL, now, language=language)
            if asked.text:
                _kept(await parts.cases.user_says(connection, opened.ticket, asked.text, now))
        return wire.Opened(ticket=shown(parts.cases, opened.ticket), lines=list(opened.lines))

    @router.get("/ticket", summary="내 상담 보기", responses=failures(422))
    async def see(request: Request, who: User, after: After = 0) -> wire.Conversation:
        """상담의 상태와, `after`보다 뒤에 오간 말입니다. 2~5초마다 마지막 말의 번호를 `after`로 보내세요."""
        await door.enter(request)
        async with parts.database.read() as connection:
            ticket = await query.latest(connection, user_of(parts.secret, who))
            if ticket is None:
                return wire.Conversation(ticket=None, messages=[])
            said = await query.messages_after(connection, ticket.id, after, PUBLIC, _PAGE)
        return wire.Conversation(ticket=shown(parts.cases, ticket), messages=[message_of(m) for m in said])


def _writing(router: APIRouter, parts: Parts, door: Door) -> None:
    @router.post(
        "/ticket/messages",
        summary="상담에 적기",
        status_code=201,
        responses=failures(404, 409, *WITH_BODY),
        openapi_extra=body_of(wire.Message),
    )
    async def write(request: Request, who: User, key: Given = "") -> wire.TicketMessage:  # noqa: ARG001
        """열린 상담에 말을 더합니다. 개인정보는 가려서 남기고 전합니다."""
        await door.enter(request)
        said, user, now = await read(request, wire.Message), user_of(parts.secret, who), datetime.now(UTC)
        once = once_of(parts, request, user, said.text)
        async with parts.database.write() as connection:
            if once and (number := await once.before(connection, now)) is not None:
                return message_of(await kept_message(connection, number))
            kept = _kept(await parts.cases.user_says(connection, await _own(connection, user), said.text, now))
            if once:
                await once.made(connection, kept.id)
        return message_of(kept)

    @router.put(
        "/ticket/callback",
        summary="연락받을 곳 남기기",
        responses=failures(404, 409, *WITH_BODY),
        openapi_extra=body_of(wire.Callback),
    )
    async def call_back(request: Request, who: User) -> wire.Callback:
        """열린 상담에 연락받을 전화번호나 전자우편을 남깁니다. 상담원만 보고, 상담이 끝나면 지워집니다. 빈 값이면 지웁니다."""
        await door.enter(request)
        asked, now = await read(request, wire.Callback), datetime.now(UTC)
        async with parts.database.write() as connection:
            ticket = await _own(connection, user_of(parts.secret, who))
            await callbacks.keep(connection, ticket.id, asked.contact, now)
        return asked

    @router.post("/ticket/leave", summary="자동 안내로 돌아가기", responses=failures(404, 409, 422))
    async def leave(request: Request, who: User) -> wire.Opened:
        """자동 안내로 돌아갑니다. 상담은 열린 채이고, 상담원의 답은 계속 볼 수 있습니다."""
        await door.enter(request)
        async with parts.database.write() as connection:
            ticket = await parts.cases.leave(connection, await _own(connection, user_of(parts.secret, who)))
        line = parts.front.base.reply("person_left", ticket.language)
        return wire.Opened(ticket=shown(parts.cases, ticket), lines=[line])
