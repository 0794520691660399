"""Diff: exactly what changes between two versions of the knowledge is shown, for those who asked and for the tests."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app
from bot.knowledge.trained import FILE
from bot.store.asked import Asked, questions
from bot.store.database import Database
from bot.store.memory import Exchange, Memory
from bot.words import Outcome, RefusedError
from bot.workshop import diff_show as show
from bot.workshop import revision
from bot.workshop.diff import Diff, Row, Said, Text, compare, with_retired
from tests.conftest import NOW
from tests.repository import LIBRARY as HEAD
from tests.repository import git

LIBRARY = (
    HEAD
    + """\
- id: hours
  questions: [도서관 몇 시에 열어요, 여는 시간 알려 주세요, 개관 시간이 어떻게 되나요]
  answer: 평일은 오전 9시부터 밤 10시까지 엽니다.
  tests: {match: [도서관 여는 시간이 어떻게 되나요]}
- id: loan-days
  questions: [며칠 동안 빌리나요, 대출 기간, 반납은 언제까지 하나요]
  answer: 빌린 날부터 14일 안에 돌려주셔야 합니다.
  tests: {match: [대출 기간 알려 주세요]}
tests:
  out_of_scope: [오늘 환율이 어떻게 돼요]
  dialogues: [[{q: 반납은 언제까지 하나요, entry: loan-days}]]
"""
)
PARKING = """\
entries:
- id: parking
  questions: [주차장이 있나요, 차를 어디에 세우나요, 주차장 이용 요금]
  answer: 건물 뒤 주차장에 두 시간까지 세우실 수 있습니다.
  tests: {match: [주차장 있어요]}
"""
ASKED = (
    Asked("주차장 요금", frozenset({"u1", "u2"}), 3),
    Asked("주차장 요금 [전화번호]", frozenset({"u3"}), 1),
    Asked("와이파이 비밀번호", frozenset({"u9"}), 1),
    Asked("대출 기간", frozenset({"u5"}), 2),
)


def commit(place: Path) -> None:
    git(place, "add", "-A")
    git(place, "commit", "-q", "-m", "x")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose knowledge stands in a folder below, in Korean."""
    place = tmp_path / "저장소"
    (place / "지식 폴더" / "항목").mkdir(parents=True)
    (place / "지식 폴더" / "항목" / "가.yaml").write_text(LIBRARY, encoding="utf-8")
    (place / "다른.yaml").write_text("entries: 이것은 지식이 아님\n", encoding="utf-8")
    git(place, "init", "-q")
    commit(place)
    return place


@pytest.fixture
def folder(repository: Path) -> Path:
    return repository / "지식 폴더"


def found(folder: Path, against: str = "HEAD", asked: Iterable[Asked] = ASKED) -> Diff:
    with revision.opened(folder, against) as (place, _):
        before = app.desk(place)
    return with_retired(compare(before, app.desk(folder), tuple(asked), NOW), before, folder)


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "항목" / "가.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_three_people_asked_in_vain_and_is_answered_now_is_all_that_is_shown(folder: Path) -> None:
    (folder / "나.yaml").write_text(PARKING, encoding="utf-8")
    diff = found(folder)
    (row,) = diff.rows
    assert (row.question, row.where, len(row.users), row.times) == ("주차장 요금", ("past",), 3, 4)
    assert (row.before.outcome, row.before.entries) == (Outcome.FALLBACK, ())
    assert (row.after.outcome, row.after.entries) == (Outcome.ANSWER, ("parking",))
    assert (diff.added, diff.removed, diff.texts) == (("parking",), (), ())
    assert diff.expected == 4  # three wordings and a test, all new and all answered by the new entry
    assert diff.blocking


def test_a_new_entry_that_touches_nothing_blocks_nothing(folder: Path) -> None:
    (folder / "나.yaml").write_text(PARKING, encoding="utf-8")
    diff = found(folder, asked=())
    assert (diff.rows, diff.added, diff.blocking) == ((), ("parking",), False)


def test_small_talk_that_an_entry_takes_is_shown(folder: Path) -> None:
    taking = PARKING.replace("주차장이 있나요", "고마워요, 덕분에 살았어요, 주차장이 있나요")
    (folder / "나.yaml").write_text(taking, encoding="utf-8")
    (row,) = [r for r in found(folder, asked=()).rows if r.question == "고마워요"]
    assert (row.where, row.before.outcome) == (("wording",), Outcome.SMALLTALK)
    assert row.after.entries == ("parking",)


def test_unchanged_is_nothing_and_comments_are_no_change(folder: Path) -> None:
    assert found(folder) == Diff()
    edit(folder, "entries:\n", "# 다시 봄\nentries:\n")
    diff = found(folder)
    assert (diff.rows, diff.texts, diff.added, diff.offers) == ((), (), (), 0)
    assert diff.compared > 8


