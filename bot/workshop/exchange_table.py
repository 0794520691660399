"""The columns of the table of entries, how a cell is read, and how faults in a table are reported."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.words import RefusedError

Table: TypeAlias = Sequence[Sequence[str]]
"""Cells as text, row by row; the first row has the headings."""
_DATE = re.compile(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?(?:[ T]00:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the key it stands for, and how a cell is read and written."""

    head: str
    key: tuple[str, ...]
    kind: str
    """text, lines (one a line), ids (by comma), date, choice, fixed."""
    inherited: bool = False
    """Whether the defaults of the file count."""
    choices: tuple[str, ...] = ()
    """What may be written in it; the first applies where nothing is."""
    width: int = 16


COLUMNS = (
    Column("id", ("id",), "fixed", width=26),
    Column("파일", ("file",), "fixed", width=24),
    Column("질문(한 줄에 하나)", ("questions",), "lines", width=48),
    Column("답", ("answer",), "text", width=64),
    Column("소리로 읽을 답", ("say",), "text", width=32),
    Column("영어 답", ("english", "answer"), "text", width=40),
    Column("출처 id", ("sources",), "ids", inherited=True, width=24),
    Column("관련 항목", ("related",), "ids", width=24),
    Column("주제", ("topic",), "text", inherited=True),
    Column("맡은 사람", ("owner",), "text", inherited=True),
    Column("확인한 날", ("verified_on",), "date", inherited=True, width=12),
    Column("다시 볼 날", ("review_by",), "date", inherited=True, width=12),
    Column("상태", ("status",), "choice", inherited=True, choices=("active", "draft", "retired"), width=10),
    Column("보는 사람", ("audience",), "choice", choices=("everyone", "staff"), width=12),
    Column("시험: 답해야 하는 질문", ("tests", "match"), "lines", width=40),
    Column("시험: 답하면 안 되는 질문", ("tests", "not_match"), "lines", width=40),
    Column("옛 id", ("former",), "ids", width=24),
    Column("상담원 메모", ("staff_note",), "text", width=32),
)
HEADS = tuple(c.head for c in COLUMNS)
BY_HEAD = {c.head: c for c in COLUMNS} | {".".join(c.key): c for c in COLUMNS}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a table, at a row as the spreadsheet numbers it (the headings are row 1)."""

    row: int
    message: str

    def __str__(self) -> str:
        return f"{self.row}행: {self.message}" if self.row else self.message


class TableError(RefusedError):
    """A table that cannot be imported; the message names every fault. Nothing is written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        lines = [
            f"표에 문제가 {len(faults)}건 있습니다. 아무것도 적지 않았습니다.",
            *map(str, sorted(faults, key=lambda f: f.row)),
        ]
        super().__init__("\n".join(lines))
        self.faults = tuple(faults)


def tidy(text: str) -> str:
    """Return a text as a cell holds it: \\n between lines, nothing at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n"))


def day_in(cell: str) -> date | str | None:
    """Return a date however a spreadsheet shows it; empty where the cell is empty, `None` where it is none."""
    if not cell:
        return ""
    found = _DATE.fullmatch(cell)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
