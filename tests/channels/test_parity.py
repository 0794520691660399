"""One entry, one meaning, on all channels: every shipped entry, rendered for each, says the same and breaks no limit."""

import html
import json
import re

import pytest

from bot.channels import terminal
from bot.channels.kakao.render import render
from bot.channels.talktalk import render as talktalk
from bot.channels.telegram.render import LIMIT, messages
from bot.channels.web.asking import wire
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.desk.say import Say
from bot.lengths import units
from bot.store.database import Database
from bot.words import Query
from tests.channels import conftest
from tests.channels import talktalk as naver
from tests.channels.test_kakao import check, shown, squeezed
from tests.conftest import NOW
from tests.web.conftest import Opens, site  # noqa: F401 - a fixture

TAGS = re.compile(r"</?(?:b|i|a|code)(?: [^>]*)?>")


def stripped(markup: str) -> str:
    """What a reader of Telegram's HTML sees, without white space."""
    return squeezed(html.unescape(TAGS.sub("", markup)))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_entry_says_the_same_everywhere(shipped: HelpDesk, language: str) -> None:
    say = Say(shipped.base, language)
    for entry in shipped.base.entries:
        reply = shipped.answer(Query("", "u", NOW, "test", choice=entry, language=language), Context())[0]
        assert reply.entry == entry
        meant = squeezed(reply.text)
        assert meant

        parts = messages(reply)
        assert all(0 < units(html.unescape(TAGS.sub("", p))) <= LIMIT for p in parts), entry
        assert "".join(map(stripped, parts)) == meant, entry

        sent = json.loads(json.dumps(wire(reply, "x")))
        assert squeezed(sent["text"]) == meant, entry
        assert squeezed(sent["body"] + sent["signature"]) == meant, entry

        line = terminal.as_json(reply)
        assert squeezed(str(line["text"])) == meant, entry

        event = talktalk.render(reply, say=say, page=None, exchange="0123456789ab")
        naver.check(event)
        assert squeezed(naver.said(event)) == meant, entry

        response = render(reply, say=say, page=None, exchange="0123456789ab")
        check(response)
        assert shown(response) == meant, entry
        linked = render(reply, say=say, page=lambda e: f"https://desk.example.kr/a/{e}", exchange="0123456789ab")
        check(linked)
        body, signature = shown(linked).removesuffix(squeezed(reply.signature)), squeezed(reply.signature)
        assert shown(linked).endswith(signature), entry
        if body != squeezed(reply.body):  # shortened: whole sentences from the start, and a link to the rest
            assert squeezed(reply.body).startswith(body.removesuffix("…")), entry
            assert body.endswith(("다.…", "요.…", ".…", "…")), entry
            buttons = linked["template"]["outputs"][0]["textCard"]["buttons"]
            assert buttons[0]["webLinkUrl"].startswith("https://desk.example.kr/a/"), entry


CONVERSATIONS = [
    ["창원대 전화번호", "그럼 조선대는?", "주소도 알려줘"],
    ["과제 수", "1"],
    ["접수 기간", "다시 말해 줘"],
    ["ㅊㅇㄷ", "ckddnjseo"],
    ["기술료가 뭐예요, 협약은 언제 하나요", "김치찌개 끓이는 법"],
    ["안녕하세요", "고마워요", "?"],
    ["What is the phone number of Changwon University?", "and its address?", "그럼 조선대는?"],
]


@pytest.mark.parametrize("words", CONVERSATIONS, ids=" / ".join)
async def test_the_same_questions_get_the_same_answers(
    database: Database,
    kakao: conftest.Opens,
    talktalk: conftest.Opens,
    site: Opens,  # noqa: F811
    words: list[str],
) -> None:
    """Over HTTP, each on its own application: what is said, and what is offered to choose from."""
    async with kakao(database) as one, talktalk(database) as two, site(database) as web, web.user() as browser:
        one.now = two.now = NOW
        for text in words:
            first, second = await one.says(text), await two.says(text)
            reply = await browser.post("/api/v1/ask", json={"text": text})
            assert reply.status_code == 200
            third = reply.json()
            whole = squeezed(third["text"])
            assert squeezed(naver.said(second)) == whole
            listed = any("listCard" in output for output in first["template"]["outputs"])
            assert listed or shown(first) == whole
            offered = [c["entry"] for c in (*third["choices"], *third["related"])]
            assert list(dict.fromkeys(_entries([t["extra"] for t in conftest.tappable(first)]))) == offered
            assert _entries([json.loads(b["data"]["code"]) for b in naver.tappable(second)]) == offered


def _entries(taps: list[dict[str, str]]) -> list[str]:
    return [tap["entry"] for tap in taps if "entry" in tap]
