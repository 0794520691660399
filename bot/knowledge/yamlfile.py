"""Read YAML for people: every scalar stays as typed, every key knows its line, all faults are reported.

YAML 1.1 turns 1357 into a number, NO into False and 2022-06-07 into a date behind the editor's back.
Here a scalar is text unless it is an unquoted true, false or null; the schema decides what it means.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.rawtext import slips
from bot.words import Problem

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ODD_BREAK = re.compile("[\x85\u2028\u2029]")
_PLAIN = {"true": True, "false": False, "null": None, "~": None, "": None}


_LOOK = "들여쓰기, 콜론 뒤의 빈칸, 따옴표의 짝을 살펴보세요"
_NO_COLON = "could not find expected ':'"
_MAPPING = "mapping values are not allowed"
_STOPPED = "unexpected end of stream"
_QUOTE = '{}로 시작하는 글은 전체를 "따옴표"로 감싸 주세요'
_BRACKET = re.compile(r"(?::|^\s*-)\s+([\[{])[^\]}]*[\]}]\s*[^\s#,\]}]")
_BRACES_WITHIN = re.compile(r"""[\[,]\s*(\{)[^}:"']*\}\s*[^\s#,\]}]""")
_HALF_QUOTED = re.compile(r"""(?::|^\s*-)\s+(["'])[^"']*\1\s+[^\s#]""")
_REMARK = re.compile(r"^\s*(?://|<!--|;)")
_MARK = re.compile(r"(?::|^\s*-)\s+([*&!%@`,\]}]|\?(?=\s))")
_OPENS_BLOCK = re.compile(r":\s+[|>][+-]?\s*$")
_CONTROL: re.Pattern[str] = yaml.reader.Reader.NON_PRINTABLE
_BLOCK = re.compile(r":\s+[|>][+-]?\s+[^\s#]")
_WHY = {
    _NO_COLON: "‘이름: 값’의 콜론(:)이 빠졌거나 들여쓰기가 앞줄과 다릅니다",
    _MAPPING: '글 안에 ‘: ’이 있으면 글 전체를 "따옴표"로 감싸야 합니다. 들여쓰기도 살펴보세요',
    "found character '\\t'": "탭으로 들여 쓸 수 없습니다. 빈칸으로 바꿔 주세요",
    "tab character": "탭으로 들여 쓸 수 없습니다. 빈칸으로 바꿔 주세요",
    "cannot start any token": '이 글자로 시작하는 글은 "따옴표"로 감싸고, 탭은 빈칸으로 바꿔 주세요',
    _STOPPED: "여기서 연 따옴표가 닫히지 않았습니다",
    "expected ',' or ']'": '대괄호 [ ]의 짝이 맞지 않거나 쉼표가 빠졌습니다. [로 시작하는 글은 "따옴표"로 감싸세요',
    "expected ',' or '}'": '중괄호 { }의 짝이 맞지 않거나 쉼표가 빠졌습니다. {로 시작하는 글은 "따옴표"로 감싸세요',
    "did not find expected '-' indicator": "목록의 ‘- ’가 앞 항목과 같은 칸에서 시작해야 합니다",
    "did not find expected key": "들여쓰기가 앞줄과 다르거나 따옴표가 맞지 않습니다",
    "did not find expected <document start>": "맨 앞 칸에 있어야 할 이름이나 ‘- ’가 없습니다. 들여쓰기를 살펴보세요",
    "did not find expected node content": "값이 있어야 할 자리에 다른 것이 있습니다. 쉼표와 괄호를 살펴보세요",
    "block sequence entries are not allowed": "‘- ’는 이름과 같은 줄에 올 수 없습니다. 다음 줄에 적으세요",
    "unknown escape character": '"겹따옴표" 안에서 \\는 \\\\로 적거나, 홑따옴표로 감싸세요',
    "control characters": "보이지 않는 제어 문자가 있습니다. 그 글자를 지우세요",
    "special characters": "보이지 않는 제어 문자가 있습니다. 그 글자를 지우세요",
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
    def __init__(self, file: str, events: Iterator[Any], problems: list[Problem], odd: Sequence[int] = ()) -> None:
        """`odd`: positions of line breaks that YAML recognises and editors do not."""
        self.file, self.events, self.problems, self.odd = file, events, problems, odd

    def fault(self, line: int, message: str, hint: str, code: str) -> None:
        self.problems.append(Problem(self.file, line, message, hint, code))

    def line_of(self, event: Any) -> int:
        """Return the line of an event as an editor numbers it."""
        mark = event.start_mark
        return int(mark.line) + 1 - (bisect_left(self.odd, mark.index) if self.odd else 0)

    def value(self, event: Any) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return _PLAIN.get(event.value, event.value) if event.style is None or event.style == "" else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence()
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(event)
        self.fault(self.line_of(event), "별칭(*이름)은 쓸 수 없습니다", "값을 그대로 적어 주세요", "yaml-alias")
        return None

    def sequence(self) -> list[Any]:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event))
        return items

    def mapping(self, start: Any) -> Node:
        node = Node(self.line_of(start))
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = self.line_of(event)
            key = str(self.value(event))
            value = self.value(next(self.events))
            if key in node:
                self.fault(line, f"'{key}' 항목이 두 번 있습니다", "하나만 남겨 주세요", "yaml-duplicate-key")
                continue
            node[key] = value
            node.lines.append(line)
        return node


