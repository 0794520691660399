"""A maintainer at work in the console: in real Chromium on a small knowledge base, and where the files may be written."""

import asyncio
import csv
import io
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.knowledge.base import KST
from bot.store import flags
from bot.store.memory import Exchange, Feedback, Memory, Unanswered
from tests.reload.test_round import LIBRARY
from tests.web.browser import BROWSER, PATIENCE, PHONE, Live, Visitor, axe_faults, live_on
from tests.web.staffroom import PASSWORD, hire

pytestmark = BROWSER
expect.set_options(timeout=PATIENCE)
ASKED = ("주차장이 있나요?", "주차장 있어요", "주차장 이용할 수 있나요")
PARKING = """\
- id: parking
  questions: [차를 어디에 세우나요, 차 댈 곳, 자동차로 가도 되나요]
  answer: 건물 뒤에 두 시간까지 무료로 세우실 수 있습니다.
  tests: {match: [차를 어디에 대나요]}
"""
HOME = "/console/workshop"


def small(folder: Path) -> Path:
    place = folder / "library"
    place.mkdir()
    overdue = LIBRARY.replace("- id: loan-days", "- id: loan-days\n  review_by: 2026-01-31\n  owner: 대출팀")
    (place / "a.yaml").write_text(overdue + PARKING, encoding="utf-8")
    return place


