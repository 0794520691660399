"""An agent at work in real Chromium: by keys alone, in Hangul, on a desktop and on a phone."""

import asyncio
import re
from xml.etree import ElementTree

import pytest
from playwright.async_api import Page, expect

from bot.channels.web.console.app import PAGES
from bot.store import answers, flags
from bot.store.answers import Published
from bot.words import Query
from tests.web.agents import Agents, allow_clipboard, clipboard
from tests.web.browser import BROWSER, PHONE, Live, Visitor, axe_faults

pytestmark = BROWSER


async def settled(page: Page, text: str) -> None:
    """Wait until the results are those of a text."""
    await page.wait_for_function("t => document.querySelector('#list').dataset.for === t", arg=text)


async def test_from_log_in_to_copy_by_keys_alone(agent: Agents, live: Live) -> None:
    """Search, open, copy: three keys beside the words; what is copied is what the desk says."""
    page = await agent(role="agent")
    await allow_clipboard(page.context)
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("창원대 전화번호")
    await settled(page, "창원대 전화번호")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer-title")).to_be_focused()
    await page.keyboard.press("c")
    await expect(page.locator("#toasts")).to_contain_text("복사했습니다")
    copied = await clipboard(page)
    assert copied == await page.locator('[data-copy="plain"]').text_content()
    desk = live.parts.front.desk
    reply = desk.ask(Query("창원대 전화번호", "test-copy", live_now()))
    assert copied.startswith(reply.text)
    assert "확인일" in copied
    assert copied.endswith(f"{live.url}/a/institution-phone.changwon")
    for key, kind in (("k", "kakao"), ("e", "mail"), ("t", "subject")):
        await page.keyboard.press(key)
        await page.wait_for_function(
            "async k => await navigator.clipboard.readText() === document.querySelector(`[data-copy=${k}]`).textContent",
            arg=kind,
        )
    assert (await clipboard(page)).startswith("[안내] ")
    await page.keyboard.press("Escape")
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("ㅊㅇㄷ")
    await settled(page, "ㅊㅇㄷ")
    await page.keyboard.press("Escape")
    await settled(page, "")
    await expect(page.locator("#reader")).not_to_contain_text("055-213-2114")  # the caller's before
    await page.keyboard.press("Escape")
    await expect(page.locator("#q")).not_to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#q")).not_to_be_focused()
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()


async def test_it_says_that_it_does_not_know_and_the_answer_before_is_gone(agent: Agents, visit: Visitor) -> None:
    page = await agent()
    await allow_clipboard(page.context)
    await page.keyboard.type("창원대 전화번호")
    await settled(page, "창원대 전화번호")
    await expect(page.locator("#reader")).to_contain_text("055-213-2114")
    await expect(page).to_have_title(re.compile("창원대 전화번호"))
    await page.keyboard.press("Control+Enter")  # copied from the field
    await expect(page.locator("#toasts")).to_contain_text("복사했습니다")
    await page.fill("#q", "강아지 예방접종")
    await settled(page, "강아지 예방접종")
    await expect(page.locator("#answer-title")).to_have_text("확인된 답이 없습니다")
    await expect(page.locator("#reader")).not_to_contain_text("055-213-2114")
    await expect(page.locator("#said")).to_contain_text("확인된 답이 없습니다")
    assert await axe_faults(page) == []
    await visit.shot(page, "console-nothing")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#toasts")).to_contain_text("복사할 답이 없습니다")
    await page.fill("#q", "ㄱㅅㄹ")
    await settled(page, "ㄱㅅㄹ")
    await expect(page.locator("#said")).to_contain_text("‘기술료’(으)로 찾았습니다")
    await visit.shot(page, "console-initials")
    # arrows scroll what is open, and change nothing
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer-title")).to_be_focused()
    opened = await page.locator("#answer-title").text_content()
    await page.keyboard.press("ArrowDown")
    await page.wait_for_timeout(200)
    await expect(page.locator("#answer-title")).to_have_text(opened)
    await expect(page.locator("#answer-title")).to_be_focused()
    await page.keyboard.press("r")
    await expect(page.locator(".next a").first).to_be_focused()


