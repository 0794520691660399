"""People in distress are met with care, and no question about money troubles is taken for one."""

from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.words import Query
from tests.conftest import NOW

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize(
    "text",
    [
        "살기 싫다 진짜", "그냥 다 그만두고 죽어버리고 싶네요", "더는 못 살겠어요 유서 쓰고 있습니다", "오늘 밤 한강 갈 거예요",
        "회사 망하고 빚쟁이들 때문에 목숨 끊고 싶습니다", "I don't want to live anymore",
    ],
)  # fmt: skip
def test_distress_is_met_with_care_and_a_number_to_call(shipped: HelpDesk, text: str) -> None:
    reply = shipped.ask(Query(text, f"distress-{text}", NOW))
    assert reply.entry == "talk-crisis"
    assert "109" in reply.text
    assert not reply.choices
    assert reply.why in ("crisis", "clear")


def test_what_only_sounds_like_it_is_not_taken_for_it(shipped: HelpDesk) -> None:
    lines = (DATA / "not-crisis.txt").read_text(encoding="utf-8").splitlines()
    taken = [x for i, x in enumerate(lines) if shipped.ask(Query(x, f"calm-{i}", NOW)).entry == "talk-crisis"]
    assert len(lines) >= 100
    assert len(taken) <= 2, taken
