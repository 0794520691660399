"""The table of entries as an Excel workbook."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from bot.workshop.exchange_table import COLUMNS, HEADS, Fault, TableError

SHEET = "항목"
_LISTS = "고를 것"
_CHUNK = 1 << 20
_STRIKE = b"<strike"
_SPARE = 200
"""Rows for new entries in which a cell may be picked from a list too."""
_WIDTH = 24
NOTHING: Mapping[str, Any] = {}
_MOST_ROWS = 1_048_576
"""Rows of a sheet. Source: Excel specifications and limits."""
_MOST_COLUMNS = 200
"""Columns that are looked at: a table has fewer than thirty, and a sheet may claim 16,384."""
_UNREADABLE = "엑셀 파일(.xlsx)을 열 수 없습니다"
_CODED = re.compile("_x([0-9A-Fa-f]{4})_")
"""A character escaped by Excel because XML cannot contain it. Source: ECMA-376, 22.9.2.19 ST_Xstring."""
_LIKE_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def to_xlsx(
    rows: Iterable[Mapping[str, str]],
    choices: Mapping[str, Sequence[str]] = NOTHING,
    more: Mapping[str, tuple[list[str], list[dict[str, str]]]] = NOTHING,
) -> bytes:
    """Return rows as a workbook. Every cell is text, so none is a formula.

    `choices`: by heading what a cell may be picked from, besides what the columns allow. `more`: by name further
    sheets, headings and rows.
    """
    rows = list(rows)
    book = Workbook()
    sheet = book.active
    if sheet is None:  # a new workbook has a sheet
        raise RuntimeError("no sheet")
    sheet.title = SHEET
    fill(sheet, HEADS, rows, [c.width for c in COLUMNS])
    own = {c.head: c.choices for c in COLUMNS if c.choices}
    for name, (heads, records) in more.items():
        fill(book.create_sheet(name), heads, records, [_WIDTH] * len(heads))
    _offer(book, sheet, {**own, **choices}, len(rows) + _SPARE)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill(sheet: Any, heads: Sequence[str], rows: Iterable[Mapping[str, str]], widths: Sequence[int]) -> None:
    """Fill a sheet with headings and rows of text."""
    sheet.append(list(heads))
    for number, row in enumerate(rows, 2):
        for place, head in enumerate(heads, 1):
            text = _LIKE_CODED.sub("_x005F_", ILLEGAL_CHARACTERS_RE.sub("", row.get(head, "")))
            cell = sheet.cell(number, place, text)
            cell.data_type = "s"
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.cell(1, place).font = Font(bold=True)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions


def _offer(book: Workbook, sheet: Any, choices: Mapping[str, Sequence[str]], last: int) -> None:
    """Let cells be picked from lists, which are in a sheet of their own. Anything else may still be typed."""
    lists = book.create_sheet(_LISTS)
    for column, (head, values) in enumerate(((h, v) for h, v in choices.items() if v), 1):
        letter = get_column_letter(column)
        for number, value in enumerate((head, *values), 1):
            lists.cell(number, column, value).data_type = "s"
        picked = f"'{_LISTS}'!${letter}$2:${letter}${len(values) + 1}"
        rule = DataValidation(type="list", formula1=picked, allow_blank=True, showErrorMessage=False)
        place = get_column_letter(HEADS.index(head) + 1)
        rule.add(f"{place}2:{place}{last}")
        sheet.add_data_validation(rule)


def from_xlsx(data: bytes, sheet: str = SHEET) -> list[list[str]]:
    """Return the cells of one sheet of a workbook as text, up to the last row with any content.

    If there is no sheet of that name it is the first one.

    Raises:
        TableError: it is no workbook, or a cell holds what is no text: a formula, an error, a truth value, or words
            that are struck through.
    """
    try:
        book = load_workbook(io.BytesIO(data), rich_text=True, read_only=not _strikes_inline(data))
        return _table(book[sheet] if sheet in book.sheetnames else book.worksheets[0])
    except TableError:
        raise
    except Exception:  # a broken part becomes any error in openpyxl: of XML, of zlib, an index, a type
        raise TableError([Fault(0, _UNREADABLE)]) from None


def _table(sheet: Any) -> list[list[str]]:
    """Return the cells of a sheet as text. Raises TableError, and what a broken part leads to."""
    faults: list[Fault] = []
    table: list[list[str]] = []
    empty = 0
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), 1):
        if number > _MOST_ROWS:
            raise TableError([Fault(number, "줄이 엑셀이 담을 수 있는 것보다 많습니다")])
        if all(cell.value is None for cell in row):  # formatted to the last row, or nothing at all
            empty += 1
            continue
        table += [[] for _ in range(empty)]
        empty = 0
        table.append([_text(cell.value) for cell in row])
        faults += _faults(number, row)
    if faults:
        raise TableError(faults)
    return table


def _strikes_inline(data: bytes) -> bool:
    """Tell whether words are struck through in a sheet itself and not in the strings that sheets share, as in Excel:
    only what reads all of a sheet at once tells these. Raises BadZipFile.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in (n for n in parts.namelist() if n.startswith("xl/worksheets/")):
            with parts.open(name) as part:
                tail = b""  # a tag may lie across two pieces
                for chunk in iter(partial(part.read, _CHUNK), b""):
                    if _STRIKE in tail + chunk:
                        return True
                    tail = chunk[-len(_STRIKE) :]
    return False


def sheets(data: bytes) -> list[str]:
    """Return the names of the sheets of a workbook; nothing where it is none."""
    try:
        return list(load_workbook(io.BytesIO(data), read_only=True).sheetnames)
    except Exception:  # as above
        return []


def _faults(number: int, row: Sequence[Any]) -> Iterator[Fault]:
    """Iterate over the cells of a row that are no publishable text."""
    for cell in row:
        if cell.value is None:
            continue
        if cell.data_type == "f":
            yield Fault(number, f"수식이 들어 있습니다({cell.coordinate}). 글로 적어 주세요")
        elif cell.data_type == "e":
            yield Fault(number, f"오류 값 {cell.value}이(가) 들어 있습니다({cell.coordinate}). 글로 적어 주세요")
        elif cell.data_type == "b":
            yield Fault(number, f"참/거짓 값이 들어 있습니다({cell.coordinate}). 글로 적어 주세요")
        elif struck := _struck(cell):
            message = f"취소선을 그은 글이 있습니다({cell.coordinate}): 「{struck}」. 지우거나 취소선을 풀어 주세요"
            yield Fault(number, message)


def _struck(cell: Any) -> str:
    """Return what is struck through in a cell; or nothing."""
    if cell.font is not None and cell.font.strike:
        return str(cell.value)
    parts = cell.value if isinstance(cell.value, CellRichText) else ()
    return "".join(p.text for p in parts if isinstance(p, TextBlock) and p.font is not None and p.font.strike)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _CODED.sub(lambda m: chr(int(m[1], 16)), str(value))
