"""Answer questions of the API, and take users' verdicts on the answers."""

import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from bot.caches import IdentityCache
from bot.channels.web.api_models import Ask, Feedback, NoneOfThese
from bot.channels.web.api_once import Answers, Once
from bot.channels.web.api_request import CHANNEL
from bot.channels.web.errors import ApiError
from bot.channels.web.parts import Parts
from bot.desk.compose import question_of
from bot.privacy.redact import pseudonym
from bot.store.memory import Exchange
from bot.words import Choice, Query, Reply

PATIENCE = 3.0
"""Seconds that a question waits for the database before it is answered without memory."""
_MOST_WRITTEN = 1_000
"""Replies whose JSON is remembered."""


def alone(secret: bytes, exchange: str) -> str:
    """Return the pseudonym of somebody who asked once, without a conversation: the exchange is all there is."""
    return pseudonym(secret, "api", exchange)


def wire(reply: Reply, exchange: str) -> dict[str, Any]:
    """Return a reply as it goes over the wire (`Answer`)."""
    return {
        "exchange": exchange,
        "outcome": reply.outcome.value,
        "entry": reply.entry,
        "entries": reply.entries,
        "score": reply.score,
        "text": reply.text,
        "body": reply.body,
        "signature": reply.signature,
        "choices": choices(reply.choices),
        "related": choices(reply.related),
        "contacts": [{"kind": c.kind, "label": c.label, "value": c.value} for c in reply.contacts],
        "sources": [{"title": s.title, "url": s.url, "date": s.date, "checked": s.checked} for s in reply.sources],
        "knowledge": reply.knowledge,
    }


def choices(offered: tuple[Choice, ...]) -> list[dict[str, str]]:
    """Return choices as they go over the wire."""
    return [{"question": c.question, "entry": c.entry} for c in offered]


def _new_exchange() -> str:
    """Return an id that nobody can guess; consecutive ones are close together in the index.

    Source: RFC 9562, 5.7 (UUIDv7): a timestamp followed by random bits.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


class Asking:
    """Answers questions of the web."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.front, self.service = parts, parts.front, parts.service
        self._written: IdentityCache[Reply, str] = IdentityCache(_MOST_WRITTEN)
        self._answers = Answers()

    async def once(self, asked: Ask, user: str, key: str, payer: str = "") -> str:
        """Return the answer to a question that may have been sent before under the same key, kept once.

        Made again if another process gave it, so it may be worded as it would be now.

        Raises:
            ApiError: 404 there is no such choice; 422 the key came with something else.
        """
        content = asked.model_dump_json()
        once = Once.of(self.parts.secret, key, user, content)
        exchange = pseudonym(self.parts.secret, "asked", f"{once.name} {content}")
        return await self._answers.of(once, lambda: self.answer(asked, user, payer, exchange))

    async def answer(self, asked: Ask, user: str, payer: str = "", exchange: str = "") -> str:
        """Return the answer to a question in JSON, kept under its exchange; `exchange`: one that may be kept already.

        `payer`: whose other questions it waits behind.

        Raises:
            ApiError: 404 there is no such choice.
        """
        front, again = self.front, bool(exchange)
        exchange = exchange or _new_exchange()
        entry = front.base.entry(asked.choice) if asked.choice else None
        if asked.choice and entry is None:
            raise ApiError(404, says="no_such_choice")
        text = asked.text or (question_of(entry) if entry else "")
        query = Query(
            text,
            user or alone(self.parts.secret, exchange),
            datetime.now(UTC),
            CHANNEL if user else "api",
            exchange,
            asked.choice,
            asked.language or front.base.language,
            chosen=asked.language is not None,
        )
        reply, kept = await self.service.ask(query, PATIENCE, payer=payer, passing=not user, again=again)
        return self._wired(reply, exchange if kept else "")

    def _wired(self, reply: Reply, exchange: str) -> str:
        """Return a reply in JSON; the part that is the same for everybody is serialised once."""
        empty = '{"exchange": ""'

        def rest(reply: Reply) -> str:
            return json.dumps(wire(reply, ""), ensure_ascii=False).removeprefix(empty)

        return f'{empty[:-1]}{exchange}"{self._written.of(reply, rest)}'

    async def feedback(self, said: Feedback, user: str) -> str:
        """Keep a user's verdict on their own answer, and return what to say. Idempotent; the last one counts.

        Raises:
            ApiError: 404 there is no such exchange of this user.
        """
        reason = said.reason or "" if said.verdict == "down" else ""
        _found(await self.service.rate(self._owners(said.exchange, user), said.exchange, said.verdict, reason))
        return "thanks" if said.verdict == "up" else "bad_noted" if reason else "why_bad"

    async def none(self, said: NoneOfThese, user: str) -> str:
        """Note that no choice fitted, and return what to say. Idempotent.

        Raises:
            ApiError: 404 there is no such exchange of this user.
        """
        _found(await self.service.none_fits(self._owners(said.exchange, user), said.exchange))
        return "none_noted"

    def _owners(self, exchange: str, user: str) -> list[str]:
        """Return the possible owners of an exchange: the request's user, or the exchange itself if it was asked without one."""
        return [*filter(None, [user]), alone(self.parts.secret, exchange)]


def _found(asked: Exchange | None) -> None:
    if asked is None:
        raise ApiError(404, says="no_such_exchange")
