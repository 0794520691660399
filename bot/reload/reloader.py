"""Follow the knowledge folder: serve what is good, keep what was good, and report what is broken."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import heap, metrics
from bot.desk import history
from bot.desk.courier import Courier
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.desk.say import Say
from bot.knowledge.watch import Stamp, Watch, digest_of
from bot.languages import KOREAN
from bot.reload.builder import Builder
from bot.store.database import Database, unavailable
from bot.words import Problem, RefusedError

log = logging.getLogger(__name__)
PATIENCE = 5.0
"""Seconds for which files must stay broken before staff are told: a checkout in progress is no fault."""
_AGAIN = 2.0
_MOST_TOLD = 5
"""Problems that the staff group sees; the console shows all."""


class Reloader:
    """Keeps a front on the newest good knowledge of a folder. Make it before the front's first desk is built."""

    def __init__(self, folder: Path, builder: Builder, *, patience: float = PATIENCE) -> None:
        self.folder, self.builder, self._patience = folder, builder, patience
        self.watch = Watch(folder)
        self._served = self._tried = digest_of(folder)
        self._stamp: Stamp = ()
        self._forced = False
        self._news = asyncio.Event()
        self._telling: asyncio.Task[None] | None = None
        self._told = ""
        """The digest of the broken files that staff were told about."""
        self._checking: asyncio.Task[None] | None = None

    def force(self) -> None:
        """Read the folder again, whether it changed or not."""
        self._forced = True
        self.watch.nudge()

    async def run(self, front: Front, database: Database, courier: Courier | None) -> None:
        """Follow the folder until cancelled."""
        self.front, self.database, self.courier = front, database, courier
        metrics.serving(front.base.version, len(front.base.entries))
        self._news.set()
        self._check()
        try:
            async with self.watch, asyncio.TaskGroup() as group:
                group.create_task(self._write_down())
                while True:
                    self._stamp = await self.watch.change(self._stamp)
                    try:
                        await self._look()
                    except (
                        Exception
                    ) as error:  # a fault of ours: the present version keeps serving, and the next change is tried
                        log.exception("the knowledge could not be looked at: %s", type(error).__name__)
        finally:
            if self._checking is not None:
                self._checking.cancel()

    async def _look(self) -> None:
        """Build the contents of the folder, unless they were tried before."""
        begun = time.monotonic()
        forced, self._forced = self._forced, False
        digest = await asyncio.to_thread(digest_of, self.folder)
        if digest == self._tried and not forced:
            return
        if digest == self._served and self.front.faults:  # taken back: the files are those that are served
            self._tried = digest
            self._mended()
            return
        built = await self.builder.build()
        if await asyncio.to_thread(digest_of, self.folder) != digest:
            self._stamp = ()  # it changed meanwhile, so it is looked at again
            if isinstance(built, list):
                return
        self._tried = digest
        if isinstance(built, list):
            self._keep(built)
            return
        self._served = digest
        await asyncio.to_thread(built.warm)  # the one that serves goes on meanwhile
        self._serve(built)
        await asyncio.to_thread(heap.give_back)
        log.info(
            "knowledge %s serves: %d entries, %.2f s after the change was seen",
            built.base.version,
            len(built.base.entries),
            time.monotonic() - begun,
        )

    def _serve(self, desk: HelpDesk) -> None:
        gone = sorted({*self.front.base.entries} - {*desk.base.entries} - {*desk.base.moved})
        self.front.serve(desk)
        self._check(gone)
        metrics.RELOADS.labels("served").inc()
        metrics.serving(desk.base.version, len(desk.base.entries))
        self._news.set()
        self._mended()

    def _check(self, gone: Sequence[str] = ()) -> None:
        """Run `check` in the background and report its findings in the log and at the console. `gone`: removed entries."""
        if self._checking is not None:
            self._checking.cancel()
        self._checking = asyncio.create_task(self._checked(self.front.base.version, gone))

    async def _checked(self, version: str, gone: Sequence[str]) -> None:
        try:
            found = await self.builder.apart(_doubts, self.folder)
        except RefusedError as error:  # a check that does not finish does no harm
            log.warning("knowledge %s could not be checked: %s", version, error)
            found = []
        if await asyncio.to_thread(digest_of, self.folder) != self._served:
            return  # what was checked is no longer what is served
        if gone:
            few = ", ".join(gone[:_MOST_TOLD]) + (" …" if len(gone) > _MOST_TOLD else "")
            hint = "지우지 말고 status: retired로 거두면 옛 주소가 그렇다고 답합니다"
            found.insert(
                0, Problem("지식", 0, f"이전 버전에 있던 항목 {len(gone)}개가 없습니다: {few}", hint, "gone")
            )
        self.front.doubts = tuple(found)
        if found:
            log.warning(
                "knowledge %s serves, and check finds %d faults in it; the first: %s", version, len(found), found[0]
            )

    def _keep(self, problems: list[Problem]) -> None:
        """Keep serving the present version, and say why."""
        for problem in problems:
            log.error("knowledge not taken: %s", problem)
        metrics.RELOADS.labels("broken").inc()
        metrics.STALE.set(1)
        self.front.faults = tuple(problems)
        self._hush()
        if not self._told:
            self._telling = asyncio.create_task(self._tell_broken(self._tried))

    def _mended(self) -> None:
        if self.front.faults:
            log.info("knowledge mended: version %s serves", self.front.base.version)
        metrics.STALE.set(0)
        self.front.faults = ()
        self._hush()
        if self._told:
            text = Say(self.front.base, KOREAN)("staff_knowledge_mended", version=self.front.base.version)
            key = f"knowledge:{self._told}:{self._served}"
            self._told = ""
            self._telling = asyncio.create_task(self._tell(text, key))

    def _hush(self) -> None:
        if self._telling is not None and not self._told:
            self._telling.cancel()

    async def _tell_broken(self, digest: str) -> None:
        await asyncio.sleep(self._patience)
        base, faults = self.front.base, self.front.faults
        lines = [f"· {p}" for p in faults[:_MOST_TOLD]]
        say = Say(base, KOREAN)
        if len(faults) > _MOST_TOLD:
            lines.append(say("staff_knowledge_more", count=len(faults) - _MOST_TOLD))
        text = say("staff_knowledge_broken", count=len(faults), version=base.version, problems="\n".join(lines))
        self._told = digest
        await self._tell(text, f"knowledge:{base.version}:{digest}")

    async def _tell(self, text: str, key: str) -> None:
        """Tell the staff group something, once among all replicas, as soon as the database is there."""
        while self.courier is not None:
            try:
                async with self.database.write() as connection:
                    await self.courier.to_staff(connection, None, text, key=key)
                return
            except Exception as error:
                log.warning("staff could not be told of the knowledge: %s", type(error).__name__)
                if not unavailable(error):
                    raise
                await asyncio.sleep(_AGAIN)

    async def _write_down(self) -> None:
        """Keep the history of answers: at the start, and whenever other knowledge serves."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                async with self.database.write() as connection:
                    noted = await history.note(connection, self.front.base, datetime.now(UTC))
            except Exception as error:
                if not unavailable(error):
                    log.exception("the history of answers was not written: %s", type(error).__name__)
                    continue
                log.warning("the history of answers waits for the database: %s", type(error).__name__)
                self._news.set()
                await asyncio.sleep(_AGAIN)
                continue
            if noted.changes:
                log.info("answers changed: %d, of which corrections: %d", noted.changes, len(noted.corrections))


def _doubts(folder: Path) -> list[Problem]:
    """Return what a check finds in a folder that can serve, without warnings."""
    from bot.workshop.check import WARNINGS, check_folder

    return [p for p in check_folder(folder, warn=False) if p.code not in WARNINGS]
