"""Rows written many at a time, by statements that are compiled once."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert
from bot.store.sqlite import Statement, driven

_MOST_VALUES = 900
"""Values of one statement. Source: SQLite before 3.32 took 999."""
_Converters = tuple[tuple[int, Callable[[Any], Any] | None], ...]
"""For each value of the statement: the index of the row's value that it comes from, and the conversion."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table. Where a row with the same `key` exists its other columns are updated; without a key it stays."""

    table: Table
    names: tuple[str, ...]
    """Of the columns, in the order of the values."""
    rows: Sequence[tuple[Any, ...]]
    key: tuple[str, ...] = ()


async def write(connection: AsyncConnection, *tables: Rows, last: bool = False) -> None:
    """Write rows, table after table. `last`: nothing more comes in this transaction.

    Statements are compiled once and their values converted here: SQLAlchemy's own way looks at every value of every
    row each time, which costs more than the database does.
    """
    compiled = [_values(connection, t) for t in tables if t.rows]
    if connection.dialect.name == "sqlite":
        await driven(connection, list(itertools.chain.from_iterable(_parts(*c) for c in compiled)), last=last)
        return
    for text, values in compiled:
        await connection.exec_driver_sql(text, values if len(values) > 1 else values[0])


def _values(connection: AsyncConnection, written: Rows) -> tuple[str, Sequence[tuple[Any, ...]]]:
    """Return the statement that writes one row, and the values of each."""
    kind = (connection.dialect.name, written.table.name, written.names)
    found = _STATEMENTS.get(kind)
    if found is None:
        found = _STATEMENTS[kind] = _compiled(connection, written.table, written.names, written.key)
    text, converters = found
    columns = list(zip(*written.rows, strict=True))
    made = [list(map(convert, columns[at])) if convert else columns[at] for at, convert in converters]
    return text, list(zip(*made, strict=True))


def _parts(text: str, values: Sequence[tuple[Any, ...]]) -> Iterator[Statement]:
    most = _MOST_VALUES // len(values[0])
    for at in range(0, len(values), most):
        part = values[at : at + most]
        yield _times(text, len(part)), list(itertools.chain.from_iterable(part))


@lru_cache(maxsize=1_000)
def _times(text: str, rows: int) -> str:
    """Return an upsert of one row as one of many.

    Between two statements the driver waits until no other thread runs; `executemany` is a statement a row.
    """
    before, values, after = text.partition("VALUES (")
    row, end, after = after.partition(")")
    return f"{before}{values}{'), ('.join([row] * rows)}{end}{after}"


_STATEMENTS: dict[tuple[str, str, tuple[str, ...]], tuple[str, _Converters]] = {}


def _compiled(
    connection: AsyncConnection, table: Table, names: tuple[str, ...], key: tuple[str, ...]
) -> tuple[str, _Converters]:
    """Return the text of an upsert in the driver's own style, and what makes its values of a row's, in order."""
    statement = insert(connection, table)
    changed = {c: statement.excluded[c] for c in names if c not in key}
    if key:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=changed)
    else:
        statement = statement.on_conflict_do_nothing()
    dialect = connection.dialect
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    order = compiled.positiontup or list(names)
    types = [(names.index(n), table.c[n].type.dialect_impl(dialect)) for n in order]
    return str(compiled), tuple((at, kind.bind_processor(dialect)) for at, kind in types)
