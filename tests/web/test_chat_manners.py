"""How the chat behaves under one's fingers: suggestions while typing, «back», what is in sight, text size and contrast."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.web.browser import BROWSER, Live, Visitor, axe_faults
from tests.web.chatting import Talk
from tests.web.test_chat_embed import other_site
from tests.web.test_console_browser import compose

pytestmark = BROWSER
SMALL = {"width": 360, "height": 740}


async def in_sight(page: Page, selector: str) -> bool:
    """Tell whether all of an element can be seen in what scrolls."""
    return await page.evaluate(
        """selector => {
          const shown = document.querySelector(selector).getBoundingClientRect();
          const room = document.getElementById('scroller').getBoundingClientRect();
          return shown.height > 0 && shown.top >= room.top - 1 && shown.bottom <= room.bottom + 1;
        }""",
        selector,
    )


async def test_suggestions_come_while_a_syllable_is_composed_and_no_enter_is_taken(visit: Visitor) -> None:
    talk = await Talk.open(visit)
    await talk.box.focus()
    await compose(talk.page, ["ㅊ", "차", "창", "창ㅇ", "창워", "창원", "창원ㄷ", "창원대"], commit="창원대 전화")
    options = talk.at.locator("#suggestions [role=option]")
    await expect(options.first).to_contain_text("창원대 전화번호")
    await expect(talk.box).to_have_value("창원대 전화")
    await expect(talk.at.locator("#suggested")).to_contain_text("가까운 질문")
    await visit.shot(talk.page, "chat-desktop-suggestions")
    assert await axe_faults(talk.page) == []
    # an Enter that ends a syllable, and one that sends: what was typed goes, not a suggestion
    await talk.page.evaluate(
        """() => document.getElementById('text').dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"""
    )
    await expect(talk.mine).to_have_count(0)
    await talk.box.press("Enter")
    await expect(talk.mine).to_have_text(["창원대 전화"])
    await expect(talk.at.locator("#suggestions")).to_be_hidden()
    # initial consonants, the arrow and Enter
    await talk.box.press_sequentially("ㄱㅅㄹ")
    await expect(options.first).to_be_visible()
    await talk.box.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    chosen = await options.first.text_content()
    await talk.box.press("Enter")
    await expect(talk.mine.last).to_have_text(chosen)
    await expect(talk.box).to_have_value("")
    await talk.box.fill("기술료")
    await expect(options.first).to_be_visible()
    await talk.box.press("Escape")
    await expect(talk.at.locator("#suggestions")).to_be_hidden()
    await expect(talk.box).to_have_value("기술료")


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_the_notice_is_seen_first_and_stays(visit: Visitor, language: str) -> None:
    page = await visit(f"/?lang={language}", size=SMALL)
    await expect(page.locator("#composer")).to_be_visible()
    await page.wait_for_timeout(300)
    assert await page.evaluate("document.getElementById('scroller').scrollTop") == 0
    await expect(page.locator(".chip.most")).to_have_count(10)
    await visit.shot(page, f"chat-360-start-{language}")
    await page.locator(".chip.most").first.click()
    await expect(page.locator(".message")).to_have_count(3)
    await expect(page.locator("#notice")).to_be_in_viewport()


async def test_back_closes_what_is_open_and_leaves_only_then(visit: Visitor) -> None:
    page = await visit("/browse", size=SMALL, has_touch=True, is_mobile=True)
    await page.goto("/")
    talk = Talk(page, page)
    await page.locator("#open-menu").click()
    menu = page.locator("#menu")
    await expect(menu).to_be_visible()
    await expect(page.locator("#menu h3").first).to_be_visible()
    await page.locator("#menu .filter").fill("기술료")
    await expect(page.locator("#menu .choice").first).to_contain_text("기술료")
    await visit.shot(page, "chat-360-menu-filter")
    await page.go_back()
    await expect(menu).to_be_hidden()
    await expect(talk.box).to_be_visible()
    await page.locator("#open-menu").click()
    await talk.button("닫기").first.click()
    await expect(menu).to_be_hidden()
    await page.wait_for_timeout(200)
    await page.go_back()
    await expect(page).to_have_url(re.compile("/browse$"))


async def test_back_closes_the_panel_on_a_phone_and_stays_on_the_site(visit: Visitor, live: Live) -> None:
    with other_site(
        f'<script src="{live.url}/embed.js" async></script>', "default-src 'self' 'unsafe-inline' *"
    ) as site:
        page = await visit(site, size=SMALL, has_touch=True, is_mobile=True)
        await page.get_by_role("button", name="물어보기").click()
        await expect(page.locator("iframe")).to_be_visible()
        await page.go_back()
        await expect(page.locator("iframe")).to_be_hidden()
        assert page.url == site


async def test_what_follows_a_tap_is_in_sight_and_a_number_is_one_line(visit: Visitor) -> None:
    talk = await Talk.open(visit, size=SMALL)
    await talk.say("창원대 전화번호")
    contacts = talk.last.locator(".contacts li")
    assert await contacts.count() == 2
    assert (await contacts.first.bounding_box())["height"] <= 60
    await talk.last.locator("[data-act='down']").click()
    await expect(talk.at.locator(".reasons")).to_be_visible()
    assert await in_sight(talk.page, ".reasons")
    await visit.shot(talk.page, "chat-360-reasons")
    await talk.page.locator("#open-menu").click()
    await talk.page.locator("#restart").click()
    await expect(talk.messages).to_have_count(1)
    await talk.say("지원")
    await talk.button("이 중에 없어요").click()
    await expect(talk.at.locator(".choices .noted")).to_be_visible()
    assert await in_sight(talk.page, ".choices .noted")


async def test_what_is_sent_again_is_answered_where_it_is_read(visit: Visitor) -> None:
    """After what was not sent meanwhile: the question stands above its answer, and others stay as they are."""
    visit.expected += ["Failed to load resource"]
    talk = await Talk.open(visit, size=SMALL)
    await talk.page.context.set_offline(True)
    for text in ("창원대 전화번호", "기술료가 얼마예요"):
        await talk.box.fill(text)
        await talk.box.press("Enter")
        await expect(talk.mine.last).to_have_text(text)
    await expect(talk.button("다시 보내기")).to_have_count(2)
    await talk.page.context.set_offline(False)
    await talk.button("다시 보내기").first.click()
    await talk.reads("055-213-2114")
    await expect(talk.mine).to_have_text(["기술료가 얼마예요", "창원대 전화번호"])
    await expect(talk.at.locator(".message").last).to_contain_text("055-213-2114")


async def test_nothing_is_cut_off_where_one_writes_to_a_person(visit: Visitor, live: Live, staffed: str) -> None:
    for language in ("ko", "en"):
        talk = await Talk.open(visit, f"/?lang={language}", size=SMALL)
        await talk.page.locator("#person").click()
        await expect(talk.page.locator("#strip")).to_be_visible()
        fits = """field => {
          const one = field.clientHeight;
          field.value = field.placeholder;
          field.dispatchEvent(new Event('input'));
          return field.clientHeight <= one + 1 && field.scrollHeight <= field.clientHeight + 1;
        }"""
        assert await talk.box.evaluate(fits), language


@pytest.mark.parametrize("path", ["/", "/browse", "/a/royalty-cap", "/check"])
async def test_it_looks_as_public_sites_do(visit: Visitor, path: str) -> None:
    """17 px, one and a half lines, words whole, two rings around what has the focus. Source: KRDS."""
    page = await visit(path)
    style = (
        "s => [parseFloat(s.fontSize), parseFloat(s.lineHeight) / parseFloat(s.fontSize), s.wordBreak, s.fontFamily]"
    )
    size, line, breaks, family = await page.evaluate(f"({style})(getComputedStyle(document.body))")
    assert (size, breaks) == (17, "keep-all")
    assert line >= 1.5
    assert "Pretendard" in family
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    rings = await page.evaluate("(s => [s.outlineStyle, s.boxShadow])(getComputedStyle(document.activeElement))")
    assert rings[0] == "solid"
    assert rings[1] != "none"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_larger_text_and_high_contrast(visit: Visitor, dark: bool) -> None:
    talk = await Talk.open(visit, size=SMALL, dark=dark)
    page = talk.page
    before = await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert before == 17
    await page.locator("#open-menu").click()
    await page.locator("#larger").click()
    await page.locator("#larger").click()
    await page.locator("#contrast").click()
    await expect(page.locator("#contrast")).to_have_attribute("aria-pressed", "true")
    await talk.button("닫기").first.click()
    await talk.say("창원대 전화번호")
    assert await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > 24
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await axe_faults(page) == []
    await visit.shot(page, f"chat-360-contrast-{'dark' if dark else 'light'}")
    await page.goto("/browse")
    await expect(page.locator("html")).to_have_attribute("data-contrast", "high")
    assert await axe_faults(page) == []


async def test_the_guided_check_is_tapped_through_to_its_sources(visit: Visitor, live: Live) -> None:
    talk = await Talk.open(visit, size=SMALL)
    await talk.button("우리 회사가 될까요?").click()
    for tapped in ("사업자등록을 한 중소기업", "해당 없음", "대학이나 연구기관과 함께", "수도권 밖"):
        await talk.last.get_by_role("button", name=tapped).click()
    await talk.reads("지금 볼 것")
    await talk.reads("확인 필요")
    await talk.reads("출처: ")
    await visit.shot(talk.page, "chat-360-guided")
    assert await axe_faults(talk.page) == []
    await talk.last.get_by_role("button", name="뒤로").click()
    await talk.reads("회사가 어디에 있나요?")
    await talk.page.reload()
    await talk.reads("회사가 어디에 있나요?")
    # the same without scripts, a page a tap
    plain = await visit("/check", java_script_enabled=False, size=SMALL)
    for tapped in ("사업자등록을 한 중소기업", "해당 없음", "기업 혼자", "7년 이하"):
        await plain.get_by_role("link", name=tapped).click()
    await expect(plain.locator("article")).to_contain_text("창업성장기술개발")
    await expect(plain.locator("article .sources li").first).to_be_visible()
    await visit.shot(plain, "page-360-check", whole=True)
