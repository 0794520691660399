"""Lines of the log: what each says, and what none may say."""

import json
import logging
from collections.abc import Iterator

import pytest

from bot import logs


@pytest.fixture
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    yield
    root.handlers, root.level = before


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize("as_json", [False, True])
def test_a_line_says_what_happened(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=as_json)
    logging.getLogger("bot.test").info("%s %d", "하나", 1, extra={"fields": {"status": 200}})
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    if as_json:
        told = json.loads(line)
        assert told.pop("at")
        assert told == {"level": "INFO", "name": "bot.test", "message": "하나 1", "status": 200}
    else:
        assert line.endswith(" INFO bot.test: 하나 1\n")


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize("as_json", [False, True])
def test_an_exception_is_told_without_its_message(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=as_json)
    try:
        raise ValueError("010-1234-5678")
    except ValueError:
        logging.getLogger("bot.test").exception("실패")
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "test_logs.py" in told
    assert "1234" not in told


@pytest.mark.usefixtures("_restored")
def test_libraries_are_kept_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=False)
    logging.getLogger("httpx").info("https://example.kr/?text=010-1234-5678")
    assert not capsys.readouterr().err
