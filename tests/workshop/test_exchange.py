"""The table: out and in again changes no byte; a changed cell changes its place alone; faults come with their row."""

import csv
import io
import shutil
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from bot.workshop import exchange, exchange_csv, exchange_records, exchange_xlsx
from bot.workshop.edit_folder import Drafts
from bot.workshop.exchange_table import HEADS, TableError, tidy
from tests.conftest import SHIPPED

BASE = """\
# 머리말
defaults: {owner: 안내팀, verified_on: 2026-11-23, review_by: 2027-02-21, sources: [a]}   # 기본
sources:
- {id: a, title: 자료}
- {id: b, title: 다른 자료}
entries:
- id: opening   # 여는 때
  questions:
  - 언제 여나요
  # 말을 바꾼 것
  - "몇 시에: 열죠"
  - 문 여는 시간
  answer: |
    아홉 시에 엽니다.
    {name} 자리
  tests: {match: [여는 시각], not_match: [닫는 시각]}

# 다음
- id: place
  questions: [어디에 있나요, 위치, 주소가 뭐죠]
  answer: 역 앞에 있습니다.  # 짧게
  english: {answer: "At the station."}
- id: now
  questions: [지금도 되나요, 신청 되나요, 받나요]
  phases: [{until: 2026-12-31, answer: 됩니다.}, {answer: 끝났습니다.}]
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path


def table(folder: Path) -> list[list[str]]:
    return [list(HEADS), *([row[h] for h in HEADS] for row in exchange.rows_of(folder))]


def place(rows: list[list[str]], id: str, head: str) -> tuple[int, int]:
    return next(i for i, r in enumerate(rows) if r[0] == id), HEADS.index(head)


WAYS: list[tuple[Callable[..., bytes], Callable[[bytes], list[list[str]]]]] = [
    (exchange_csv.to_csv, exchange_csv.from_csv),
    (exchange_xlsx.to_xlsx, exchange_xlsx.from_xlsx),
]


@pytest.mark.parametrize(("out", "back"), WAYS, ids=["csv", "xlsx"])
def test_out_and_in_again_changes_no_byte_of_the_shipped_knowledge(
    out: Callable[..., bytes], back: Callable[[bytes], list[list[str]]]
) -> None:
    rows = exchange.rows_of(SHIPPED)
    assert len(rows) > 300
    drafts = Drafts(SHIPPED)
    taken = exchange.take(drafts, back(out(rows)), "entries/new.yaml")
    assert not drafts.changed
    assert (taken.changed, taken.added, taken.missing) == ({}, [], [])


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.text(st.sampled_from("가나 =+-@'\"\t,;\n·1"), max_size=12))
def test_any_cell_comes_back_as_it_was_and_none_is_a_formula(cell: str) -> None:
    cell = tidy(cell)
    row = dict.fromkeys(HEADS, "") | {"id": "x", "답": cell}
    data = exchange_csv.to_csv([row])
    assert data.startswith(b"\xef\xbb\xbf")
    raw = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert not raw[1][HEADS.index("답")].startswith(("=", "+", "-", "@", "\t"))
    assert exchange_csv.from_csv(data)[1][HEADS.index("답")] == cell
    book = load_workbook(io.BytesIO(exchange_xlsx.to_xlsx([row])))
    assert {c.data_type for r in book.worksheets[0].iter_rows(min_row=2) for c in r} <= {"s", "n", "inlineStr"}
    assert exchange_xlsx.from_xlsx(exchange_xlsx.to_xlsx([row]))[1][HEADS.index("답")] == cell


@pytest.mark.parametrize(
    ("id", "head", "cell", "old", "new"),
    [
        ("opening", "질문(한 줄에 하나)", "언제 여나요\n몇 시에: 열죠\n몇 시부터 하나요", "  - 문 여는 시간\n", "  - 몇 시부터 하나요\n"),
        ("opening", "답", "열 시에 엽니다.\n{name} 자리", "    아홉 시", "    열 시"),
        ("opening", "출처 id", "b", "    {name} 자리\n", "    {name} 자리\n  sources: [b]\n"),
        ("opening", "시험: 답하면 안 되는 질문", "닫는 시각\n쉬는 날", "[닫는 시각]", "[닫는 시각, 쉬는 날]"),
        ("place", "답", "역 뒤에 있습니다.", "역 앞에 있습니다.  # 짧게", "역 뒤에 있습니다.  # 짧게"),
        ("place", "영어 답", "Behind the station.", '"At the station."', '"Behind the station."'),
        ("place", "영어 답", "", '  english: {answer: "At the station."}\n', ""),
        ("place", "확인한 날", "2026. 11. 24", '"At the station."}\n', '"At the station."}\n  verified_on: 2026-11-24\n'),
        ("now", "상태", "retired", "받나요]\n", "받나요]\n  status: retired\n"),
    ],
)  # fmt: skip
def test_a_changed_cell_changes_its_place_alone(
    base: Path, id: str, head: str, cell: str, old: str, new: str
) -> None:
    rows = table(base)
    i, j = place(rows, id, head)
    rows[i][j] = cell
    if head == "상태":  # phases end in a flow list: the new key goes after the questions
        new = "받나요]\n"
        old = ""
    drafts = Drafts(base)
    assert exchange.take(drafts, rows, "new.yaml").changed == {id: [head]}
    after = drafts.changed["base.yaml"].decode()
    if head == "상태":
        assert after.replace("  status: retired\n", "") == BASE
    else:
        assert after == BASE.replace(old, new, 1)


def test_new_rows_become_entries_and_missing_rows_are_only_reported(base: Path) -> None:
    rows = table(base)
    del rows[2]
    rows.append(
        [
            "parking",
            "",
            "주차 되나요\n차를 어디에 대죠\n주차장",
            "됩니다.",
            "",
            "",
            "b",
            *[""] * 7,
            "차 댈 곳",
            "",
            "",
        ]
    )
    drafts = Drafts(base)
    taken = exchange.take(drafts, rows, "entries/new.yaml")
    assert (taken.changed, taken.added, taken.missing) == ({}, ["parking"], ["place"])
    assert list(drafts.changed) == ["entries/new.yaml"]
    assert drafts.changed["entries/new.yaml"].decode() == (
        "entries:\n- id: parking\n  questions:\n  - 주차 되나요\n  - 차를 어디에 대죠\n  - 주차장\n"
        "  answer: 됩니다.\n  sources: [b]\n  tests:\n    match: [차 댈 곳]\n"
    )


def test_all_faults_come_at_once_with_their_rows_and_nothing_is_changed(base: Path) -> None:
    rows = table(base)
    rows[0].append("비고란")
    rows[1][HEADS.index("확인한 날")] = "내년"
    rows[1][HEADS.index("질문(한 줄에 하나)")] = ""
    rows[3][HEADS.index("답")] = "늘 됩니다."
    rows[3][HEADS.index("상태")] = "끝"
    rows += [["place"], ["", "", "이름 없는 질문"], ["bad", "../x.yaml", "가", "나"]]
    with pytest.raises(TableError) as raised:
        exchange.take(Drafts(base), rows, "new.yaml")
    found = [(f.row, f.message.split(":")[0].split("(")[0].strip()) for f in raised.value.faults]
    assert sorted(found) == [
        (1, "모르는 제목"),
        (2, "'질문"),
        (2, "'확인한 날'에 쓸 수 없는 값입니다"),
        (4, "'답'은"),
        (4, "'상태'에 쓸 수 없는 값입니다"),
        (5, "id 'place'이"),
        (6, "id가 비어 있습니다. 새 항목이면 새 id를 적어 주세요"),
        (7, "'파일'은 지식 폴더 안의 이름이어야 합니다"),
    ]
    assert "2행: " in str(raised.value)


def test_csv_as_other_programs_save_it(base: Path) -> None:
    rows = table(base)
    text = "\r\n".join(",".join('"' + c.replace('"', '""') + '"' for c in row) for row in rows)
    for data in (
        text.encode("cp949"),
        text.encode("utf-16"),
        text.replace('","', '"\t"').encode("utf-16"),
        text.replace('","', '";"').encode(),
    ):
        drafts = Drafts(base)
        assert exchange.take(drafts, exchange_csv.from_csv(data), "new.yaml").changed == {}
        assert not drafts.changed


def test_a_workbook_saved_by_excel_has_dates_and_numbers(base: Path) -> None:
    book = load_workbook(io.BytesIO(exchange_xlsx.to_xlsx(exchange.rows_of(base))))
    sheet = book.worksheets[0]
    sheet.cell(2, HEADS.index("확인한 날") + 1).value = datetime(2026, 11, 24)
    sheet.cell(2, HEADS.index("상담원 메모") + 1).value = 1357.0
    out = io.BytesIO()
    book.save(out)
    drafts = Drafts(base)
    taken = exchange.take(drafts, exchange_xlsx.from_xlsx(out.getvalue()), "new.yaml")
    assert taken.changed == {"opening": ["확인한 날", "상담원 메모"]}
    assert "verified_on: 2026-11-24\n" in drafts.changed["base.yaml"].decode()
    assert 'staff_note: "1357"\n' in drafts.changed["base.yaml"].decode()
    sheet.cell(2, 4).value = "=1+1"
    book.save(out := io.BytesIO())
    with pytest.raises(TableError, match="2행: 수식"):
        exchange_xlsx.from_xlsx(out.getvalue())
    with pytest.raises(TableError, match="엑셀 파일"):
        exchange_xlsx.from_xlsx(b"no workbook")


def test_the_shipped_knowledge_takes_a_change_in_every_column(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(SHIPPED, folder)
    rows = table(folder)
    i, _ = place(rows, "appeal-evaluation", "id")
    for head in HEADS[2:]:
        j = HEADS.index(head)
        rows[i][j] = {
            "상태": "draft",
            "보는 사람": "staff",
            "확인한 날": "2026/11/24",
            "다시 볼 날": "2027.2.22",
        }.get(head, rows[i][j] + "가")
    drafts = Drafts(folder)
    assert len(exchange.take(drafts, rows, "new.yaml").changed["appeal-evaluation"]) == len(HEADS) - 2
    (name,) = drafts.changed
    assert name == "entries/appeal.yaml"
    diff = [line for line in drafts.diff().splitlines() if line.startswith(("+", "-"))]
    assert len(diff) < 40


def workbook(base: Path) -> Workbook:
    return load_workbook(io.BytesIO(exchange_xlsx.to_xlsx(exchange.rows_of(base))))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_is_no_text_is_refused_by_its_row_and_all_at_once(base: Path) -> None:
    book = workbook(base)
    sheet = book.worksheets[0]
    sheet["D2"] = CellRichText("평일 ", TextBlock(InlineFont(strike=True), "10시"), "9시부터")
    sheet["D3"].font = Font(strike=True)
    sheet["E3"] = "#REF!"
    sheet["E3"].data_type = "e"
    sheet["F4"] = True
    with pytest.raises(TableError) as raised:
        exchange_xlsx.from_xlsx(saved(book))
    said = [str(f) for f in raised.value.faults]
    assert [s.split(":")[0] for s in said] == ["2행", "3행", "3행", "4행"]
    assert "취소선을 그은 글이 있습니다(D2): 「10시」" in said[0]
    assert "취소선" in said[1]
    assert "오류 값 #REF!" in said[2]
    assert "참/거짓" in said[3]


def test_characters_that_excel_writes_as_codes_are_read_as_they_are(base: Path) -> None:
    book = workbook(base)
    book.worksheets[0]["D2"] = "첫 줄_x000D_\n둘째 줄"
    rows = exchange_xlsx.from_xlsx(saved(book))
    drafts = Drafts(base)
    exchange.take(drafts, rows, "new.yaml")
    assert drafts.changed["base.yaml"].decode() == BASE.replace(
        "    아홉 시에 엽니다.\n    {name} 자리\n", "    첫 줄\n    둘째 줄\n"
    )
    typed = dict.fromkeys(HEADS, "") | {"id": "x", "답": "부호 _x0041_ 그대로"}
    assert exchange_xlsx.from_xlsx(exchange_xlsx.to_xlsx([typed]))[1][HEADS.index("답")] == "부호 _x0041_ 그대로"


def test_a_cell_formatted_in_the_last_row_makes_no_rows(base: Path) -> None:
    book = workbook(base)
    book.worksheets[0].cell(50_000, 3).font = Font(bold=True)
    data = saved(book)
    tracemalloc.start()
    assert exchange_xlsx.from_xlsx(data) == exchange_xlsx.from_xlsx(exchange_xlsx.to_xlsx(exchange.rows_of(base)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_cells_may_be_picked_from_lists(base: Path) -> None:
    data = exchange_xlsx.to_xlsx(exchange.rows_of(base), {"출처 id": ["a", "b"], "주제": ["이용"]})
    book = load_workbook(io.BytesIO(data))
    rules = book["항목"].data_validations.dataValidation
    assert {str(r.sqref).split(":")[0][0] for r in rules} == {
        get_column_letter(HEADS.index(h) + 1) for h in ("상태", "보는 사람", "출처 id", "주제")
    }
    picked = [[c.value for c in column if c.value] for column in book["고를 것"].iter_cols()]
    own = [["상태", "active", "draft", "retired"], ["보는 사람", "everyone", "staff"]]
    assert picked == [*own, ["출처 id", "a", "b"], ["주제", "이용"]]
    assert not any(r.showErrorMessage for r in rules)
    assert not Drafts(base).changed


@pytest.mark.parametrize(("out", "back"), WAYS, ids=["csv", "xlsx"])
def test_who_an_answer_is_for_goes_out_and_comes_back(
    base: Path, out: Callable[..., bytes], back: Callable[[bytes], list[list[str]]]
) -> None:
    head = "보는 사람"
    rows = back(out(exchange.rows_of(base)))
    assert {row[HEADS.index(head)] for row in rows[1:]} == {"everyone"}
    i, j = place(rows, "place", head)
    rows[i][j] = "staff"
    drafts = Drafts(base)
    taken = exchange.take(drafts, rows, "new.yaml")
    assert (taken.changed, taken.is_heard) == ({"place": [head]}, True)
    said = drafts.changed["base.yaml"].decode()
    assert said.replace("  audience: staff\n", "") == BASE
    (base / "base.yaml").write_text(said, encoding="utf-8")
    rows = back(out(exchange.rows_of(base)))
    assert rows[i][j] == "staff"
    rows[i][j] = "everyone"  # what holds anyway is not written
    exchange.take(drafts := Drafts(base), rows, "new.yaml")
    assert drafts.changed["base.yaml"].decode() == BASE
    rows[i][j] = "직원"
    with pytest.raises(TableError, match="everyone, staff"):
        exchange.take(Drafts(base), rows, "new.yaml")


def test_a_mac_s_file_name_is_the_same_file(tmp_path: Path) -> None:
    name = "신청.yaml"
    (tmp_path / normalize("NFD", name)).write_text(BASE, encoding="utf-8")
    rows = [[normalize("NFC", c) for c in row] for row in table(tmp_path)]
    drafts = Drafts(tmp_path)
    assert exchange.take(drafts, rows, "new.yaml").changed == {}
    rows.append(["parking", normalize("NFC", name), "주차\n차 대기\n주차장", "됩니다."])
    assert exchange.take(drafts, rows, "new.yaml").added == ["parking"]
    assert [normalize("NFC", n) for n in drafts.changed] == [name]
    assert list(drafts.changed) == [normalize("NFD", name)]


def test_what_cp949_lacks_is_no_change_and_an_edit_beside_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        BASE.replace("역 앞에 있습니다.", "2022–2024년에는 역 앞이었습니다"), encoding="utf-8"
    )
    rows = table(tmp_path)
    text = "\r\n".join(",".join('"' + c.replace('"', '""') + '"' for c in row) for row in rows)
    data = text.encode("cp949", "replace")
    assert b"2022?2024" in data
    assert exchange_csv.is_cp949(data)
    drafts = Drafts(tmp_path)
    assert exchange.take(drafts, exchange_csv.from_csv(data), "new.yaml", cp949=True).changed == {}
    cells = exchange_csv.from_csv(data.replace("역 앞".encode("cp949"), "역 뒤".encode("cp949")))
    with pytest.raises(TableError, match="CSV UTF-8"):
        exchange.take(Drafts(tmp_path), cells, "new.yaml", cp949=True)
    assert exchange.take(Drafts(tmp_path), exchange_csv.from_csv(data), "new.yaml").changed  # of UTF-8 it is an edit


def test_mistakes_of_both_kinds_are_told_at_once_and_an_id_that_was_changed_is_named(base: Path) -> None:
    rows = table(base)
    rows[1][HEADS.index("확인한 날")] = "내년"
    rows[2][HEADS.index("답")] = "**굵게** 있습니다."
    rows[3][0] = "nowadays"
    with pytest.raises(TableError) as raised:
        exchange.take(Drafts(base), rows, "new.yaml", datetime(2026, 11, 24))
    said = [str(f) for f in raised.value.faults]
    assert len(said) == 3, said
    assert any("3행" in s and "꾸밈 기호" in s for s in said)
    assert any("'now'의 id를 'nowadays'(으)로 고쳤나요" in s and "rename now nowadays" in s for s in said)


def test_a_separator_of_another_program_is_told_at_once(base: Path) -> None:
    text = "\n".join("|".join(row) for row in table(base))
    with pytest.raises(TableError, match="'id' 제목이 없습니다"):
        exchange.take(Drafts(base), exchange_csv.from_csv(text.encode()), "new.yaml")


RECORDS = """\
institutions:
- id: busan   # 부산
  name: 부산도서관
  short: 부산관
  aliases: [부산]
  facts: {phone: {value: 051-123-4567, sources: [a]}}
