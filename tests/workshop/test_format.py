"""`helpdesk knowledge format`: one form for every file, which every YAML program reads alike; no comment is lost."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge import yamlfile
from bot.words import Problem
from bot.workshop import check_form
from bot.workshop.edit_folder import Drafts
from bot.workshop.edit_tree import EditError
from bot.workshop.format import formatted
from bot.workshop.format_comments import comments_in
from bot.workshop.format_folder import format_folder, knowledge_files
from tests.conftest import SHIPPED

MESSY = """\
# 파일의 머리말
defaults: {owner: 안내팀, verified_on: 2026-11-23, sources: [src]}   # 기본값
entries:

- id: period
  answer: 모집은 2022년 4월 25일부터 6월 7일까지였습니다. 지금은 끝났습니다. 문의는 국번 없이 1357로 하시면 되고, 비슷한 사업은 기업마당에서 찾습니다. 자세한 것은 상담원에게 천천히 물어보세요.
  # 사람들이 묻는 말
  questions: [모집 기간, "접수는 언제?", '예: 며칠까지']   # 셋
  notice: none
  sources: [src,
    other]  # 두 자료
  tests: {match: ["언제 모집했죠?"], not_match: [이의신청]}
- {id: phone, questions: [전화], answer: "1357"}
# 마지막 말
"""
TIDY = """\
# 파일의 머리말
defaults:
  owner: 안내팀
  verified_on: 2026-11-23
  sources: [src] # 기본값
entries:
- id: period
  # 사람들이 묻는 말
  questions:
  - 모집 기간
  - 접수는 언제?
  - "예: 며칠까지" # 셋
  answer: >-
    모집은 2022년 4월 25일부터 6월 7일까지였습니다.
    지금은 끝났습니다.
    문의는 국번 없이 1357로 하시면 되고, 비슷한 사업은 기업마당에서 찾습니다.
    자세한 것은 상담원에게 천천히 물어보세요.
  notice: none
  sources: [src, other] # 두 자료
  tests:
    match:
    - 언제 모집했죠?
    not_match:
    - 이의신청

- id: phone
  questions:
  - 전화
  answer: "1357"
# 마지막 말
"""


def form(text: str) -> str:
    return formatted(text.encode(), "a.yaml").decode()


def test_a_file_is_written_in_one_form_with_its_comments() -> None:
    assert form(MESSY) == TIDY
    assert form(TIDY) == TIDY


def test_one_changed_word_is_one_changed_line() -> None:
    before, after = form(MESSY).splitlines(), form(MESSY.replace("기업마당에서", "다른곳에서")).splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_a_broken_file_is_refused() -> None:
    with pytest.raises(EditError):
        form("entries: [\n")


words = st.text(st.sampled_from("가나다 ?!:,#&*-[]{}'\"|>%@`~=0123456789.abyn·‘’\n"), min_size=1, max_size=30)
texts = st.one_of(
    words, st.sampled_from(["true", "null", "1357", "2026-11-24", "1:30", "no", "~", "- a", "a: b", "끝 #1"])
)
comments = st.lists(st.text(st.sampled_from("가나 #:-'\""), max_size=6).map(lambda t: "# " + t.strip()), max_size=3)
entries = st.fixed_dictionaries(
    {"id": texts, "questions": st.lists(texts, max_size=4), "answer": texts},
    optional={
        "sources": st.lists(texts, max_size=3),
        "english": st.fixed_dictionaries({"answer": texts}),
        "note": texts,
    },
)


def written(value: Any, flow: bool) -> str:
    return str(yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, sort_keys=False, width=10_000))


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file as people leave it: block or flow, with comments above and behind lines."""
    lines = []
    for entry in draw(st.lists(entries, max_size=3)):
        body = written([entry], draw(st.booleans())).rstrip("\n")
        item = body if body.startswith("-") else "- " + body[1:-1]
        lines += [*draw(comments), item]
    flat = [line for text in lines for line in text.split("\n")]
    return "\n".join([*draw(comments), "entries:", *flat, *draw(comments)]) + "\n"


@settings(max_examples=150)
@given(files())
def test_any_file_says_the_same_in_one_form_and_loses_no_comment(text: str) -> None:
    problems: list[Problem] = []
    said = yamlfile.parse(text.encode(), "a", problems)
    if problems:
        return
    once = form(text)
    assert form(once) == once
    assert sorted(c.text for c in comments_in(once)) == sorted(c.text for c in comments_in(text))
    assert plain(yamlfile.parse(once.encode(), "a", problems)) == plain(said)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value if isinstance(value, bool | None) else str(value).rstrip("\n")


def test_an_edit_keeps_the_form_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(form(MESSY), encoding="utf-8")
    drafts = Drafts(tmp_path)
    drafts.find("period").draft.append(("entries", 0, "questions"), "다른 질문")
    drafts.write()
    assert format_folder(tmp_path, write=False) == []


def test_the_check_names_the_first_line_in_another_form(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(form(MESSY).replace("- 모집 기간", "- '모집 기간'"), encoding="utf-8")
    assert [(p.line, p.code) for p in check_form.problems(tmp_path)] == [(10, check_form.OTHER_FORM)]
    assert format_folder(tmp_path) == ["a.yaml"]
    assert list(check_form.problems(tmp_path)) == []


SHIPPED_FILES = [path for _, path in knowledge_files(SHIPPED)]


def test_the_shipped_files_are_in_canonical_form() -> None:
    assert [p.file for p in check_form.problems(SHIPPED)] == []


def test_other_programs_read_every_shipped_file() -> None:
    """PyYAML where it has no libyaml, and ruamel.yaml (YAML 1.2)."""
    from ruamel.yaml import YAML

    for path in SHIPPED_FILES:
        text = path.read_text(encoding="utf-8")
        assert list(yaml.parse(text, Loader=yaml.SafeLoader)), path
        assert list(YAML(typ="safe", pure=True).parse(text)), path


def test_every_yaml_program_reads_the_shipped_files_alike(tmp_path: Path) -> None:
    """PyYAML's own loader (not libyaml), ruamel.yaml (YAML 1.2) and, where it is installed, `yaml` of Node."""
    from ruamel.yaml import YAML

    sample = [p for p in SHIPPED_FILES if p.stat().st_size < 20_000]  # both parsers take minutes for all
    for path in sample:
        text = path.read_text(encoding="utf-8")
        assert plain(yaml.load(text, Loader=yaml.SafeLoader)) == plain(YAML(typ="safe", pure=True).load(text)), path
    script = "const y=require('yaml'),f=require('fs');for(const p of JSON.parse(process.argv[1]))if(y.parseDocument(f.readFileSync(p,'utf8')).errors.length)process.exit(1)"
    node = shutil.which("node")
    if node and subprocess.run([node, "-e", "require('yaml')"], capture_output=True, check=False).returncode == 0:
        subprocess.run([node, "-e", script, json.dumps([str(p) for p in SHIPPED_FILES])], check=True)
