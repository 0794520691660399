"""Logs: what happened, never what was said. Messages of exceptions are left out, for they may quote a user."""

import asyncio
import json
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from types import TracebackType
from typing import Any, TextIO

_NOISY = ("aiohttp", "httpx", "httpcore", "sqlalchemy", "alembic", "telegram", "asyncio", "watchfiles")
_MOMENT = 0.05
"""Seconds for which a line may wait."""
_MOST_WAITING = 500
_Exception = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def _moment(at: float) -> str:
    """Return the local time; its seconds are written once for all lines of the same second."""
    return f"{_second(int(at))},{int(at % 1 * 1000):03d}"


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
        return self.line(record.created, record.levelname, record.name, record.getMessage(), {})

    def line(self, at: float, level: str, name: str, message: str, fields: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Return the line of what happened at a moment, in seconds since 1970."""
        return f"{_moment(at)} {level} {name}: {message}"

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        return _moment(record.created)

    def formatException(self, ei: _Exception) -> str:  # noqa: N802
        return where(ei)


class JsonFormatter(PlainFormatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        fields = dict(getattr(record, "fields", {}))
        if record.exc_info:
            fields["where"] = where(record.exc_info)
        return self.line(record.created, record.levelname, record.name, record.getMessage(), fields)

    def line(self, at: float, level: str, name: str, message: str, fields: Mapping[str, Any]) -> str:
        line = {"at": _moment(at), "level": level, "name": name, "message": message, **fields}
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
            self.add(self.format(record), urgent=record.levelno >= logging.WARNING)
        except Exception:
            self.handleError(record)

    def add(self, line: str, *, urgent: bool = False) -> None:
        """Keep or write a line that is formatted."""
        self._waiting.append(f"{line}{self.terminator}")
        now = urgent or self._loop is None or threading.get_ident() != self._thread
        if now or len(self._waiting) >= _MOST_WAITING:
            self.flush()
        elif len(self._waiting) == 1 and self._loop is not None:
            self._loop.call_later(_MOMENT, self.flush)

    def flush(self) -> None:
        """Write what waits."""
        with self.lock or nullcontext():
            if self._waiting:
                lines, self._waiting = self._waiting, []
                self.stream.write("".join(lines))
            super().flush()


def note(log: logging.Logger, message: str, fields: Mapping[str, Any]) -> None:
    """Log what happens with every request, at level info; past the records of `logging`, which take half the time of all
    that is noted of a request, where `set_up`'s handler is the only one that would get them."""
    if not log.isEnabledFor(logging.INFO):
        return
    handlers = logging.getLogger().handlers
    only = handlers[0] if len(handlers) == 1 and not log.handlers and log.propagate else None
    if isinstance(only, Lines) and isinstance(only.formatter, PlainFormatter):
        only.add(only.formatter.line(time.time(), "INFO", log.name, message, fields))
    else:
        log.info("%s", message, extra={"fields": dict(fields)})


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
