"""A workbook that is broken, or made to harm, is refused in the editor's words; nothing else is raised and nothing runs for ever."""

import io
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workshop.exchange_table import HEADS, TableError
from bot.workshop.exchange_xlsx import from_xlsx, sheets, to_xlsx

WHOLE = to_xlsx([dict.fromkeys(HEADS, "가")] * 3)
with zipfile.ZipFile(io.BytesIO(WHOLE)) as book:
    PARTS = {name: book.read(name) for name in book.namelist()}
SHEET = "xl/worksheets/sheet1.xml"


def packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def taken(data: bytes) -> None:
    """Read a workbook; only a refusal may be raised."""
    sheets(data)
    with suppress(TableError):
        from_xlsx(data)


@given(st.sampled_from(sorted(PARTS)), st.integers(0, 20_000))
def test_a_part_cut_short(name: str, length: int) -> None:
    taken(packed({**PARTS, name: PARTS[name][:length]}))


@given(st.sampled_from(sorted(PARTS)), st.integers(0, 20_000), st.binary(min_size=1, max_size=8))
def test_a_part_with_other_bytes(name: str, place: int, data: bytes) -> None:
    at = place % max(len(PARTS[name]), 1)
    taken(packed({**PARTS, name: PARTS[name][:at] + data + PARTS[name][at + len(data) :]}))


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_an_archive_with_other_bytes(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, byte in changes:
        data[place] = byte
    taken(bytes(data))


def test_more_rows_than_a_sheet_has() -> None:
    number = 99_999_999_999
    far = f'<row r="{number}"><c r="A{number}" t="n"><v>2</v></c></row></sheetData>'.encode()
    sheet = re.sub(rb'(<dimension ref="A1:[A-Z]+)\d+', rb"\g<1>%d" % number, PARTS[SHEET]).replace(
        b"</sheetData>", far
    )
    data = packed({**PARTS, SHEET: sheet})
    with pytest.raises(TableError, match="엑셀이 담을 수 있는 것보다"):
        from_xlsx(data)


def test_a_sheet_that_claims_to_be_as_large_as_can_be_is_read_to_its_end() -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
    sheet = re.sub(rb'<dimension ref="[^"]+"', b'<dimension ref="A1:XFD1048576"', PARTS[SHEET]).replace(
        b"</sheetData>", far
    )
    assert len(from_xlsx(packed({**PARTS, SHEET: sheet}))) == 4


def test_entities_are_not_read() -> None:
    evil = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    data = packed({**PARTS, SHEET: PARTS[SHEET].replace(b"<worksheet", evil + b"<worksheet", 1)})
    taken(data)
    undefined = packed({**PARTS, SHEET: PARTS[SHEET].replace("가".encode(), b"&nothing;", 1)})
    taken(undefined)
