"""How the console behaves while one works in it: what is said in time, what is live, what is told aloud, where one stands."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from bot.store import staff
from bot.store.schema import sessions
from tests.web.agents import Agents, case_of, writes
from tests.web.browser import BROWSER, Live, Visitor
from tests.web.test_console_browser import settled

pytestmark = BROWSER
SOUNDS = """
window.sounds = 0;
window.AudioContext = class {
  currentTime = 0;
  destination = {};
  createOscillator() {
    return { frequency: {}, connect: (next) => next, start: () => { window.sounds += 1; }, stop() {}, addEventListener() {} };
  }
  createGain() { return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (next) => next }; }
  close() {}
};
"""


PULSE = 20_000
"""Milliseconds within which an open page has surely asked how it stands: it does every five seconds."""


async def test_that_a_session_ends_is_said_before_and_any_key_puts_it_off(
    agent: Agents, live: Live, visit: Visitor
) -> None:
    page = await agent("/console/tickets", login="sitting", role="agent", name="앉은이")

    async def last_seen(ago: timedelta) -> None:
        async with live.parts.database.write() as connection:
            member = await staff.find(connection, "sitting")
            mine = sessions.update().where(sessions.c.staff == member.id)
            await connection.execute(mine.values(seen_at=datetime.now(UTC) - ago))

    await expect(page.locator("#ending")).to_be_hidden()
    await live.do(last_seen(staff.IDLE - timedelta(minutes=4)))
    await expect(page.locator("#ending")).to_contain_text("4분 뒤에 로그인이 끝나고", timeout=PULSE)
    await visit.shot(page, "console-ending")
    async with page.expect_response("**/console/stay"):
        await page.keyboard.press("Shift")
    await expect(page.locator("#ending")).to_be_hidden()
    await live.do(last_seen(staff.IDLE + timedelta(minutes=1)))
    visit.expected += ["401"]
    await page.wait_for_url("**/console/login**")
    await expect(page.locator("#fault")).to_contain_text("새 상담을 알리지 못합니다")


async def test_what_waits_is_live_on_every_page_and_told_aloud_to_who_wants_it(agent: Agents, live: Live) -> None:
    page = await agent("/console/tickets", login="listening", role="agent", name="듣는이")
    await page.context.add_init_script(SOUNDS)
    await page.reload()
    await page.get_by_label("소리").check()
    assert await page.evaluate("window.sounds") == 1, "one hears at once what it will be like"
    await page.goto("/console")
    count = page.locator("[data-waiting-count]")
    await page.wait_for_function("() => document.querySelector('[data-waiting]').hasAttribute('aria-label')")
    before = int(await count.text_content())
    case = await case_of(live, "visitor-aloud", "여보세요")
    await expect(count).to_have_text(str(before + 1), timeout=PULSE)  # and nobody opened the page anew
    await expect(page.locator("[data-waiting]")).to_contain_text(str(before + 1))
    await page.wait_for_function("() => window.sounds === 1")
    await writes(live, case, "거기 계신가요")
    await page.goto("/console/tickets")
    await page.get_by_label("소리").uncheck()
    await case_of(live, "visitor-silent", "조용히")
    await page.wait_for_timeout(6000)
    assert await page.evaluate("window.sounds") == 0


async def test_in_a_narrow_window_the_inbox_begins_at_its_top(agent: Agents, live: Live) -> None:
    for n in range(12):
        await case_of(live, f"visitor-many-{n}", "많은 상담")
    page = await agent("/console/tickets", size={"width": 683, "height": 384})
    await expect(page.locator(".case").nth(9)).to_be_visible()
    await page.wait_for_timeout(2500)  # once more it was looked for news
    assert await page.evaluate("scrollY") == 0


async def test_what_was_opened_last_is_where_one_begins_the_next_call(agent: Agents, visit: Visitor) -> None:
    page = await agent(login="again", role="agent", name="또")
    recent = page.locator("#reader [data-recent]")
    await expect(page.locator("#reader").get_by_role("heading", name="많이 묻는 것")).to_be_visible()
    await expect(recent).to_be_hidden()
    # what is merely offered there is no answer that is open
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("f")
    await expect(page.locator("#toasts")).to_contain_text("알릴 답을 먼저 여세요")
    await page.evaluate("document.dispatchEvent(new Event('knowledge-changed'))")
    await page.wait_for_timeout(500)
    await expect(page.locator("#answer-title")).to_have_count(0)
    await page.keyboard.press("/")
    await page.keyboard.type("기술료 상한")
    await settled(page, "기술료 상한")
    await expect(page.locator("#answer-title")).to_be_visible()
    await page.fill("#q", "창원대 전화번호")
    await settled(page, "창원대 전화번호")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer-title")).to_be_focused()
    await page.keyboard.press("n")
    await settled(page, "")
    await expect(recent.locator("a")).to_have_text(["창원대 전화번호"])  # what was merely shown is not among them
    await visit.shot(page, "console-empty")
    await recent.locator("a").click()
    await expect(page.locator("#answer-title")).to_have_text("창원대 전화번호")
    await expect(page.locator(".digits").first).to_be_visible()


@pytest.mark.parametrize("width", [1000, 1120, 1280, 1440])
async def test_the_hours_are_whole_for_whoever_has_the_longest_navigation(agent: Agents, width: int) -> None:
    page = await agent("/console/me", role="admin", name="박관리", size={"width": width, "height": 700})
    hours = page.locator(".hours")
    await hours.evaluate("e => e.lastElementChild.textContent = '12월 31일(목) 09:00부터'")  # the longest there is
    assert await hours.evaluate("e => [...e.children].every((line) => line.getClientRects().length === 1)")
    right = await hours.evaluate("e => e.getBoundingClientRect().right")
    left = await page.locator(".own [data-act='help']").evaluate("e => e.getBoundingClientRect().left")
    assert right <= left
    assert await hours.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_text_size_and_contrast_hold_on_every_page_of_the_console(agent: Agents) -> None:
    page = await agent("/console/me", login="looking", role="agent", name="보는이")
    await page.get_by_role("button", name="글자 크게").click()
    await page.get_by_role("button", name="고대비").click()
    await page.goto("/console/answer/royalty-cap")
    await expect(page.locator("html")).to_have_attribute("data-size", "large")
    await expect(page.locator("html")).to_have_attribute("data-contrast", "high")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
