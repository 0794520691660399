"""Reading YAML for people: values as typed, lines known, faults reported with their line."""

import re
from pathlib import Path

import pytest

from bot.knowledge import yamlfile
from bot.knowledge.yamlfile import Node
from bot.words import Problem


def read(tmp_path: Path, text: str | bytes) -> tuple[object, list[Problem]]:
    path = tmp_path / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems: list[Problem] = []
    return yamlfile.read(path, "a.yaml", problems), problems


@pytest.mark.parametrize("scalar", ["1357", "NO", "yes", "2022-06-07", "010", "1_000", "12:30", "0x1F", "1e3"])
def test_plain_scalars_stay_as_typed(tmp_path: Path, scalar: str) -> None:
    value, problems = read(tmp_path, f"a: {scalar}\n")
    assert value == {"a": scalar}
    assert not problems


def test_true_false_and_null_are_values_only_without_quotes(tmp_path: Path) -> None:
    value, _ = read(tmp_path, "a: true\nb: 'true'\nc:\nd: ''\n")
    assert value == {"a": True, "b": "true", "c": None, "d": ""}


def test_every_key_knows_its_line(tmp_path: Path) -> None:
    value, _ = read(tmp_path, "# 머리말\nentries:\n- id: x\n\n  answer: |\n    글\n  questions: [가]\n")
    assert isinstance(value, Node)
    entry = value["entries"][0]
    assert (value.line_of("entries"), entry.line, entry.line_of("answer"), entry.line_of("questions")) == (
        2,
        3,
        5,
        7,
    )
    assert entry.line_of("없는 것") == 3


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "yaml-duplicate-key"),
        ("a: &x 1\nb: *x\n", 2, "yaml-alias"),
        ("a: 1\n---\nb: 2\n", 2, "yaml-documents"),
        ("a:\n\t- b\n", 2, "yaml-tab"),
        ("a: [1, 2\n", 2, "yaml-syntax"),
        (b"a: 1\nb: \xff\xfe\n", 2, "yaml-encoding"),
    ],
)
def test_faults_have_a_line(tmp_path: Path, text: str | bytes, line: int, code: str) -> None:
    _, problems = read(tmp_path, text)
    assert [(p.line, p.code) for p in problems] == [(line, code)]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    value, problems = read(tmp_path, b"\xef\xbb\xbfa: 1\n")
    assert value == {"a": "1"}
    assert not problems


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("a:\n  b: 1\n  answer 답\n", 3, "콜론"),
        ("a: 여는 시간: 9시\n", 1, "따옴표"),
        ("a:\n\tb: 1\n", 2, "탭"),
        ("a: [1, 2\nb: 3\n", 2, "대괄호"),
        ("a: {b: 1\n", 2, "중괄호"),
        ('a: "열린\n', 1, "따옴표가 닫히지"),
        ("a: @골뱅이\n", 1, "따옴표"),
        ("a:\n- 하나\n b: 2\n", 3, "들여쓰기|칸"),
    ],
)
def test_what_is_wrong_with_the_yaml_is_said_in_korean(tmp_path: Path, text: str, line: int, hint: str) -> None:
    _, (problem,) = read(tmp_path, text)
    assert problem.line == line, problem
    assert re.search(hint, problem.hint), problem
    assert not re.search("[a-z]{4}", problem.hint), problem