def test_a_changed_text_is_shown_with_those_who_were_told_the_old_one(folder: Path) -> None:
    edit(folder, "14일 안에", "21일 안에")
    diff = found(folder)
    (text,) = diff.texts
    assert (text.id, len(text.users), text.times, diff.rows) == ("loan-days", 1, 2, ())
    assert diff.blocking
    assert "[-14일-]{+21일+} 안에" in show.marked(
        text.before, text.after, lambda t: f"[-{t}-]", lambda t: f"{{+{t}+}}"
    )


def test_the_desk_s_own_sentence_is_a_text_too_and_a_confirmed_date_is_none(folder: Path) -> None:
    edit(folder, "verified_on: 2026-11-01", "verified_on: 2026-11-25")
    assert not found(folder).blocking
    (folder / "말.yaml").write_text("replies: {fallback: 그것은 모릅니다.}\n", encoding="utf-8")
    assert [t.id for t in found(folder).texts] == ["replies.fallback"]


def test_voices_of_the_other_version_are_read_and_block_nothing(folder: Path) -> None:
    path = folder / "voices" / "이웃" / "도서관.txt"
    path.parent.mkdir(parents=True)
    path.write_text("[hours]\n문 언제 열어요\n", encoding="utf-8")
    commit(folder)
    path.write_text("[hours]\n문 언제 열어요\n언제 닫아요\n", encoding="utf-8")
    diff = found(folder)
    assert [(v.id, v.added, v.removed) for v in diff.voices] == [("hours", ("언제 닫아요",), ())]
    assert not diff.blocking


def test_retired_and_removed_entries_are_told_apart_and_their_questions_shown(folder: Path) -> None:
    edit(folder, "- id: hours\n", "- id: hours\n  status: retired\n")
    diff = found(folder)
    assert (diff.retired, diff.removed) == (("hours",), ())
    asked = {r.question: r for r in diff.rows}
    assert asked["도서관 여는 시간이 어떻게 되나요"].where == ("test",)
    assert asked["여는 시간 알려 주세요"].where == ("wording",)
    assert not any("hours" in r.after.entries for r in diff.rows)
    path = folder / "항목" / "가.yaml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("- id: hours"), text.index("- id: loan-days")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    diff = found(folder)
    assert (diff.retired, diff.removed) == ((), ("hours",))


def test_a_question_that_another_entry_takes_is_shown(folder: Path) -> None:
    edit(folder, "대출 기간, ", "")
    edit(folder, "[도서관 몇 시에", "[대출 기간, 도서관 몇 시에")
    (row,) = [r for r in found(folder).rows if r.question == "대출 기간"]
    assert (row.where, row.before.entries, row.after.entries) == (("past", "wording"), ("loan-days",), ("hours",))


def test_another_folder_is_compared_as_well_as_a_revision(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "앞의 판")
    (folder / "나.yaml").write_text(PARKING, encoding="utf-8")
    assert found(folder, str(tmp_path / "앞의 판")) == found(folder)


