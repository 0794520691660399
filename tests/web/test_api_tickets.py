"""Cases over the API: a user opens one, staff with a key answer it, and nobody else reads it."""

import asyncio
import unicodedata

import pytest

from bot.store import audit
from bot.store.database import Database
from tests.web.conftest import Opens
from tests.web.staffroom import ONE, hire


async def test_a_case_from_both_sides(database: Database, site: Opens) -> None:
    async with site(database) as opened, opened.user() as user, opened.client() as staff:
        staff.headers.update(await opened.key())
        await user.post("/api/v1/ask", json={"text": "창원대 전화번호"})
        made = (await user.post("/api/v1/ticket", json={"text": "제 번호는 010-1234-5678"})).json()
        number = made["ticket"]["id"]
        assert made["ticket"]["state"] == "open"
        assert made["ticket"]["relay"]
        assert f"접수 번호 {number}" in made["lines"][0]

        (listed,) = (await staff.get("/api/v1/tickets")).json()["tickets"]
        assert (listed["id"], listed["question"], listed["channel"]) == (number, "창원대 전화번호", "web")
        case = (await staff.get(f"/api/v1/tickets/{number}")).json()
        assert [m["text"] for m in case["messages"]] == ["제 번호는 [전화번호]"]
        assert [e["entry"] for e in case["transcript"]] == ["institution-phone.changwon"]

        taken = await staff.post(f"/api/v1/tickets/{number}/claim", json={"name": "김상담"})
        assert (taken.status_code, taken.json()["claimed_by"]) == (200, "김상담")
        again = await staff.post(f"/api/v1/tickets/{number}/claim")
        assert (again.status_code, again.json()["error"]["code"]) == (409, "ticket_taken")
        noted = await staff.post(f"/api/v1/tickets/{number}/messages", json={"text": "까다로운 분", "note": True})
        assert noted.json()["message"]["author"] == "system"
        said = await staff.post(f"/api/v1/tickets/{number}/messages", json={"text": "055-213-2114로 거세요"})
        assert (said.status_code, said.json()["hidden"]) == (201, False)

        seen = (await user.get("/api/v1/ticket")).json()
        assert [(m["author"], m["name"], m["text"]) for m in seen["messages"]] == [
            ("user", "", "제 번호는 [전화번호]"),
            ("staff", "콜센터", "055-213-2114로 거세요"),
        ]
        assert seen["ticket"]["notice"] == opened.parts.front.base.reply("person_claimed")
        last = seen["messages"][-1]["id"]
        assert (await user.get("/api/v1/ticket", params={"after": last})).json()["messages"] == []
        written = await user.post("/api/v1/ticket/messages", json={"text": "고맙습니다"})
        assert (written.status_code, written.json()["text"]) == (201, "고맙습니다")
        left = (await user.post("/api/v1/ticket/leave")).json()
        assert (left["ticket"]["relay"], len(left["lines"])) == (False, 1)

        closed = await staff.post(f"/api/v1/tickets/{number}/close", json={"record": True})
        assert closed.json()["state"] == "closed"
        for path, code in (("close", {}), ("messages", {"text": "네"}), ("claim", {})):
            late = await staff.post(f"/api/v1/tickets/{number}/{path}", json=code)
            assert (late.status_code, late.json()["error"]["code"]) == (409, "ticket_closed")
        assert (await user.get("/api/v1/ticket")).json()["ticket"]["state"] == "closed"
        late = await user.post("/api/v1/ticket/messages", json={"text": "또요"})
        assert (late.status_code, late.json()["error"]["code"]) == (409, "ticket_closed")
        assert (await staff.get("/api/v1/tickets", params={"state": "closed"})).json()["tickets"][0]["id"] == number


