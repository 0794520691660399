"""Voices: plain text that cannot trip anybody; every fault is told with its place, and the rest serves."""

import logging
import shutil
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.desk import HelpDesk
from bot.knowledge.build import KnowledgeError, build, load
from bot.knowledge.documents import read_folder
from bot.knowledge.voices import HIDDEN, LONGEST, TALK_LABELS, Names, parse, voices_of, written
from bot.knowledge.watch import digest_of, stamp_of
from bot.words import LabelledTurn, Problem
from bot.workshop.check import WARNINGS, check_folder
from tests.conftest import SHIPPED
from tests.knowledge.test_check import GOOD

TODAY = date(2026, 11, 24)
BASE = (
    GOOD.replace("- id: period\n", "- id: period\n  former: [when]\n").replace(
        "  for: institution\n", "  for: institution\n  former: [call-of]\n"
    )
    + """\
- {id: old, status: retired, questions: [가, 나, 다], answer: 라.}
- {id: soon, status: draft, questions: [가, 나, 다], answer: 라.}
- {id: hi, kind: smalltalk, questions: [안녕, 반가워요, 처음 왔어요], answer: 안녕하세요., tests: {match: [여보세요]}}
- {id: out, kind: boundary, questions: [날씨 알려 줘, 비 와요, 눈 와요], answer: 모릅니다., tests: {match: [맑아요]}}
"""
)


def place(folder: Path, **files: str | bytes) -> Path:
    """A knowledge folder with files of voices of one author, name to content."""
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    for name, text in files.items():
        path = folder / "voices" / "가게" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def told(folder: Path) -> list[tuple[str, int, str]]:
    return [(p.file, p.line, p.code) for p in check_folder(folder, TODAY)]


def said(data: bytes) -> list[tuple[str, list[str]]]:
    return [(s.name, [text for _, text in s.lines]) for s in parse(data, "x", [])]


questions = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=LONGEST)
    .map(str.strip)
    .filter(lambda t: t and not HIDDEN.search(t) and "\ufeff" not in t)
)
marked = st.builds(str.__add__, st.sampled_from(["#", "# ", "[", "[a]", "\\", "\\#", "\\[", "\\\\", "- "]), questions)


@given(st.lists(questions | marked.filter(lambda t: len(t) <= LONGEST), min_size=1))
def test_any_lines_survive_being_written_and_read(lines: list[str]) -> None:
    problems: list[Problem] = []
    text = "\n".join(["# 누구", "[period]", *map(written, lines)])
    (section,) = parse(text.encode(), "x", problems)
    assert [t for _, t in section.lines] == lines
    assert [n for n, _ in section.lines] == list(range(3, 3 + len(lines)))
    assert problems == []


@given(st.binary() | st.text().map(str.encode) | st.text("[]#\\- \n\r\tab\u200b\ufeff가").map(str.encode))
def test_no_bytes_make_it_fail_and_every_fault_has_a_line(data: bytes) -> None:
    problems: list[Problem] = []
    for section in parse(data, "x", problems):
        assert section.name
        assert section.lines
        assert all(0 < len(t) <= LONGEST and not HIDDEN.search(t) for _, t in section.lines)
    rows = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    assert all(0 < p.line <= rows for p in problems)


@pytest.mark.parametrize(
    "data",
    [
        "\ufeff[period]\n언제\n\n# 설명\n며칠\n".encode(),
        "[period]\r\n언제\r\n며칠\r\n".encode(),
        b"[period]\r" + "언제\r며칠".encode(),
        "# 앞\n#\n  [ period ]  \n\t언제 \n\u3000며칠\u3000\n".encode(),
        "[period]\n언제\n\ufeff며칠".encode(),  # two files put together
    ],
)
def test_marks_and_line_ends_of_other_editors_make_no_difference(data: bytes) -> None:
    problems: list[Problem] = []
    assert [(s.name, [t for _, t in s.lines]) for s in parse(data, "x", problems)] == [("period", ["언제", "며칠"])]
    assert problems == []


def test_only_a_line_of_its_own_is_a_comment_or_a_heading() -> None:
    text = "[period]\n#마감일\n마감 # 언제\n\\# 언제\n\\[급함] 언제\n\\\\ 언제\n\\ 언제\n(언제) [period]\n"
    lines = ["#마감일", "마감 # 언제", "# 언제", "[급함] 언제", "\\ 언제", "\\ 언제", "(언제) [period]"]
    assert said(text.encode()) == [("period", lines)]


