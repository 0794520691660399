"""What editors got wrong in a day of trying (a hundred mistakes and more): each is told by its file, line and cause, with
what to do, in Korean, and once. Source: the maintainers' trial of November 2026, its table of mistakes.
"""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.knowledge.faults import MEANT
from bot.words import Problem
from bot.workshop.check import check_folder
from bot.workshop.english import in_english
from bot.workshop.mend import mend, write
from tests.knowledge.mistakes import ID, MISTAKES, NOTICE
from tests.knowledge.test_check import GOOD, TODAY

_MENDED = ("wide-", "yaml-wide-", "yaml-tight-", "yaml-tab", "yaml-odd-", "nfd", "curly-")
_MEANT = {
    "curly quotes around the answer": '  answer: "답입니다."\n',
    "curly single quotes around the answer": '  answer: "답입니다."\n',
    "curly quotes around an id": '- id: "period"\n',
    "Hangul in pieces": "  answer: 답입니다.\n",
}
"""What is right where it is not what stood there before."""


def checked(folder: Path, files: Mapping[str, bytes | str]) -> list[Problem]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return check_folder(folder, TODAY)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_once_by_place_cause_and_cure(tmp_path: Path, name: str) -> None:
    (old, new), line, code, said = MISTAKES[name]
    assert old in GOOD
    (found,) = checked(tmp_path, {"base.yaml": GOOD.replace(old, new, 1)})
    assert (found.file, found.line) == ("base.yaml", line), str(found)
    assert found.code.startswith(code), str(found)
    assert said in str(found)
    assert found.hint
    assert re.search("[가-힣]{2}", found.message)
    assert not re.search(r"[a-z]{3,} [a-z]{3,}", found.message.replace("the period", "")), "no English sentence"
    english = in_english(found)  # for those whose base is English
    said = f"{english.message}\n{english.hint}"
    assert not re.search("[가-힣]", re.sub(r"'[^']*'|«[^»]*»|: .*|^\[[^\]]*\]", "", said))
    if meant := re.fullmatch(f"('[^']+'){re.escape(MEANT)}", found.hint):
        assert english.hint == f"did you mean {meant[1]}?"


def test_what_may_be_written_is_told_in_english_too(tmp_path: Path) -> None:
    """A key that is like none, a value that is none of a few, an id that was changed."""
    told = {
        GOOD.replace("  answer: ", "  qqqqqq: "): "one of: owner, ",
        GOOD.replace(ID, f"{ID}  status: zzz\n"): "one of: active, ",
        GOOD.replace(ID, f"{ID}  former: [time]\n").replace("[phone-of]\n", "[time]\n"): "it is called 'period' now",
    }
    hints = [[in_english(p).hint for p in checked(tmp_path, {"base.yaml": text})] for text in told]
    for found, said in zip(hints, told.values(), strict=True):
        assert any(h.startswith(said) for h in found), found


@pytest.mark.parametrize("name", [n for n, (_, _, code, _) in MISTAKES.items() if code.startswith(_MENDED)])
def test_a_slip_of_the_keyboard_is_mended_by_fix(tmp_path: Path, name: str) -> None:
    (old, new), *_ = MISTAKES[name]
    assert checked(tmp_path, {"base.yaml": GOOD.replace(old, new, 1)})
    write(tmp_path, mend(tmp_path))
    assert (tmp_path / "base.yaml").read_text(encoding="utf-8").split() == GOOD.replace(
        old, _MEANT.get(name, old), 1
    ).split()


