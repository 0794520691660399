"""The verbs that change many places, as an editor meets them: shown first, written whole, and taken back."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.workshop.test_verbs import NOW, Editor


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


def test_a_number_is_found_everywhere_and_replaced_and_that_is_undone(editor: Editor) -> None:
    before = editor.files()
    said = editor.run("find", "02 000 1000")
    assert "kb/" not in said
    assert "base.yaml:19: [main] phone: 02-000-1000" in said
    assert "기록에서 불러 와 말하는 항목" in said
    assert "적힌 곳이 없습니다" in editor.run("find", "없는 글자열입니다", code=1)
    shown = editor.run("replace", "Hanbyeol-Library", "Hanbyeol-Guest", "--entry", "use-wifi", "--dry-run", *NOW)
    assert "+++ b/kb/entries/use.yaml" in shown
    assert editor.files() == before
    editor.run("rename", "use-wifi", "wifi", *NOW)
    after = editor.files()
    assert b"- id: wifi\n" in after["entries/use.yaml"]
    assert b"former: [use-wifi]" in after["entries/use.yaml"]
    assert "되돌릴 것: rename use-wifi wifi" in editor.run("undo", "--dry-run")
    assert editor.files() == after
    editor.run("undo")
    assert editor.files() == before
    assert "되돌릴 것이 없습니다" in editor.run("undo", code=1)
    assert "이미 있" in editor.run("rename", "use-wifi", "use-print", *NOW, code=1)


def test_check_fix_mends_and_says_so(editor: Editor) -> None:
    use = editor.folder / "entries" / "use.yaml"
    good = use.read_text(encoding="utf-8")
    use.write_text(good.replace("  questions: ", "  questions：", 1), encoding="utf-8")
    assert "전각" in editor.run("check", code=1)
    shown = editor.run("check", "--fix", "--dry-run")
    assert "+  questions: " in shown
    assert use.read_text(encoding="utf-8") != good
    assert "고쳤습니다" in editor.run("check", "--fix")
    assert use.read_text(encoding="utf-8") == good
    assert "저절로 고칠 것이 없습니다" in editor.run("check", "--fix")


def test_records_are_sheets_of_the_workbook_and_their_changes_need_no_test(editor: Editor) -> None:
    editor.run("export", "표.xlsx")
    path = editor.place / "표.xlsx"
    before = editor.files()
    assert "바뀐 것이 없습니다" in editor.run("import", "표.xlsx", *NOW)
    book = load_workbook(io.BytesIO(path.read_bytes()))
    assert {"항목", "용어", "고를 것"} <= set(book.sheetnames)
    heads = [c.value for c in book["용어"][1]]
    row = next(r for r in book["용어"].iter_rows(min_row=2) if r[heads.index("별칭(한 줄에 하나)")].value)
    row[heads.index("별칭(한 줄에 하나)")].value += "\n아주새로운별칭"
    book.save(path)
    said = editor.run("import", "표.xlsx", *NOW)
    assert "바뀐 칸: 별칭" in said
    assert "시험을 돌리는 중" not in said
    changed = [n for n, data in editor.files().items() if data != before[n]]
    assert len(changed) == 1
    assert "아주새로운별칭" in (editor.folder / changed[0]).read_text(encoding="utf-8")
