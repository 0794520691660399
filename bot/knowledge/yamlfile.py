"""Read YAML for people: every scalar stays as typed, every key knows its line, all faults are reported.

YAML 1.1 turns 1357 into a number, NO into False and 2022-06-07 into a date behind the editor's back.
Here a scalar is text unless it is an unquoted true, false or null; the schema decides what it means.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.words import Problem

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = {"true": True, "false": False, "null": None, "~": None, "": None}


_LOOK = "들여쓰기, 콜론 뒤의 빈칸, 따옴표의 짝을 살펴보세요"
_NO_COLON = "could not find expected ':'"
_WHY = {
    _NO_COLON: "‘이름: 값’의 콜론(:)이 빠졌거나 들여쓰기가 앞줄과 다릅니다",
    "mapping values are not allowed": '글 안에 ‘: ’이 있으면 글 전체를 "따옴표"로 감싸야 합니다. 들여쓰기도 살펴보세요',
    "found character '\\t'": "탭으로 들여 쓸 수 없습니다. 빈칸으로 바꿔 주세요",
    "cannot start any token": '이 글자로 시작하는 글은 "따옴표"로 감싸고, 탭은 빈칸으로 바꿔 주세요',
    "unexpected end of stream": "따옴표가 닫히지 않았습니다",
    "expected ',' or ']'": "대괄호 [ ]의 짝이 맞지 않거나 쉼표가 빠졌습니다",
    "expected ',' or '}'": "중괄호 { }의 짝이 맞지 않거나 쉼표가 빠졌습니다",
    "did not find expected '-' indicator": "목록의 ‘- ’가 앞 항목과 같은 칸에서 시작해야 합니다",
    "did not find expected key": "들여쓰기가 앞줄과 다르거나 따옴표가 맞지 않습니다",
    "undefined alias": '*로 시작하는 글은 "따옴표"로 감싸 주세요',
}


def is_special(text: str) -> bool:
    """Tell whether a text without quotes is not read as that text: true, false, null."""
    return text in _PLAIN


class Node(dict[str, Any]):
    """A mapping that knows the line of itself and of each key (1-based)."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the mapping where there is no such key."""
        for name, line in zip(self, self.lines, strict=False):
            if name == key:
                return line
        return self.line


class _Reader:
    def __init__(self, file: str, events: Iterator[Any], problems: list[Problem]) -> None:
        self.file, self.events, self.problems = file, events, problems

    def fault(self, line: int, message: str, hint: str, code: str) -> None:
        self.problems.append(Problem(self.file, line, message, hint, code))

    def value(self, event: Any) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return _PLAIN.get(event.value, event.value) if event.style is None or event.style == "" else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence()
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(event)
        self.fault(_line_of(event), "별칭(*이름)은 쓸 수 없습니다", "값을 그대로 적어 주세요", "yaml-alias")
        return None

    def sequence(self) -> list[Any]:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event))
        return items

    def mapping(self, start: Any) -> Node:
        node = Node(start.start_mark.line + 1)
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = _line_of(event)
            key = str(self.value(event))
            value = self.value(next(self.events))
            if key in node:
                self.fault(line, f"'{key}' 항목이 두 번 있습니다", "하나만 남겨 주세요", "yaml-duplicate-key")
                continue
            node[key] = value
            node.lines.append(line)
        return node


def _line_of(event: Any) -> int:
    return int(event.start_mark.line) + 1


def bytes_of(path: Path, name: str, problems: list[Problem]) -> bytes | None:
    """Return what stands in a file, or `None` after adding the fault to `problems`."""
    try:
        return path.read_bytes()
    except OSError as error:
        problems.append(Problem(name, 0, f"파일을 읽을 수 없습니다: {error.strerror}", "", "yaml-unreadable"))
        return None


def read(path: Path, name: str, problems: list[Problem]) -> Any:
    """Return the one document in a file (`None` if it is empty or broken), adding faults to `problems`."""
    data = bytes_of(path, name, problems)
    return None if data is None else parse(data, name, problems)


def parse(data: bytes, name: str, problems: list[Problem]) -> Any:
    """Return the one document in what stands in a file (`None` if empty or broken), adding faults to `problems`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.append(
            Problem(
                name,
                line,
                "UTF-8로 저장된 파일이 아닙니다",
                "편집기에서 UTF-8로 다시 저장해 주세요",
                "yaml-encoding",
            )
        )
        return None
    try:
        return _document(name, text, problems)
    except yaml.YAMLError as error:
        detail = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "형식 오류")
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        if detail == _NO_COLON and isinstance(error, yaml.MarkedYAMLError):
            mark = error.context_mark or mark  # where the name stands, not where the reader gave up
        line = mark.line + 1 if mark else 1
        hint = next((words for part, words in _WHY.items() if part in detail), f"{_LOOK}; {detail}")
        problems.append(Problem(name, line, "YAML 형식이 잘못되었습니다", hint, "yaml-syntax"))
        return None


def _document(name: str, text: str, problems: list[Problem]) -> Any:
    events = iter(yaml.parse(text, Loader=_Loader))
    reader = _Reader(name, events, problems)
    result: Any = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                reader.fault(
                    _line_of(event), "한 파일에 문서(---)가 둘 이상 있습니다", "파일을 나눠 주세요", "yaml-documents"
                )
                break
            result = reader.value(next(events))
    return result
