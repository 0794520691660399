"""The glossary, the walk of a question and the guide to changes name what is there."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.repository import git

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "bot.words", "bot.languages", "bot.knowledge.base", "bot.knowledge.locale", "bot.matching.evidence", "bot.matching.lessons", "bot.matching.matcher", "bot.matching.moves",
    "bot.matching.policy", "bot.desk.acts", "bot.desk.conversation", "bot.desk.decide", "bot.desk.readings",
    "bot.desk.context", "bot.desk.counter", "bot.desk.courier", "bot.desk.front", "bot.desk.reasons", "bot.desk.service", "bot.store.memory", "bot.store.tickets",
    "bot.channels.answering.platform",
)  # fmt: skip
ROWS = re.findall(
    r"^\| ([a-z -]+) \| `([A-Z][\w.]*)` \|", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE
)


@pytest.mark.parametrize("name", [name for _, name in ROWS])
def test_each_word_of_the_glossary_is_a_type_of_that_name(name: str) -> None:
    first, _, rest = name.partition(".")
    found = [getattr(import_module(m), first) for m in MODULES if hasattr(import_module(m), first)]
    assert found
    fields = getattr(found[0], "__dataclass_fields__", {})
    assert not rest or hasattr(found[0], rest) or rest in fields


def test_every_type_of_the_vocabulary_is_in_the_glossary() -> None:
    words = import_module("bot.words")
    types = {
        name for name, found in vars(words).items() if isinstance(found, type) and found.__module__ == words.__name__
    }
    assert len(types) >= 20
    assert types <= {name.partition(".")[0] for _, name in ROWS}


def test_the_walk_of_a_question_names_modules_that_are_there() -> None:
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    named = set(re.findall(r"\b((?:desk|matching)/\w+\.py)", text))
    assert len(named) >= 10
    assert [n for n in sorted(named) if not (ROOT / "bot" / n).exists()] == []


def test_the_tree_of_rooms_is_the_tree_that_is_there() -> None:
    tree = (ROOT / "docs/architecture.md").read_text("utf-8").split("```")[3]
    bot = ROOT / "bot"
    rooms = {
        f"{p.name}/" if p.is_dir() else p.name
        for p in bot.iterdir()
        if not p.name.startswith("_") and (p.suffix == ".py" or (p / "__init__.py").exists())
    }
    channels = {f"{p.parent.name}/" for p in bot.glob("channels/*/__init__.py")} | {"terminal.py"}
    assert set(re.findall(r"^  (\w[\w.]*/?) ", tree, re.MULTILINE)) == rooms
    assert set(re.findall(r"^    (\w[\w.]*/?) ", tree, re.MULTILINE)) == channels


GUIDE = (ROOT / "docs/CONTRIBUTING.md").read_text("utf-8")
CHANGES = [p for p in GUIDE.split("\n\n") if p.startswith("**")]


def test_the_guide_to_changes_names_files_that_are_there() -> None:
    named = set(re.findall(r"`((?:bot|tests|docs|knowledge|channels)/[\w./-]+\.\w+)`", GUIDE))
    assert len(named) >= 30
    assert [n for n in sorted(named) if not (ROOT / n).exists() and not (ROOT / "bot" / n).exists()] == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no repository")
@pytest.mark.parametrize("change", [c for c in CHANGES if "Commit" in c], ids=lambda c: c[2:22])
def test_the_commit_that_shows_a_change_touches_what_the_guide_names(change: str) -> None:
    if git(ROOT, "rev-parse", "--is-shallow-repository").strip() == "true":
        pytest.skip("a shallow clone has no history")
    hashes = re.findall(r"`([0-9a-f]{7})`", change)
    names = set(re.findall(r"(\w+\.\w+)`", change)) | set(re.findall(r"`(?:bot|knowledge)/[\w/]+", change))
    assert hashes
    for commit in hashes:
        touched = git(ROOT, "show", "--first-parent", "--name-only", "--format=", commit)
        assert any(name.strip("`") in touched for name in names), commit


RECORDS = sorted((ROOT / "docs/adr").glob("*.md"))
_MOST_WORDS = 400
"""Half a page: what was tried belongs into the messages of commits."""


@pytest.mark.parametrize("path", RECORDS, ids=lambda p: p.stem)
def test_a_decision_record_is_half_a_page_and_says_whether_it_holds(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(rf"# {int(path.stem[:4])}\. \w", text)
    assert re.search(r"^20\d\d-\d\d-\d\d, accepted\.", text, re.MULTILINE)
    assert len(text.split()) <= _MOST_WORDS


def test_what_a_decision_record_supersedes_says_so_itself() -> None:
    texts = {int(p.stem[:4]): p.read_text("utf-8") for p in RECORDS}
    superseded = {n: re.findall(r"Superseded by \[(\d+)\]", t) for n, t in texts.items() if "Superseded by" in t}
    assert superseded == {2: ["13"], 5: ["13"]}
    assert "Supersedes 2 (ranker) and 5 (deciding)" in texts[13]
