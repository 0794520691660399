"""The table of entries as CSV, for Excel and the like."""

import csv
import io
from collections.abc import Iterable, Mapping

from bot.workshop.exchange_table import HEADS, Fault, TableError

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet may take for a formula, and the character that prevents it. Source: OWASP, CSV injection."""


def to_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as CSV that Excel opens directly: UTF-8 with a byte order mark, CRLF, no cell a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    writer.writerows([_guarded(row[h]) for h in HEADS] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def from_csv(data: bytes) -> list[list[str]]:
    """Return the cells of a CSV as Excel or another program saved it: UTF-8, UTF-16 or CP949; comma, semicolon, tab.

    Raises:
        TableError: it is not text.
    """
    text, _ = _decoded(data)
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    csv.field_size_limit(10_000_000)
    try:
        return [
            [_unguarded(c) for c in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise TableError([Fault(0, f"CSV 형식이 아닙니다({error})")]) from None


def is_cp949(data: bytes) -> bool:
    """Tell whether a CSV was saved as CP949, which lacks letters: each of them is a question mark there."""
    return _decoded(data)[1] == "cp949"


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise TableError([Fault(0, "글자를 읽을 수 없습니다. ‘CSV UTF-8’로 저장해 주세요")])
