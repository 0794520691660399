"""The first hour with the console, and the loop from a visitor's or an agent's doubt to a mended answer."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from bot.channels.web.console.words import ACTION_NAMES, BECAUSE_NAMES, HOW_NAMES, OUTCOME_NAMES
from bot.channels.web.console.workshop import _causes
from bot.desk.reasons import Reason
from bot.knowledge.build import build
from bot.store import flags, gaps
from bot.store.database import Database
from bot.words import How, Outcome
from tests.web.conftest import Opens
from tests.web.staffroom import ONE, PASSWORD, Colleague, hidden, hire

SOURCES = Path(__file__).resolve().parents[2] / "bot"


@ONE
async def test_without_an_account_the_door_says_how_to_make_one(database: Database, site: Opens) -> None:
    async with site(database) as opened:
        page = (await Colleague(opened).get("/console/login")).text
        assert "helpdesk staff add" in page
        assert "계정은 관리자가 만듭니다" not in page
        await hire(database, "admin")
        page = (await Colleague(opened).get("/console/login")).text
        assert "helpdesk staff add" not in page
        assert "계정은 관리자가 만듭니다" in page


@ONE
async def test_after_a_wrong_password_one_still_gets_where_one_wanted(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = Colleague(opened)
        wrong = await kim.log_in("agent1", "wrong-password-1", onward="/console/answer/royalty-cap")
        assert wrong.status_code == 401
        right = await kim.http.post(
            "/console/login", data={**hidden(wrong.text), "login": "agent1", "password": PASSWORD}
        )
        assert right.headers["location"] == "/console/answer/royalty-cap"


def test_all_that_is_written_down_has_a_name() -> None:
    """Every action that stands in a call of the audit log is shown in words."""
    kinds = "login|logout|password|staff|ticket|call|flag|gap|review|use|entry"
    named = re.compile(rf'audit\.note\([^\n]*?"((?:{kinds})\.[a-z]+)"|"((?:{kinds})\.[a-z]+)" if ', re.DOTALL)
    found = {a or b for path in SOURCES.rglob("*.py") for a, b in named.findall(path.read_text(encoding="utf-8"))}
    assert {"gap.state", "review.confirm", "staff.add", "ticket.over"} <= found
    assert found <= set(ACTION_NAMES), found - set(ACTION_NAMES)


def test_why_the_desk_answered_so_has_a_name() -> None:
    assert (set(OUTCOME_NAMES), set(BECAUSE_NAMES)) == (set(Outcome), set(Reason))
    assert set(HOW_NAMES) == set(get_args(How))
    said = [*OUTCOME_NAMES.values(), *BECAUSE_NAMES.values(), *HOW_NAMES.values()]
    assert not re.search("[a-z]", " ".join(said))


def test_the_cause_of_many_faults_stands_first(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries:\n- {id: a, questions: [하나], answr: 답, related: [b, c]}\n", "utf-8")
    (tmp_path / "c.yaml").write_text("entries:\n- {id: c, questions: [셋], answer: 답, sourcez: [x]}\n", "utf-8")
    (tmp_path / "b.yaml").write_text("entries:\n- {id: b, questions: [둘], answer: 답\n", encoding="utf-8")
    _, problems = build(tmp_path)
    assert len(problems) >= 3
    first, rest = _causes(problems)
    assert [p.file for p in first] == ["b.yaml"]
    assert len(first) + len(rest) == len(problems)
    assert _causes(rest) == (list(rest), [])


@ONE
async def test_what_cannot_be_taken_back_asks_first(database: Database, site: Opens) -> None:
    await hire(database, "admin")
    await hire(database, "agent")
    async with site(database) as opened:
        page = (await (await Colleague(opened).enter("admin1")).get("/console/people")).text
    for what in ("reset", "stop"):
        button = re.search(rf'<button[^>]*value="{what}"[^>]*>', page)[0]
        assert "data-ask=" in button


@ONE
async def test_a_visitors_reason_reaches_the_maintainers_and_can_be_taken_back(
    database: Database, site: Opens
) -> None:
    await hire(database, "maintainer")
    async with site(database) as opened:
        lee, user = await Colleague(opened).enter("maintainer1"), opened.user("v")
        asked = (await user.post("/api/v1/ask", json={"text": "창원대 전화번호"})).json()
        down = {"exchange": asked["exchange"], "verdict": "down"}
        await user.post("/api/v1/feedback", json=down)
        await user.post("/api/v1/feedback", json={**down, "reason": "old"})
        page = (await lee.get("/console/queue")).text
        assert "오래된 내용" in page
        assert "/console/mend/institution-phone.changwon" in page
        await user.post("/api/v1/feedback", json={**down, "reason": "wrong"})
        page = (await lee.get("/console/queue")).text
        assert "틀린 내용" in page
        assert "오래된 내용" not in page.partition("<tbody>")[2]
        await user.post("/api/v1/feedback", json={"exchange": asked["exchange"], "verdict": "up"})
        async with database.read() as connection:
            assert await flags.queue(connection, 10) == []


@ONE
async def test_who_flagged_an_answer_hears_what_became_of_it_mended_or_not(database: Database, site: Opens) -> None:
    await hire(database, "maintainer")
    for login, name in (("first", "첫째"), ("second", "둘째")):
        await hire(database, login=login, name=name)
    async with site(database) as opened:
        first, second = await Colleague(opened).enter("first"), await Colleague(opened).enter("second")
        lee = await Colleague(opened).enter("maintainer1")
        form = {"entry": "royalty-cap", "why": "wrong", "note": "12%로 바뀌었다는데요", "call": "c1"}
        assert (await first.send("/console/flag", **form)).status_code == 200

        async def told(who: Colleague) -> int:
            return (await who.get("/console/pulse", script=True)).json()["told"]

        assert (await told(first), await told(second)) == (0, 0)
        keep = "/console/mend/royalty-cap/keep"
        assert (await second.send(keep, why="x")).status_code == 403
        assert (await lee.send(keep, why="")).status_code == 422
        assert (await lee.send("/console/mend/nothing/keep", why="x")).status_code == 404
        assert (await lee.send(keep, why="고시를 보니 10%가 맞습니다")).status_code == 200
        assert (await told(first), await told(second)) == (1, 0)
        home = (await first.get("/console")).text
        assert "그대로 두었습니다" in home
        assert "이지식: 고시를 보니 10%가 맞습니다" in home
        assert "그대로 두었습니다" not in (await second.get("/console")).text
        queue = (await first.get("/console/queue")).text
        assert "내가 알림" in queue
        assert "내가 알림" not in (await second.get("/console/queue")).text
        async with database.write() as connection:
            assert await flags.about(connection, "royalty-cap") == []
            await flags.leave(connection, "c2", "stale", "", datetime.now(UTC), nearest="royalty-cap")
            await flags.settle(connection, "royalty-cap", "이지식: 패치", "pending")
        assert "고치는 중입니다" in (await first.get("/console/queue")).text
        # one that is marked among the gaps is heard of as well
        await second.send("/console/flag", entry="report-final", why="stale", call="c3")
        assert await told(second) == 0
        async with database.write() as connection:
            (left,) = await flags.about(connection, "report-final")
            await gaps.mark(connection, [left.id], "ignored")
        assert (await told(first), await told(second)) == (1, 1)
