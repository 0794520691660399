"""Logs: what happened, never what was said. Messages of exceptions are left out, since they may quote a user."""

import json
import logging
import sys
import traceback
from types import TracebackType

_NOISY = ("aiohttp", "httpx", "httpcore", "sqlalchemy", "alembic", "telegram", "asyncio", "watchfiles")
_Exception = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlainFormatter(logging.Formatter):
    """One line a record, for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: _Exception) -> str:  # noqa: N802
        return where(ei)


class JsonFormatter(PlainFormatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "name": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["where"] = where(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def where(raised: _Exception) -> str:
    """Return the type of an exception and where it was raised, without its message."""
    kind, _, trace = raised
    frames = [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
    return "\n".join([*frames, kind.__name__ if kind else ""])


def set_up(*, as_json: bool) -> None:
    """Write logs to standard error. Libraries that log what passes through them are kept quiet."""
    # nothing of this is written, and every line would ask for it. Source: Python's logging HOWTO, «Optimization»
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if as_json else PlainFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
