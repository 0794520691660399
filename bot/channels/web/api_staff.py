"""The API for staff's cases: list, take, answer, note, close."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request

from bot import hangul
from bot.channels.web import api_models as wire
from bot.channels.web.api_once import Given
from bot.channels.web.api_request import PREFIX, WITH_BODY, body_of, failures, read
from bot.channels.web.api_tickets import Number, kept_message, message_of, once_of, shown
from bot.channels.web.errors import ApiError
from bot.channels.web.limits import Caller, Door
from bot.channels.web.parts import Parts
from bot.desk.cases import LONGEST, Cases
from bot.store import audit, keys, staff, tickets
from bot.store.database import Connection
from bot.store.memory import Exchange
from bot.store.tickets import Ticket, TicketMessage

_PAGE = 100
"""Messages of a case that one request returns."""
_RIGHTS = (403, 404, 422)
State = Annotated[
    Literal["open", "claimed", "closed"] | None, Query(description="이 상태만. 없으면 닫히지 않은 것 모두")
]


def staffs(cases: Cases, ticket: Ticket) -> wire.StaffTicket:
    """Return a ticket as staff see it."""
    return wire.StaffTicket(
        **shown(cases, ticket).model_dump(),
        user=ticket.user,
        channel=ticket.channel,
        language=cases.front.base.tongue(ticket.language),
        question=ticket.question,
    )


async def noted(connection: Connection, caller: Caller, what: str, number: int, name: str = "") -> None:
    """Note in the audit log what the holder of a key did, including reading.

    Source: 개인정보의 안전성 확보조치 기준 제8조, which includes reading.
    """
    detail = f"이름 {name}" if name and name != caller.name else ""
    now = datetime.now(UTC)
    await audit.note(connection, now, f"키: {caller.name}", f"ticket.{what}", f"#{number}" if number else "", detail)


async def own_name(connection: Connection, asked: str | None, caller: Caller) -> str:
    """Return the name under which the holder of a key acts, without characters that nobody sees.

    Raises:
        ApiError: 422 it is a member of staff's name, and a program does not speak for them.
    """
    if not asked or staff.read_as(asked) in ("", staff.read_as(caller.name)):
        return caller.name
    if await staff.named(connection, asked):
        raise ApiError(422, says="name_of_staff", code="invalid")
    return hangul.clean(asked)[: keys.LONGEST_NAME]


def _staff_message(said: TicketMessage) -> wire.StaffMessage:
    if said.author == "system":
        values = {"id": said.id, "author": "system", "name": said.name, "text": said.text, "at": said.at}
    else:
        values = message_of(said).model_dump()
    return wire.StaffMessage.model_validate({**values, "delivery": said.delivery})


def _exchange(past: Exchange) -> wire.Exchange:
    return wire.Exchange(question=past.question, reply=past.reply, outcome=past.outcome, entry=past.entry, at=past.at)


def _found(ticket: Ticket | None) -> Ticket:
    """Return a ticket that was looked for by its number.

    Raises:
        ApiError: 404 there is none.
    """
    if ticket is None:
        raise ApiError(404, says="no_such_ticket", code="no_ticket")
    return ticket


async def _said(
    cases: Cases, connection: Connection, ticket: Ticket, asked: wire.StaffSays, name: str, now: datetime
) -> int:
    """Say or note something, and return its number.

    Raises:
        ApiError: 409 the ticket is closed.
    """
    if asked.note:
        return (await cases.note(connection, ticket, name, asked.text, now)).id
    kept = await cases.staff_says(connection, ticket, name, asked.text, now)
    if kept is None:
        raise ApiError(409, says="ticket_closed_unsent", code="ticket_closed")
    return kept.message


def _staff_said(cases: Cases, ticket: Ticket, kept: TicketMessage, asked: wire.StaffSays) -> wire.StaffSaid:
    message, hidden = _staff_message(kept), kept.text != asked.text[:LONGEST]
    return wire.StaffSaid(ticket=staffs(cases, ticket), message=message, hidden=hidden)


def _not_free(ticket: Ticket) -> ApiError:
    """Return why a ticket cannot be claimed."""
    if ticket.state == "closed":
        return ApiError(409, says="ticket_closed_already", code="ticket_closed")
    return ApiError(409, says="ticket_taken", values={"name": ticket.claimed_by})


def routes(parts: Parts, door: Door) -> APIRouter:
    """Return the routes for staff: an API key with the role agent or maintainer."""
    router = APIRouter(prefix=f"{PREFIX}/tickets", tags=["상담원"])
    for add in (_looking, _claiming, _saying, _closing):
        add(router, parts, door)
    return router


def _looking(router: APIRouter, parts: Parts, door: Door) -> None:
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

    @router.get("/{number}", summary="상담 하나", responses=failures(*_RIGHTS))
    async def whole(
        request: Request,
        number: Number,
        before: Annotated[int | None, Query(ge=1, le=2**53, description="앞에 받은 earlier: 그보다 앞의 말")] = None,
    ) -> wire.StaffCase:
        """상담과, 그 앞의 자동 안내와, 마지막으로 오간 말(상담원끼리의 메모 포함)입니다. 더 앞의 말은 `before`로 받습니다."""
        caller = await door.enter(request, staff=True)
        async with parts.database.write() as connection:
            ticket = _found(await tickets.get(connection, number))
            await noted(connection, caller, "read", number)
            past = await parts.cases.transcript(connection, ticket)
            said = await tickets.messages(connection, number, _PAGE + 1, before)
        return wire.StaffCase(
            ticket=staffs(parts.cases, ticket),
            transcript=[_exchange(e) for e in past],
            messages=[_staff_message(m) for m in said[-_PAGE:]],
            earlier=str(said[1].id) if len(said) > _PAGE else None,
        )


def _claiming(router: APIRouter, parts: Parts, door: Door) -> None:
    @router.post(
        "/{number}/claim",
        summary="맡기",
        responses=failures(409, *_RIGHTS, *WITH_BODY),
        openapi_extra=body_of(wire.StaffClaim, required=False),
    )
    async def claim(request: Request, number: Number) -> wire.StaffTicket:
        """열린 상담을 맡습니다. 이미 맡은 사람이 있으면 409입니다."""
        caller = await door.enter(request, staff=True)
        asked = await read(request, wire.StaffClaim, optional=True)
        async with parts.database.write() as connection:
            ticket = _found(await tickets.held(connection, number))
            name = await own_name(connection, asked.name, caller)
            claimed = await parts.cases.claim(connection, ticket, name, datetime.now(UTC))
            if claimed is not None:
                await noted(connection, caller, "claim", number, name)
        if claimed is None:
            raise _not_free(ticket)
        return staffs(parts.cases, claimed)


def _saying(router: APIRouter, parts: Parts, door: Door) -> None:
    @router.post(
        "/{number}/messages",
        summary="답하기",
        status_code=201,
        responses=failures(409, *_RIGHTS, *WITH_BODY),
        openapi_extra=body_of(wire.StaffSays),
    )
    async def say(request: Request, number: Number, key: Given = "") -> wire.StaffSaid:  # noqa: ARG001
        """이용자에게 답합니다(맡은 사람이 없으면 맡게 됩니다). `note`가 참이면 상담원끼리의 메모입니다."""
        caller = await door.enter(request, staff=True)
        asked, now = await read(request, wire.StaffSays), datetime.now(UTC)
        once = once_of(parts, request, f"{caller.name} {number}", asked.model_dump_json())
        async with parts.database.write() as connection:
            ticket = _found(await tickets.held(connection, number))
            if once and (before := await once.before(connection, now)) is not None:
                return _staff_said(parts.cases, ticket, await kept_message(connection, before), asked)
            name = await own_name(connection, asked.name, caller)
            made = await _said(parts.cases, connection, ticket, asked, name, now)
            await noted(connection, caller, "note" if asked.note else "say", number, name)
            if once:
                await once.made(connection, made)
            return _staff_said(
                parts.cases,
                _found(await tickets.get(connection, number)),
                await kept_message(connection, made),
                asked,
            )


def _closing(router: APIRouter, parts: Parts, door: Door) -> None:
    @router.post(
        "/{number}/close",
        summary="닫기",
        responses=failures(409, *_RIGHTS, *WITH_BODY),
        openapi_extra=body_of(wire.StaffClose, required=False),
    )
    async def close(request: Request, number: Number) -> wire.StaffTicket:
        """상담을 닫습니다. 이용자의 다음 물음은 새 대화가 됩니다."""
        caller = await door.enter(request, staff=True)
        asked, now = await read(request, wire.StaffClose, optional=True), datetime.now(UTC)
        about = await _about(parts, number, now) if asked.record else None
        async with parts.database.write() as connection:
            ticket = _found(await tickets.held(connection, number))
            name = await own_name(connection, asked.name, caller)
            closed = await parts.cases.close(connection, ticket, name, now)
            if closed is not None:
                await noted(connection, caller, "close", number, name)
            if closed is not None and asked.record:
                await parts.cases.record(connection, closed, about, now)
        if closed is None:
            raise ApiError(409, says="ticket_closed_already", code="ticket_closed")
        return staffs(parts.cases, closed)


async def _about(parts: Parts, number: int, now: datetime) -> str | None:
    """Return what is to be recorded of a case, as far as it may be."""
    async with parts.database.read() as connection:
        return await parts.cases.recordable(connection, _found(await tickets.get(connection, number)), now)
