"""The API for questions: ask, rate the answer, be forgotten."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.api_models import Answer, Ask, Feedback, NoneOfThese, Said
from bot.channels.web.api_once import DESCRIBED, given_key
from bot.channels.web.api_request import (
    CHANNEL,
    PREFIX,
    WITH_BODY,
    User,
    body_of,
    failures,
    given_user,
    read,
    user_of,
)
from bot.channels.web.asking import Asking
from bot.channels.web.limits import Door
from bot.channels.web.parts import Parts
from bot.store import memory


def asked(parts: Parts, door: Door) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that answers questions."""
    asking = Asking(parts)

    async def ask(request: Request) -> Response:
        """물음 하나에 답합니다. `X-Helpdesk-User`를 보내면 앞의 대화를 이어 읽고(10분), 없으면 그 물음만 봅니다.

        글에 든 전화번호 같은 개인정보는 가린 뒤에 남깁니다. 답을 받지 못해 다시 보낼 때는 같은 `Idempotency-Key`를
        (`X-Helpdesk-User`와 함께) 보내세요.
        """
        payer = (await door.enter(request)).payer
        user, key = given_user(request, parts.secret), given_key(request)
        said = await read(request, Ask)
        answer = asking.once(said, user, key, payer) if key and user else asking.answer(said, user, payer)
        return Response(await answer, media_type="application/json")

    return ask


def routes(parts: Parts, door: Door) -> APIRouter:
    """Return the routes."""
    router, asking = APIRouter(prefix=PREFIX, tags=["물음과 답"]), Asking(parts)

    async def language_of(user: str) -> str:
        if not user:
            return parts.front.base.language
        async with parts.database.read() as connection:
            return await memory.language_of(connection, user) or parts.front.base.language

    async def said(name: str, user: str) -> Said:
        return Said(text=parts.front.base.reply(name, await language_of(user)))

    router.post(
        "/ask",
        summary="묻기",
        response_class=Response,
        responses={200: {"model": Answer, "description": "답"}, **failures(404, *WITH_BODY)},
        openapi_extra=body_of(Ask, user=True, more=(DESCRIBED,)),
    )(asked(parts, door))

    @router.post(
        "/feedback",
        summary="답 평가하기",
        responses=failures(404, *WITH_BODY),
        openapi_extra=body_of(Feedback, user=True),
    )
    async def feedback(request: Request) -> Said:
        """답이 도움이 되었는지 남깁니다. 다시 보내면 나중 것이 남습니다. 돌려주는 글을 이용자에게 보이세요."""
        await door.enter(request)
        user = given_user(request, parts.secret)
        return await said(await asking.feedback(await read(request, Feedback), user), user)

    @router.post(
        "/none",
        summary="이 중에 없어요",
        responses=failures(404, *WITH_BODY),
        openapi_extra=body_of(NoneOfThese, user=True),
    )
    async def none(request: Request) -> Said:
        """되물은 선택지 가운데 찾던 것이 없다고 남깁니다."""
        await door.enter(request)
        user = given_user(request, parts.secret)
        return await said(await asking.none(await read(request, NoneOfThese), user), user)

    @router.post("/reset", summary="처음부터 다시", responses=failures(422))
    async def reset(request: Request, who: User) -> Said:
        """앞의 대화를 잇지 않고 처음부터 시작합니다. 남긴 물음과 답은 그대로 있습니다."""
        await door.enter(request)
        user = user_of(parts.secret, who)
        await parts.service.reset(user, CHANNEL)
        return await said("reset", user)

    @router.delete("/me", summary="내 정보 삭제", responses=failures(422))
    async def forget(request: Request, who: User) -> Said:
        """이 이용자에 관해 저장된 것을 모두, 되돌릴 수 없이 지웁니다. 여러 번 보내도 됩니다."""
        await door.enter(request)
        user = user_of(parts.secret, who)
        text = await said("forgotten", user)
        await parts.service.forget(user)
        return text

    return router
