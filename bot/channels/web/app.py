"""The ASGI application: everything served over HTTP except the messengers' endpoints."""

from bot.channels.web import api, assets, chat, check, errors, pages
from bot.channels.web.console import app as console
from bot.channels.web.fastpath import Web
from bot.channels.web.limits import Door
from bot.channels.web.parts import Parts
from bot.channels.web.popular import Popular


def create(parts: Parts) -> Web:
    """Return the application."""
    web = Web(
        title=parts.front.base.name,
        https=parts.options.public_url.startswith("https://"),
        below=parts.options.below,
    )
    web.state.parts = parts
    assets.install(web)
    web.state.popular = Popular(parts)
    web.state.door = Door(parts.database, parts.options.rate, parts.options.proxies)
    errors.install(web)
    api.install(web, parts, web.state.door)
    chat.install(web, parts, web.state.door)
    check.install(web, pages.install(web, parts, web.state.door))
    console.install(web, parts, web.state.door)
    return web
