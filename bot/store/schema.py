"""The tables. Migrations make them; a test checks that both agree."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from bot.languages import KOREAN

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)
Key = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite auto-increments only a column of type INTEGER."""


_LENGTH = len("2026-01-01 00:00:00.000000")


class Moment(TypeDecorator[datetime]):
    """A moment with a time zone; kept in UTC, also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Return what prepares a value for the driver; for SQLite as SQLAlchemy would, in a quarter of the time."""
        return _sqlite_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def _sqlite_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    value = value if value.tzinfo is UTC else value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:_LENGTH]


def _id() -> Column[Any]:
    return Column("id", Key, primary_key=True, autoincrement=True)


inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("source", String(64), nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("lane", String(64), nullable=False, server_default=""),
    Column("body", Text),
    Column("state", String(12), nullable=False, server_default="new"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Moment),
    Column("received_at", Moment, nullable=False),
    Column("error", Text),
    UniqueConstraint("source", "update_id"),
    Index("ix_inbox_new", "id", sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'")),
    Index("ix_inbox_open", "lane", "id", sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'")),
)
"""Updates as they came. `lane`: what must be handled in order. Once handled, body and lane are deleted and the id stays."""

once = Table(
    "once",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("value", String(64), nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
)
"""Things that must not be done twice within a while: taps."""

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("key", String(80), nullable=False, unique=True),
    Column("lane", String(64), nullable=False),
    Column("user", String(64), nullable=False, server_default=""),
    Column("method", String(40), nullable=False),
    Column("payload", Text),
    Column("state", String(12), nullable=False, server_default="new"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Moment),
    Column("sender", String(40)),
    Column("ticket", BigInteger),
    Column("role", String(16), nullable=False, server_default=""),
    Column("source_message", BigInteger),
    Column("message_id", BigInteger),
    Column("error", Text),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Index("ix_outbox_new", "id", sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'")),
    Index(
        "ix_outbox_open",
        "lane",
        "id",
        sqlite_where=text("state in ('new', 'sending')"),
        postgresql_where=text("state in ('new', 'sending')"),
    ),
    Index(
        "ix_outbox_unknown",
        "lane",
        sqlite_where=text("state = 'unknown'"),
        postgresql_where=text("state = 'unknown'"),
    ),
    Index("ix_outbox_message", "lane", "message_id"),
    Index("ix_outbox_ticket", "ticket"),
)
"""Calls to make, in order per lane. States: new, sending, sent, unknown (maybe delivered), failed, joined
(said within another call; the row keeps its key)."""

people = Table(
    "people",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("language", String(2), nullable=False, server_default=""),
    Column("seen_at", Moment, nullable=False),
)
"""Who chose a language: a keyed hash, the language, and when they last asked."""

contexts = Table(
    "contexts",
    metadata,
    Column("conversation", String(96), primary_key=True),
    Column("user", String(64), nullable=False),
    Column("data", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
"""One row a conversation: a user in a private chat, or a user in one group. Every question writes one and few stay
longer than an hour: another index would cost more than reading them all when somebody is to be forgotten."""

exchanges = Table(
    "exchanges",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("user", String(64), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("reply", Text, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("entry", String(200), nullable=False, server_default=""),
    Column("score", Float, nullable=False, server_default="0"),
    Column("knowledge", String(12), nullable=False),
    Column("tapped", Boolean, nullable=False, server_default=text("false")),
)
"""Questions, redacted, and what was answered by which version of the knowledge."""

feedback = Table(
    "feedback",
    metadata,
    Column("exchange", String(40), primary_key=True),
    Column("user", String(64), nullable=False, index=True),
    Column("verdict", String(4), nullable=False),
    Column("reason", String(12), nullable=False, server_default=""),
    Column("entry", String(200), nullable=False, server_default=""),
    Column("knowledge", String(12), nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
)

unanswered = Table(
    "unanswered",
    metadata,
    _id(),
    Column("user", String(64), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("why", String(16), nullable=False),
    Column("nearest", String(200), nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    Column("ticket", BigInteger),
    Column("state", String(8), nullable=False, server_default="new"),
    Column("note", Text, nullable=False, server_default=""),
    Column("gap", BigInteger),
)
"""For maintainers: questions without an answer, rejected answers, those that a person answered, and flags."""

tickets = Table(
    "tickets",
    metadata,
    _id(),
    Column("user", String(64), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("chat", String(64), nullable=False, server_default=""),
    Column("language", String(2), nullable=False, server_default=KOREAN),
    Column("state", String(8), nullable=False, server_default="open"),
    Column("relay", Boolean, nullable=False, server_default=text("true")),
    Column("question", Text, nullable=False, server_default=""),
    Column("opened_at", Moment, nullable=False),
    Column("claimed_by", String(80), nullable=False, server_default=""),
    Column("claimed_at", Moment),
    Column("closed_at", Moment),
    Column("staff_chat", String(64), nullable=False, server_default=""),
    Column("topic", BigInteger),
    Column("root_message", BigInteger),
    Column("recreated", Integer, nullable=False, server_default="0"),
    Index(
        "ix_tickets_open", "user", sqlite_where=text("state <> 'closed'"), postgresql_where=text("state <> 'closed'")
    ),
)
"""Questions that wait for a person. `relay`: what the user writes goes to staff. `chat`: where to answer."""

ticket_messages = Table(
    "ticket_messages",
    metadata,
    _id(),
    Column("ticket", BigInteger, nullable=False, index=True),
    Column("author", String(8), nullable=False),
    Column("name", String(80), nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("staff_message", BigInteger),
    Column("user_message", BigInteger),
    Column("delivery", String(8), nullable=False, server_default=""),
)

looks = Table(
    "looks",
    metadata,
    Column("ticket", BigInteger, primary_key=True, autoincrement=False),
    Column("staff", BigInteger, primary_key=True, autoincrement=False),
    Column("read", BigInteger, nullable=False, server_default="0"),
    Column("at", Moment, nullable=False),
    Column("writing_at", Moment),
)
"""Which members of staff look at a case, when they were last seen there, and the last message they have read."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("ticket", BigInteger, primary_key=True, autoincrement=False),
    Column("contact", String(120), nullable=False),
    Column("at", Moment, nullable=False),
)
"""Where a user wants to be called or written to about a case, as they typed it. Deleted when the case is closed."""

due = Table(
    "due",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("data", Text, nullable=False, server_default=""),
)
"""Tasks planned for a time; they survive a restart."""

forgotten = Table(
    "forgotten", metadata, Column("user", String(64), primary_key=True), Column("at", Moment, nullable=False)
)
"""Who asked to be forgotten, so that a restored back-up does not bring them back."""

staff = Table(
    "staff",
    metadata,
    _id(),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("role", String(12), nullable=False),
    Column("password", String(200), nullable=False),
    Column("state", String(8), nullable=False, server_default="active"),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment),
    Column("shift_at", Moment),
    Column("preferences", Text, nullable=False, server_default="{}"),
)
"""Who may use the console. Roles: agent, maintainer, admin. `shift_at`: when the last shift ended."""

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("staff", BigInteger, nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)
"""Who is logged in. `token` is the SHA-256 of what the browser holds."""

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Moment, nullable=False, index=True),
    Column("staff", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("target", String(200), nullable=False, server_default=""),
    Column("detail", Text, nullable=False, server_default=""),
)
"""What members of staff did, and who tried to log in."""

facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the program knows of its own database."""

keys = Table(
    "keys",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("role", String(12), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment),
)
"""Keys of the HTTP API, by the SHA-256 of the key. Roles: public, agent, maintainer."""

answers = Table(
    "answers",
    metadata,
    _id(),
    Column("entry", String(200), nullable=False),
    Column("version", String(12), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("correction", Boolean, nullable=False, server_default=text("false")),
    Index("ix_answers_entry", "entry", "at"),
)
"""How answers changed: a row for each new text of an entry; an empty text when the entry was removed."""

subscribers = Table(
    "subscribers",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("chat", String(64), nullable=False),
    Column("language", String(2), nullable=False, server_default=KOREAN),
    Column("at", Moment, nullable=False),
)
"""Who subscribed to corrections of answers that they got, and where to send them."""
