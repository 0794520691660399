"""The public pages: one for each answer, the index with its search, what search engines read, and what must never be there."""

import html
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest

from bot import app as building
from bot.channels.web import assets, shelf
from bot.channels.web.popular import Popular
from bot.desk.compose import question_of
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST
from bot.store.database import Database
from bot.store.memory import Exchange, Memory
from bot.words import Contact, Kind
from tests.web.conftest import Opens, Site

HTML = {"Accept": "text/html"}


class Parsed(HTMLParser):
    """A page as a browser takes it apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.inside: list[str] = []
        self.data: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))
        self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.data[self.inside[-1]] = self.data.get(self.inside[-1], "") + data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [a for t, a in self.elements if t == tag and all(a.get(k) == v for k, v in wanted.items())]


@asynccontextmanager
async def opened(site: Opens, tmp_path: Path, desk: HelpDesk | None = None, **options: object) -> AsyncIterator[Site]:
    async with Database(f"sqlite:///{tmp_path}/pages.db") as database:
        await database.migrate()
        async with site(database, desk=desk, rate=0, **options) as made:
            yield made


async def get(site: Site, path: str, **headers: str) -> httpx.Response:
    async with site.client() as client:
        return await client.get(path, headers={**HTML, **headers})


async def test_every_public_answer_has_a_page_that_says_it(site: Opens, tmp_path: Path, shipped: HelpDesk) -> None:
    async with opened(site, tmp_path) as made, made.client(**HTML) as client:
        public = [e for e in shipped.base.entries.values() if shelf.is_public(e)]
        assert len(public) > 500
        for entry in public:
            response = await client.get(f"/a/{quote(entry.id)}")
            assert response.status_code == 200, entry.id
            said = html.unescape(re.sub(r"<[^>]+>", "", response.text))
            body = shipped.composer.body(entry, datetime.now(UTC))
            for line in filter(None, (line.strip() for line in body.split("\n"))):
                assert line in said, entry.id
            assert question_of(entry) in said
            if entry.verified_on:
                assert entry.verified_on.isoformat() in said
        for hidden in (e for e in shipped.base.entries.values() if not shelf.has_page(e)):
            assert (await client.get(f"/a/{quote(hidden.id)}")).status_code == 404


async def test_a_page_says_where_it_stands_and_what_it_is(site: Opens, tmp_path: Path) -> None:
    async with opened(site, tmp_path, public_url="https://desk.example.kr") as made:
        response = await get(made, "/a/institution-phone.changwon")
    page = Parsed(response.text)
    address = "https://desk.example.kr/a/institution-phone.changwon"
    assert page.all("html") == [{"lang": "ko"}]
    assert page.all("link", rel="canonical") == [{"rel": "canonical", "href": address}]
    assert page.all("meta", name="description")[0]["content"].startswith("창원대 대표전화는 055-213-2114")
    assert {"href": "tel:0552132114"} in page.all("a")
    assert {"href": "tel:1357"} in page.all("a")
    about, crumbs = json.loads(page.data["script"])
    assert about["@type"] == "FAQPage"
    assert about["mainEntity"][0]["name"] == "창원대 전화번호"
    assert "055-213-2114" in about["mainEntity"][0]["acceptedAnswer"]["text"]
    assert [c["name"] for c in crumbs["itemListElement"]][-1] == "창원대 전화번호"
    assert crumbs["itemListElement"][0]["item"] == "https://desk.example.kr/browse"


async def test_a_value_that_the_directory_doubts_is_not_called_confirmed(site: Opens, tmp_path: Path) -> None:
    async with opened(site, tmp_path) as made:
        pages = [(await get(made, f"/a/{id}")).text for id in ("institution-phone.changwon", "royalty-cap")]
        english = (await get(made, "/a/institution-phone.changwon?lang=en")).text
    badges = [Parsed(page).all("span", **{"class": f"badge {tone}"}) for page in pages for tone in ("warn", "good")]
    assert [len(found) for found in badges] == [1, 0, 0, 1]
    assert "to be confirmed" in english


async def test_a_notice_is_said_once_above_or_in_the_answer(site: Opens, tmp_path: Path, shipped: HelpDesk) -> None:
    notice = shipped.composer.notice(shipped.base.notice, datetime.now(UTC), "ko")
    own, other = (
        next(
            e
            for e in shipped.base.entries.values()
            if shelf.is_public(e) and (e.notice == shipped.base.notice) is has
        )
        for has in (True, False)
    )
    async with opened(site, tmp_path) as made:
        pages = [html.unescape((await get(made, f"/a/{e.id}")).text) for e in (own, other)]
    shown = [p.split("<body>", 1)[1] for p in pages]
    assert [p.count(notice) for p in shown] == [1, 1]
    assert [p.split("<main", 1)[0].count(notice) for p in shown] == [0, 1]


async def test_english_where_there_is_a_translation(site: Opens, tmp_path: Path, shipped: HelpDesk) -> None:
    now = datetime.now(UTC)
    async with opened(site, tmp_path, public_url="https://d.kr") as made:
        names = made.parts.front.base.entries
        both = next(e for e in names.values() if shelf.is_public(e) and len(shipped.base.languages_of(e, now)) > 1)
        english = await get(made, f"/a/{both.id}?lang=en")
        korean = await get(made, f"/a/{both.id}")
    for page in (Parsed(english.text), Parsed(korean.text)):
        alternates = {a["hreflang"]: a["href"] for a in page.all("link", rel="alternate")}
        assert alternates == {
            "ko": f"https://d.kr/a/{both.id}",
            "en": f"https://d.kr/a/{both.id}?lang=en",
            "x-default": f"https://d.kr/a/{both.id}",
        }
    assert Parsed(english.text).all("html") == [{"lang": "en"}]
    (tmp_path / "one").mkdir()
    one = "entries:\n- {id: hours, questions: [몇 시까지 하나요], answer: 여섯 시까지 합니다.}\n"
    (tmp_path / "one" / "entries.yaml").write_text(one, encoding="utf-8")
    desk = building.desk(tmp_path / "one")
    async with opened(site, tmp_path, desk, public_url="https://d.kr") as made:
        neither = await get(made, "/a/hours?lang=en")
    assert "hreflang" not in neither.text
    assert Parsed(neither.text).all("link", rel="canonical")[0]["href"] == "https://d.kr/a/hours"
    assert desk.base.reply("untranslated", "en").replace("{language}", "Korean") in html.unescape(neither.text)


async def test_what_is_said_in_a_conversation_is_no_page(site: Opens, tmp_path: Path, shipped: HelpDesk) -> None:
    """Small talk, what is said to somebody in danger and what is not covered: no page, not listed, not suggested."""
    kept = [e for e in shipped.base.entries.values() if e.kind is not Kind.ANSWER]
    assert len(kept) > 20
    async with opened(site, tmp_path) as made, made.client(**HTML) as client:
        for entry in kept:
            assert (await client.get(f"/a/{quote(entry.id)}")).status_code == 404, entry.id
        sitemap = (await client.get("/sitemap.xml")).text
        assert not any(f"/a/{quote(e.id)}<" in sitemap for e in kept)
        for text in ("ㅋㅋ", "죽고 싶어요", "해적처럼 말해"):
            found = (await client.get("/api/v1/suggest", params={"q": text})).json()["suggestions"]
            assert not {s["entry"] for s in found} & {e.id for e in kept}


@pytest.mark.parametrize("path", ["/", "/browse", "/browse/apply", "/a/royalty-cap"])
async def test_what_a_messenger_shows_of_a_link(site: Opens, tmp_path: Path, path: str) -> None:
    """A picture, a title, a sentence, and in English the English page."""
    async with opened(site, tmp_path, public_url="https://d.kr") as made:
        section = made.parts.front.base.menu[0].id
        path = path.replace("apply", section)
        korean, english = await get(made, path), await get(made, f"{path}?lang=en")
        picture = await get(
            made, Parsed(korean.text).all("meta", property="og:image")[0]["content"][len("https://d.kr") :]
        )
    assert picture.headers["content-type"] == "image/png"
    for page, locale, address in (
        (Parsed(korean.text), "ko_KR", f"https://d.kr{path}"),
        (Parsed(english.text), "en_US", f"https://d.kr{path}?lang=en"),
    ):
        meta = {m["property"]: m["content"] for m in page.all("meta") if m.get("property", "").startswith("og:")}
        assert (meta["og:locale"], meta["og:url"]) == (locale, address)
        assert meta["og:title"]
        assert meta["og:description"]
        assert page.all("link", rel="canonical") == [{"rel": "canonical", "href": address}]
        assert {a["hreflang"] for a in page.all("link", rel="alternate")} == {"ko", "en", "x-default"}


async def test_what_most_want_to_know_stands_first(site: Opens, tmp_path: Path, shipped: HelpDesk) -> None:
    """By who asked here lately; and where nobody did yet, by how many ways to ask it are known."""
    async with opened(site, tmp_path) as made:
        popular = Popular(made.parts)
        first = [e.id for e in await popular.most(10)]
        assert len(set(first)) == 10
        wanted = next(e for e in shipped.base.entries.values() if shelf.is_public(e) and e.id not in first)
        now = datetime.now(UTC)
        async with made.parts.database.write() as connection:
            memory = Memory()
            for n in range(60):
                memory.answered(
                    Exchange(f"x{n}", f"u{n}", "web", now, "물음", "답", "answer", wanted.id, 0.9, "v", False)
                )
            await memory.flush(connection)
        assert (await Popular(made.parts).most(1))[0].id == wanted.id
        setup = (await get(made, "/")).text
        assert f'"entry":"{wanted.id}"' in setup


async def test_the_index_leads_to_every_answer(site: Opens, tmp_path: Path, shipped: HelpDesk) -> None:
    async with opened(site, tmp_path) as made, made.client(**HTML) as client:
        index = Parsed((await client.get("/browse")).text)
        sections = {a["href"] for a in index.all("a") if re.fullmatch(r"/browse/[^#?]+", a["href"])}
        reached = set()
        for section in sections:
            page = Parsed((await client.get(section)).text)
            reached |= {a["href"] for a in page.all("a") if a["href"].startswith("/a/")}
    assert reached == {f"/a/{quote(e.id)}" for e in shipped.base.entries.values() if shelf.is_public(e)}


async def test_search_works_without_javascript_and_with_a_typo(site: Opens, tmp_path: Path) -> None:
    async with opened(site, tmp_path) as made:
        found = await get(made, f"/browse?q={quote('창운대 전번')}")
        nothing = await get(made, f"/browse?q={quote('피자 주문')}")
        empty = await get(made, "/browse?q=+")
        long = await get(made, f"/browse?q={'가' * 3000}")
    links = [a["href"] for a in Parsed(found.text).all("a") if a["href"].startswith("/a/")]
    assert links[0] == "/a/institution-phone.changwon"
    assert Parsed(found.text).all("input", name="q")[0]["value"] == "창운대 전번"
    assert Parsed(found.text).all("meta", name="robots") == [{"name": "robots", "content": "noindex"}]
    assert "‘피자 주문’에 맞는 답을 찾지 못했습니다" in nothing.text
    assert "모든 질문" in empty.text
    assert long.status_code == 200


async def test_what_search_engines_ask_for(site: Opens, tmp_path: Path, shipped: HelpDesk) -> None:
    async with opened(site, tmp_path, public_url="https://desk.example.kr/") as made:
        sitemap, robots = await get(made, "/sitemap.xml"), await get(made, "/robots.txt")
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    urls = ElementTree.fromstring(sitemap.content).findall("s:url", names)
    places = [u.findtext("s:loc", "", names) for u in urls]
    assert len(places) == len(set(places))
    public = [e for e in shipped.base.entries.values() if shelf.is_public(e)]
    assert {f"https://desk.example.kr/a/{quote(e.id)}" for e in public} <= set(places)
    assert "https://desk.example.kr/browse" in places
    english = [u for u in urls if u.findtext("s:loc", "", names).endswith("?lang=en")]
    assert english
    for url in english:
        assert {link.get("hreflang") for link in url.findall("x:link", names)} == {"ko", "en"}
    assert "Sitemap: https://desk.example.kr/sitemap.xml" in robots.text
    assert "Disallow: /console" in robots.text


HOSTILE = """
programme: {{name: "안내 <img src=x onerror=alert(1)>", description: "\\"><script>alert(2)</script>", notice: loud}}
notices:
- id: loud
  phases: [{{answer: "<b onmouseover=alert(3)>알림</b>"}}]
sources:
- {{id: evil, title: "</script><script>alert(4)</script>", date: "2024", url: "https://example.kr/?a=\\"><script>"}}
menu:
- id: "all"
  title: "<i>모두</i>"
  topics: [{{topic: general, title: "<u>일반</u>"}}]
entries:
- id: evil
  topic: general
  questions: ["</title><script>alert(5)</script>가", "사과나무 <b>뜻</b>", 사과나무는 무엇인가요]
  answer: "{answer}"
  staff_note: 직원만 보는 비밀 메모
  sources: [evil]
- id: good
  topic: general
  questions: [바닷가재 알려 주세요, 바닷가재는 무엇인가요, 바닷가재 뜻]
  answer: 바닷가재의 답입니다.
  related: [evil]
  staff_note: 직원만 보는 비밀 메모
""".replace(
    "{answer}", '</script><script>alert(6)</script> javascript:alert(7) https://e.kr/\\"onclick=alert(8) <!-- --'
)


@pytest.fixture
def hostile(folder: Callable[..., Path]) -> HelpDesk:
    return building.desk(folder(base=HOSTILE.replace("{{", "{").replace("}}", "}")))


TYPED = ["<script>alert(9)</script> 사과나무", '"><img src=x onerror=alert(10)> 바닷가재']
HOSTILE_PATHS = [
    *("/", "/chat?embed=1&lang=en", "/chat?entry=evil", "/browse", "/browse/all", "/a/evil", "/a/good"),
    *("/a/evil?lang=en", "/sitemap.xml", "/robots.txt", "/embed.js"),
    *(f"/browse?q={quote(text)}" for text in TYPED),
    f"/a/{quote('<script>alert(11)</script>')}",
]


async def test_nothing_that_was_written_or_typed_becomes_markup(
    site: Opens, tmp_path: Path, hostile: HelpDesk
) -> None:
    async with opened(site, tmp_path, hostile) as made, made.client(**HTML) as client:
        for path in HOSTILE_PATHS:
            response = await client.get(path)
            assert "비밀 메모" not in response.text, path
            if not response.headers["content-type"].startswith("text/html"):
                continue
            page = Parsed(response.text)
            for tag, attributes in page.elements:
                assert not any(name.startswith("on") for name in attributes), (path, tag, attributes)
                assert tag not in ("img", "b", "i", "u"), (path, tag)
                assert not attributes.get("href", "").lower().startswith("javascript:"), path
            for script in page.all("script"):
                own = script.get("src", "").startswith("/static/")
                assert own or script.get("type") in ("application/json", "application/ld+json"), (path, script)
            for text in re.findall(r'<script type="application/[^>]+>(.*?)</script>', response.text, re.DOTALL):
                json.loads(text)
                assert "<" not in text, path
        shown = (await client.get("/a/evil")).text
        for text in (
            "</title><script>alert(5)",
            "</script><script>alert(6)",
            "<script>alert(4)",
            "<b onmouseover=alert(3)>",
        ):
            assert html.escape(text) in shown
        script = (await client.get("/embed.js")).text
        assert "<img" not in script
        ElementTree.fromstring((await client.get("/sitemap.xml")).content)


async def test_the_policy_allows_our_own_files_only(site: Opens, tmp_path: Path) -> None:
    async with opened(site, tmp_path, frame_ancestors="'self' https://univ.example.kr") as made:
        for path in ("/", "/chat", "/browse", "/browse?q=a", "/a/status-open-now", "/a/none"):
            policy = (await get(made, path)).headers["content-security-policy"]
            rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
            assert rules["default-src"] == "'none'", path
            assert rules["script-src"] == "'self'", path
            assert rules["style-src"] == "'self'", path
            assert rules["base-uri"] == "'none'", path
            assert rules["frame-ancestors"] == "'self' https://univ.example.kr", path
            assert "unsafe" not in policy, path
            assert "http:" not in policy, path


async def test_no_file_but_the_static_ones_can_be_had(site: Opens, tmp_path: Path) -> None:
    up = ["..", "%2e%2e", "..%2f..", "....//", "..%5c..", "%252e%252e", ".%00.", "/etc"]
    async with opened(site, tmp_path) as made:
        for climb in up:
            for start in ("/static/x/", "/static/", "/static/x/chat/", "/a/", "/browse/"):
                for target in ("parts.py", "../parts.py", "passwd", "../../../../../etc/passwd"):
                    response = await get(made, f"{start}{climb}/{target}")
                    assert response.status_code == 404, (start, climb, target)
                    assert "import" not in response.text
                    assert "root:" not in response.text
        good = await get(made, assets.static("base.css"))
        other = await get(made, "/static/0000/base.css")
        folder = await get(made, f"/static/{assets.version()}/chat")
    assert good.status_code == 200
    assert "immutable" in good.headers["cache-control"]
    assert other.headers["cache-control"] == "no-cache"
    assert folder.status_code == 404


async def test_an_answer_changes_with_the_day_and_its_tag_with_it(
    site: Opens, tmp_path: Path, folder: Callable[..., Path]
) -> None:
    day = datetime.now(KST).date()

    def knowledge(first: int) -> HelpDesk:
        return building.desk(
            folder(
                base=f"""
notices:
- id: open
  phases: [{{until: {day + timedelta(days=first)}, answer: "{{days_left}}일 남았습니다."}}, {{answer: 끝났습니다.}}]
entries:
- id: call
  questions: [모집 기간, 접수는 언제, 며칠까지 받나요]
  notice: open
  phases:
  - {{until: {day + timedelta(days=first)}, answer: 지금 받고 있습니다.}}
  - {{answer: 이제 받지 않습니다.}}
"""
            )
        )

    async with opened(site, tmp_path, knowledge(2)) as made:
        before = await get(made, "/a/call")
        same = await get(made, "/a/call", **{"If-None-Match": f"W/{before.headers['etag']}"})
        made.parts.front.serve(knowledge(-1))
        after = await get(made, "/a/call", **{"If-None-Match": before.headers["etag"]})
    assert "지금 받고 있습니다." in before.text
    assert "2일 남았습니다." in before.text
    assert (same.status_code, same.content) == (304, b"")
    assert after.status_code == 200
    assert "이제 받지 않습니다." in after.text
    assert after.headers["etag"] != before.headers["etag"]


async def test_another_knowledge_base_says_nothing_of_this_one(
    site: Opens, tmp_path: Path, folder: Callable[..., Path]
) -> None:
    desk = building.desk(folder(base="entries:\n- {id: a, questions: [사과나무 뜻], answer: 나무입니다.}\n"))
    async with opened(site, tmp_path, desk) as made:
        pages = [
            await get(made, path) for path in ("/", "/browse", "/a/a", "/browse/_more", "/sitemap.xml", "/embed.js")
        ]
    for page in pages:
        assert page.status_code == 200
        assert "산학연" not in page.text
        assert "2022" not in page.text
        assert 'class="notice"><p' not in page.text
    assert "/a/a" in pages[3].text or "/a/a" in pages[1].text


async def test_a_page_that_is_not_there_helps_to_find_what_was_meant(site: Opens, tmp_path: Path) -> None:
    async with opened(site, tmp_path) as made, made.client() as client:
        for path in ("/a/no-such-answer", "/nothing/here", "/browse/nothing"):
            response = await client.get(path, headers=HTML)
            assert response.status_code == 404
            assert "그런 페이지가 없습니다" in response.text
            assert Parsed(response.text).all("input", name="q")
        for_programs = await client.get("/api/v1/nothing")
        assert for_programs.status_code == 404
        assert for_programs.json()["error"]["code"] == "not_found"


def test_contacts_and_addresses_in_a_text_are_links() -> None:
    contacts = [Contact("phone", "콜센터", "1357"), Contact("url", "누리집", "www.smtech.go.kr")]
    pieces = shelf.lines("1357이나 www.smtech.go.kr, 또는 (https://a.kr/b?c=1)로. 전화 11357, 1357-2", contacts)[0]
    assert (
        "".join(p.text for p in pieces)
        == "1357이나 www.smtech.go.kr, 또는 (https://a.kr/b?c=1)로. 전화 11357, 1357-2"
    )
    assert [(p.text, p.href) for p in pieces if p.href] == [
        ("1357", "tel:1357"),
        ("www.smtech.go.kr", "https://www.smtech.go.kr"),
        ("https://a.kr/b?c=1", "https://a.kr/b?c=1"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("짧은 글입니다.", "짧은 글입니다."),
        ("첫 문장은\n이렇습니다. " * 20, ("첫 문장은 이렇습니다. " * 11).strip() + " …"),
        ("끊을 곳이 낱말 사이뿐인 " * 20, "끊을 곳이 낱말 사이뿐인 " * 10 + "끊을 곳이 낱말 …"),
        ("가" * 400, "가" * 148 + " …"),
    ],
)
def test_an_excerpt_ends_where_a_sentence_or_a_word_does(text: str, expected: str) -> None:
    assert shelf.excerpt(text) == expected


def test_templates_and_static_files_are_installed_with_the_package(tmp_path: Path) -> None:
    root = Path(building.__file__).resolve().parent.parent
    made = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stderr
    inside = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    for folder in (assets.STATIC, assets.TEMPLATES):
        files = {p.relative_to(root).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert files
        assert files <= inside