@pytest.mark.parametrize("path", ["/console/tickets", "/console/directory", "/console/me", "/console/queue"])
async def test_the_search_is_one_key_away_from_everywhere(agent: Agents, path: str) -> None:
    page = await agent(path)
    await page.keyboard.press("/")
    await page.wait_for_url("**/console")
    await expect(page.locator("#q")).to_be_focused()


async def test_the_search_is_one_key_away_at_200_percent_while_an_answer_is_open(agent: Agents) -> None:
    page = await agent(size={"width": 640, "height": 400}, device_scale_factor=2)
    await page.keyboard.type("기술료 상한")
    await settled(page, "기술료 상한")
    await page.keyboard.press("Enter")
    await expect(page.locator("#q")).to_be_hidden()
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("c")
    await expect(page.locator("#q")).to_have_value("c")


def live_now():
    from datetime import UTC, datetime

    return datetime.now(UTC)


async def test_arrows_digits_and_the_address(agent: Agents, visit: Visitor) -> None:
    page = await agent()
    await page.keyboard.type("기술료")
    await settled(page, "기술료")
    rows = page.locator('[role="option"]')
    assert await rows.count() >= 3
    await page.keyboard.press("ArrowDown")
    await expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    await expect(page.locator("#q")).to_have_attribute("aria-activedescendant", "r2")
    second = await rows.nth(1).locator(".q").text_content()
    await expect(page.locator("#answer-title")).to_have_text(second)
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer-title")).to_be_focused()
    await page.keyboard.press("3")
    third = await rows.nth(2).locator(".q").text_content()
    await expect(page.locator("#answer-title")).to_have_text(third)
    await expect(page.locator("#answer-title")).to_be_focused()
    address = page.url
    assert "/console/answer/" in address
    assert "q=" in address
    await page.goto(address)
    await expect(page.locator("#answer-title")).to_have_text(third)
    await expect(page.locator("#q")).to_have_value("기술료")
    await page.goto("/console?q=%EA%B8%B0%EC%88%A0%EB%A3%8C")
    await expect(rows.first).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_visible()
    await visit.shot(page, "console-help")
    await page.keyboard.press("Escape")
    await expect(page.locator("#help")).to_be_hidden()


async def compose(page: Page, steps: list[str], commit: str = "") -> None:
    """Compose Hangul as an input method does: what stands there is replaced until it is committed."""
    session = await page.context.new_cdp_session(page)
    for step in steps:
        await session.send(
            "Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)}
        )
    if commit:
        await session.send("Input.insertText", {"text": commit})
    await session.detach()


async def test_composing_hangul(agent: Agents) -> None:
    """Results come while a syllable is composed, nothing is lost or doubled, and no shortcut fires."""
    page = await agent()
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/console/search" in r.url else None)
    await compose(page, ["ㅊ", "차", "창"])
    await settled(page, "창")
    await compose(page, ["창", "창ㅇ", "창워", "창원"])
    await settled(page, "창원")
    await page.evaluate(
        """() => {
          window.fired = [];
          for (const [code, key] of [['KeyC', 'ㅊ'], ['KeyX', 'ㅌ'], ['Digit1', '1'], ['Slash', '/'], ['Escape', 'Escape']]) {
            document.body.dispatchEvent(new KeyboardEvent('keydown', { code, key, isComposing: true, bubbles: true, cancelable: true }));
          }
        }"""
    )
    await expect(page.locator("#q")).to_have_value("창원")
    await expect(page.locator("#toasts")).to_be_empty()
    await compose(page, ["창원", "창원ㄷ", "창원대"], commit="창원대")
    await expect(page.locator("#q")).to_have_value("창원대")
    await settled(page, "창원대")
    assert await page.locator('[role="option"]').first.get_attribute("data-entry") == "institution-overview.changwon"
    assert len(asked) == len(set(asked)), "a text is asked for once"


