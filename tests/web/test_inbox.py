"""The shared inbox: no message unseen, no two people in one case without knowing, and nothing of a user left behind."""

import re
from datetime import UTC, datetime, timedelta

from bot.channels.web.limits import MOST_CASES
from bot.desk.cases import MOST_SAID
from bot.store import audit, callbacks, looks, retention, tickets
from bot.store.database import Database
from bot.store.tickets import Ticket
from tests.web.conftest import Opens
from tests.web.staffroom import NAMES, ONE, Colleague, hire

pytestmark = ONE


async def case_of(database: Database, *texts: str, user: str = "u", ago: int = 0) -> Ticket:
    """A ticket opened some minutes ago in which its user wrote some texts."""
    at = datetime.now(UTC) - timedelta(minutes=ago)
    async with database.write() as connection:
        ticket = await tickets.open_ticket(connection, user, "web", "", "ko", "", at)
        for text in texts:
            await tickets.say(connection, ticket.id, "user", text, at)
    return ticket


async def state(database: Database, number: int) -> Ticket:
    async with database.read() as connection:
        found = await tickets.get(connection, number)
    assert found is not None
    return found


async def two(database: Database, opened) -> tuple[Colleague, Colleague]:
    for login, name in (("first", "첫째"), ("second", "둘째")):
        await hire(database, login=login, name=name)
    return await Colleague(opened).enter("first"), await Colleague(opened, "203.0.113.51").enter("second")


async def test_what_a_user_writes_is_unread_until_somebody_has_it_before_them(
    database: Database, site: Opens
) -> None:
    ticket = await case_of(database, "첫 말")
    async with site(database) as opened:
        first, second = await two(database, opened)
        said = (await first.get("/console/pulse", script=True)).json()
        assert said.pop("ends") > 7000
        assert said == {
            "extends": True,
            "told": 0,
            "waiting": 1,
            "unread": 0,
            "newest": 0,
            "opened": ticket.id,
            "knowledge": opened.parts.front.base.version,
        }
        await first.send(f"/console/tickets/{ticket.id}/claim")
        await first.get(f"/console/tickets/{ticket.id}", script=True)
        assert (await first.get("/console/pulse", script=True)).json()["unread"] == 0
        async with database.write() as connection:
            number = await tickets.say(connection, ticket.id, "user", "둘째 말", datetime.now(UTC))
        said = (await first.get("/console/pulse", script=True)).json()
        assert (said["waiting"], said["unread"], said["newest"]) == (0, 1, number)
        assert (await second.get("/console/pulse", script=True)).json()["unread"] == 0
        listed = (await first.get("/console/tickets/list")).text
        assert "unread" in listed
        assert "둘째 말" in listed
        hidden = f"/console/tickets/{ticket.id}/live?read=0"
        await first.get(hidden, script=True)
        assert (await first.get("/console/pulse", script=True)).json()["unread"] == 1, "a tab behind reads nothing"
        await first.get(f"/console/tickets/{ticket.id}/live?read={number}", script=True)
        assert (await first.get("/console/pulse", script=True)).json()["unread"] == 0


async def test_whoever_waits_longest_stands_first_and_for_how_long(database: Database, site: Opens) -> None:
    short, long = (
        await case_of(database, "방금 온 말", user="a"),
        await case_of(database, "오래된 말", user="b", ago=42),
    )
    async with site(database) as opened:
        first, _ = await two(database, opened)
        html = (await first.get("/console/tickets/list")).text
        assert html.index(f'id="t{long.id}"') < html.index(f'id="t{short.id}"')
        assert "42분 기다림" in html
        await first.send(f"/console/tickets/{long.id}/say", text="답했습니다", kind="say", once="1")
        html = (await first.get("/console/tickets/list")).text
        assert html.index(f'id="t{short.id}"') < html.index(f'id="t{long.id}"')
        assert "기다림" not in html.partition(f'id="t{long.id}"')[2]
        assert f'id="t{short.id}"' not in (await first.get("/console/tickets/list?state=mine")).text