def test_the_folder_may_be_the_root_of_its_repository_and_a_hook_s_environment_does_not_matter(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "root"
    place.mkdir()
    (place / "a.yaml").write_text(LIBRARY, encoding="utf-8")
    git(place, "init", "-q")
    commit(place)
    git(place, "tag", "v1")
    (place / "b.yaml").write_text(PARKING, encoding="utf-8")
    commit(place)
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    assert found(place, "v1").added == ("parking",)
    assert found(place, "HEAD") == Diff()


def test_choices_are_compared_as_a_set_and_those_beside_not_known_not_at_all() -> None:
    ask = Said(Outcome.ASK, (), ("a", "b"))
    assert ask.same(Said(Outcome.ASK, (), ("b", "a")))
    assert not ask.same(Said(Outcome.ASK, (), ("a", "c")))
    assert not ask.same(Said(Outcome.FALLBACK, (), ("a", "b")))
    assert Said(Outcome.FALLBACK, (), ("a",)).same(Said(Outcome.FALLBACK, (), ("b",)))
    assert not Said(Outcome.ANSWER, ("a",)).same(Said(Outcome.ANSWER, ("b",)))


@pytest.mark.parametrize(
    ("against", "message"),
    [
        ("no-such", "그런 버전"),
        ("--all", "그런 버전"),
        ("HEAD:다른.yaml", "그런 버전"),
        ("empty", "지식 파일이 없습니다"),
    ],
)
def test_a_revision_that_cannot_be_used_is_said_so(repository: Path, against: str, message: str) -> None:
    git(repository, "tag", "full")
    git(repository, "checkout", "-q", "--orphan", "empty")
    git(repository, "rm", "-rqf", "--cached", "지식 폴더")
    git(repository, "commit", "-q", "-m", "x")
    with pytest.raises(RefusedError, match=message), revision.opened(repository / "지식 폴더", against):
        pass


def test_no_repository_and_no_git_are_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text(LIBRARY, encoding="utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(RefusedError, match="git 저장소가 아니라"), revision.opened(tmp_path, "HEAD"):
        pass
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError, match="git이 없어"), revision.opened(tmp_path, "HEAD"):
        pass


def test_nothing_in_markdown_is_markup_or_calls_anybody() -> None:
    row = Row("@all | <b>*굵게*</b>\n[x](http://e)", ("past",), Said(Outcome.FALLBACK), Said(Outcome.ANSWER, ("e",)))
    text = Text("e", "앞 | 글", "뒤 | 글\n둘째 줄")
    out = show.as_markdown(Diff((row,), (text,)), "HEAD", 1)
    (line,) = [s for s in out.splitlines() if "굵게" in s]
    assert line.count("|") == 5
    assert not any(raw in line for raw in ("<b>", "*", "[", "@all"))
    assert "| <del>앞</del><ins>뒤</ins> &#124; 글<ins><br>둘째 줄</ins> |" in out


def test_markdown_fits_one_comment() -> None:
    texts = tuple(Text(f"e{i}", "가 " * 400, "나 " * 400) for i in range(100))
    out = show.as_markdown(Diff((), texts), "HEAD", None)
    assert len(out) < 65_000
    assert "너무 길어" in out


async def test_questions_asked_are_distinct_newest_first_bounded_and_typed(database: Database) -> None:
    memory = Memory()
    asked = [("u1", "가", 1), ("u2", "나", 2), ("u1", "가", 3), ("u3", "가", 4), ("u4", "다", 0), ("u5", "라", 9)]
    for i, (user, question, minute) in enumerate(asked):
        at = NOW + timedelta(minutes=minute)
        memory.exchanges.append(
            Exchange(f"x{i}", user, "web", at, question, "…", "fallback", "", 0.1, "v", question == "라")
        )
    async with database.write() as connection:
        await memory.flush(connection)
    async with database.read() as connection:
        assert await questions(connection, 2) == [
            Asked("가", frozenset({"u1", "u3"}), 3),
            Asked("나", frozenset({"u2"}), 1),
        ]


def helpdesk(*words: str, database: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", "knowledge", "diff", *words],
        env={**os.environ, "HELPDESK_DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_command_shows_it_and_says_so_by_its_exit_code(folder: Path, tmp_path: Path) -> None:
    where, database = ("--knowledge", str(folder)), tmp_path / "none" / "d.db"
    done = helpdesk(*where, database=database)
    assert (done.returncode, "달라지지 않습니다" in done.stdout) == (0, True), done.stderr
    assert "사람들이 물은 것이 없어" in done.stdout
    assert not database.parent.exists()

    asyncio.run(_asked(database, "주차장 요금"))
    (folder / "나.yaml").write_text(PARKING, encoding="utf-8")
    done = helpdesk("HEAD", *where, database=database)
    assert done.returncode == 1, done.stderr
    assert "사람들이 물은 말 1가지(사람 1명, 1번)" in done.stdout
    assert "모른다고 함" in done.stdout
    done = helpdesk("HEAD", *where, "--allow", "--json", database=database)
    assert done.returncode == 0
    assert [q["question"] for q in json.loads(done.stdout)["questions"]] == ["주차장 요금"]
    done = helpdesk("HEAD", *where, "--markdown", database=database)
    assert "| 1 | 주차장 요금 | 모른다고 함 | 답함 &#91;parking&#93; |" in done.stdout
    assert helpdesk("HEAD", *where, "--tests-only", database=database).returncode == 0


async def _asked(path: Path, question: str) -> None:
    path.parent.mkdir()
    memory = Memory()
    memory.exchanges.append(Exchange("x", "u1", "web", NOW, question, "…", "fallback", "", 0.1, "v"))
    async with Database(f"sqlite:///{path}") as database:
        await database.migrate()
        async with database.write() as connection:
            await memory.flush(connection)


def test_the_faults_of_a_broken_old_revision_are_listed_as_its_own(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "항목" / "가.yaml").read_text(encoding="utf-8")
    edit(folder, "sources: [rules]", "sources: [rulez]")
    commit(folder)
    (folder / "항목" / "가.yaml").write_text(whole, encoding="utf-8")
    done = helpdesk("--knowledge", str(folder), database=tmp_path / "d.db")
    assert done.returncode == 1
    assert "HEAD(" in done.stderr
    assert "견줄 수 없습니다" in done.stderr
    assert "항목/가.yaml:" in done.stderr
    assert "rulez" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_revision_comes_with_what_was_learned_of_it(repository: Path) -> None:
    """Else two versions would differ by all that one of them had to learn anew."""
    folder = repository / "지식 폴더"
    (folder / FILE).write_bytes(b"learned before")
    commit(repository)
    (folder / FILE).write_bytes(b"learned since")
    with revision.opened(folder, "HEAD") as (place, _):
        assert (place / FILE).read_bytes() == b"learned before"
