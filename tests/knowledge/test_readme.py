"""The editors' README is true: its example loads, its commands and folders exist."""

import re
from datetime import date
from pathlib import Path

from bot.knowledge.build import load
from bot.workshop.check import check_folder
from tests.conftest import SHIPPED

README = (SHIPPED / "README.md").read_text(encoding="utf-8")


def test_the_example_loads_and_has_no_problem(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "example.yaml").write_text(example, encoding="utf-8")
    assert check_folder(tmp_path, date(2026, 11, 24)) == []
    assert load(tmp_path).entries["application-period"].questions[0] == "모집 기간이 언제였나요"


def test_the_folders_and_files_it_names_are_there() -> None:
    for name in re.findall(r"^\| `([^`]+)` \|", README, re.MULTILINE):
        assert (SHIPPED / name).exists(), name
