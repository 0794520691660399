"""Hangul at the web chat: what an input method composes is sent once, whole, and not before it is finished."""

import pytest
from playwright.async_api import CDPSession, expect

from tests.web.browser import BROWSER, Visitor
from tests.web.chatting import Talk

pytestmark = BROWSER


class Keyboard:
    """A two-set Hangul keyboard, as the system's input method drives Chromium."""

    def __init__(self, session: CDPSession) -> None:
        self.session = session

    @classmethod
    async def at(cls, talk: Talk) -> "Keyboard":
        await talk.box.focus()
        return cls(await talk.page.context.new_cdp_session(talk.page))

    async def compose(self, *states: str) -> None:
        """Let a syllable grow: ㅊ, 차, 창 …"""
        for state in states:
            await self.session.send(
                "Input.imeSetComposition",
                {"text": state, "selectionStart": len(state), "selectionEnd": len(state)},
            )

    async def commit(self, text: str) -> None:
        await self.session.send("Input.insertText", {"text": text})

    async def key(self, kind: str, code: int, **more: object) -> None:
        await self.session.send(
            "Input.dispatchKeyEvent",
            {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": code, **more},
        )

    async def enter_while_composing(self) -> None:
        """Enter as the input method sees it first: keyCode 229, and no text."""
        await self.key("rawKeyDown", 229)
        await self.key("keyUp", 229)

    async def enter(self) -> None:
        await self.key("keyDown", 13, text="\r")
        await self.key("keyUp", 13)


NOTED = """
(() => {
  window.noted = [];
  const box = document.getElementById('text');
  for (const name of ['compositionstart', 'compositionupdate', 'compositionend'])
    box.addEventListener(name, (e) => window.noted.push(`${name}:${e.data}`));
})()
"""


async def test_a_question_typed_in_hangul_is_sent_once_and_whole(visit: Visitor) -> None:
    talk = await Talk.open(visit)
    await talk.page.evaluate(NOTED)
    keyboard = await Keyboard.at(talk)
    for syllable in (("ㅊ", "차", "창"), ("ㅇ", "우", "워", "원"), ("ㄷ", "대")):
        await keyboard.compose(*syllable)
        await keyboard.commit(syllable[-1])
    await keyboard.commit(" ")
    for syllable in (("ㅈ", "저", "전"), ("ㅎ", "호", "화")):
        await keyboard.compose(*syllable)
        await keyboard.enter_while_composing()
        await expect(talk.mine).to_have_count(0)
        await keyboard.commit(syllable[-1])
    noted = await talk.page.evaluate("window.noted")
    assert [n for n in noted if n.startswith("compositionend")] == [f"compositionend:{s}" for s in "창원대전화"]
    assert any(n == "compositionupdate:워" for n in noted)
    await expect(talk.box).to_have_value("창원대 전화")
    await keyboard.enter()
    await expect(talk.mine).to_have_text(["창원대 전화"])
    await expect(talk.box).to_have_value("")
    await talk.reads("055-213-2114")
    await expect(talk.mine).to_have_count(1)


async def test_the_same_enter_that_ends_a_syllable_may_also_send(visit: Visitor) -> None:
    """Korean input methods hand the Enter on after they have ended the syllable: one press must do, and do once."""
    talk = await Talk.open(visit)
    keyboard = await Keyboard.at(talk)
    await keyboard.compose("기술료 상", "기술료 상한")
    await keyboard.key("rawKeyDown", 229)
    await keyboard.commit("기술료 상한")
    await keyboard.enter()
    await expect(talk.mine).to_have_text(["기술료 상한"])
    await talk.reads("출처")
    await expect(talk.mine).to_have_count(1)


SAFARI = """
(() => {
  const box = document.getElementById('text');
  const key = (init) => box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }));
  box.dispatchEvent(new CompositionEvent('compositionend', { data: '료', bubbles: true }));
  key({ keyCode: 229, isComposing: false });
})()
"""


async def test_in_safari_the_end_of_a_syllable_comes_before_its_enter(visit: Visitor) -> None:
    talk = await Talk.open(visit)
    keyboard = await Keyboard.at(talk)
    await keyboard.compose("기술료")
    await talk.page.evaluate(SAFARI)
    await expect(talk.mine).to_have_count(0)
    await expect(talk.box).to_have_value("기술료")
    await keyboard.commit("기술료")
    await keyboard.enter()
    await expect(talk.mine).to_have_text(["기술료"])


async def test_the_button_takes_the_syllable_that_is_still_being_composed(visit: Visitor) -> None:
    talk = await Talk.open(visit, phone=True)
    keyboard = await Keyboard.at(talk)
    await keyboard.commit("창원대 전")
    await keyboard.compose("ㅎ", "호", "화")
    await talk.button("보내기").tap()
    await expect(talk.mine).to_have_text(["창원대 전화"])
    await expect(talk.box).to_have_value("")
    await talk.reads("055-213-2114")
    await expect(talk.mine).to_have_count(1)
    await expect(talk.box).to_have_value("")


async def test_the_draft_survives_in_the_middle_of_a_syllable(visit: Visitor) -> None:
    talk = await Talk.open(visit)
    keyboard = await Keyboard.at(talk)
    await keyboard.commit("창원대 전")
    await keyboard.compose("ㅎ", "호", "화")
    await talk.page.reload()
    await expect(talk.box).to_have_value("창원대 전화")
    await talk.box.press("Enter")
    await expect(talk.mine).to_have_text(["창원대 전화"])


@pytest.mark.parametrize("times", [2, 5])
async def test_enter_held_down_or_pressed_again_sends_once(visit: Visitor, times: int) -> None:
    talk = await Talk.open(visit)
    await talk.box.fill("창원대 전화")
    for _ in range(times):
        await talk.page.keyboard.down("Enter")
    await talk.page.keyboard.up("Enter")
    await talk.button("보내기").dblclick()
    await talk.reads("055-213-2114")
    await expect(talk.mine).to_have_count(1)


async def test_shift_and_enter_break_the_line(visit: Visitor) -> None:
    talk = await Talk.open(visit)
    keyboard = await Keyboard.at(talk)
    await keyboard.commit("창원대")
    await talk.page.keyboard.press("Shift+Enter")
    await keyboard.compose("ㅈ", "전")
    await keyboard.commit("전")
    await keyboard.commit("화")
    await expect(talk.box).to_have_value("창원대\n전화")
    await keyboard.enter()
    await expect(talk.mine).to_have_text(["창원대\n전화"])


async def test_enter_on_a_phone_s_keyboard_sends(visit: Visitor) -> None:
    """Keyboards on a phone name no key (229, "Unidentified"); the line break is all there is."""
    talk = await Talk.open(visit, phone=True)
    keyboard = await Keyboard.at(talk)
    await keyboard.commit("창원대 전화")
    await keyboard.session.send(
        "Input.dispatchKeyEvent",
        {"type": "keyDown", "key": "Unidentified", "windowsVirtualKeyCode": 229, "text": "\r"},
    )
    await expect(talk.mine).to_have_text(["창원대 전화"])
    await expect(talk.box).to_have_value("")
