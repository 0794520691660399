"""Logs: what happened, never what was said. Messages of exceptions are left out, for they may quote a user."""

import asyncio
import json
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from types import TracebackType
from typing import Any, TextIO

_NOISY = ("aiohttp", "httpx", "httpcore", "sqlalchemy", "alembic", "telegram", "asyncio", "watchfiles")
_MOMENT = 0.05
"""Seconds for which a line may wait."""
_MOST_WAITING = 500
_Exception = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


@lru_cache(maxsize=4)
def _second(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


class PlainFormatter(logging.Formatter):
    """One line a record, for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. What has no exception, as nearly all have none, is put together without further looks."""
        if record.exc_info or record.exc_text or record.stack_info:
            return super().format(record)
        return f"{self.formatTime(record)} {record.levelname} {record.name}: {record.getMessage()}"

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        """Return the local time; its seconds are written once for all lines of the same second."""
        return f"{_second(int(record.created))},{int(record.msecs):03d}"

    def formatException(self, ei: _Exception) -> str:  # noqa: N802
        return where(ei)


class JsonFormatter(PlainFormatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "name": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["where"] = where(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def where(raised: _Exception) -> str:
    """Return the type of an exception and where it was raised, without its message."""
    kind, _, trace = raised
    frames = [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
    return "\n".join([*frames, kind.__name__ if kind else ""])


class Lines(logging.StreamHandler[TextIO]):
    """Writes what comes within a moment at once, for to write each line alone costs more than to answer; warnings, and
    lines of other threads, do not wait. What waits is written when the process ends, but not when it is killed."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._waiting: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Gather lines of the running loop inside the block."""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        try:
            yield
        finally:
            self._loop = None
            self.flush()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep or write a line."""
        try:
            self._waiting.append(f"{self.format(record)}{self.terminator}")
            now = self._loop is None or record.levelno >= logging.WARNING or threading.get_ident() != self._thread
            if now or len(self._waiting) >= _MOST_WAITING:
                self.flush()
            elif len(self._waiting) == 1 and self._loop is not None:
                self._loop.call_later(_MOMENT, self.flush)
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Write what waits."""
        with self.lock or nullcontext():
            if self._waiting:
                lines, self._waiting = self._waiting, []
                self.stream.write("".join(lines))
            super().flush()


def gathering() -> AbstractContextManager[None]:
    """Gather lines of the running loop inside the block, where `set_up` was called."""
    handler = next((h for h in logging.getLogger().handlers if isinstance(h, Lines)), None)
    return handler.gathering() if handler is not None else nullcontext()


def set_up(*, as_json: bool, level: int = logging.INFO) -> None:
    """Write logs to standard error. Libraries that log what passes through them are kept quiet."""
    # nothing of this is written, and every line would ask for it. Source: Python's logging HOWTO, «Optimization»
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = Lines(sys.stderr)
    handler.setFormatter(JsonFormatter() if as_json else PlainFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
