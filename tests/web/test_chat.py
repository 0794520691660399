"""A visitor's whole tasks in the web chat, in real Chromium: on a phone, on a desktop, with the keyboard alone."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, Route, expect

from bot.channels.web import assets, shelf
from bot.channels.web.api_request import user_of
from bot.store import memory, tickets
from bot.words import Contact
from tests.web.browser import BROWSER, DESKTOP, NARROW, Live, Visitor, axe_faults
from tests.web.chatting import CLOSED, Talk

pytestmark = BROWSER


async def kept_user(page: Page, live: Live) -> str:
    """The pseudonym under which the server keeps a visitor."""
    return user_of(live.parts.secret, await page.evaluate("localStorage.getItem('helpdesk.user')"))


async def exchanges(live: Live, user: str) -> list[memory.Exchange]:
    async def read() -> list[memory.Exchange]:
        async with live.parts.database.read() as connection:
            return list(await memory.recent(connection, user, 50))

    return await live.do(read())


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
async def test_ask_with_a_typo_choose_follow_up_and_rate(visit: Visitor, live: Live, phone: bool) -> None:
    where = "phone" if phone else "desktop"
    talk = await Talk.open(visit, phone=phone)
    await expect(talk.at.locator("#notice")).to_contain_text(CLOSED)
    await expect(talk.at.locator("#notice")).to_be_in_viewport()
    await visit.shot(talk.page, f"chat-{where}-1-start")

    await talk.say("창운대 담당 전번 알려 주세요")
    await talk.reads("055-213-2114")
    await talk.reads("출처")
    await talk.reads("확인일 20")
    await expect(talk.last.locator("a[href='tel:0552132114']").first).to_be_visible()
    await visit.shot(talk.page, f"chat-{where}-2-typo")

    await talk.say("그럼 조선대는?")
    await talk.reads("조선대")
    answer = talk.at.locator(".message:has([data-act='down'])").first
    await answer.locator("[data-act='down']").click()
    await expect(answer.locator("[data-act='down']")).to_have_attribute("aria-pressed", "true")
    await answer.get_by_role("button", name="오래된 내용").click()
    await expect(answer.locator(".noted")).to_contain_text("고맙습니다")
    await visit.shot(talk.page, f"chat-{where}-3-feedback")
    await answer.locator("[data-act='up']").click()
    await expect(answer.locator("[data-act='up']")).to_have_attribute("aria-pressed", "true")
    assert len(await exchanges(live, await kept_user(talk.page, live))) == 2


async def test_choose_one_of_several_by_button_or_number_or_say_that_none_fits(visit: Visitor) -> None:
    talk = await Talk.open(visit, phone=True)
    await talk.say("지원")
    choices = talk.last.locator(".choices .choice")
    assert await choices.count() in (2, 3, 4)
    await visit.shot(talk.page, "chat-phone-4-choices")
    question = await choices.nth(1).locator("span").last.inner_text()
    asked = talk.last
    await talk.button("이 중에 없어요").click()
    await expect(asked.locator(".noted")).to_contain_text("찾으시는 답이 없었다고 적어 두었습니다")
    await expect(asked.get_by_role("button", name="상담원")).to_be_visible()
    first = await talk.messages.count()
    await choices.nth(1).dblclick()
    await expect(talk.messages).to_have_count(first + 2)
    await expect(talk.mine.last).to_have_text(question)
    await expect(talk.last.locator(".signature")).to_contain_text("확인일")
    other = await Talk.open(visit)
    await other.say("지원")
    await other.say("2")
    await expect(other.last.locator(".signature")).to_contain_text("확인일")


async def test_any_answer_is_three_taps_away(visit: Visitor) -> None:
    talk = await Talk.open(visit, phone=True)
    await talk.button("메뉴").tap()
    menu = talk.at.get_by_role("dialog")
    await expect(menu.locator("h3").first).to_be_visible()
    await visit.shot(talk.page, "chat-phone-5-menu")
    await menu.get_by_role("button", name="국립창원대학교").tap()
    await menu.get_by_role("button", name="창원대 전화번호").tap()
    await expect(menu).to_be_hidden()
    await talk.reads("055-213-2114")

    await talk.at.locator(".welcome").get_by_role("button", name="문의처·시스템").tap()
    await menu.get_by_role("button", name="문의처").tap()
    await menu.locator(".choice").first.tap()
    await expect(talk.mine).to_have_count(2)


async def test_starting_over_forgets_what_was_talked_about(visit: Visitor) -> None:
    talk = await Talk.open(visit)
    await talk.say("창원대 전화번호")
    await talk.say("그럼 조선대는?")
    await talk.reads("조선대")
    await talk.button("메뉴").click()
    await talk.button("처음부터 다시").click()
    await talk.reads("처음부터 다시 시작합니다")
    await expect(talk.mine).to_have_count(0)
    await talk.say("거기 주소는?")
    await expect(talk.last).not_to_contain_text("조선대학교 주소")


async def test_english_and_back(visit: Visitor) -> None:
    talk = await Talk.open(visit)
    await talk.button("English").click()
    await expect(talk.at.locator("#notice")).to_contain_text("end dates differ by project")
    await talk.say("can we still apply now")
    await expect(talk.page.locator("html")).to_have_attribute("lang", "en")
    await expect(talk.last.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    await visit.shot(talk.page, "chat-desktop-6-english")
    await talk.page.reload()
    await expect(talk.button("한국어")).to_be_visible()
    await expect(talk.box).to_have_attribute("placeholder", "Type your question")
    await talk.button("한국어").click()
    await expect(talk.at.locator("#notice")).to_contain_text(CLOSED)


async def test_english_typed_on_the_korean_page_is_answered_in_english_and_says_how_to_go_back(
    visit: Visitor,
) -> None:
    back = "한국어로 물으시면 한국어로 답합니다."
    talk = await Talk.open(visit)
    await talk.say("What is the phone number of Changwon University?")
    await talk.reads(back)
    await talk.say("Where is Changwon University?")
    await talk.reads("By public sources")
    await expect(talk.last).not_to_contain_text(back)
    await talk.say("창원대 전화번호")
    await talk.reads("055-213-2114 입니다")
    await talk.page.reload()
    await talk.button("English").click()
    await talk.say("How much could a firm receive at Changwon University?")
    await talk.reads("Support for one firm")
    await expect(talk.last).not_to_contain_text(back)


async def ticket_of(live: Live, user: str) -> tickets.Ticket:
    async def read() -> tickets.Ticket:
        async with live.parts.database.read() as connection:
            return (await tickets.open_tickets(connection, [user]))[user]

    return await live.do(read())


async def staff_say(live: Live, ticket: tickets.Ticket, text: str) -> None:
    async def say() -> None:
        async with live.parts.database.write() as connection:
            assert await live.parts.cases.staff_says(connection, ticket, "김상담", text, datetime.now(UTC))

    await live.do(say())


async def look(talk: Talk) -> None:
    """Come back to the tab, which asks for news at once."""
    await talk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


async def close(live: Live, ticket: tickets.Ticket) -> None:
    async def work() -> None:
        async with live.parts.database.write() as connection:
            assert await live.parts.cases.close(connection, ticket, "김상담", datetime.now(UTC))

    await live.do(work())


async def test_a_person_answers_in_the_same_box(visit: Visitor, live: Live, staffed: str) -> None:
    talk = await Talk.open(visit, phone=True)
    await talk.say("지금도 신청되나요")
    await talk.button("상담원").click()
    await talk.reads("상담원에게 전했습니다")
    await talk.reads("1357")
    await talk.reads("상담 시간")
    await expect(talk.at.locator("#strip")).to_contain_text("지금 적는 글은 상담원에게 갑니다")
    await expect(talk.box).to_have_attribute("placeholder", "상담원에게 보낼 말")

    await talk.box.fill("제 전화는 010-2345-6789입니다. 서류가 반려됐어요")
    await talk.box.press("Enter")
    await expect(talk.mine.last).not_to_contain_text("010-2345-6789")
    await expect(talk.mine.last).to_contain_text("서류가 반려됐어요")
    ticket = await ticket_of(live, await kept_user(talk.page, live))
    await staff_say(live, ticket, "확인해 보겠습니다. <b>잠시만요</b>")
    await look(talk)
    await talk.reads("확인해 보겠습니다. <b>잠시만요</b>")
    await expect(talk.last.locator(".who")).to_contain_text("김상담")
    await visit.shot(talk.page, "chat-phone-7-person")

    await talk.page.reload()
    await expect(talk.at.locator("#strip")).to_be_visible()
    await expect(talk.at.locator(".message.staff")).to_have_count(1)

    await talk.button("자동 안내로 돌아가기").click()
    await talk.reads("자동 안내로 돌아왔습니다")
    await talk.say("창원대 전화번호")
    await talk.reads("출처")
    await talk.button("상담원").click()
    await talk.reads("이미 상담원에게 전한 상태입니다")
    await close(live, ticket)
    await look(talk)
    await talk.reads("상담을 마쳤습니다")
    await expect(talk.at.locator("#strip")).to_be_hidden()
    await talk.say("창원대 전화번호")
    await talk.reads("055-213-2114")


async def test_asking_for_a_person_in_words_is_enough(visit: Visitor, live: Live, staffed: str) -> None:
    talk = await Talk.open(visit)
    await talk.box.fill("상담원 연결해 주세요")
    await talk.box.press("Enter")
    await expect(talk.at.locator("#strip")).to_be_visible()
    await ticket_of(live, await kept_user(talk.page, live))
    # another tab, without this one's transcript: the case is there
    page = await talk.page.context.new_page()
    await page.goto("/")
    await expect(page.locator("#strip")).to_be_visible()


async def test_forget_me(visit: Visitor, live: Live) -> None:
    talk = await Talk.open(visit)
    await talk.say("창원대 전화번호")
    user = await kept_user(talk.page, live)
    assert len(await exchanges(live, user)) == 1
    await talk.button("메뉴").click()
    await talk.button("내 정보 삭제").click()
    await talk.button("그대로 두기").click()
    await talk.box.fill("내정보 삭제!")
    await talk.box.press("Enter")
    await talk.button("그대로 두기").click()
    assert len(await exchanges(live, user)) == 1
    await talk.button("메뉴").click()
    await talk.button("내 정보 삭제").click()
    await visit.shot(talk.page, "chat-desktop-8-forget")
    await talk.button("모두 지우기").click()
    await talk.reads("모두 지웠습니다")
    await expect(talk.messages).to_have_count(1)
    assert await exchanges(live, user) == []
    assert "창원대" not in await talk.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    await talk.say("창원대 전화번호")
    assert await kept_user(talk.page, live) != user


async def test_what_cannot_be_sent_is_not_lost(visit: Visitor, live: Live) -> None:
    visit.expected += ["Failed to load resource"]
    talk = await Talk.open(visit, phone=True)
    await talk.say("창원대 전화번호")
    await talk.page.context.set_offline(True)
    await talk.box.fill("그럼 조선대는?")
    await talk.box.press("Enter")
    await expect(talk.button("다시 보내기")).to_be_visible()
    await expect(talk.at.locator(".failed")).to_contain_text("적은 글은 그대로 있습니다")
    await visit.shot(talk.page, "chat-phone-9-offline")
    await talk.page.context.set_offline(False)
    await talk.page.reload()
    await expect(talk.mine.last).to_have_text("그럼 조선대는?")
    await talk.button("다시 보내기").dblclick()
    await talk.reads("조선대")
    await expect(talk.mine).to_have_count(2)
    await expect(talk.button("다시 보내기")).to_have_count(0)
    assert len(await exchanges(live, await kept_user(talk.page, live))) == 2


async def test_what_was_answered_but_did_not_come_back_is_sent_again_as_the_same(
    visit: Visitor, live: Live, staffed: str
) -> None:
    visit.expected += ["Failed to load resource"]
    talk = await Talk.open(visit)

    async def lost(route: Route) -> None:
        await route.fetch()
        await route.abort()

    for path, said in (("ask", "김치찌개 끓이는 법 알려 줘"), ("ticket/messages", "여보세요")):
        await talk.page.route(f"**/api/v1/{path}", lost)
        await talk.box.fill(said)
        await talk.box.press("Enter")
        await expect(talk.button("다시 보내기")).to_be_visible()
        await talk.page.unroute(f"**/api/v1/{path}")
        await talk.button("다시 보내기").click()
        await expect(talk.at.locator(".failed, .waiting")).to_have_count(0)
        if path == "ask":
            await talk.button("상담원").last.click()
            await expect(talk.at.locator("#strip")).to_be_visible()
    user = await kept_user(talk.page, live)
    assert [e.question for e in await exchanges(live, user)] == ["김치찌개 끓이는 법 알려 줘"]
    ticket = await ticket_of(live, user)

    async def read() -> list[str]:
        async with live.parts.database.read() as connection:
            return [m.text for m in await tickets.messages(connection, ticket.id)]

    assert await live.do(read()) == ["여보세요"]


async def test_the_server_says_why_and_the_draft_survives(visit: Visitor) -> None:
    visit.expected += ["status of (429|503)"]
    talk = await Talk.open(visit)
    answers = [
        (429, '{"error": {"code": "too_many_requests", "message": "요청이 너무 잦습니다.", "details": []}}'),
        (503, "<html>gateway</html>"),
    ]

    async def failing(route: Route) -> None:
        status, body = answers.pop(0)
        await route.fulfill(status=status, body=body, headers={"Retry-After": "1"})

    await talk.page.route("**/api/v1/ask", failing)
    for expected in ("요청이 너무 잦습니다.", "보내지 못했습니다"):
        await talk.box.fill("창원대 전화번호")
        await talk.box.press("Enter")
        await expect(talk.at.locator(".failed").last).to_contain_text(expected)
    await talk.page.unroute("**/api/v1/ask")
    await talk.button("다시 보내기").first.click()
    await talk.reads("055-213-2114")
    await talk.box.fill("적다 만 글")
    await talk.page.reload()
    await expect(talk.box).to_have_value("적다 만 글")
    await expect(talk.mine).to_have_count(2)
    await expect(talk.button("다시 보내기")).to_have_count(1)


async def test_hostile_and_long_texts(visit: Visitor) -> None:
    talk = await Talk.open(visit, size=NARROW)
    hostile = "<img src=x onerror=\"document.title='bad'\"><script>document.title='bad'</script> 창원대 전화"
    await talk.say(hostile)
    await expect(talk.mine.last).to_have_text(hostile)
    assert await talk.page.title() != "bad"
    assert await talk.at.locator("#log img, #log script").count() == 0
    await talk.box.fill("기술료 " * 2000)
    await talk.box.press("Enter")
    await expect(talk.at.locator(".message.desk", has_text="앞부분 2000자만")).to_be_visible()
    await expect(talk.mine).to_have_count(2)
    assert await talk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_with_the_keyboard_alone(visit: Visitor) -> None:
    talk = await Talk.open(visit)
    page = talk.page
    await page.keyboard.press("Tab")
    await expect(talk.at.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(talk.box).to_be_focused()
    await page.keyboard.type("지원")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("이요")
    await expect(talk.box).to_have_value("지원\n이요")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("지원")
    await page.keyboard.press("Enter")
    await expect(talk.at.locator(".choices")).to_be_visible()
    await expect(talk.box).to_be_focused()
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.dataset.act?.startsWith('choice')"):
            break
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    await page.keyboard.press("Enter")
    await expect(talk.mine).to_have_count(2)
    await talk.button("메뉴").focus()
    await page.keyboard.press("Enter")
    menu = talk.at.get_by_role("dialog")
    await expect(menu).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(talk.button("메뉴")).to_be_focused()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_nothing_serious_for_those_who_see_hear_or_move_differently(visit: Visitor, dark: bool) -> None:
    talk = await Talk.open(visit, dark=dark)
    await talk.say("지원")
    await talk.button("이 중에 없어요").click()
    await talk.say("창원대 전화번호")
    await talk.last.locator("[data-act='down']").click()
    await expect(talk.last.locator(".reasons")).to_be_visible()
    assert await axe_faults(talk.page) == []
    await talk.at.locator("#open-menu").click()
    await expect(talk.at.locator("#menu h3").first).to_be_visible()
    assert await axe_faults(talk.page) == []
    await visit.shot(talk.page, f"chat-desktop-menu-{'dark' if dark else 'light'}")
    await talk.button("닫기").click()
    await visit.shot(talk.page, f"chat-desktop-answer-{'dark' if dark else 'light'}")


async def test_at_320_pixels_and_enlarged_nothing_is_cut_off(visit: Visitor) -> None:
    enlarged = {"width": DESKTOP["width"] // 4, "height": DESKTOP["height"] // 4}
    for name, size in (("narrow", NARROW), ("enlarged", enlarged)):
        talk = await Talk.open(visit, size=size)
        await talk.say("창원대 전화번호")
        await talk.reads("055-213-2114")
        assert await talk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        await expect(talk.button("보내기")).to_be_in_viewport()
        await talk.last.locator("[data-act='up']").click()
        await expect(talk.last.locator("[data-act='up']")).to_have_attribute("aria-pressed", "true")
        await visit.shot(talk.page, f"chat-{name}")


async def test_without_javascript_there_is_a_way_on(visit: Visitor) -> None:
    page = await visit("/", java_script_enabled=False)
    await expect(page.locator("#notice")).to_contain_text(CLOSED)
    await page.locator("noscript a, .no-script a").click()
    await expect(page).to_have_url(visit.base + "/browse")


async def test_a_page_of_an_answer_leads_into_the_chat(visit: Visitor) -> None:
    page = await visit("/a/institution-phone.changwon")
    await page.get_by_role("link", name="이어서 물어보기").click()
    talk = Talk(page, page)
    await talk.reads("055-213-2114")
    await talk.say("그럼 조선대는?")
    await talk.reads("조선대")
    await expect(page).to_have_url(visit.base + "/")


NOTHING_IS_KEPT = """
for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
"""


async def test_where_a_browser_keeps_nothing_one_can_still_ask(visit: Visitor) -> None:
    page = await visit("")
    await page.add_init_script(NOTHING_IS_KEPT)
    await page.goto("/chat")
    talk = Talk(page, page)
    await talk.say("창원대 전화번호")
    await talk.say("그럼 조선대는?")
    await talk.reads("조선대")


async def test_what_was_kept_by_somebody_else_does_no_harm(visit: Visitor) -> None:
    page = await visit("/")
    await page.evaluate("""() => {
        localStorage.setItem('helpdesk.user', 'short');
        localStorage.setItem('helpdesk.language', 'xx');
        sessionStorage.setItem('helpdesk.talk', '{broken');
    }""")
    await page.reload()
    talk = Talk(page, page)
    await talk.say("창원대 전화번호")
    await talk.reads("055-213-2114")


LINKS = """async ([address, text, contacts]) => {
    const { paragraphs } = await import(address);
    return paragraphs(text, contacts).flatMap((p) => [...p.querySelectorAll('a')].map((a) => [a.textContent, a.getAttribute('href')]));
}"""


async def test_the_chat_and_the_pages_find_the_same_links(visit: Visitor) -> None:
    contacts = [Contact("phone", "콜센터", "1357"), Contact("url", "누리집", "www.smtech.go.kr")]
    contacts += [Contact("phone", "대표", "055-213-2114"), Contact("email", "메일", "help@desk.kr")]
    text = (
        "1357이나 www.smtech.go.kr, (https://a.kr/b?c=1)로. 전화 11357, 1357-2 또는 055-213-2114.\n"
        "help@desk.kr 또는 https://x.kr/가/나. 끝 http://www.smtech.go.kr/길"
    )
    page = await visit("/")
    given = [{"kind": c.kind, "label": c.label, "value": c.value} for c in contacts]
    found = await page.evaluate(LINKS, [assets.static("chat/dom.js"), text, given])
    assert [tuple(f) for f in found] == [
        (p.text, p.href) for line in shelf.lines(text, contacts) for p in line if p.href
    ]
    assert len(found) == 7
