"""Watch a knowledge folder: tell when its files have changed and come to rest.

What counts is the stamp of the files, not the events: events only say when to look. Mounts that give none (NFS,
some containers), folders that disappear and come back, and symbolic links that are swapped are checked every now
and then, so they take half a second longer.
"""

import asyncio
import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path

from watchfiles import awatch

from bot.knowledge.documents import files_in
from bot.knowledge.trained import FILE

log = logging.getLogger(__name__)

Stamp = tuple[tuple[str, int, int, int, int], ...]
"""Of each file its path, inode, size, and times of change of content and inode, in nanoseconds."""

LOOK = 0.5
"""Seconds between checks where there are no events."""
QUIET = 0.1
"""Seconds without a change after which the files are at rest: editors write, rename and write again."""
RESTLESS = 2.0
"""Seconds after which files that do not come to rest are read all the same."""
_EVENT_STEP = 50
_AGAIN = 2.0
"""Seconds until the next try to get events after a failure."""


def stamp_of(folder: Path) -> Stamp:
    """Return the stamp of what a folder is read from; empty where there is none."""
    found = []
    for path in [*files_in(folder), folder / FILE]:
        with suppress(OSError):  # it went away just now, or nothing was learned
            s = path.stat()
            found.append((str(path), s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns))
    return tuple(found)


def digest_of(folder: Path) -> str:
    """Return 16 hexadecimal digits that identify the contents of a folder."""
    digest = hashlib.sha256()
    learned = folder / FILE
    for path in [*files_in(folder), *([learned] if learned.is_file() else [])]:  # to read a pipe may never end
        with suppress(OSError):
            digest.update(os.fsencode(path.relative_to(folder)) + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


class Watch:
    """Watches one folder. Use it with `async with`; `nudge` has it looked at as if all had changed."""

    def __init__(self, folder: Path, *, events: bool = True) -> None:
        self.folder, self._events = folder, events
        self._stirred = asyncio.Event()
        self._nudged = False
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Watch":
        if self._events:
            self._listener = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)

    def nudge(self) -> None:
        """Let `change` return as soon as the files are at rest, whether they changed or not."""
        self._nudged = True
        self._stirred.set()

    async def change(self, known: Stamp) -> Stamp:
        """Wait until the files differ from a stamp and are at rest; return their stamp."""
        while True:
            self._stirred.clear()
            now = await self._stamp()
            if now != known or self._nudged:
                now = await self._rest(now)
                if now != known or self._nudged:
                    self._nudged = False
                    return now
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), LOOK)

    async def _rest(self, now: Stamp) -> Stamp:
        with suppress(TimeoutError):
            async with asyncio.timeout(RESTLESS):
                while True:
                    await asyncio.sleep(QUIET)
                    before, now = now, await self._stamp()
                    if before == now:
                        break
        return now

    async def _stamp(self) -> Stamp:
        return await asyncio.to_thread(stamp_of, self.folder)  # a network file system may take its time

    async def _listen(self) -> None:
        """Check the folder whenever the system reports a change in it."""
        told = False
        while True:
            place = _identity(self.folder)
            try:
                async for changes in awatch(
                    self.folder, watch_filter=None, step=_EVENT_STEP, rust_timeout=500, yield_on_timeout=True
                ):
                    if changes:
                        self._stirred.set()
                    told = False
                    if _identity(self.folder) != place:
                        break  # another folder is there now
            except (OSError, RuntimeError) as error:
                if not told:
                    log.info("no events for %s (%s): only looked at", self.folder, type(error).__name__)
                told = True
                await asyncio.sleep(_AGAIN)


def _identity(folder: Path) -> tuple[int, int]:
    with suppress(OSError):
        s = folder.stat()
        return s.st_dev, s.st_ino
    return 0, 0