def test_a_family_of_emoji_is_a_question_like_any_other() -> None:
    assert said("[period]\n👨‍👩‍👧 언제예요 🙏🏽 ❤️\n".encode()) == [("period", ["👨‍👩‍👧 언제예요 🙏🏽 ❤️"])]


FAULTS = [
    # what stands in the file, line, code, what is said of it, and what is left
    ("[period]\n가\n[perio]\n나\n", 3, "unknown-entry", "'perio'이(가) 없습니다 (혹시 'period'인가요?)", ["가"]),
    ("[period]\n가\n[phone-of]\n나\n", 3, "unknown-entry", "이름까지 적습니다: phone-of.changwon", ["가"]),
    ("[period]\n가\n[old]\n나\n", 3, "unknown-entry", "거둔 항목입니다", ["가"]),
    ("[period]\n가\n[talk:hello]\n나\n", 3, "unknown-entry", "쓸 수 있는 말: abuse, another", ["가"]),
    ("\n나\n다\n[period]\n가\n", 2, "voices-before-section", "먼저 [항목id]를", ["가"]),
    ("[period]\n가\n[period\n나\n", 3, "voices-header", "한 줄에 [항목id]만", ["가"]),
    ("[period]\n가\n[period] 나\n다\n", 3, "voices-header", "질문은 앞에 \\를", ["가"]),
    ("[period]\n가\n[]\n나\n", 3, "voices-header", "항목 줄이 잘못", ["가"]),
    ("[phone-of.changwon]\n# 없음\n\n[period]\n가\n", 1, "voices-empty", "[phone-of.changwon]에 질문이", ["가"]),
    ("[period]\n가\n[phone-of.changwon]\n", 3, "voices-empty", "질문이 없습니다", ["가"]),
    ("[period]\n가\n나\n가\n", 4, "voices-twice", "voices/가게/a.txt:2에도 있습니다: 가", ["가", "나"]),
    ("[period]\n가\n[when]\n가\n나\n", 4, "voices-twice", "[when]에 같은 말이 voices/가게/a.txt:2", ["가", "나"]),
    ("[period]\n가\n나\u200b나\n", 3, "voices-hidden", "U+200B", ["가"]),
    ("[period]\n가\n[out]\n나\u200b나\n", 4, "voices-hidden", "그 글자를 지우거나", ["가"]),  # its only line
    ("[period]\n가\n나\t나\n", 3, "voices-hidden", "U+0009", ["가"]),
    ("[period]\n가\n나\u3164나\n", 3, "voices-hidden", "U+3164", ["가"]),
    ("[period]\n가\n나\u200d나\n", 3, "voices-hidden", "U+200D", ["가"]),
    ("[period]\n가\n\u200b[old]\n나\n", 3, "voices-hidden", "U+200B", ["가"]),
    (f"[period]\n가\n{'나' * 401}\n", 3, "voices-long", "401자입니다 (400자 안으로", ["가"]),
    ("[period]\n가\n".encode("cp949"), 2, "voices-encoding", "UTF-8로 저장된 파일이 아닙니다(CP949", []),
    ("[period]\n가\n".encode("utf-16"), 1, "voices-encoding", "(UTF-16", []),
    (b"[period]\n\xff\xff\xff\n", 2, "voices-encoding", "UTF-8로 다시 저장해", []),
]


@pytest.mark.parametrize(("content", "line", "code", "words", "left"), FAULTS)
def test_each_fault_is_told_with_its_line_and_only_what_it_concerns_is_left_out(
    tmp_path: Path, content: str | bytes, line: int, code: str, words: str, left: list[str]
) -> None:
    folder = place(tmp_path, a=content, b="[phone-of.changwon]\n다른 파일의 말\n")
    faults = [p for p in check_folder(folder, TODAY) if p.code not in WARNINGS]
    assert [(p.file, p.line, p.code) for p in faults] == [("voices/가게/a.txt", line, code)]
    assert words in str(faults[0])
    base = load(folder)  # it serves
    assert list(base.voices["가게"].get("period", ())) == left
    assert base.voices["가게"]["phone-of.changwon"] == ("다른 파일의 말",)


