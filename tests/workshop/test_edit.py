"""Edits as splices: the file says exactly what was meant, and every other byte is as it was."""

from datetime import date
from os.path import commonprefix
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.knowledge import yamlfile
from bot.words import Problem
from bot.workshop import edit_render as render
from bot.workshop.edit import Draft
from bot.workshop.edit_splices import Splice
from bot.workshop.edit_tree import EditError

slow = settings(max_examples=150, suppress_health_check=list(HealthCheck))

WORDS = [
    "모집 기간", "언제: 어디서", "#1 공고", "a # b", "- 목록", "? 왜", "예", "no", "true", "null", "~", "1357", "010", "1_000", "2022-06-07",
    "2022-06-31", "12:30", "0x1F", "1e3", "“따옴표”", '"겹"', "'홑'", "그는 'a' \"b\"", "{short} 전화", "[중요]", "쉼표, 뒤", "*별", "&닻", "!느낌",
    "%퍼센트", "@골뱅이", "`백`", "|", ">", "끝:", ":앞", "\\역", "a\tb", " 앞 빈칸", "뒤 빈칸 ", "—", "😀 그림", "ㄱㅅ", "=", "<<", "...", "---",
]  # fmt: skip
texts = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.sampled_from("가나다 라:#'\"-?[]{},&*!|>%@`\\1.\t~😀"), min_size=1, max_size=12),
    st.text(min_size=1, max_size=12).filter(
        lambda t: "\r" not in t and not any("\ud800" <= c <= "\udfff" for c in t)
    ),
)
safe = st.sampled_from(["가", "모집 기간", "접수는 며칠까지", "질문", "what is it"])


@st.composite
def documents(draw: st.DrawFn) -> tuple[bytes, int]:
    """A file of entries in any style an editor may use, and the number of its entries."""
    out = draw(st.sampled_from(["", "# 머리말\n", "defaults: {owner: 안내팀}   # 뒤\n", "\n\n"])) + "entries:\n"
    pad = draw(st.sampled_from(["", "  "]))
    count = draw(st.integers(1, 3))
    for n in range(count):
        words = [f"{w}{i}" for i, w in enumerate(draw(st.lists(safe, min_size=1, max_size=4)))]
        quoted = [draw(st.sampled_from(["{}", "'{}'", '"{}"'])).format(w) for w in words]
        remark = draw(st.sampled_from(["", "  # 주석", " # a: [b"]))
        inner = pad + "  "
        questions = {
            "flow": f" [{', '.join(quoted)}]{remark}\n",
            "lines": " [" + f",\n{inner}  ".join(quoted) + f"\n{inner}]{remark}\n",
            "block": f"{remark}\n" + "".join(f"{inner}- {q}{remark}\n" for q in quoted),
            "deep": "\n" + "".join(f"{inner}    # 위\n{inner}  -   {q}\n" for q in quoted),
        }[draw(st.sampled_from(["flow", "lines", "block", "deep"]))]
        answer = {
            "plain": f" 답입니다{remark}\n",
            "double": f' "답: 입니다"{remark}\n',
            "literal": f" |{remark}\n{inner}  첫 줄\n\n{inner}  # 글\n",
            "folded": f" >-\n{inner}   접힌\n{inner}   글\n",
        }[draw(st.sampled_from(["plain", "double", "literal", "folded"]))]
        tests = draw(
            st.sampled_from(
                [
                    f"{inner}tests: {{match: [시험]}}{remark}\n",
                    f"{inner}tests:\n{inner}  match:\n{inner}  - 시험\n",
                    "",
                ]
            )
        )
        gap = draw(st.sampled_from(["", "\n", f"\n{pad}# 다음\n"]))
        out += f"{pad}- id: e{n}{remark}\n{inner}questions:{questions}{inner}answer:{answer}{tests}{gap}"
    out += draw(st.sampled_from(["", "notices: []\n", "# 끝\n"]))
    if draw(st.booleans()):
        out = out.rstrip("\n")
    if draw(st.booleans()):
        out = out.replace("\n", "\r\n")
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + out.encode(), count


