"""A back-up that is damaged, or made to do harm, is refused in one line that names the place, and nothing is kept."""

import asyncio
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.backup import backup, restore
from bot.store.database import Database
from bot.store.url import StoreError
from tests.store.test_keeping import NOW, fill, rows
from tests.web.staffroom import hire

Lines = list[Any]


def written(path: Path, lines: Lines) -> Path:
    """Write a back-up; a text among the lines is written as it is."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_bytes(gzip.compress("".join(f"{text}\n" for text in texts).encode(errors="surrogatepass"), 1))
    return path


def read(path: Path) -> Lines:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


async def filled(database: Database) -> None:
    """Leave something in the tables, in some of them twice."""
    await fill(database)
    await fill(database, "u2", NOW.replace(second=1))
    await hire(database)


def at(lines: Lines, table: str, which: int = 0) -> int:
    """Return where a row of a table stands in a back-up."""
    return [i for i, line in enumerate(lines) if i and line[0] == table][which]


def row(table: str, **values: object) -> Callable[[Lines], int]:
    """Give values to the last row of a table; returns its line, from 1."""

    def damage(lines: Lines) -> int:
        place = at(lines, table, -1)
        lines[place][1].update(values)
        return place + 1

    return damage


def line(value: object) -> Callable[[Lines], int]:
    """Put something in the place of the third line."""

    def damage(lines: Lines) -> int:
        lines[2] = value
        return 3

    return damage


def head(value: object) -> Callable[[Lines], int]:
    def damage(lines: Lines) -> int:
        lines[0] = value
        return 1

    return damage


def repeated(lines: Lines) -> int:
    place = at(lines, "tickets")
    lines.insert(place, lines[place])
    return place + 2


def without(table: str, *columns: str) -> Callable[[Lines], int]:
    def damage(lines: Lines) -> int:
        place = at(lines, table, -1)
        for column in columns:
            del lines[place][1][column]
        return place + 1

    return damage


def older_without(lines: Lines) -> int:
    lines[0]["revision"] = "0001"
    return without("tickets", "question")(lines)


DAMAGES = {
    "head a list": head([]),
    "head without a revision": head({"helpdesk": 1}),
    "head with a number": head({"helpdesk": 1, "revision": 5}),
    "head of others": head({"helpdesk": 2, "revision": "0001"}),
    "head newer, in two lines": head({"helpdesk": 1, "revision": "9\n9"}),
    "head no JSON": head("hello"),
    "head deep": head("[" * 100_000),
    "a number": line(5),
    "null": line(None),
    "a text": line('"ab"'),
    "three": line(["a", "b", "c"]),
    "an object": line({"a": 1, "b": 2}),
    "deep": line("[" * 100_000 + "]" * 100_000),
    "open": line('["tickets",{"id":'),
    "blank": line(""),
    "a number of a million digits": line("9" * 1_000_000),
    "unknown table": line(["alembic_version", {"version_num": "x"}]),
    "table a number": line([5, {}]),
    "table a list": line([["tickets"], {}]),
    "row null": line(["tickets", None]),
    "row a list": line(["tickets", [1]]),
    "row empty": line(["tickets", {}]),
    "repeated": repeated,
    "columns missing": without("tickets", "user", "opened_at"),
    "column with a default missing": without("staff", "state"),
    "column missing in one row of an older one": older_without,
    "column too many": row("tickets", colour="red"),
    "id an object": row("tickets", id={"a": 1}),
    "id a text": row("tickets", id="1; drop table staff"),
    "id huge": row("tickets", id=2**70),
    "id beyond what is addressed": row("tickets", id=2**62),
    "id null": row("tickets", id=None),
    "id a boolean": row("tickets", id=True),
    "integer beyond 32 bits": row("outbox", attempts=2**31),
    "key null": row("exchanges", id=None),
    "moment a number": row("tickets", opened_at=5),
    "moment no moment": row("tickets", opened_at="x"),
    "moment without a zone": row("tickets", opened_at="2026-01-01T00:00:00"),
    "moment before all time": row("tickets", opened_at="0001-01-01T00:00:00+09:00"),
    "moment empty": row("tickets", opened_at=""),
    "boolean a number": row("tickets", relay=1),
    "text a number": row("tickets", question=5),
    "text a list": row("staff", preferences=[]),
    "text null": row("tickets", question=None),
    "surrogates": row("tickets", question="\ud800"),
    "fraction a text": row("exchanges", score="0.9"),
    "fraction not a number": row("exchanges", score=float("nan")),
    "fraction without end": row("exchanges", score=float("inf")),
    "fraction too large": row("exchanges", score=10**400),
}


async def refused(database: Database, path: Path) -> str:
    """Return why a back-up is refused, in one line; nothing of it is kept."""
    before = await rows(database)
    with pytest.raises(StoreError) as caught:
        await restore(database, path, replace=True)
    assert await rows(database) == before
    said = str(caught.value)
    assert "백업" in said
    assert len(said.splitlines()) == 1
    return said


async def test_a_damaged_line_is_named_and_nothing_is_kept(database: Database, tmp_path: Path) -> None:
    await filled(database)
    await backup(database, tmp_path / "b.gz")
    for name, damage in DAMAGES.items():
        lines = read(tmp_path / "b.gz")
        number = damage(lines)
        said = await refused(database, written(tmp_path / "x.gz", lines))
        assert f" {number}번째 줄" in said, name
    assert await restore(database, tmp_path / "b.gz", replace=True) == len(lines) - 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_what_only_postgresql_refuses_is_named_too(database: Database, tmp_path: Path) -> None:
    await filled(database)
    await backup(database, tmp_path / "b.gz")
    lines = read(tmp_path / "b.gz")
    number = row("tickets", language="korean")(lines)
    assert f" {number}번째 줄" in await refused(database, written(tmp_path / "x.gz", lines))


async def test_a_file_that_is_cut_or_none_is_refused(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/x.db") as database:
        await database.migrate()
        await filled(database)
        await backup(database, tmp_path / "b.gz")
        whole = (tmp_path / "b.gz").read_bytes()
        texts = b"", b"nonsense", whole[:-20], whole[: len(whole) // 2], whole + b"x", gzip.compress(b"\xff\xfe\n")
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.gz").write_bytes(text)
            assert "번째 줄" in await refused(database, tmp_path / f"{number}.gz")
        (tmp_path / "folder").mkdir()
        os.mkfifo(tmp_path / "pipe")
        for name in ("folder", "pipe", "none", "x" * 300):
            await refused(database, tmp_path / name)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database, and the back-up of it."""
    folder = tmp_path_factory.mktemp("good")

    async def make() -> None:
        async with Database(f"sqlite:///{folder}/x.db") as database:
            await database.migrate()
            await filled(database)
            await backup(database, folder / "b.gz")

    asyncio.run(make())
    return folder


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**80), 2**80),
    st.floats(),
    st.text(st.characters(exclude_categories=[]), max_size=9),
    st.sampled_from(["", "0001-01-01T00:00:00+23:59", "2026-02-30", "2026-01-01T00:00:00+00:00", [], {}, [[]]]),
)


