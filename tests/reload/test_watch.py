"""Watching a folder: every way in which files come to be replaced, with events and without."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from bot.knowledge.build import KnowledgeError, build
from bot.knowledge.trained import FILE, read_trained
from bot.knowledge.watch import Watch, digest_of, stamp_of
from bot.workshop.check import check_folder
from tests.conftest import NOW
from tests.repository import git

ENTRY = "entries:\n- {id: a, questions: [하나], answer: '%s'}\n"
LONG = 20.0
"""Seconds after which a test gives up; a change is seen within one."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "a.yaml").write_text(ENTRY % "처음")
    return folder


@pytest_asyncio.fixture(params=["events", "polling"])
async def watch(request: pytest.FixtureRequest, place: Path) -> AsyncIterator[Watch]:
    async with Watch(place, events=request.param == "events") as watching:
        yield watching


async def seen(watch: Watch, change: Callable[[], object]) -> None:
    """Make a change and wait until it is seen."""
    known = stamp_of(watch.folder)
    waiting = asyncio.create_task(watch.change(known))
    await asyncio.sleep(0.2)  # it waits by now, and nothing changed yet
    assert not waiting.done()
    change()
    async with asyncio.timeout(LONG):
        stamp = await waiting
    assert stamp != known


def replaced(path: Path, text: str) -> None:
    """Write as most editors do: into another file, which then takes the place."""
    temporary = path.with_name(f".{path.name}.swp")
    temporary.write_text(text)
    temporary.replace(path)


async def test_a_save_is_seen(watch: Watch, place: Path) -> None:
    await seen(watch, lambda: (place / "a.yaml").write_text(ENTRY % "고침"))
    await seen(watch, lambda: replaced(place / "a.yaml", ENTRY % "또"))


async def test_new_moved_and_deleted_files_are_seen(watch: Watch, place: Path) -> None:
    (place / "sub").mkdir()
    await seen(watch, lambda: (place / "sub" / "b.yml").write_text(ENTRY % "둘"))
    await seen(watch, lambda: (place / "sub" / "b.yml").rename(place / "c.yaml"))
    await seen(watch, (place / "c.yaml").unlink)
    await seen(watch, lambda: (place / "learned.zip").write_bytes(b"PK"))
    (place / "voices" / "a").mkdir(parents=True)
    await seen(watch, lambda: (place / "voices" / "a" / "b.txt").write_text("[a]\n하나요\n"))


async def test_the_dance_of_a_save_is_one_change(watch: Watch, place: Path) -> None:
    async def dance() -> None:
        path = place / "a.yaml"
        path.rename(place / "a.yaml~")
        for part in ("", "entries:\n", ENTRY % "새것"):
            path.write_text(part)
            await asyncio.sleep(0.02)
        (place / "a.yaml~").unlink()

    known = stamp_of(place)
    waiting = asyncio.create_task(watch.change(known))
    await asyncio.sleep(0.2)
    await dance()
    async with asyncio.timeout(LONG):
        assert await waiting == stamp_of(place)


async def test_editors_own_files_are_no_change(watch: Watch, place: Path) -> None:
    known = stamp_of(place)
    waiting = asyncio.create_task(watch.change(known))
    for name in (".a.yaml.swp", ".#a.yaml", "a.yaml~", "4913", "notes.txt"):
        (place / name).write_text("x")
    (place / ".git").mkdir()
    (place / ".git" / "b.yaml").write_text("x")
    done, _ = await asyncio.wait([waiting], timeout=1.5)
    assert not done
    waiting.cancel()


async def test_a_link_swapped_as_kubernetes_does_is_seen(watch: Watch, place: Path) -> None:
    """A ConfigMap: the files are links through `..data`, which is swapped for another folder at once."""
    for version in ("one", "two"):
        (place / f"..{version}").mkdir()
        (place / f"..{version}" / "a.yaml").write_text(ENTRY % version)
    (place / "a.yaml").unlink()
    (place / "..data").symlink_to("..one")
    (place / "a.yaml").symlink_to("..data/a.yaml")
    assert build(place)[1] == []  # each file once, by its link

    def swap() -> None:
        (place / "..data_tmp").symlink_to("..two")
        (place / "..data_tmp").replace(place / "..data")
        shutil.rmtree(place / "..one")

    before = digest_of(place)
    await seen(watch, swap)
    assert digest_of(place) != before
    base, problems = build(place)
    assert base is not None
    assert problems == []
    assert base.entries["a"].phases[0].text == "two"


