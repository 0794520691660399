"""Whole stories of the shared inbox in real Chromium: two agents and their visitors, and a visitor who comes and goes."""

import re

from playwright.async_api import expect

from bot.channels.web.api_request import user_of
from bot.store.tickets import Ticket
from tests.web.agents import Agents, case_of, writes
from tests.web.browser import BROWSER, Live, Visitor, axe_faults
from tests.web.chatting import Talk
from tests.web.staffroom import PASSWORD
from tests.web.test_chat import kept_user as visitor_of
from tests.web.test_chat import ticket_of
from tests.web.test_chat_embed import other_site

pytestmark = BROWSER
NOTIFICATIONS = """
window.told = [];
window.Notification = class extends EventTarget {
  static permission = 'granted';
  static requestPermission = async () => 'granted';
  constructor(text) { super(); window.told.push(text); }
  close() {}
};
"""
BEHIND = "Object.defineProperty(document, 'hidden', { get: () => %s, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))"


async def asks_for_a_person(visit: Visitor, live: Live, text: str) -> tuple[Talk, Ticket]:
    """Let a visitor ask for a person and say something to them."""
    talk = await Talk.open(visit)
    await talk.at.locator("#person").click()
    await expect(talk.at.locator("#strip")).to_be_visible()
    await tells(talk, text)
    return talk, await ticket_of(live, await visitor_of(talk.page, live))


async def tells(talk: Talk, text: str) -> None:
    """Let a visitor write to a person."""
    await talk.box.fill(text)
    await talk.box.press("Enter")
    await expect(talk.mine.last).to_have_text(text)
    await expect(talk.at.locator(".waiting, .failed")).to_have_count(0)


async def test_two_agents_and_two_visitors_at_once(agent: Agents, live: Live, visit: Visitor) -> None:
    """No message unseen, no draft lost, nobody writes over a colleague without knowing, and memos look like memos."""
    page = await agent("/console/tickets", login="kim", role="agent", name="김하나")
    other = await agent("/console/tickets", login="lee", role="agent", name="이두리")
    first, one = await asks_for_a_person(visit, live, "첫 이용자의 말")
    second, two = await asks_for_a_person(visit, live, "둘째 이용자의 말")
    row = page.locator(f'[data-ticket="{one.id}"]')
    await row.click()
    await expect(page.locator("#reply-text")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("m")
    await expect(page.locator("#said header")).to_contain_text("김하나(나)")
    await page.keyboard.press("r")
    await expect(page.locator("#reply-text")).to_be_focused()
    await page.keyboard.type("쓰다 만 답")

    # news of a case that one holds, while one is at another
    await page.locator(f'[data-ticket="{two.id}"]').click()
    await expect(page.locator("#said header")).to_contain_text(f"#{two.id}")
    await expect(page.locator("#reply-text")).to_have_value("")
    await tells(first, "급합니다")
    await expect(row.locator(".new")).to_contain_text("1")
    await expect(row.locator(".last")).to_have_text("급합니다")
    await expect(page).to_have_title(re.compile(r"^\(\d+\) "))
    await visit.shot(page, "inbox-unread")

    # drafts: over other cases, a reload, and the end of the session
    await row.click()
    await expect(page.locator("#reply-text")).to_have_value("쓰다 만 답")
    await expect(row.locator(".new")).to_have_count(0)
    await page.context.clear_cookies()
    visit.expected += ["401"]
    await page.wait_for_url("**/console/login**")  # noticed by itself
    await page.fill("#login", "kim")
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/console/tickets/{one.id}")
    await expect(page.locator("#reply-text")).to_have_value("쓰다 만 답")

    # who is there, and whose case it is
    await other.locator(f'[data-ticket="{one.id}"]').click()
    await expect(other.locator("#present")).to_contain_text("김하나 님이 맡은 상담입니다")
    await page.locator("#reply-text").press_sequentially("입니다")
    await expect(other.locator("#present")).to_contain_text("김하나 님이 쓰고 있습니다")
    await other.fill("#reply-text", "제가 답할게요")
    await other.keyboard.press("Control+Enter")
    visit.expected += ["409"]
    await expect(other.locator("#held")).to_be_visible()
    await visit.shot(other, "inbox-held")
    assert await axe_faults(other) == []
    await other.keyboard.press("Escape")
    await expect(other.locator("#reply-text")).to_have_value("제가 답할게요")
    assert await other.locator(".msg.staff").count() == 0

    # a memo looks otherwise and stays among staff
    await other.get_by_label("우리끼리 메모").check()
    await expect(other.locator("#reply")).to_have_class("memo")
    await visit.shot(other, "inbox-memo")
    await other.get_by_role("button", name="메모 남기기").click()
    await expect(page.locator(".msg.system")).to_contain_text("제가 답할게요")
    await page.emulate_media(media="print")
    await expect(page.locator(".msg.system")).to_be_hidden()
    await page.emulate_media(media="screen")

    # what is redrawn keeps the focus and what is selected, and the log is the same element
    log = await page.evaluate_handle("document.getElementById('thread')")
    await page.locator("#case-acts [data-quick=close] button").focus()
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('.msg.user p'))")
    await tells(first, "아직 계신가요")
    await expect(page.locator("#thread")).to_contain_text("아직 계신가요")
    assert await page.evaluate("log => log === document.getElementById('thread') && log.isConnected", log)
    assert await page.evaluate("document.activeElement.closest('form')?.dataset.quick") == "close"
    assert await page.evaluate("getSelection().toString()") == "첫 이용자의 말"

    # handed on, and taken over
    await page.locator("#case-more summary").click()
    await page.select_option("#hand-to", "lee")
    await page.get_by_role("button", name="넘기기", exact=True).click()
    await expect(page.locator("#said header")).to_contain_text("이두리")
    await expect(page.locator("#thread")).to_contain_text("김하나 → 이두리: 넘김")
    await page.locator("#case-title").focus()
    await page.keyboard.press("m")
    await expect(page.locator("#said header")).to_contain_text("김하나(나)")

    # the answer comes to whom it is for, and what staff say among themselves to nobody
    await page.locator("#reply-text").press("Control+Enter")
    await expect(first.at.locator(".message.staff")).to_contain_text("쓰다 만 답")
    await expect(page.locator("#reply-text")).to_have_value("")
    await expect(first.at.locator("#log")).not_to_contain_text("제가 답할게요")
    await expect(second.at.locator(".message.staff")).to_have_count(0)

    # closed by a key, and opened again by another
    await page.locator("#case-title").focus()
    await page.keyboard.press("d")
    await expect(page.locator("#said header")).to_contain_text("끝남")
    await page.keyboard.press("u")
    await expect(page.locator("#said header")).to_contain_text("상담 중")


