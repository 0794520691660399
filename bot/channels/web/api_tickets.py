"""The API's cases: a user opens one, reads it as it grows, and writes in it; staff take it, answer and close it."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from bot.channels.web import api_models as wire
from bot.channels.web.api_once import Given, Once, given_key
from bot.channels.web.api_request import CHANNEL, PREFIX, WITH_BODY, User, body_of, failures, read, user_of
from bot.channels.web.errors import ApiError
from bot.channels.web.limits import Caller, Door
from bot.channels.web.parts import Parts
from bot.desk.cases import LONGEST, PUBLIC, Cases
from bot.store import audit, callbacks, memory, staff, tickets
from bot.store import cases as query
from bot.store.database import Connection
from bot.store.memory import Exchange
from bot.store.tickets import Ticket, TicketMessage

_PAGE = 100
"""Messages that one request returns."""
After = Annotated[int, Query(ge=0, le=2**53, description="이 번호보다 뒤의 말만")]
Number = Annotated[int, Path(ge=1, le=2**53, description="접수 번호")]
State = Annotated[
    Literal["open", "claimed", "closed"] | None, Query(description="이 상태만. 없으면 닫히지 않은 것 모두")
]


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


def staffs(cases: Cases, ticket: Ticket) -> wire.StaffTicket:
    """Return a ticket as staff see it."""
    return wire.StaffTicket(
        **shown(cases, ticket).model_dump(),
        user=ticket.user,
        channel=ticket.channel,
        language="en" if ticket.language == "en" else "ko",
        question=ticket.question,
    )


async def noted(connection: Connection, caller: Caller, what: str, number: int, name: str = "") -> None:
    """Write down what the holder of a key did, also that they looked.

    Source: 개인정보의 안전성 확보조치 기준 제8조, which counts looking as well.
    """
    detail = f"이름 {name}" if name and name != caller.name else ""
    now = datetime.now(UTC)
    await audit.note(connection, now, f"키: {caller.name}", f"ticket.{what}", f"#{number}" if number else "", detail)


async def own_name(connection: Connection, asked: str | None, caller: Caller) -> str:
    """Return under which name the holder of a key acts.

    Raises:
        ApiError: 422 it is that of a member of staff, for whom a program does not speak.
    """
    if asked and asked != caller.name and await staff.named(connection, asked):
        raise ApiError(422, "콘솔 계정이 있는 상담원의 이름은 쓸 수 없습니다.", code="invalid")
    return asked or caller.name


def _state(ticket: Ticket) -> Literal["open", "claimed", "closed"]:
    return "open" if ticket.state == "open" else "claimed" if ticket.state == "claimed" else "closed"


def _message(said: TicketMessage) -> wire.TicketMessage:
    author: Literal["user", "staff", "desk"] = "user"
    author = "staff" if said.author == "staff" else "desk" if said.author == "desk" else author
    return wire.TicketMessage(id=said.id, author=author, name=said.name, text=said.text, at=said.at)


def _staff_message(said: TicketMessage) -> wire.StaffMessage:
    if said.author == "system":
        values = {"id": said.id, "author": "system", "name": said.name, "text": said.text, "at": said.at}
    else:
        values = _message(said).model_dump()
    return wire.StaffMessage.model_validate({**values, "delivery": said.delivery})


def _exchange(past: Exchange) -> wire.Exchange:
    return wire.Exchange(question=past.question, reply=past.reply, outcome=past.outcome, entry=past.entry, at=past.at)


def _once(parts: Parts, request: Request, whose: str, content: str) -> Once | None:
    """Return what a request with a key does once; `None` where it has none."""
    key = given_key(request)
    return Once.of(parts.secret, key, f"{request.url.path} {whose}", content) if key else None


async def _kept(connection: Connection, number: int) -> TicketMessage:
    """Return a message that was kept.

    Raises:
        ApiError: 404 its user asked to be forgotten since.
    """
    found = await tickets.message(connection, number)
    if found is None:
        raise ApiError(404, "그런 말이 없습니다.", code="no_message")
    return found


def routes(parts: Parts, door: Door) -> APIRouter:
    """Return the routes for users."""
    router = APIRouter(prefix=PREFIX, tags=["상담"])

    async def own(connection: Connection, user: str) -> Ticket:
        ticket = await query.latest(connection, user)
        if ticket is None:
            raise ApiError(404, "연 상담이 없습니다. POST /api/v1/ticket으로 먼저 여세요.", code="no_ticket")
        if ticket.state == "closed":
            raise ApiError(409, "이미 닫힌 상담입니다. POST /api/v1/ticket으로 새로 여세요.", code="ticket_closed")
        return ticket

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
            if not await tickets.open_tickets(connection, [user]):
                door.opens_case(caller)
            language = asked.language or await memory.language_of(connection, user) or "ko"
            opened = await parts.cases.open(connection, user, CHANNEL, now, language=language)
            if asked.text:
                await parts.cases.user_says(connection, opened.ticket, asked.text, now)
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
        return wire.Conversation(ticket=shown(parts.cases, ticket), messages=[_message(m) for m in said])

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
        once = _once(parts, request, user, said.text)
        async with parts.database.write() as connection:
            if once and (number := await once.before(connection, now)) is not None:
                return _message(await _kept(connection, number))
            kept = await parts.cases.user_says(connection, await own(connection, user), said.text, now)
            if once:
                await once.made(connection, kept.id)
        return _message(kept)

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
            ticket = await own(connection, user_of(parts.secret, who))
            await callbacks.keep(connection, ticket.id, asked.contact, now)
        return asked

    @router.post("/ticket/leave", summary="자동 안내로 돌아가기", responses=failures(404, 409, 422))
    async def leave(request: Request, who: User) -> wire.Opened:
        """자동 안내로 돌아갑니다. 상담은 열린 채이고, 상담원의 답은 계속 볼 수 있습니다."""
        await door.enter(request)
        async with parts.database.write() as connection:
            ticket = await parts.cases.leave(connection, await own(connection, user_of(parts.secret, who)))
        line = parts.front.base.reply("person_left", ticket.language)
        return wire.Opened(ticket=shown(parts.cases, ticket), lines=[line])

    return router


def staff_routes(parts: Parts, door: Door) -> APIRouter:
    """Return the routes for staff: an API key with the role agent or maintainer."""
    router = APIRouter(prefix=f"{PREFIX}/tickets", tags=["상담원"])
    rights = (403, 404, 422)

    async def named(connection: Connection, number: int) -> Ticket:
        ticket = await tickets.get(connection, number)
        if ticket is None:
            raise ApiError(404, "그런 상담이 없습니다.", code="no_ticket")
        return ticket

    @router.get("", summary="상담 목록", responses=failures(403, 422))
    async def listed(
        request: Request,
        state: State = None,
        cursor: Annotated[int | None, Query(ge=1, le=2**53, description="앞 쪽의 next")] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> wire.StaffTickets:
        """새것부터. `next`가 null이 될 때까지 `cursor`로 이어 받습니다."""
        caller = await door.enter(request, staff=True)
        async with parts.database.write() as connection:
            await noted(connection, caller, "list", cursor or 0)
            found = await tickets.inbox_of(connection, state or "", limit + 1, cursor)
        more = found[limit - 1].id if len(found) > limit else None
        return wire.StaffTickets(
            tickets=[staffs(parts.cases, t) for t in found[:limit]], next=str(more) if more else None
        )

    @router.get("/{number}", summary="상담 하나", responses=failures(*rights))
    async def whole(request: Request, number: Number) -> wire.StaffCase:
        """상담과, 그 앞의 자동 안내와, 오간 말(상담원끼리의 메모 포함) 모두입니다."""
        caller = await door.enter(request, staff=True)
        async with parts.database.write() as connection:
            ticket = await named(connection, number)
            await noted(connection, caller, "read", number)
            past = await parts.cases.transcript(connection, ticket)
            said = await tickets.messages(connection, number)
        return wire.StaffCase(
            ticket=staffs(parts.cases, ticket),
            transcript=[_exchange(e) for e in past],
            messages=[_staff_message(m) for m in said],
        )

    @router.post(
        "/{number}/claim",
        summary="맡기",
        responses=failures(409, *rights, *WITH_BODY),
        openapi_extra=body_of(wire.StaffClaim, required=False),
    )
    async def claim(request: Request, number: Number) -> wire.StaffTicket:
        """열린 상담을 맡습니다. 이미 맡은 사람이 있으면 409입니다."""
        caller = await door.enter(request, staff=True)
        asked = await read(request, wire.StaffClaim, optional=True)
        async with parts.database.write() as connection:
            ticket = await named(connection, number)
            name = await own_name(connection, asked.name, caller)
            claimed = await parts.cases.claim(connection, ticket, name, datetime.now(UTC))
            if claimed is not None:
                await noted(connection, caller, "claim", number, name)
        if claimed is None:
            what = (
                "이미 닫힌 상담입니다."
                if ticket.state == "closed"
                else f"이미 {ticket.claimed_by} 님이 맡고 있습니다."
            )
            raise ApiError(409, what, code="ticket_closed" if ticket.state == "closed" else "ticket_taken")
        return staffs(parts.cases, claimed)

    @router.post(
        "/{number}/messages",
        summary="답하기",
        status_code=201,
        responses=failures(409, *rights, *WITH_BODY),
        openapi_extra=body_of(wire.StaffSays),
    )
    async def say(request: Request, number: Number, key: Given = "") -> wire.StaffSaid:  # noqa: ARG001
        """이용자에게 답합니다(맡은 사람이 없으면 맡게 됩니다). `note`가 참이면 상담원끼리의 메모입니다."""
        caller = await door.enter(request, staff=True)
        asked, now = await read(request, wire.StaffSays), datetime.now(UTC)
        once = _once(parts, request, f"{caller.name} {number}", asked.model_dump_json())
        async with parts.database.write() as connection:
            ticket = await named(connection, number)
            if once and (before := await once.before(connection, now)) is not None:
                return staff_said(ticket, await _kept(connection, before), asked)
            name = await own_name(connection, asked.name, caller)
            made = await said(connection, ticket, asked, name, now)
            await noted(connection, caller, "note" if asked.note else "say", number, name)
            if once:
                await once.made(connection, made)
            return staff_said(await named(connection, number), await _kept(connection, made), asked)

    async def said(connection: Connection, ticket: Ticket, asked: wire.StaffSays, name: str, now: datetime) -> int:
        """Say or note something, and return its number."""
        if asked.note:
            return (await parts.cases.note(connection, ticket, name, asked.text, now)).id
        kept = await parts.cases.staff_says(connection, ticket, name, asked.text, now)
        if kept is None:
            raise ApiError(409, "이미 닫힌 상담이라 보내지 않았습니다.", code="ticket_closed")
        return kept.message

    def staff_said(ticket: Ticket, kept: TicketMessage, asked: wire.StaffSays) -> wire.StaffSaid:
        message, hidden = _staff_message(kept), kept.text != asked.text[:LONGEST]
        return wire.StaffSaid(ticket=staffs(parts.cases, ticket), message=message, hidden=hidden)

    @router.post(
        "/{number}/close",
        summary="닫기",
        responses=failures(409, *rights, *WITH_BODY),
        openapi_extra=body_of(wire.StaffClose, required=False),
    )
    async def close(request: Request, number: Number) -> wire.StaffTicket:
        """상담을 닫습니다. 이용자의 다음 물음은 새 대화가 됩니다."""
        caller = await door.enter(request, staff=True)
        asked, now = await read(request, wire.StaffClose, optional=True), datetime.now(UTC)
        async with parts.database.write() as connection:
            ticket = await named(connection, number)
            name = await own_name(connection, asked.name, caller)
            closed = await parts.cases.close(connection, ticket, name, now)
            if closed is not None:
                await noted(connection, caller, "close", number, name)
            if closed is not None and asked.record:
                await parts.cases.record(connection, closed, now)
        if closed is None:
            raise ApiError(409, "이미 닫힌 상담입니다.", code="ticket_closed")
        return staffs(parts.cases, closed)

    return router
