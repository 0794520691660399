"""The ASGI application: all that is served over HTTP but the messengers' own endpoints."""

from fastapi import FastAPI

from bot.channels.web import api, assets, chat, errors, pages
from bot.channels.web.access import Access
from bot.channels.web.console import app as console
from bot.channels.web.limits import Body, Door
from bot.channels.web.parts import Parts


def create(parts: Parts) -> FastAPI:
    """Return the application."""
    web = FastAPI(
        title=parts.front.base.name, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    web.state.parts = parts
    assets.install(web)
    web.state.door = Door(parts.database, parts.options.rate, parts.options.proxies)
    errors.install(web)
    api.install(web, parts, web.state.door)
    chat.install(web, parts)
    pages.install(web, parts, web.state.door)
    console.install(web, parts)
    web.add_middleware(Body)
    web.add_middleware(Access, https=parts.options.public_url.startswith("https://"))
    return web
