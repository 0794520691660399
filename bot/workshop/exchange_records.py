"""Institutions, channels and words as sheets of the workbook, and the way back: only what was changed is changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from bot.workshop.edit import Draft
from bot.workshop.edit_folder import Drafts
from bot.workshop.edit_tree import Path
from bot.workshop.exchange_table import Fault, Table, TableError, tidy
from bot.workshop.exchange_xlsx import from_xlsx, sheets

_NEEDED = ("이름", "짧은 이름")
"""Headings of columns that may not be empty."""
_FACT = "값: "
"""Prefix of the headings of facts: an address, a number."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the section whose items it shows, and its columns: heading, key, and kind of cell."""

    name: str
    section: str
    columns: tuple[tuple[str, str, str], ...]
    inner: str = ""
    """If the sheet shows the items of a list within each item: the key of that list."""


SHEETS = (
    Sheet(
        "기관",
        "institutions",
        (
            ("이름", "name", "text"), ("짧은 이름", "short", "text"), ("영어 이름", "english", "text"),
            ("별칭(한 줄에 하나)", "aliases", "lines"), ("지역", "region", "ids"), ("분야", "fields_of_work", "ids"),
        ),
    ),
    Sheet(
        "연락처",
        "channels",
        (
            ("이름", "name", "text"), ("전화", "phone", "text"), ("누리집", "url", "text"), ("전자우편", "email", "text"),
            ("주소", "address", "text"), ("쓰임", "for", "text"), ("언제 기준", "as_of", "text"), ("메모", "note", "text"),
        ),
    ),
    Sheet(
        "용어",
        "groups",
        (("이름", "name", "text"), ("별칭(한 줄에 하나)", "aliases", "lines"), ("메모", "note", "text")),
        "terms",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Record:
    """One institution, channel or word, and its place in the files."""

    id: str
    draft: Draft
    path: Path

    def get(self, *keys: str) -> Any:
        return self.draft.get((*self.path, *keys))


def sheets_of(drafts: Drafts) -> dict[str, tuple[list[str], list[dict[str, str]]]]:
    """Return headings and rows by sheet, of those that have any row."""
    found = {}
    for sheet in SHEETS:
        records = list(_records(drafts, sheet))
        facts = dict.fromkeys(k for r in records for k in (r.get("facts") or {}) if isinstance(r.get("facts"), dict))
        heads = ["id", "파일", *(head for head, _, _ in sheet.columns), *(f"{_FACT}{k}" for k in facts)]
        rows = [_row(r, heads, sheet) for r in records]
        if rows:
            found[sheet.name] = (heads, rows)
    return found


def take(drafts: Drafts, data: bytes) -> dict[str, list[str]]:
    """Apply a workbook's changes of records to the drafts; return the headings of changed cells by id.

    Raises:
        TableError: anything is wrong in it; all faults are named.
    """
    faults: list[Fault] = []
    changed: dict[str, list[str]] = {}
    there = sheets(data)
    for sheet in SHEETS:
        if sheet.name in there:
            _take(drafts, sheet, from_xlsx(data, sheet.name), changed, faults)
    if faults:
        raise TableError(faults)
    return changed


def _take(drafts: Drafts, sheet: Sheet, table: Table, changed: dict[str, list[str]], faults: list[Fault]) -> None:
    known = {r.id: r for r in _records(drafts, sheet)}
    heads = [h.strip() for h in table[0]] if table else []
    for number, cells in enumerate(table[1:], 2):
        row = {h: tidy(c) for h, c in zip(heads, cells, strict=False) if h}
        if not any(row.values()):
            continue
        record = known.get(row.get("id", ""))
        if record is None:
            message = (
                f"'{sheet.name}' 시트에 없는 id입니다: {row.get('id') or '(빈칸)'}. 새로 더하는 것은 YAML에서 합니다"
            )
            faults.append(Fault(number, message))
            continue
        for head in _changed(record, row, sheet):
            try:
                _set(record, head, row[head], sheet)
            except ValueError as error:
                faults.append(Fault(number, f"'{sheet.name}' 시트: {error}"))
            else:
                changed.setdefault(record.id, []).append(head)


def _changed(record: _Record, row: Mapping[str, str], sheet: Sheet) -> list[str]:
    old = _row(record, list(row), sheet)
    return [h for h in row if h not in ("id", "파일") and normalize("NFC", row[h]) != normalize("NFC", old[h])]


def _records(drafts: Drafts, sheet: Sheet) -> Iterator[_Record]:
    for draft in drafts.all():
        items = draft.value.get(sheet.section) if isinstance(draft.value, dict) else None
        for i, item in enumerate(items if isinstance(items, list) else []):
            path: Path = (sheet.section, i)
            if not sheet.inner:
                yield _Record(str(item.get("id")), draft, path)
                continue
            for j, term in enumerate(item.get(sheet.inner) or []):
                yield _Record(f"{item.get('id')}.{term.get('id')}", draft, (*path, sheet.inner, j))


def _row(record: _Record, heads: Sequence[str], sheet: Sheet) -> dict[str, str]:
    kinds = {head: (key, kind) for head, key, kind in sheet.columns}
    row = {}
    for head in heads:
        if head in ("id", "파일"):
            row[head] = record.id if head == "id" else record.draft.name
        elif head.startswith(_FACT):
            row[head] = _cell(record.get("facts", head.removeprefix(_FACT), "value"), "text")
        else:
            row[head] = _cell(record.get(kinds[head][0]), kinds[head][1]) if head in kinds else ""
    return row


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return ""
    values = [value] if isinstance(value, str) else value
    return ("\n" if kind == "lines" else ", ").join(map(str, values)) if isinstance(values, list) else str(values)


def _set(record: _Record, head: str, cell: str, sheet: Sheet) -> None:
    """Put a cell in its place. Raises ValueError where it has none."""
    kinds = {h: (key, kind) for h, key, kind in sheet.columns}
    if head.startswith(_FACT):
        path, kind = (*record.path, "facts", head.removeprefix(_FACT), "value"), "text"
        if record.draft.get(path) is None or not cell:
            raise ValueError(f"'{head}'을(를) 새로 적거나 비우는 것은 YAML에서 합니다([{record.id}])")
    elif head in kinds:
        key, kind = kinds[head]
        path = (*record.path, key)
    else:
        raise ValueError(f"모르는 제목: {head}")
    if not cell and head in _NEEDED:
        raise ValueError(f"'{head}'이(가) 비어 있습니다([{record.id}])")
    if not cell:
        record.draft.remove(path)
    elif kind == "text":
        record.draft.set(path, cell)
    else:
        parts = cell.split("\n") if kind == "lines" else cell.split(",")
        record.draft.set(path, [p.strip() for p in parts if p.strip()])