def test_all_faults_are_told_at_once_and_the_log_has_the_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = "머리 없음\n[nowhere]\n가\n[period]\n나\n나\n[broken\n다\n"
    folder = place(tmp_path, a=text, b="[nope]\n가\n")
    (folder / "voices" / "길 잃음.txt").write_text("[period]\n가\n")
    deep = folder / "voices" / "가게" / "속" / "c.txt"
    deep.parent.mkdir()
    deep.write_text("[period]\n가\n")
    a, b = "voices/가게/a.txt", "voices/가게/b.txt"
    assert told(folder) == [
        ("voices/가게/a.txt", 1, "voices-before-section"),
        (a, 2, "unknown-entry"),
        (a, 6, "voices-twice"),
        (a, 7, "voices-header"),
        (b, 1, "unknown-entry"),
        ("voices/가게/속/c.txt", 0, "voices-place"),
        ("voices/길 잃음.txt", 0, "voices-place"),
    ]
    with caplog.at_level(logging.WARNING):
        assert load(folder).voices == {"가게": {"period": ("나",)}}
    (record,) = caplog.records
    assert record.getMessage().startswith("7 faults in voices")
    assert "가게/a.txt:1" in record.getMessage()


def test_a_broken_entry_is_the_fault_and_not_what_is_said_of_it(tmp_path: Path) -> None:
    folder = place(tmp_path, a="[period]\n가\n")
    (folder / "base.yaml").write_text(BASE.replace("notice: ended\n", "notise: ended\n", 1), encoding="utf-8")
    _, problems = build(folder)
    assert [p.code for p in problems] == ["notise:extra_forbidden"]
    assert told(folder) == [("base.yaml", problems[0].line, "notise:extra_forbidden")]
    with pytest.raises(KnowledgeError):
        load(folder)


def test_names_lead_to_what_they_stand_for_now_and_authors_are_never_merged(tmp_path: Path) -> None:
    folder = place(
        tmp_path,
        a="[period]\n가\n[-]\n나\n[talk:thanks]\n다\n[call-of.changwon]\n라\n[soon]\n마\n[out]\n바\n",
        b="[when]\n사\n[period]\n아\n",
    )
    other = folder / "voices" / "shop" / "a.txt"
    other.parent.mkdir()
    other.write_text("[period]\n가\n", encoding="utf-8")
    base = load(folder)
    assert base.voices == {
        "가게": {
            "period": ("가", "사", "아"),
            "-": ("나",),
            "talk:thanks": ("다",),
            "phone-of.changwon": ("라",),
            "out": ("바",),
        },
        "shop": {"period": ("가",)},
    }
    assert base.voices_faults == ()  # what stands under an entry that waits is no fault
    shutil.rmtree(folder / "voices" / "가게")  # an author is left out
    assert load(folder).voices == {"shop": {"period": ("가",)}}


def test_an_old_name_and_a_question_under_two_entries_are_warnings(tmp_path: Path) -> None:
    folder = place(
        tmp_path,
        a="[when]\n언제까지 받아요?\n[hi]\n여보세요\n[out]\n비\n[-]\n🐶\n",
        b="[phone-of.changwon]\n언제까지  받아요\n[talk:greeting]\n여보세요\n[-]\n비!\n[talk:ok]\n👌\n",
    )
    problems = check_folder(folder, TODAY)
    assert [(p.file, p.line, p.code) for p in problems] == [
        ("voices/가게/a.txt", 1, "voices-former"),
        ("voices/가게/b.txt", 2, "voices-shared"),
    ]
    assert {p.code for p in problems} <= WARNINGS
    assert "[period](이)라고 적으세요" in problems[0].hint
    assert "voices/가게/a.txt:2 [period]" in problems[1].message
    assert told(place(folder, a="[out]\n죽고 싶어요\n", b="[talk:crisis]\n죽고 싶어요\n")) == []
    assert told(place(folder, a="[period]\n네네\n", b="[talk:ok]\n네네\n"))[0][2] == "voices-shared"
    for name in ("[-]\n여보세요\n", "[period]\n여보세요\n", "[talk:ok]\n날씨\n[-]\n날씨\n"):
        assert [p[2] for p in told(place(folder, a="[hi]\n여보세요\n", b=name))] == ["voices-shared"]


def test_voices_are_files_of_the_knowledge_like_any_other(tmp_path: Path) -> None:
    folder = place(tmp_path, a="[period]\n가\n")
    (folder / "voices" / "README.md").write_text("x")
    (folder / "notes.txt").write_text("[period]\n나\n")
    (folder / "voices" / "가게" / ".a.txt.swp.txt").write_text("[period]\n나\n")
    base, stamp, digest = load(folder), stamp_of(folder), digest_of(folder)
    assert base.files == ("base.yaml", "voices/가게/a.txt")
    assert len(stamp) == 2
    drafted = load(folder, {"voices/가게/a.txt": "[period]\n다\n".encode(), "voices/b/a.txt": "[-]\n라\n".encode()})
    assert drafted.voices == {"가게": {"period": ("다",)}, "b": {"-": ("라",)}}
    assert drafted.version != base.version
    place(folder, a="[period]\n가나\n")
    assert load(folder).version != base.version
    assert stamp_of(folder) != stamp
    assert digest_of(folder) != digest


