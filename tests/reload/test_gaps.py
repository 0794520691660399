"""The gaps of a console whose queue anybody fills: 7,000 different questions make no page slow."""

import asyncio
import re
import time
from datetime import UTC, datetime

import pytest

from bot.channels.web.parts import Parts, WebOptions
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.desk.maintain import GapShown
from bot.reload import gaps as counted
from bot.reload.bench import Bench
from bot.reload.gaps import Counted, looked_at
from bot.store.database import Database, insert
from bot.store.gaps import Record
from bot.store.schema import unanswered
from tests.conftest import SHIPPED
from tests.served import counting
from tests.web.conftest import SECRET, Site
from tests.web.staffroom import ONE, Colleague, hire

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def record(id: int, question: str, user: str = "u", state: str = "new") -> Record:
    return Record(id, user, "web", NOW, question, "fallback", state=state)


class Slow:
    """A builder whose work takes as long as it is told, one desk each: what runs at once is counted."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.running = self.most = self.times = 0

    async def apart(self, function: object, folder: object, records: tuple[Record, ...], now: datetime) -> list:
        self.running, self.times = self.running + 1, self.times + 1
        self.most = max(self.most, self.running)
        await self.go.wait()
        self.running -= 1
        return [GapShown(r.id, r.state, 1, 1, (r.question,), (), now, "", "", "", (), (), (r.id,)) for r in records]


@pytest.fixture
async def slow() -> Slow:
    return Slow()


@pytest.fixture
def many() -> list[Record]:
    return [record(i, f"물음 {i}") for i in range(1, 101)]


async def test_views_at_once_count_once(slow: Slow, many: list[Record], shipped: HelpDesk) -> None:
    shown = Counted(SHIPPED, Front(shipped), slow)
    begun = time.monotonic()
    first = await asyncio.gather(*(shown.shown(many, NOW) for _ in range(6)))
    assert time.monotonic() - begun < 3
    assert all(f.counting and not f.gaps for f in first)
    assert (slow.times, slow.most) == (1, 1)
    slow.go.set()
    whole = await shown.shown(many, NOW, whole=True)
    assert (len(whole.gaps), whole.counting) == (100, False)


async def test_what_was_counted_is_shown_meanwhile_in_its_state_of_now(
    slow: Slow, many: list[Record], shipped: HelpDesk
) -> None:
    shown = Counted(SHIPPED, Front(shipped), slow)
    slow.go.set()
    await shown.shown(many, NOW, whole=True)
    slow.go.clear()
    marked = [record(1, "물음 1", state="ignored"), *many[1:]]
    again = await shown.shown(marked, NOW)
    assert (again.gaps[0].state, again.counting, slow.times) == ("ignored", False, 1)
    later = await shown.shown([*marked, record(200, "새 물음")], NOW)
    assert (len(later.gaps), later.counting) == (100, True)
    slow.go.set()
    assert len((await shown.shown([*marked, record(200, "새 물음")], NOW, whole=True)).gaps) == 101


def test_those_of_most_people_come_first_then_the_newest() -> None:
    flood = [record(10 + i, f"쓰레기 {i}") for i in range(2 * counted.MOST)]
    asked = [record(1, "모두가 묻는 말", "a"), record(2, "모두가 묻는 말", "b")]
    chosen, left = looked_at([*asked, *flood])
    assert asked[0] in chosen
    assert asked[1] in chosen
    assert flood[-1] in chosen
    assert flood[0] not in chosen
    assert left == counted.MOST + 1


@ONE
async def test_seven_thousand_questions_make_no_page_slow(database: Database, shipped: HelpDesk) -> None:
    row = {"channel": "web", "why": "fallback", "nearest": "", "at": datetime.now(UTC)}
    async with database.write() as connection:
        for at in range(0, 7_000, 500):
            rows = [{**row, "user": f"u{n % 90}", "question": f"나무 {n}번 이야기"} for n in range(at, at + 500)]
            await connection.execute(insert(connection, unanswered), rows)
    await hire(database, "maintainer", "m1")
    front, slow = Front(shipped), Slow()
    async with counting(database, front) as counter:
        bench = Bench(SHIPPED, front, slow, editable=False)
        site = Site(Parts(front, database, counter, SECRET, None, WebOptions(rate=0), bench))
        colleague = await Colleague(site).enter("m1")
        first = await timed(colleague)
        assert "세고 있습니다" in first
        slow.go.set()
        await asyncio.sleep(0.2)
        second = await timed(colleague)
        assert second.count('<tr id="g') == 100
        assert "세지 않은 물음 6500개" in second
        onward = re.search(r'href="([^"]+from=100)"', second)
        assert onward is not None


async def timed(colleague: Colleague) -> str:
    """The page of gaps; it may take a second of this process' own time beside what it waits."""
    begun = time.process_time()
    page = await colleague.get("/console/workshop")
    assert page.status_code == 200
    assert time.process_time() - begun < 1.0
    return page.text
