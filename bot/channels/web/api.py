"""The HTTP API, version 1: its routes, and the OpenAPI document that describes them."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.web import api_ask, api_corrections, api_knowledge, api_models, api_staff, api_tickets
from bot.channels.web.api_request import PREFIX
from bot.channels.web.fastpath import Web
from bot.channels.web.limits import Door
from bot.channels.web.parts import Parts
from bot.knowledge import locale

_REF = "#/components/schemas/{model}"
_READ_BY_HAND = (
    api_models.Ask,
    api_models.Feedback,
    api_models.NoneOfThese,
    api_models.Handover,
    api_models.Message,
    api_models.StaffClaim,
    api_models.StaffSays,
    api_models.StaffClose,
)
_ABOUT = """사람이 확인한 답만 보내는 안내의 HTTP API입니다.

- **이용자**: 클라이언트가 만든 16~64자의 짐작할 수 없는 값을 `X-Helpdesk-User`에 늘 같이 보내면 대화가 이어집니다. 서버는 그 값이 아니라 되돌릴 수 없는 가명만 남깁니다.
- **키**: 대부분은 키 없이 쓸 수 있습니다. `Authorization: Bearer hd_…`를 보내면 더 자주 부를 수 있고, 역할이 agent·maintainer인 키로는 상담을 맡고 답할 수 있습니다(`helpdesk keys add 이름 --role agent`).
- **잘못**: 언제나 `{"error": {"code", "message", "details": [{"where", "message"}]}}` 꼴입니다.
- **횟수**: 넘으면 429와 `Retry-After`(초)를 보냅니다.
- **지식의 버전**: 지식을 읽는 주소는 `ETag`를 보냅니다. `If-None-Match`로 다시 물으면 바뀌지 않았을 때 304입니다.
"""


def install(web: Web, parts: Parts, door: Door) -> None:
    """Put the API into an application."""
    # asking comes first and by itself: FastAPI's own way takes as long as the answer; its route is among the
    # others for OpenAPI
    web.answer(f"{PREFIX}/ask", api_ask.asked(parts, door))
    for routes in (
        api_ask.routes,
        api_corrections.routes,
        api_tickets.routes,
        api_staff.routes,
        api_knowledge.routes,
    ):
        web.router.routes.extend(
            routes(parts, door).routes
        )  # as they are: an included router is matched again for each request
    described: list[dict[str, Any]] = []

    async def openapi(request: Request) -> Response:  # noqa: ARG001
        if not described:
            described.append(describe(web, parts.front.base.languages, parts.options.public_url))
        return JSONResponse(described[0], headers={"Cache-Control": "public, max-age=300"})

    web.add_route(f"{PREFIX}/openapi.json", door.counted(openapi), include_in_schema=False)


def describe(web: FastAPI, languages: Sequence[str], public_url: str = "") -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the API's routes. `languages`: those that the desk speaks."""
    document = get_openapi(
        title=f"{web.title} API",
        version="1",
        openapi_version="3.1.0",
        description=_ABOUT,
        routes=[r for r in web.routes if isinstance(r, APIRoute) and r.path.startswith(PREFIX)],
        servers=[{"url": public_url or "/"}],
    )
    _, schemas = models_json_schema([(m, "validation") for m in _READ_BY_HAND], ref_template=_REF)
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {}).update(schemas.get("$defs", {}))
    parts["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "helpdesk keys add 이름 --role agent"}
    }
    for language in _languages(document):
        language["enum"] = [*languages]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            operation["security"] = [{"key": []}] if path.startswith(f"{PREFIX}/tickets") else [{}, {"key": []}]
    return document


def _languages(node: object) -> Iterator[dict[str, Any]]:
    """Yield the schemas of a language within a part of a document."""
    if isinstance(node, dict):
        if node.get("enum") == [*locale.codes()]:
            yield node
        node = [*node.values()]
    if isinstance(node, list):
        for inner in node:
            yield from _languages(inner)
