"""Front: what a turn leaves behind."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.knowledge.build import load
from bot.matching.ranking import Ranking
from bot.store.memory import Memory
from bot.words import Query
from tests.conftest import NOW
from tests.unit.test_compose import BASE


@pytest.fixture
def front(folder: Callable[..., Path]) -> Front:
    return Front(HelpDesk(load(folder(base=BASE)), encoder=False))


async def test_only_what_was_asked_in_vain_is_a_gap(front: Front) -> None:
    memory = Memory()
    await front.ask(memory, Query("비자를 내 주나요", "u", NOW, id="1"))
    await front.ask(memory, Query("참가비가 얼마인가요", "u", NOW, id="2"))
    await front.ask(
        memory, Query("", "u", NOW, id="3", choice="visa")
    )  # offered, tapped, and said that it is not covered
    await front.ask(memory, Query("  ", "u", NOW, id="4"))
    assert [row.question for row in memory.unanswered] == ["비자를 내 주나요"]
    assert [e.id for e in memory.exchanges] == ["1", "2", "3", "4"]


async def test_while_an_answer_is_found_everything_else_goes_on(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the encoder is asked, which takes longest."""
    real, busy = front.desk.matcher.rank, threading.Event()

    def slow(*args: Any, **more: Any) -> Ranking:
        assert busy.wait(10), "nothing else went on"
        return real(*args, **more)

    monkeypatch.setattr(front.desk.matcher, "rank", slow)
    asking = asyncio.create_task(front.ask(Memory(), Query("비자를 내 주나요", "u", NOW, id="1")))
    await asyncio.sleep(0)
    assert not asking.done()
    busy.set()
    first = await asking
    monkeypatch.undo()
    again = front.ask(Memory(), Query("비자를 내 주나요", "v", NOW, id="2"))
    with pytest.raises(StopIteration) as done:  # what is remembered is not waited for
        again.send(None)
    assert done.value.value == first
