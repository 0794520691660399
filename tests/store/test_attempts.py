"""How long failed log-ins keep anybody waiting when the clock was wrong for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store import audit
from bot.store.database import Database
from tests.web.staffroom import ONE

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@ONE
@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1), timedelta(days=400)])
async def test_failures_of_a_clock_that_ran_ahead_lock_nobody_once_it_is_right(
    database: Database, ahead: timedelta
) -> None:
    async with database.write() as c:
        for number in range(audit.MOST_OF_STRANGERS + audit.MOST_OF_ADDRESS):
            for address in ("here", f"there{number}"):
                await audit.attempt(c, "account", address, NOW + ahead)
        assert (await audit.attempt(c, "account", "here", NOW + ahead)).line is None
        for address in ("here", "elsewhere"):
            assert (await audit.attempt(c, "account", address, NOW)).line is not None


@ONE
async def test_what_a_replica_noted_whose_clock_is_ahead_a_little_counts(database: Database) -> None:
    async with database.write() as c:
        for _ in range(audit.MOST_OF_ACCOUNT):
            await audit.attempt(c, "account", "here", NOW + audit.APART)
        refused = await audit.attempt(c, "account", "here", NOW)
    assert refused == audit.Attempt(None, audit.FIRST_PAUSE)
