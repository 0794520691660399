"""Run below a path of a shared site: `https://host/help` instead of `https://desk.host`.

Inside, everything is as at the root: routes, limits and metrics do not know the path. It is stripped from what comes in, for
proxies that leave it on, and put onto what a browser follows by itself: redirects and the paths of cookies. Addresses
in pages get it from the templates, and scripts take it from their own address.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import Message, Scope, Send

BELOW = "helpdesk.below"
"""Where a request's scope says below which path the site is seen."""
_COOKIE_PATH = b"path=/"


def path_of(public_url: str) -> str:
    """Return the path below which a site is seen from outside, without a slash at its end; empty at the root."""
    return urlsplit(public_url).path.rstrip("/")


def inside(scope: Scope, path: str) -> Scope:
    """Return a request as the application knows it; as it is where the proxy took the path off itself."""
    if scope["path"] != path and not scope["path"].startswith(f"{path}/"):
        return {**scope, BELOW: path}
    raw = scope.get("raw_path") or b""
    shorter = {"path": scope["path"][len(path) :] or "/", "raw_path": raw.removeprefix(path.encode()) or b"/"}
    return {**scope, **shorter, BELOW: path}


def outside(send: Send, path: str) -> Send:
    """Return a `send` after which redirects and cookies are as they are seen from outside."""
    put = path.encode()

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(_seen(message.get("headers", ()), put))}
        await send(message)

    return sending


def _seen(headers: Iterable[tuple[bytes, bytes]], path: bytes) -> Iterable[tuple[bytes, bytes]]:
    for name, value in headers:
        kind = name.lower()
        if kind == b"location" and value.startswith(b"/") and not value.startswith(b"//"):
            yield name, path + value
        elif kind == b"set-cookie":
            yield name, b";".join(_of_cookie(part, path) for part in value.split(b";"))
        else:
            yield name, value


def _of_cookie(part: bytes, path: bytes) -> bytes:
    if not part.strip().lower().startswith(_COOKIE_PATH):
        return part
    before, _, own = part.partition(b"=")
    return before + b"=" + path + own
