"""Search as one types, and the answer beside it: the page that agents have open all day."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web.console.flags import LATELY
from bot.channels.web.console.frame import ROOT, Console, Page, by, headers
from bot.channels.web.console.library import Answer, Found
from bot.channels.web.console.words import BECAME_NAMES
from bot.desk.compose import question_of
from bot.store import answers, flags, tickets
from bot.store.staff import Session

LONGEST = 300
"""Characters of what is searched for."""
_MOST = 8
"""Answers that most ask for, shown before anything is typed."""
_SETTLED = 3
_NOTHING: Mapping[str, object] = {}
_WITHOUT_SHIFT = timedelta(days=7)
"""How far back somebody sees changes who has had no shift yet."""


def since(console: Console, who: Session) -> datetime:
    """Return from when on changes are news to somebody: the end of their last shift."""
    return who.member.shift_at or console.now() - _WITHOUT_SHIFT


def asked(request: Request) -> str:
    """Return the text that a request searches for."""
    return request.query_params.get("q", "")[:LONGEST]


def link_of(console: Console, request: Request, id: str) -> str:
    """Return the public address of an entry's page."""
    return f"{console.site(request)}/a/{quote(id, safe='')}"


def sign_of(console: Console, who: Session) -> str:
    """Return what somebody's mails end with: as they set it, or their name and the desk's."""
    own = str(who.member.preferences.get("signature", "")).strip()
    return own or f"{by(who.member)} 드림\n{console.library.base.name}"


def own_of(console: Console, who: Session) -> dict[str, object]:
    """Return what of an answer's page is somebody's own: how their mails end, and whether they may mend it."""
    mends = who.member.may("maintainer") and console.parts.maintenance is not None
    return {"sign": sign_of(console, who), "mends": mends}


async def answer_of(console: Console, request: Request, id: str) -> Answer | None:
    """Return an answer as a request wants it."""
    wanted = request.query_params.get("language", "")
    language = wanted if wanted in console.library.base.languages else ""
    given = id, console.now(), link_of(console, request, id), asked(request), language
    return await console.parts.front.apart(console.library.answer, *given)


async def home(console: Console, request: Request, who: Session) -> Response:
    """Show the search, with results where the address asks for something."""
    found = await console.search(asked(request))
    answer = await answer_of(console, request, found.rows[0].entry) if found.known and found.rows else None
    return await _page(console, request, who, found, answer, {} if found.text.strip() else await _news(console, who))


async def _news(console: Console, who: Session) -> Mapping[str, object]:
    """Return what there is to do or to read: numbers, and what became of one's own flags."""
    async with console.parts.database.read() as connection:
        changes = await answers.changed_since(connection, since(console, who))
        settled = await flags.settled(connection, console.now() - LATELY, _SETTLED, staff=who.member.login)
        news = {
            "waiting": await tickets.waiting(connection),
            "changes": len(changes),
            "queue": await flags.count(connection),
        }
    mine = {left.id for left in settled}
    values = {"settled": settled, "mine": mine, "became": BECAME_NAMES, "entries": console.library.base.entries}
    return {"news": news, **values}


async def _page(
    console: Console,
    request: Request,
    who: Session,
    found: Found,
    answer: Answer | None,
    more: Mapping[str, object] = _NOTHING,
    *,
    status: int = 200,
) -> Response:
    values = {
        "found": found,
        "answer": answer,
        "query": asked(request),
        "sections": console.library.sections(),
        "gone": None,
        "most": [(e.id, question_of(e)) for e in await console.popular.most(_MOST)],
        **own_of(console, who),
    }
    return console.render(request, who, "search.html", {**values, **more}, status=status)


async def results(console: Console, request: Request, who: Session) -> Response:  # noqa: ARG001
    """Return the results for a text that may be unfinished."""
    found = await console.search(asked(request))
    sections = [] if found.text.strip() else console.library.sections()
    return console.html("_results.html", {"found": found, "sections": sections})


async def answer(console: Console, request: Request, who: Session) -> Response:
    """Show an entry's answer: a stable address. Where the entry went, what it was and what is near it now."""
    id, bare = request.path_params["id"], request.headers.get("x-console") == "1"
    moved = console.library.base.moved.get(id)
    if moved is not None and not bare:
        asked_for = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{ROOT}/answer/{quote(moved, safe='')}{asked_for}", 308, headers())
    found = await answer_of(console, request, moved or id)
    if found is None:
        return await _gone(console, request, who, id, bare)
    if bare:
        return console.html("_answer.html", {"answer": found, "query": asked(request), **own_of(console, who)})
    return await _page(console, request, who, await console.search(asked(request)), found)


async def _gone(console: Console, request: Request, who: Session, id: str, bare: bool) -> Response:
    """Tell that an entry was taken out; its last question finds what took its place."""
    async with console.parts.database.read() as connection:
        last = await answers.last(connection, id[:200])
    question = last.question if last else ""
    found = await console.search(question or id[:LONGEST].replace("-", " ").replace(".", " "))
    gone = {"gone": {"id": id, "question": question, "rows": found.rows[:3]}}
    if bare:
        return console.html("_answer.html", {**gone, "answer": None, "query": asked(request), "found": None}, 404)
    near = await console.search(asked(request))
    return await _page(console, request, who, near, None, gone, status=404)


PAGES = (
    Page(ROOT, home, title="찾기", key="S"),
    Page(f"{ROOT}/search", results, brisk=True),
    Page(f"{ROOT}/answer/{{id:path}}", answer),
)
