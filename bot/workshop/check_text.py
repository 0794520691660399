"""Silent losses: what YAML accepts without complaint although nobody meant it, and files that nothing reads.

These are found in the text of the files, before any schema: a «#» that cuts off an answer is gone once it is parsed.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.documents import YAML, files_of
from bot.knowledge.rawtext import slips
from bot.words import Problem
from bot.workshop.kept import Kept, Results, nowhere
from bot.workshop.texts import composed

WARNINGS = frozenset({"cut-in-two"})
"""Codes of what may be meant after all."""
_PROSE = frozenset({"answer", "say", "english", "staff_note", "note", "notice", "description", "title", "value"})
_QUESTIONS = frozenset({"questions", "match", "not_match", "offer", "out_of_scope"})
_SENTENCE_END = re.compile(r"[.!?…。)\]”’\"']$|[다요죠오]$")
_HASH = re.compile(r"[ \t]+#[^\r\n]*")
_BROKEN_OFF = re.compile(r"(?:지만|거나|라서|어서|아서|해서|또는|인데도|때문에|(?:이|하|되|있|없)고)$")
"""How half a question ends."""
_ALMOST = re.compile(r"\.(?:ya?ml\.txt|yam|yalm|ymal|yaml\.ya?ml)$", re.IGNORECASE)


def problems(
    folder: Path, instead: Mapping[str, bytes], broken: Sequence[Problem], kept: Kept | None = None
) -> Iterator[Problem]:
    """Iterate over the silent losses of a folder. `broken`: what the loader found; its causes are not told again."""
    results = Results(kept or nowhere(), "text")
    yield from _unread(folder)
    unreadable = {p.file for p in broken if p.code.startswith("yaml-")}
    names = {p.relative_to(folder).as_posix() for p in files_of(folder)} | instead.keys()
    for name in sorted(n for n in names if n.endswith(YAML) and n not in unreadable):
        try:
            data = instead[name] if name in instead else (folder / name).read_bytes()
            text = data.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):  # told by the loader
            continue
        yield from results.problems(name, data, partial(_of_text, name, text))
    results.close()


def _of_text(name: str, text: str) -> Iterator[Problem]:
    yield from (Problem(name, s.line, s.message, s.hint, s.code) for s in slips(text))
    yield from _of_values(name, text)


def _unread(folder: Path) -> Iterator[Problem]:
    """Report files that look like knowledge but are not read."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in sorted(names):
            suffix = Path(name).suffix
            wrong_case = suffix.lower() in YAML and suffix not in YAML
            if name.startswith((".", "~$")) or not (wrong_case or _ALMOST.search(name)):
                continue
            file = (Path(place) / name).relative_to(folder).as_posix()
            hint = "이름이 소문자 .yaml로 끝나야 읽습니다. 이름을 바꿔 주세요"
            yield Problem(file, 0, "지식 파일처럼 보이지만 읽지 않는 이름입니다", hint, "not-read")


def _of_values(name: str, text: str) -> Iterator[Problem]:
    """Find values that are cut off by a «#», and questions that a comma cut in two."""
    if not re.search(r"\S[ \t]+#", text) and "[" not in text:
        return
    root = composed(text)
    lines = _Lines(text)
    for key, node in _pairs(root):
        if isinstance(node, yaml.ScalarNode) and key in _PROSE:
            yield from _cut_off(name, key, node, lines)
        elif isinstance(node, yaml.SequenceNode) and key in _QUESTIONS:
            if node.flow_style:
                yield from _cut_in_two(name, node, lines)
            else:
                yield from (p for item in node.value for p in _cut_off(name, key, item, lines))


class _Lines:
    """The lines of a text as an editor numbers them."""

    def __init__(self, text: str) -> None:
        self.text = text

    def of(self, index: int) -> int:
        return self.text.count("\n", 0, index) + 1


def _pairs(root: Any) -> Iterator[tuple[str, Any]]:
    """Iterate over all keys and their values, in order."""
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield str(key.value), value
            stack += [value for _, value in reversed(node.value)]
        elif isinstance(node, yaml.SequenceNode):
            stack += reversed(node.value)


def _cut_off(name: str, key: str, node: Any, lines: _Lines) -> Iterator[Problem]:
    if not isinstance(node, yaml.ScalarNode) or node.style not in (None, ""):
        return
    end = int(node.end_mark.index)
    lost = _HASH.match(lines.text, end)
    said = str(node.value)
    if lost is None or not said or _SENTENCE_END.search(said):
        return
    if key in _QUESTIONS and lost.group().lstrip()[1:2].isspace():
        return  # a remark of the editor's
    message = f"'{key}'이(가) ‘ #’에서 끊깁니다. 사람들은 「{said[-20:]}」까지만 읽습니다"
    hint = '#이 글의 일부이면 글 전체를 "따옴표"로 감싸고, 메모라면 다음 줄에 적으세요'
    yield Problem(name, lines.of(end), message, hint, "cut-by-hash")


def _cut_in_two(name: str, node: Any, lines: _Lines) -> Iterator[Problem]:
    items = [n for n in node.value if isinstance(n, yaml.ScalarNode)]
    for first, second in pairwise(items):
        if first.style in (None, "") and second.style in (None, "") and _BROKEN_OFF.search(str(first.value)):
            message = f"쉼표에서 둘로 나뉜 질문 같습니다: 「{first.value}」 「{second.value}」"
            hint = '한 질문이면 "따옴표"로 감싸고, 두 질문이면 한 줄에 하나씩 적으세요'
            yield Problem(name, lines.of(int(first.start_mark.index)), message, hint, "cut-in-two")
