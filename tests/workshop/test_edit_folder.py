"""Drafts of a folder: patches that apply, files written whole, nothing lost to another editor."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.workshop.edit_folder import Drafts, write_whole
from bot.workshop.edit_tree import EditError
from tests.conftest import SHIPPED


def test_every_shipped_entry_can_be_found_and_changed_back() -> None:
    drafts = Drafts(SHIPPED)
    found = list(drafts.entries())
    assert len(found) > 300
    for entry in found[::9]:
        old = list(entry.get("questions"))
        entry.draft.append((*entry.path, "questions"), "새 질문: #1")
        assert entry.get("questions") == [*old, "새 질문: #1"]
        entry.draft.set((*entry.path, "questions"), old)
    assert not drafts.changed


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_the_patch_applies(tmp_path: Path, newline: str, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kb"
    folder.mkdir()
    text = ("# 머리\nentries:\n- id: a\n  questions: [가]  # 뒤\n  answer: 답" + end).replace("\n", newline)
    (folder / "a.yaml").write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    drafts = Drafts(folder)
    drafts.find("a").draft.append(("entries", 0, "questions"), "나")
    drafts.of("b.yaml").append_section(("sources",), [{"id": "s", "title": "새 자료"}])
    (tmp_path / "p.patch").write_bytes(drafts.diff().encode())
    subprocess.run(["git", "apply", "--whitespace=nowarn", "p.patch"], check=True, cwd=tmp_path)
    assert (folder / "a.yaml").read_bytes() == drafts.of("a.yaml").after
    assert (folder / "b.yaml").read_bytes() == drafts.of("b.yaml").after


def test_a_file_changed_by_another_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries: [{id: a, questions: [가], answer: 답}]\n", encoding="utf-8")
    drafts = Drafts(tmp_path)
    drafts.find("a").draft.append(("entries", 0, "questions"), "나")
    (tmp_path / "a.yaml").write_text("# 그사이\n", encoding="utf-8")
    with pytest.raises(EditError, match=r"a\.yaml"):
        drafts.write()
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == "# 그사이\n"


def test_writing_keeps_the_mode_and_follows_a_link_and_leaves_no_other_file(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text("a: 1\n")
    real.chmod(0o640)
    link.symlink_to(real)
    write_whole(link, b"a: 2\n")
    assert (real.read_bytes(), real.stat().st_mode & 0o777, link.is_symlink()) == (b"a: 2\n", 0o640, True)
    assert sorted(os.listdir(tmp_path)) == ["link.yaml", "real.yaml"]  # noqa: PTH208
