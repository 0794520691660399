"""How far the second message of a web chat walks through the program: a bound, so that the way does not grow unseen.

The walk is the one that docs/architecture.md tells.
"""

import re
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from bot.desk.desk import HelpDesk
from bot.store.database import Database
from tests.databases import migrated_url
from tests.walk import Walk
from tests.web.conftest import Opens

MODULES, FUNCTIONS, CHANGES = 66, 317, 12
"""What the longer of the two ways takes, with room for matching, half of all modules. Lower them as it gets shorter."""

P = ParamSpec("P")
T = TypeVar("T")


class Here(Executor):
    """Does at once what is otherwise done in a thread, where the walk does not see it."""

    def submit(self, work: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> Future[T]:
        """Do some work."""
        done: Future[T] = Future()
        done.set_result(work(*args, **named))
        return done


DRAWN = (Path(__file__).resolve().parents[2] / "docs" / "architecture.md").read_text("utf-8").split("```")[1]
"""The first drawing of the page: one question, from end to end."""


@pytest.mark.parametrize("text", ["기술료는 얼마인가요?", "그럼 조선대는?"], ids=["anew", "on"])
async def test_the_second_message_of_a_chat(
    tmp_path: Path, migrated: dict[str, str], site: Opens, shipped: HelpDesk, text: str
) -> None:
    shipped.matcher.forget()  # tests before this one may have asked the same
    url = await migrated_url("sqlite", None, tmp_path, migrated)
    async with Database(url) as database, site(database, rate=0) as desk, desk.user() as client:
        desk.parts.front._thread = Here()
        for said in ("창원대 전화번호", "창원대 누리집 주소", "창원대 전화번호"):  # what is made once is made
            assert (await client.post("/api/v1/ask", json={"text": said})).status_code == 200
        with Walk() as walk:
            answer = await client.post("/api/v1/ask", json={"text": text})
    assert answer.status_code == 200
    assert len(walk.modules) <= MODULES, walk.told()
    assert len(walk.functions) <= FUNCTIONS, walk.told()
    assert len(walk.outside) <= CHANGES, walk.told()
    if text == "그럼 조선대는?":
        names = {Path(module).name for module in walk.modules}
        assert set(re.findall(r"\w+\.py", DRAWN)) <= names
        assert set(re.findall(r"[\w/]+/\w+\.py", DRAWN)) <= walk.modules
