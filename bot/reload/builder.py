"""Build a help desk beside the one that serves, in a process of its own, so that nobody's answer waits for it.

The process is forked before anything is loaded and before any thread runs. It does nothing but wait, and forks once
more for each build: what a build takes of memory ends with it, and neither a build that hangs nor one that dies can
harm the help desk. Where there is no such process a thread builds, and gives way often.
"""

import asyncio
import gc
import logging
import os
import pickle
import signal
import sys
import warnings
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

from bot import app
from bot.desk.desk import HelpDesk
from bot.knowledge.build import KnowledgeError
from bot.words import Problem

log = logging.getLogger(__name__)

Built = HelpDesk | list[Problem]
"""A help desk, or all the reasons why there is none."""

_LONGEST = 120
"""Seconds that a build may take."""
_GIVE_WAY = 0.0001
"""Seconds after which a building thread lets others run; Python's own 0.005 made answers wait a quarter second."""


def attempt(folder: Path) -> Built:
    """Return a help desk on a folder, or every problem that keeps it from serving. Never raises."""
    try:
        return app.desk(folder)
    except KnowledgeError as error:
        return error.problems
    except Exception as error:
        return [_crash(error)]


def _crash(error: Exception) -> Problem:
    log.exception("the knowledge could not be built: %s", type(error).__name__)
    hint = "지식의 잘못이 아닐 수 있습니다. 운영 기록(로그)을 개발자에게 보여 주세요"
    return Problem("지식", 0, f"지식을 읽다가 프로그램이 멈췄습니다({type(error).__name__})", hint, "crash")


class Builder:
    """Builds desks of one folder. Enter it before the first desk is built and before any thread runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._link: Connection[Any, Any] | None = None
        self._process = 0

    def __enter__(self) -> "Builder":
        if not hasattr(os, "fork"):
            return self
        ours, theirs = Pipe()
        gc.freeze()  # what is shared stays shared: the collector would touch every page of it
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # NumPy's own threads know how to be forked
            process = os.fork()
        if process == 0:
            ours.close()
            _attend(theirs, self.folder)
        theirs.close()
        self._link, self._process = ours, process
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; builds go on in a thread. Idempotent."""
        if self._link is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._process, 0)
            self._link.close()
            self._link = None

    async def build(self) -> Built:
        """Return a help desk on the folder as it is now, or every problem that keeps it from serving."""
        return await asyncio.to_thread(self._build)

    def _build(self) -> Built:
        if self._link is not None:
            try:
                self._link.send_bytes(b"build")
                return _unpacked(self._link.recv_bytes())
            except (EOFError, OSError) as error:
                log.warning(
                    "the process that builds has ended (%s): a thread builds from now on", type(error).__name__
                )
                self.close()
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_GIVE_WAY)
        try:
            return attempt(self.folder)
        finally:
            sys.setswitchinterval(usual)


def _unpacked(answer: bytes) -> Built:
    if not answer:
        hint = f"메모리가 모자라거나 {_LONGEST}초 넘게 걸렸습니다"
        return [Problem("지식", 0, "지식을 읽는 일이 도중에 끝났습니다", hint, "died")]
    gc.disable()  # what comes now stays: looking for garbage meanwhile takes longer than reading it
    try:
        built: Built = pickle.loads(answer)  # from our own process
    finally:
        gc.freeze()
        gc.enable()
    return built


def _packed(built: Built) -> bytes:
    try:
        return pickle.dumps(built, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps([_crash(error)])


def _attend(link: "Connection[Any, Any]", folder: Path) -> None:
    """Build whenever asked, until the other end goes away. Never returns."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while link.recv_bytes():
            link.send_bytes(_apart(link, folder))
    os._exit(0)


def _apart(link: "Connection[Any, Any]", folder: Path) -> bytes:
    """Return what a process of its own builds, packed; nothing where it ended before it was done."""
    inside, outside = Pipe(duplex=False)
    process = os.fork()
    if process == 0:
        inside.close()
        link.close()
        signal.alarm(_LONGEST)
        with suppress(OSError):  # nobody waits for it any more
            outside.send_bytes(_packed(attempt(folder)))
        os._exit(0)
    outside.close()
    answer = b""
    with suppress(EOFError):
        answer = inside.recv_bytes()
    inside.close()
    os.waitpid(process, 0)
    return answer
