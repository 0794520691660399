"""Mending an answer where it is read: a form, how it will read on each channel, the change of the file, who and why."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web.console.copies import Copies, Source, copies
from bot.channels.web.console.frame import ROOT, Console, Page, back, by, doer, field, headers
from bot.channels.web.console.search import link_of
from bot.channels.web.errors import ApiError
from bot.desk.compose import question_of
from bot.desk.maintain import Maintenance, MendShown
from bot.store import audit, flags
from bot.store.numbers import count
from bot.store.staff import Session
from bot.words import RefusedError

_LONGEST = 4000
"""Characters of an answer that a form may send; the check of the knowledge allows fewer."""


def _bench(console: Console) -> Maintenance:
    if console.parts.maintenance is None:
        raise ApiError(404)
    return console.parts.maintenance


async def form(console: Console, request: Request, who: Session) -> Response:
    """Show what an answer says in its file, ready to be changed; and what agents and visitors said of it."""
    id = request.path_params["id"]
    try:
        values = await _bench(console).raw(id)
    except RefusedError as error:
        return await _shown(console, request, who, {}, fault=str(error), status=409)
    return await _shown(console, request, who, values)


async def _shown(
    console: Console,
    request: Request,
    who: Session,
    values: Mapping[str, str],
    *,
    made: MendShown | None = None,
    fault: str = "",
    why: str = "",
    status: int = 200,
) -> Response:
    id = request.path_params["id"]
    entry = console.library.base.entry(id)
    if entry is None:
        raise ApiError(404)
    async with console.parts.database.read() as connection:
        said = await flags.about(connection, entry.id)
    shown = {
        "entry": entry,
        "question": question_of(entry),
        "values": values,
        "made": made,
        "copies": _copies(console, request, id, made) if made else None,
        "fault": fault,
        "why": why,
        "editable": _bench(console).editable,
        "said": said,
        "flag": count(request.query_params.get("flag", "")) or 0,
    }
    return console.render(request, who, "workshop/mend.html", shown, status=status)


def _copies(console: Console, request: Request, id: str, made: MendShown) -> Copies:
    entry = console.library.base.entries[id]
    return copies(Source(question_of(entry), made.body, made.signature, "", link_of(console, request, id)))


async def mend(console: Console, request: Request, who: Session) -> Response:
    """Show what a change would do; once that was seen, write it, or give it as a patch."""
    id = request.path_params["id"]
    sent = await request.form()
    wanted = {name: field(sent, name, _LONGEST).replace("\r\n", "\n") for name in ("answer", "say", "staff_note")}
    why, sure = field(sent, "why", 300), field(sent, "sure", 1) == "1"
    if not why:
        return await _shown(console, request, who, wanted, fault="왜 고치는지 한 줄 적어 주세요.", status=422)
    try:
        made = await _bench(console).mend(id, wanted, doer(who.member, why), console.now(), write=sure)
    except RefusedError as error:
        return await _shown(console, request, who, wanted, fault=str(error), why=why, status=422)
    if not sure:
        return await _shown(console, request, who, wanted, made=made, why=why)
    async with console.parts.database.write() as connection:
        await audit.note(connection, console.now(), who.member.login, "entry.mend", id, f"{why} {made.said}".strip())
        await flags.settle(connection, id, f"{by(who.member)}: {why}", "done" if made.written else "pending")
    if made.written:
        return RedirectResponse(f"{ROOT}/answer/{quote(id, safe='')}", 303, headers())
    disposition = f"attachment; filename*=UTF-8''{quote(f'mend-{id}.patch')}"
    return Response(
        made.patch, headers={**headers(), "Content-Disposition": disposition}, media_type="text/x-diff; charset=utf-8"
    )


async def keep(console: Console, request: Request, who: Session) -> Response:
    """Leave an answer as it is, and tell whoever doubted it why."""
    entry = console.library.base.entry(request.path_params["id"])
    why = field(await request.form(), "why", 300)
    if entry is None:
        raise ApiError(404)
    if not why:
        raise ApiError(422, "왜 그대로 두는지 한 줄 적어 주세요.")
    async with console.parts.database.write() as connection:
        await flags.settle(connection, entry.id, f"{by(who.member)}: {why}", "ignored")
        await audit.note(connection, console.now(), who.member.login, "flag.keep", entry.id, why)
    return back(request, f"{ROOT}/answer/{quote(entry.id, safe='')}")


PAGES = (
    Page(f"{ROOT}/mend/{{id:path}}/keep", keep, "POST", role="maintainer"),
    Page(f"{ROOT}/mend/{{id:path}}", form, role="maintainer"),
    Page(f"{ROOT}/mend/{{id:path}}", mend, "POST", role="maintainer"),
)
