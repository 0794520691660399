"""What the console keeps, on either database."""

import asyncio

from bot.store import audit
from bot.store.database import Database
from tests.web.conftest import Opens
from tests.web.staffroom import Colleague, hire


async def test_many_guesses_at_once_count_one_by_one(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        guesses = [Colleague(opened, f"203.0.113.{i}").log_in("agent1", f"guess-number-{i}") for i in range(20)]
        statuses = [r.status_code for r in await asyncio.gather(*guesses)]
    assert statuses.count(401) == audit.MOST_OF_ACCOUNT
    assert statuses.count(429) == 20 - audit.MOST_OF_ACCOUNT
