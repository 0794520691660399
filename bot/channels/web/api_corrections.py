"""The API for corrections: answers that a user was given and that have been corrected since."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request

from bot.channels.web import api_models as models
from bot.channels.web.api_request import PREFIX, User, failures, user_of
from bot.channels.web.asking import wire
from bot.channels.web.limits import Door
from bot.channels.web.parts import Parts
from bot.desk import corrections
from bot.store import memory

After = Annotated[int, Query(ge=0, le=2**53, description="이 번호보다 뒤의 것만")]


def routes(parts: Parts, door: Door) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix=PREFIX, tags=["물음과 답"])

    @router.get("/corrections", summary="바로잡은 답", responses=failures(422))
    async def corrected(request: Request, who: User, after: After = 0) -> models.Corrections:
        """이 이용자가 받은 답 가운데 그 뒤에 바로잡은 것입니다(30일 동안). 보인 뒤 마지막 `id`를 `after`로 보내세요."""
        await door.enter(request)
        user = user_of(parts.secret, who)
        async with parts.database.read() as connection:
            language = await memory.language_of(connection, user) or parts.front.base.language
            found = await corrections.missed(connection, parts.front, user, language, datetime.now(UTC), after)
        return models.Corrections(
            corrections=[
                models.Correction(
                    id=m.row,
                    question=m.notice.title,
                    asked_at=m.notice.person.asked_at,
                    answer=models.Answer.model_validate(wire(m.notice.reply, "")),
                )
                for m in found
            ]
        )

    return router
