"""The console's routes put together. A page is added by adding its module's `PAGES` here."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.web.console import (
    auth,
    changes,
    directory,
    flags,
    people,
    pulse,
    search,
    ticket_acts,
    tickets,
    workshop,
    workshop_mend,
    workshop_try,
)
from bot.channels.web.console.frame import ROOT, Console, Page, plain
from bot.channels.web.fastpath import Endpoint
from bot.channels.web.limits import HEAVY, Door
from bot.channels.web.parts import Parts

PAGES: tuple[Page, ...] = (
    *search.PAGES,
    *tickets.PAGES,
    *ticket_acts.PAGES,
    *directory.PAGES,
    *changes.PAGES,
    *flags.PAGES,
    *pulse.PAGES,
    *workshop.PAGES,
    *workshop_mend.PAGES,
    *workshop_try.PAGES,
    *people.PAGES,
    *auth.PAGES,
)
"""In the order of the navigation. What needs no session is in `install`."""

Open = Callable[[Console, Request], Awaitable[Response]]


def install(web: FastAPI, parts: Parts, door: Door) -> None:
    """Put the console into an application."""
    console = Console(parts, PAGES, web.state.popular)
    web.router.routes.extend(
        [
            Route(f"{ROOT}/login", door.counted(_open(console, auth.show))),
            Route(f"{ROOT}/login", door.counted(_open(console, auth.enter), HEAVY), methods=["POST"]),
            Route(f"{ROOT}/feed/{{token}}.atom", door.counted(_open(console, changes.feed))),
            *(_guarded(console, page) for page in PAGES),
        ]
    )


def _open(console: Console, handler: Open) -> Endpoint:
    async def serve(request: Request) -> Response:
        plain(request)
        return await handler(console, request)

    return serve


def _guarded(console: Console, page: Page) -> Route:
    async def serve(request: Request) -> Response:
        return await console.serve(page, request)

    return Route(page.path, serve, methods=[page.method])
