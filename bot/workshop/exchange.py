"""Entries as a table for people who do not write YAML, and the way back: only what was changed is changed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unicodedata import normalize

from bot.knowledge.documents import read_folder, take_late, with_defaults
from bot.knowledge.schema import EntryDoc, TemplateDoc
from bot.words import Problem
from bot.workshop.edit_check import new_problems
from bot.workshop.edit_folder import Drafts
from bot.workshop.exchange_table import BY_HEAD, COLUMNS, HEADS, Column, Fault, Table, TableError, day_in, tidy

_LOCKED_TEMPLATE = "(틀: 답은 YAML에서 고칩니다)"
_HEARD = frozenset({"질문(한 줄에 하나)", "상태", "보는 사람", "시험: 답해야 하는 질문", "시험: 답하면 안 되는 질문"})
"""Columns that influence which question gets which answer."""
_LOCKED_PHASES = "(날짜에 따라 다른 답: YAML에서 고칩니다)"


@dataclass(slots=True)
class Taken:
    """What a table changes."""

    changed: dict[str, list[str]] = field(default_factory=dict)
    """Headings of the changed cells, by entry id."""
    added: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Entries that the table lacks; they stay."""
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def is_heard(self) -> bool:
        """Tell whether questions may be understood differently now: then the tests must run."""
        return bool(self.added) or any(_HEARD & {*heads} for heads in self.changed.values())


def rows_of(folder: Path) -> list[dict[str, str]]:
    """Return the entries and templates of a folder as rows, heading to cell, in the order of the files."""
    documents = read_folder(folder, [])
    return [_row(item) for item in take_late(documents, [])]


def _row(item: Any) -> dict[str, str]:
    doc: EntryDoc | TemplateDoc = item.doc
    row = {}
    for column in COLUMNS:
        if column.key == ("file",):
            row[column.head] = item.file
        elif column.key == ("answer",):
            row[column.head] = _answer(doc)
        else:
            row[column.head] = _cell(column, _value(item, column))
    return row


def _answer(doc: EntryDoc | TemplateDoc) -> str:
    if isinstance(doc, TemplateDoc):
        return _LOCKED_TEMPLATE
    return _LOCKED_PHASES if doc.phases else tidy(doc.answer or "")


def _value(item: Any, column: Column) -> Any:
    if column.inherited:
        return with_defaults(item, column.key[0])
    value = item.doc
    for key in column.key:
        value = getattr(value, key, None) if value is not None else None
    return value


def _cell(column: Column, value: Any) -> str:
    if value is None:
        return column.choices[0] if column.choices else ""
    if column.kind == "lines":
        return "\n".join(" ".join(str(v).split()) for v in value)
    if column.kind == "ids":
        return ", ".join(value)
    return value.isoformat() if isinstance(value, date) else tidy(str(value))


def take(drafts: Drafts, table: Table, new_file: str, now: datetime | None = None, *, cp949: bool = False) -> Taken:
    """Apply a table's changes to the drafts, and check the whole folder with them if `now` is given.

    `cp949`: the table was saved in that encoding, so a missing character is a question mark in an untouched cell.

    Raises:
        TableError: anything is wrong in it, or the folder would have problems that it has not now. All faults are
            named, each with its row.
    """
    work = _Import(drafts, table, new_file, cp949)
    taken = work.taken()
    faults = work.faults + ([Fault(_row_of(taken, p), str(p)) for p in new_problems(drafts, now)] if now else [])
    if faults:
        raise TableError(faults)
    return taken


def _row_of(taken: Taken, problem: Problem) -> int:
    """Return the row of the entry that a problem names, or 0 where it is of no row."""
    named = re.match(r"\[([^\]]+)\]", problem.message)
    id = named[1] if named else ""
    return taken.rows.get(id) or taken.rows.get(id.rsplit(".", 1)[0], 0)


