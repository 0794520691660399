"""The guided check: every way ends within six taps, on a source or on «to be confirmed», on every channel alike."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.channels.kakao.render import MOST_QUICK_REPLIES
from bot.channels.telegram.menu import Menu
from bot.desk import checking
from bot.desk.desk import HelpDesk
from bot.desk.say import Say
from bot.knowledge.build import KnowledgeError, load
from bot.knowledge.guided import MOST_QUESTIONS, End, taps_of
from bot.words import Kind

TABLE = """
entries:
- {id: base, questions: [누가 되나요], answer: 누구나 됩니다.}
guided:
  title: 될까요?
  intro: 몇 번 누르세요.
  questions:
  - id: one
    ask: 하나?
    options: [{say: 예, %s}, {say: 아니요, end: done}]
  - id: two
    ask: 둘?
    options: [{say: 예, end: done}, {say: 아니요, end: done}]
  ends:
  - {id: done, then: 되었습니다., now: 보세요., %s}
"""


def ways(desk: HelpDesk) -> dict[str, End]:
    """All ways through the shipped table, and where each ends."""
    guided = desk.base.guided
    found: dict[str, End] = {}
    waiting: list[list[int]] = [[]]
    while waiting:
        taps = waiting.pop()
        _, step = guided.walk(taps)
        if isinstance(step, End):
            found[".".join(map(str, taps))] = step
        else:
            waiting += [[*taps, n] for n in range(len(step.options))]
    return found


def test_every_way_ends_soon_and_on_something(shipped: HelpDesk) -> None:
    ends = ways(shipped)
    assert {e.id for e in ends.values()} == set(shipped.base.guided.ends), "each end is reached"
    assert max(len(w.split(".")) for w in ends) >= 3
    for way, end in ends.items():
        assert len(way.split(".")) <= MOST_QUESTIONS
        assert {code for code, _ in end.then.said} == {code for code, _ in end.now.said} == {"ko", "en"}
        assert checking.sources_of(shipped.base, end) or end.confirm, way
        for name in end.entries:
            assert shipped.base.entries[name].kind is Kind.ANSWER
        for language in ("ko", "en"):
            said = checking.step(shipped.base, shipped.base.guided, taps_of(way), language)
            assert shipped.base.reply("check_now", language) in said.text
            assert (shipped.base.reply("check_confirm", language) in said.text) is end.confirm


def test_telegram_and_kakao_lead_the_same_ways(shipped: HelpDesk) -> None:
    menu, say = Menu(shipped.base), Say(shipped.base, "ko")
    assert menu.top(say).keyboard[0][0]["callback_data"] == "m:@check/"
    for way, end in ways(shipped).items():
        taps = way.split(".")
        for n in range(len(taps)):
            page = menu.page(f"m:@check/{'.'.join(taps[:n])}", say)
            assert page == menu.page(f"s:{'.'.join(taps[:n])}", say), "as on older buttons"
            assert f"m:@check/{'.'.join(taps[: n + 1])}" in [b["callback_data"] for row in page.keyboard for b in row]
            step = checking.step(shipped.base, shipped.base.guided, [int(t) for t in taps[:n]], "ko")
            assert len(step.options) + 3 <= MOST_QUICK_REPLIES
        assert end.then.in_("ko") in menu.page(f"m:@check/{way}", say).text


@pytest.mark.parametrize("taps", ["", "9", "0.9", "x", "0.x.1", "-1", "0..1", "1" * 400, "0.0.0.0.0.0.0.0.0"])
def test_taps_that_there_are_not_are_left_out(shipped: HelpDesk, taps: str) -> None:
    assert checking.step(shipped.base, shipped.base.guided, taps_of(taps), "ko").text


@pytest.mark.parametrize(
    ("option", "end", "fault"),
    [
        ("go: two", "entries: [base]", ""),
        ("go: two", "confirm: true", ""),
        ("go: two", "confirm: false", "근거가 없습니다"),
        ("go: two", "entries: [nothing]", "'nothing'이(가) 없습니다"),
        ("go: three", "entries: [base]", "'three'이(가) 없습니다"),
        ("go: one", "entries: [base]", "제자리로 돌아옵니다"),
        ("go: two, end: done", "entries: [base]", "go와 end 가운데 하나만"),
    ],
)
def test_faults_of_a_table_are_told(folder: Callable[..., Path], option: str, end: str, fault: str) -> None:
    place = folder(all=TABLE % (option, end))
    if not fault:
        assert load(place).guided.title.in_("ko") == "될까요?"
        return
    with pytest.raises(KnowledgeError) as told:
        load(place)
    assert fault in str(told.value.problems[0])
