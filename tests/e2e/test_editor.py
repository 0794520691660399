"""An editor's day on a folder that was made this morning, by the commands alone: each step is true of the one before."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from bot.cli import main
from tests.repository import git
from tests.workshop.test_verbs import NOW, Editor

ENTRIES = {
    "parking": (
        ["주차할 수 있나요", "차를 가져가도 되나요", "주차장 있나요"],
        ["주차 되나요", "주차장 있어요"],
        "지하에 스무 대까지 댈 수 있습니다.",
    ),
    "locker": (
        ["사물함 있나요", "짐 맡길 데가 있나요", "가방을 보관해 주나요"],
        ["사물함 있어요", "짐 맡길 데 있어요"],
        "1층에 사물함이 있습니다.",
    ),
    "wifi": (
        ["와이파이 되나요", "인터넷을 쓸 수 있나요", "무선 인터넷 비밀번호가 뭐예요"],
        ["와이파이 돼요", "인터넷 쓸 수 있어요"],
        "와이파이는 안내대에서 알려 드립니다.",
    ),
    "rental": (
        ["우산 빌릴 수 있나요", "우산을 빌려주나요", "비 올 때 우산 대여"],
        ["우산 빌려주세요", "우산 빌릴 수 있어요"],
        "우산은 안내대에서 빌려 드립니다.",
    ),
}


class Newcomer(Editor):
    """A person at a terminal in an empty folder under git."""

    def __init__(self, place: Path) -> None:
        self.place, self.folder, self.url = place, place / "kb", f"sqlite:///{place}/h.db"

    def start(self) -> None:
        """Make a knowledge folder as `helpdesk init` does, and commit it."""
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            patch.setattr(sys, "argv", ["helpdesk", "init", str(self.folder), *NOW])
            with pytest.raises(SystemExit) as left:
                main()
        assert not left.value.code
        self.git("init", "-q")
        self.commit("start")

    def git(self, *words: str) -> str:
        return git(self.place, *words)

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def new(self, id: str, *more: str) -> str:
        questions, tests, answer = ENTRIES[id]
        said = [w for q in questions for w in ("-q", q)] + [w for t in tests for w in ("--test", t)]
        place = ("--file", "entries/house.yaml", "--owner", "안내팀", "--source", "example")
        return self.run("new", "--id", id, *said, "--answer", answer, *place, *more, *NOW)


def test_from_an_empty_folder_to_what_was_asked_and_back(tmp_path: Path) -> None:
    """init → new → check → test → gaps → learn → diff → undo."""
    editor = Newcomer(tmp_path)
    editor.start()
    assert "문제가 없습니다" in editor.run("check")
    before = editor.files()

    assert "+- id: parking" in editor.new("parking", "--dry-run")
    assert editor.files() == before, "what is only shown is not done"
    for id in ENTRIES:
        editor.new(id)
    assert set(editor.files()) - set(before) == {"entries/house.yaml"}
    assert "문제가 없습니다" in editor.run("check")
    assert "0건 실패" in editor.run("test", *NOW)
    editor.commit("four entries")

    editor.asked(
        ("u1", "공용 충전기 있어요?"),
        ("u2", "핸드폰 충전할 데 있나요"),
        ("u3", "오토바이 세워도 되나요"),
        ("u4", "오토바이 세울 데"),
    )
    gaps = {tuple(g["wordings"]): g["id"] for g in json.loads(editor.run("gaps", "--json", *NOW))}
    number = next(n for wordings, n in gaps.items() if any("오토바이" in w for w in wordings))
    before = editor.files()
    diff = editor.run("learn", str(number), "--entry", "parking", "--dry-run", *NOW)
    assert "오토바이" in diff
    assert editor.files() == before
    editor.run("learn", str(number), "--entry", "parking", *NOW)
    changed = [n for n, data in editor.files().items() if data != before.get(n)]
    assert changed == ["voices/users/other.txt"], "what people said stands apart from what editors wrote"
    assert "문제가 없습니다" in editor.run("check")
    assert "0건 실패" in editor.run("test", *NOW)
    assert "오토바이" not in editor.run("gaps", *NOW)

    told = editor.run("diff", "HEAD", "--allow", *NOW)
    assert "오토바이" in told
    assert "parking" in told

    assert "-" in editor.run("undo", "--dry-run")
    editor.run("undo")
    assert editor.files() == before, "as it was before it was learned"
    assert editor.git("status", "--porcelain", "kb") == ""
    assert "0건 실패" in editor.run("test", *NOW)
