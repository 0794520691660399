"""«지난 근무 이후 바뀐 것»: which answers read otherwise since somebody's last shift, word by word; also as a feed."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.console.frame import ROOT, Console, Page, back, headers
from bot.channels.web.console.search import link_of, since
from bot.channels.web.console.worddiff import Piece, diff
from bot.channels.web.console.words import CHANGE_NAMES
from bot.channels.web.errors import ApiError
from bot.desk import history
from bot.desk.maintain import EditShown
from bot.knowledge.base import KST
from bot.languages import ENGLISH
from bot.store import answers, staff
from bot.store.answers import Change
from bot.store.numbers import count
from bot.store.staff import Member, Session

_FEED = timedelta(days=30)
_MOST = 200
_BEFORE = timedelta(days=30)
"""What is published today may have been committed that long ago."""
_FIRST = datetime(2000, 1, 1, tzinfo=KST)
"""No change is older, and nothing can be taken from the first days of the calendar."""
_MOST_EDITS = 3


@dataclass(frozen=True, slots=True)
class Changed:
    """A change and its pieces. Kind: new, gone, changed; translated (English came to it), english (only that changed)."""

    change: Change
    kind: str
    pieces: tuple[Piece, ...]
    known: bool
    """Whether the entry is still there."""
    edits: Sequence[EditShown] = ()
    """Who changed it, the newest first."""


def changed(console: Console, change: Change, edits: Sequence[EditShown] = ()) -> Changed:
    """Return a change as it is shown."""
    known = change.entry in console.library.base.entries
    pieces = tuple(diff(change.before, change.after))
    return Changed(change, _kind(console, change), pieces, known, edits[:_MOST_EDITS])


async def _edits(console: Console, changes: Sequence[Change], start: datetime) -> Mapping[str, Sequence[EditShown]]:
    """Return who changed entries, by id; nothing where no folder is at hand."""
    if console.parts.maintenance is None or not changes:
        return {}
    return await console.parts.maintenance.edits([c.entry for c in changes], start - _BEFORE)


def _kind(console: Console, change: Change) -> str:
    if not change.before or not change.after:
        return "gone" if change.before else "new"
    if console.library.base.language == ENGLISH or not history.english_alone(change.before, change.after):
        return "changed"
    return "english" if history.has_english(change.before) else "translated"


async def page(console: Console, request: Request, who: Session) -> Response:
    """Show what changed since the last shift, or since a day that the address names."""
    start = _day(request.query_params.get("since", "")) or since(console, who)
    async with console.parts.database.read() as connection:
        found = await answers.changed_since(connection, start)
    edits = await _edits(console, found[:_MOST], start)
    values = {
        "changes": [changed(console, c, edits.get(c.entry, ())) for c in found[:_MOST]],
        "kinds": CHANGE_NAMES,
        "count": len(found),
        "most": _MOST,
        "since": start,
        "day": start.astimezone(KST).date().isoformat(),
        "chosen": bool(_day(request.query_params.get("since", ""))),
        "shift": who.member.shift_at,
        "feed": f"{ROOT}/feed/{feed_token(console, who.member)}.atom",
    }
    return console.render(request, who, "changes.html", values)


def _day(text: str) -> datetime | None:
    try:
        return max(datetime.fromisoformat(text).replace(tzinfo=KST), _FIRST) if text else None
    except ValueError:
        return None


async def seen(console: Console, request: Request, who: Session) -> Response:
    """Note that somebody has read all changes."""
    async with console.parts.database.write() as connection:
        await staff.change(connection, who.member.id, shift_at=console.now())
    return back(request, f"{ROOT}/changes")


def feed_token(console: Console, member: Member) -> str:
    """Return the token of a member's feed: it ends with their password."""
    return f"{member.id}-{console.pseudonym('feed', f'{member.id}:{member.password}')}"


async def feed(console: Console, request: Request) -> Response:
    """Return the changes of the last month as an Atom feed.

    Raises:
        ApiError: 404 the token is nobody's.
    """
    token = str(request.path_params["token"])
    number = count(token.partition("-")[0])
    now = console.now()
    async with console.parts.database.read() as connection:
        member = await staff.get(connection, number) if number is not None else None
        wanted = feed_token(console, member) if member and member.active else "-"
        if not hmac.compare_digest(token.encode(), wanted.encode()):
            raise ApiError(404)
        found = await answers.changed_since(connection, now - _FEED)
    values = {
        "name": console.library.base.name,
        "address": console.site(request) + request.url.path,
        "updated": (found[0].at if found else now).isoformat(timespec="seconds"),
        "kinds": CHANGE_NAMES,
        "changes": [(changed(console, c), link_of(console, request, c.entry)) for c in found[:_MOST]],
    }
    text = console.text("feed.xml", values)
    return Response(text, headers=headers(), media_type="application/atom+xml")


PAGES = (
    Page(f"{ROOT}/changes", page, title="바뀐 것", key="H"),
    Page(f"{ROOT}/changes/seen", seen, "POST"),
)
