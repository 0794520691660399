"""What agents leave for maintainers in one key: «못 찾음», and an answer that is wrong or stale. And the queue of it."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.console.frame import ROOT, Console, Page, done, field
from bot.channels.web.console.words import BECAME_NAMES, CHANNEL_NAMES, FAULTS, REASON_NAMES, WHY_NAMES
from bot.channels.web.errors import ApiError
from bot.store import audit, flags
from bot.store.numbers import count
from bot.store.staff import Session

_SHOWN = 200
_MOST_WORDS = 20
"""Searches of a call that are kept; each is read as a question is."""
LATELY = timedelta(days=30)
"""How long it is shown what became of a flag."""


async def none(console: Console, request: Request, who: Session) -> Response:
    """Leave the words of a call to which nothing was found, redacted; a call counts once."""
    form = await request.form()
    question = console.parts.front.redact(field(form, "question", 300))
    if not question:
        raise ApiError(422, FAULTS["empty"])
    if not await _keepable(console, question):
        raise ApiError(422, FAULTS["crisis"])
    nearest = (await console.search(question)).rows
    note = await _context(console, field(form, "words"), field(form, "entries"), field(form, "note", 1000))
    async with console.parts.database.write() as connection:
        left = await flags.leave(
            connection,
            _call(console, field(form, "call", 80)),
            "call",
            question,
            console.now(),
            nearest=nearest[0].entry if nearest else "",
            note=note,
        )
        await audit.note(connection, console.now(), who.member.login, "call.none", f"#{left}")
    return done({"id": left})


async def copied(console: Console, request: Request, who: Session) -> Response:  # noqa: ARG001
    """Propose to maintainers what an agent typed as a way to ask for the answer that they copied.

    Where the desk would answer just that, or the words are of somebody in danger, there is nothing to propose.
    """
    form = await request.form()
    question, known = field(form, "question", 300), console.library.base.entry(field(form, "entry", 200))
    if known is None or not question:
        raise ApiError(422)
    found = await console.search(question)
    if found.crisis or any(r.sure and r.entry == known.id for r in found.rows):
        return done({"id": 0})
    async with console.parts.database.write() as connection:
        left = await flags.leave(
            connection,
            _call(console, field(form, "call", 80)),
            "copied",
            console.parts.front.redact(question),
            console.now(),
            nearest=known.id,
        )
    return done({"id": left})


async def flag(console: Console, request: Request, who: Session) -> Response:
    """Mark an answer as wrong or stale, with a note."""
    form = await request.form()
    known, why = console.library.base.entry(field(form, "entry", 200)), field(form, "why", 16)
    if known is None or why not in ("wrong", "stale"):
        raise ApiError(422)
    redact = console.parts.front.redact
    version, question = console.library.base.version, field(form, "question", 300)
    kept = redact(question) if await _keepable(console, question) else ""
    note = "\n".join(filter(None, [redact(field(form, "note", 1000)), f"지식 버전 {version} · {who.member.name}"]))
    async with console.parts.database.write() as connection:
        left = await flags.leave(
            connection,
            _call(console, field(form, "call", 80)),
            why,
            kept,
            console.now(),
            nearest=known.id,
            note=note,
        )
        await audit.note(connection, console.now(), who.member.login, f"flag.{why}", known.id, f"#{left}")
    return done({"id": left})


async def undo(console: Console, request: Request, who: Session) -> Response:
    """Take back what this call left."""
    form = await request.form()
    number = count(field(form, "id", 20))
    if number is None:
        raise ApiError(422)
    async with console.parts.database.write() as connection:
        gone = await flags.take_back(connection, number, _call(console, field(form, "call", 80)))
        if gone:
            await audit.note(connection, console.now(), who.member.login, "call.undo", f"#{number}")
    if not gone:
        raise ApiError(409, "지식 담당이 이미 보았거나 취소한 것입니다.")
    return done({"id": number})


async def queue(console: Console, request: Request, who: Session) -> Response:
    """Show what waits for maintainers."""
    whys = [w for w in request.query_params.getlist("why") if w in WHY_NAMES]
    async with console.parts.database.read() as connection:
        found = await flags.queue(connection, _SHOWN, whys)
        settled = await flags.settled(connection, console.now() - LATELY)
        mine = {left.id for left in await flags.settled(connection, console.now() - LATELY, staff=who.member.login)}
    entries = console.library.base.entries
    values: dict[str, object] = {
        "left": found,
        "why": whys[0] if whys else "",
        "whys": WHY_NAMES,
        "channels": CHANNEL_NAMES,
    }
    values |= {"settled": settled, "mine": mine, "became": BECAME_NAMES}
    values |= {"reasons": REASON_NAMES, "mends": who.member.may("maintainer")}
    return console.render(request, who, "queue.html", {**values, "entries": entries})


def _call(console: Console, id: str) -> str:
    if not id:
        raise ApiError(422)
    return console.pseudonym("call", id)


async def _keepable(console: Console, text: str) -> bool:
    """Tell whether a text may be kept: the words of somebody who may be in danger are nobody's to read or to learn."""
    return not await console.parts.front.in_danger(text, console.now())


async def _context(console: Console, words: str, entries: str, note: str) -> str:
    """Return what went on in a call: what was searched for, and what was looked at.

    Raises:
        ApiError: 422 more was searched for than is kept.
    """
    redact = console.parts.front.redact
    typed = dict.fromkeys(w for line in words.splitlines() if (w := redact(line).strip()))
    if len(typed) > _MOST_WORDS:
        raise ApiError(422, FAULTS["words"].format(most=_MOST_WORDS))
    searched = " · ".join([w for w in typed if await _keepable(console, w)])
    seen = " · ".join(e for e in entries.split() if e in console.library.base.entries)
    lines = [redact(note), f"찾은 말: {searched}" if searched else "", f"본 답: {seen}" if seen else ""]
    return "\n".join(filter(None, lines))


PAGES = (
    Page(f"{ROOT}/none", none, "POST"),
    Page(f"{ROOT}/flag", flag, "POST"),
    Page(f"{ROOT}/copied", copied, "POST"),
    Page(f"{ROOT}/undo", undo, "POST"),
    Page(f"{ROOT}/queue", queue, title="못 찾은 것", key="Q"),
)
