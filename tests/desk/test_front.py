"""Front: what a turn leaves behind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.knowledge.build import load
from bot.store.memory import Memory
from bot.words import Query
from tests.conftest import NOW
from tests.unit.test_compose import BASE


@pytest.fixture
def front(folder: Callable[..., Path]) -> Front:
    return Front(HelpDesk(load(folder(base=BASE)), encoder=False))


def test_only_what_was_asked_in_vain_is_a_gap(front: Front) -> None:
    memory = Memory()
    front.ask(memory, Query("비자를 내 주나요", "u", NOW, id="1"))
    front.ask(memory, Query("참가비가 얼마인가요", "u", NOW, id="2"))
    front.ask(memory, Query("", "u", NOW, id="3", choice="visa"))  # offered, tapped, and said that it is not covered
    front.ask(memory, Query("  ", "u", NOW, id="4"))
    assert [row.question for row in memory.unanswered] == ["비자를 내 주나요"]
    assert [e.id for e in memory.exchanges] == ["1", "2", "3", "4"]
