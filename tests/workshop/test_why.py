"""Why: the trace in an editor's words, and what would have to change."""

import pytest

from bot.desk.desk import HelpDesk
from bot.workshop.why import explained
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("창원대 전번 뭐더라", ["결정: 답함", "institution.changwon", "institution-phone.changwon", "답이 틀렸다면"]),
        ("싱청 자격이 머에요", ["고쳐 읽은 낱말", "싱청 → 신청"]),
        ("ㅅㅊㅈㄱ", ["결정: 되물음", "초성만으로는"]),
        ("지금도 신청할 수 있나요", ["그대로 적혀 있습니다", "status-open-now"]),
        ("???", ["답:"]),
    ],
)
def test_the_story_holds_what_an_editor_needs(shipped: HelpDesk, text: str, parts: list[str]) -> None:
    found, lines = explained(shipped, text, NOW)
    story = "\n".join(lines)
    assert not [p for p in parts if p not in story], story
    assert found["why"]
