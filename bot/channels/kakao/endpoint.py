"""The skill endpoint: whom it serves, how long it takes, and that a repetition is answered once."""

import asyncio
import hmac
import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from bot import metrics
from bot.channels.kakao import render
from bot.channels.kakao.parse import BUCKET, BadRequest, Skill, fingerprint, parse
from bot.channels.kakao.turn import CHANNEL, Desk, Turn
from bot.desk.cases import Cases
from bot.desk.counter import Counter
from bot.desk.front import Front
from bot.store.database import Connection, unavailable
from bot.store.memory import Memory
from bot.store.redact import pseudonym

log = logging.getLogger(__name__)
PATHS = ("/kakao/{secret}", "/kakao")
"""With the secret in the path, or in a header."""
HEADER = "x-helpdesk-secret"
_MOST_KEPT = 2_000
_RECEIVED = metrics.RECEIVED.labels(CHANNEL)


@dataclass(frozen=True, slots=True)
class Options:
    """What an operator may set. `bot` empty: any bot that knows the secret."""

    secret: str
    bot: str = ""
    public_url: str = ""
    patience: float = 0.6
    """Seconds that a question waits for the database before it is answered without memory: it is wanted within 1."""
    give_up: float = 3.0
    """Seconds that what cannot be done without the database waits, before the menu is sent. Source: the guide, a skill
    has 5 seconds."""


class Endpoint:
    """Answers skill requests. Serve `answer` at `PATHS`."""

    def __init__(self, front: Front, counter: Counter, cases: Cases, secret: bytes, options: Options) -> None:
        self.front, self.counter, self.secret, self.options = front, counter, secret, options
        self.desk = Desk(front, cases, options.public_url)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._under_way: OrderedDict[tuple[str, str, str], tuple[float, asyncio.Future[bytes]]] = OrderedDict()

    async def answer(self, request: Request) -> Response:
        """Answer one request, always in JSON."""
        given = request.path_params.get("secret") or request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), self.options.secret.encode()):
            return _refused(404, "not_found", "그런 주소가 없습니다.")
        try:
            skill = parse(_decoded(await request.body()))
        except (BadRequest, ValueError, RecursionError) as error:
            why = str(error) if isinstance(error, BadRequest) else "the body is not JSON"
            return _refused(400, "bad_request", f"스킬 요청이 아닙니다: {why}")
        if self.options.bot and not hmac.compare_digest(skill.bot.encode(), self.options.bot.encode()):
            return _refused(403, "forbidden", "이 봇의 요청은 받지 않습니다.")
        return Response(await self._once(skill, self.clock()), media_type="application/json")

    async def _once(self, skill: Skill, now: datetime) -> bytes:
        """Return the response; to a repetition the one that was, or is being, made."""
        _RECEIVED.inc()
        asked, bucket = (skill.user, skill.text, skill.extra), now.timestamp() // BUCKET
        then, first = self._under_way.get(asked, (0.0, None))
        if first is not None and 0 <= bucket - then <= 1:
            metrics.REPEATED.labels(CHANNEL).inc()
            return await asyncio.shield(first)
        made: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._under_way[asked] = bucket, made
        self._under_way.move_to_end(asked)
        if len(self._under_way) > _MOST_KEPT:
            self._under_way.popitem(last=False)
        try:
            response = await self._made(skill, fingerprint(skill, now), now)
        except BaseException:  # the process ends: who waits for this waits no longer
            made.cancel()
            raise
        made.set_result(response)
        return response

    async def _made(self, skill: Skill, exchange: str, now: datetime) -> bytes:
        turn = Turn(skill, pseudonym(self.secret, CHANNEL, skill.user), now, exchange)
        try:
            return await self._answered(turn)
        except Exception as error:
            metrics.KAKAO_FAULTS.inc()
            log.exception("a skill request was answered by the menu: %s", type(error).__name__)
            say = self.desk.say(skill.language)
            return render.written(
                render.menu(self.front.base.menu, say=say, language=skill.language, lead=say("trouble"))
            )

    async def _answered(self, turn: Turn) -> bytes:
        if turn.tap == "menu":
            return render.written(self.desk.menu(turn))
        if turn.skill.tester and not turn.tap:
            return render.written(self.desk.tried(turn))
        try:
            return await self._remembered(turn)
        except Exception as error:
            if not unavailable(error) or (turn.tap and isinstance(error, TimeoutError)):
                raise
            metrics.UNREMEMBERED.labels(CHANNEL).inc()
            log.warning("answered without memory: %s", type(error).__name__)
        if turn.tap:
            say = self.desk.say(turn.skill.language)
            return render.written(render.text(say("trouble"), say=say))
        return render.written(self.desk.alone(turn))

    async def _remembered(self, turn: Turn) -> bytes:
        if turn.skill.tester:  # a tap in the tester: nothing is kept
            say = self.desk.say(turn.skill.language)
            said = say("person_phone") or say("person") if turn.tap == "person" else say("thanks")
            return render.written(render.text(said, say=say))

        async def work(connection: Connection, memory: Memory) -> bytes:
            return await self.desk.serve(connection, memory, turn)

        patience = self.options.give_up if turn.tap else self.options.patience
        return await self.counter.do(turn.user, turn.now, work, patience=patience)


def _decoded(body: bytes) -> object:
    """Return what a JSON body holds. Raises ValueError, RecursionError: it is none."""
    try:
        return from_json(body)  # half the time of the other, which also takes half a surrogate pair
    except ValueError:
        return json.loads(body)


def _refused(status: int, code: str, message: str) -> Response:
    body = {"error": {"code": code, "message": message, "details": []}}
    return Response(json.dumps(body, ensure_ascii=False), status, media_type="application/json")
