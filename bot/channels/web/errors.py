"""One shape for every failure of the web: `{"error": {"code", "message", "details"}}`, in the reader's words."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from bot.channels.web.below import BELOW
from bot.channels.web.parts import Parts
from bot.desk.language import tagged
from bot.knowledge import locale
from bot.knowledge.locale import Locale
from bot.languages import KOREAN, USUAL
from bot.store.database import unavailable

CODES: Mapping[int, str] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    409: "conflict",
    410: "gone",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    431: "headers_too_large",
    500: "internal",
    503: "unavailable",
}
"""The code of a status, which is also the name of its sentence in `bot/locale`, where an error has none of its own."""
_PLAIN: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that is not as it must be: where it is, the name of the sentence that says why, and what stands in that."""

    where: str
    says: str
    values: Mapping[str, object] = field(default_factory=dict)


class ApiError(Exception):
    """A request cannot be served: an HTTP status, and what to say about it.

    `says`: the name of the sentence, of which `values` fill the places. `message`: what to say, where only staff read it.
    """

    def __init__(
        self,
        status: int,
        message: str = "",
        *,
        says: str = "",
        values: Mapping[str, object] = _PLAIN,
        code: str = "",
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        usual = CODES.get(status, CODES[500 if status >= 500 else 400])
        self.status, self.headers, self.faults = status, headers, faults
        self.code, self.says, self.values = code or says or usual, says or usual, values
        self.message = message

    def told(self, spoken: Locale) -> str:
        """Return what to say in a language."""
        return self.message or spoken.errors[self.says].format_map(_Values(self.values))

    def details(self, spoken: Locale) -> list[dict[str, str]]:
        """Return where a value is not as it must be, and why, in a language."""
        sentences = spoken.faults
        return [
            {"where": f.where, "message": sentences.get(f.says, sentences["wrong"]).format_map(_Values(f.values))}
            for f in self.faults
        ]


def spoken_in(scope: Scope) -> Locale:
    """Return the language in which to say an error: that of the page, or the first of the desk's in `Accept-Language`.

    The console is in Korean. Source: RFC 9110, 12.5.4.
    """
    if str(scope.get("path", "")).startswith("/console"):
        return locale.of(KOREAN)
    parts = _parts(scope)
    languages = parts.front.base.languages if parts is not None else USUAL
    named = next((value for name, value in scope.get("headers", ()) if name == b"accept-language"), b"")
    wanted = [(_weight(part), tagged(part.partition(";")[0])) for part in named.decode("latin-1").split(",")]
    chosen = QueryParams(scope.get("query_string", b"")).get("lang", "")
    ordered = [chosen, *(code for _, code in sorted(wanted, key=lambda one: -one[0]))]
    return locale.of(next((code for code in ordered if code in languages), languages[0]))


def _parts(scope: Scope) -> Parts | None:
    found = getattr(getattr(scope.get("app"), "state", None), "parts", None)
    return found if isinstance(found, Parts) else None


def _weight(part: str) -> float:
    """Return how much one of the languages of a header is wanted, 0 to 1."""
    found = re.search(r";\s*q=([01](?:\.\d{0,3})?)\s*$", part)
    return float(found[1]) if found else 1.0


def shaped(error: ApiError, scope: Scope) -> Response:
    """Return the response that says an error."""
    spoken = spoken_in(scope)
    body = {"error": {"code": error.code, "message": error.told(spoken), "details": error.details(spoken)}}
    headers = {"Vary": "Accept-Language", **(error.headers or {})}
    return Response(json.dumps(body, ensure_ascii=False), error.status, headers, "application/json")


def invalid(faults: Sequence[Mapping[str, object]]) -> ApiError:
    """Return the error for values that pydantic refused: where each is, and why, without the values themselves."""
    return ApiError(422, faults=[_fault(fault) for fault in faults])


def _fault(fault: Mapping[str, object]) -> Fault:
    context, place = fault.get("ctx"), fault.get("loc")
    values = context if isinstance(context, Mapping) else {}
    says = str(fault.get("type", ""))
    if says == "value_error":  # a check of ours, which names its sentence
        says = str(values.get("error", ""))
    told = {name: str(value).replace("' or '", "', '") for name, value in values.items()}
    return Fault(".".join(map(str, place if isinstance(place, tuple) else ())), says, told)


class _Values(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def shown(request: Request, error: ApiError) -> Response:
    """Return an error as JSON, or as a short page where a browser opened a page."""
    wants = request.headers.get("accept", "")
    if request.url.path.startswith("/api/") or "text/html" not in wants:
        return shaped(error, request.scope)
    spoken = spoken_in(request.scope)
    page = (
        f'<!doctype html><html lang="{spoken.code}"><meta charset="utf-8"><title>{error.status}</title>'
        f'<meta name="viewport" content="width=device-width"><h1>{html.escape(error.told(spoken))}</h1>'
        f'<p><a href="{request.scope.get(BELOW, "")}/">{html.escape(spoken.errors["home"])}</a></p></html>'
    )
    headers = {"Vary": "Accept-Language", **_framed(request.scope), **(error.headers or {})}
    return Response(page, error.status, headers, "text/html; charset=utf-8")


def _framed(scope: Scope) -> Mapping[str, str]:
    """Return the header by which a failure is seen in a frame too, wherever the page itself may be framed."""
    parts = _parts(scope)
    if parts is None or str(scope["path"]).startswith("/console"):
        return {}
    return {"Content-Security-Policy": f"default-src 'none'; frame-ancestors {parts.options.frame_ancestors}"}


def of(error: Exception) -> ApiError:
    """Return what to say of an exception that nobody expected."""
    if isinstance(error, ApiError):
        return error
    return ApiError(503, headers={"Retry-After": "5"}) if unavailable(error) else ApiError(500)


def _allowed(request: Request) -> str:
    """Return the methods of all routes at a request's path: the framework names those of the first alone."""
    routes = [r for r in request.app.routes if r.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({m for r in routes for m in getattr(r, "methods", None) or ()}))


def install(web: FastAPI) -> None:
    """Let an application say its errors in our shape."""

    async def ours(request: Request, error: Exception) -> Response:
        return shown(request, of(error))

    async def theirs(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
        return shown(request, ApiError(error.status_code, headers=headers))

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return shown(request, invalid(error.errors()))

    web.add_exception_handler(ApiError, ours)
    web.add_exception_handler(HTTPException, theirs)
    web.add_exception_handler(RequestValidationError, refused)
