"""The guided check as a page of links: one tap a question, the path so far in the address. Works without scripts."""

from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import shelf
from bot.channels.web.pages import Pages, View
from bot.desk import checking
from bot.knowledge.guided import End, Guided, taps_of
from bot.words import Entry

PATH = "/check"


def entries_of(view: View, end: End) -> list[Entry]:
    """Return the public entries that an end leads to."""
    found = (view.shelf.base.entry(e) for e in end.entries)
    return [e for e in found if e is not None and shelf.is_public(e)]


class Check:
    """Shows the guided check of the knowledge that is served now."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    async def page(self, request: Request) -> Response:
        """Show the next question, or the end of the path."""
        view = self.pages.view(request)
        guided = view.shelf.base.guided
        if guided is None:
            return self.pages.missing(request)
        taps = taps_of(request.query_params.get("a", ""))
        return view.page("check", **_values(view, guided, taps), **view.addresses(PATH))


def _values(view: View, guided: Guided, taps: tuple[int, ...]) -> dict[str, Any]:
    language = view.language
    way, step = guided.walk(taps)
    taken = [str(t) for t in taps[: len(way)]]
    more = view.suffix.replace("?", "&")
    values: dict[str, object] = {
        "title": guided.title.in_(language),
        "intro": guided.intro.in_(language),
        "way": [(q.ask.in_(language), o.say.in_(language)) for q, o in way],
        "again": PATH + view.suffix,
        "back": f"{PATH}?a={'.'.join(taken[:-1])}{more}" if taken else "",
        "end": None,
        "ask": "",
        "options": [],
    }
    if isinstance(step, End):
        return values | {
            "end": step,
            "then": step.then.in_(language),
            "next": step.now.in_(language),
            "sources": checking.sources_of(view.shelf.base, step),
            "entries": entries_of(view, step),
            "confirm": view.say("check_confirm") if step.confirm else "",
        }
    options = [
        (o.say.in_(language), f"{PATH}?a={'.'.join([*taken, str(n)])}{more}") for n, o in enumerate(step.options)
    ]
    return values | {"ask": step.ask.in_(language), "options": options}


def install(web: FastAPI, pages: Pages) -> None:
    """Put the check into an application."""
    web.add_route(PATH, pages.door.counted(Check(pages).page), include_in_schema=False)