channels:
- {id: call, name: 콜센터, phone: "1357"}
groups:
- id: word
  name: 낱말
  terms:
  - {id: loan, name: 대출, aliases: [빌리기]}
"""


def test_records_and_words_are_sheets_too_and_a_changed_cell_changes_its_place_alone(base: Path) -> None:
    (base / "records.yaml").write_text(RECORDS, encoding="utf-8")
    made = exchange_records.sheets_of(Drafts(base))
    assert {name: rows[0]["id"] for name, (_, rows) in made.items()} == {
        "기관": "busan",
        "연락처": "call",
        "용어": "word.loan",
    }
    data = exchange_xlsx.to_xlsx(exchange.rows_of(base), {}, made)
    assert exchange_records.take(drafts := Drafts(base), data) == {}
    assert not drafts.changed
    book = load_workbook(io.BytesIO(data))
    for sheet, head, cell in (
        ("기관", "값: phone", "051-999-0000"),
        ("연락처", "전화", "1577-0000"),
        ("용어", "별칭(한 줄에 하나)", "빌리기\n대여"),
    ):
        heads = [c.value for c in book[sheet][1]]
        book[sheet].cell(2, heads.index(head) + 1).value = cell
    changed = exchange_records.take(drafts := Drafts(base), saved(book))
    assert changed == {"busan": ["값: phone"], "call": ["전화"], "word.loan": ["별칭(한 줄에 하나)"]}
    assert drafts.changed["records.yaml"].decode() == (
        RECORDS.replace("051-123-4567", "051-999-0000")
        .replace('"1357"', '"1577-0000"')
        .replace("[빌리기]", "[빌리기, 대여]")
    )
    book["연락처"].cell(2, 3).value = ""
    book["연락처"].cell(3, 1).value = "new"
    with pytest.raises(TableError) as raised:
        exchange_records.take(Drafts(base), saved(book))
    assert [f.row for f in raised.value.faults] == [2, 3]
