"""A conversation through every button and command, with the emulator as Telegram, by polling and by webhook."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import SHIPPED
from tests.telegram.emulator import EmulatedTelegram
from tests.telegram.fake import Sent
from tests.telegram.running import Process


@pytest_asyncio.fixture(params=["polling", "webhook"])
async def telegram(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[EmulatedTelegram]:
    """The emulator with the help desk on the shipped knowledge behind it."""
    async with EmulatedTelegram(journal=tmp_path / "journal.jsonl") as peer:
        process = Process.of(
            peer.url,
            f"sqlite:///{tmp_path}/h.db",
            tmp_path,
            knowledge=SHIPPED,
            webhook=request.param == "webhook",
            HELPDESK_SEND_RATE="1000",
        )
        async with process:
            await peer.until(lambda: any(m == "setMyShortDescription" for m, _ in peer.calls), 120)
            yield peer
        judged = peer.verdict()
        assert judged["ok"], judged
        assert "Traceback" not in process.log.read_text()


async def tapped(peer: EmulatedTelegram, sent: Sent, part: str) -> Sent:
    """Tap a button and return the next message in the chat, or the tapped one where it was changed."""
    before, edits = len(peer.of(sent.chat)), sent.edits
    peer.tap(sent, part)
    await peer.until(lambda: len(peer.of(sent.chat)) > before or sent.edits > edits)
    return peer.of(sent.chat)[before] if len(peer.of(sent.chat)) > before else sent


async def menu(peer: EmulatedTelegram, me: int) -> None:
    """Any answer in three taps; contacts, related questions, deep links."""
    start = await peer.reply(me, "/start")
    assert "2022년 6월에 끝났습니다" in start.text
    institutions = await tapped(peer, start, "m:institutions")
    one = await tapped(peer, institutions, "국립창원대학교")
    answer = await tapped(peer, one, "전화번호")
    assert "055-213-2114" in answer.text
    assert "출처" in answer.text
    assert "확인일" in answer.text
    assert answer.button("055-213-2114")["copy_text"] == {"text": "055-213-2114"}
    assert answer.button("창원대 열기")["url"].startswith("https://www.changwon.ac.kr")
    check = await tapped(peer, await peer.reply(me, "/start"), "m:@check/")
    assert (await tapped(peer, check, "m:@check/0")).button("뒤로")
    related = await tapped(peer, answer, "›")
    assert related.id != answer.id
    back = await tapped(peer, related, "처음 메뉴")
    topic = await tapped(peer, await tapped(peer, back, "m:now"), "m:now/0")
    assert "e:" in str(topic.payload["reply_markup"])
    assert (await tapped(peer, await tapped(peer, topic, "뒤로"), "뒤로")).button("m:else")


async def links(peer: EmulatedTelegram, me: int) -> None:
    """Deep links, and a person where there is no staff group: noted, and whom to call."""
    assert (await peer.reply(me, "/start m_who")).button("m:who/0")
    deep = await peer.reply(me, "/start e_contact-main")
    assert "1357" in deep.text
    person = await tapped(peer, deep, "상담원")
    assert "1357" in person.text
    assert "접수 번호" in person.text
    assert person.text.split("접수 번호")[1][:3] == (await peer.reply(me, "/person")).text.split("접수 번호")[1][:3]


async def feedback(peer: EmulatedTelegram, me: int) -> None:
    good = await peer.reply(me, "창원대 전화번호")
    await tapped(peer, good, "👍")
    assert good.button("✓")
    bad = await peer.reply(me, "조선대 주소")
    await tapped(peer, bad, "👎")
    before = len(peer.of(me))
    peer.tap(bad, "오래된 내용")
    await peer.until(lambda: len(peer.of(me)) > before and "✓ 오래된 내용" in str(bad.payload))
    assert "담당자가 살펴보겠습니다" in peer.of(me)[before].text


async def asking_back(peer: EmulatedTelegram, me: int) -> None:
    """Choices, none of these, a follow-up."""
    ask = await peer.reply(me, "KIT 연락처")
    assert "어느 쪽" in ask.text
    assert "적어 두었습니다" in (await tapped(peer, ask, "없어요")).text
    assert "금오" in (await tapped(peer, ask, "금오공대")).text
    assert "055-213-2114" in (await peer.reply(me, "그럼 창원대는?")).text


async def commands(peer: EmulatedTelegram, me: int) -> None:
    helped = await peer.reply(me, "/help")
    assert "개인정보" in helped.text
    on = await tapped(peer, helped, "정정 알림 받기")
    assert "보내 드리겠습니다" in on.text
    assert "더 보내지 않습니다" in (await tapped(peer, on, "그만 받기")).text
    assert "모르는 명령" in (await peer.reply(me, "/nothing")).text
    english = await tapped(peer, await peer.reply(me, "/language"), "English")
    assert "I will answer in English" in english.text
    assert "Source" in (await peer.reply(me, "전화번호")).text
    korean = await tapped(peer, await peer.reply(me, "/language"), "한국어")
    assert "한국어로 답합니다" in korean.text


async def other_kinds(peer: EmulatedTelegram, me: int) -> None:
    """Photos, voice, captions, very long text."""
    for odd in ({"photo": [_photo()]}, {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}}):
        assert "글로 적어" in (await peer.reply(me, None, **odd)).text
    captioned = await peer.reply(me, None, photo=[_photo()], caption="창원대 전화번호")
    assert "055-213-2114" in captioned.text
    assert "앞부분 2000자" in (await peer.reply(me, "창원대 전화번호 알려 주세요. " * 200)).text


async def inline(peer: EmulatedTelegram, me: int) -> None:
    person = {"id": me, "is_bot": False, "first_name": "김", "language_code": "ko"}
    peer.put({"inline_query": {"id": "q1", "from": person, "query": "창원대 전화", "offset": ""}})
    await peer.until(lambda: any(m == "answerInlineQuery" for m, _ in peer.calls))
    found = next(f for m, f in peer.calls if m == "answerInlineQuery")["results"]
    assert "055-213-2114" in found[0]["input_message_content"]["message_text"]


async def forgetting(peer: EmulatedTelegram, me: int) -> None:
    answer = await peer.reply(me, "창원대 전화번호")
    assert "지우지 않았습니다" in (await tapped(peer, await peer.reply(me, "내 정보 삭제"), "그대로")).text
    assert "모두 지웠습니다" in (await tapped(peer, await peer.reply(me, "/forget"), "모두 지우기")).text
    assert "쓸 수 없습니다" in (await tapped(peer, answer, "👍")).text  # nobody knows of that answer any more


async def test_every_button_and_command(telegram: EmulatedTelegram) -> None:
    parts = (menu, links, feedback, asking_back, commands, other_kinds, inline, forgetting)
    await asyncio.gather(*(part(telegram, 77 + i) for i, part in enumerate(parts)))
    said = {m for m, _ in telegram.calls}
    assert said >= {
        "sendMessage",
        "editMessageText",
        "editMessageReplyMarkup",
        "answerCallbackQuery",
        "setMyCommands",
    }


def _photo() -> dict[str, object]:
    return {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
