"""What is for staff alone never leaves by a public way: every route and every channel, with notes in every entry."""

import json
from dataclasses import replace

import pytest

from bot.channels.kakao.render import render
from bot.channels.talktalk.render import render as talktalk
from bot.channels.telegram.inline import Inline
from bot.channels.telegram.render import messages
from bot.channels.terminal import as_json
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.desk.menu import Menu
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
        for shows in (render, talktalk):
            everything.append(json.dumps(shows(reply, say=say, page=None, exchange="x"), ensure_ascii=False))
        assert NOTE not in "\n".join(everything), entry


LINE = "status-agent-line"
ASKS = "민원인에게 말할 짧은 안내 문구"
"""For those who answer others: `audience: staff`."""
SURFACES = {
    "sitemap": "/sitemap.xml",
    "browse": "/browse",
    "browse in English": "/browse?lang=en",
    "search of the pages": f"/browse?q={ASKS}",
    "start of the chat": "/",
    "start of the chat in English": "/?lang=en",
    "suggestions": f"/api/v1/suggest?q={ASKS}&limit=20",
    "entries of the API": "/api/v1/entries?limit=200&topic=programme",
    "menu of the API": "/api/v1/menu",
}


@pytest.mark.parametrize("surface", SURFACES)
async def test_what_is_for_staff_is_listed_nowhere(
    database: Database, shipped: HelpDesk, site: Opens, surface: str
) -> None:
    topic = shipped.base.entries[LINE].topic
    address = SURFACES[surface].replace("topic=programme", f"topic={topic}")
    async with site(database, desk=shipped, rate=0) as opened, opened.user() as user:
        reply = await user.get(address)
        assert reply.status_code == 200
        assert LINE not in reply.text


async def test_no_section_of_the_pages_lists_what_is_for_staff(
    database: Database, shipped: HelpDesk, site: Opens
) -> None:
    async with site(database, desk=shipped, rate=0) as opened, opened.user() as user:
        for section in [*shipped.base.menu]:
            assert LINE not in (await user.get(f"/browse/{section.id}")).text
        page = await user.get(f"/a/{LINE}")
        assert page.status_code == 200, "whoever was told it can look it up again"
        assert '<meta name="robots" content="noindex">' in page.text
        assert "application/ld+json" not in page.text
        other = await user.get("/a/status-open-now")
        assert "noindex" not in other.text
        assert "application/ld+json" in other.text
        assert LINE not in other.text


async def test_what_is_for_staff_is_told_to_who_asks_for_it(
    database: Database, shipped: HelpDesk, site: Opens
) -> None:
    async with site(database, desk=shipped, rate=0) as opened, opened.user() as user:
        assert (await user.post("/api/v1/ask", json={"text": ASKS})).json()["entry"] == LINE


def test_what_is_for_staff_is_in_no_menu_of_a_messenger_and_dropped_into_no_chat(shipped: HelpDesk) -> None:
    menu = Menu(shipped.base)
    behind = [e.id for s in shipped.base.menu for i in menu.items(s, "ko") for e in i.entries]
    assert "status-open-now" in behind
    assert LINE not in behind
    assert ASKS not in json.dumps(Inline(Front(shipped)).results(ASKS, "ko"), ensure_ascii=False)


def test_what_is_for_staff_stands_beside_nothing_that_is_offered(shipped: HelpDesk) -> None:
    """Neither among related entries, nor among readings, unless it is the likeliest of them."""
    for entry in shipped.base.entries:
        reply = shipped.answer(Query("", "u", NOW, "test", choice=entry), Context())[0]
        assert LINE not in [c.entry for c in reply.related], entry
    seen = 0
    for text in dict.fromkeys(t for s in shipped.base.voices.values() for t in s.get(LINE, ())):
        reply, after = shipped.answer(Query(text, "u", NOW, "test"), Context())
        offered = [c.entry for c in reply.choices]
        assert LINE not in offered[1:], text
        if offered:
            assert list(after.choices) == offered, "numbers choose what is shown"
        seen += 1
    assert seen > 20
