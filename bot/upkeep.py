"""What an operator does to the store from the command line."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.desk import report as reports
from bot.desk.report import Report
from bot.knowledge.base import KnowledgeBase
from bot.privacy.redact import pseudonym
from bot.settings import Settings, SettingsError, key_file, secret_of
from bot.store import accounts, asked, backup, facts, gaps, health, inbox, keys, outbox, retention, tickets
from bot.store import staff as members
from bot.store.database import Connection, Database, scrub_after
from bot.store.keys import Key
from bot.store.second import Second

T = TypeVar("T")


def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Run something on the database, brought to the newest revision, and return its result."""

    async def run() -> T:
        async with Database(settings.database_url) as database:
            await database.migrate()
            return await work(database)

    return asyncio.run(run())


def _writing(settings: Settings, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run something in one transaction, and return its result."""

    async def run(database: Database) -> T:
        async with database.write() as connection:
            return await work(connection)

    return with_database(settings, run)


def _reading(settings: Settings, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run something that only reads, and return its result."""

    async def run(database: Database) -> T:
        async with database.read() as connection:
            return await work(connection)

    return with_database(settings, run)


def back_up(settings: Settings, path: Path) -> int:
    """Write all rows to a file and return how many."""

    async def work(database: Database) -> int:
        rows = await backup.backup(database, path)
        async with database.write() as connection:
            await facts.put(connection, health.BACKUP, datetime.now(UTC).isoformat())
        return rows

    return with_database(settings, work)


def restore(settings: Settings, path: Path, *, replace: bool) -> int:
    """Read a back-up into the database and return how many rows.

    Raises:
        SettingsError: there is no key for pseudonyms yet; one made now would be another than the back-up's.
    """
    if not settings.secret and settings.database_url.startswith("sqlite") and not key_file(settings).exists():
        raise SettingsError(
            f"열쇠가 없습니다: 백업한 서버의 secret.key를 {key_file(settings)}에 두거나 그 서버의 HELPDESK_SECRET을 정하세요. "
            "다른 열쇠로는 되돌린 이용자를 알아보지 못하고, 지워 달라고 해도 지워지지 않습니다."
        )
    secret = secret_of(settings)
    return with_database(settings, lambda database: backup.restore(database, path, replace=replace, secret=secret))


def forget_key(settings: Settings) -> None:
    """Continue with the present key for pseudonyms, whatever key the database was filled with."""
    secret = secret_of(settings)
    _writing(settings, lambda connection: facts.put(connection, facts.KEY, facts.fingerprint(secret)))


def add_key(settings: Settings, name: str, role: str) -> str:
    """Make a key of the API and return it: it is shown this once.

    Raises:
        KeyRefusedError: the name or the role cannot be used.
    """
    return _writing(settings, lambda connection: keys.add(connection, name, role, datetime.now(UTC)))


def list_keys(settings: Settings) -> list[Key]:
    """Return the keys of the API, without what their holders send."""
    return _reading(settings, keys.every)


def remove_key(settings: Settings, name: str) -> bool:
    """Remove a key of the API; return whether there was one. It may still work for half a minute."""
    return _writing(settings, lambda connection: keys.remove(connection, name))


def purge(settings: Settings) -> dict[str, int]:
    """Delete what is older than its time and return how many rows went, by table."""

    async def work(connection: Connection) -> dict[str, int]:
        scrub_after(connection)
        keep, audited = timedelta(days=settings.retention_days), timedelta(days=settings.audit_days)
        return await retention.purge(connection, datetime.now(UTC), keep, audited)

    return _writing(settings, work)


def status(settings: Settings) -> dict[str, int]:
    """Return how many messages wait, were sent, and failed."""

    async def work(connection: Connection) -> dict[str, int]:
        received = {f"inbox {k}": v for k, v in (await inbox.counts(connection)).items()}
        sent = {f"outbox {k}": v for k, v in (await outbox.counts(connection)).items()}
        return received | sent | {"tickets open": await tickets.waiting(connection)}

    return _reading(settings, work)


def add_staff(settings: Settings, login: str, name: str, role: str, password: str) -> members.Member:
    """Make an account of the console."""
    return _writing(
        settings, lambda connection: accounts.add(connection, "", login, name, role, password, datetime.now(UTC))
    )


def all_staff(settings: Settings) -> list[members.Member]:
    """Return all accounts of the console."""
    return _reading(settings, members.every)


def disable_staff(settings: Settings, login: str) -> None:
    """Stop an account of the console."""
    _writing(settings, lambda connection: accounts.disable(connection, "", login, datetime.now(UTC)))


def reset_staff(settings: Settings, login: str, password: str) -> None:
    """Give an account of the console another password."""
    account = pseudonym(secret_of(settings), "login", login.strip().lower())
    _writing(
        settings,
        lambda connection: accounts.reset(connection, "", login, password, datetime.now(UTC), account=account),
    )


def second_factor(settings: Settings, login: str, issuer: str) -> Second:
    """Give an account of the console a second factor, and return it: it is shown this once."""
    return _writing(
        settings, lambda connection: accounts.give_second(connection, "", login, issuer, datetime.now(UTC))
    )


def left_behind(settings: Settings) -> list[gaps.Record]:
    """Return the questions that had no good answer, oldest first, with the answers that users rejected."""

    async def work(connection: Connection) -> list[gaps.Record]:
        await gaps.collect(connection, datetime.now(UTC))
        return await gaps.records(connection)

    return _writing(settings, work)


def name_gaps(settings: Settings, names: Mapping[int, int]) -> None:
    """Record under which gap each unanswered question was shown: gap by record."""
    if names:
        _writing(settings, lambda connection: gaps.name(connection, names))


def mark_gap(settings: Settings, records: Iterable[int], state: str) -> int:
    """Set the state of unanswered questions and return how many there are."""
    ids = list(records)
    return _writing(settings, lambda connection: gaps.mark(connection, ids, state))


def questions_asked(settings: Settings, most: int) -> list[asked.Asked]:
    """Return what people asked, most recent first, at most `most`; nothing where there is no database yet."""
    file = Database(settings.database_url).file
    if file is not None and not file.is_file():
        return []

    return _reading(settings, lambda connection: asked.questions(connection, most))


def report(settings: Settings, base: KnowledgeBase, since: datetime, until: datetime) -> Report:
    """Return the report on a period."""
    return _reading(settings, lambda connection: reports.report(connection, base, since, until))
