"""What all pages share: files that never change under their address, templates, and the content security policy."""

from collections.abc import Mapping
from functools import cache, partial
from hashlib import blake2s
from pathlib import Path

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.channels.web.below import BELOW

_HERE = Path(__file__).resolve().parent
STATIC = _HERE / "static"
TEMPLATES = _HERE / "templates"
_FOR_GOOD = "public, max-age=31536000, immutable"


@cache
def version() -> str:
    """Return the version of all static files: it is part of their addresses, so that they can be cached for good."""
    digest = blake2s(digest_size=6)
    for path in sorted(p for p in STATIC.rglob("*") if p.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def static(name: str, below: str = "") -> str:
    """Return the address of a static file on a site that lives below a path.

    Modules import one another by relative paths, so the version is theirs too.

    Raises:
        FileNotFoundError: there is no such file.
    """
    if not (STATIC / name).is_file():
        raise FileNotFoundError(name)
    return f"{below}/static/{version()}/{name}"


class _Versioned(StaticFiles):
    """Serves `/static/VERSION/name`; under another version the present file, not to be cached."""

    def get_path(self, scope: Scope) -> str:
        _, _, name = super().get_path(scope).partition("/")
        return name

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        current = scope["path"].startswith(f"{scope.get('root_path', '')}/{version()}/")
        response.headers["Cache-Control"] = _FOR_GOOD if current else "no-cache"
        return response


@cache
def templates(below: str) -> Environment:
    """Return the templates of a site that lives below a path.

    All values are escaped; a missing value is an error.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"static": partial(static, below=below), "below": below}
    return environment


def policy(frame_ancestors: str = "'self'") -> str:
    """Return a content security policy: scripts and styles from our own files only, nothing inline, nothing from outside."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {frame_ancestors}"
    )


def page(
    request: Request, name: str, values: Mapping[str, object], *, status: int = 200, frame_ancestors: str = "'self'"
) -> Response:
    """Return a page made from a template, or 304 where the browser has the very same one.

    It is asked for again each time: what it says may change with the date.
    """
    body = templates(request.scope.get(BELOW, "")).get_template(name).render(values).encode()
    headers = {
        "Content-Security-Policy": policy(frame_ancestors),
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    return tagged(request, body, "text/html; charset=utf-8", headers, status=status)


def tagged(
    request: Request, body: bytes, kind: str, headers: Mapping[str, str], *, version: str = "", status: int = 200
) -> Response:
    """Return a response with an ETag, which begins with a version; 304 where the client has the very same content."""
    tag = f'"{version}{blake2s(body, digest_size=10).hexdigest()}"'
    headers = {"ETag": tag, **headers}
    asked = request.headers.get("if-none-match", "")
    if status == 200 and any(c.strip().removeprefix("W/") in (tag, "*") for c in asked.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, kind)


def install(web: FastAPI) -> None:
    """Serve the static files."""

    async def icon(request: Request) -> Response:  # noqa: ARG001
        return FileResponse(STATIC / "icon.svg", headers={"Cache-Control": "public, max-age=86400"})

    web.mount("/static", _Versioned(directory=STATIC), name="static")
    web.add_route("/favicon.ico", icon, include_in_schema=False)