async def test_a_folder_that_goes_away_and_comes_back_is_seen_and_watched_again(watch: Watch, place: Path) -> None:
    aside = place.with_name("aside")
    await seen(watch, lambda: place.rename(aside))
    assert stamp_of(place) == ()
    await seen(watch, lambda: aside.rename(place))
    await seen(watch, lambda: (place / "a.yaml").write_text(ENTRY % "다시"))


async def test_the_folder_itself_may_be_a_link(tmp_path: Path, place: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(place, other)
    (other / "a.yaml").write_text(ENTRY % "다른 판")
    link = tmp_path / "current"
    link.symlink_to(place)

    def swap() -> None:
        (tmp_path / "next").symlink_to(other)
        (tmp_path / "next").replace(link)

    async with Watch(link) as watch:
        await seen(watch, swap)
        await seen(watch, lambda: (other / "a.yaml").write_text(ENTRY % "고침"))


async def test_a_checkout_of_many_files_is_seen_when_it_is_done(tmp_path: Path, place: Path) -> None:
    for i in range(200):
        (place / f"f{i}.yaml").write_text(f"entries:\n- {{id: x{i}, questions: [물음 {i}], answer: 하나}}\n")
    git(place, "init")
    git(place, "add", ".")
    git(place, "commit", "-m", "one")
    git(place, "checkout", "-b", "two")
    for i in range(200):
        (place / f"f{i}.yaml").write_text(f"entries:\n- {{id: x{i}, questions: [물음 {i}], answer: 둘}}\n")
    git(place, "commit", "-am", "two")
    two = digest_of(place)
    git(place, "checkout", "main")
    async with Watch(place) as watch:
        await seen(watch, lambda: git(place, "checkout", "two"))
        assert digest_of(place) == two


async def test_a_nudge_has_the_files_looked_at_though_none_changed(watch: Watch) -> None:
    known = stamp_of(watch.folder)
    waiting = asyncio.create_task(watch.change(known))
    await asyncio.sleep(0.2)
    watch.nudge()
    async with asyncio.timeout(LONG):
        assert await waiting == known
    again = asyncio.create_task(watch.change(known))
    done, _ = await asyncio.wait([again], timeout=0.8)
    assert not done  # once nudged is once looked at
    again.cancel()


async def test_files_that_never_rest_are_read_all_the_same(place: Path) -> None:
    async def scribble() -> None:
        while True:
            with (place / "a.yaml").open("a") as out:
                out.write("# more\n")
            await asyncio.sleep(0.03)

    async with Watch(place, events=False) as watch:
        known = stamp_of(place)
        scribbling = asyncio.create_task(scribble())
        async with asyncio.timeout(LONG):
            assert await watch.change(known) != known
        scribbling.cancel()


def test_a_digest_is_of_names_and_contents_not_of_times(place: Path) -> None:
    before = digest_of(place)
    os.utime(place / "a.yaml")
    assert digest_of(place) == before
    (place / "a.yaml").rename(place / "b.yaml")
    assert digest_of(place) != before
    assert digest_of(place / "none") == digest_of(place / "nothing")


def test_a_name_that_is_no_text_is_part_of_the_digest_and_told(place: Path) -> None:
    """An archive packed on Windows may leave one behind: it neither ends the watch nor goes unseen."""
    before = digest_of(place), stamp_of(place)
    odd = os.fsencode(place) + b"/\xbe\xc8.yaml"
    Path(os.fsdecode(odd)).write_text("entries: []")
    assert digest_of(place) != before[0]
    assert stamp_of(place) != before[1]
    problems = build(place)[1]
    assert [p.code for p in problems if p.code == "file-name"] == ["file-name"]
    assert all(str(p).encode() for p in problems), "it can be written to any log"
    assert [p.code for p in check_folder(place, NOW.date()) if p.code == "file-name"] == ["file-name"]


def test_a_folder_may_stand_in_one_whose_name_is_no_text(place: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xbe\xc8"))
    odd.mkdir()
    moved = shutil.copytree(place, odd / "knowledge")
    assert build(moved) == build(place)
    assert digest_of(moved) == digest_of(place)


def test_a_pipe_in_the_place_of_what_was_learned_is_not_waited_for(place: Path) -> None:
    os.mkfifo(place / FILE)
    assert digest_of(place)
    with pytest.raises(KnowledgeError, match="파일이 아닙니다"):
        read_trained(place)