async def test_into_somebody_elses_case_one_writes_only_knowingly(database: Database, site: Opens) -> None:
    ticket = await case_of(database, "도와주세요")
    async with site(database) as opened:
        first, second = await two(database, opened)
        await first.send(f"/console/tickets/{ticket.id}/claim")
        path = f"/console/tickets/{ticket.id}/say"
        refused = await second.send(path, text="저도 답합니다", kind="say", once="a")
        assert refused.status_code == 409
        assert refused.json()["error"]["code"] == "ticket_taken"
        assert "첫째 님" in refused.json()["error"]["message"]
        assert (await second.send(path, text="메모는 됩니다", kind="note", once="b")).status_code == 200
        assert (await second.send(path, text="저도 답합니다", kind="say", once="a", over="1")).status_code == 200
        async with database.read() as connection:
            said = [(m.author, m.text) for m in await tickets.messages(connection, ticket.id)]
        assert said == [("user", "도와주세요"), ("system", "메모는 됩니다"), ("staff", "저도 답합니다")]


async def test_who_is_looking_and_who_is_writing(database: Database, site: Opens) -> None:
    ticket = await case_of(database, "도와주세요")
    async with site(database) as opened:
        first, second = await two(database, opened)
        await first.get(f"/console/tickets/{ticket.id}", script=True)
        live = f"/console/tickets/{ticket.id}/live?read=1"
        assert "첫째 님이 보고 있습니다" in (await second.get(live, script=True)).text
        await first.get(f"{live}&writing=1", script=True)
        assert "첫째 님이 쓰고 있습니다" in (await second.get(live, script=True)).text
        assert "첫째 님이" not in (await first.get(live, script=True)).text
        await first.send(f"/console/tickets/{ticket.id}/away")
        assert "첫째 님이" not in (await second.get(live, script=True)).text
        async with database.read() as connection:
            (gone,) = [k for k in await looks.at_case(connection, ticket.id) if k.name == "첫째"]
        assert gone.read > 0, "what was read stays read"


async def test_taken_over_handed_on_let_go_closed_and_opened_again(database: Database, site: Opens) -> None:
    ticket = await case_of(database, "도와주세요")
    path = f"/console/tickets/{ticket.id}"
    async with site(database) as opened:
        first, second = await two(database, opened)
        await first.send(f"{path}/claim")
        assert (await second.send(f"{path}/claim")).status_code == 409
        assert (await second.send(f"{path}/claim", over="1")).status_code == 200
        assert (await state(database, ticket.id)).claimed_by == "둘째"
        assert (await second.send(f"{path}/hand", to="nobody")).status_code == 422
        assert (await second.send(f"{path}/hand", to="first")).status_code == 200
        assert (await state(database, ticket.id)).claimed_by == "첫째"
        assert (await first.send(f"{path}/release")).status_code == 200
        assert (await first.send(f"{path}/release")).status_code == 409
        assert ((await state(database, ticket.id)).state, (await state(database, ticket.id)).claimed_by) == (
            "open",
            "",
        )
        await first.send(f"{path}/close")
        assert (await first.send(f"{path}/claim", over="1")).status_code == 409
        assert (await second.send(f"{path}/reopen")).status_code == 200
        assert (await second.send(f"{path}/reopen")).status_code == 409
        again = await state(database, ticket.id)
        assert (again.state, again.claimed_by, again.closed_at, again.relay) == ("claimed", "둘째", None, True)
        html = (await first.get(path, script=True)).text
        for event in ("첫째 → 둘째: 넘겨받음", "둘째 → 첫째: 넘김", "첫째: 내려놓음", "둘째: 다시 엶"):
            assert event in html
        public = (await opened.user().get("/api/v1/ticket")).text
        assert "넘김" not in public


async def test_a_closed_case_is_not_opened_again_where_nobody_would_hear(database: Database, site: Opens) -> None:
    async with site(database) as opened:
        first, _ = await two(database, opened)
        async with database.write() as connection:
            old = await tickets.open_ticket(connection, "t", "telegram", "77", "ko", "물음", datetime.now(UTC))
        await first.send(f"/console/tickets/{old.id}/close")
        assert (await first.send(f"/console/tickets/{old.id}/reopen")).status_code == 409
        web = await case_of(database, "하나", user="w")
        await first.send(f"/console/tickets/{web.id}/close")
        await case_of(database, "둘", user="w")
        assert (await first.send(f"/console/tickets/{web.id}/reopen")).status_code == 409, "there is a newer one"


