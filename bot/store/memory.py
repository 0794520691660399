"""What turns of conversations read from the store and leave in it, many turns at a time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import contexts, exchanges, feedback, people, unanswered
from bot.store.sqlite import driven
from bot.store.tickets import Ticket, open_tickets
from bot.store.upsert import Rows, write


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, redacted, and its reply."""

    id: str
    user: str
    channel: str
    at: datetime
    question: str
    reply: str
    outcome: str
    entry: str
    score: float
    knowledge: str
    tapped: bool = False


@dataclass(frozen=True, slots=True)
class Feedback:
    """A user's verdict on an answer. A later one on the same exchange replaces an earlier one."""

    exchange: str
    user: str
    verdict: str
    at: datetime
    reason: str = ""
    entry: str = ""
    knowledge: str = ""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question for maintainers. `why`: fallback, none, down, staff (a person answered it), call (an agent found
    nothing), wrong or stale (an agent flagged the answer `nearest`). `note`: what staff add."""

    user: str
    channel: str
    at: datetime
    question: str
    why: str
    nearest: str = ""
    answer: str = ""
    ticket: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation's context as it is kept."""

    conversation: str
    user: str
    data: str
    expires_at: datetime


@dataclass(slots=True)
class Memory:
    """A working set: load it for the users of a batch, let turns read and change it, flush it."""

    contexts: dict[str, str] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    seen: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    async def load(
        cls, connection: AsyncConnection, conversations: Iterable[str], users: Iterable[str], now: datetime
    ) -> "Memory":
        """Return what is known of users and their conversations."""
        found: dict[str, dict[str, str]] = {"context": {}, "person": {}, "ticket": {}}
        for what, name, value in await _recalled(connection, list(conversations), list(users), now):
            found[what][name] = value
        waiting = list(found["ticket"])
        tickets = await open_tickets(connection, waiting) if waiting else {}
        return cls(found["context"], found["person"], tickets)

    def remember(self, kept: Conversation) -> None:
        """Keep a conversation's context."""
        self.contexts[kept.conversation] = kept.data
        self.conversations[kept.conversation] = kept

    def answered(self, exchange: Exchange, after: Conversation | None = None) -> None:
        """Keep an exchange, once, and the conversation after it."""
        self.exchanges.append(exchange)
        self.seen[exchange.user] = exchange.at
        if after is not None:
            self.remember(after)

    def forget(self, user: str) -> None:
        """Drop what this batch would have written about a user."""
        self.languages.pop(user, None)
        self.tickets.pop(user, None)
        self.seen.pop(user, None)
        for kept in [c for c in self.conversations.values() if c.user == user]:
            del self.conversations[kept.conversation]
            self.contexts.pop(kept.conversation, None)
        self.exchanges = [e for e in self.exchanges if e.user != user]
        self.feedback = [f for f in self.feedback if f.user != user]
        self.unanswered = [u for u in self.unanswered if u.user != user]

    async def flush(self, connection: AsyncConnection, *, last: bool = False) -> None:
        """Write what the turns left, and clear it. `last`: nothing more comes in this transaction."""
        seen = [(user, language, at) for user, at in self.seen.items() if (language := self.languages.get(user))]
        await write(
            connection,
            _rows(exchanges, Exchange, self.exchanges),  # a repetition is kept once
            _rows(contexts, Conversation, self.conversations.values(), "conversation"),
            _rows(feedback, Feedback, self.feedback, "exchange"),
            Rows(people, ("user", "language", "seen_at"), seen, ("user",)),
            _rows(unanswered, Unanswered, self.unanswered),
            last=last,
        )
        self.exchanges, self.feedback, self.unanswered, self.conversations, self.seen = [], [], [], {}, {}


_RECALL = """
SELECT 'context', conversation, data FROM contexts WHERE conversation {conversations} AND expires_at > {now}
UNION ALL SELECT 'person', "user", language FROM people WHERE "user" {users}
UNION ALL SELECT 'ticket', "user", '' FROM tickets WHERE "user" {users} AND state <> 'closed'
"""
"""Everything known of the users of a batch in one statement, whose text does not depend on their number."""
_RECALL_SQLITE = _RECALL.format(
    conversations="IN (SELECT value FROM json_each(?1))", now="?2", users="IN (SELECT value FROM json_each(?3))"
)
_RECALL_POSTGRESQL = _RECALL.format(
    conversations="= ANY(CAST($1 AS text[]))", now="$2", users="= ANY(CAST($3 AS text[]))"
)


async def _recalled(
    connection: AsyncConnection, conversations: list[str], users: list[str], now: datetime
) -> Iterable[Sequence[Any]]:
    """Return what is known as rows of (context, person or ticket; whose; what)."""
    if connection.dialect.name != "sqlite":
        rows = await connection.exec_driver_sql(_RECALL_POSTGRESQL, (conversations, now, users))
        return [tuple(row) for row in rows]
    dialect = connection.dialect
    moment = contexts.c.expires_at.type.dialect_impl(dialect).bind_processor(dialect)
    assert moment is not None
    values = json.dumps(conversations), moment(now), json.dumps(users)
    return (await driven(connection, [(_RECALL_SQLITE, values)]))[0]


_Kept = Exchange | Feedback | Unanswered | Conversation
_NAMES = {kind: tuple(f.name for f in fields(kind)) for kind in (Exchange, Feedback, Unanswered, Conversation)}
_FIELDS = {kind: attrgetter(*names) for kind, names in _NAMES.items()}


def _rows(table: Table, kind: type[_Kept], values: Iterable[_Kept], *key: str) -> Rows:
    """Return values as rows; not by `asdict`, which copies every field."""
    return Rows(table, _NAMES[kind], list(map(_FIELDS[kind], values)), key)


async def exchange_of(connection: AsyncConnection, id: str, user: str) -> Exchange | None:
    """Return a user's own exchange."""
    row = (await connection.execute(select(exchanges).where(exchanges.c.id == id, exchanges.c.user == user))).first()
    return _exchange(row) if row else None


async def recent(connection: AsyncConnection, user: str, limit: int) -> list[Exchange]:
    """Return a user's last exchanges, oldest first."""
    statement = select(exchanges).where(exchanges.c.user == user).order_by(exchanges.c.at.desc()).limit(limit)
    return [_exchange(row) for row in reversed((await connection.execute(statement)).all())]


def _exchange(row: Row[Any]) -> Exchange:
    return Exchange(**row._mapping)


async def language_of(connection: AsyncConnection, user: str) -> str:
    """Return the language that a user chose, or empty."""
    found = await connection.execute(select(people.c.language).where(people.c.user == user))
    return str(found.scalar_one_or_none() or "")


async def drop_context(connection: AsyncConnection, conversation: str) -> None:
    """Forget a conversation. Idempotent."""
    await connection.execute(delete(contexts).where(contexts.c.conversation == conversation))


async def leave(connection: AsyncConnection, row: Unanswered) -> None:
    """Leave a question for maintainers immediately, rather than with the rest of a batch."""
    await Memory(unanswered=[row]).flush(connection)