async def test_by_keys_through_the_list_and_told_when_the_tab_is_behind(
    agent: Agents, live: Live, visit: Visitor
) -> None:
    cases = [await case_of(live, f"visitor-{n}", f"{n}째 말") for n in ("넷", "다섯")]
    page = await agent("/console", login="park", role="agent", name="박세리")
    await page.add_init_script(NOTIFICATIONS)
    await page.goto("/console/tickets?state=open")
    await page.keyboard.press("j")
    await expect(page.locator("#case-title")).to_be_focused()
    opened = [await page.locator(".ticket").get_attribute("data-id")]
    await page.keyboard.press("j")
    await expect(page.locator(f'.ticket[data-id="{opened[0]}"]')).to_have_count(0)
    await page.keyboard.press("k")
    await expect(page.locator(f'.ticket[data-id="{opened[0]}"]')).to_have_count(1)
    await page.get_by_label("알림 창").check()
    await page.goto(f"/console/tickets/{cases[0].id}")
    await page.locator("#case-title").focus()
    await page.keyboard.press("m")
    await expect(page.locator("#said header")).to_contain_text("박세리(나)")
    await page.wait_for_function("() => document.querySelector('[data-waiting]').textContent !== ''")
    await page.evaluate(BEHIND % "true")
    await writes(live, cases[0], "여보세요")
    await page.wait_for_function("() => window.told.length > 0")
    assert "맡은 상담에 새 말" in (await page.evaluate("window.told"))[0]
    await page.evaluate(BEHIND % "false")
    # the nearest answers stand beside it, one key away, and begin to read where one looks
    await writes(live, cases[0], "창원대 전화번호 알려 주세요")
    await expect(page.locator("#near")).to_contain_text("창원대 전화번호")
    await page.locator("#case-title").focus()
    await page.keyboard.press("1")
    await expect(page.locator("#reply-text")).to_be_focused()
    assert "055-213-2114" in await page.input_value("#reply-text")
    assert await page.evaluate("document.getElementById('reply-text').scrollTop") == 0


