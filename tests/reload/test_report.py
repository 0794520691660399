"""Analytics, the report, and the weekly summary: counted from a database that is known to the last row."""

import asyncio
import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot import app
from bot.channels.telegram.courier import TelegramCourier
from bot.desk import report as reports
from bot.desk.front import Front
from bot.desk.report import Missing, due_by_owner, last_week, missing, summary
from bot.desk.table import as_csv
from bot.desk.weekly import Weekly, next_time
from bot.knowledge.base import KST, KnowledgeBase
from bot.knowledge.build import load
from bot.store import analytics, due, outbox, tickets
from bot.store.analytics import Use
from bot.store.database import Database
from bot.store.memory import Exchange, Feedback, Memory, Unanswered
from tests.reload.conftest import Group

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=KST)
START = MONDAY - timedelta(days=7)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ENTRIES = """
defaults: {owner: 안내팀, verified_on: 2026-08-01, review_by: 2026-11-20}
entries:
- {id: period, questions: [접수 기간이 언제인가요], answer: 글}
- {id: money, questions: [얼마를 받나요], answer: 글, owner: 정산팀, review_by: 2026-12-01}
- {id: never, questions: ["=누가 찾나요"], answer: 글, owner: 정산팀, review_by: 2027-12-01}
- {id: hi, kind: smalltalk, questions: [안녕], answer: 반갑습니다, review_by: 2027-12-01}
"""


@pytest.fixture
def base(folder: Callable[..., Path]) -> KnowledgeBase:
    return load(folder(entries=ENTRIES))


