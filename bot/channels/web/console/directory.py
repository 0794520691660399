"""The directory of institutions and contacts, and two of them side by side."""

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.console.frame import ROOT, Console, Page
from bot.channels.web.console.search import asked
from bot.store.staff import Session

_MOST = 4
"""Columns of a comparison."""


async def page(console: Console, request: Request, who: Session) -> Response:
    """Show the directory, what a text finds in it, or one card."""
    library = console.library
    card = library.card(request.query_params.get("id", ""))
    values = {
        "cards": await console.parts.front.apart(library.cards, asked(request)),
        "channels": library.channels(asked(request)),
        "card": card,
        "others": [(t.id, t.name) for t in library.members.values() if not card or t.id != card.id],
        "query": asked(request),
    }
    return console.render(request, who, "directory.html", values)


async def compare(console: Console, request: Request, who: Session) -> Response:
    """Show institutions side by side, line by line."""
    library = console.library
    named = dict.fromkeys(request.query_params.getlist("with"))
    cards = [c for name in list(named)[:_MOST] if (c := library.card(name))]
    lines = [[card.lines[i] for card in cards] for i in range(len(library.keys))] if cards else []
    values = {
        "cards": cards,
        "lines": [row for row in lines if any(line.value for line in row)],
        "blank": [row[0].label for row in lines if not any(line.value for line in row)],
        "others": [(t.id, t.name) for t in library.members.values() if t.id not in named],
        "most": _MOST,
        "names": [c.id for c in cards],
    }
    return console.render(request, who, "compare.html", values)


PAGES = (Page(f"{ROOT}/directory", page, title="기관", key="D"), Page(f"{ROOT}/compare", compare))
