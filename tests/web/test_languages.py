"""What the web says in each language: pages, the chat, and errors in the words of whoever reads them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot import app as building
from bot.channels.web.errors import CODES, spoken_in
from bot.knowledge import locale
from tests.web.conftest import Opens, Site
from tests.web.test_chat_page import setup_of
from tests.web.test_pages import Parsed, get, opened

ALL = ("ko", "en", "vi")
TEXT = """
menu: [{id: use, title: 이용, english: Use, topics: [{topic: use, title: 시간, english: Hours}]}]
entries:
- id: hours
  topic: use
  questions: [몇 시에 여나요, 여는 시각, 언제 열어요, when do you open]
  answer: 아홉 시에 엽니다.
  english: {answer: It opens at nine.}
- {id: fee, topic: use, questions: [연체료가 있나요, 연체료, 늦으면 돈 내나요], answer: 하루 백 원입니다.}
"""
JSON = {"Content-Type": "application/json"}


@pytest_asyncio.fixture
async def three(site: Opens, tmp_path: Path, folder: Callable[..., Path]) -> AsyncIterator[Site]:
    """A desk that speaks three languages."""
    desk = building.desk(folder(base=TEXT), languages=ALL)
    async with opened(site, tmp_path, desk, public_url="https://d.kr") as made:
        yield made


@pytest_asyncio.fixture
async def client(three: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with three.client() as made:
        made.headers.pop("Accept-Language", None)
        yield made


async def test_a_page_is_in_vietnamese_around_an_answer_that_is_not(three: Site) -> None:
    hours, fee = [(await get(three, f"/a/{id}?lang=vi")).text for id in ("hours", "fee")]
    says = locale.of("vi").replies
    for page, told in ((hours, "tiếng Anh"), (fee, "tiếng Hàn")):
        assert Parsed(page).all("html") == [{"lang": "vi"}]
        assert says["untranslated"].replace("{language}", told) in page
        assert says["page_ask"] in page
        assert 'name="lang" value="vi"' in page
    assert "/?entry=hours&amp;lang=vi" in hours
    assert '<p lang="en">It opens at nine.</p>' in hours
    assert '<p lang="ko">하루 백 원입니다.</p>' in fee
    assert Parsed(hours).all("link", rel="canonical")[0]["href"] == "https://d.kr/a/hours?lang=en"
    assert {a["hreflang"] for a in Parsed(hours).all("link", rel="alternate")} == {"ko", "en", "x-default"}
    assert "hreflang" not in fee
    assert '"inLanguage":"en"' in hours


async def test_what_is_in_every_language_links_to_each(three: Site) -> None:
    page = (await get(three, "/browse?lang=vi")).text
    links = {a["hreflang"]: a["href"] for a in Parsed(page).all("a") if "hreflang" in a}
    assert links == {"ko": "https://d.kr/browse", "en": "https://d.kr/browse?lang=en"}
    alternates = {a["hreflang"]: a["href"] for a in Parsed(page).all("link", rel="alternate")}
    assert alternates["vi"] == "https://d.kr/browse?lang=vi"
    assert [m["content"] for m in Parsed(page).all("meta", property="og:locale")] == ["vi_VN"]
    assert [m["content"] for m in Parsed(page).all("meta", property="og:locale:alternate")] == ["ko_KR", "en_US"]
    assert "Use" in page


async def test_the_chat_speaks_each(three: Site) -> None:
    setup = setup_of((await get(three, "/?lang=vi")).text)
    assert (setup["language"], setup["languages"]) == ("vi", [*ALL])
    assert setup["names"] == {"ko": "한국어", "en": "English", "vi": "Tiếng Việt"}
    assert setup["says"]["vi"]["web_send"] == "Gửi"
    assert setup["sections"]["vi"] == [{"id": "use", "title": "Use"}]


async def test_a_question_in_vietnamese_is_answered_in_it(client: httpx.AsyncClient) -> None:
    asked = await client.post("/api/v1/ask", json={"text": "tôi có thể đăng ký không"})
    assert asked.json()["body"].startswith(tuple(locale.of("vi").replies[name] for name in ("fallback", "ask")))
    chosen = await client.post("/api/v1/ask", json={"choice": "hours", "language": "vi"})
    assert chosen.json()["body"].endswith("\nIt opens at nine.")


async def test_it_is_off_where_nobody_turned_it_on(site: Opens, tmp_path: Path, folder: Callable[..., Path]) -> None:
    async with opened(site, tmp_path, building.desk(folder(base=TEXT))) as made:
        page, chat = await get(made, "/a/hours?lang=vi"), await get(made, "/?lang=vi")
        async with made.client() as client:
            asked = await client.post("/api/v1/ask", json={"text": "tôi có thể đăng ký không"})
            wrong = await client.get("/api/v1/nope", headers={"Accept-Language": "vi"})
    assert Parsed(page.text).all("html") == [{"lang": "ko"}]
    assert (setup_of(chat.text)["language"], setup_of(chat.text)["languages"]) == ("ko", ["ko", "en"])
    assert asked.json()["body"].startswith(tuple(locale.of("ko").replies[name] for name in ("fallback", "ask")))
    assert wrong.json()["error"]["message"] == locale.of("ko").errors["not_found"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "ko"),
        ("en", "en"),
        ("en-GB,en;q=0.9,ko;q=0.8", "en"),
        ("fr, vi;q=0.5, en;q=0.4", "vi"),
        ("en;q=0.3, vi-VN;q=0.7", "vi"),
        ("ja", "ko"),
        ("*", "ko"),
        (";;q=;,,en;q=x", "en"),
    ],
)
async def test_errors_are_told_in_the_language_of_the_browser(
    client: httpx.AsyncClient, header: str | None, language: str
) -> None:
    headers = {"Accept-Language": header} if header is not None else {}
    wrong = await client.post("/api/v1/ask", json={"text": 5, "more": 1}, headers=headers)
    spoken = locale.of(language)
    assert wrong.json()["error"]["message"] == spoken.errors["invalid"]
    assert {d["message"] for d in wrong.json()["error"]["details"]} == {
        spoken.faults["string_type"],
        spoken.faults["extra_forbidden"],
    }
    assert wrong.headers["vary"] == "Accept-Language"
    missing = await client.get("/static/nope", headers={**headers, "Accept": "text/html"})
    assert f'<html lang="{language}">' in missing.text
    assert spoken.errors["not_found"] in missing.text
    large = await client.post("/api/v1/ask", content=b"x" * 70_000, headers={**headers, **JSON})
    assert large.json()["error"]["message"] == spoken.errors["too_large"]


async def test_the_console_stays_korean(client: httpx.AsyncClient) -> None:
    console = await client.get("/console/no-such", headers={"Accept-Language": "en", "Accept": "text/html"})
    assert '<html lang="en">' not in console.text
    assert spoken_in({"path": "/console/x", "headers": [(b"accept-language", b"en")]}).code == "ko"


async def test_what_is_wrong_is_named_with_what_may_be(client: httpx.AsyncClient) -> None:
    wrong = await client.post("/api/v1/ask", json={"text": "네", "language": "fr"}, headers={"Accept-Language": "en"})
    assert wrong.json()["error"]["details"] == [
        {"where": "language", "message": "It must be one of 'ko', 'en', 'vi'."},
    ]


def test_every_status_has_a_sentence_in_each_language() -> None:
    for code in locale.codes():
        assert {*CODES.values()} <= {*locale.of(code).errors}