@pytest.mark.parametrize("again", [False, True], ids=["once", "sent-twice"])
async def test_enter_that_ends_a_syllable_opens_once(agent: Agents, again: bool) -> None:
    """Keyboards differ: some send Enter once more after the syllable is done, others do not."""
    page = await agent()
    await page.evaluate(
        "document.addEventListener('focusin', e => { if (e.target.id === 'answer-title') window.opened = (window.opened ?? 0) + 1 })"
    )
    await compose(page, ["창원대 전", "창원대 전화"])
    await page.evaluate(
        """again => {
          const field = document.getElementById('q');
          const press = (composing) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', isComposing: composing, bubbles: true, cancelable: true }));
          press(true);
          if (again) field.addEventListener('compositionend', () => setTimeout(() => press(false), 10), { once: true });
        }""",
        again,
    )
    await compose(page, [], commit="창원대 전화")
    await expect(page.locator("#answer-title")).to_be_focused()
    await expect(page.locator("#answer-title")).to_have_text("창원대 전화번호")
    await page.wait_for_timeout(200)
    assert await page.evaluate("window.opened") == 1
    await expect(page.locator("#q")).to_have_value("창원대 전화")


async def test_letters_work_in_the_hangul_layout_and_can_be_turned_off(agent: Agents) -> None:
    page = await agent(login="keyless", role="agent")
    await allow_clipboard(page.context)
    await page.goto("/console/answer/institution-phone.changwon")
    await page.evaluate("document.getElementById('q').blur()")
    hangul = "document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyC', key: 'ㅊ', bubbles: true, cancelable: true }))"
    await page.evaluate(hangul)
    await expect(page.locator("#toasts")).to_contain_text("복사했습니다")
    await page.goto("/console/me")
    await page.uncheck("[name=keys]")
    await page.locator("form", has=page.locator("[name=keys]")).get_by_role("button", name="저장").click()
    await expect(page.get_by_text("저장했습니다.")).to_be_visible()
    await page.goto("/console/answer/institution-phone.changwon")
    await page.evaluate("document.getElementById('q').blur()")
    await page.evaluate(hangul)
    await page.keyboard.press("x")
    await page.keyboard.press("f")
    await expect(page.locator("#toasts")).to_be_empty()
    await expect(page.locator("#flag")).to_be_hidden()
    await page.get_by_role("button", name="복사").click()
    await expect(page.locator("#toasts")).to_contain_text("복사했습니다")
    await page.goto("/console/directory")
    for key in ("/", "Control+k", "?", "F2", "g", "t", "j"):
        await page.keyboard.press(key)
    await page.wait_for_timeout(300)
    assert page.url.endswith("/console/directory")
    await expect(page.locator("#help")).to_be_hidden()


async def test_stale_results_are_called_off(agent: Agents) -> None:
    """A slow answer to an earlier text never replaces that to a later one."""
    page = await agent()
    held = []

    async def hold(route) -> None:
        if route.request.url.endswith("%EA%B8%B0"):  # «기»
            held.append(route)
        else:
            await route.continue_()

    await page.route("**/console/search*", hold)
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.insert_text("기")
    async with asyncio.timeout(30):
        while not held:
            await page.wait_for_timeout(20)
    await page.keyboard.insert_text("술료")
    await settled(page, "기술료")
    first = await page.locator('[role="option"]').first.get_attribute("data-entry")
    await held[0].abort()
    await page.wait_for_timeout(100)
    assert await page.locator('[role="option"]').first.get_attribute("data-entry") == first
    assert await page.locator("#list").get_attribute("data-for") == "기술료"
    await page.unroute("**/console/search*")
    agent.visit.expected.append("ERR_FAILED")


