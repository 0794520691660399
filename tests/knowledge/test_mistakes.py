"""What editors got wrong in a day of trying (a hundred mistakes and more): each is told by its file, line and cause, with
what to do, in Korean, and once. Source: the maintainers' trial of November 2026, its table of mistakes.
"""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.words import Problem
from bot.workshop.check import check_folder
from tests.knowledge.test_check import GOOD, TODAY
from tests.knowledge.test_silent import ANSWER, QUESTIONS

NBSP, WIDE, ZERO = "\u00a0", "\u3000", "\u200b"
ID, REVIEW, NOTICE = "- id: period\n", "review_by: 2027-02-21", "  notice: ended\n"
DAY = "review_by:date_from_datetime"


def says(text: str) -> tuple[str, str]:
    """Another answer."""
    return ANSWER, f"  answer: {text}\n"


def typed(old: str, new: str) -> tuple[str, str]:
    """The line of the answer, typed otherwise."""
    return ANSWER, ANSWER.replace(old, new)


MISTAKES: dict[str, tuple[tuple[str, str], int, str, str]] = {
    # what is written instead of what, line, beginning of the code, what must be said
    "tab": (typed("  answer", "\tanswer"), 35, "yaml-tab", "탭 대신 빈칸"),
    "curly quotes around the answer": (says("“답입니다.”"), 35, "curly-quotes", "곧은 따옴표"),
    "curly quotes around an id": ((ID, "- id: “period”\n"), 32, "curly-quotes", "곧은 따옴표"),
    "full-width id": ((ID, "- id: ｐｅｒｉｏｄ\n"), 32, "id-form", "영문 소문자"),
    "Korean id": ((ID, "- id: 모집기간\n"), 32, "id-form", "영문 소문자"),
    "capitals in an id": ((ID, "- id: Period\n"), 32, "id-form", "영문 소문자"),
    "space in an id": ((ID, "- id: the period\n"), 32, "id-form", "영문 소문자"),
    "NBSP in an id": ((ID, f"- id: the{NBSP}period\n"), 32, "id-form", "영문 소문자"),
    "colon missing": (typed("answer: ", "answer "), 35, "yaml-syntax", "콜론(:)이 빠졌거나"),
    "no space after the colon": (typed("answer: ", "answer:"), 35, "yaml-syntax", "콜론(:)이 빠졌거나"),
    "full-width colon": (typed("answer: ", "answer："), 35, "yaml-wide-colon", "보통 콜론"),
    "NBSP after the colon": (typed("answer: ", f"answer:{NBSP}"), 35, "yaml-odd-gap", "보통 빈칸"),
    "one space too few": (typed("  answer", " answer"), 35, "yaml-syntax", "들여쓰기가 앞줄과 다르거나"),
    "one space too many": (typed("  answer", "   answer"), 35, "yaml-syntax", "앞줄보다 더 들여"),
    "full-width indentation": (typed("  answer", f"{WIDE}answer"), 35, "yaml-odd-indent", "전각 빈칸으로"),
    "NBSP indentation": (typed("  answer", f"{NBSP * 2}answer"), 35, "yaml-odd-indent", "NBSP"),
    "NBSP in the answer": (says(f"답{NBSP}입니다."), 32, "hidden-characters", "「답▯입니다.」의 ▯ 자리, U+00A0"),
    "zero width in the answer": (says(f"답{ZERO}입니다."), 32, "hidden-characters", "「답▯입니다.」의 ▯ 자리, U+200B"),
    "date with dots": ((REVIEW, "review_by: 2026.11.29"), 24, DAY, "2026-11-24처럼"),
    "date with slashes": ((REVIEW, "review_by: 2026/11/29"), 24, DAY, "2026-11-24처럼"),
    "date with a short year": ((REVIEW, "review_by: 26-11-29"), 24, DAY, "2026-11-24처럼"),
    "date that there is not": ((REVIEW, "review_by: 2026-11-31"), 24, DAY, "2026-11-24처럼"),
    "date in Korean": ((REVIEW, "review_by: 2026년 11월 29일"), 24, DAY, "2026-11-24처럼"),
    "date without zeros": ((REVIEW, "review_by: 2026-1-5"), 24, DAY, "2026-11-24처럼"),
    "date without marks": ((REVIEW, "review_by: 20261129"), 24, DAY, "2026-11-24처럼"),
    "until in a month that there is not": (("2022-06-07", "2027-13-01"), 9, "phases:", "'until'의 날짜"),
    "id twice": ((ID, "- id: phone-of\n"), 32, "duplicate-id", "base.yaml:26"),
    "key twice": ((ANSWER, QUESTIONS + ANSWER), 35, "yaml-duplicate-key", "하나만 남겨"),
    "missing source": (("sources: [src]}\nch", "sources: [scr]}\nch"), 4, "unknown-source", "'src'을(를) 적으려"),
    "missing entry": (("[phone-of]\n", "[phone-off]\n"), 36, "unknown-entry", "'phone-of'을(를) 적으려"),
    "missing figure": (("figure.most}까", "figure.mots}까"), 35, "unknown-placeholder", "'figure.most'을(를)"),
    "missing channel": (("channel.call", "channel.cal"), 35, "unknown-placeholder", "'channel.call.phone'을(를)"),
    "missing notice": ((NOTICE, "  notice: endde\n"), 34, "unknown-notice", "'ended'을(를) 적으려"),
    "misspelt key": (("  answer: ", "  anser: "), 35, "anser:extra_forbidden", "'answer'을(를) 적으려"),
    "Korean key": (("  answer: ", "  답: "), 35, "답:extra_forbidden", "'answer'을(를) 적으려"),
    "status retire": ((NOTICE, "  status: retire\n"), 34, "status:literal_error", "'retired'을(를) 적으려"),
    "answer of 600 letters": (says("짧습니다. " + "그리고 더 이어집니다. " * 50), 32, "long-answer", "400자 안으로"),
    "bold": (says("답은 **꼭** 봅니다."), 32, "markup", "글만 적으세요"),
    "link": (says("답은 [누리집](https://a.kr)을 봅니다."), 32, "markup", "글만 적으세요"),
    "line break of HTML": (says("하나<br>둘입니다."), 32, "markup", "글만 적으세요"),
    "link of HTML": (says('<a href="https://a.kr">누리집</a>입니다.'), 32, "markup", "글만 적으세요"),
    "bold at the start": (says("**꼭** 봅니다."), 35, "yaml-syntax", "*로 시작하는 글은"),
    "list": (says("|\n    둘입니다.\n    - 하나\n    - 둘"), 32, "list-marks", "‘· ’로 시작"),
    "emoji": (says("답입니다 😀"), 32, "emoji", "소리로 읽지 못하고"),
    "entity of a space": (says("하나&nbsp;둘입니다."), 32, "entity", "그대로 적으세요"),
    "entity of a sign": (says("1 &lt; 2입니다."), 32, "entity", "그대로 적으세요"),
    "unclosed quote": (typed('."\n', ".\n"), 35, "yaml-syntax", "여기서 연 따옴표가 닫히지"),
    "colon in the answer": (says("여는 시간: 9시"), 35, "yaml-syntax", "따옴표"),
    "bracket at the start": (says("[중요] 봅니다."), 35, "yaml-syntax", "[로 시작하는 글은"),
    "comment in the answer": (says("수어나 문자로 #손말이음센터"), 35, "cut-by-hash", "「수어나 문자로」까지만"),
    "comma in a list": ((QUESTIONS, "  questions: [비가 와도 열거나, 쉬나요, 모집 기간]\n"), 33, "cut-in-two", "한 질문이면"),
    "alias of YAML": (("related: [phone-of]", "related: *x"), 36, "yaml-alias", "값을 그대로"),
    "Hangul in pieces": (says(unicodedata.normalize("NFD", "답입니다.")), 35, "nfd", "--fix"),
    "merge markers": ((ANSWER, f"<<<<<<< HEAD\n{ANSWER}=======\n{ANSWER}>>>>>>> b\n"), 35, "yaml-merge-marker", "남길 줄만"),
    "no test": (("    match: [언제 모집했죠]\n", ""), 32, "no-tests", "둘 이상 적으세요"),
    "no questions": ((QUESTIONS, ""), 32, "questions:missing", "지식 README"),
    "no answer": ((ANSWER, ""), 32, "answer-or-phases", "answer(답)가 빠졌습니다"),
    "office hours": (("figures:\n", "office: {hours: {월: 9시~18시}}\nfigures:\n"), 3, "hours:", "09:00-18:00처럼"),
    "alias of one letter": (("  short: 창원대\n", "  short: 창원대\n  aliases: [창]\n"), 11, "short-alias", "두 글자 이상"),
    "pair of particles": (('"{short} 연락"', '"{short:은는} 연락"'), 26, "unknown-particle", "은/는"),
    "test twice": (("[언제 모집했죠]", "[언제 모집했죠, 언제 모집했죠?]"), 32, "same-test", "하나만"),
    "question twice": (("며칠까지 받았나요]", "모집기간]"), 32, "same-question", "띄어쓰기와 문장 부호만"),
}  # fmt: skip


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


def test_full_width_brackets_are_named_as_the_cause(tmp_path: Path) -> None:
    text = GOOD.replace(QUESTIONS, QUESTIONS.replace("[", "［").replace("]", "］"))
    found = checked(tmp_path, {"base.yaml": text})
    assert (33, "wide-brackets") in [(p.line, p.code) for p in found]
    assert {p.code for p in found} == {"wide-brackets", "few-questions"}


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
