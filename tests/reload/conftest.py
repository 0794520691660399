"""Knowledge folders that change, and the help desk that follows them: in this process, and as one of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot import app
from bot.desk.front import Front
from bot.reload.builder import Builder
from bot.reload.reloader import Reloader
from bot.store.database import Connection, Database
from bot.store.tickets import Ticket
from tests.conftest import SHIPPED

ENTRY = "- id: {id}\n  questions: [{word} 알려 주세요, {word}은 무엇인가요, {word} 뜻]\n  answer: {answer}\n"


def knowledge(**answers: str) -> str:
    """Return a file of entries: a word that is asked for, and its answer."""
    return "entries:\n" + "".join(
        ENTRY.format(id=f"e{i}", word=w, answer=a) for i, (w, a) in enumerate(answers.items())
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A knowledge folder of three entries."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "a.yaml").write_text(knowledge(사과나무="처음 답", 냉장고문="둘째 답", 피아노줄="셋째 답"))
    return folder


@pytest.fixture
def shipped_copy(tmp_path: Path) -> Path:
    """A copy of the shipped knowledge."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "knowledge"))


@dataclass
class Group:
    """A staff group: the courier of no messenger, for what is said to staff (the real one is tested with Telegram)."""

    said: list[tuple[str, str]] = field(default_factory=list)

    async def to_staff(self, connection: Connection, ticket: Ticket | None, text: str, *, key: str) -> bool:
        self.said.append((key, text))
        return True

    async def to_user(
        self, connection: Connection, ticket: Ticket, text: str, *, key: str, message: int | None = None
    ) -> bool:
        return False


@dataclass
class Following:
    """A front that follows a folder."""

    folder: Path
    front: Front
    reloader: Reloader
    database: Database
    group: Group

    @property
    def version(self) -> str:
        return self.front.base.version

    async def until(self, done: Callable[[], object], seconds: float = 30.0) -> None:
        async with asyncio.timeout(seconds):
            while not done():
                await asyncio.sleep(0.01)

    async def changed(self, change: Callable[[], object]) -> None:
        """Make a change and wait until other knowledge serves."""
        before = self.front.generation
        change()
        await self.until(lambda: self.front.generation > before)


Follow = Callable[..., AbstractAsyncContextManager[Following]]


@pytest.fixture
def follow(database: Database) -> Follow:
    """Serve a folder and follow it inside the block."""

    @asynccontextmanager
    async def run(folder: Path, *, patience: float = 0.3, builder: Builder | None = None) -> AsyncIterator[Following]:
        reloader = Reloader(folder, builder or Builder(folder), patience=patience)
        front, group = Front(app.desk(folder)), Group()
        task = asyncio.create_task(reloader.run(front, database, group))
        try:
            yield Following(folder, front, reloader, database, group)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return run