DIALOGUES = """\
labelled_dialogues:
- id: d1
  turns:
  - {q: 언제까지였나요, want: [when, ask]}
  - {q: 창원대 번호, want: call-of.changwon, asked: [call-of.changwon, when]}
  - {q: 그건요, want: [soon]}
- id: d2
  turns: [{q: 아무거나, want: [nowhere, period]}]
- id: d1
  turns: [{q: 또, want: none}]
"""


def test_labelled_dialogues_have_present_ids_and_their_faults_keep_nothing_from_serving(tmp_path: Path) -> None:
    folder = place(tmp_path)
    (folder / "voices").mkdir()
    (folder / "voices" / "dialogues.yaml").write_text(DIALOGUES, encoding="utf-8")
    file = "voices/dialogues.yaml"
    assert told(folder) == [(file, 7, "unknown-entry"), (file, 9, "voices-dialogue-twice")]
    first, second = load(folder).dialogues
    assert first.turns == (
        LabelledTurn("언제까지였나요", ("period", "ask")),
        LabelledTurn("창원대 번호", ("phone-of.changwon",), ("phone-of.changwon", "period")),
        LabelledTurn("그건요", ()),
    )
    assert (second.id, second.turns[0].want) == ("d2", ("period",))


def test_what_is_only_learned_from_is_not_read_to_serve(tmp_path: Path) -> None:
    """A file of nothing but labelled dialogues is left out, whatever its faults; one that holds anything else is read."""
    folder = place(tmp_path)
    whole, other = folder / "dialogues.yaml", folder / "mixed.yaml"
    whole.write_text("# 대화\n" + DIALOGUES.replace("turns:", "turns: [", 1), encoding="utf-8")
    other.write_text(
        DIALOGUES.replace("d1", "d3").replace("d2", "d4") + "elsewhere: [{name: 딴 곳, questions: [딴 것]}]\n",
        encoding="utf-8",
    )
    with pytest.raises(KnowledgeError):
        load(folder)
    served = load(folder, to_serve=True)
    assert [d.id for d in served.dialogues] == ["d3", "d4"]
    assert served.elsewhere == ("딴 것",)
    whole.write_text("# 대화\n" + DIALOGUES, encoding="utf-8")
    assert load(folder, to_serve=True).version == load(folder).version != served.version


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("want: none", "wants: none", "turns:extra_forbidden"),
        ("want: none", "want: []", "turns:too_short"),
        ("turns: [{q: 또, want: none}]", "turns: []", "turns:too_short"),
        ("turns: [{q: 또, want: none}]", "topic: x", "turns:missing"),
    ],
)
def test_the_form_of_dialogues_is_checked_like_all_yaml(tmp_path: Path, old: str, new: str, code: str) -> None:
    folder = place(tmp_path)
    (folder / "d.yaml").write_text(DIALOGUES.replace(old, new), encoding="utf-8")
    assert code in [p.code for p in build(folder)[1]]


def test_the_shipped_voices_are_whole(shipped: HelpDesk) -> None:
    base = shipped.base
    assert base.voices_faults == ()
    assert {"owners", "founders", "office", "agents", "stories", "spoken", "outsiders", "talkers"} <= set(base.voices)
    said = {name for sections in base.voices.values() for name in sections if name.startswith("talk:")}
    assert {name.removeprefix("talk:") for name in said} == TALK_LABELS
    for author in ("owners", "founders", "office", "agents", "stories", "spoken"):
        assert sum(map(len, base.voices[author].values())) > 2000
    dialogues = load(SHIPPED).dialogues
    assert len(dialogues) >= 180
    assert all(turn.want for dialogue in dialogues for turn in dialogue.turns)


def test_25000_lines_are_read_while_nobody_waits(shipped: HelpDesk) -> None:
    files = read_folder(SHIPPED, []).voices
    names, lines = Names(shipped.base), sum(len(of) for said in shipped.base.voices.values() for of in said.values())
    spent = []
    for _ in range(7):
        begun = time.process_time()
        voices_of(files, names, [])
        spent.append(time.process_time() - begun)
    assert min(spent) / lines * 25_000 < 0.12  # usually half of 60 ms; a busy machine halves its speed