async def test_not_found_flag_and_undo(agent: Agents, live: Live, visit: Visitor) -> None:
    async def left() -> list[flags.Left]:
        async with live.parts.database.read() as connection:
            return await flags.queue(connection, 50, ["call", "wrong", "stale"])

    page = await agent()
    before = len(await live.do(left()))
    await page.keyboard.type("구내식당 메뉴 010-1234-5678")
    await settled(page, "구내식당 메뉴 010-1234-5678")
    await page.keyboard.press("F2")
    await expect(page.locator("#toasts")).to_contain_text("못 찾음으로 남겼습니다")
    found = await live.do(left())
    assert len(found) == before + 1
    assert found[0].question == "구내식당 메뉴 [전화번호]"
    assert "찾은 말" in found[0].note
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("x")  # again, in the same call
    await page.wait_for_timeout(300)
    assert len(await live.do(left())) == before + 1
    queue = await agent("/console/queue", login="looker", role="maintainer")
    await expect(queue.get_by_text("구내식당 메뉴 [전화번호]").first).to_be_visible(timeout=2000)
    await page.keyboard.press("u")
    await expect(page.locator("#toasts")).to_contain_text("취소했습니다")
    assert len(await live.do(left())) == before
    await page.keyboard.press("/")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("기술료")
    await settled(page, "기술료")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer-title")).to_be_focused()
    entry = await page.locator(".answer").get_attribute("data-entry")
    await page.keyboard.press("f")
    await expect(page.locator("#flag")).to_be_visible()
    await visit.shot(page, "console-flag")
    await page.keyboard.type("2026년 고시와 다릅니다")
    await page.keyboard.press("Enter")
    await expect(page.locator("#toasts")).to_contain_text("틀렸다고 알렸습니다")
    (flagged, *_) = await live.do(left())
    assert (flagged.why, flagged.nearest) == ("wrong", entry)
    assert flagged.note.startswith("2026년 고시와 다릅니다")


async def test_two_institutions_side_by_side(agent: Agents, visit: Visitor) -> None:
    page = await agent("/console/directory")
    await page.get_by_label("국립창원대학교 비교하기").click()
    await page.get_by_label("조선대학교 비교하기").click()
    await page.wait_for_timeout(300)
    assert page.url.endswith("/console/directory"), "nothing is sent before somebody says so"
    await page.get_by_role("button", name="고른 기관 비교").click()
    await page.wait_for_url("**/console/compare?**")
    heads = page.locator("thead th")
    assert await heads.all_text_contents() == ["조선대학교", "국립창원대학교"] or await heads.count() == 2
    phone = page.locator("tr", has=page.get_by_role("rowheader", name="전화", exact=True))
    await expect(phone).to_contain_text("055-213-2114")
    await expect(phone).to_contain_text("확인 필요")
    await expect(phone).to_contain_text("정보 없음")
    await visit.shot(page, "console-compare")


async def test_a_ticket_from_the_web_to_its_end(agent: Agents, live: Live, visit: Visitor) -> None:
    """A visitor asks for a person; an agent takes the case, answers and closes it; a second one comes too late."""
    visitor = await visit("/console/login")

    async def api(path: str, body: dict | None = None) -> dict:
        headers = {"X-Helpdesk-User": "visitor-0123456789"}
        sent = visitor.request.post if body else visitor.request.get
        response = await sent(f"/api/v1/{path}", headers=headers, **({"data": body} if body else {}))
        return await response.json()

    page = await agent("/console/tickets", login="first", role="agent", name="첫째")
    other = await agent("/console/tickets", login="second", role="agent", name="둘째")
    await api("ask", {"text": "구내식당 메뉴 알려 주세요"})
    opened = await api("ticket", {"text": "<img src=x onerror=alert(1)> 010-1234-5678로 전화 주세요"})
    number = opened["ticket"]["id"]
    for shown in (page, other):
        await shown.locator(f'[data-ticket="{number}"]').click()
        await expect(shown.locator(".thread")).to_contain_text("<img src=x onerror=alert(1)> [전화번호]")
    await visit.shot(page, "console-ticket")
    await other.route("**/live*", lambda route: route.abort())  # sees it late
    await page.get_by_role("button", name="맡기").click()
    await expect(page.locator("#said header")).to_contain_text("첫째(나)")
    await other.get_by_role("button", name="맡기").click()
    await expect(other.locator("#toasts")).to_contain_text("첫째 님이 먼저 맡았습니다")
    await page.fill("#reply-text", "확인해 보니 구내식당은 안내하지 않습니다.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg.staff")).to_contain_text("구내식당은 안내하지 않습니다")
    await expect(page.locator(".msg.staff .delivery")).to_have_text("보냄")
    await expect(page.locator("#reply-text")).to_have_value("")
    got = await api("ticket")
    assert got["ticket"]["claimed_by"] == "첫째"
    assert [m["text"] for m in got["messages"] if m["author"] == "staff"] == [
        "확인해 보니 구내식당은 안내하지 않습니다."
    ]
    await page.get_by_label("우리끼리 메모").check()
    await page.fill("#reply-text", "우리끼리만 보는 말")
    await page.get_by_role("button", name="메모 남기기").click()
    await expect(page.locator(".msg.system")).to_contain_text("우리끼리만 보는 말")
    await api("ticket/messages", {"text": "고맙습니다"})
    await expect(page.locator(".thread")).to_contain_text("고맙습니다")
    await page.locator("#case-more summary").click()
    await page.get_by_role("button", name="지식 담당에게 남기기").click()
    await expect(page.locator("#toasts")).to_contain_text("지식 담당에게 남겼습니다")
    await page.locator("#case-acts [data-quick=close] button").click()
    await expect(page.locator("#said header")).to_contain_text("끝남")
    await expect(page.locator("#reply")).to_be_hidden()
    got = await api("ticket")
    assert got["ticket"]["state"] == "closed"
    assert "우리끼리만" not in str(got)
    visit.expected += ["ERR_FAILED", "409"]


