"""What every open page asks for by itself: what waits, which knowledge is served, and how long one stays logged in."""

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.console.flags import LATELY
from bot.channels.web.console.frame import ROOT, Console, Page, done
from bot.channels.web.console.tickets import pulse_of
from bot.store import flags, staff
from bot.store.staff import Session


async def pulse(console: Console, request: Request, who: Session) -> Response:  # noqa: ARG001
    """Return what waits in the inbox, what became of one's flags, which knowledge is served, and when the session ends."""
    left = staff.ends(who) - console.now()
    async with console.parts.database.read() as connection:
        told = await flags.settled(connection, console.now() - LATELY, staff=who.member.login)
        waiting = await pulse_of(connection, who)
    news = {"ends": max(0, int(left.total_seconds())), "extends": staff.extends(who), "told": len(told)}
    return done({**waiting, **news, "knowledge": console.library.base.version})


async def stay(console: Console, request: Request, who: Session) -> Response:  # noqa: ARG001
    """Somebody is still there: that a request came at all has noted it."""
    return done({"stays": who.member.login})


PAGES = (
    Page(f"{ROOT}/pulse", pulse, quiet=True),
    Page(f"{ROOT}/stay", stay),
)
