"""Lines of the log: gathered while a loop runs, and none lost."""

import asyncio
import io
import logging
import re
import threading

import pytest

from bot import logs
from bot.logs import Lines, PlainFormatter


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(out: io.StringIO) -> logging.Logger:
    handler = Lines(out)
    handler.setFormatter(PlainFormatter())
    logger = logging.Logger("bot.test", logging.INFO)
    logger.addHandler(handler)
    return logger


def _handler(log: logging.Logger) -> Lines:
    handler = log.handlers[0]
    assert isinstance(handler, Lines)
    return handler


def test_without_a_loop_a_line_is_written_at_once(log: logging.Logger, out: io.StringIO) -> None:
    log.info("하나 %d", 1)
    assert out.getvalue().endswith("INFO bot.test: 하나 1\n")


async def test_lines_of_a_moment_are_written_together_and_in_order(log: logging.Logger, out: io.StringIO) -> None:
    with _handler(log).gathering():
        log.info("하나")
        log.info("둘")
        assert out.getvalue() == ""
        while not out.getvalue():
            await asyncio.sleep(0.01)
        assert [line.rpartition(": ")[2] for line in out.getvalue().splitlines()] == ["하나", "둘"]


async def test_a_warning_does_not_wait_nor_what_came_before_it(log: logging.Logger, out: io.StringIO) -> None:
    with _handler(log).gathering():
        log.info("하나")
        log.warning("둘")
        assert [line.rpartition(": ")[2] for line in out.getvalue().splitlines()] == ["하나", "둘"]


async def test_lines_of_other_threads_and_of_the_end_are_kept(log: logging.Logger, out: io.StringIO) -> None:
    with _handler(log).gathering():
        thread = threading.Thread(target=log.info, args=("하나",))
        thread.start()
        thread.join()
        assert out.getvalue().count("\n") == 1
        log.info("둘")
    assert out.getvalue().count("\n") == 2


def test_an_exception_is_told_without_its_message(log: logging.Logger, out: io.StringIO) -> None:
    try:
        raise ValueError("010-1234-5678")
    except ValueError:
        log.exception("실패")
    assert "ValueError" in out.getvalue()
    assert "1234" not in out.getvalue()


@pytest.mark.parametrize("as_json", [False, True])
def test_what_happens_with_every_request_is_written_as_any_other_line(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """With no other handler it goes past the records of `logging`; with one, it gets them."""
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    heard: list[logging.LogRecord] = []

    class Hearing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record)

    try:
        logs.set_up(as_json=as_json)
        log, hearing = logging.getLogger("bot.test"), Hearing()
        logs.note(log, "GET / 200", {"status": 200})
        root.addHandler(hearing)
        logs.note(log, "GET / 200", {"status": 200})
        quick, plain = (re.sub(r"[\d-]+ [\d:]+,\d+", "", line) for line in capsys.readouterr().err.splitlines())
    finally:
        root.handlers = before
    assert quick == plain
    assert ('"status": 200' in quick) == as_json
    assert [r.getMessage() for r in heard] == ["GET / 200"]
