"""A correction from the save to the user's chat: the real process, a fake Telegram, and a kill between."""

import asyncio
import signal
from pathlib import Path

from tests.reload.conftest import knowledge
from tests.reload.test_load import ready
from tests.telegram.fake import FakeTelegram, Sent
from tests.telegram.running import Process

LONG = 60.0


def of(telegram: FakeTelegram, chat: int, part: str) -> list[Sent]:
    return [m for m in telegram.of(chat) if part in m.text]


async def test_a_correction_reaches_who_asked_for_it_once_whatever_is_killed(tmp_path: Path, place: Path) -> None:
    file = place / "a.yaml"
    async with FakeTelegram() as telegram:
        process = Process.of(telegram.url, f"sqlite:///{tmp_path}/d.db", tmp_path, knowledge=place)

        async def said(chat: int, text: str, part: str) -> Sent:
            before = len(of(telegram, chat, part))
            telegram.say(chat, text)
            await telegram.until(lambda: len(of(telegram, chat, part)) > before, LONG)
            return of(telegram, chat, part)[-1]

        await process.start()
        try:
            await ready(process)
            for chat in (1, 2, 3):
                await said(chat, "사과나무 뜻", "처음 답")
            offered = await said(1, "/notify", "보내 드릴까요")
            telegram.tap(offered, "q:on")
            await telegram.until(lambda: of(telegram, 1, "보내 드리겠습니다"), LONG)
            telegram.tap(await said(2, "/help", "/notify"), "q:on")
            await telegram.until(lambda: of(telegram, 2, "보내 드리겠습니다"), LONG)
            on = await said(2, "/notify", "받고 계십니다")
            telegram.tap(on, "q:off")
            await telegram.until(lambda: of(telegram, 2, "더 보내지 않습니다"), LONG)
            assert (await said(-7, "/notify@sanhak_bot", "1:1 대화")).chat == -7

            corrected = knowledge(사과나무="고친 답", 냉장고문="둘째 답", 피아노줄="셋째 답")
            file.write_text(corrected.replace("answer: 고친 답", "answer: 고친 답\n  correction: true"))
            await said_when_served(telegram, 3, "고친 답")
            await process.kill(signal.SIGKILL)
            await process.start()
            await telegram.until(lambda: of(telegram, 1, "바로잡혔습니다"), LONG)
            notice = of(telegram, 1, "바로잡혔습니다")[0]
            assert notice.text.rstrip().endswith("고친 답")
            telegram.tap(notice, "q:off")
            await telegram.until(lambda: of(telegram, 1, "더 보내지 않습니다"), LONG)

            file.write_text(file.read_text().replace("고친 답", "또 고친 답"))
            await said_when_served(telegram, 3, "또 고친 답")
        finally:
            await process.kill(signal.SIGTERM)
        assert len(of(telegram, 1, "바로잡혔습니다")) == 1
        assert not of(telegram, 2, "바로잡혔습니다")
        assert not of(telegram, 3, "바로잡혔습니다")


async def said_when_served(telegram: FakeTelegram, chat: int, answer: str) -> None:
    """Ask until the new answer comes."""
    async with asyncio.timeout(LONG):
        while not of(telegram, chat, answer):
            await telegram.reply(chat, "사과나무 뜻")


async def test_who_finds_an_answer_bad_is_offered_to_hear_of_its_correction(tmp_path: Path, place: Path) -> None:
    async with FakeTelegram() as telegram:
        process = Process.of(telegram.url, f"sqlite:///{tmp_path}/d.db", tmp_path, knowledge=place)
        async with process:
            telegram.say(1, "사과나무 뜻")
            await telegram.until(lambda: of(telegram, 1, "처음 답"), LONG)
            answer = of(telegram, 1, "처음 답")[0]
            telegram.tap(answer, "b:")
            await telegram.until(lambda: any("w:" in b.get("callback_data", "") for b in answer.buttons), LONG)
            telegram.tap(answer, ":wrong")
            await telegram.until(lambda: of(telegram, 1, "알려 주셔서"), LONG)
            telegram.tap(of(telegram, 1, "알려 주셔서")[0], "q:on")
            await telegram.until(lambda: of(telegram, 1, "보내 드리겠습니다"), LONG)
