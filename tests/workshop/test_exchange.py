"""The table: out and in again changes no byte; a changed cell changes its place alone; faults come with their row."""

import csv
import io
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.workshop import exchange, exchange_csv, exchange_xlsx
from bot.workshop.edit_folder import Drafts
from bot.workshop.exchange import HEADS, TableError
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


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.sampled_from("가나 =+-@'\"\t,;\n·1"), max_size=12))
def test_any_cell_comes_back_as_it_was_and_none_is_a_formula(cell: str) -> None:
    cell = exchange.tidy(cell)
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
            *[""] * 6,
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
        rows[i][j] = {"상태": "draft", "확인한 날": "2026/11/24", "다시 볼 날": "2027.2.22"}.get(
            head, rows[i][j] + "가"
        )
    drafts = Drafts(folder)
    assert len(exchange.take(drafts, rows, "new.yaml").changed["appeal-evaluation"]) == len(HEADS) - 2
    (name,) = drafts.changed
    assert name == "entries/appeal.yaml"
    diff = [line for line in drafts.diff().splitlines() if line.startswith(("+", "-"))]
    assert len(diff) < 40
