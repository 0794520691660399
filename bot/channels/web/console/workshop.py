"""For maintainers: what has no answer, what is due, how entries are used, and how the files stand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.console.frame import ROOT, Console, Page, back, doer, field, headers
from bot.channels.web.console.words import REASON_NAMES, WHY_NAMES
from bot.channels.web.errors import ApiError
from bot.desk import report as reports
from bot.desk.maintain import GapShown, GapsShown, Maintenance, Proposal
from bot.desk.report import Row
from bot.desk.table import as_csv
from bot.knowledge.base import KST
from bot.store import audit, flags, gaps
from bot.store.numbers import count
from bot.store.staff import Session
from bot.words import Problem, RefusedError

HOME = f"{ROOT}/workshop"
STATES = {"new": "새것", "pending": "보는 중", "done": "마침", "ignored": "답하지 않음"}
_PERIODS = (7, 30, 90)
_AHEAD = (0, 14, 30, 90)
_MOST_CONFIRMED = 200
_NEWEST = 10_000
"""Questions left behind that are read: anybody may leave more."""
_MOST_SHOWN = 100
_LONGEST = 4000
"""Characters of an answer that a form may send."""
_ORDERS: dict[str, Callable[[Row], object]] = {
    "asks": lambda r: -r.use.asks,
    "people": lambda r: -r.use.people,
    "down": lambda r: (-r.down_rate, -r.use.asks),
    "handoff": lambda r: (-r.handoff_rate, -r.use.asks),
    "review": lambda r: r.review_by or "9999",
    "entry": lambda r: r.entry,
}


def _bench(console: Console) -> Maintenance:
    if console.parts.maintenance is None:
        raise ApiError(404)
    return console.parts.maintenance


def _page(
    console: Console, request: Request, who: Session, name: str, values: Mapping[str, object], status: int = 200
) -> Response:
    shared = {
        "tab": name,
        "fault": "",
        "said": request.query_params.get("said", ""),
        "entries": console.library.base.entries,
        "faults": console.parts.front.faults,
        "causes": _causes(console.parts.front.faults),
    }
    return console.render(request, who, f"workshop/{name}.html", {**shared, **values}, status=status)


def _causes(faults: Sequence[Problem]) -> tuple[list[Problem], list[Problem]]:
    """Return the faults that are causes, and those that may be there only because of them.

    What stands in a file that cannot be read at all is missing everywhere else.
    """
    first = [f for f in faults if f.code.startswith("yaml-")]
    return (first, [f for f in faults if f not in first]) if first else (list(faults), [])


# what has no answer


async def _found(console: Console, *, whole: bool = False) -> GapsShown:
    async with console.parts.database.write() as connection:
        await gaps.collect(connection, console.now())
        records = await gaps.records(connection, _NEWEST)
    found = await _bench(console).gaps(records, console.now(), whole=whole)
    of = {id: gap.id for gap in found.gaps for id in gap.records}
    fresh = {r.id: of[r.id] for r in records if r.gap is None and r.id in of}
    if fresh:  # what is shown under a number stays there
        async with console.parts.database.write() as connection:
            await gaps.name(connection, fresh)
    return found


async def missing(console: Console, request: Request, who: Session) -> Response:
    """List the questions without an answer, those of most people first."""
    return await _missing(console, request, who)


async def _missing(
    console: Console, request: Request, who: Session, *, fault: str = "", at: int = 0, status: int = 200
) -> Response:
    shown = request.query_params.get("state", "open")
    found = GapsShown([])
    try:
        found = await _found(console)
    except RefusedError as error:
        fault = fault or str(error)
    wanted = ("new", "pending") if shown == "open" else (shown,)
    some = [g for g in found.gaps if shown == "all" or (g.state in wanted and not (shown == "open" and g.answered))]
    begin = count(request.query_params.get("from", "")) or 0
    more: dict[str, object] = {
        "gaps": some[begin : begin + _MOST_SHOWN],
        "state": shown,
        "states": STATES,
        "whys": WHY_NAMES,
    }
    more |= {
        "doubts_of": flags.DOUBTED,
        "reasons": REASON_NAMES,
        "at": at,
        "counting": found.counting,
        "left": found.left,
    }
    more["next"] = begin + _MOST_SHOWN if len(some) > begin + _MOST_SHOWN else 0
    editable = _bench(console).editable
    response = _page(console, request, who, "gaps", {**more, "fault": fault, "editable": editable}, status)
    if found.counting and not found.gaps:  # there is nothing that one could be writing in
        response.headers["Refresh"] = "2"
    return response


async def _one(console: Console, request: Request) -> GapShown:
    number = count(request.path_params["number"])
    for whole in (False, True):  # what a maintainer saw is there, mostly; else it is counted first
        found = await _found(console, whole=whole)
        gap = next((g for g in found.gaps if g.id == number), None)
        if gap is not None:
            return gap
        if not found.counting:
            break
    raise ApiError(404)


def _chosen(form: FormData, gap: GapShown) -> Sequence[str]:
    """Return the wordings of a gap that are marked; all where none is."""
    return [w for w in form.getlist("word") if isinstance(w, str) and w in gap.wordings] or gap.wordings


async def mark(console: Console, request: Request, who: Session) -> Response:
    """Set the state of a gap."""
    state = field(await request.form(), "state", 16)
    if state not in gaps.STATES:
        raise ApiError(422)
    gap = await _one(console, request)
    async with console.parts.database.write() as connection:
        await gaps.mark(connection, gap.records, state)
        await audit.note(connection, console.now(), who.member.login, "gap.state", f"#{gap.id}", state)
    return back(request, f"{HOME}?said=state#g{gap.id}")


async def learn(console: Console, request: Request, who: Session) -> Response:
    """Propose that an entry answers what was asked; where the operator allows it, change the files at once."""
    form = await request.form()
    gap, entry = await _one(console, request), field(form, "entry", 200)
    words = _chosen(form, gap)
    try:
        made = await _bench(console).learn(entry, words, doer(who.member), console.now())
    except RefusedError as error:
        return await _missing(console, request, who, fault=str(error), at=gap.id, status=422)
    async with console.parts.database.write() as connection:
        if made.written:
            handled = [id for w, ids in gap.by_wording if w in words for id in ids]  # what was left out stays
            await gaps.mark(connection, handled, "done")
        await audit.note(connection, console.now(), who.member.login, "gap.learn", entry, f"#{gap.id}")
    return _given(request, made, f"learn-{gap.id}.patch", f"{HOME}?said=learned")


async def draft(console: Console, request: Request, who: Session) -> Response:
    """Make the draft of an entry of what was asked and what a member of staff answered; the gap stays until it is told."""
    form = await request.form()
    gap, answer = await _one(console, request), field(form, "answer", _LONGEST).replace("\r\n", "\n")
    words = _chosen(form, gap)
    if not answer:
        return await _missing(console, request, who, fault="답을 적어 주세요.", at=gap.id, status=422)
    try:
        made = await _bench(console).propose(words, answer, doer(who.member), console.now())
    except RefusedError as error:
        return await _missing(console, request, who, fault=str(error), at=gap.id, status=422)
    async with console.parts.database.write() as connection:
        await gaps.mark(connection, gap.records, "pending")
        await audit.note(connection, console.now(), who.member.login, "gap.draft", made.said[0], f"#{gap.id}")
    return _given(request, made, f"draft-{gap.id}.patch", f"{HOME}?said=drafted#g{gap.id}")


def _given(request: Request, made: Proposal, name: str, onward: str) -> Response:
    """Return a patch to download, or go on where it is written already."""
    if made.written:
        return back(request, onward)
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(
        made.patch, headers={**headers(), "Content-Disposition": disposition}, media_type="text/x-diff; charset=utf-8"
    )


# what is due


async def review(console: Console, request: Request, who: Session) -> Response:
    """List what is to be looked at again."""
    return _review(console, request, who)


def _review(console: Console, request: Request, who: Session, *, fault: str = "", status: int = 200) -> Response:
    within = _choice(request, "within", _AHEAD, 14)
    bench, today = _bench(console), console.now().astimezone(KST).date()
    due = bench.due(today, within)
    owner = request.query_params.get("owner", "")
    owners = list(dict.fromkeys(d.owner for d in due))
    some = [d for d in due if not owner or d.owner == owner]
    more = {"due": some, "within": within, "ahead": _AHEAD, "owner": owner, "owners": owners}
    return _page(console, request, who, "review", {**more, "fault": fault, "editable": bench.editable}, status)


async def confirm(console: Console, request: Request, who: Session) -> Response:
    """Note that answers still hold: as a patch, or in the files where the operator allows it."""
    form = await request.form()
    ids = [i[:200] for i in form.getlist("id") if isinstance(i, str)][:_MOST_CONFIRMED]
    if not ids:
        return _review(console, request, who, fault="확인한 답을 하나 이상 골라 주세요.", status=422)
    today = console.now().astimezone(KST).date()
    try:
        made = await _bench(console).confirm(ids, today, doer(who.member))
    except RefusedError as error:
        return _review(console, request, who, fault=str(error), status=422)
    async with console.parts.database.write() as connection:
        await audit.note(connection, console.now(), who.member.login, "review.confirm", ids[0], " ".join(made.said))
    return _given(request, made, f"review-{today}.patch", f"{HOME}/review?said=confirmed")


# how entries are used


async def use(console: Console, request: Request, who: Session) -> Response:
    """Show how often each entry is asked for, found bad, and followed by a request for a person."""
    days, order = _choice(request, "days", _PERIODS, 30), request.query_params.get("sort", "asks")
    order = order if order in _ORDERS else "asks"
    found = await _report(console, days)
    rows = sorted(found.rows, key=_ORDERS[order])  # type: ignore[arg-type]  # each order compares with itself only
    never = frozenset(found.unused)
    if request.query_params.get("only") == "never":
        rows = [r for r in rows if r.entry in never]
    more = {
        "rows": rows,
        "report": found,
        "sort": order,
        "never": never,
        "only": request.query_params.get("only", ""),
    }
    return _page(console, request, who, "use", {**more, "days": days, "periods": _PERIODS})


async def use_table(console: Console, request: Request, who: Session) -> Response:
    """Return the same as a table for a spreadsheet."""
    days = _choice(request, "days", _PERIODS, 30)
    found = await _report(console, days)
    async with console.parts.database.write() as connection:
        await audit.note(connection, console.now(), who.member.login, "use.csv", f"{days} days")
    disposition = f'attachment; filename="use-{days}.csv"'
    return Response(
        as_csv(found.rows, found.unused),
        headers={**headers(), "Content-Disposition": disposition},
        media_type="text/csv; charset=utf-8",
    )


async def _report(console: Console, days: int) -> reports.Report:
    now = console.now()
    async with console.parts.database.read() as connection:
        return await reports.report(connection, console.library.base, now - timedelta(days=days), now)


def _choice(request: Request, name: str, allowed: Sequence[int], usual: int) -> int:
    given = request.query_params.get(name, "")
    return next((one for one in allowed if given == str(one)), usual)


# how the files stand


async def files(console: Console, request: Request, who: Session) -> Response:
    """Show which version serves, and every problem that keeps a newer one from it."""
    return _page(console, request, who, "files", {"base": console.library.base})


PAGES = (
    Page(HOME, missing, role="maintainer", title="지식", key="K"),
    Page(f"{HOME}/gaps/{{number}}/state", mark, "POST", role="maintainer"),
    Page(f"{HOME}/gaps/{{number}}/learn", learn, "POST", role="maintainer"),
    Page(f"{HOME}/gaps/{{number}}/draft", draft, "POST", role="maintainer"),
    Page(f"{HOME}/review", review, role="maintainer"),
    Page(f"{HOME}/review", confirm, "POST", role="maintainer"),
    Page(f"{HOME}/use", use, role="maintainer"),
    Page(f"{HOME}/use.csv", use_table, role="maintainer"),
    Page(f"{HOME}/files", files, role="maintainer"),
)
