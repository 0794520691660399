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
from bot.store.database import Database, scrub_after
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

    async def work(database: Database) -> None:
        async with database.write() as connection:
            await facts.put(connection, facts.KEY, facts.fingerprint(secret))

    with_database(settings, work)


def add_key(settings: Settings, name: str, role: str) -> str:
    """Make a key of the API and return it: it is shown this once.

    Raises:
        KeyRefusedError: the name or the role cannot be used.
    """

    async def work(database: Database) -> str:
        async with database.write() as connection:
            return await keys.add(connection, name, role, datetime.now(UTC))

    return with_database(settings, work)


def list_keys(settings: Settings) -> list[Key]:
    """Return the keys of the API, without what their holders send."""

    async def work(database: Database) -> list[Key]:
        async with database.read() as connection:
            return await keys.every(connection)

    return with_database(settings, work)


def remove_key(settings: Settings, name: str) -> bool:
    """Remove a key of the API; return whether there was one. It may still work for half a minute."""

    async def work(database: Database) -> bool:
        async with database.write() as connection:
            return await keys.remove(connection, name)

    return with_database(settings, work)


def purge(settings: Settings) -> dict[str, int]:
    """Delete what is older than its time and return how many rows went, by table."""

    async def work(database: Database) -> dict[str, int]:
        async with database.write() as connection:
            scrub_after(connection)
            keep, audited = timedelta(days=settings.retention_days), timedelta(days=settings.audit_days)
            return await retention.purge(connection, datetime.now(UTC), keep, audited)

    return with_database(settings, work)


def status(settings: Settings) -> dict[str, int]:
    """Return how many messages wait, were sent, and failed."""

    async def work(database: Database) -> dict[str, int]:
        async with database.read() as connection:
            received = {f"inbox {k}": v for k, v in (await inbox.counts(connection)).items()}
            sent = {f"outbox {k}": v for k, v in (await outbox.counts(connection)).items()}
            return received | sent | {"tickets open": await tickets.waiting(connection)}

    return with_database(settings, work)


def add_staff(settings: Settings, login: str, name: str, role: str, password: str) -> members.Member:
    """Make an account of the console."""

    async def work(database: Database) -> members.Member:
        async with database.write() as connection:
            return await accounts.add(connection, "", login, name, role, password, datetime.now(UTC))

    return with_database(settings, work)


def all_staff(settings: Settings) -> list[members.Member]:
    """Return all accounts of the console."""

    async def work(database: Database) -> list[members.Member]:
        async with database.read() as connection:
            return await members.every(connection)

    return with_database(settings, work)


def disable_staff(settings: Settings, login: str) -> None:
    """Stop an account of the console."""

    async def work(database: Database) -> None:
        async with database.write() as connection:
            await accounts.disable(connection, "", login, datetime.now(UTC))

    with_database(settings, work)


def reset_staff(settings: Settings, login: str, password: str) -> None:
    """Give an account of the console another password."""
    account = pseudonym(secret_of(settings), "login", login.strip().lower())

    async def work(database: Database) -> None:
        async with database.write() as connection:
            await accounts.reset(connection, "", login, password, datetime.now(UTC), account=account)

    with_database(settings, work)


def second_factor(settings: Settings, login: str, issuer: str) -> Second:
    """Give an account of the console a second factor, and return it: it is shown this once."""

    async def work(database: Database) -> Second:
        async with database.write() as connection:
            return await accounts.give_second(connection, "", login, issuer, datetime.now(UTC))

    return with_database(settings, work)


def left_behind(settings: Settings) -> list[gaps.Record]:
    """Return the questions that had no good answer, oldest first, with the answers that users rejected."""

    async def work(database: Database) -> list[gaps.Record]:
        async with database.write() as connection:
            await gaps.collect(connection, datetime.now(UTC))
            return await gaps.records(connection)

    return with_database(settings, work)


def name_gaps(settings: Settings, names: Mapping[int, int]) -> None:
    """Record under which gap each unanswered question was shown: gap by record."""

    async def work(database: Database) -> None:
        async with database.write() as connection:
            await gaps.name(connection, names)

    if names:
        with_database(settings, work)


def mark_gap(settings: Settings, records: Iterable[int], state: str) -> int:
    """Set the state of unanswered questions and return how many there are."""
    ids = list(records)

    async def work(database: Database) -> int:
        async with database.write() as connection:
            return await gaps.mark(connection, ids, state)

    return with_database(settings, work)


def questions_asked(settings: Settings, most: int) -> list[asked.Asked]:
    """Return what people asked, most recent first, at most `most`; nothing where there is no database yet."""
    file = Database(settings.database_url).file
    if file is not None and not file.is_file():
        return []

    async def work(database: Database) -> list[asked.Asked]:
        async with database.read() as connection:
            return await asked.questions(connection, most)

    return with_database(settings, work)


def report(settings: Settings, base: KnowledgeBase, since: datetime, until: datetime) -> Report:
    """Return the report on a period."""

    async def work(database: Database) -> Report:
        async with database.read() as connection:
            return await reports.report(connection, base, since, until)

    return with_database(settings, work)