class Past:
    """Leaves what happened."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.memory = Memory()

    def asked(
        self, user: str, entry: str, at: datetime, *, outcome: str = "answer", tapped: bool = False, verdict: str = ""
    ) -> None:
        id = f"{user}{at.timestamp():.0f}{entry}"[:40]
        self.memory.answered(Exchange(id, user, "web", at, "?", "글", outcome, entry, 1.0, "v", tapped))
        if verdict:
            self.memory.feedback.append(Feedback(id, user, verdict, at + MINUTE, "", entry, "v"))

    def missed(self, user: str, question: str, at: datetime, why: str = "fallback") -> None:
        self.memory.unanswered.append(Unanswered(user, "web", at, question, why))

    async def ticket(self, user: str, at: datetime) -> None:
        async with self.database.write() as c:
            await tickets.open_ticket(c, user, "web", "", "ko", "", at, "")

    async def write(self) -> None:
        async with self.database.write() as c:
            await self.memory.flush(c)


async def fill(database: Database) -> None:
    past = Past(database)
    past.asked("a", "period", START)  # the first moment is within
    past.asked("a", "period", START + 5 * MINUTE)  # the same intent
    past.asked("a", "period", START + 3 * HOUR)
    past.asked("b", "period", START + HOUR, verdict="down")
    past.asked("c", "period", START + HOUR, tapped=True, verdict="up")
    past.asked("c", "money", START + DAY)
    past.asked("c", "", START + DAY + MINUTE, outcome="handover")
    await past.ticket("c", START + DAY + MINUTE)
    past.asked("d", "money", START + DAY)
    past.asked("d", "period", START + DAY + MINUTE)
    await past.ticket("d", START + DAY + 3 * HOUR)  # long after
    past.asked("e", "", START + DAY, outcome="fallback")
    past.asked("e", "hi", START + DAY, outcome="smalltalk")
    past.asked("z", "period", MONDAY)  # the end is not within
    past.asked("z", "money", START - DAY)
    for user, question in (
        ("a", "주차는 되나요?"),
        ("b", "주차는  되나요"),
        ("a", "주차는 되나요"),
        ("c", "다른 것"),
    ):
        past.missed(user, question, START + DAY)
    past.missed("d", "사람이 답한 것", START + DAY, why="staff")
    await past.write()


async def test_use_is_counted_in_intents_and_people(database: Database) -> None:
    await fill(database)
    async with database.read() as c:
        used = await analytics.usage(c, START, MONDAY)
        totals = await analytics.totals(c, START, MONDAY)
    assert used == [
        Use("period", asks=5, people=4, up=1, down=1, handoffs=0),
        Use("money", asks=2, people=2, handoffs=1),
        Use("hi", asks=1, people=1),
    ]
    assert (totals.typed, totals.taps, totals.people) == (10, 1, 5)
    assert totals.outcomes == {"answer": 7, "fallback": 1, "handover": 1, "smalltalk": 1}
    assert (totals.up, totals.down, totals.tickets) == (1, 1, 2)


async def test_report_lists_what_is_missing_due_and_unused(database: Database, base: KnowledgeBase) -> None:
    await fill(database)
    async with database.read() as c:
        found = await reports.report(c, base, START, MONDAY)
    assert [(r.entry, r.use.asks) for r in found.rows] == [("period", 5), ("money", 2), ("never", 0)]
    assert found.rows[0].down_rate == 0.2
    assert found.rows[1].handoff_rate == 0.5
    assert found.missing == (Missing("주차는 되나요", 2), Missing("다른 것", 1))
    assert (found.due, found.late) == ({"안내팀": 1, "정산팀": 1}, 1)
    assert found.unused == ("never",)
    text = summary(found, base)
    for part in (
        "(11-16~11-23)",
        "물음 10건(5명), 단추로 고른 답 1건",
        "답함 70% · 되물음 0% · 모름 10% · 상담 10%",
        "평가 2건 가운데 👎 1건(50%) · 상담 접수 2건",
        "1. 접수 기간이 언제인가요 (5)",
        "1. 주차는 되나요 (2)",
        "다시 볼 답 2개(기한 지남 1개): 안내팀 1, 정산팀 1",
        "쓰이지 않은 답 1개",
    ):
        assert part in text, part
    rows = list(csv.reader(io.StringIO(as_csv(found.rows, found.unused).decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["항목", "period", "money", "never"]
    assert rows[1][5:] == ["5", "4", "1", "1", "0.200", "0", "0.000", ""]
    assert rows[3][1] == "'=누가 찾나요"
    assert rows[3][-1] == "예"


async def test_an_empty_week_is_said_to_be_one(database: Database, base: KnowledgeBase) -> None:
    async with database.read() as c:
        text = summary(await reports.report(c, base, START, MONDAY), base)
    assert "물음이 없었습니다" in text
    assert "많이 물은 것" not in text


def test_days_and_weeks_are_korean() -> None:
    wednesday = datetime(2026, 11, 25, 0, 30, tzinfo=KST)
    assert last_week(wednesday) == (datetime(2026, 11, 16, tzinfo=KST), datetime(2026, 11, 23, tzinfo=KST))
    assert next_time("월 09:00", wednesday) == MONDAY + 7 * DAY
    assert next_time("월 09:00", MONDAY) == MONDAY + 7 * DAY
    assert next_time("월 09:00", MONDAY - MINUTE) == MONDAY
    assert next_time("수 00:30", wednesday - MINUTE) == wednesday
    assert next_time("화 23:00", wednesday) == datetime(2026, 12, 1, 23, 0, tzinfo=KST)


def test_what_is_missing_is_one_question_however_it_is_spaced() -> None:
    assert missing([("a", "A/S 되나요?"), ("b", "a/s되나요"), ("b", "!!")]) == (Missing("a/s되나요", 2),)


def test_due_is_counted_by_template_and_owner(base: KnowledgeBase) -> None:
    assert due_by_owner(base, date(2026, 11, 1)) == ({}, 0)
    assert due_by_owner(base, date(2026, 11, 20)) == ({"안내팀": 1, "정산팀": 1}, 0)


def weekly(database: Database, folder: Path, group: Group, when: str = "월 09:00") -> Weekly:
    return Weekly(Front(app.desk(folder)), database, group, when)


async def test_the_summary_comes_once_among_replicas_and_again_a_week_later(
    database: Database, folder: Callable[..., Path]
) -> None:
    await fill(database)
    group, place = Group(), folder(entries=ENTRIES)
    replicas = [weekly(database, place, group) for _ in range(3)]
    for one in replicas:
        await one.plan(MONDAY - DAY)
        assert not await one.step(MONDAY - MINUTE)
    assert sum(await asyncio.gather(*(one.step(MONDAY) for one in replicas))) == 1
    ((key, text),) = group.said
    assert key == "weekly:2026-11-23"
    assert "접수 기간이 언제인가요 (5)" in text
    for one in replicas:
        await one.plan(MONDAY + HOUR)
        assert not await one.step(MONDAY + 6 * DAY)
    assert await replicas[0].step(MONDAY + 7 * DAY)
    assert [k for k, _ in group.said] == ["weekly:2026-11-23", "weekly:2026-11-30"]


@pytest.mark.parametrize("staff_chat", ["-1001", ""])
async def test_it_goes_through_telegrams_outbox_where_there_is_a_group(
    database: Database, folder: Callable[..., Path], staff_chat: str
) -> None:
    front = Front(app.desk(folder(entries=ENTRIES)))
    one = Weekly(front, database, TelegramCourier(front, staff_chat), "월 09:00")
    await one.plan(MONDAY - DAY)
    assert await one.step(MONDAY)
    assert not await one.step(MONDAY + HOUR)
    async with database.read() as c:
        sent = await outbox.heads(c, MONDAY + 999 * DAY, 10)
    assert [(call.key, call.lane, call.method) for call in sent] == (
        [("weekly:2026-11-23", staff_chat, "sendMessage")] if staff_chat else []
    )
    assert all("주간 요약" in call.payload["text"] for call in sent)


async def test_a_summary_that_was_missed_comes_late_and_once(database: Database, folder: Callable[..., Path]) -> None:
    group, place = Group(), folder(entries=ENTRIES)
    await weekly(database, place, group).plan(MONDAY - DAY)
    later = MONDAY + 16 * DAY
    again = weekly(database, place, group)
    await again.plan(later)
    assert await again.step(later)
    assert not await again.step(later)
    assert [k for k, _ in group.said] == ["weekly:2026-11-23"]
    async with database.read() as c:
        planned = await due.coming(c, "weekly")
    assert planned is not None
    assert planned.at == MONDAY + 21 * DAY


async def test_the_hour_may_be_changed_and_the_summary_turned_off(
    database: Database, folder: Callable[..., Path]
) -> None:
    group, place = Group(), folder(entries=ENTRIES)
    await weekly(database, place, group).plan(MONDAY - DAY)
    changed = weekly(database, place, group, "화 18:00")
    await changed.plan(MONDAY - DAY)
    assert not await changed.step(MONDAY + HOUR)
    off = weekly(database, place, group, "")
    await off.plan(MONDAY)
    assert not await off.step(MONDAY + 9 * DAY)
    assert group.said == []


def test_the_command_prints_and_writes_a_table(folder: Callable[..., Path], tmp_path: Path) -> None:
    place, table = folder(entries=ENTRIES), tmp_path / "쓰임.csv"
    environment = {
        **os.environ,
        "HELPDESK_DATABASE_URL": f"sqlite:///{tmp_path}/d.db",
        "HELPDESK_KNOWLEDGE": str(place),
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", "knowledge", "report", "--now", "2026-11-25", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    done = run("--week", "--csv", str(table))
    assert done.returncode == 0, done.stderr
    assert "(11-16~11-22)" in done.stdout
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 4
    assert "(11-15~11-24)" in run("--days", "10").stdout
    assert run("--days", "0").returncode == 2
