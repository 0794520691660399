"""What pydantic found in an item, in the editor's words: the cause, the line, and the remedy."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import ValidationError

from bot.hangul import compact
from bot.knowledge.schema import Doc
from bot.knowledge.yamlfile import Node
from bot.words import Problem

_MESSAGES = {
    "missing": "'{key}' 항목이 빠졌습니다",
    "extra_forbidden": "'{key}'은(는) 모르는 항목입니다",
    "string_type": "'{key}'에는 글을 적어야 합니다",
    "string_too_short": "'{key}'이(가) 비어 있습니다",
    "string_pattern_mismatch": "'{key}'의 형식이 맞지 않습니다: {input}",
    "string_too_long": "'{key}'이(가) 너무 깁니다",
    "list_type": "'{key}'에는 목록(- 로 시작하는 줄들)을 적어야 합니다",
    "dict_type": "'{key}'에는 이름: 값 꼴을 적어야 합니다",
    "model_type": "'{key}'에는 이름: 값 꼴을 적어야 합니다",
    "bool_parsing": "'{key}'에는 true 또는 false를 적어야 합니다: {input}",
    "literal_error": "'{key}'에 쓸 수 없는 값입니다: {input}",
    "float_parsing": "'{key}'에는 수를 적어야 합니다: {input}",
    "greater_than_equal": "'{key}'이(가) 너무 작습니다: {input}",
    "less_than_equal": "'{key}'이(가) 너무 큽니다: {input}",
    "date": "'{key}'의 날짜가 잘못되었습니다: {input}",
}
_COMMA = '{ }와 [ ] 안에서 쉼표가 든 글은 "따옴표"로 감싸야 합니다'
_MISSING_VALUE = f"값을 적거나 줄을 지우세요. {_COMMA}"
_PHASES = "날짜에 따라 바뀌는 답은 answer 대신 phases에 적습니다: [{until: 2026-11-24, answer: …}, {answer: …}]"
_DAY = "2026-11-24처럼 적습니다"
_FORMS = {
    "id": "영문 소문자·숫자·붙임표로 적습니다",
    "url": "http:// 나 https:// 로 시작해야 합니다",
    "sha256": "16진수 64자입니다. helpdesk knowledge sources --file 자료 --source ID --record가 적어 줍니다",
    "date": "2026, 2026-11, 2026-11-24 가운데 한 꼴로 적습니다",
    "as_of": "2026, 2026-11, 2026-11-24 가운데 한 꼴로 적습니다",
    "holidays": "나라 이름 두 글자입니다. 한국은 KR",
    "until": "2026-11-24 또는 2026-11-24T18:00처럼 적습니다",
} | dict.fromkeys("월화수목금토일", "09:00-18:00처럼 적습니다")
_KOREAN = {
    "답": "answer", "답변": "answer", "질문": "questions", "물음": "questions", "출처": "sources", "시험": "tests",
    "상태": "status", "주제": "topic", "담당": "owner", "담당자": "owner", "관련": "related", "영어": "english", "제목": "title",
    "이름": "name", "전화": "phone", "전화번호": "phone", "주소": "address", "메모": "note", "별칭": "aliases", "값": "value",
    "확인한날": "verified_on", "확인일": "verified_on", "알림": "notice", "날짜": "date", "아이디": "id",
}  # fmt: skip
_LIKE = 0.66
"""Likeness of two ids of three letters, two of them swapped."""
_UNION = frozenset({"date", "datetime"})
"""What pydantic adds to the location of a union: no key of the file."""
_NAME = "[key]"
"""What pydantic adds to the place of a name that may not stand in a mapping."""
_COLON = '글 안에 ‘: ’이 있으면 글 전체를 "따옴표"로 감싸야 합니다'
_ONE_TEXT = (
    '글 하나를 적는 자리입니다. [로 시작하는 글은 전체를 "따옴표"로 감싸고, 여러 줄은 ‘이름: |’ 아래에 적으세요'
)
MEANT = "을(를) 적으려 했나요?"
"""How a hint ends that names what was probably meant."""
LISTED = "한 줄에 하나씩 ‘- ’로 시작해 적으세요"
_HINTS = {
    "missing": "지식 README의 형식을 보세요",
    "string_too_short": "글을 적거나, 없어도 되는 것이면 지우세요",
    "list_type": LISTED,
}


def checked(model: type[Doc], node: Any, file: str, line: int, problems: list[Problem]) -> Any:
    """Return the document, or `None` after reporting every fault in it."""
    try:
        return model.model_validate(node)
    except ValidationError as error:
        told = {(p.line, p.message): p for p in reversed([*_translated(error, node, model, file, line)])}
        problems += reversed(told.values())  # a union yields two faults for one value
        return None


def usable(model: type[Doc], node: Any) -> Any:
    """Return the document without the keys that are at fault."""
    try:
        return model.model_validate(node)
    except ValidationError as error:
        bad = {str(f["loc"][0]) for f in error.errors() if f["loc"]}
        return model.model_validate({k: v for k, v in node.items() if k not in bad} if isinstance(node, Node) else {})


def _translated(error: ValidationError, node: Any, model: type[Doc], file: str, line: int) -> Iterator[Problem]:
    for fault in error.errors(include_url=False):
        path = fault["loc"]
        if path and path[-1] == _NAME:  # of a name that may not stand there: what it stands in is meant
            path = path[:-2]
        while path and path[-1] in _UNION and not (isinstance(_at(node, path[:-1]), Node)):
            path = path[:-1]
        kind = "date" if str(fault["type"]).startswith("date") else str(fault["type"])
        key = next((str(p) for p in reversed(path) if isinstance(p, str)), "항목")
        message = _MESSAGES.get(kind, "'{key}'의 값이 맞지 않습니다: {input}")
        message = message.format(key=key, input=repr(fault.get("input"))[:60])
        hint = _hint(kind, key, fault, _model_at(model, path[:-1]))
        if kind == "string_type" and fault.get("input") is None:
            message, hint, kind = f"'{key}'의 값이 없습니다", _MISSING_VALUE, "value-missing"
        subject = f"[{node['id']}] " if isinstance(node, Node) and isinstance(node.get("id"), str) else ""
        where = next((str(p) for p in path if isinstance(p, str)), "")
        code = f"{where}:{fault['type'] if kind == 'date' else kind}"
        yield Problem(file, line_of(node, path) or line, subject + message, hint, code)


def _hint(kind: str, key: str, fault: Any, model: type[Doc] | None) -> str:
    if kind == "extra_forbidden":
        return _of_unknown(
            key, fault.get("input"), [f.alias or n for n, f in model.model_fields.items()] if model else []
        )
    if kind == "literal_error":
        allowed = str(fault.get("ctx", {}).get("expected", "")).replace(" or ", ", ").replace("'", "").split(", ")
        return nearest(str(fault.get("input")), allowed, "쓸 수 있는 값")
    if kind in ("date", "string_pattern_mismatch"):
        return _FORMS.get(key, _DAY if kind == "date" else "")
    if kind == "string_type" and isinstance(fault.get("input"), dict | list):
        return _COLON if isinstance(fault["input"], dict) else _ONE_TEXT
    return _HINTS.get(kind, "")


def _of_unknown(key: str, value: Any, known: Sequence[str]) -> str:
    near = nearest(key, known)
    if MEANT in near:
        return near
    if value is None:  # between two commas: a part of the text before
        return _COMMA
    return _PHASES if key == "until" else near


def _model_at(model: type[Doc], path: Sequence[Any]) -> type[Doc] | None:
    """Return the form of what stands at a place in a document; `None` where it has none of its own."""
    found: type[Doc] | None = model
    for step in (p for p in path if isinstance(p, str)):
        fields = found.model_fields.items() if found else ()
        kinds = (field.annotation for name, field in fields if step in (name, field.alias))
        found = next((form for kind in kinds if (form := _form_in(kind)) is not None), None)
    return found


def _form_in(kind: Any) -> type[Doc] | None:
    """Return the form of a mapping in a type: in it, in a list of it, or beside other types."""
    if isinstance(kind, type) and issubclass(kind, Doc):
        return kind
    return next((form for part in get_args(kind) if (form := _form_in(part)) is not None), None)


def nearest(name: str, known: Sequence[str], kind: str = "쓸 수 있는 항목") -> str:
    """Return the name that was probably meant, or all there are."""
    meant = _KOREAN.get(name.replace(" ", ""), "")
    near = [meant] if meant in known else get_close_matches(name.lower(), known, 1, 0.6)
    if near:
        return f"'{near[0]}'{MEANT}"
    return f"{kind}: {', '.join(known)}" if known else "철자를 살펴보세요"


def suggested(name: str, known: Iterable[str], hint: str, called: Iterable[tuple[str, str]] = ()) -> str:
    """Return that the nearest known name was probably meant; where none is near, another hint.

    `called`: titles, addresses and questions that people write instead of an id, each with that id.
    """
    key = compact(name)
    meant = next((id for text, id in called if key and compact(text) == key), "")
    near = [meant] if meant else get_close_matches(name, list(known), 1, _LIKE)
    return f"'{near[0]}'{MEANT}" if near else hint


def _at(node: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        if isinstance(node, Node):
            node = node.get(str(step))
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node


def line_of(node: Any, path: tuple[Any, ...]) -> int:
    """Return the line of the innermost key on a path that is in the file."""
    line = 0
    for step in path:
        if isinstance(node, Node):
            line = node.line_of(str(step))
            node = node.get(str(step))
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
            line = node.line if isinstance(node, Node) else line
    return line
