"""The ASGI application: all that is served over HTTP but the messengers' own endpoints."""

from fastapi import FastAPI

from bot.channels.web.parts import Parts


def create(parts: Parts) -> FastAPI:
    """Return the application."""
    web = FastAPI(title="helpdesk", docs_url=None, redoc_url=None, openapi_url=None)
    web.state.parts = parts
    return web