async def test_a_server_that_is_away_is_said_so_in_words_and_the_search_goes_on_by_itself(
    agent: Agents, visit: Visitor
) -> None:
    visit.expected += ["ERR_INTERNET_DISCONNECTED", "Failed to load resource"]
    page = await agent("/console")
    await page.context.set_offline(True)
    await page.locator("#q").fill("창원대 전화번호")
    await expect(page.locator("#away")).to_contain_text("서버와 끊겼습니다")
    await expect(page.get_by_text("Failed to fetch")).to_have_count(0)
    await visit.shot(page, "console-away")
    await page.context.set_offline(False)
    await expect(page.locator("#away")).to_be_hidden()
    await expect(page.locator("#reader h1")).to_have_text("창원대 전화번호")


async def test_what_changed_since_the_last_shift(agent: Agents, live: Live, visit: Visitor) -> None:
    async def change() -> None:
        from datetime import timedelta

        texts = [
            Published("a-test", "지원금이 얼마인가요", "한 곳에 5천만 원까지 지원합니다."),
            Published("b-test", "<b>없어질</b> 물음", "없어질 답"),
            Published("c-test", "영어로 옮긴 물음", "그대로인 답입니다."),
        ]
        while True:  # what serves is written down first
            async with live.parts.database.read() as connection:
                if await answers.last(connection, "institution-phone.changwon"):
                    break
            await asyncio.sleep(0.05)
        now = live_now()
        english = "그대로인 답입니다.\n\nThe answer as it was before."
        async with live.parts.database.write() as connection:
            await answers.record(connection, "aaaa", texts, now - timedelta(days=2))
            await answers.record(
                connection,
                "bbbb",
                [
                    Published("a-test", "지원금이 얼마인가요", "한 곳에 6천만 원까지 지원합니다."),
                    Published("c-test", "영어로 옮긴 물음", english),
                ],
                now,
            )

    await live.do(change())
    page = await agent("/console/changes")
    box = page.locator(".change", has_text="지원금이 얼마인가요")
    await expect(box.locator("del")).to_contain_text("5천만")
    await expect(box.locator("ins")).to_contain_text("6천만")
    await expect(page.locator(".change", has_text="영어로 옮긴 물음").locator(".badge")).to_have_text(
        "영어 답이 생김"
    )
    await visit.shot(page, "console-changes")
    feed = await page.get_by_role("link", name="내 구독 주소").get_attribute("href")
    atom = await (await visit("/healthz")).request.get(feed)
    assert "application/atom+xml" in atom.headers["content-type"]
    assert "[-5천만-][+6천만+]" in await atom.text()
    assert_atom(await atom.text(), visit.base + feed)
    await page.get_by_role("button", name="다 봤음").click()
    await expect(page.get_by_text("그동안 바뀐 답이 없습니다.")).to_be_visible()


