"""Read and validate requests of the API, and describe that to OpenAPI."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Header
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from bot.channels.web.api_models import ErrorReply
from bot.channels.web.errors import ApiError, Fault, invalid
from bot.privacy.redact import pseudonym

M = TypeVar("M", bound=BaseModel)
PREFIX = "/api/v1"
CHANNEL = "web"
USER = r"^[A-Za-z0-9_-]{16,64}$"
_USER = re.compile(USER[1:-1])
SHORT = {
    400: "JSON으로 읽을 수 없음",
    401: "키가 없거나 틀림",
    403: "이 키로는 할 수 없음",
    404: "그런 것이 없음",
    408: "요청이 너무 늦게 들어옴",
    409: "지금 상태에서는 할 수 없음",
    410: "거둔 것이라 이제 없음",
    413: "요청이 64 KiB보다 큼",
    415: "Content-Type이 application/json이 아님",
    422: "값이 맞지 않음",
    429: "너무 잦음. Retry-After초 뒤에 다시",
    503: "저장소에 닿지 않음. 잠시 뒤에 다시",
}
WHOSE = "클라이언트가 만든, 대화의 열쇠. 아는 사람은 그 대화를 볼 수 있으니 짐작할 수 없게 만드세요."
User = Annotated[
    str,
    Header(
        alias="X-Helpdesk-User",
        pattern=USER,
        description=WHOSE,
        examples=["k3J9sT0aQ2vX7mB4"],
    ),
]


async def read(request: Request, model: type[M], *, optional: bool = False) -> M:
    """Return a request's JSON body. `optional`: no body at all is an empty object.

    Raises:
        ApiError: 415 it is not said to be JSON; 400 it is none; 422 it is not what `model` describes.
    """
    raw = await request.body()
    if optional and not raw:
        return model()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(415)
    try:
        return model.model_validate_json(raw, context={"parts": request.app.state.parts})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        if any(f["type"] == "json_invalid" for f in faults):
            raise ApiError(400, says="not_json", code="bad_request") from None
        raise invalid([dict(f) for f in faults]) from None


def user_of(secret: bytes, value: str) -> str:
    """Return the pseudonym of a conversation's key."""
    return pseudonym(secret, CHANNEL, value)


def given_user(request: Request, secret: bytes) -> str:
    """Return the pseudonym of the request's user, or empty where it names none.

    Raises:
        ApiError: 422 the header cannot be one.
    """
    value = request.headers.get("x-helpdesk-user")
    if value is None:
        return ""
    if not _USER.fullmatch(value):
        raise ApiError(422, faults=[Fault("header.X-Helpdesk-User", "user")])
    return user_of(secret, value)


def body_of(
    model: type[BaseModel], *, required: bool = True, user: bool = False, more: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Return what OpenAPI says of a body that `read` reads, of the header that `given_user` reads, and of `more`."""
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    header = {
        "in": "header",
        "name": "X-Helpdesk-User",
        "required": False,
        "description": f"{WHOSE} 없으면 이 요청만의 이용자로 봅니다.",
        "schema": {"type": "string", "pattern": USER},
    }
    body = {"required": required, "content": {"application/json": {"schema": reference}}}
    return {"requestBody": body, **({"parameters": [header, *more]} if user else {})}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says about failures: those named, and those that any route may have."""
    more = {429: {"Retry-After": {"description": "기다릴 초", "schema": {"type": "integer", "minimum": 1}}}}
    return {
        status: {
            "model": ErrorReply,
            "description": SHORT[status],
            **({"headers": more[status]} if status in more else {}),
        }
        for status in sorted({401, 429, 503, *statuses})
    }


WITH_BODY = (400, 408, 413, 415, 422)