async def test_where_to_be_reached_is_kept_apart_shown_to_staff_and_gone_with_the_case(
    database: Database, site: Opens
) -> None:
    async with site(database) as opened:
        first, _ = await two(database, opened)
        user = opened.user("c")
        assert (await user.put("/api/v1/ticket/callback", json={"contact": "010-1234-5678"})).status_code == 404
        number = (await user.post("/api/v1/ticket", json={})).json()["ticket"]["id"]
        for bad in ("전화 주세요", "a@b", "1" * 200):
            assert (await user.put("/api/v1/ticket/callback", json={"contact": bad})).status_code == 422, bad
        for good in ("hong@example.kr", "010-1234-5678"):
            kept = await user.put("/api/v1/ticket/callback", json={"contact": good})
            assert kept.json() == {"contact": good}
        page = (await first.get(f"/console/tickets/{number}", script=True)).text
        assert "010-1234-5678" in page
        assert "hong@" not in page
        assert "010-1234-5678" not in (await user.get("/api/v1/ticket")).text
        key = await opened.key()
        assert "010-1234-5678" not in (await opened.client(**key).get(f"/api/v1/tickets/{number}")).text
        await first.send(f"/console/tickets/{number}/close")
        async with database.read() as connection:
            assert await callbacks.of(connection, number) == ""


async def test_what_is_kept_of_looks_and_contacts_goes_with_who_is_forgotten(database: Database) -> None:
    ticket, now = await case_of(database, "말", user="gone"), datetime.now(UTC)
    async with database.write() as connection:
        await looks.note(connection, ticket.id, 1, now, read=3)
        await callbacks.keep(connection, ticket.id, "010-1234-5678", now)
        await retention.forget(connection, "gone", now)
    async with database.read() as connection:
        assert await callbacks.of(connection, ticket.id) == ""
        assert await looks.at_case(connection, ticket.id) == []


async def test_who_waits_longest_is_first_however_many_came_since(database: Database, site: Opens) -> None:
    await hire(database)
    now = datetime.now(UTC)
    async with database.write() as connection:
        for i in range(231):
            await tickets.open_ticket(connection, f"u{i}", "web", "", "ko", f"물음 {i}", now)
        mine = await tickets.open_ticket(connection, "mine", "web", "", "ko", "내가 맡은 것", now)
        await tickets.claim(connection, mine.id, NAMES["agent"], now)
    async with site(database, rate=0) as opened:
        kim = await Colleague(opened).enter("agent1")
        seen: list[str] = []
        address = "/console/tickets"
        for _ in range(3):
            page = (await kim.get(address)).text
            seen += re.findall(r'data-ticket="(\d+)"', page)
            onward = re.search(r'href="([^"]+)">다음 쪽', page)
            address = onward[1].replace("&amp;", "&") if onward else ""
        assert address == ""
        assert len(set(seen)) == len(seen) == 232
        assert seen[0] == "1"
        assert str(mine.id) in seen[:100]
        assert str(mine.id) in (await kim.get("/console/tickets?state=mine")).text


async def test_one_address_does_not_fill_the_inbox(database: Database, site: Opens) -> None:
    async with site(database) as opened:
        said = [
            (
                await opened.client(**{"X-Helpdesk-User": f"u{i:03}-0123456789abcdef"}).post("/api/v1/ticket")
            ).status_code
            for i in range(40)
        ]
        assert said.count(200) == MOST_CASES
        assert set(said[MOST_CASES:]) == {429}
        again = opened.client(**{"X-Helpdesk-User": "u000-0123456789abcdef"})
        assert (await again.post("/api/v1/ticket")).status_code == 200  # who has one already goes on with it
        other = opened.client("198.51.100.9", **{"X-Helpdesk-User": "someone-0123456789abcdef"})
        assert (await other.post("/api/v1/ticket")).status_code == 200