HARMLESS: dict[str, Mapping[str, bytes | str]] = {
    "CRLF": {"base.yaml": GOOD.replace("\n", "\r\n")},
    "CR": {"base.yaml": GOOD.replace("\n", "\r")},
    "BOM": {"base.yaml": "\ufeff" + GOOD},
    "yml": {"base.yml": GOOD},
    "sub-folder": {"a/b/base.yaml": GOOD},
    "file name in pieces": {unicodedata.normalize("NFD", "신청.yaml"): GOOD},
    "anchor": {"base.yaml": GOOD.replace("  answer: ", "  answer: &x ")},
    "back-up": {"base.yaml": GOOD, "base.yaml.bak": "x: [", "base.yaml~": "x: [", ".base.yaml.swp": "x: ["},
    "of the system": {"base.yaml": GOOD, ".DS_Store": b"\0\1", "~$base.xlsx": b"\0"},
    "empty file": {"base.yaml": GOOD, "more.yaml": ""},
    "only a comment": {"base.yaml": GOOD, "more.yaml": "# 곧 적습니다\n"},
    "empty replies": {"base.yaml": GOOD, "replies.yaml": ""},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_no_harm_is_no_mistake(tmp_path: Path, name: str) -> None:
    assert checked(tmp_path, HARMLESS[name]) == []


SOURCES, REST = GOOD.split("figures:\n", 1)
REST = f"figures:\n{REST}"
TESTS = "tests:\n  out_of_scope: [날씨]\n  dialogues:\n  - - {q: 가, entry: period}\n    - {q: 나, entry: perod}\n"
ENTRY = (
    "- id: e{0}\n  questions: [가{0}, 나{0}, 다{0}]\n  answer: 답.\n  tests: {{match: [라{0}]}}\n  sources: [gone]\n"
)
MENU = "menu: [{id: all, title: 모두, topics: [{topic: all, title: 모두}]}]\n"
OFFICE, REPLY = "office: {hours: {월: 09:00-18:00}}\n", "replies: {fallback: 모릅니다.}\n"
FILES: dict[str, tuple[Mapping[str, bytes | str], list[tuple[str, int, str]], str]] = {
    # files, where what is told, what must be said
    "capitals at the end": ({"base.yaml": GOOD, "a.YAML": "x"}, [("a.YAML", 0, "not-read")], ".yaml"),
    "text after yaml": ({"base.yaml": GOOD, "a.yaml.txt": "x"}, [("a.yaml.txt", 0, "not-read")], ".yaml"),
    "CP949": ({"base.yaml": GOOD.encode("cp949")}, [("base.yaml", 2, "yaml-encoding")], "UTF-8"),
    "UTF-16": ({"base.yaml": GOOD.encode("utf-16")}, [("base.yaml", 1, "yaml-encoding")], "UTF-8"),
    "a broken letter": (
        {"base.yaml": GOOD.encode().replace("모집 기간,".encode(), b"\xeb\xaa, ", 1)},
        [("base.yaml", 33, "yaml-encoding")],
        "UTF-8",
    ),
    "sources deleted": (
        {"base.yaml": REST + "".join(ENTRY.format(i) for i in range(5))},
        [("base.yaml", 2, "unknown-source")],
        "지워졌거나 이름이 바뀌지",
    ),
    "model broken": ({"base.yaml": GOOD, "learned.zip": b"PK"}, [("learned.zip", 1, "learned")], "knowledge train"),
    "dialogue names a missing entry": (
        {"base.yaml": GOOD, "tests/a.yaml": TESTS},
        [("tests/a.yaml", 5, "unknown-entry")],
        "'period'을(를) 적으려",
    ),
    "opening hours in two files": (
        {"base.yaml": GOOD + OFFICE, "replies.yaml": OFFICE.replace("18", "17")},
        [("replies.yaml", 1, "said-twice")],
        "base.yaml:40",
    ),
    "a sentence of the desk in two files": (
        {"base.yaml": GOOD + REPLY, "replies.yaml": f"# 한 줄\n{REPLY}"},
        [("replies.yaml", 2, "said-twice")],
        "'fallback'이(가) base.yaml:40에도",
    ),
    "what a broken file holds is not missed elsewhere": (
        {"base.yaml": REST, "sources.yaml": SOURCES.replace("- {", "\t- {")},
        [("sources.yaml", 2, "yaml-tab")],
        "탭",
    ),
    "what a broken entry holds is not missed in the menu": (
        {"base.yaml": MENU + GOOD.replace(NOTICE, "  topic: all\n").replace("접수는 언제", "{접수: 언제}")},
        [("base.yaml", 34, "questions:string_type")],
        "",
    ),
    "two files broken": (
        {"base.yaml": GOOD, "a.yaml": "entries:\n\t- id: x\n", "b.yaml": "entries: [\n"},
        [("a.yaml", 2, "yaml-tab"), ("b.yaml", 2, "yaml-syntax")],
        "",
    ),
    "three faults in one": (
        {
            "base.yaml": GOOD.replace(NOTICE, "  notise: ended\n")
            .replace("title: 안내문", 'title: ""')
            .replace("value: 2억", "valeu: 2억")
        },
        [
            ("base.yaml", 2, "title:string_too_short"),
            ("base.yaml", 4, "valeu:extra_forbidden"),
            ("base.yaml", 4, "value:missing"),
            ("base.yaml", 34, "notise:extra_forbidden"),
        ],
        "",
    ),
    "faults beside a question twice": (
        {"base.yaml": GOOD.replace(ID, "- id: Period\n").replace("며칠까지 받았나요]", "모집기간]")},
        [("base.yaml", 32, "id-form"), ("base.yaml", 32, "same-question")],
        "",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_mistakes_of_whole_files(tmp_path: Path, name: str) -> None:
    files, places, said = FILES[name]
    found = checked(tmp_path, files)
    assert [(p.file, p.line, p.code) for p in found] == places, list(map(str, found))
    assert all(said in str(p) for p in found), list(map(str, found))


def test_a_copied_file_is_told_by_both_places_of_each_id(tmp_path: Path) -> None:
    found = checked(tmp_path, {"base.yaml": GOOD, "copy.yaml": GOOD})
    assert {p.file for p in found} == {"copy.yaml"}
    assert {p.code for p in found} <= {"duplicate-id", "duplicate-term", "group-conflict"}
    assert any("base.yaml:32" in p.message for p in found)


def test_a_source_is_lacking(tmp_path: Path) -> None:
    text = GOOD.replace("2027-02-21, sources: [src]}", "2027-02-21}").replace("figure.most}", "figure.most} ")
    bare = text.replace("{figure.most} 까지입니다. {channel.call.phone}로", "1357로")
    (found,) = checked(tmp_path, {"base.yaml": bare})
    assert (found.line, found.code) == (32, "no-source")
    assert "sources" in found.hint
