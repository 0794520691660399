"""Answer a channel's query: remove personal data, ask the desk, record the exchange."""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, TypeVarTuple

from bot import metrics
from bot.desk.context import LIFETIME, Context
from bot.desk.desk import HelpDesk
from bot.desk.reasons import Reason
from bot.knowledge.base import KnowledgeBase
from bot.privacy.redact import Redactor, unlabelled
from bot.store.memory import Conversation, Exchange, Memory, Unanswered
from bot.words import Outcome, Problem, Query, Reply

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_NUMBER = re.compile(r"\d[\d-]{5,}\d")
_LONGEST_KEPT = 1000
"""Characters of a question that are kept."""
_NO_GAP = (Reason.EMPTY, Reason.CHOSEN)
"""Why nothing is missing though nothing was answered: nothing was asked, or it was offered and says that it is not covered."""


def public_numbers(base: KnowledgeBase) -> Iterator[str]:
    """Return the long numbers in a knowledge base: they are nobody's secret."""
    for entry in base.entries.values():
        for text in (*entry.questions, *(p.text for p in entry.phases)):
            yield from _NUMBER.findall(text)


def is_crisis(base: KnowledgeBase, id: str) -> bool:
    """Tell whether the entry of a reply is the one for somebody who may be in danger."""
    entry = base.entry(id)
    return entry is not None and base.is_urgent(entry)


class Front:
    """Asks a desk for many users. Replacing `desk` is one assignment; a turn under way ends on the old one.

    Whatever reads or ranks a text goes through `apart`, one after the other in one thread, so that nothing else waits
    for it.
    """

    def __init__(self, desk: HelpDesk) -> None:
        self.generation = 0
        """Serial number of the desk that is served: what is derived from one belongs to its generation."""
        self.faults: tuple[Problem, ...] = ()
        """Why the newest files cannot serve and an earlier version does; empty where they do."""
        self.doubts: tuple[Problem, ...] = ()
        """What a check finds in the knowledge that is served: it is reported, and prevents nothing."""
        self.finding = 0
        """How many texts are being read, or wait to be."""
        self.found = float("-inf")
        """When one was last read, by the loop's clock."""
        self._thread = ThreadPoolExecutor(1, "answers")
        self._made: dict[Callable[[HelpDesk], Any], Any] = {}
        self.serve(desk)

    def serve(self, desk: HelpDesk) -> None:
        """Serve another desk from now on."""
        self.redact = Redactor(public_numbers(desk.base))
        self.desk, self._made = desk, {}  # what was made of the one before goes with it: a desk takes 100 MB
        self.generation += 1

    def made(self, make: Callable[[HelpDesk], T]) -> T:
        """Return what a function makes of the desk that is served; it is made once for each desk."""
        made = self._made
        if make not in made:
            made[make] = make(self.desk)
        found: T = made[make]
        return found

    @property
    def base(self) -> KnowledgeBase:
        return self.desk.base

    async def warm(self) -> None:
        """Do in advance what is otherwise done at the first question."""
        await self.apart(self.desk.warm)

    async def apart(self, work: Callable[[*Ts], T], *given: *Ts) -> T:
        """Do what reads or ranks a text where answers are found, in turn with them; meanwhile everything else goes on."""
        loop = asyncio.get_running_loop()
        self.finding += 1
        try:
            return await loop.run_in_executor(self._thread, work, *given)
        finally:
            self.finding -= 1
            self.found = loop.time()

    async def ask(self, memory: Memory, query: Query, conversation: str = "") -> Reply:
        """Answer a query and note it, without its personal data, under `query.id`.

        `conversation` tells apart what one user says in several places; by default it is the user.
        """
        query, base = _with(query, self.redact(query.text)), self.base
        conversation = conversation or query.user
        kept = memory.contexts.get(conversation)
        context = (Context.load(kept) if kept else Context()).live(query.received_at)
        reply, context = await self._answered(query, context)
        now = query.received_at
        question = query.text[:_LONGEST_KEPT]
        memory.answered(
            Exchange(
                query.id,
                query.user,
                query.channel,
                now,
                question,
                reply.text,
                reply.outcome.value,
                reply.entry,
                reply.score,
                base.version,
                bool(query.choice),
            ),
            Conversation(conversation, query.user, context.dump(), now + LIFETIME),
        )
        if reply.outcome is Outcome.FALLBACK and reply.why not in _NO_GAP and not _talk(base, reply):
            nearest = reply.choices[0].entry if reply.choices else ""
            memory.unanswered.append(Unanswered(query.user, query.channel, now, question, "fallback", nearest))
        return reply

    async def alone(self, query: Query) -> Reply:
        """Answer a query as if nothing was known of its user; nothing is kept."""
        return (await self._answered(_with(query, self.redact(query.text)), Context()))[0]

    async def tried(self, query: Query) -> Reply:
        """Answer whoever tries the desk out: with a memory of its own, which goes with the process."""
        query = _with(query, self.redact(query.text))
        return await self.apart(self.desk.ask, query)

    async def _answered(self, query: Query, context: Context) -> tuple[Reply, Context]:
        found = await self._found(query, context)
        metrics.replies(query.channel, found[0].outcome.value).inc()
        return found

    async def _found(self, query: Query, context: Context) -> tuple[Reply, Context]:
        desk, query = self.desk, _with(query, unlabelled(query.text))
        found = desk.remembered(query, context)
        return await self.apart(desk.answer, query, context) if found is None else found

    async def in_danger(self, text: str, now: datetime) -> bool:
        """Tell whether a text is answered as one of somebody who may be in danger. Such words are kept for nobody to learn."""
        query, base = Query(self.redact(text), "danger", now), self.base
        return bool(text.strip()) and is_crisis(base, (await self._found(query, Context()))[0].entry)

    def reset(self, memory: Memory, query: Query, conversation: str = "") -> None:
        """Start a conversation over."""
        name = conversation or query.user
        memory.remember(Conversation(name, query.user, Context().dump(), query.received_at))


def _talk(base: KnowledgeBase, reply: Reply) -> bool:
    """Tell whether a reply is one to talk, above all to somebody in danger: such words are no gap in the knowledge."""
    entry = base.entry(reply.entry) if reply.entry else None
    return entry is not None and entry.frame in base.talk.values()


def _with(query: Query, text: str) -> Query:
    return query if text == query.text else replace(query, text=text)
