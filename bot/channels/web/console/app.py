"""The console's routes put together. A page is added by adding its module's `PAGES` here."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.web.console import auth, flags, search
from bot.channels.web.console.frame import ROOT, Console, Page
from bot.channels.web.parts import Parts

PAGES: tuple[Page, ...] = (*search.PAGES, *flags.PAGES, *auth.PAGES)


def install(web: FastAPI, parts: Parts) -> None:
    """Put the console into an application."""
    console = Console(parts, PAGES)

    async def show_login(request: Request) -> Response:
        return await auth.show(console, request)

    async def log_in(request: Request) -> Response:
        return await auth.enter(console, request)

    web.router.routes.append(Route(f"{ROOT}/login", show_login, methods=["GET"]))
    web.router.routes.append(Route(f"{ROOT}/login", log_in, methods=["POST"]))
    web.router.routes.extend(_route(console, page) for page in PAGES)


def _route(console: Console, page: Page) -> Route:
    async def serve(request: Request) -> Response:
        return await console.serve(page, request)

    return Route(page.path, serve, methods=[page.method])