class _Import:
    def __init__(self, drafts: Drafts, table: Table, new_file: str, cp949: bool) -> None:
        self.drafts, self.table, self.new_file, self.cp949 = drafts, table, new_file, cp949
        self.faults: list[Fault] = []
        self.result = Taken()

    def taken(self) -> Taken:
        columns = self._columns()
        known = {row["id"]: row for row in rows_of(self.drafts.folder)}
        place = next(i for i, c in enumerate(columns) if c and c.head == "id")
        self.here = {cells[place].strip() for cells in self.table[1:] if len(cells) > place}
        for number, cells in enumerate(self.table[1:], 2):
            if any(c.strip() for c in cells):
                self._row(number, {c.head: tidy(v) for c, v in zip(columns, cells, strict=False) if c}, known)
        self.result.missing = [id for id in known if id not in self.result.rows]
        return self.result

    def _columns(self) -> list[Column | None]:
        heads = [h.strip().lstrip("\ufeff") for h in self.table[0]] if self.table else []
        columns = [BY_HEAD.get(h) for h in heads]
        unknown = [h for h, c in zip(heads, columns, strict=True) if h and c is None]
        if unknown:
            self.faults.append(Fault(1, f"모르는 제목: {', '.join(unknown)} (쓸 수 있는 제목: {', '.join(HEADS)})"))
        named = [c.head for c in columns if c]
        for head in dict.fromkeys(h for h in named if named.count(h) > 1):
            self.faults.append(Fault(1, f"제목 '{head}'이(가) 두 번 있습니다"))
        if "id" not in named:
            raise TableError(
                [*self.faults, Fault(1, "첫 줄에 'id' 제목이 없습니다. 내보낸 표의 첫 줄을 그대로 두세요")]
            )
        return columns

    def _row(self, number: int, row: dict[str, str], known: Mapping[str, Mapping[str, str]]) -> None:
        id = row.get("id", "")
        if not id:
            self.faults.append(Fault(number, "id가 비어 있습니다. 새 항목이면 새 id를 적어 주세요"))
        elif id in self.result.rows:
            self.faults.append(Fault(number, f"id '{id}'이(가) {self.result.rows[id]}행에도 있습니다"))
        else:
            self.result.rows[id] = number
            if id in known:
                self._old(number, row, known[id])
            elif was := self._renamed(row, known):
                hint = f"helpdesk knowledge rename {was} {id}"
                self.faults.append(
                    Fault(number, f"'{was}'의 id를 '{id}'(으)로 고쳤나요? 표에서는 id를 바꿀 수 없습니다({hint})")
                )
            else:
                self._new(number, row)

    def _renamed(self, row: Mapping[str, str], known: Mapping[str, Mapping[str, str]]) -> str:
        """Return the id that a row had: that of an entry which is not in the table and asks the same."""
        head = "질문(한 줄에 하나)"
        asked = row.get(head, "")
        return next((id for id, old in known.items() if asked and old[head] == asked and id not in self.here), "")

    def _is_same(self, number: int, head: str, cell: str, old: str) -> bool:
        """Tell whether a cell is unchanged, except for the form of its Hangul or characters missing in the encoding."""
        one, other = normalize("NFC", cell), normalize("NFC", old)
        if one == other or not self.cp949:
            return one == other
        saved = other.encode("cp949", "replace").decode("cp949")
        if saved != other and one != saved:
            message = f"'{head}'의 글자가 저장할 때 물음표로 바뀌었습니다. ‘CSV UTF-8’로 다시 저장해 주세요"
            self.faults.append(Fault(number, message))
        return saved != other

    def _old(self, number: int, row: dict[str, str], old: Mapping[str, str]) -> None:
        cells = [c for c in COLUMNS if c.head in row]
        changed = [c for c in cells if not self._is_same(number, c.head, row[c.head], old[c.head])]
        for column in changed:
            value = self._read(number, column, row[column.head], old[column.head])
            if value is not None:
                self._set(number, row["id"], column, value)

    def _set(self, number: int, id: str, column: Column, value: Any) -> None:
        found = self.drafts.find(id)
        path = (*found.path, *column.key)
        old = found.get(*column.key)
        if old is not None and not column.inherited and column.choices[:1] == (value,):
            value = ""
        if value == "" or (value == [] and not column.inherited):
            if old is None:
                message = f"'{column.head}'은(는) 파일의 defaults에서 온 값이라 비울 수 없습니다"
                self.faults.append(Fault(number, message))
                return
            self._clear(found, column)
        elif column.key == ("english", "answer") and not isinstance(found.get("english"), dict):
            found.draft.set((*found.path, "english"), {"answer": value})
        elif column.key[0] == "tests" and not isinstance(found.get("tests"), dict):
            found.draft.set((*found.path, "tests"), {column.key[1]: value})
        else:
            if isinstance(old, str) and isinstance(value, list):
                value = value[0] if len(value) == 1 else value
            found.draft.set(path, value)
        self.result.changed.setdefault(id, []).append(column.head)

    def _clear(self, found: Any, column: Column) -> None:
        holder = found.get(*column.key[:-1]) if len(column.key) > 1 else None
        keys = column.key[:-1] if isinstance(holder, dict) and len(holder) == 1 else column.key
        found.draft.remove((*found.path, *keys))

    def _read(self, number: int, column: Column, cell: str, old: str) -> Any:
        """Return a cell's value, or `None` after noting what is wrong with it."""
        if column.kind == "fixed" or old in (_LOCKED_TEMPLATE, _LOCKED_PHASES):
            self.faults.append(Fault(number, f"'{column.head}'은(는) 표에서 고칠 수 없습니다. YAML에서 고쳐 주세요"))
            return None
        required = column.key in (("questions",), ("answer",))
        if required and not cell:
            self.faults.append(Fault(number, f"'{column.head}'이(가) 비어 있습니다"))
            return None
        readers: dict[str, Callable[[str], Any]] = {
            "lines": lambda c: [line.strip() for line in c.split("\n") if line.strip()],
            "ids": lambda c: [part.strip() for part in re.split(r"[,;\n]", c) if part.strip()],
            "date": day_in,
        }
        value = readers.get(column.kind, str)(cell)
        if value is None or (column.choices and value not in column.choices):
            hint = ", ".join(column.choices) if column.choices else "2026-11-24처럼 적습니다"
            self.faults.append(Fault(number, f"'{column.head}'에 쓸 수 없는 값입니다: {cell} ({hint})"))
            return None
        return value

    def _new(self, number: int, row: dict[str, str]) -> None:
        fields: dict[str, Any] = {"id": row["id"]}
        for column in COLUMNS:
            cell = row.get(column.head, "")
            if column.kind == "fixed" or (not cell and column.key not in (("questions",), ("answer",))):
                continue
            value = self._read(number, column, cell, "")
            if value is None or column.choices[:1] == (value,):
                continue
            if len(column.key) == 1:
                fields[column.key[0]] = value
            else:
                fields.setdefault(column.key[0], {})[column.key[1]] = value
        file = row.get("파일") or self.new_file
        if not re.fullmatch(r"[^/\\.][^\\:]*\.ya?ml", file) or ".." in file:
            self.faults.append(
                Fault(number, f"'파일'은 지식 폴더 안의 이름이어야 합니다: {file} (예: entries/new.yaml)")
            )
            return
        draft = self.drafts.of(file)
        draft.append_entry(fields)
        self.result.added.append(row["id"])