async def left(live: Live) -> None:
    """Leave questions without an answer, and answers with feedback."""
    now = datetime.now(UTC)
    async with live.parts.database.write() as connection:
        memory = await Memory.load(connection, [], [], now)
        for i, question in enumerate(ASKED):
            memory.unanswered.append(Unanswered(f"u{i}", "web", now, question, "fallback", "hours"))
        memory.unanswered.append(Unanswered("u9", "web", now, "와이파이 비밀번호가 뭐예요", "fallback"))
        for i in range(4):
            at = now - timedelta(hours=i + 1)
            memory.answered(
                Exchange(f"x{i}", f"u{i}", "web", at, "대출 권수 알려 주세요", "글", "answer", "loan-count", 1.0, "v")
            )
        memory.feedback.append(Feedback("x0", "u0", "down", now, "", "loan-count", "v"))
        memory.answered(Exchange("y", "u8", "web", now, "?", "글", "answer", "hours", 1.0, "v"))
        await memory.flush(connection)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The application on a small knowledge base that the console may not write."""
    folder = tmp_path_factory.mktemp("workshop")
    made = live_on(folder, small(folder))
    made.start()
    yield made
    made.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def maintainer(request: pytest.FixtureRequest, chromium: Browser, desk: Live) -> AsyncIterator[Visitor]:
    """Opens pages as a maintainer: `page = await entered(maintainer, path)`."""
    visitor = Visitor(chromium, desk.url, request.node.name)
    yield visitor
    await visitor.close(failed=False)
    assert not visitor.unexpected()


_READY: set[int] = set()


async def entered(visitor: Visitor, desk: Live, path: str, *, login: str = "maintainer1", **how: object) -> Page:
    if id(desk) not in _READY:
        await desk.do(hire(desk.parts.database, "maintainer"))
        await desk.do(hire(desk.parts.database, "agent"))
        await desk.do(left(desk))
        _READY.add(id(desk))
    page = await visitor("/console/login", **how)
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console")
    await page.goto(path)
    return page


async def test_gaps_are_listed_marked_and_learned(maintainer: Visitor, desk: Live) -> None:
    page = await entered(maintainer, desk, HOME)
    rows = page.locator("#main tbody tr")
    await expect(rows).to_have_count(3)
    await expect(rows.first).to_contain_text("3명")
    turned_down = rows.filter(has_text="대출 권수")
    await expect(turned_down).to_contain_text("[loan-count]이(가) 답하지만 도움이 되지 않았다는 평가를 받았습니다")
    # what is doubted is mended; there is nothing to learn in it
    await expect(turned_down.get_by_role("link", name="이 답 고치기")).to_be_visible()
    await expect(turned_down.get_by_role("button", name="패치 받기")).to_have_count(0)
    await expect(rows.first).to_contain_text("[parking]")
    await rows.first.get_by_text("다른 말 2개").click()
    for word in ASKED:
        await expect(rows.first.get_by_text(word).first).to_be_visible()
    assert await axe_faults(page) == []
    await maintainer.shot(page, "console-workshop-gaps", whole=True)

    await rows.filter(has_text="와이파이").get_by_role("button", name="답하지 않음").click()
    await expect(page.get_by_role("status").filter(has_text="상태를 바꾸었습니다")).to_be_visible()
    await expect(rows).to_have_count(2)
    await page.get_by_role("link", name="답하지 않음").click()
    await expect(page.locator("#main tbody")).to_contain_text("와이파이 비밀번호가 뭐예요")

    await page.goto(HOME)
    await rows.first.locator("input[name=entry]").fill("parking")
    async with page.expect_download() as download:
        await rows.first.get_by_role("button", name="패치 받기").click()
    patch = (await (await download.value).path()).read_text(encoding="utf-8")
    folder = desk.server.reloader.folder
    subprocess.run(["git", "apply", "--check"], cwd=folder.parent, input=patch, text=True, check=True)
    lines = [line for line in patch.splitlines() if line.startswith(("+", "-"))]
    assert all(any(w in line for line in lines) for w in ASKED)  # learned, or kept as the test
    assert "여는 시간은 계절마다" not in "".join(lines)


async def test_what_cannot_be_learned_says_why(maintainer: Visitor, desk: Live) -> None:
    maintainer.expected.append("422")
    page = await entered(maintainer, desk, f"{HOME}?state=all")
    row = page.locator("#main tbody tr").first
    await row.locator("input[name=entry]").fill("no-such-entry")
    await row.get_by_role("button", name="패치 받기").click()
    await expect(page.get_by_role("alert")).to_contain_text("'no-such-entry'")


async def test_due_answers_are_confirmed_as_a_patch(maintainer: Visitor, desk: Live) -> None:
    page = await entered(maintainer, desk, f"{HOME}/review")
    await expect(page.locator("#main tbody tr")).to_have_count(1)
    await expect(page.locator("#main tbody")).to_contain_text("일 지남")
    await expect(page.locator("#main tbody")).to_contain_text("대출팀")
    assert await axe_faults(page) == []
    async with page.expect_download() as download:
        await page.get_by_role("button", name="그대로 맞음").click()
    patch = (await (await download.value).path()).read_text(encoding="utf-8")
    today = datetime.now(KST).date()
    assert f"+  verified_on: {today}" in patch
    assert "-  review_by: 2026-01-31" in patch
    assert "+  verified_by: 이지식" in patch
    await page.get_by_role("link", name="90일 안").click()
    await expect(page.locator("#main tbody tr")).not_to_have_count(0)


async def test_use_is_sorted_and_saved_as_a_table(maintainer: Visitor, desk: Live) -> None:
    page = await entered(maintainer, desk, f"{HOME}/use")
    rows = page.locator("#main tbody tr")
    await expect(rows.first).to_contain_text("책을 몇 권까지 빌리나요")
    await expect(rows.first).to_contain_text("25%")
    assert await axe_faults(page) == []
    await maintainer.shot(page, "console-workshop-use", whole=True)
    await page.get_by_role("link", name="답", exact=True).click()
    await expect(rows.first).to_contain_text("hours")
    await page.get_by_role("link", name="90일 동안 안 쓰인 답 2").click()
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("며칠 동안 빌리나요")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="CSV 받기").click()
    text = (await (await download.value).path()).read_text(encoding="utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(text))] == [
        "항목",
        "loan-count",
        "hours",
        "loan-days",
        "parking",
    ]


async def test_broken_files_are_told_with_their_lines_until_they_are_mended(maintainer: Visitor, desk: Live) -> None:
    page = await entered(maintainer, desk, f"{HOME}/files")
    await expect(page.get_by_text("파일에 문제가 없습니다")).to_be_visible()
    broken = desk.server.reloader.folder / "b.yaml"
    broken.write_text("entries:\n- id: x\n  answr: 글\n", encoding="utf-8")
    strip = page.get_by_role("alert")
    while not await strip.count():
        await page.reload()
    await expect(strip).to_contain_text("이전 버전으로 답하고 있습니다")
    await page.goto(HOME)
    await page.get_by_role("link", name="무엇이 잘못되었는지 보기").click()
    causes = page.locator("#main ol").first
    await expect(causes).to_contain_text("b.yaml:3")
    await expect(causes).to_contain_text("'answr'은(는) 모르는 항목입니다")
    await maintainer.shot(page, "console-workshop-files", whole=True)
    broken.unlink()
    while await strip.count():
        await page.reload()
    await expect(page.get_by_text("파일에 문제가 없습니다")).to_be_visible()


async def test_it_can_be_used_on_a_phone(maintainer: Visitor, desk: Live) -> None:
    page = await entered(maintainer, desk, HOME, size=PHONE)
    for path in ("", "/review", "/use", "/files"):
        await page.goto(HOME + path)
        wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, path


async def test_agents_are_kept_out(maintainer: Visitor, desk: Live) -> None:
    maintainer.expected.append("403")
    page = await entered(maintainer, desk, "/console", login="agent1")
    await expect(page.locator("nav").get_by_text("지식", exact=True)).to_have_count(0)
    for path in ("", "/review", "/use", "/use.csv", "/files"):
        answer = await page.request.get(HOME + path)
        assert answer.status == 403, path
    for path in ("/gaps/1/state", "/gaps/1/learn", "/review"):
        answer = await page.request.post(HOME + path, form={"state": "done", "id": "hours", "entry": "hours"})
        assert answer.status == 403, path


async def test_what_an_agent_answered_becomes_a_draft(maintainer: Visitor, desk: Live) -> None:
    """A solved case stands among the gaps with what staff said; one tap makes the draft of an entry of it."""
    page = await entered(maintainer, desk, HOME)

    async def solved() -> None:
        async with desk.parts.database.write() as connection:
            memory = await Memory.load(connection, [], [], datetime.now(UTC))
            said = {"answer": "공유기 이름은 guest, 비밀번호는 안내대에 있습니다.", "ticket": 7}
            memory.unanswered.append(
                Unanswered("u9", "web", datetime.now(UTC), "프린터 쓸 수 있어요", "staff", **said)
            )
            await memory.flush(connection)

    await desk.do(solved())
    row = page.locator("#main tbody tr", has_text="프린터 쓸 수 있어요")
    while not await row.count():
        await page.reload()
    if await row.locator("details:not([open]) summary", has_text="초안").count():
        await row.get_by_text("새 항목의 초안으로").click()
    await expect(row.locator("textarea")).to_have_value("공유기 이름은 guest, 비밀번호는 안내대에 있습니다.")
    assert await axe_faults(page) == []
    await maintainer.shot(page, "console-workshop-draft", whole=True)
    async with page.expect_download() as download:
        await row.get_by_role("button", name="초안 패치 받기").click()
    patch = Path(await (await download.value).path()).read_text(encoding="utf-8")
    assert "status: draft" in patch
    assert "+  questions:" in patch or "+    questions:" in patch
    await page.goto(f"{HOME}?state=pending")
    await expect(page.locator("#main tbody")).to_contain_text("프린터 쓸 수 있어요")


async def test_an_answer_on_the_screen_that_is_changed_is_said_to_be(maintainer: Visitor, desk: Live) -> None:
    page = await entered(maintainer, desk, "/console/answer/parking", login="agent1")
    await expect(page.locator("#reader")).to_contain_text("두 시간까지")
    file = desk.server.reloader.folder / "a.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("두 시간까지", "세 시간까지"), encoding="utf-8")
    try:
        await expect(page.locator("#toasts")).to_contain_text("보시던 답이 방금 바뀌었습니다", timeout=60_000)
        await expect(page.locator("#reader")).to_contain_text("세 시간까지")
        assert "세 시간까지" in await page.locator('[data-copy="plain"]').text_content()
        await maintainer.shot(page, "console-changed-meanwhile")
    finally:
        file.write_text(before, encoding="utf-8")


async def test_where_the_operator_allows_it_the_files_are_written(
    request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path
) -> None:
    place = small(tmp_path)
    live = live_on(tmp_path, place, knowledge_editable=True)
    live.start()
    visitor = Visitor(chromium, live.url, request.node.name)
    try:
        page = await entered(visitor, live, f"{HOME}/review")
        version = live.parts.front.base.version
        await page.get_by_role("button", name="그대로 맞음").click()
        await expect(page.get_by_role("status").filter(has_text="확인한 날을")).to_be_visible()
        assert f"verified_on: {datetime.now(KST).date()}" in (place / "a.yaml").read_text(encoding="utf-8")
        while live.parts.front.base.version == version:
            await asyncio.sleep(0.05)
        await page.reload()
        await expect(page.get_by_text("다시 볼 답이 없습니다")).to_be_visible()

        version = live.parts.front.base.version
        await page.goto(HOME)
        row = page.locator("#main tbody tr").first
        await row.locator("input[name=entry]").fill("parking")
        await row.get_by_role("button", name="지식에 적기").click()
        await expect(page.get_by_role("status").filter(has_text="지식 파일에 적었습니다")).to_be_visible()
        learned = "".join(p.read_text(encoding="utf-8") for p in place.rglob("*") if p.is_file())
        assert all(word in learned for word in ASKED)  # among what people say, or as the test
        assert "# 여는 시간은 계절마다 다시 봅니다" in (place / "a.yaml").read_text(encoding="utf-8")
        while live.parts.front.base.version == version:
            await asyncio.sleep(0.05)
        await page.goto(f"{HOME}?state=done")
        await expect(page.locator("#main tbody")).to_contain_text("3명")

        # an answer that an agent doubts is mended where it is read, and the agent hears of it
        async def flag() -> None:
            async with live.parts.database.write() as connection:
                await flags.leave(
                    connection, "c1", "wrong", "주차", datetime.now(UTC), nearest="parking", note="세 시간"
                )

        await live.do(flag())
        await page.goto("/console/queue")
        await page.locator("tr", has_text="세 시간").get_by_role("link", name="이 답 고치기").click()
        await expect(page.locator(".flagged")).to_contain_text("세 시간")
        await page.fill("#m-answer", "건물 뒤에 세 시간까지 무료로 세우실 수 있습니다.")
        await page.fill("#m-why", "안내문이 바뀌었습니다")
        await page.get_by_role("button", name="미리 보기").click()
        await expect(page.locator(".patch")).to_contain_text("+  answer: 건물 뒤에 세 시간까지")
        assert await axe_faults(page) == []
        await visitor.shot(page, "console-mend", whole=True)
        assert "두 시간까지" in (place / "a.yaml").read_text(encoding="utf-8"), (
            "nothing is written before it was seen"
        )
        version = live.parts.front.base.version
        await page.get_by_role("button", name="지식에 적기").click()
        await page.wait_for_url("**/console/answer/parking")
        assert "세 시간까지" in (place / "a.yaml").read_text(encoding="utf-8")
        while live.parts.front.base.version == version:
            await asyncio.sleep(0.05)
        await page.goto("/console/queue")
        await expect(page.locator(".settled")).to_contain_text("안내문이 바뀌었습니다")
    finally:
        await visitor.close(failed=False)
        live.stop()
    assert visitor.unexpected() == []
