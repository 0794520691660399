"""Questions of the API answered and kept, and what users say of the answers."""

import json
import logging
import secrets
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import metrics
from bot.channels.web.api_models import Ask, Feedback, NoneOfThese
from bot.channels.web.api_once import Answers, Once
from bot.channels.web.api_request import (
    CHANNEL,
)
from bot.channels.web.errors import ApiError
from bot.channels.web.parts import Parts
from bot.desk.compose import question_of
from bot.desk.context import Context
from bot.desk.language import spoken
from bot.matching.remember import Made
from bot.store import flags, inbox, memory
from bot.store.database import Connection, unavailable
from bot.store.memory import Exchange, Memory, Unanswered
from bot.store.redact import pseudonym
from bot.words import Choice, Outcome, Query, Reply

log = logging.getLogger(__name__)
PATIENCE = 3.0
"""Seconds that a question waits for the database before it is answered without memory."""
_REPEATED = timedelta(days=2)
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
    """Return an id that nobody can guess; what is kept one after another stands together in the index.

    Source: RFC 9562, 5.7, whose order of a moment and random bits this is.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


class Asking:
    """Answers questions of the web."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.front = parts, parts.front
        self._written: Made[Reply, str] = Made(_MOST_WRITTEN)
        self._answers = Answers()

    async def once(self, asked: Ask, user: str, key: str) -> str:
        """Return the answer to a question that may have been sent before under the same key, kept once.

        Made anew where it was given in another process: then it may be worded as it would be now.

        Raises:
            ApiError: 404 there is no such choice; 422 the key came with something else.
        """
        content = asked.model_dump_json()
        once = Once.of(self.parts.secret, key, user, content)
        exchange = pseudonym(self.parts.secret, "asked", f"{once.name} {content}")
        return await self._answers.of(once, lambda: self.answer(asked, user, exchange))

    async def answer(self, asked: Ask, user: str, exchange: str = "") -> str:
        """Return the answer to a question in JSON, kept under its exchange; `exchange`: one that may be kept already.

        Raises:
            ApiError: 404 there is no such choice.
        """
        front, again = self.front, bool(exchange)
        exchange = exchange or _new_exchange()
        entry = front.base.entry(asked.choice) if asked.choice else None
        if asked.choice and entry is None:
            raise ApiError(404, "그런 선택지가 없습니다. 다시 물어보세요.", code="no_such_choice")
        text = asked.text or (question_of(entry) if entry else "")
        query = Query(
            front.redact(text),
            user or alone(self.parts.secret, exchange),
            datetime.now(UTC),
            CHANNEL if user else "api",
            exchange,
            asked.choice,
            asked.language or spoken(text) or "ko",
        )
        reply = await self._kept(query, known=bool(user), chosen=bool(asked.language), again=again)
        if reply is None:
            reply, exchange = front.desk.answer(query, Context())[0], ""
        metrics.replies(query.channel, reply.outcome.value).inc()
        return self._wired(reply, exchange)

    def _wired(self, reply: Reply, exchange: str) -> str:
        """Return a reply in JSON: what of it is the same for everybody is written once."""
        empty = '{"exchange": ""'

        def rest(reply: Reply) -> str:
            return json.dumps(wire(reply, ""), ensure_ascii=False).removeprefix(empty)

        return f'{empty[:-1]}{exchange}"{self._written.of(reply, rest)}'

    async def _kept(self, query: Query, *, known: bool, chosen: bool, again: bool) -> Reply | None:
        """Return the reply and keep the exchange; `None` where the database is away. `chosen`: the language is."""

        async def work(connection: Connection, memory: Memory) -> Reply:
            if again and await self._exchange(connection, query.id, query.user):
                memory = Memory(dict(memory.contexts), dict(memory.languages))  # kept already: of this nothing is
            language = query.language if chosen else memory.languages.get(query.user) or query.language
            if chosen and known:
                memory.languages[query.user] = language
            asked = query if language == query.language else replace(query, language=language)
            reply = self.front.ask(memory, asked)
            if not known:  # nobody will go on with it
                memory.conversations.pop(query.user, None)
            return reply

        try:
            return await self.parts.counter.do(query.user, query.received_at, work, patience=PATIENCE)
        except Exception as error:
            if not unavailable(error):
                raise
            metrics.UNREMEMBERED.labels(CHANNEL).inc()
            log.warning("answered without memory: %s", type(error).__name__)
            return None

    async def feedback(self, said: Feedback, user: str) -> str:
        """Keep what a user says of an answer of their own, and return what to say. Idempotent; the last word counts.

        Raises:
            ApiError: 404 there is no such exchange of this user.
        """
        now = datetime.now(UTC)
        reason = said.reason or "" if said.verdict == "down" else ""

        async def work(connection: Connection, memory: Memory) -> Exchange | None:
            asked = await self._exchange(connection, said.exchange, user)
            if asked is None:
                return None
            memory.feedback.append(_feedback(asked, said.verdict, reason, now))
            key, value = f"{CHANNEL}:fb:{asked.id}", f"{said.verdict}:{reason}"
            first = await inbox.first_time(connection, key, value, now, _REPEATED)
            if first and (reason or said.verdict == "up"):
                await flags.withdraw(connection, asked.user, asked.channel, asked.question, asked.entry)
            if reason and first:
                memory.unanswered.append(
                    Unanswered(asked.user, asked.channel, now, asked.question, "down", asked.entry, note=reason)
                )
            return asked

        _found(await self.parts.counter.do(user or alone(self.parts.secret, said.exchange), now, work))
        metrics.FEEDBACK.labels(said.verdict).inc()
        return "thanks" if said.verdict == "up" else "bad_noted" if reason else "why_bad"

    async def none(self, said: NoneOfThese, user: str) -> str:
        """Note that no choice fitted, and return what to say. Idempotent.

        Raises:
            ApiError: 404 there is no such exchange of this user.
        """
        now = datetime.now(UTC)

        async def work(connection: Connection, memory: Memory) -> Exchange | None:
            asked = await self._exchange(connection, said.exchange, user)
            if asked is None:
                return None
            first = await inbox.first_time(connection, f"{CHANNEL}:none:{asked.id}", "", now, _REPEATED)
            if first and asked.outcome == Outcome.ASK:  # what had no answer is noted already
                memory.unanswered.append(
                    Unanswered(asked.user, asked.channel, now, asked.question, "none", asked.entry)
                )
            return asked

        _found(await self.parts.counter.do(user or alone(self.parts.secret, said.exchange), now, work))
        return "none_noted"

    async def _exchange(self, connection: Connection, id: str, user: str) -> Exchange | None:
        for owner in filter(None, (user, alone(self.parts.secret, id))):
            found = await memory.exchange_of(connection, id, owner)
            if found is not None:
                return found
        return None  # said outside: a turn that raises would have its whole batch done again


def _found(asked: Exchange | None) -> None:
    if asked is None:
        message = "그런 답이 없습니다. 물은 이용자의 X-Helpdesk-User와 함께 보내세요."
        raise ApiError(404, message, code="no_such_exchange")


def _feedback(asked: Exchange, verdict: str, reason: str, now: datetime) -> memory.Feedback:
    return memory.Feedback(asked.id, asked.user, verdict, now, reason, asked.entry, asked.knowledge)
