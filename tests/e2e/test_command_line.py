"""The command line as its users meet it: a real process, real input, no traceback whatever comes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MINIMAL = """
entries:
- id: opening
  questions: [언제 여나요, 문 여는 시간]
  answer: 아홉 시에 엽니다.
- id: place
  questions: 어디에 있나요
  answer: 역 앞에 있습니다.
"""


def helpdesk(*arguments: str, stdin: bytes = b"", code: int = 0) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments], input=stdin, capture_output=True, timeout=60, check=False
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in out + err
    assert done.returncode == code, err
    return out, err


def replies(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def minimal(folder: Callable[..., Path]) -> str:
    return str(folder(entries=MINIMAL))


def test_answers_from_any_folder_with_id_questions_and_answer(minimal: str) -> None:
    out, _ = helpdesk("ask", "--knowledge", minimal, "문", "언제", "여나요")
    assert "아홉 시에 엽니다." in out


def test_a_bare_list_of_entries_is_a_knowledge_base_too(folder: Callable[..., Path]) -> None:
    path = folder(faq="- {id: a, questions: [where is it], answer: Next to the station.}\n")
    out, _ = helpdesk("ask", "--knowledge", str(path), "where is it?")
    assert "Next to the station." in out


def test_json_lines_are_answered_one_by_one_in_order(minimal: str) -> None:
    lines = ['{"user": "u1", "text": "문 여는 시간"}', "어디에 있나요", '{"user": 7, "text": "삼성전자 주가"}']
    out, _ = helpdesk("ask", "--json", "-", "--knowledge", minimal, stdin="\n".join(lines).encode())
    assert "\\u" not in out, "Hangul is written as it is"
    first, second, third = replies(out)
    assert set(first) >= {"outcome", "entry", "score", "text", "choices", "sources"}
    assert (first["outcome"], first["entry"]) == ("answer", "opening")
    assert second["entry"] == "place"
    assert third["outcome"] in ("ask", "fallback")
    assert third["entry"] is None


@pytest.mark.parametrize("how", [["ask", "--json", "-"], ["chat"]], ids=["json", "chat"])
def test_a_korean_console_of_windows_is_read_and_written(folder: Callable[..., Path], how: list[str]) -> None:
    """It speaks CP949, which has no dash between numbers and no tick."""
    path = folder(entries="entries:\n- {id: a, questions: [언제 여나요], answer: 평일 9–18시에 엽니다 ✓}\n")
    done = subprocess.run(
        [sys.executable, "-m", "bot", *how, "--knowledge", str(path)],
        input="언제 여나요\n".encode("cp949"),
        capture_output=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "cp949"},
    )
    out = done.stdout.decode("cp949")
    if how[0] == "ask":
        assert replies(out)[0]["text"] == "평일 9–18시에 엽니다 ✓"
    else:
        assert "평일 9?18시에 엽니다 ?" in out


BAD_LINES = [
    b"",
    b"   ",
    b"\xff\xfe\x00 invalid \xc3\x28",
    "뷁".encode() * 5000,
    b"a" * 10_000,
    b"?" * 500,
    "\x00\x01\x02\x1b[31m빨강".encode(),
    b"<script>alert(1)</script>",
    b"'; DROP TABLE users; --",
    b'{"user": "u", "text": 5}',
    b'{"user": "u"',
    b"[" * 20_000,
    b'{"text": "\\ud800 lone surrogate"}',
    "{질문} {name:은/는} {0}".encode(),
    "\u202e거꾸로\u200b\ufeff".encode(),
]


def test_bad_input_gets_a_reply_and_never_a_traceback(minimal: str) -> None:
    out, _ = helpdesk("ask", "--json", "-", "--knowledge", minimal, stdin=b"\n".join(BAD_LINES) + b"\n")
    found = replies(out)
    assert len(found) == len(BAD_LINES)
    assert all(r["text"] for r in found)
    assert all(r["outcome"] != "answer" for r in found)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    _, err = helpdesk("ask", "--knowledge", str(tmp_path / "없음"), "안녕", code=1)
    assert "지식 폴더가 없습니다" in err


def test_a_broken_folder_shows_every_fault_with_its_line(folder: Callable[..., Path]) -> None:
    path = folder(a="entries:\n- id: x\n  questons: [가]\n  answer: 나\n", b="entries:\n- id: y\n  questions: [가]\n")
    _, err = helpdesk("ask", "--knowledge", str(path), "안녕", code=1)
    assert "a.yaml:3" in err
    assert "questons" in err
    assert "b.yaml:2" in err
    assert "answer" in err


def test_check_and_tests_fail_as_hooks_and_ci_need(folder: Callable[..., Path]) -> None:
    path = str(folder(a="entries:\n- id: x\n  questions: [가나다]\n  answer: 나\n  tests: {match: [하하하]}\n"))
    helpdesk("knowledge", "check", "--knowledge", path, code=1)
    helpdesk("knowledge", "test", "--knowledge", path, code=1)


def test_wrong_usage_is_explained_in_korean() -> None:
    _, err = helpdesk("ask", "--now", "어제", "안녕", code=2)
    assert "날짜나 시각이 아닙니다" in err


def test_chat_reads_lines_takes_numbers_and_ends(minimal: str) -> None:
    out, _ = helpdesk(
        "chat", "--knowledge", minimal, stdin="문 여는 시간\n/도움말\n/처음\n/종료\n어디에 있나요\n".encode()
    )
    assert "아홉 시에 엽니다." in out
    assert "역 앞" not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["foo"], "그런 명령이 없습니다: foo"),
        (["ask", "--foo", "x"], "그런 선택이 없습니다: --foo"),
        (["keys", "add"], "빠진 것이 있습니다: 이름"),
        (["knowledge", "diff", "--allow=3"], "--allow에는 값을 붙이지 않습니다"),
        (["knowledge", "gaps", "--done", "x"], "--done: 정수를 적어 주세요"),
        (["ask", "--now", "어제", "x"], "--now: 날짜나 시각이 아닙니다: 어제"),
        (["store", "status", "more"], "더 적은 것이 있습니다: more"),
    ],
)
def test_wrong_usage_is_told_in_korean(arguments: list[str], said: str) -> None:
    _, err = helpdesk(*arguments, code=2)
    assert f"쓰는 법이 다릅니다: {said}" in err
