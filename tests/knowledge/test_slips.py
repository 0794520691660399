"""What looks right to people and is not to YAML: said by its cause, on its line, in Korean, and put right by --fix."""

import re

import pytest

from bot.knowledge import yamlfile
from bot.knowledge.rawtext import mended, slips
from bot.words import Problem

GOOD = "entries:\n- id: a\n  questions: [하나, 둘]\n  answer: 답입니다.\n  owner: 팀\n"

BROKEN = [
    # as typed, line, code, what the message must say
    (GOOD.replace("  answer", "\tanswer"), 4, "yaml-tab", "탭"),
    (GOOD.replace("  answer", "\u00a0\u00a0answer"), 4, "yaml-odd-indent", "NBSP"),
    (GOOD.replace("  answer", "\u3000answer"), 4, "yaml-odd-indent", "전각 빈칸"),
    (GOOD.replace("answer: ", "answer："), 4, "yaml-wide-colon", "전각"),
    (GOOD.replace("answer: ", "answer:\u00a0"), 4, "yaml-odd-gap", "보통 빈칸"),
    (GOOD.replace("  answer", "<<<<<<< HEAD\n  answer").replace("  owner", "=======\n>>>>>>> b\n  owner"), 4,
     "yaml-merge-marker", "합치다 만"),
    (GOOD.replace("  answer", "   answer"), 4, "yaml-syntax", "앞줄보다 더 들여"),
    (GOOD.replace("  answer", " answer"), 4, "yaml-syntax", "들여쓰기"),
    (GOOD.replace("답입니다.", '"답입니다.'), 4, "yaml-syntax", "닫히지"),
    (GOOD.replace("답입니다.", "**꼭** 보세요"), 4, "yaml-syntax", "*"),
    (GOOD.replace("답입니다.", "여는 시간: 9시"), 4, "yaml-syntax", "따옴표"),
    (GOOD.replace("답입니다.", "[중요] 꼭 보세요"), 4, "yaml-syntax", "["),
    (GOOD.replace("답입니다.", "{중요} 꼭 보세요"), 4, "yaml-syntax", "{"),
    (GOOD.replace("답입니다.", "@골뱅이"), 4, "yaml-syntax", "따옴표"),
    (GOOD.replace("답입니다.", "`글`"), 4, "yaml-syntax", "따옴표"),
    (GOOD.replace("답입니다.", "%할인"), 4, "yaml-syntax", "따옴표"),
    (GOOD.replace("답입니다.", "!중요 글"), 4, "yaml-syntax", "!"),
    (GOOD.replace("답입니다.", "| 글"), 4, "yaml-syntax", "다음 줄"),
    (GOOD.replace("답입니다.", "- 글"), 4, "yaml-syntax", "- "),
    (GOOD.replace("답입니다.", '"C:\\글"'), 4, "yaml-syntax", "\\"),
    (GOOD.replace("answer: ", "answer "), 4, "yaml-syntax", "콜론"),
    (GOOD.replace("answer: ", "answer:"), 4, "yaml-syntax", "콜론"),
    (GOOD.replace("둘]", "둘"), 4, "yaml-syntax", "대괄호"),
]  # fmt: skip


def parsed(text: str) -> tuple[object, list[Problem]]:
    problems: list[Problem] = []
    return yamlfile.parse(text.encode(), "a.yaml", problems), problems


@pytest.mark.parametrize(("text", "line", "code", "said"), BROKEN, ids=range(len(BROKEN)))
def test_the_cause_is_said_on_its_line_and_in_korean(text: str, line: int, code: str, said: str) -> None:
    _, problems = parsed(text)
    (problem,) = problems
    assert (problem.line, problem.code) == (line, code), str(problem)
    assert said in str(problem)
    assert not re.search(r"[a-z]{3,} [a-z]{3,}", str(problem)), str(problem)


def test_each_slip_of_a_broken_file_is_told_once() -> None:
    _, problems = parsed(GOOD.replace("  answer", "\tanswer").replace("  owner: ", "  owner："))
    assert [(p.line, p.code) for p in problems] == [(4, "yaml-tab"), (5, "yaml-wide-colon")]


READ_AND_WRONG = [
    (GOOD.replace("답입니다.", "“답입니다.”"), "curly-quotes", '"답입니다."'),
    (GOOD.replace("[하나, 둘]", "［하나, 둘］"), "wide-brackets", "[하나, 둘]"),
    (GOOD.replace("[하나, 둘]", "[하\u1102\u1161, 둘]"), "nfd", "[하나, 둘]"),
]


@pytest.mark.parametrize(("text", "code", "right"), READ_AND_WRONG, ids=[c[1] for c in READ_AND_WRONG])
def test_what_yaml_reads_and_nobody_meant_is_found(text: str, code: str, right: str) -> None:
    assert parsed(text)[1] == []
    assert [s.code for s in slips(text)] == [code]
    assert right in mended(text)
    assert slips(mended(text)) == []


@pytest.mark.parametrize("number", range(6))
def test_a_slip_is_put_right_and_the_rest_stays(number: int) -> None:
    text = BROKEN[number][0]
    if BROKEN[number][2] == "yaml-merge-marker":
        assert mended(text) == text  # only a person can tell which side is right
        return
    assert parsed(mended(text)) == parsed(GOOD)
    assert mended(mended(text)) == mended(text)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("답입니다.", "“하나”와 “둘”"),
        GOOD.replace("답입니다.", "시간：9시"),
        GOOD.replace("\n", "\r\n"),
        "# 설명： 전각\nentries: []\n",
        GOOD.replace("답입니다.", "|\n    첫 줄\n\n    “말”이라고 합니다"),
    ],
)
def test_what_is_right_stays_as_it_is(text: str) -> None:
    assert slips(text) == []
    assert mended(text) == text


def test_line_breaks_that_no_editor_shows_do_not_move_the_lines_after_them() -> None:
    text = GOOD.replace("답입니다.", '"첫 줄\u2028둘째\x85셋째"') + "- id: b\n  id: c\n"
    _, problems = parsed(text)
    assert [(p.line, p.code) for p in problems] == [(7, "yaml-duplicate-key")]
    assert [(s.line, s.code) for s in slips(text)] == [(4, "odd-break")]
    _, problems = parsed(GOOD.replace("답입니다.", "가\u2028나") + "\tx: 1\n")
    assert [(p.line, p.code) for p in problems] == [(4, "yaml-odd-break"), (6, "yaml-tab")]
