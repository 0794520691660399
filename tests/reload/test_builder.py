"""Building apart: what the process builds is what a thread would build, and its end harms nobody."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.reload.builder import Builder
from bot.words import Problem, Query, RefusedError
from tests.conftest import NOW, SHIPPED
from tests.reload.conftest import knowledge

QUESTIONS = ("창원대 전화번호", "그럼 조선대는?", "기술료 언제 내요", "2022년에 몇 곳 뽑았어", "ㅊㅇㄷ", "오늘 날씨")


@pytest.fixture
def builder(place: Path) -> Iterator[Builder]:
    with Builder(place) as made:
        yield made


def children(process: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def process_of(builder: Builder) -> int:
    """Return the process that builds: the newest of ours."""
    assert builder._link is not None
    return children(os.getpid())[-1]


async def test_a_desk_built_apart_answers_as_one_built_here(shipped: HelpDesk) -> None:
    with Builder(SHIPPED) as builder:
        built = await builder.build()
    assert isinstance(built, HelpDesk)
    assert built.base.version == shipped.base.version
    for text in QUESTIONS:
        query = Query(text, "built-apart", NOW)
        assert built.ask(query) == shipped.ask(query)


async def test_each_build_reads_the_folder_anew_and_problems_come_back(builder: Builder, place: Path) -> None:
    for word in ("사과나무", "고속도로"):
        (place / "a.yaml").write_text(knowledge(**{word: f"{word}의 답"}))
        built = await builder.build()
        assert isinstance(built, HelpDesk)
        assert built.ask(Query(f"{word} 뜻", "u", NOW)).text == f"{word}의 답"
    (place / "a.yaml").write_text("entries: [\n")
    broken = await builder.build()
    assert isinstance(broken, list)
    assert [(type(p), p.file) for p in broken] == [(Problem, "a.yaml")]
    (place / "a.yaml").unlink()
    assert isinstance(await builder.build(), list)


async def test_without_a_process_a_thread_builds(place: Path) -> None:
    built = await Builder(place).build()
    assert isinstance(built, HelpDesk)
    (place / "a.yaml").write_text("x")
    assert isinstance(await Builder(place).build(), list)


async def test_where_the_process_was_ended_a_thread_builds(builder: Builder) -> None:
    os.kill(process_of(builder), signal.SIGKILL)
    for _ in range(2):
        assert isinstance(await builder.build(), HelpDesk)


async def test_a_build_that_dies_is_a_problem_and_the_next_one_works() -> None:
    with Builder(SHIPPED) as builder:
        process = process_of(builder)
        building = asyncio.create_task(builder.build())
        async with asyncio.timeout(30):
            while not (at_work := children(process)):
                await asyncio.sleep(0.001)
        os.kill(at_work[0], signal.SIGKILL)
        died = await building
        assert isinstance(died, list)
        assert [p.code for p in died] == ["died"]
        assert isinstance(await builder.build(), HelpDesk)
        assert process_of(builder) == process


async def test_the_process_goes_with_the_builder(place: Path) -> None:
    with Builder(place) as builder:
        process = process_of(builder)
    assert process not in children(os.getpid())
    builder.close()


def of_memory(_: str) -> tuple[str, str]:
    return str(os.getpid()), Path("/proc/self/oom_score_adj").read_text()


def refuses(text: str) -> str:
    raise RefusedError(f"{text}: 할 수 없습니다")


def fails(text: str) -> str:
    raise ZeroDivisionError(text)


def slowly_beside(running: str, seconds: float) -> None:
    mine = Path(running, str(os.getpid()))
    mine.touch()
    time.sleep(seconds)
    mine.unlink()


def counted(running: str) -> int:
    """Return how many of these works run at once."""
    mine = Path(running, str(os.getpid()))
    mine.touch()
    time.sleep(0.5)
    found = len(list(mine.parent.iterdir()))
    mine.unlink()
    return found


async def test_works_run_one_after_the_other_and_a_build_does_not_wait(builder: Builder, tmp_path: Path) -> None:
    """Each takes the memory of a desk: two of them together ended the server where it had one GB."""
    running = tmp_path / "running"
    running.mkdir()
    slow = asyncio.create_task(builder.apart(slowly_beside, str(running), 6.0))
    assert isinstance(await builder.build(), HelpDesk)
    assert not slow.done()
    slow.cancel()  # who waited has gone; the work goes on
    done = await asyncio.gather(*(builder.apart(counted, str(running)) for _ in range(3)))
    assert done == [1, 1, 1]


async def test_a_work_runs_in_a_process_of_its_own_that_is_ended_first(builder: Builder) -> None:
    text, worth = await builder.apart(of_memory, "a")
    assert text != str(os.getpid())
    assert int(worth) > int(Path("/proc/self/oom_score_adj").read_text())


@pytest.mark.parametrize("with_process", [True, False])
async def test_what_refuses_says_so(place: Path, with_process: bool) -> None:
    with contextlib.ExitStack() as stack:
        builder = Builder(place)
        if with_process:
            stack.enter_context(builder)
        with pytest.raises(RefusedError, match="이것: 할 수 없습니다"):
            await builder.apart(refuses, "이것")


async def test_a_fault_of_ours_is_told_without_its_message(builder: Builder) -> None:
    with pytest.raises(RefusedError, match="ZeroDivisionError") as raised:
        await builder.apart(fails, "비밀")
    assert "비밀" not in str(raised.value)
