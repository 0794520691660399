"""What the console keeps, on either database."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.channels.web.console.app import PAGES
from bot.channels.web.console.workshop import HOME
from bot.desk.desk import HelpDesk
from bot.desk.maintain import EditShown
from bot.store import answers, audit, flags, staff
from bot.store.answers import Published
from bot.store.database import Database
from tests.web.conftest import Opens
from tests.web.staffroom import Colleague, hire
from tests.workshop.bases import base_of


async def test_many_guesses_at_once_count_one_by_one(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database, rate=0) as opened:
        guesses = [Colleague(opened).log_in("agent1", f"guess-number-{i}") for i in range(20)]
        statuses = [r.status_code for r in await asyncio.gather(*guesses)]
    assert statuses.count(401) == audit.MOST_OF_ACCOUNT
    assert statuses.count(429) == 20 - audit.MOST_OF_ACCOUNT


async def test_a_day_at_the_console(database: Database, site: Opens) -> None:
    """Every kind of page and change once, on either database."""
    await hire(database, "admin")
    async with site(database) as opened:
        park = await Colleague(opened).enter("admin1")
        user = opened.user("visitor")
        number = (await user.post("/api/v1/ticket", json={"text": "도와주세요"})).json()["ticket"]["id"]
        left = (await park.send("/console/none", question="구내식당", call="c1", words="구내\n구내식당")).json()["id"]
        assert (await park.send("/console/none", question="구내식당 메뉴", call="c1")).json()["id"] == left
        flagged = (await park.send("/console/flag", entry="application-period", why="stale", call="c1")).json()["id"]
        assert (await park.send("/console/undo", id=str(left), call="c1")).status_code == 200
        for path, form in (
            (f"/console/tickets/{number}/say", {"text": "네", "once": "n"}),
            (f"/console/tickets/{number}/say", {"text": "네", "once": "n"}),
            (f"/console/tickets/{number}/say", {"text": "메모", "kind": "note"}),
            (f"/console/tickets/{number}/record", {}),
            (f"/console/tickets/{number}/close", {}),
            ("/console/people", {"login": "choi", "role": "agent"}),
            ("/console/people/choi", {"what": "role", "role": "maintainer"}),
            ("/console/people/choi", {"what": "reset"}),
            ("/console/people/choi", {"what": "stop"}),
            ("/console/people/choi", {"what": "start"}),
            ("/console/changes/seen", {}),
            ("/console/me/keys", {"keys": "on"}),
        ):
            assert (await park.send(path, **form)).status_code == 200, path
        taken = await park.http.post("/console/people", data={"csrf": park.csrf, "login": "choi", "role": "agent"})
        assert taken.status_code == 422
        pages = [p.path for p in PAGES if p.method == "GET" and "{" not in p.path]
        pages = [p for p in pages if not p.startswith(HOME)]  # they need a folder: test_console_workshop opens them
        for path in (*pages, f"/console/tickets/{number}", f"/console/tickets/{number}/live", "/console?q=창원대"):
            assert (await park.get(path)).status_code == 200, path
        got = (await user.get("/api/v1/ticket")).json()
        assert [m["text"] for m in got["messages"] if m["author"] == "staff"] == ["네"]
    async with database.read() as connection:
        assert {item.id for item in await flags.queue(connection, 10, ["call", "stale"])} == {flagged}
        done = [line.action for line in await audit.recent(connection, 50)]
    assert {"ticket.close", "staff.add", "password.reset", "flag.stale", "call.undo"} <= set(done)


class Editors:
    """Maintenance that knows who changed what, and nothing else."""

    editable = False

    async def edits(self, ids: Sequence[str], since: datetime) -> Mapping[str, Sequence[EditShown]]:
        day = datetime(2026, 11, 25, 1, tzinfo=UTC)
        return {ids[0]: (EditShown(""), EditShown("김 <상담>", day, "apple: 답을 고침"))}


async def test_changes_name_who_made_them(database: Database, site: Opens) -> None:
    entry = "- id: apple\n  questions: [사과가 뭐예요, 사과 알려 주세요, 사과란]\n  answer: 사과는 빨간 과일입니다.\n"
    await hire(database)
    async with site(database, desk=HelpDesk(base_of(f"entries:\n{entry}"), encoder=False)) as opened:
        async with database.write() as connection:
            for hours, text in ((2, "사과는 과일입니다."), (1, "사과는 빨간 과일입니다.")):
                at = datetime.now(UTC) - timedelta(hours=hours)
                await answers.record(connection, f"v{hours}", [Published("apple", "사과가 뭐예요", text)], at)
        kim = await Colleague(opened).enter("agent1")
        address = f"/console/changes?since={datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}"
        assert "고친 이" not in (await kim.get(address)).text
        object.__setattr__(opened.parts, "maintenance", Editors())
        said = re.sub(r"<[^>]+>", "", (await kim.get(address)).text)
        assert "고친 이: 아직 커밋하지 않음 / 김 &lt;상담&gt; 11-25 10:00 «apple: 답을 고침»" in said
        assert (await kim.get("/console/changes?since=0001-01-01")).status_code == 200


async def test_an_absence_ends_a_shift(database: Database) -> None:
    await hire(database)
    start = datetime(2026, 11, 24, 9, tzinfo=UTC)
    async with database.write() as connection:
        for hours, ended in ((0, None), (3, None), (9, 3), (10, 3), (33, 10)):
            member = await staff.find(connection, "agent1")
            await staff.enter(connection, member.id, start + timedelta(hours=hours))
            now = await staff.find(connection, "agent1")
            assert now.shift_at == (None if ended is None else start + timedelta(hours=ended))


async def test_a_nul_in_what_is_sent_is_no_error(database: Database, site: Opens) -> None:
    """PostgreSQL holds none: whoever sends one gets an answer like anybody who names what there is not."""
    await hire(database)
    async with site(database, rate=0) as opened, opened.user() as user:
        kim = await Colleague(opened).enter("agent1")
        number = (await user.post("/api/v1/ticket", json={"text": "\0도와주세요"})).json()["ticket"]["id"]
        key = await opened.key(name="콜센터")
        path = f"/api/v1/tickets/{number}"
        got = {
            "feedback": await user.post("/api/v1/feedback", json={"exchange": "x\0", "verdict": "up"}),
            "none": await user.post("/api/v1/none", json={"exchange": "x\0"}),
            "claim": await user.post(f"{path}/claim", json={"name": "박\0안내"}, headers=key),
            "say": await user.post(f"{path}/messages", json={"text": "네\0", "name": "박\0안내"}, headers=key),
            "answer": await kim.get("/console/answer/%00"),
        }
        said = (await user.get("/api/v1/ticket")).json()["messages"]
    assert {name: r.status_code for name, r in got.items()} == {
        "feedback": 404,
        "none": 404,
        "claim": 200,
        "say": 201,
        "answer": 404,
    }
    assert [m["text"].replace("\0", "") for m in said] == ["도와주세요", "네"]
