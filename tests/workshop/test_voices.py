"""Voices in the workshop: taken in whole or not at all, added to without touching a byte, compared, left alone by tables."""

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import app
from bot.knowledge.base import KST
from bot.knowledge.build import load
from bot.knowledge.voices import Names, parse
from bot.words import RefusedError
from bot.workshop import diff_show, gaps
from bot.workshop.diff import compare
from bot.workshop.edit_folder import Drafts
from bot.workshop.edit_tree import EditError
from bot.workshop.edit_voices import VoicesDraft
from bot.workshop.voices import take
from tests.knowledge.test_voices import questions
from tests.repository import LIBRARY as HEAD
from tests.workshop.test_learning import LIBRARY, teacher
from tests.workshop.test_verbs import NOW, Editor

NAMES = Names(load(LIBRARY))
TABLE = """\
loan-count\t책 몇 권까지 되나
loan-count\t한 번에 많이 빌려도 돼요?

branch-parking.seo\t솔빛관에 차 대도 되나요
-\t라면 끓이는 법
thanks\t고맙습니다
talk:bye\t[끝] 그만
"""
FAR_APART = (
    HEAD
    + """\
- id: hours
  questions: [도서관 몇 시에 열어요, 여는 시간 알려 주세요, 개관 시간이 어떻게 되나요]
  answer: 평일은 오전 9시부터 밤 10시까지 엽니다.
- id: loan-count
  questions: [책을 몇 권까지 빌리나요, 대출 권수, 한 번에 빌리는 책은 몇 권이에요]
  answer: 다섯 권까지 빌릴 수 있습니다.
- id: use-wifi
  questions: [와이파이 비밀번호, 무선 인터넷 되나요, 공유기 이름]
  answer: 안내대에서 알려 드립니다.
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LIBRARY, tmp_path / "kb"))


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    made = Editor(tmp_path)
    (tmp_path / "t.tsv").write_text(TABLE, encoding="utf-8")
    return made


def member(folder: Path) -> str:
    """The id of one entry that a template made."""
    return next(e.id for e in load(folder).entries.values() if e.frame == "branch-parking")


def test_a_table_is_taken_in_by_topic_once_and_listed(editor: Editor) -> None:
    table = editor.place / "t.tsv"
    table.write_text(TABLE.replace("branch-parking.seo", member(editor.folder)), encoding="utf-8")
    take_in = ("voices", "import", "neighbours", "t.tsv", "--about", "이웃  사람들")
    before = editor.files()
    assert "+[loan-count]\n+책 몇 권까지 되나\n" in editor.run(*take_in, "--dry-run")
    editor.run(*take_in, "--patch", "p.patch")
    assert editor.files() == before
    subprocess.run(["git", "apply", "--check", "p.patch"], check=True, cwd=editor.place)
    said = editor.run(*take_in)
    assert "[neighbours] 6줄" in said
    after = editor.files()
    topic = load(editor.folder).entries["loan-count"].topic
    new = {name for name in after if name not in before}
    assert f"voices/neighbours/{topic}.txt" in new
    assert {"voices/neighbours/outside.txt", "voices/neighbours/talk.txt"} <= new
    assert {name: after[name] for name in before} == before
    talk = "# 이웃 사람들\n\n[talk:thanks]\n고맙습니다\n\n[talk:bye]\n\\[끝] 그만\n"
    assert after["voices/neighbours/talk.txt"].decode() == talk
    assert "0줄, 이미 있던 것 6줄\n바뀐 것이 없습니다" in editor.run(*take_in)
    assert editor.files() == after
    shown = editor.run("voices")
    assert "neighbours: 6줄 · 항목 2개" in shown
    assert "답하지 않을 것 1줄 · 인사와 대화의 말 2줄" in shown
    (row,) = json.loads(editor.run("voices", "--json"))
    assert row == {"name": "neighbours", "lines": 6, "entries": 2, "outside": 1, "talk": 2}
    assert "문제가 없습니다" in editor.run("check")


def test_more_of_an_entry_goes_where_the_author_has_it(editor: Editor) -> None:
    path = editor.folder / "voices" / "a" / "mine.txt"
    path.parent.mkdir(parents=True)
    path.write_text("[loan-count]\n몇 권\n\n# 다음\n[-]\n라면\n", encoding="utf-8")
    (editor.place / "t.tsv").write_text("loan-count\t몇 권\nloan-count\t몇 권요\n-\t국수\n", encoding="utf-8")
    editor.run("voices", "import", "a", "t.tsv")
    assert path.read_text(encoding="utf-8") == "[loan-count]\n몇 권\n몇 권요\n\n# 다음\n[-]\n라면\n국수\n"
    (editor.place / "t.tsv").write_text("loan-count\t다른 사람\nhelp\t도움\n".replace("help", "-"), encoding="utf-8")
    editor.run("voices", "import", "b", "t.tsv", "--topic", "all")
    assert (editor.folder / "voices" / "b" / "all.txt").read_text(encoding="utf-8").count("[") == 2


def test_all_faults_of_a_table_are_told_and_nothing_is_written(editor: Editor) -> None:
    rows = ["loan-count\t좋은 말", "loan-cuont\t가", "loan-count 가", "loan-count\t", "loan-count\t가\t나",
            f"loan-count\t{'가' * 401}", "branch-parking\t가", "loan-count\t가\u200b나", "\t가"]  # fmt: skip
    (editor.place / "t.tsv").write_text("\n".join(rows), encoding="utf-8")
    before = editor.files()
    said = editor.run("voices", "import", "a", "t.tsv", code=1)
    lines = said.splitlines()
    assert [line.split(":")[1] for line in lines[:-1]] == [str(n) for n in range(2, 10)]
    assert all(line.startswith("t.tsv:") for line in lines[:-1])
    assert "혹시 'loan-count'인가요?" in lines[0]
    assert lines[-1] == "잘못이 8건 있어 아무것도 적지 않았습니다."
    assert editor.files() == before
    (editor.place / "t.tsv").write_bytes("loan-count\t가".encode("cp949"))
    assert "t.tsv:1: UTF-8로 저장된 파일이 아닙니다" in editor.run("voices", "import", "a", "t.tsv", code=1)
    assert "파일을 읽을 수 없습니다" in editor.run("voices", "import", "a", "none.tsv", code=1)
    assert editor.files() == before


@pytest.mark.parametrize(("author", "topic"), [("../a", ""), ("a/b", ""), (".a", ""), ("", ""), ("a", "../b")])
def test_names_of_authors_and_topics_lead_nowhere_else(folder: Path, author: str, topic: str) -> None:
    with pytest.raises(RefusedError, match="이름에는"):
        take(Drafts(folder), load(folder), author, TABLE.encode(), name="t.tsv", topic=topic)


def test_check_passes_with_what_only_wants_looking_at_and_fails_with_faults(editor: Editor) -> None:
    path = editor.folder / "voices" / "a" / "mine.txt"
    path.parent.mkdir(parents=True)
    path.write_text("[loan-count]\n몇 권\n[use-wifi]\n몇 권?\n", encoding="utf-8")
    editor.run("format")
    said = editor.run("check")
    assert "voices/a/mine.txt:4: 「몇 권?」이(가) voices/a/mine.txt:2 [loan-count]에도 있습니다" in said
    assert said.endswith("문제가 없습니다. 살펴볼 것 1건.\n")
    path.write_text("[loan-cuont]\n몇 권\n", encoding="utf-8")
    assert "voices/a/mine.txt:1: 말이 붙은 항목 'loan-cuont'이(가) 없습니다" in editor.run("check", code=1)


def test_nobody_s_voices_are_said_to_be_none(editor: Editor) -> None:
    assert "사람들의 말이 없습니다" in editor.run("voices")
    assert json.loads(editor.run("voices", "--json")) == []


ids = st.sampled_from(["loan-count", "use-wifi", "-", "talk:ok"])
ends = st.sampled_from(["\n", "\r\n"])


@given(
    st.lists(st.tuples(ids, st.lists(questions | st.just("# 설명"), min_size=1, max_size=3)), max_size=4),
    ids,
    st.lists(questions, min_size=1, max_size=3, unique=True),
    ends,
    st.booleans(),
    st.booleans(),
)
def test_adding_keeps_every_line_that_stands_there(
    before: list[tuple[str, list[str]]], name: str, lines: list[str], end: str, mark: bool, last: bool
) -> None:
    rows = [
        row for id, texts in before for row in (f"[{id}]", *("\\" + t if t[0] in "[\\" else t for t in texts), "")
    ]
    text = ("\ufeff" if mark else "") + end.join(rows) + (end if last else "")
    draft = VoicesDraft("voices/a/b.txt", text.encode())
    draft.add(name, lines, NAMES)
    old, new = text.split("\n"), draft.after.decode().split("\n")
    left = iter(row.rstrip("\r") for row in new)
    assert all(row.rstrip("\r") in left for row in old if row.strip())  # in order
    found = [t for s in parse(draft.after, "x", []) if s.name == name for _, t in s.lines]
    assert set(lines) <= set(found)
    assert {s.name for s in parse(draft.after, "x", [])} == {s.name for s in parse(text.encode(), "x", [])} | {name}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[loan-count]\n나\n"),
        ("# 누구\r\n", "# 누구\r\n\r\n[loan-count]\r\n나\r\n"),
        ("# 누구", "# 누구\n\n[loan-count]\n나\n"),
        ("\ufeff[loan-count]\n가\n\n[-]\n다\n", "\ufeff[loan-count]\n가\n나\n\n[-]\n다\n"),
        ("[loan-count]\r\n가\r\n\r\n[-]\r\n다", "[loan-count]\r\n가\r\n나\r\n\r\n[-]\r\n다"),
        ("[-]\r\n다\r\n[loan-count]\r\n가", "[-]\r\n다\r\n[loan-count]\r\n가\r\n나"),
        ("[-]\n다\n[loan-count]\n가", "[-]\n다\n[loan-count]\n가\n나"),
    ],
)
def test_lines_end_as_they_do_in_the_file(before: str, after: str) -> None:
    draft = VoicesDraft("voices/a/b.txt", before.encode())
    draft.add("loan-count", ["나"], NAMES)
    assert draft.after == after.encode()


def test_what_a_file_cannot_hold_is_refused_and_the_file_stays(folder: Path) -> None:
    draft = VoicesDraft("voices/a/b.txt", b"[loan-count]\nx\n")
    for line in ("가\n[use-wifi]\n나", "가\u200b나", "가" * 401, " "):
        with pytest.raises(EditError, match="더할 수 없습니다"):
            draft.add("loan-count", [line], NAMES)
    assert draft.after == draft.before
    with pytest.raises(EditError, match="먼저 이 파일의 잘못"):
        VoicesDraft("voices/a/b.txt", "[loan-count]\n가".encode("cp949"))


def test_learning_keeps_what_users_said_and_answers_it(folder: Path) -> None:
    learned = teacher(folder).add_wordings("use-wifi", ["공유기 이름이 뭐예요", "공유기 이름이 뭐예요?"])
    assert learned.voices == ("공유기 이름이 뭐예요",)
    learned.drafts.write()
    base = load(folder)
    assert base.voices == {"users": {"use-wifi": learned.voices}}
    topic = base.entries["use-wifi"].topic or "other"
    text = (folder / "voices" / "users" / f"{topic}.txt").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert gaps.answers(app.desk(folder), learned.voices[0], "use-wifi", datetime(2026, 11, 25, 10, 0, tzinfo=KST))
    assert "\n[use-wifi]\n공유기 이름이 뭐예요\n" in text


def test_learning_leaves_an_entry_s_questions_alone_where_it_answers_without(folder: Path) -> None:
    asked = ["와이파이 비밀번호 좀 알려 주실 수 있나요", "와이파이 비밀번호가 뭐예요"]
    learned = teacher(folder).add_wordings("use-wifi", asked)
    assert learned.questions == ()
    assert set(learned.voices) | set(learned.tests) == set(asked)
    assert learned.said == (
        f"[use-wifi] 사람들의 말 1개: {learned.voices[0]}",
        f"시험(배우지 않아도 답해야 하는 말) 1개: {learned.tests[0]}",
    )
    before = load(folder).entries["use-wifi"].questions
    learned.drafts.write()
    assert load(folder).entries["use-wifi"].questions == before


def test_of_a_template_the_voices_stand_under_the_entry_for_the_name(folder: Path) -> None:
    learned = teacher(folder).add_wordings("branch-parking", ["솔빛관은 차 가지고 가도 되나요"])
    learned.drafts.write()
    base = load(folder)
    (name,) = base.voices["users"]
    assert base.entries[name].frame == "branch-parking"
    assert base.voices["users"][name] == ("솔빛관은 차 가지고 가도 되나요",)
    assert base.voices_faults == ()


def test_what_is_learned_twice_is_kept_once(folder: Path) -> None:
    for wordings in (["공유기 이름이 뭐예요"], ["공유기 이름이 뭐예요", "공유기 이름 아시는 분"]):
        teacher(folder).add_wordings("use-wifi", wordings).drafts.write()
    assert load(folder).voices_faults == ()
    said = [w for texts in load(folder).voices["users"].values() for w in texts]
    assert said.count("공유기 이름이 뭐예요") == 1


def test_a_table_of_entries_leaves_voices_alone(editor: Editor) -> None:
    path = editor.folder / "voices" / "a" / "mine.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes("\ufeff# 누구\r\n[loan-count]\r\n몇 권\r\n".encode())
    for table in ("t.csv", "t.xlsx"):
        editor.run("export", table)
        before = editor.files()
        editor.run("import", table, *NOW)
        assert editor.files() == before


def test_diff_shows_voices_by_entry_three_lines_of_each(tmp_path: Path) -> None:
    """On a base whose questions are far apart, so that what is said beside them changes no answer."""
    old, folder = tmp_path / "old", tmp_path / "new"
    path = folder / "voices" / "a" / "mine.txt"
    for place in (folder, old):
        (place / "voices" / "a").mkdir(parents=True)
    (folder / "a.yaml").write_text(
        FAR_APART.replace("id: use-wifi\n", "id: use-wifi\n  former: [old-wifi]\n"), encoding="utf-8"
    )
    (old / "a.yaml").write_text(FAR_APART.replace("id: use-wifi\n", "id: old-wifi\n"), encoding="utf-8")
    (old / "voices" / "a" / "mine.txt").write_text("[loan-count]\n하나\n[old-wifi]\n그대로\n", encoding="utf-8")
    path.write_text("[loan-count]\n둘\n셋\n넷\n다섯\n[use-wifi]\n그대로\n[-]\n여섯\n", encoding="utf-8")
    found = compare(app.desk(old), app.desk(folder), (), datetime(2026, 11, 25, 10, 0, tzinfo=KST))
    assert [(v.id, v.added, v.removed) for v in found.voices] == [
        ("-", ("여섯",), ()),
        ("loan-count", ("둘", "셋", "넷", "다섯"), ("하나",)),
    ]
    assert not found.blocking
    lines = list(diff_show.summary(found, "x", 0))
    at = lines.index("사람들의 말(voices): 더한 것 5줄, 없앤 것 1줄, 항목 2개")
    assert lines[at + 1 : at + 3] == ["  [-] +1줄: 여섯", "  [loan-count] +4줄: 둘 · 셋 · 넷 외 1줄 -1줄: 하나"]
    assert json.loads(diff_show.as_json(found, "x", 0))["voices"][0] == {"id": "-", "added": ["여섯"], "removed": []}