def bytes_of(path: Path, name: str, problems: list[Problem]) -> bytes | None:
    """Return the contents of a file, or `None` after adding the fault to `problems`."""
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
    """Return the one document in a file's contents (`None` if empty or broken), adding faults to `problems`."""
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
        problems += _causes(name, text) or [_syntax(name, text, error)]
        return None


def _causes(name: str, text: str) -> list[Problem]:
    """Return the typing slips in a file that cannot be read: they are the cause, not what YAML makes of them."""
    return [Problem(name, s.line, s.message, s.hint, f"yaml-{s.code}") for s in slips(text) if s.code != "nfd"]


def _syntax(name: str, text: str, error: yaml.YAMLError) -> Problem:
    detail = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    if isinstance(error, yaml.MarkedYAMLError) and (detail == _NO_COLON or _STOPPED in detail):
        mark = error.context_mark or mark  # where the name or the quotation begins, not where the reader gave up
    control = _CONTROL.search(text)
    line = _line_at(text, control.start() if control else 0)
    if mark:
        line = mark.line + 1 - len(_ODD_BREAK.findall(text[: mark.index]))
    return Problem(name, line, "YAML 형식이 잘못되었습니다", _hint(text, line, detail), "yaml-syntax")


def _hint(text: str, line: int, detail: str) -> str:
    """Return how to mend what the parser stumbled over: judged by the line, or by the parser's message."""
    typed = text.split("\n")[line - 1] if line <= text.count("\n") + 1 else ""
    if found := _BRACES_WITHIN.search(typed) or _BRACKET.search(typed) or _MARK.search(typed):
        return _QUOTE.format(found[1])
    if _HALF_QUOTED.search(typed):
        return "따옴표로 시작하는 글은 끝까지 한 따옴표로 감싸고, 글 안의 따옴표는 ‘ ’로 적으세요"
    if _REMARK.search(typed):
        return "설명을 적는 줄은 ‘# ’로 시작합니다"
    if _BLOCK.search(typed):
        return "| 나 > 뒤에는 아무것도 적지 말고, 다음 줄부터 두 칸 들여서 글을 적으세요"
    if line > 1 and _OPENS_BLOCK.search(text.split("\n")[line - 2]):
        return "| 나 > 다음 줄의 글은 그 이름보다 두 칸 더 들여서 적으세요"
    if (_MAPPING in detail or "expected key" in detail) and _is_deeper(text, line):
        return "앞줄보다 더 들여 썼습니다. 앞줄의 이름과 같은 칸에서 시작하세요"
    return next((words for part, words in _WHY.items() if part in detail), _LOOK)


def _line_at(text: str, position: int) -> int:
    return text[:position].count("\n") + 1


def _is_deeper(text: str, line: int) -> bool:
    """Tell whether a line is indented deeper than the complete one before it."""
    lines = text.split("\n")[:line]
    if len(lines) < 2 or not re.match(r"\s*[\w-]+:(?:\s|$)", lines[-1]):
        return False
    before = next((one for one in reversed(lines[:-1]) if one.strip() and not one.lstrip().startswith("#")), "")
    found = re.match(r"(\s*(?:- +)*)[\w-]+:\s+\S", before)
    return bool(found) and len(lines[-1]) - len(lines[-1].lstrip()) > len(found[1] if found else "")


def _document(name: str, text: str, problems: list[Problem]) -> Any:
    events = iter(yaml.parse(text, Loader=_Loader))
    reader = _Reader(name, events, problems, [m.start() for m in _ODD_BREAK.finditer(text)])
    result: Any = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                reader.fault(
                    reader.line_of(event),
                    "한 파일에 문서(---)가 둘 이상 있습니다",
                    "파일을 나눠 주세요",
                    "yaml-documents",
                )
                break
            result = reader.value(next(events))
    return result
