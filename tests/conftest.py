"""Fixtures: knowledge folders made on the spot, and the shipped knowledge base read once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot import app
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST

SHIPPED = Path(__file__).resolve().parent.parent / "knowledge"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=KST)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write files, name to text, into a fresh knowledge folder."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture(scope="session")
def shipped() -> HelpDesk:
    """The help desk on the shipped knowledge base."""
    return app.desk(SHIPPED)