def value_of(data: bytes) -> Any:
    problems: list[Problem] = []
    value = yamlfile.parse(data, "a.yaml", problems)
    assert not problems, problems
    return value


def clipped(value: Any) -> Any:
    """A value without the line breaks at the ends of texts: a literal block has one."""
    if isinstance(value, dict):
        return {k: clipped(v) for k, v in value.items()}
    return (
        [clipped(v) for v in value]
        if isinstance(value, list)
        else value.rstrip("\n")
        if isinstance(value, str)
        else value
    )


def span(data: bytes, number: int) -> tuple[int, int]:
    """The lines of an entry, from its dash to the dash of the next or the end of the list."""
    lines = data.split(b"\n")
    starts = [i for i, line in enumerate(lines) if line.lstrip().startswith(b"- id: e")]
    stops = [*starts[1:], len(lines)]
    return starts[number], stops[number]


@slow
@given(texts)
def test_any_text_is_written_so_that_it_is_read_as_itself(text: str) -> None:
    for flow in (False, True):
        for style in (None, "'", '"'):
            written = render.scalar(text, flow=flow, style=style)
            assert "\n" not in written
            frame = f"[{written}, x]" if flow else f"- {written}\n- k: {written}\n"
            read = value_of(frame.encode())
            assert read == ([text, "x"] if flow else [text, {"k": text}])
            assert yaml.safe_load(frame) == read  # what any other YAML reader makes of it


@slow
@given(documents(), st.data())
def test_one_change_says_what_was_meant_and_leaves_the_rest(made: tuple[bytes, int], data: st.DataObject) -> None:
    before, count = made
    draft = Draft("a.yaml", before)
    wanted = value_of(before)
    n = data.draw(st.integers(0, count - 1))
    entry = wanted["entries"][n]
    text = data.draw(texts)
    change = data.draw(
        st.sampled_from(["question", "insert", "questions", "answer", "key", "match", "remove", "owner"])
    )
    if change == "question":
        i = data.draw(st.integers(0, len(entry["questions"]) - 1))
        draft.set(("entries", n, "questions", i), text)
        entry["questions"][i] = text
    elif change == "insert":
        i = data.draw(st.integers(0, len(entry["questions"])))
        draft.insert(("entries", n, "questions"), i, text)
        entry["questions"].insert(i, text)
    elif change == "questions":
        new = [*entry["questions"][1:], text]
        draft.set(("entries", n, "questions"), new)
        entry["questions"] = new
    elif change == "answer":
        answer = data.draw(st.sampled_from([text, "여러\n\n줄: #1\n  들여 쓴 줄", "긴 글 " * 40]))
        draft.set(("entries", n, "answer"), answer)
        entry["answer"] = answer
    elif change == "remove" and len(entry["questions"]) > 1:
        draft.remove(("entries", n, "questions", 0))
        del entry["questions"][0]
    elif change == "match":
        draft.append(("entries", n, "tests", "match"), text) if "tests" in entry else draft.set(
            ("entries", n, "tests"), {"match": [text]}
        )
        entry.setdefault("tests", {"match": []})["match"].append(text)
    else:
        key, value = ("owner", text) if change == "owner" else ("sources", [text, "b"])
        draft.set(("entries", n, key), value)
        entry[key] = value
    after = draft.after
    assert clipped(value_of(after)) == clipped(wanted)
    first, last = span(before, n)
    old, new_lines = before.split(b"\n"), after.split(b"\n")
    assert new_lines[:first] == old[:first]
    tail = len(old) - last
    assert not tail or new_lines[-tail:] == old[-tail:]
    remarks = [
        line
        for line in before.decode("utf-8-sig").splitlines()
        if line.lstrip().startswith("#") and line.strip() != "# 글"
    ]
    assert [r for r in remarks if r not in after.decode("utf-8-sig")] == []