def assert_atom(text: str, address: str) -> None:
    """Hold a text to be an Atom feed. Source: RFC 4287, 4.1.1 and 4.1.2."""
    name = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(text)
    assert feed.tag == f"{name}feed"
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
    assert feed.findtext(f"{name}id") == address
    assert feed.find(f"{name}link[@rel='self']").get("href") == address
    ids = [feed.findtext(f"{name}id")]
    for element in (feed, *feed.findall(f"{name}entry")):
        assert element.findtext(f"{name}title")
        assert moment.fullmatch(element.findtext(f"{name}updated"))
        assert element.find(f"{name}author") is not None or feed.find(f"{name}author/{name}name").text
    entries = feed.findall(f"{name}entry")
    assert entries
    for entry in entries:
        ids.append(entry.findtext(f"{name}id"))
        assert entry.find(f"{name}link").get("href").startswith("http")
    assert all(re.fullmatch(r"https?://[!-~]+", i) for i in ids)
    assert len(set(ids)) == len(ids)


SHOWN = sorted(
    {p.path for p in PAGES if p.title}
    | {"/console/me", "/console/compare", "/console/answer/institution-phone.changwon?q=x"}
)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("zoom", {"size": {"width": 640, "height": 400}, "device_scale_factor": 2}), ("phone", {"phone": True})],
)
async def test_one_pane_on_a_phone_and_at_200_percent(agent: Agents, visit: Visitor, name: str, shape: dict) -> None:
    page = await agent(**shape)
    await page.fill("#q", "창원대 전화번호")
    await settled(page, "창원대 전화번호")
    await expect(page.locator("#reader")).to_be_hidden()
    await visit.shot(page, f"console-{name}-list")
    await page.locator('[role="option"]').first.click()
    await expect(page.locator("#answer-title")).to_be_visible()
    await expect(page.locator("#q")).to_be_hidden()
    await visit.shot(page, f"console-{name}-answer")
    await page.get_by_role("button", name="결과").click()
    await expect(page.locator("#q")).to_be_visible()
    for path in (
        "/console",
        "/console/directory",
        "/console/tickets",
        "/console/people",
        "/console/answer/institution-phone.changwon",
    ):
        await page.goto(path)
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} scrolls sideways at {PHONE if name == 'phone' else 640}"


async def test_in_forced_colours_what_is_chosen_stands_out(agent: Agents, visit: Visitor) -> None:
    page = await agent("/console?q=기술료", forced_colors="active")
    await expect(page.locator('[role="option"][aria-selected="true"]')).to_have_css("outline-width", "3px")
    await expect(page.locator(".button.primary").first).to_have_css("outline-width", "3px")
    await visit.shot(page, "console-forced-colours")


async def test_printing_gives_a_plain_sheet(agent: Agents, visit: Visitor) -> None:
    page = await agent("/console/answer/institution-phone.changwon")
    await page.emulate_media(media="print")
    for chrome in (".top", ".finder", ".actions", "#toasts", ".say"):
        await expect(page.locator(chrome).first).to_be_hidden()
    for kept in ("#answer-title", ".text .body", ".sources", ".link", ".facts"):
        await expect(page.locator(kept).first).to_be_visible()
    await visit.shot(page, "console-print")
    assert (await page.pdf(format="A4"))[:4] == b"%PDF"


async def test_the_top_result_is_what_the_bot_says(agent: Agents, live: Live) -> None:
    page = await agent()
    for text in (
        "ㅊㅇㄷ",
        "ckddnjseo",
        "창원데 전화번호",
        "접수기간",
        "기술료 얼마",
        "그럼 어디로 전화해요",
    ):
        await page.fill("#q", text)
        await settled(page, text)
        reply = live.parts.front.desk.ask(Query(text, f"parity-{text}", live_now()))
        wanted = reply.entry or (reply.choices[0].entry if reply.choices else "")
        shown = page.locator('[role="option"]')
        assert (await shown.first.get_attribute("data-entry") if wanted else "") == wanted, text
