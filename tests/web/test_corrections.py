"""Answers that were put right after a visitor got them: over the API, and in the chat when it is opened again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import expect

from bot.desk import history
from bot.desk.desk import HelpDesk
from bot.knowledge.build import load
from bot.store.database import Database
from tests.conftest import SHIPPED
from tests.renamed import desk
from tests.web.browser import BROWSER, Live, Visitor
from tests.web.chatting import Talk
from tests.web.conftest import Opens

TEXT = """\
entries:
- {{id: loan, correction: true, questions: [대출 기간, 며칠 동안 빌리나요], answer: {answer}}}
"""


async def publish(database: Database, knowledge: HelpDesk, at: datetime) -> None:
    async with database.write() as connection:
        await history.note(connection, knowledge.base, at)


async def test_the_api_tells_who_was_given_the_old_text(tmp_path: Path, database: Database, site: Opens) -> None:
    old, new = (desk(tmp_path / n, TEXT.format(answer=f"{n} 답입니다.")) for n in ("옛", "고친"))
    await publish(database, old, datetime.now(UTC) - timedelta(days=1))
    async with site(database, desk=old) as opened, opened.user() as client, opened.user("else") as other:
        await client.post("/api/v1/ask", json={"text": "대출 기간"})
        await publish(database, new, datetime.now(UTC))
        early = (await client.get("/api/v1/corrections")).json()  # this process does not serve the new text yet
        opened.parts.front.serve(new)
        (told,) = (await client.get("/api/v1/corrections")).json()["corrections"]
        after = (await client.get("/api/v1/corrections", params={"after": told["id"]})).json()
        others = (await other.get("/api/v1/corrections")).json()
        nobody = await client.get("/api/v1/corrections", headers={"X-Helpdesk-User": ""})
    assert early == after == others == {"corrections": []}
    assert told["question"] == "대출 기간"
    assert "바로잡혔습니다" in told["answer"]["body"]
    assert told["answer"]["body"].endswith("고친 답입니다.")
    assert (told["answer"]["entry"], told["answer"]["exchange"]) == ("loan", "")
    assert nobody.status_code == 422


@BROWSER
async def test_a_visitor_who_comes_back_is_shown_it_once(visit: Visitor, live: Live) -> None:
    front, database = live.parts.front, live.parts.database
    talk = await Talk.open(visit, phone=True)
    await talk.say("창원대 전화번호")
    text = (SHIPPED / "entries" / "institution-templates.yaml").read_bytes()
    changed = text.replace(b"- id: institution-phone\n", b"- id: institution-phone\n  correction: true\n")
    assert changed != text
    changed = changed.replace("대표전화는".encode(), "대표 번호는".encode())
    fixed = HelpDesk(load(SHIPPED, {"entries/institution-templates.yaml": changed}), front.desk.kept)
    before = front.desk
    await live.do(publish(database, before, datetime.now(UTC)))
    try:
        live.loop.call_soon_threadsafe(front.serve, fixed)
        await live.do(publish(database, fixed, datetime.now(UTC)))
        await talk.page.reload()
        await talk.reads("바로잡혔습니다")
        await talk.reads("대표 번호는 055-213-2114")
        await visit.shot(talk.page, "chat-phone-corrected")
        await talk.page.reload()
        await expect(talk.at.get_by_text("바로잡혔습니다")).to_have_count(1)
        await expect(talk.messages).to_have_count(3)
    finally:
        live.loop.call_soon_threadsafe(front.serve, before)
