"""Entries that have another id now, or were withdrawn: pages, API and console lead on, or say so."""

import gc
import weakref
from pathlib import Path

from bot.store.database import Database
from tests.renamed import AFTER, desk
from tests.web.conftest import Opens
from tests.web.staffroom import ONE, Colleague, hire


async def test_old_links_lead_on_and_what_was_withdrawn_says_so(tmp_path: Path, site: Opens) -> None:
    async with Database(f"sqlite:///{tmp_path}/w.db") as database:
        await database.migrate()
        async with (
            site(database, desk=desk(tmp_path / "after", AFTER), rate=0) as opened,
            opened.client(Accept="text/html") as client,
        ):
            moved = await client.get("/a/loan?lang=en")
            made = await client.get("/a/branch-open.east")
            gone = await client.get("/a/telefax")
            nowhere = await client.get("/a/nothing")
    assert (moved.status_code, moved.headers["location"]) == (308, "/a/loan-period?lang=en")
    assert (made.status_code, made.headers["location"]) == (308, "/a/opening.east")
    assert (gone.status_code, nowhere.status_code) == (410, 404)
    assert "이 답은 거두었습니다" in gone.text
    assert 'name="q"' in gone.text
    assert "02-123-4567" not in gone.text


async def test_the_api_and_the_console_take_former_ids(tmp_path: Path, site: Opens) -> None:
    async with Database(f"sqlite:///{tmp_path}/w.db") as database:
        await database.migrate()
        async with site(database, desk=desk(tmp_path / "after", AFTER), rate=0) as opened, opened.user() as client:
            entry = await client.get("/api/v1/entries/branch-open.west?language=en")
            gone = await client.get("/api/v1/entries/fax")
            chosen = (await client.post("/api/v1/ask", json={"choice": "loan"})).json()
            rated = await client.post("/api/v1/feedback", json={"exchange": chosen["exchange"], "verdict": "up"})
            colleague = await Colleague(opened).enter(await hire(database))
            page = await colleague.get("/console/answer/loan?q=%EB%8C%80%EC%B6%9C")
            part = await colleague.get("/console/answer/loan", script=True)
            flagged = await colleague.send("/console/flag", entry="loan", why="stale", call="c1")
    assert (entry.status_code, entry.headers["location"]) == (308, "/api/v1/entries/opening.west?language=en")
    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "entry_gone")
    assert (chosen["entry"], rated.status_code) == ("loan-period", 200)
    assert page.headers["location"] == "/console/answer/loan-period?q=%EB%8C%80%EC%B6%9C"
    assert 'data-entry="loan-period"' in part.text
    assert flagged.status_code == 200, flagged.text


@ONE
async def test_a_slash_at_the_end_leads_to_the_page(database: Database, site: Opens) -> None:
    async with site(database) as opened:
        client = opened.client(Accept="text/html")
        for path in ("/console/", "/browse/", "/chat/", "/a/royalty-cap/"):
            led = await client.get(path)
            assert (led.status_code, led.headers["location"]) == (308, path[:-1])
        assert (await client.get("http://desk.test//evil.example/")).status_code == 404


async def test_knowledge_that_was_replaced_is_let_go(tmp_path: Path, site: Opens) -> None:
    """A desk takes 100 MB: what pages, API and console made of it goes with it, whether or not anybody asks again."""
    async with Database(f"sqlite:///{tmp_path}/w.db") as database:
        await database.migrate()
        async with site(database, desk=desk(tmp_path / "first", AFTER), rate=0) as opened, opened.user() as client:
            opened.parts.front.serve(desk(tmp_path / "second", AFTER))
            colleague = await Colleague(opened).enter(await hire(database))
            for address in ("/", "/browse", "/a/loan-period", "/api/v1/menu", "/api/v1/entries/loan-period"):
                assert (await client.get(address)).status_code == 200
            for address in ("/console", "/console/answer/loan-period", "/console/search?q=%EB%8C%80%EC%B6%9C"):
                assert (await colleague.get(address)).status_code == 200
            await client.post("/api/v1/ask", json={"text": "대출 기간"})
            second = weakref.ref(opened.parts.front.desk)
            opened.parts.front.serve(desk(tmp_path / "third", AFTER))
            gc.collect()
            assert second() is None