@st.composite
def damage_of(draw: st.DrawFn, lines: Lines) -> Lines:
    """Damage a back-up once: a line, a row or a value goes, is there twice, moves, or is another."""
    number = draw(st.integers(0, len(lines) - 1))
    what = draw(st.sampled_from(["value", "value", "value", "key", "line", "bytes", "drop", "twice", "swap"]))
    damaged: Lines = json.loads(json.dumps(lines))
    if what in ("value", "key") and number:
        values = damaged[number][1]
        name = draw(st.sampled_from(sorted(values)))
        if what == "value":
            values[name] = draw(ODD)
        else:
            values[draw(st.sampled_from(sorted(values)) | st.just("x"))] = values.pop(name)
    elif what == "bytes":
        text = json.dumps(lines[number])
        begin, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        damaged[number] = text[:begin] + draw(st.text(max_size=2)) + text[end:]
    elif what == "twice":
        damaged.insert(draw(st.integers(0, len(lines))), damaged[number])
    elif what == "swap":
        other = draw(st.integers(0, len(lines) - 1))
        damaged[number], damaged[other] = damaged[other], damaged[number]
    elif what == "drop":
        del damaged[number]
    else:
        damaged[number] = draw(ODD)
    return damaged


@settings(max_examples=120)
@given(data=st.data())
def test_a_damaged_backup_is_refused_or_restored_whole(good: Path, data: st.DataObject) -> None:
    damaged = data.draw(damage_of(read(good / "b.gz")))
    path = written(good / "x.gz", damaged)

    async def attempt() -> str:
        async with Database(f"sqlite:///{good}/x.db") as database:
            try:
                count = await restore(database, path, replace=True)
            except StoreError as error:
                return str(error)
            await backup(database, good / "y.gz")
            assert count == len(damaged) - 1
            assert in_any_order(read(good / "y.gz")[1:]) == in_any_order(read(path)[1:])
            return ""

    assert len(asyncio.run(attempt()).splitlines()) <= 1


@settings(max_examples=60)
@given(where=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255), cut=st.booleans())
def test_a_file_whose_bytes_changed_is_refused_or_restored_whole(
    good: Path, where: float, bits: int, cut: bool
) -> None:
    whole = bytearray((good / "b.gz").read_bytes())
    place = int(where * len(whole))
    if cut:
        del whole[place:]
    else:
        whole[place] ^= bits
    (good / "z.gz").write_bytes(whole)

    async def attempt() -> str:
        async with Database(f"sqlite:///{good}/x.db") as database:
            try:
                await restore(database, good / "z.gz", replace=True)
            except StoreError as error:
                return str(error)
            await backup(database, good / "y.gz")
            assert in_any_order(read(good / "y.gz")[1:]) == in_any_order(read(good / "b.gz")[1:])
            return ""

    assert len(asyncio.run(attempt()).splitlines()) <= 1


def in_any_order(lines: Lines) -> list[str]:
    for _, values in lines:
        if "score" in values:
            values["score"] = float(values["score"]) + 0.0  # -0.0 is 0.0
    return sorted(json.dumps(line, sort_keys=True) for line in lines)