async def test_a_visitor_is_told_of_an_answer_and_comes_back_another_day(
    visit: Visitor, live: Live, staffed: str
) -> None:
    talk = await Talk.open(visit, phone=True)
    await talk.say("창원대 전화번호")
    await talk.at.locator("#person").click()
    await expect(talk.at.locator("#strip")).to_be_visible()
    case = await ticket_of(live, await visitor_of(talk.page, live))
    await talk.page.evaluate(BEHIND % "true")
    await writes(live, case, "서류를 확인했습니다.", author="김상담")
    await expect(talk.at.locator(".message.staff")).to_contain_text("서류를 확인했습니다")
    await expect(talk.page).to_have_title(re.compile(r"^\(1\) "))
    await talk.page.evaluate(BEHIND % "false")
    await expect(talk.page).not_to_have_title(re.compile(r"^\("))

    await talk.at.locator("#later").click()
    link = await talk.at.locator("#later-link").input_value()
    await talk.at.locator("#contact").fill("전화 주세요")
    await talk.at.get_by_role("button", name="남기기").click()
    visit.expected += ["422"]
    await expect(talk.at.locator("#later-said")).to_contain_text("맞지 않습니다")
    await talk.at.locator("#contact").fill("010-1234-5678")
    await talk.at.get_by_role("button", name="남기기").click()
    await expect(talk.at.locator("#later-said")).to_contain_text("남겼습니다")
    await visit.shot(talk.page, "chat-phone-later")
    assert await axe_faults(talk.page) == []

    # the tab is closed; another day the talk is there, and what was said since
    again = await talk.page.context.new_page()
    await talk.page.close()
    await writes(live, case, "연락드리겠습니다.", author="김상담")
    await again.goto("/")
    await expect(again.locator(".message.staff")).to_have_count(2)
    await expect(again.locator("#log")).to_contain_text("055-213-2114")

    # and on another device by the address
    elsewhere = await visit(link)
    await expect(elsewhere.locator("#returning")).to_be_visible()
    await elsewhere.get_by_role("button", name="이어 보기", exact=True).click()
    await expect(elsewhere.locator(".message.staff")).to_have_count(2)
    assert "#back" not in elsewhere.url


DENIED = """
if (window !== top) for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
"""


async def test_on_another_site_that_gives_frames_nothing_the_answer_is_seen_on_the_next_page(
    visit: Visitor, live: Live, staffed: str
) -> None:
    script = f'<script src="{live.url}/embed.js" async></script>'
    with other_site(script, "default-src 'self' 'unsafe-inline' *") as site:
        page = await visit("")
        await page.add_init_script(DENIED)
        await page.goto(site)
        await page.get_by_role("button", name="물어보기").click()
        talk = Talk(page, page.frame_locator("iframe"))
        await talk.say("창원대 전화번호")
        await talk.at.locator("#person").click()
        await expect(talk.at.locator("#strip")).to_be_visible()
        key = await page.evaluate("localStorage.getItem(Object.keys(localStorage).find(k => k.endsWith(':user')))")
        case = await ticket_of(live, user_of(live.parts.secret, key))
        # the panel is closed: badge, preview and title
        await talk.box.press("Escape")
        await writes(live, case, "지금 확인했습니다.", author="김상담")
        await expect(page.locator(".preview")).to_contain_text("지금 확인했습니다.")
        await expect(page.locator(".badge")).to_have_text("1")
        await expect(page).to_have_title("(1) 어느 기관")
        await visit.shot(page, "embed-unread")
        # a new page of the same site: somebody has the case still, and sees at once that there is an answer
        await page.goto(site + "?next")
        await expect(page.locator(".badge")).to_have_text("1")
        await page.get_by_role("button", name="물어보기").click()
        await expect(talk.at.locator(".message.staff")).to_have_count(1)
        await expect(talk.at.locator("#log")).to_contain_text("055-213-2114")
        await expect(page).to_have_title("어느 기관")
        await expect(page.locator(".badge")).to_be_hidden()


FRAMED = """
<iframe id="f" src="{desk}/chat?embed=1#back=EVILKEYEVILKEYEVILKEY" title="안내" width="340" height="560"></iframe>
<script>
window.heard = [];
window.tell = (message) => document.getElementById('f').contentWindow.postMessage(message, '*');
onmessage = (event) => heard.push(event.data);
setTimeout(() => tell({{ helpdesk: 'kept', values: {{}} }}), 4000); // later than the chat waits for it
</script>
"""


async def test_a_page_that_merely_frames_the_chat_hears_that_there_is_news_and_no_word_of_it(
    visit: Visitor, live: Live, staffed: str
) -> None:
    """Nor can it have a visitor go on with somebody else's conversation."""
    with other_site(FRAMED.format(desk=live.url), "default-src * 'unsafe-inline' 'unsafe-eval'") as site:
        page = await visit(
            site.replace("localhost", "127.0.0.1")
        )  # of the same site: it shares what the browser keeps
        talk = Talk(page, page.frame_locator("iframe"))
        await talk.say("창원대 전화번호")
        await expect(talk.at.locator("#returning")).to_be_hidden()
        await page.wait_for_timeout(4_500)
        await talk.at.locator("#person").click()
        await expect(talk.at.locator("#strip")).to_be_visible()
        key = await page.frames[1].evaluate("localStorage.getItem('helpdesk.user')")
        case = await ticket_of(live, user_of(live.parts.secret, key))
        await page.evaluate("tell({ helpdesk: 'shown', open: false })")
        await writes(live, case, "환급액은 1,234,567원입니다.", author="김상담")
        await page.wait_for_function("heard.some((m) => m.helpdesk === 'unread' && m.count === 1)")
        heard = await page.evaluate("JSON.stringify(heard)")
        assert "1,234,567" not in heard
        assert '"keep"' not in heard
