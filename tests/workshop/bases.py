"""Knowledge bases made on the spot, without a matcher: for tests that need no answer."""

import tempfile
from pathlib import Path

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import load


def base_of(text: str) -> KnowledgeBase:
    """The base that one file makes."""
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "base.yaml").write_text(text, encoding="utf-8")
        return load(Path(place))
