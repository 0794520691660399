"""The table of entries as an Excel workbook."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from bot.workshop.exchange import COLUMNS, HEADS, Fault, TableError

_SHEET = "항목"


def to_xlsx(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as a workbook with one sheet. Every cell is text, so none is a formula."""
    book = Workbook()
    sheet = book.active
    if sheet is None:  # a new workbook has a sheet
        raise RuntimeError("no sheet")
    sheet.title = _SHEET
    sheet.append(list(HEADS))
    for number, row in enumerate(rows, 2):
        for place, head in enumerate(HEADS, 1):
            cell = sheet.cell(number, place, ILLEGAL_CHARACTERS_RE.sub("", row[head]))
            cell.data_type = "s"
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for place, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
        sheet.cell(1, place).font = Font(bold=True)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def from_xlsx(data: bytes) -> list[list[str]]:
    """Return the cells of a workbook's first sheet as text.

    Raises:
        TableError: it is no workbook, or a cell holds a formula.
    """
    try:
        book = load_workbook(io.BytesIO(data), data_only=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise TableError([Fault(0, "엑셀 파일(.xlsx)을 열 수 없습니다")]) from None
    sheet = book[_SHEET] if _SHEET in book.sheetnames else book.worksheets[0]
    faults = []
    table = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        table.append([_text(cell.value) for cell in row])
        formulas = [cell.coordinate for cell in row if cell.data_type == "f"]
        if formulas:
            faults.append(Fault(number, f"수식이 들어 있습니다({', '.join(formulas)}). 글로 적어 주세요"))
    if faults:
        raise TableError(faults)
    return table


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