async def test_who_saw_a_transcript_stands_in_the_audit(database: Database, site: Opens) -> None:
    ticket = await case_of(database, "제 사정은 이렇습니다")
    async with site(database) as opened:
        first, second = await two(database, opened)
        await first.get(f"/console/tickets/{ticket.id}")
        await second.get(f"/console/tickets/{ticket.id}", script=True)
        await second.get(f"/console/tickets/{ticket.id}/live")  # the page asks by itself: it was opened before
        await second.get("/console/tickets")
    async with database.read() as connection:
        lines = await audit.recent(connection, 10, action="ticket.read")
    assert [(n.staff, n.target) for n in lines] == [("second", f"#{ticket.id}"), ("first", f"#{ticket.id}")]


async def test_beside_a_case_it_is_said_where_nothing_answers_it(database: Database, site: Opens) -> None:
    """What is nearest stands there at once; of what would not be answered it is said that it is merely near."""
    far, near = await case_of(database, "강아지 예방접종"), await case_of(database, "창원대 전화번호", user="u2")
    async with site(database) as opened:
        first, _ = await two(database, opened)
        pages = {t.id: (await first.get(f"/console/tickets/{t.id}", script=True)).text for t in (far, near)}
    assert "확인된 답은 없습니다" in pages[far.id]
    assert "확인된 답은 없습니다" not in pages[near.id]
    assert "institution-phone.changwon" in pages[near.id]


async def test_a_case_however_long_is_shown_in_parts(database: Database, site: Opens) -> None:
    """What is read and shown at once does not grow with what one person writes."""
    await hire(database)
    now = datetime.now(UTC)
    async with site(database, rate=0) as opened, opened.user() as user, opened.client() as program:
        kim = await Colleague(opened).enter("agent1")
        program.headers.update(await opened.key())
        number = (await user.post("/api/v1/ticket")).json()["ticket"]["id"]
        async with database.write() as connection:
            for n in range(250):
                await tickets.say(connection, number, "user", f"말 {n}.", now - timedelta(hours=1))

        path = f"/console/tickets/{number}"
        seen = []
        for page in (path, f"{path}/live"):
            shown = (await kim.get(page, script=True)).text
            assert said(shown) == list(range(150, 250))
        while link := re.search(r'href="([^"]+/earlier\?before=\d+)"', shown):
            shown = (await kim.get(link[1])).text
            seen += said(shown)
        assert seen == [*range(50, 150), *range(50)]
        assert (await kim.get(f"{path}/earlier")).status_code == 200

        got, before = [], None
        while True:
            case = (
                await program.get(f"/api/v1/tickets/{number}", params={"before": before} if before else {})
            ).json()
            got = [m["text"] for m in case["messages"]] + got
            before = case["earlier"]
            if before is None:
                break
            assert len(case["messages"]) == 100
        assert got == [f"말 {n}." for n in range(250)]


def said(html: str) -> list[int]:
    return [int(n) for n in re.findall(r"말 (\d+)\.</p>", html)]


async def test_whoever_leaves_too_much_in_a_case_is_told_when_to_go_on(database: Database, site: Opens) -> None:
    now = datetime.now(UTC)
    async with site(database, rate=0) as opened, opened.user() as user:
        number = (await user.post("/api/v1/ticket")).json()["ticket"]["id"]
        async with database.write() as connection:
            for _ in range(MOST_SAID):
                await tickets.say(connection, number, "user", "말", now)
        for path in ("/api/v1/ticket/messages", "/api/v1/ticket"):
            refused = await user.post(path, json={"text": "또"})
            assert refused.status_code == 429
            assert "10분쯤 뒤에 다시" in refused.json()["error"]["message"]
            assert refused.headers["Retry-After"] == "600"
        assert (await user.post("/api/v1/ticket")).status_code == 200
        async with database.read() as connection:
            assert len(await tickets.messages(connection, number, MOST_SAID + 9)) == MOST_SAID
