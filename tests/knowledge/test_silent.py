"""Silent losses: what is read without a word and nobody meant. Each is found, and what is meant is left alone."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from bot.workshop.check import WARNINGS, check_folder
from bot.workshop.mend import dated, mend, write
from tests.knowledge.test_check import GOOD, TODAY, folder

ANSWER = '  answer: "{figure.most}까지입니다. {channel.call.phone}로 문의하세요."\n'
QUESTIONS = "  questions: [모집 기간, 접수는 언제, 며칠까지 받았나요]\n"

LOSSES = [
    # what is written instead of what, code, line (0: wherever the entry stands), what must be said
    (ANSWER, "  answer: 수어나 문자로 #손말이음센터에 물으세요.\n", "cut-by-hash", 35, "「수어나 문자로」까지만"),
    (ANSWER, "  answer:\n    수어나\n    문자로 # 상담합니다\n", "cut-by-hash", 37, "까지만"),
    (QUESTIONS, "  questions:\n  - 모집 기간\n  - 접수 #1 공고\n  - 며칠까지 받았나요\n", "cut-by-hash", 35, "접수"),
    (ANSWER, "  answer: “답입니다.”\n", "curly-quotes", 35, "둥근따옴표"),
    (ANSWER, "  answer: |\n    둘입니다.\n    - 하나\n    - 둘\n", "list-marks", 32, "‘· ’"),
    (ANSWER, "  answer: 하나&nbsp;둘입니다.\n", "entity", 32, "&nbsp;"),
    (ANSWER, "  answer: 1 &lt; 2입니다.\n", "entity", 32, "&lt;"),
    (ANSWER, "  answer: 답입니다 😀\n", "emoji", 32, "😀"),
    (ANSWER, "  answer: 답입\u3164니다.\n", "hidden-characters", 32, "U+3164"),
    (ANSWER, "  answer: 답입\u200b니다.\n", "hidden-characters", 32, "U+200B"),
    (ANSWER, f"  answer: {unicodedata.normalize('NFD', '답입니다')}.\n", "nfd", 35, "NFD"),
    (ANSWER, f"  answer: {'가나다라마 ' * 100}.\n", "long-answer", 32, "400자 안으로"),
    ("match: [언제 모집했죠]", "match: [언제 모집했죠, 언제 모집했죠?]", "same-test", 32, "두 번"),
    ("match: [언제 모집했죠]", "match: [창원대 통화]", "same-test", 32, "[phone-of]에도"),
    ('"{short} 연락"', '"{short:은는} 연락"', "unknown-particle", 26, "은는"),
    ("  short: 창원대\n", "  short: 창원대\n  aliases: [창]\n", "short-alias", 11, "한 글자"),
    (QUESTIONS, "  questions: [비가 와도 열거나, 쉬나요, 모집 기간]\n", "cut-in-two", 33, "「비가 와도 열거나」"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "said"), LOSSES, ids=[f"{c[2]}-{i}" for i, c in enumerate(LOSSES)]
)
def test_a_silent_loss_is_found_at_its_place(
    tmp_path: Path, old: str, new: str, code: str, line: int, said: str
) -> None:
    assert old in GOOD
    problems = check_folder(folder(tmp_path, GOOD.replace(old, new, 1)), TODAY)
    (found,) = [p for p in problems if p.code == code]
    assert found.line == line, list(map(str, problems))
    assert said in str(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (ANSWER, "  answer: 답입니다. # 메모\n"),
        (QUESTIONS, "  questions:\n  - 모집 기간 # 메모\n  - 접수는 언제\n  - 며칠까지 받았나요\n"),
        (ANSWER, "  answer: 답은 “하나”와 “둘”입니다.\n"),
        (ANSWER, "  answer: 10 - 20쪽, R&D입니다. 👎를 누르세요.\n"),
        (ANSWER, "  answer: |\n    둘입니다.\n    · 하나\n    · 둘\n"),
        (QUESTIONS, "  questions: [접수를 바꾸려면, 며칠까지인데, 신청은 어디에서]\n"),
    ],
)
def test_what_is_meant_is_left_alone(tmp_path: Path, old: str, new: str) -> None:
    assert old in GOOD
    assert check_folder(folder(tmp_path, GOOD.replace(old, new, 1)), TODAY) == []


@pytest.mark.parametrize("name", ["a.YAML", "a.yaml.txt", "a.Yml", "sub/b.yml.txt"])
def test_a_file_that_is_not_read_is_named(tmp_path: Path, name: str) -> None:
    place = folder(tmp_path, GOOD) / name
    place.parent.mkdir(exist_ok=True)
    place.write_text("entries: []\n", encoding="utf-8")
    assert [(p.file, p.code) for p in check_folder(tmp_path, TODAY)] == [(name, "not-read")]


@pytest.mark.parametrize(
    "name", ["a.yaml~", "a.yaml.bak", ".a.yaml.swp", "notes.txt", ".DS_Store", "~$a.YAML", "~$a.yaml"]
)
def test_what_is_rightly_not_read_is_not_named(tmp_path: Path, name: str) -> None:
    (folder(tmp_path, GOOD) / name).write_text("x", encoding="utf-8")
    assert check_folder(tmp_path, TODAY) == []


def test_a_filler_that_questions_are_about_is_a_doubt(tmp_path: Path) -> None:
    group = (
        "- id: filler\n  name: 군말\n  filler: true\n  terms: [{id: say, name: 말입니다, aliases: [대출, 저기요]}]\n"
    )
    more = "".join(
        f"- {{id: loan{i}, questions: [대출 {w}, {w} 대출, 책 {w}], answer: 대출 {w}은 이렇습니다., tests: {{match: [빌린 {w}]}}}}\n"
        for i, w in enumerate(("기간", "권수"))
    )
    text = GOOD.replace("- id: word\n", f"{group}- id: word\n") + more
    found = [p for p in check_folder(folder(tmp_path, text), TODAY) if p.code == "filler-of-subject"]
    assert len(found) == 1
    assert "'대출'" in found[0].message
    assert found[0].code in WARNINGS


def test_fix_mends_what_is_plain_and_says_what(tmp_path: Path) -> None:
    text = (
        GOOD.replace("  related: [phone-of]", "\u3000related: ［phone-of］")
        .replace(QUESTIONS, QUESTIONS.replace("questions: ", "questions："))
        .replace("review_by: 2027-02-21", "review_by: 2027.2.21")
        .replace("url:", "url:")
        .replace("- id: period\n", "- id: period\n\towner: 둘째\n")
    )
    place = folder(tmp_path, text.replace("\n", "\r\n"))
    assert check_folder(place, TODAY)
    found = mend(place)
    assert len(found[0].told) == 5, found[0].told
    assert any("2027.2.21 → 2027-02-21" in line for line in found[0].told)
    assert found[0].patch(place).count("\n+") == 5  # four lines and the head
    write(place, found)
    assert check_folder(place, TODAY) == []
    assert mend(place) == []
    assert b"\r\n" in (place / "base.yaml").read_bytes()


def test_fix_leaves_what_a_person_must_decide(tmp_path: Path) -> None:
    place = folder(tmp_path, GOOD.replace("review_by: 2027-02-21", "review_by: 2026-11-31") + "<<<<<<< HEAD\n")
    assert mend(place) == []


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("2026.11.29", "2026-11-29"),
        ("2026/11/29", "2026-11-29"),
        ("2026-1-5", "2026-01-05"),
        ("26-11-29", "2026-11-29"),
        ("2026년 11월 29일", "2026-11-29"),
        ("20261129", "2026-11-29"),
        ("2026-11-29", "2026-11-29"),
        ("2026-11-31", "2026-11-31"),
        ("내년", "내년"),
        ("2026-11", "2026-11"),
    ],
)
def test_dates_are_written_as_they_are_meant(typed: str, right: str) -> None:
    for frame in ("verified_on: {}\n", "a: {{verified_on: {}, b: 1}}\n", 'verified_on: "{}"  # 뒤\n'):
        if '"' in frame and typed == "20261129":
            continue
        assert dated(frame.format(typed)) == frame.format(right)
    assert dated(f"answer: 날짜는 date: {typed} 입니다\n") == f"answer: 날짜는 date: {typed} 입니다\n"
    assert date.fromisoformat("2026-11-29")
