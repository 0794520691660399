"""For maintainers: ask a question and see how its answer comes about."""

from collections.abc import Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.console.frame import ROOT, Console, Page
from bot.channels.web.console.search import asked
from bot.channels.web.console.words import BECAUSE_NAMES, HOW_NAMES, OUTCOME_NAMES
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.store.staff import Session
from bot.words import Query, Reply


async def page(console: Console, request: Request, who: Session) -> Response:
    """Show a question's reply as users get it, and the trace of the decision. Nothing of it is kept."""
    text = asked(request)
    first = request.query_params.get("before", "")[:300]
    desk = console.parts.front.desk
    reply = await console.parts.front.apart(_reply, desk, first, text, console.now()) if text.strip() else None
    trace: Mapping[str, object] = (reply.trace or {}) if reply else {}
    values: dict[str, object] = {
        "reply": reply,
        "trace": trace,
        "query": text,
        "before": first,
        "entries": desk.base.entries,
    }
    values |= {"outcomes": OUTCOME_NAMES, "because": BECAUSE_NAMES, "how": HOW_NAMES}
    return console.render(request, who, "try.html", values)


def _reply(desk: HelpDesk, first: str, text: str, now: datetime) -> Reply:
    context = desk.answer(Query(first, "console", now), Context())[1] if first.strip() else Context()
    return desk.answer(Query(text, "console", now), context, explain=True)[0]


PAGES = (Page(f"{ROOT}/try", page, role="maintainer", title="시험", key="Y"),)
