"""The verbs as an editor meets them: the command, real files, Korean, and nothing written where anything is wrong."""

import asyncio
import csv
import io
import json
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main
from bot.store.database import Database
from bot.store.memory import Memory, Unanswered
from tests.workshop.test_learning import LIBRARY

NOW = ("--now", "2026-11-25T10:00")


class Editor:
    """A folder with a knowledge base and a database, and a person at a terminal in it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = place / "kb"
        self.url = f"sqlite:///{place}/h.db"
        shutil.copytree(LIBRARY, self.folder)

    def run(self, *words: str, stdin: str = "", code: int = 0) -> str:
        """Run a verb of `helpdesk knowledge` as the command does and return what it says."""
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
            patch.setattr(sys, "argv", ["helpdesk", "knowledge", *words, "--knowledge", "kb"])
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            patch.setenv("HELPDESK_DATABASE_URL", self.url)
            patch.chdir(self.place)
            with pytest.raises(SystemExit) as left:
                main()
        assert (left.value.code or 0) == code, said.getvalue()
        return said.getvalue()

    def files(self) -> dict[str, bytes]:
        """All files of the folder."""
        return {str(p.relative_to(self.folder)): p.read_bytes() for p in self.folder.rglob("*") if p.is_file()}

    def asked(self, *questions: tuple[str, str]) -> None:
        """Leave questions behind as the channels do."""

        async def leave() -> None:
            async with Database(self.url) as database:
                await database.migrate()
                async with database.write() as connection:
                    memory = Memory()
                    memory.unanswered += [
                        Unanswered(user, "telegram", datetime.now(UTC), q, "fallback") for user, q in questions
                    ]
                    await memory.flush(connection)

        asyncio.run(leave())


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


def test_from_three_people_s_question_to_its_answer(editor: Editor) -> None:
    editor.asked(
        ("u1", "사물함 있나요"),
        ("u2", "사물함을 쓰고 싶어요"),
        ("u3", "사물함 이용"),
        ("u4", "낭독 봉사 하고 싶어요"),
    )
    first = json.loads(editor.run("gaps", "--json", *NOW))[0]
    assert (first["id"], first["people"], first["state"]) == (1, 3, "new")
    said = editor.run("gaps", *NOW)
    assert said.index("사물함") < said.index("낭독")
    new = ("learn", "1", "--new", "--id", "use-locker", "--answer", "일 층에 사물함이 있습니다.", "--source", "web",
           "--owner", "시설팀", "--file", "entries/use.yaml", "--question", "짐 맡길 데", "--question", "사물함")  # fmt: skip
    before = editor.files()
    diff = editor.run(*new, "--dry-run", *NOW)
    assert "+- id: use-locker" in diff
    assert editor.files() == before
    editor.run(*new, "--patch", "p.patch", *NOW)
    assert editor.files() == before
    subprocess.run(["git", "apply", "--check", "p.patch"], check=True, cwd=editor.place)
    said = editor.run(*new, *NOW)
    assert "시험 " in said
    after = editor.files()
    assert [n for n in after if after[n] != before[n]] == ["entries/use.yaml"]
    assert set(before["entries/use.yaml"].split(b"\n")) <= set(after["entries/use.yaml"].split(b"\n"))
    assert "0건 실패" in editor.run("test", *NOW)
    assert "사물함" not in editor.run("gaps", *NOW)
    kept = json.loads(editor.run("gaps", "--json", *NOW))[0]
    assert (kept["state"], kept["answered"]) == ("done", "use-locker")
    editor.run("gaps", "--ignore", "4", *NOW)
    assert "답이 없는 물음이 없습니다" in editor.run("gaps", *NOW)
    assert "99번 물음이 없습니다" in editor.run("learn", "99", "--entry", "use-wifi", code=1)
    assert "가운데 하나" in editor.run("learn", "1", code=2)


def test_a_new_entry_is_asked_for_step_by_step(editor: Editor) -> None:
    answers = ["사물함 있나요", "짐 맡길 데가 있어요", "", "사물함 값", "", "entries/use.yaml", "use-locker",
               "일 층에 있고 무료입니다.", "없는출처", "web", "사물함을 쓸 수 있나요", ""]  # fmt: skip
    said = editor.run("new", *NOW, stdin="\n".join(answers) + "\n")
    assert "1개가 모자랍니다" in said
    assert "'없는출처'이(가) sources에 없습니다" in said
    text = (editor.folder / "entries/use.yaml").read_text(encoding="utf-8")
    assert "- id: use-locker\n  questions:\n  - 사물함 있나요\n" in text
    assert "verified_on: 2026-11-25\n  review_by: 2027-02-23\n" in text
    assert "0건 실패" in editor.run("test", *NOW)
    assert "문제가 없습니다" in editor.run("check")


def test_breaking_off_leaves_nothing(editor: Editor) -> None:
    before = editor.files()
    said = editor.run("new", *NOW, stdin="사물함 있나요\n짐 맡길 데\n", code=1)
    assert "아무것도 적지 않았습니다" in said
    assert editor.files() == before


def test_without_questions_asked_back(editor: Editor) -> None:
    words = ["new", "-q", "사물함 있나요", "-q", "짐 맡길 데", "-q", "락커", "--answer", "있습니다: #1층", "--source", "web",
             "--test", "사물함을 쓸 수 있나요", "--id", "use-locker", "--file", "entries/new.yaml", "--owner", "시설팀", *NOW]  # fmt: skip
    editor.run(*words)
    assert 'answer: "있습니다: #1층"' in (editor.folder / "entries/new.yaml").read_text(encoding="utf-8")
    assert "이미 있습니다" in editor.run(*words, code=1)
    assert "sources에 없습니다" in editor.run(*[w if w != "web" else "wbe" for w in words], code=1)
    assert "출처가 아니라" not in editor.run("check")


def test_review_shows_what_is_due_and_one_command_confirms_it(editor: Editor) -> None:
    late = ("--now", "2027-02-20")
    said = editor.run("review", *late)
    assert "자료봉사팀" in said
    assert "2일 지남" in said
    assert len(json.loads(editor.run("review", "--json", "--owner", "회원담당", *late))) == 4
    assert "다시 볼 항목이 없습니다" in editor.run("review", *NOW)
    before = editor.files()
    assert "+  verified_on: 2027-02-20" in editor.run("review", "loan-count", "--confirm", "--dry-run", *late)
    assert editor.files() == before
    editor.run("review", "loan-count", "branch-phone", "--confirm", "--by", "김사서", *late)
    text = (editor.folder / "entries/loan.yaml").read_text(encoding="utf-8")
    assert "  verified_on: 2027-02-20\n  verified_by: 김사서\n  review_by: 2027-05-21\n" in text
    assert text.startswith("defaults: {owner: 자료봉사팀, verified_on: 2026-11-20")
    due = json.loads(editor.run("review", "--json", *late))
    assert not {"loan-count", "branch-phone"} & {d["id"] for d in due}
    assert "없습니다" in editor.run("review", "no-such", "--confirm", *late, code=1)
    assert "앞날" in editor.run("review", "loan-days", "--confirm", "--date", "2028-01-01", *late, code=2)


def test_sources_know_who_stands_on_them_and_whether_a_document_changed(editor: Editor) -> None:
    assert "rules" in editor.run("sources")
    for what in ("rules", "http://www.library.example.kr/rules/"):
        said = editor.run("sources", "--changed", what)
        assert "entries/loan.yaml:3: loan-count" in said
        assert "branch-phone" not in said
    assert "'규정'인 출처가 없습니다" in editor.run("sources", "--changed", "규정", code=1)
    document = editor.place / "rules.pdf"
    document.write_bytes(b"one")
    assert "같은 출처가 없습니다" in editor.run("sources", "--file", "rules.pdf", code=1)
    editor.run("sources", "--file", "rules.pdf", "--source", "rules", "--record")
    assert "적어 둔 것과 같습니다" in editor.run("sources", "--file", "rules.pdf")
    document.write_bytes(b"two")
    said = editor.run("sources", "--file", "rules.pdf", "--source", "rules", code=1)
    assert "바뀌었습니다" in said
    assert "loan-count" in said
    assert "문제가 없습니다" in editor.run("check")


@pytest.mark.parametrize("name", ["table.csv", "table.xlsx"])
def test_a_table_goes_out_and_comes_back(editor: Editor, name: str) -> None:
    before = editor.files()
    editor.run("export", name)
    assert "바뀐 것이 없습니다" in editor.run("import", name, *NOW)
    assert editor.files() == before
    assert "이름이 .csv나 .xlsx" in editor.run("export", "table.txt", code=2)
    assert "읽을 수 없습니다" in editor.run("import", "none.csv", code=1)


def test_a_changed_table_changes_its_cells_and_faults_stop_all_of_it(editor: Editor) -> None:
    editor.run("export", "t.csv")
    path = editor.place / "t.csv"
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    answer, sources = rows[0].index("답"), rows[0].index("출처 id")
    row = next(i for i, r in enumerate(rows) if r[0] == "use-wifi")

    def save() -> None:
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())

    before = editor.files()
    rows[row][answer], rows[row][sources] = "비밀번호는 없습니다.", "wbe"
    first, rows[1][answer] = rows[1][answer], ""
    save()
    said = editor.run("import", "t.csv", *NOW, code=1)
    assert "2행: '답'이(가) 비어 있습니다" in said
    assert editor.files() == before
    rows[1][answer] = first
    save()
    said = editor.run("import", "t.csv", *NOW, code=1)
    assert f"{row + 1}행: " in said
    assert "'wbe'" in said
    assert editor.files() == before
    rows[row][sources] = "web"
    save()
    diff = editor.run("import", "t.csv", "--dry-run", *NOW)
    assert [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")] == [
        "-  answer: 무선 인터넷 이름은 Hanbyeol-Library이고 비밀번호는 안내대에서 알려 드립니다.",
        "+  answer: 비밀번호는 없습니다.",
    ]
    editor.run("import", "t.csv", *NOW)
    after = editor.files()
    assert [n for n in after if after[n] != before[n]] == ["entries/use.yaml"]


def test_schema_and_settings_of_vs_code(editor: Editor) -> None:
    assert "yaml.schemas" in editor.run("schema", "--vscode")
    assert "적었습니다" in editor.run("schema", "--vscode", "--write")
    assert json.loads((editor.place / ".vscode" / "settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    editor.run("schema", "-o", "s.json")
    assert json.loads((editor.place / "s.json").read_text(encoding="utf-8")) == json.loads(editor.run("schema"))
