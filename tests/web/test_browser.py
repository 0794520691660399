"""The fixtures themselves: Chromium opens a page of the application, and what goes wrong in a page is noticed."""

from tests.web.browser import BROWSER, Live, Visitor

pytestmark = BROWSER


async def test_the_application_answers_in_chromium(visit: Visitor, live: Live) -> None:
    page = await visit("/healthz")
    assert await page.evaluate("JSON.parse(document.body.innerText)") == {"status": "ok"}

    async def entries() -> int:
        return len(live.parts.front.base.entries)

    assert await live.do(entries()) > 100


async def test_an_error_in_a_page_is_noticed(visit: Visitor) -> None:
    page = await visit("/healthz")
    async with page.context.expect_event("weberror"), page.expect_console_message():
        await page.evaluate("setTimeout(() => { throw new Error('on purpose') }, 0); console.error('said so')")
    assert len(visit.unexpected()) == 2
    visit.expected += ["on purpose", "said so"]
    assert not visit.unexpected()
