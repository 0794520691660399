"""The public pages in real Chromium: read, searched, printed, by the keyboard and by those who see differently."""

import pytest
from playwright.async_api import expect

from tests.web.browser import BROWSER, NARROW, Visitor, axe_faults
from tests.web.chatting import PATIENCE

pytestmark = BROWSER
expect.set_options(timeout=PATIENCE)
PLACES = {
    "entry": "/a/institution-phone.changwon",
    "browse": "/browse",
    "section": "/browse/institutions",
    "found": "/browse?q=기술료",
    "missing": "/a/none",
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_nothing_serious_for_those_who_see_hear_or_move_differently(visit: Visitor, dark: bool) -> None:
    visit.expected += ["status of 404"]
    page = await visit("", dark=dark)
    for name, path in PLACES.items():
        await page.goto(path)
        assert await axe_faults(page, *(["color-contrast"] if dark else [])) == [], name
        if name in ("entry", "browse"):
            await visit.shot(page, f"page-{name}-{'dark' if dark else 'light'}", whole=name == "entry")


async def test_on_a_phone_everything_fits(visit: Visitor) -> None:
    visit.expected += ["status of 404"]
    page = await visit("", phone=True, size=NARROW)
    for name, path in PLACES.items():
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        await visit.shot(page, f"page-{name}-phone")


async def test_search_and_read_without_javascript_by_the_keyboard(visit: Visitor) -> None:
    page = await visit("/browse", java_script_enabled=False)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.locator("#q").focus()
    await page.keyboard.type("창운대 전번")
    await page.keyboard.press("Enter")
    first = page.locator(".found a").first
    await expect(first).to_have_text("창원대 전화번호")
    await first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("창원대 전화번호")
    await expect(page.locator("#print")).to_be_hidden()
    await page.get_by_role("link", name="창원대 주소").click()
    await expect(page.locator("h1")).to_have_text("창원대 주소")
    await page.get_by_role("link", name="운영기관 9곳").click()
    await expect(page.locator("h1")).to_have_text("운영기관 9곳")


async def test_printed_it_is_a_hand_out(visit: Visitor) -> None:
    page = await visit("/a/institution-phone.changwon")
    await expect(page.locator("#print")).to_be_visible()
    await page.emulate_media(media="print", color_scheme="dark")
    for gone in (".search", ".tools", ".crumbs", ".related", "footer", ".ask"):
        await expect(page.locator(gone).first).to_be_hidden()
    await expect(page.locator(".address")).to_contain_text("/a/institution-phone.changwon")
    await expect(page.locator(".sources")).to_be_visible()
    await expect(page.locator(".checked")).to_contain_text("확인일 20")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert await page.evaluate("getComputedStyle(document.querySelector('.text')).color") == "rgb(0, 0, 0)"
    await visit.shot(page, "page-entry-print", whole=True)
    printed = await page.pdf(format="A4")
    assert printed.count(b"/Type /Page\n") == 1 or b"/Count 1" in printed


async def test_copy_the_address(visit: Visitor) -> None:
    page = await visit("/a/status-open-now", permissions=["clipboard-read", "clipboard-write"])
    await page.locator("#copy").click()
    await expect(page.locator("#copied")).to_have_text("주소를 복사했습니다")
    assert await page.evaluate("navigator.clipboard.readText()") == f"{visit.base}/a/status-open-now"
