"""One shape for every failure of the web: `{"error": {"code", "message", "details"}}`, in the reader's words."""

import html
import json
from collections.abc import Mapping, Sequence

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from bot.channels.web.below import BELOW
from bot.store.database import unavailable

CODES: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "요청을 읽을 수 없습니다."),
    401: ("unauthorized", "API 키가 필요하거나 맞지 않습니다. Authorization: Bearer 뒤에 키를 보내세요."),
    403: ("forbidden", "이 키로는 할 수 없는 일입니다."),
    404: ("not_found", "그런 것이 없습니다. 주소와 번호를 확인하세요."),
    405: ("method_not_allowed", "이 주소에서는 쓸 수 없는 방식(메서드)입니다."),
    408: ("timeout", "요청이 너무 늦게 들어와 끊었습니다. 다시 보내세요."),
    409: ("conflict", "지금 상태에서는 할 수 없습니다."),
    410: ("gone", "이제 없는 것입니다."),
    413: ("too_large", "요청이 너무 큽니다."),
    415: ("unsupported_media_type", "Content-Type: application/json으로 보내세요."),
    422: ("invalid", "값이 맞지 않습니다. details를 보세요."),
    429: ("too_many_requests", "요청이 너무 잦습니다. 잠시 뒤에 다시 보내세요."),
    431: ("headers_too_large", "요청의 머리(헤더)가 너무 큽니다."),
    500: ("internal", "서버에 문제가 생겼습니다. 잠시 뒤에 다시 보내세요."),
    503: ("unavailable", "지금은 처리할 수 없습니다. 잠시 뒤에 다시 보내세요."),
}
_MESSAGES = {
    "missing": "꼭 있어야 합니다.",
    "extra_forbidden": "모르는 이름입니다.",
    "string_type": "글(문자열)이어야 합니다.",
    "string_too_long": "{max_length}자까지입니다.",
    "string_too_short": "{min_length}자 이상이어야 합니다.",
    "string_pattern_mismatch": "꼴이 맞지 않습니다: {pattern}",
    "literal_error": "{expected} 가운데 하나여야 합니다.",
    "enum": "{expected} 가운데 하나여야 합니다.",
    "int_parsing": "정수여야 합니다.",
    "int_type": "정수여야 합니다.",
    "int_from_float": "정수여야 합니다.",
    "greater_than_equal": "{ge} 이상이어야 합니다.",
    "less_than_equal": "{le} 이하여야 합니다.",
    "model_type": "JSON 객체여야 합니다.",
    "model_attributes_type": "JSON 객체여야 합니다.",
    "json_invalid": "JSON으로 읽을 수 없습니다.",
    "json_type": "JSON으로 읽을 수 없습니다.",
}


class ApiError(Exception):
    """A request cannot be served: an HTTP status, and what to say about it."""

    def __init__(
        self,
        status: int,
        message: str = "",
        *,
        code: str = "",
        details: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.status, self.headers, self.details = status, headers, details
        usual = CODES.get(status, CODES[500 if status >= 500 else 400])
        self.code, self.message = code or usual[0], message or usual[1]


def shaped(error: ApiError) -> Response:
    """Return the response that says an error."""
    body = {"error": {"code": error.code, "message": error.message, "details": list(error.details)}}
    return Response(json.dumps(body, ensure_ascii=False), error.status, dict(error.headers or {}), "application/json")


def invalid(faults: Sequence[Mapping[str, object]]) -> ApiError:
    """Return the error for values that pydantic refused: where each is, and why, without the values themselves."""
    details = []
    for fault in faults:
        context = fault.get("ctx")
        values = context if isinstance(context, Mapping) else {}
        kind = str(fault.get("type", ""))
        message = _MESSAGES.get(kind, "")
        if kind == "value_error":
            message = str(values.get("error", ""))
        message = message.format_map(_Values(values)) if message else "값이 맞지 않습니다."
        message = message.replace("' or '", "', '")
        place = fault.get("loc")
        parts = place if isinstance(place, tuple) else ()
        details.append({"where": ".".join(map(str, parts)), "message": message})
    return ApiError(422, details=details)


class _Values(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def shown(request: Request, error: ApiError) -> Response:
    """Return an error as JSON, or as a short page where a browser opened a page."""
    wants = request.headers.get("accept", "")
    if request.url.path.startswith("/api/") or "text/html" not in wants:
        return shaped(error)
    page = (
        f'<!doctype html><html lang="ko"><meta charset="utf-8"><title>{error.status}</title>'
        f'<meta name="viewport" content="width=device-width"><h1>{html.escape(error.message)}</h1>'
        f'<p><a href="{request.scope.get(BELOW, "")}/">처음으로</a></p></html>'
    )
    return Response(page, error.status, dict(error.headers or {}), "text/html; charset=utf-8")


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