async def test_what_is_sent_again_under_a_key_is_kept_once(database: Database, site: Opens) -> None:
    key, other = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}, {"Idempotency-Key": "another-0001"}
    async with site(database, rate=0) as opened, opened.user() as user, opened.client() as staff:
        staff.headers.update(await opened.key())
        number = (await user.post("/api/v1/ticket")).json()["ticket"]["id"]
        mine = [user.post("/api/v1/ticket/messages", json={"text": "여보세요"}, headers=key) for _ in range(4)]
        first, *rest = [r.json() for r in await asyncio.gather(*mine)]
        path = f"/api/v1/tickets/{number}/messages"
        said = [await staff.post(path, json={"text": "네, 010-1234-5678"}, headers=key) for _ in range(2)]
        noted = [await staff.post(path, json={"text": "메모", "note": True}, headers=other) for _ in range(2)]
        reused = await user.post("/api/v1/ticket/messages", json={"text": "딴말"}, headers=key)
        bad = await user.post("/api/v1/ticket/messages", json={"text": "딴말"}, headers={"Idempotency-Key": "short"})
        again = await user.post("/api/v1/ticket/messages", json={"text": "여보세요"}, headers=other)
        await staff.post(f"/api/v1/tickets/{number}/close")
        late = await user.post("/api/v1/ticket/messages", json={"text": "여보세요"}, headers=key)
        kept = (await staff.get(f"/api/v1/tickets/{number}")).json()["messages"]
    assert all(r == first for r in rest)
    assert (late.status_code, late.json()) == (201, first)  # it was taken: that the case is closed since is no matter
    assert said[0].json() == said[1].json()
    assert said[0].json()["hidden"]
    assert noted[0].json() == noted[1].json()
    assert (reused.status_code, reused.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert bad.status_code == 422
    assert again.json()["id"] != first["id"]
    assert [m["text"] for m in kept] == ["여보세요", "네, [전화번호]", "메모", "여보세요"]


async def test_another_user_sees_nothing(database: Database, site: Opens) -> None:
    async with site(database) as opened, opened.user("a") as one, opened.user("b") as two:
        await one.post("/api/v1/ticket", json={"text": "비밀"})
        assert (await two.get("/api/v1/ticket")).json() == {"ticket": None, "messages": []}
        refused = await two.post("/api/v1/ticket/messages", json={"text": "네"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "no_ticket")
        assert (await two.delete("/api/v1/me")).status_code == 200
        assert len((await one.get("/api/v1/ticket")).json()["messages"]) == 1


async def test_pages_of_cases(database: Database, site: Opens) -> None:
    async with site(database, rate=0) as opened, opened.client() as staff:
        staff.headers.update(await opened.key("maintainer"))
        for i in range(5):
            async with opened.user(f"user{i}") as user:
                await user.post("/api/v1/ticket")
        pages, cursor = [], None
        while True:
            params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            page = (await staff.get("/api/v1/tickets", params=params)).json()
            pages.append([t["id"] for t in page["tickets"]])
            cursor = page["next"]
            if cursor is None:
                break
    assert pages == [[5, 4], [3, 2], [1]]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/tickets"),
        ("GET", "/api/v1/tickets/1"),
        ("POST", "/api/v1/tickets/1/claim"),
        ("POST", "/api/v1/tickets/1/messages"),
        ("POST", "/api/v1/tickets/1/close"),
    ],
)
async def test_only_staff_get_in(database: Database, site: Opens, method: str, path: str) -> None:
    async with site(database) as opened, opened.client() as client:
        without = await client.request(method, path)
        assert (without.status_code, without.headers["www-authenticate"]) == (401, "Bearer")
        for wrong in ("Bearer hd_nope", "Basic eDp5", "Bearer ", "hd_x", "Bearer " + "x" * 500):
            assert (await client.request(method, path, headers={"Authorization": wrong})).status_code in (401, 429)
        public = await client.request(method, path, headers=await opened.key("public", "화면"))
    async with site(database) as opened, opened.client() as client:
        public = await client.request(method, path, headers=await opened.key("public", "다른 화면"))
        assert (public.status_code, public.json()["error"]["code"]) == (403, "forbidden")


async def test_what_is_done_by_key_is_written_down(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        number = (await opened.user("u").post("/api/v1/ticket", json={"text": "도와주세요"})).json()["ticket"]["id"]
        async with opened.client(**await opened.key(name="콜센터")) as program:
            path = f"/api/v1/tickets/{number}"
            assert (await program.get("/api/v1/tickets")).status_code == 200
            assert (await program.get(path)).status_code == 200
            assert (await program.post(f"{path}/claim", json={"name": "agent1"})).status_code == 422
            assert (await program.post(f"{path}/claim", json={"name": "박안내"})).status_code == 200
            assert (await program.post(f"{path}/messages", json={"text": "네"})).status_code == 201
            assert (await program.post(f"{path}/close")).status_code == 200
    async with database.read() as connection:
        lines = [n for n in await audit.recent(connection, 20) if n.staff == "키: 콜센터"]
    assert [n.action for n in reversed(lines)] == [f"ticket.{a}" for a in ("list", "read", "claim", "say", "close")]
    assert lines[2].detail == "이름 박안내"


@ONE
async def test_a_program_speaks_for_no_member_of_staff_however_the_name_is_written(
    database: Database, site: Opens
) -> None:
    await hire(database)  # 김상담, agent1
    nfd = unicodedata.normalize("NFD", "김상담")
    taken = [
        "김상담",
        " 김상담",
        "김상담\n",
        nfd,
        "김\u200b상담",
        "김\u00a0상담",
        "김상\u034f담",
        "김상담\u3164",
        "\u202e김상담",
    ]
    taken += ["agent1", "AGENT1 ", "ａｇｅｎｔ１", "a\u00adgent1"]
    free = {
        "박안내": "박안내",
        "\u202e담상김": "담상김",
        " 박\u200b안내\n": "박안내",
        "\u200b": "콜센터",
        "콜센터 ": "콜센터",
    }
    async with site(database, rate=0) as opened:
        number = (await opened.user("u").post("/api/v1/ticket", json={"text": "도와주세요"})).json()["ticket"]["id"]
        async with opened.client(**await opened.key(name="콜센터")) as program:
            path = f"/api/v1/tickets/{number}/messages"
            for name in taken:
                said = await program.post(path, json={"text": "네", "name": name})
                assert said.status_code == 422, ascii(name)
            for name, shown in free.items():
                said = await program.post(path, json={"text": "네", "name": name})
                assert said.json()["message"]["name"] == shown, ascii(name)
