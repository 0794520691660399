"""An English question is answered in English on every channel, and says once how to go back; what is tapped below stays in it."""

import httpx
import pytest

from bot.store.database import Database
from tests.channels import conftest
from tests.channels import talktalk as naver
from tests.web.conftest import Opens, site  # noqa: F401 - a fixture

ASKED, THEN = "What is the phone number of Changwon University?", "Can we still apply now?"
LINE = "For answers in Korean, just write in Korean: 한국어로 물으시면 한국어로 답합니다."


async def test_kakaotalk_on_a_korean_phone(database: Database, kakao: conftest.Opens) -> None:
    async with kakao(database) as talk:
        first = await talk.says(ASKED)
        assert (LINE in conftest.said(first), "Source" in conftest.said(first)) == (True, True)
        below = next(t for t in conftest.tappable(first) if "entry" in t["extra"])
        tapped = conftest.said(await talk.says(below["messageText"], extra=below["extra"]))
        assert ("Source" in tapped, LINE in tapped) == (True, False)
        assert LINE not in conftest.said(await talk.says(THEN))
        assert "출처" in conftest.said(await talk.says("창원대 전화번호"))
        other = conftest.said(await talk.says(THEN, user="u2"))
        assert LINE in other


async def test_talktalk(database: Database, talktalk: conftest.Opens) -> None:
    async with talktalk(database) as talk:
        first = await talk.says(ASKED)
        assert (LINE in naver.said(first), "Source" in naver.said(first)) == (True, True)
        assert LINE not in naver.said(await talk.says(THEN))
        assert "출처" in naver.said(await talk.says("창원대 전화번호"))


async def told(client: httpx.AsyncClient, **asked: str) -> tuple[bool, bool]:
    """Whether the answer is in English, and whether it has the line."""
    reply = (await client.post("/api/v1/ask", json=asked)).json()
    assert reply["text"].startswith(reply["body"])
    return "Source" in reply["signature"], LINE in reply["body"]


async def test_the_web(database: Database, site: Opens) -> None:  # noqa: F811
    address = "institution-address.changwon"
    async with site(database) as opened, opened.user() as client:
        assert await told(client, text=ASKED) == (True, True)
        assert await told(client, text="Where is Changwon National University?", choice=address) == (True, False)
        assert await told(client, text=THEN) == (True, False)
        assert await told(client, text="창원대 주소", choice=address) == (False, False)
        assert await told(client, text="창원대 전화번호") == (False, False)


async def test_who_has_a_button_beside_the_answer_and_used_it_is_not_told(database: Database, site: Opens) -> None:  # noqa: F811
    async with site(database) as opened, opened.user("chose") as client:
        assert await told(client, text=ASKED, language="en") == (True, False)
        assert await told(client, text=THEN) == (True, False)
        assert await told(client, text="창원대 전화번호") == (True, False)


@pytest.mark.parametrize("language", ["", "en"])
async def test_one_question_without_a_conversation(database: Database, site: Opens, language: str) -> None:  # noqa: F811
    named = {"language": language} if language else {}
    async with site(database) as opened, opened.client() as client:
        reply = (await client.post("/api/v1/ask", json={"text": ASKED, **named})).json()
    assert (LINE in reply["body"]) is (not language)
