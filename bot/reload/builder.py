"""Build a help desk beside the one that serves, in a process of its own, so that nobody's answer waits for it.

The process is forked before anything is loaded and before any thread runs. It does nothing but wait, and forks once
more for each task: its memory is freed when it ends, and neither one that hangs nor one that dies can harm the
help desk. Without such a process a thread does the work, and yields often.
"""

import asyncio
import gc
import logging
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe, reduction
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from bot import app
from bot.desk.desk import HelpDesk
from bot.knowledge.build import KnowledgeError
from bot.languages import USUAL
from bot.words import Problem, RefusedError

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Built = HelpDesk | list[Problem]
"""A help desk, or all the reasons why there is none."""

_LONGEST = 120
"""Seconds that a build may take."""
_GONE = 0.3
"""Seconds after which a terminated process has surely exited."""
_FIRST_TO_GO = "900"
"""How much rather than others a task is ended where there is no memory, in thousandths (proc(5))."""
_GIVE_WAY = 0.0001
"""Switch interval in seconds while a thread builds; Python's default of 0.005 made answers wait a quarter second."""


def attempt(folder: Path, languages: Sequence[str] = USUAL) -> Built:
    """Return a help desk on a folder, or every problem that keeps it from serving. Never raises."""
    try:
        return app.desk(folder, languages=languages)
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

    def __init__(self, folder: Path, languages: Sequence[str] = USUAL) -> None:
        self.folder, self.languages = folder, languages
        self._link: Connection[Any, Any] | None = None
        self._process = 0
        self._asking = threading.Lock()
        self._one = asyncio.Lock()
        """Held by a task that is no build: each takes the memory of a desk, and two of them could take all there is."""

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
            _attend(theirs)
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
        try:
            return await asyncio.to_thread(self._apart, partial(attempt, self.folder, self.languages))
        except RefusedError as error:
            return [Problem("지식", 0, str(error), "", "died")]

    async def apart(self, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Call a function of a module in a process of its own and return its result: one after the other, beside a build.

        Raises:
            RefusedError: it refused, or it did not finish; the message says why.
        """
        work = asyncio.ensure_future(self._in_turn(partial(function, *args, **named)))
        return await asyncio.shield(work)  # it goes on where nobody waits for it any more, and keeps its turn

    async def _in_turn(self, work: Callable[[], T]) -> T:
        async with self._one:
            return await asyncio.to_thread(self._apart, work)

    def _apart(self, work: Callable[[], T]) -> T:
        answer = self._answer(pickle.dumps(work)) if self._link is not None else None
        if answer is not None:
            found: T = _unpacked(answer)
            return found
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_GIVE_WAY)
        try:
            return work()
        finally:
            sys.setswitchinterval(usual)

    def _answer(self, work: bytes) -> bytes | None:
        """Return the process's answer: empty if the task died, `None` if the process itself has ended."""
        inside, outside = Pipe(duplex=False)
        try:
            with self._asking, outside:
                assert self._link is not None
                reduction.send_handle(self._link, outside.fileno(), self._process)
                self._link.send_bytes(work)
            with inside:
                return inside.recv_bytes()
        except (EOFError, OSError, AssertionError) as error:
            if self._link is not None and not self._link.poll(_GONE):
                return b""  # the process itself still runs: its link becomes readable only when it ends
            log.warning("the process that builds has ended (%s): a thread builds from now on", type(error).__name__)
            self.close()
            return None


def _unpacked(answer: bytes) -> Any:  # noqa: ANN401  # as the work returned it
    if not answer:
        raise RefusedError(f"일이 도중에 끝났습니다(메모리가 모자라거나 {_LONGEST}초 넘게 걸렸습니다).")
    gc.disable()  # what comes now stays: looking for garbage meanwhile takes longer than reading it
    try:
        done, value = pickle.loads(answer)  # from our own process
    finally:
        gc.freeze()
        gc.enable()
    if not done:
        raise RefusedError(value)
    return value


def _packed(work: bytes) -> bytes:
    try:
        return pickle.dumps((True, pickle.loads(work)()), pickle.HIGHEST_PROTOCOL)
    except RefusedError as error:
        return pickle.dumps((False, str(error)))
    except Exception as error:
        problem = _crash(error)
        return pickle.dumps((False, f"{problem.message}. {problem.hint}"))


def _attend(link: "Connection[Any, Any]") -> None:
    """Fork a process for each requested task, until the other end goes away. Never returns."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):  # the last: nobody need wait for those that end
        signal.signal(number, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            handle = reduction.recv_handle(link)
            work = link.recv_bytes()
            if os.fork() == 0:
                link.close()
                _do(work, handle)
            os.close(handle)
    os._exit(0)


def _do(work: bytes, handle: int) -> None:
    """Do one task. Never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.alarm(_LONGEST)
    with suppress(OSError):  # where memory runs out this process ends, and not the one that serves
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    with suppress(OSError), Connection(handle, readable=False) as outside:  # maybe nobody waits for it any more
        outside.send_bytes(_packed(work))
    os._exit(0)
