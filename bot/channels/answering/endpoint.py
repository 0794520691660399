"""The endpoint that a messenger calls: whom it serves, how long it takes, and that a repetition is answered once."""

import asyncio
import hmac
import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from bot import metrics
from bot.channels.answering.desk import Desk, Turn
from bot.channels.answering.message import BUCKET, BadRequest, Message, fingerprint
from bot.channels.answering.platform import Platform
from bot.desk.cases import Cases
from bot.desk.counter import Counter
from bot.desk.front import Front
from bot.desk.language import heard, of_person
from bot.knowledge import locale
from bot.languages import KOREAN
from bot.privacy.redact import pseudonym
from bot.store.database import Connection, unavailable
from bot.store.memory import Memory

log = logging.getLogger(__name__)
HEADER = "x-helpdesk-secret"
_MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Options:
    """What an operator may set. `bot` empty: any bot that knows the secret."""

    secret: str
    bot: str = ""
    public_url: str = ""
    writes_first: bool = False
    """Whether the channel sends what staff say as soon as they say it."""
    patience: float = 0.6
    """Seconds that a question waits for the database before it is answered without memory: users want it within 1."""
    give_up: float = 3.0
    """Seconds that what cannot be done without the database waits, before the menu is sent. Sources: Kakao's
    guide, a skill has 5 seconds; TalkTalk's «Webhook 요구 사항», read time-out 5 seconds."""


class Endpoint:
    """Answers requests of one platform. Serve `answer` at `paths`."""

    def __init__(
        self, platform: Platform, front: Front, counter: Counter, cases: Cases, secret: bytes, options: Options
    ) -> None:
        self.platform, self.shows, self.channel = platform, platform.shows, platform.channel
        self.front, self.counter, self.secret, self.options = front, counter, secret, options
        self.desk = Desk(front, cases, platform, options.public_url, writes_first=options.writes_first)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._under_way: OrderedDict[tuple[str, str, str], tuple[float, asyncio.Future[bytes]]] = OrderedDict()
        self._received = metrics.RECEIVED.labels(self.channel)

    @property
    def paths(self) -> tuple[str, str]:
        """Return where to serve: with the secret in the path, or in a header."""
        return f"/{self.channel}/{{secret}}", f"/{self.channel}"

    async def answer(self, request: Request) -> Response:
        """Answer one request, always in JSON."""
        given = request.path_params.get("secret") or request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), self.options.secret.encode()):
            return _refused(404, "not_found", "no_such_address")
        try:
            message = self.platform.parse(_decoded(await request.body()))
        except (BadRequest, ValueError, RecursionError) as error:
            why = str(error) if isinstance(error, BadRequest) else "the body is not JSON"
            return _refused(400, "bad_request", "not_read", why=why)
        if self.options.bot and not hmac.compare_digest(message.bot.encode(), self.options.bot.encode()):
            return _refused(403, "forbidden", "other_bot")
        if message.silent:
            return Response(status_code=200)
        told = heard if message.chosen else of_person
        spoken = told(message.language, message.text, self.front.base)
        if spoken != message.language:
            message = replace(message, language=spoken)
        return Response(await self._once(message, self.clock()), media_type=self.platform.media)

    async def _once(self, message: Message, now: datetime) -> bytes:
        """Return the response; to a repetition the one that was, or is being, made."""
        self._received.inc()
        asked, bucket = (message.user, message.text, message.extra), now.timestamp() // BUCKET
        then, first = self._under_way.get(asked, (0.0, None))
        if first is not None and 0 <= bucket - then <= 1:
            metrics.REPEATED.labels(self.channel).inc()
            return await asyncio.shield(first)
        made: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._under_way[asked] = bucket, made
        self._under_way.move_to_end(asked)
        if len(self._under_way) > _MOST_KEPT:
            self._under_way.popitem(last=False)
        try:
            response = await self._made(message, fingerprint(message, now), now)
        except BaseException:  # the process ends: release whoever waits for this
            made.cancel()
            raise
        made.set_result(response)
        return response

    async def _made(self, message: Message, exchange: str, now: datetime) -> bytes:
        turn = Turn(message, pseudonym(self.secret, self.channel, message.user), now, exchange)
        try:
            return await self._answered(turn)
        except Exception as error:
            metrics.FAULTS.labels(self.channel).inc()
            log.exception("a request was answered by the menu: %s", type(error).__name__)
            say = self.desk.say(message.language)
            return self.shows.written(
                self.shows.menu(self.front.base.menu, say=say, language=message.language, lead=say("trouble"))
            )

    async def _answered(self, turn: Turn) -> bytes:
        if turn.message.tap == "menu":
            return self.shows.written(self.desk.menu(turn))
        if turn.message.unreadable:
            say = self.desk.say(turn.message.language)
            return self.shows.written(self.shows.text(say("text_only"), say=say))
        if turn.message.tester and not turn.message.tap:
            return self.shows.written(await self.desk.tried(turn))
        try:
            return await self._remembered(turn)
        except Exception as error:
            if not unavailable(error) or (turn.message.tap and isinstance(error, TimeoutError)):
                raise
            metrics.UNREMEMBERED.labels(self.channel).inc()
            log.warning("answered without memory: %s", type(error).__name__)
        if turn.message.tap:
            say = self.desk.say(turn.message.language)
            return self.shows.written(self.shows.text(say("trouble"), say=say))
        return self.shows.written(await self.desk.alone(turn))

    async def _remembered(self, turn: Turn) -> bytes:
        if turn.message.tester:  # a tap in the tester: nothing is kept
            say = self.desk.say(turn.message.language)
            said = say("person_phone") or say("person") if turn.message.tap == "person" else say("thanks")
            return self.shows.written(self.shows.text(said, say=say))

        async def work(connection: Connection, memory: Memory) -> bytes:
            return await self.desk.serve(connection, memory, turn)

        patience = self.options.give_up if turn.message.tap else self.options.patience
        return await self.counter.do(turn.user, turn.now, work, patience=patience)


def _decoded(body: bytes) -> object:
    """Return the decoded JSON body. Raises ValueError or RecursionError if it is none."""
    try:
        return from_json(body)  # half the time of `json`, which also accepts half a surrogate pair
    except ValueError:
        return json.loads(body)


def _refused(status: int, code: str, says: str, **values: str) -> Response:
    """Return what the platform is told; whoever set it up reads it, in Korean."""
    message = locale.of(KOREAN).errors[says].format(**values)
    body = {"error": {"code": code, "message": message, "details": []}}
    return Response(json.dumps(body, ensure_ascii=False), status, media_type="application/json")