@slow
@given(documents(), texts, texts)
def test_a_new_entry_comes_last_and_nothing_else_changes(made: tuple[bytes, int], question: str, answer: str) -> None:
    before, _ = made
    draft = Draft("a.yaml", before)
    entry = {
        "id": "new",
        "questions": [question, "둘째"],
        "answer": answer,
        "sources": ["a"],
        "tests": {"match": [question]},
    }
    draft.append(("entries",), entry)
    wanted = value_of(before)
    wanted["entries"].append(entry)
    assert clipped(value_of(draft.after)) == clipped(wanted)
    inserted = len(draft.after) - len(before)
    ahead = len(commonprefix([before, draft.after]))  # noqa: RUF071  # of bytes, not of paths
    assert draft.after[ahead + inserted :] == before[ahead:]  # one piece went in, and that is all


def edited(text: str, *changes: tuple[tuple[str | int, ...], Any]) -> str:
    draft = Draft("a.yaml", text.encode())
    for path, value in changes:
        draft.set(path, value)
    return draft.after.decode()


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: 1 # 뒤\n", ("a",), "2: 3", 'a: "2: 3" # 뒤\n'),
        ("a:   # 뒤\nb: 1\n", ("a",), "가", "a: 가   # 뒤\nb: 1\n"),
        ("a: {b: 1}\n", ("a", "c"), "가, 나", 'a: {b: 1, c: "가, 나"}\n'),
        ("a: {}\n", ("a", "c"), "가", "a: {c: 가}\n"),
        ("a: []\n", ("a",), ["가"], "a: [가]\n"),
        ("a:\n- 하나 # 뒤\n# 끝\n", ("a",), [], "a: []\n# 끝\n"),
        ("a: [하나, 둘]\n", ("a",), ["둘"], "a: [둘]\n"),
        ("a: [하나, 둘]", ("a",), ["하나"], "a: [하나]"),
        ("a: 글\n", ("a",), "둘\n줄\n", "a: |\n  둘\n  줄\n"),
        ("a: |\n   글\nb: 1\n", ("a",), "둘\n줄\n", "a: |\n   둘\n   줄\nb: 1\n"),
        ("a: >  # 접음\n   글\n\n\nb: 1\n", ("a",), "둘\n줄\n", "a: |  # 접음\n   둘\n   줄\n\n\nb: 1\n"),
        ("- id: x\n  answer: 가\n", (0, "owner"), "안내팀", "- id: x\n  answer: 가\n  owner: 안내팀\n"),
        ("a: '홑'\n", ("a",), "따옴", "a: '따옴'\n"),
        ("a: 2026-01-01\n", ("a",), date(2026, 11, 24), "a: 2026-11-24\n"),
    ],
)  # fmt: skip
def test_how_it_is_written(before: str, path: tuple[str | int, ...], value: Any, after: str) -> None:
    assert edited(before, (path, value)) == after


def test_setting_what_is_there_already_changes_nothing() -> None:
    text = "a: [ 하나,둘 ]\nb:   'x'\n"
    assert edited(text, (("a",), ["하나", "둘"]), (("b",), "x")) == text


def test_one_text_becomes_a_list_when_another_is_added() -> None:
    draft = Draft("a.yaml", "questions: 하나, 둘\n".encode())
    draft.append(("questions",), "셋")
    assert draft.after.decode() == 'questions: ["하나, 둘", 셋]\n'


def test_a_file_with_faults_is_left_alone() -> None:
    with pytest.raises(EditError, match=r"a\.yaml:2"):
        Draft("a.yaml", b"a: 1\na: 2\n")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("둘", "another value changes"),
        ("}\n- {id: b", "it is no YAML any more"),
        ("- {id: b, answer: 둘}\n", "an entry goes"),
    ],
)
def test_a_splice_that_says_anything_but_what_was_meant_is_refused(wrong: str, why: str) -> None:
    text = "entries:\n- {id: a, answer: 하나}\n- {id: b, answer: 둘}\n"
    draft = Draft("a.yaml", text.encode())
    start = text.index(wrong)
    with pytest.raises(EditError):
        draft._apply([Splice(start, start + len(wrong), "")], ("entries", 0, "answer"), "셋")
    assert draft.text == text, why
    draft._apply([Splice(text.index("하나"), text.index("하나") + 2, "셋")], ("entries", 0, "answer"), "셋")
    assert draft.text == text.replace("하나", "셋")
