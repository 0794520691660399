"""Knowledge over the API: what anybody may read, in pages, with a version by which it is cached."""

import json

from bot.desk.desk import HelpDesk
from bot.store.database import Database
from bot.words import Kind
from tests.web.conftest import Opens

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
"""Knowledge needs no database."""


async def test_all_entries_in_pages(site: Opens, shipped: HelpDesk) -> None:
    async with site(Database(NOWHERE), rate=0) as opened, opened.client() as client:
        found, cursor = [], ""
        while cursor is not None:
            page = (await client.get("/api/v1/entries", params={"limit": 100, "cursor": cursor})).json()
            found += [e["id"] for e in page["entries"]]
            cursor = page["next"]
        listed = (e for e in shipped.base.entries.values() if not e.for_staff)
        assert found == sorted(e.id for e in listed if not e.id.endswith(".unnamed"))
        topic = (await client.get("/api/v1/entries", params={"topic": "royalty"})).json()["entries"]
        assert topic
        assert {e["topic"] for e in topic} == {"royalty"}


async def test_an_entry_reads_as_it_is_answered(site: Opens, shipped: HelpDesk) -> None:
    options = {"rate": 0, "public_url": "https://desk.example.kr"}
    async with site(Database(NOWHERE), **options) as opened, opened.client() as client:
        entry = (await client.get("/api/v1/entries/institution-phone.changwon")).json()
        asked = (await client.post("/api/v1/ask", json={"choice": "institution-phone.changwon"})).json()
        for name in ("text", "body", "signature", "contacts", "sources", "related", "knowledge"):
            assert entry[name] == asked[name], name
        assert entry["page"] == "https://desk.example.kr/a/institution-phone.changwon"
        assert entry["verified_on"] == "2026-11-23"
        english = (await client.get("/api/v1/entries/institution-phone.changwon?language=en")).json()
        assert "Source" in english["signature"]
        for wrong in ("nope", "organisation-not-operator.unnamed", "../../etc/passwd", "..%2f..%2fetc%2fpasswd"):
            reply = await client.get(f"/api/v1/entries/{wrong}")
            assert (reply.status_code, reply.json()["error"]["code"][:4]) in ((404, "no_s"), (404, "not_")), wrong


async def test_what_has_not_changed_is_not_sent_again(site: Opens) -> None:
    async with site(Database(NOWHERE), rate=0) as opened, opened.client() as client:
        paths = ["suggest?q=창원", "entries", "entries/institution-phone.changwon", "institutions", "menu"]
        for path in [*paths, "institutions/institution.changwon", "menu?language=en"]:
            first = await client.get(f"/api/v1/{path}")
            assert first.status_code == 200, path
            tag = first.headers["etag"]
            assert tag.startswith(f'"{opened.parts.front.base.version}-')
            for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
                again = await client.get(f"/api/v1/{path}", headers={"If-None-Match": sent})
                assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
            assert (await client.get(f"/api/v1/{path}", headers={"If-None-Match": '"x"'})).status_code == 200


async def test_suggestions_are_what_the_desk_would_answer(site: Opens) -> None:
    async with site(Database(NOWHERE), rate=0) as opened, opened.client() as client:
        for text in ("창원대 전화", "기술료", "ckddnjseo"):
            found = (await client.get("/api/v1/suggest", params={"q": text, "limit": 3})).json()["suggestions"]
            answer = (await client.post("/api/v1/ask", json={"text": text})).json()
            assert 0 < len(found) <= 3
            if answer["outcome"] == "answer":
                assert found[0]["entry"] == answer["entry"], text
        assert (await client.get("/api/v1/suggest")).json()["suggestions"] == []


async def test_institutions(site: Opens, shipped: HelpDesk) -> None:
    async with site(Database(NOWHERE), rate=0) as opened, opened.client() as client:
        listed = (await client.get("/api/v1/institutions")).json()["institutions"]
        assert len(listed) == 9
        for line in listed:
            one = (await client.get(f"/api/v1/institutions/{line['id']}")).json()
            assert one["contacts"] == line["contacts"]
            assert any(c["kind"] == "url" for c in one["contacts"])
            assert {e["id"] for e in one["entries"]} <= set(shipped.base.entries)
        short = (await client.get("/api/v1/institutions/changwon")).json()
        assert (short["name"], short["short"]) == ("국립창원대학교", "창원대")
        assert {"kind": "phone", "label": "창원대", "value": "055-213-2114"} in short["contacts"]
        assert (await client.get("/api/v1/institutions/nope")).status_code == 404


async def test_the_menu_leads_to_every_answer(site: Opens, shipped: HelpDesk) -> None:
    async with site(Database(NOWHERE), rate=0) as opened, opened.client() as client:
        menu = (await client.get("/api/v1/menu")).json()
    found = {e["entry"] for s in menu["sections"] for i in s["items"] for e in i["entries"]}
    frames = [f for f in shipped.base.frames if f.kind is Kind.ANSWER]
    assert found == {e.id for f in frames for e in f.entries.values() if not e.for_staff}
    assert menu["welcome"] == shipped.base.reply("welcome")


async def test_a_new_version_is_served_at_once(site: Opens, shipped: HelpDesk, folder) -> None:
    from bot.knowledge.build import load

    other = HelpDesk(load(folder(entries="entries:\n- {id: tree, questions: [사과나무], answer: 사과나무입니다.}\n")))
    async with site(Database(NOWHERE), rate=0) as opened, opened.client() as client:
        before = await client.get("/api/v1/entries?limit=200")
        opened.parts.front.serve(other)
        after = await client.get("/api/v1/entries", headers={"If-None-Match": before.headers["etag"]})
    assert [e["id"] for e in after.json()["entries"]] == ["tree"]
    assert json.loads(after.content)["knowledge"] == other.base.version
