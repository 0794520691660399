"""The editors' README is true: its example loads, its commands and folders exist."""

import re
from datetime import date
from pathlib import Path

from typer.main import get_command

from bot.cli import cli
from bot.knowledge.build import load
from bot.workshop.check import check_folder
from tests.conftest import SHIPPED

README = (SHIPPED / "README.md").read_text(encoding="utf-8")


def test_the_example_loads_and_has_no_problem(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "example.yaml").write_text(example, encoding="utf-8")
    assert check_folder(tmp_path, date(2026, 11, 24)) == []
    assert load(tmp_path).entries["application-period"].questions[0] == "모집 기간이 언제였나요"


def test_every_command_and_option_it_names_exists() -> None:
    verbs = {c.name: c for c in get_command(cli).commands["knowledge"].commands.values()}
    named = re.findall(r"helpdesk knowledge ([a-z]+)([^`\n]*)", README)
    assert len({verb for verb, _ in named}) >= 12
    for verb, rest in named:
        options = {o for p in verbs[verb].params for o in p.opts}
        assert set(re.findall(r"--[a-z-]+", rest.split("#")[0])) <= options, verb


def test_every_verb_of_the_workshop_is_named() -> None:
    mine = {"check", "test", "train", "new", "gaps", "learn", "review", "sources", "export", "import", "schema"}
    assert mine <= set(re.findall(r"helpdesk knowledge ([a-z]+)", README))


def test_the_folders_and_files_it_names_are_there() -> None:
    for name in re.findall(r"^\| `([^`]+)` \|", README, re.MULTILINE):
        assert (SHIPPED / name).exists(), name
