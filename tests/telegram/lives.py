"""Lives of the program that end at a chosen line: receiver, worker and sender, each life a fork of one warm process.

Run as a program it reads orders, a line of JSON each, and answers each with a line: how the life ended, and which lines it
executed. A fork costs little, so that hundreds of lives can be lived. No clean-up runs where one ends: it is gone.
"""

import asyncio
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import bot
from bot import app
from bot.desk.desk import HelpDesk
from tests.telegram.fake import FakeTelegram

Trace = Callable[[FrameType, str, Any], Any]
_HOME = Path(bot.__file__).parent
WATCHED = tuple(f"{_HOME / part}{os.sep}" for part in ("store", f"channels{os.sep}telegram"))
"""Folders whose lines count: the store, and receiving, working and sending."""
_MIGRATIONS = f"{_HOME / 'store' / 'migrations'}{os.sep}"
"""Not counted: they run before anything is received, in a transaction."""
ENDED = 3
"""How a life ends that met its line."""


class EndError(BaseException):
    """What no line of ours expects, and no `except Exception` takes."""


@dataclass(frozen=True, slots=True)
class Life:
    """An order: serve `database` beside the Telegram at `api` until killed, or until the line `at`.

    `at`: «file:line», or empty to note all lines; `raised`: the line raises something that nobody expects, and the process
    ends a moment later; else it ends at once. `port`: where the webhook is served; 0: polling.
    """

    database: str
    api: str
    at: str = ""
    raised: bool = False
    port: int = 0
    lines: str = ""
    """The file to which the lines are written that were executed, in order."""


def _end() -> None:
    os._exit(ENDED)


def _ending(life: Life) -> Trace:
    """Return a trace that ends the process, or raises, where the line is executed for the first time."""
    name, _, number = life.at.rpartition(":")
    wanted, met = int(number), threading.Event()

    def lines(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line" and frame.f_lineno == wanted and not met.is_set():
            if not life.raised:
                _end()
            met.set()
            threading.Timer(0.3, _end).start()
            raise EndError
        return lines

    return lambda frame, _event, _arg: lines if frame.f_code.co_filename == name else None


def _noting(life: Life) -> Trace:
    """Return a trace that writes down each line when it is executed for the first time."""
    seen: set[str] = set()
    out = Path(life.lines).open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 - until the process ends

    def lines(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            line = f"{frame.f_code.co_filename}:{frame.f_lineno}"
            if line not in seen:
                seen.add(line)
                out.write(f"{line}\n")
        return lines

    def calls(frame: FrameType, _event: str, _arg: Any) -> Any:
        name = frame.f_code.co_filename
        return lines if name.startswith(WATCHED) and not name.startswith(_MIGRATIONS) else None

    return calls


async def _serve(desk: HelpDesk, life: Life) -> None:
    from tests.telegram.test_faults import serving

    hook = f"http://127.0.0.1:{life.port}" if life.port else ""
    async with serving(desk, life.database, life.api, hook, life.port):
        await asyncio.Event().wait()


def _live(desk: HelpDesk, life: Life) -> None:
    if life.at or life.lines:
        trace = _ending(life) if life.at else _noting(life)
        threading.settrace(trace)  # SQLite has a thread of its own
        sys.settrace(trace)
    asyncio.run(_serve(desk, life))


async def _warm(desk: HelpDesk) -> None:
    """Import and look up before the first fork what every life needs."""
    from tests.telegram.test_faults import serving

    with tempfile.TemporaryDirectory() as folder:
        async with FakeTelegram() as telegram, serving(desk, f"sqlite:///{folder}/warm.db", telegram.url):
            await telegram.reply(1, "/help")


def main() -> None:
    """Read orders, and live them."""
    desk = app.desk(Path(sys.argv[1]))
    asyncio.run(_warm(desk))
    print("ready", flush=True)
    for order in sys.stdin:
        child = os.fork()
        if not child:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            try:
                _live(desk, Life(**json.loads(order)))
            finally:
                os._exit(1)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


@dataclass
class Lives:
    """The warm process, from outside. Use it with `async with`."""

    knowledge: Path
    log: Path

    async def __aenter__(self) -> "Lives":
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, str(self.knowledge), stdin=-1, stdout=-1, stderr=log,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "HELPDESK_ENCODER": "off"},
            )  # fmt: skip
        assert await self._said() == "ready"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def _said(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()

    async def begin(self, life: Life) -> int:
        """Begin a life and return its process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(life)).encode() + b"\n")
        await self._process.stdin.drain()
        return int(await self._said())

    async def ended(self) -> int:
        """Wait until the life ends, and return how."""
        return int(await self._said())


if __name__ == "__main__":
    main()
