"""What is for staff alone never leaves by a public way: every route and every channel, with notes in every entry."""

import json
from dataclasses import replace

import pytest

from bot.channels.kakao.render import render
from bot.channels.telegram.render import messages
from bot.channels.terminal import as_json
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.desk.say import Say
from bot.store.database import Database
from bot.words import Entry, Query
from tests.conftest import NOW
from tests.web.conftest import Opens, Site

NOTE = "직원만-보는-메모-7f3a"
STAFF_ONLY = ("/console", "/api/v1/tickets")


@pytest.fixture(scope="module")
def noted(shipped: HelpDesk) -> HelpDesk:
    """The shipped knowledge with a note for staff in every entry."""

    def with_note(entry: Entry) -> Entry:
        return replace(entry, staff_note=f"{NOTE} {entry.id}")

    base = shipped.base
    entries = {name: with_note(e) for name, e in base.entries.items()}
    frames = tuple(
        replace(
            f,
            entries={member: with_note(e) for member, e in f.entries.items()},
            unnamed=with_note(f.unnamed) if f.unnamed else None,
        )
        for f in base.frames
    )
    return HelpDesk(replace(base, entries=entries, frames=frames), shipped.kept)


def public_paths(opened: Site) -> list[str]:
    """The paths of all routes that answer GET and are not for staff."""
    found = set()
    for route in opened.web.routes:
        path = getattr(route, "path", "")
        if "GET" in (getattr(route, "methods", None) or ()) and not path.startswith(STAFF_ONLY):
            found.add(path)
    return sorted(found)


async def test_no_public_route_shows_a_note(database: Database, noted: HelpDesk, site: Opens) -> None:
    async with site(database, desk=noted, rate=0) as opened, opened.user() as user, opened.client() as staff:
        staff.headers.update(await opened.key())
        entries = [*list(noted.base.entries)[::40], "institution-phone.changwon"]
        seen = 0
        for path in public_paths(opened):
            for value in entries if "{" in path else [""]:
                address = path
                while "{" in address:
                    before, _, rest = address.partition("{")
                    address = before + value + rest.partition("}")[2]
                for query in ("", "?language=en&q=창원대&limit=20"):
                    reply = await user.get(address + query)
                    assert NOTE not in reply.text, address
                    seen += reply.status_code == 200
        assert seen > 20
        await user.post("/api/v1/ticket", json={"text": "도와주세요"})
        (ticket,) = (await staff.get("/api/v1/tickets")).json()["tickets"]
        await staff.post(f"/api/v1/tickets/{ticket['id']}/messages", json={"text": NOTE, "note": True})
        assert NOTE in (await staff.get(f"/api/v1/tickets/{ticket['id']}")).text
        for path in ("/api/v1/ticket", "/api/v1/ticket?after=0"):
            assert NOTE not in (await user.get(path)).text
        for path, body in (
            ("ask", {"text": "창원대 전화번호"}),
            ("ask", {"choice": "institution-phone.changwon"}),
            ("ticket", {}),
            ("ticket/messages", {"text": "네"}),
            ("ticket/leave", {}),
        ):
            reply = await user.post(f"/api/v1/{path}", json=body)
            assert reply.status_code in (200, 201)
            assert NOTE not in reply.text, path
        assert NOTE not in (await staff.get("/api/v1/openapi.json")).text
        assert "staff_note" not in (await staff.get("/api/v1/openapi.json")).text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_channel_shows_a_note(noted: HelpDesk, language: str) -> None:
    say = Say(noted.base, language)
    for entry in noted.base.entries:
        reply = noted.answer(Query("", "u", NOW, "test", choice=entry, language=language), Context())[0]
        everything = [*messages(reply, entry), json.dumps(as_json(reply), ensure_ascii=False)]
        everything.append(json.dumps(render(reply, say=say, page=None, exchange="x"), ensure_ascii=False))
        assert NOTE not in "\n".join(everything), entry
