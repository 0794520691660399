"""Those whose knowledge base is English read its faults in English: every kind, with what the message names."""

import re
from pathlib import Path

import pytest

from bot.knowledge.documents import language_in
from bot.words import Problem
from bot.workshop.check import check_folder
from bot.workshop.english import in_english
from bot.workshop.show import show_check
from tests.knowledge.test_check import GOOD, SEEDED, TODAY, folder
from tests.knowledge.test_silent import LOSSES
from tests.knowledge.test_slips import BROKEN, parsed

_OWN = re.compile(r"「[^」]*」|'[^']*'|: .*$|«[^»]*»")
"""What is the editor's own."""


def is_english(problem: Problem) -> bool:
    said = in_english(problem)
    return not re.search("[가-힣]", _OWN.sub("", said.message) + said.hint) and bool(
        re.search("[a-z]{2}", said.message)
    )


CASES = [(c[0], c[1], c[2]) for c in SEEDED] + [(c[0], c[1], c[2]) for c in LOSSES]


@pytest.mark.parametrize(("old", "new", "code"), CASES, ids=[f"{c[2]}-{i}" for i, c in enumerate(CASES)])
def test_each_seeded_fault_is_told_in_english(tmp_path: Path, old: str, new: str, code: str) -> None:
    problems = check_folder(folder(tmp_path, GOOD.replace(old, new, 1)), TODAY)
    assert [str(in_english(p)) for p in problems if p.code == code and not is_english(p)] == []
    assert all(
        (in_english(p).file, in_english(p).line, in_english(p).code) == (p.file, p.line, p.code) for p in problems
    )


def test_faults_of_yaml_are_told_in_english() -> None:
    for text, *_ in BROKEN:
        assert all(is_english(p) for p in parsed(text)[1])


def test_the_language_is_that_of_the_base(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert language_in(folder(tmp_path, GOOD)) == "ko"
    place = folder(tmp_path, GOOD.replace("sources:\n", "programme: {name: desk, language: en}\nsources:\n", 1))
    assert language_in(place) == "en"
    text = (place / "base.yaml").read_text(encoding="utf-8").replace("owner: 안내팀, ", "")
    assert show_check(check_folder(folder(tmp_path, text), TODAY), "en") == 1
    said = capsys.readouterr().out
    assert "there is no owner" in said
    assert "1 problem." in said


BLOCK, FLOW = "# 이름\nprogramme:\n  name: a\n  language: en\n", "{name: a, language: en}"


@pytest.mark.parametrize("text", [BLOCK, f"\ufeff{BLOCK}", f'"programme": {FLOW}\n', f"{{programme: {FLOW}}}\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_language_is_found_however_the_file_was_saved(tmp_path: Path, text: str, end: str) -> None:
    (tmp_path / "a.yaml").write_text("entries: []\n# programme-x: a\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_bytes(text.replace("\n", end).encode())
    assert language_in(tmp_path) == "en"
