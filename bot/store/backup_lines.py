"""Read a back-up line by line: what cannot be restored is told in the operator's words, with its place."""

import gzip
import json
import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import BigInteger, Column, Table

from bot.store.schema import metadata
from bot.store.url import StoreError

FORMAT = 1
_LONGEST = 16 * 2**20
"""Characters of a line: a row holds a few messages of a chat at most."""
_IDS = 2**53
"""The highest number of a row that the API and browsers can name; after a much higher one databases give no more."""


class _DamageError(ValueError):
    """Why a line cannot be restored."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row, and the number of its line."""

    number: int
    table: Table
    row: Mapping[str, Any]


def damaged(path: Path, number: int, why: str) -> StoreError:
    """Return what is wrong with a line of a back-up."""
    return StoreError(f"백업 파일을 되돌릴 수 없습니다: {path}의 {number}번째 줄, {why}")


def rows(path: Path, here: str) -> Iterator[Line]:
    """Give the rows of a back-up. `here`: the schema's revision.

    Raises:
        StoreError: it is not a whole back-up of this version or an earlier one.
    """
    number = 0
    columns: dict[str, frozenset[str]] = {}
    with _opened(path) as lines:
        try:
            for number, text in enumerate(iter(lambda: _next(lines), ""), 1):
                found = _json(text)
                if number > 1:
                    yield Line(number, *_row(found, columns))
                elif _revision(found, here) == here:
                    columns = {table.name: frozenset(table.c.keys()) for table in metadata.sorted_tables}
            if not number:
                raise _DamageError("파일이 비어 있습니다.")
        except _DamageError as error:
            raise damaged(path, max(number, 1), str(error)) from None
        except (OSError, EOFError, zlib.error, UnicodeDecodeError):
            raise damaged(path, number + 1, "여기서 끊겼거나 바뀌었습니다.") from None


def _opened(path: Path) -> TextIO:
    try:
        if path.is_file():  # what is no file may keep one waiting for ever
            return gzip.open(path, "rt", encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreError(f"백업 파일을 열 수 없습니다: {error.strerror or error} ({path})") from None
    raise StoreError(f"백업 파일이 없거나 파일이 아닙니다: {path}")


def _next(lines: TextIO) -> str:
    text = lines.readline(_LONGEST)
    if len(text) == _LONGEST:
        raise _DamageError("줄이 너무 깁니다.")
    return text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _DamageError("읽을 수 없는 글입니다.") from None


def _revision(head: object, here: str) -> str:
    revision = head.get("revision") if isinstance(head, dict) and head.get("helpdesk") == FORMAT else None
    if not isinstance(revision, str):
        raise _DamageError("이 프로그램의 백업 파일이 아닙니다.")
    if revision > here:
        made = f"백업의 버전({revision[:40]!a})이 데이터베이스의 버전({here})보다 새것입니다."
        raise _DamageError(f"{made} 프로그램을 새 버전으로 올린 뒤에 되돌리세요.")
    return revision


def _row(found: object, columns: dict[str, frozenset[str]]) -> tuple[Table, Mapping[str, Any]]:
    """Return a table and a row of it. `columns`: those of each table's rows, which all rows have alike."""
    match found:
        case [str(name), dict(row)] if name in metadata.tables:
            table = metadata.tables[name]
        case _:
            raise _DamageError("표의 한 줄이 아닙니다.")
    if columns.setdefault(name, frozenset(row)) != frozenset(row):
        raise _DamageError(f"{name} 표의 칸이 모자라거나 남습니다.")
    known = [column for column in table.c if column.name in row]  # an earlier version may have had more columns
    return table, {column.name: _value(column, row[column.name]) for column in known}


def _value(column: Column[Any], value: object) -> object:
    try:
        if value is None and column.nullable:
            return None
        return _READ[column.type.python_type](column, value)
    except (TypeError, ValueError, OverflowError):
        raise _DamageError(f"{column.name} 칸의 값이 맞지 않습니다.") from None


def _moment(_: Column[Any], value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)


def _text(_: Column[Any], value: Any) -> str:
    str.encode(value)  # half of a pair of surrogates is no character
    return str(value)


def _whole(column: Column[Any], value: Any) -> int:
    most = 2**63 - 1 if isinstance(column.type, BigInteger) else 2**31 - 1
    low, high = (1, _IDS) if column.autoincrement is True else (-most, most)
    if type(value) is not int or not low <= value <= high:
        raise ValueError(value)
    return value


def _fraction(_: Column[Any], value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)


def _yes(_: Column[Any], value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(value)
    return value


_READ: Mapping[type, Callable[[Column[Any], Any], object]] = {
    datetime: _moment,
    str: _text,
    int: _whole,
    float: _fraction,
    bool: _yes,
}
"""How a value of each type of column is read; raises TypeError, ValueError or OverflowError."""
