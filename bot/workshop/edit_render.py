"""Values to YAML text in the style of the knowledge files, quoted only where it must be."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import yaml

from bot.knowledge import yamlfile

Value: TypeAlias = "str | date | bool | float | Sequence[Value] | Mapping[str, Value]"
"""What may be written. Text stays text, whatever it looks like; dates are written without quotes."""

_LONG = 100
"""Characters from which a list or a text no longer fits on the line of its key."""
_INLINE_LISTS = frozenset({"sources", "related", "about", "only", "needs", "choices"})
_BLOCK_LISTS = frozenset({"questions", "phases", "answers"})
_NOT_IN_FLOW = frozenset("[]{},:")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x85": "\\N", "\u2028": "\\L"}


def scalar(text: str, *, flow: bool, style: str | None = None) -> str:
    """Return a text on one line, so that YAML reads exactly this text: as it is where that is safe, else in quotes.

    `flow`: it is within brackets. `style`: the quotes of what it replaces, kept where they will do.
    """
    single = "'" + text.replace("'", "''") + "'"
    wanted = {"'": [single], '"': []}.get(style or "", [text] if _may_be_plain(text, flow) else [])
    if style != '"' and '"' in text and "'" not in text:
        wanted.append(single)
    return next((c for c in wanted if _reads_as(c, text, flow)), _double(text))


def _may_be_plain(text: str, flow: bool) -> bool:
    if flow and _NOT_IN_FLOW & set(text):
        return False
    try:
        return bool(text) and yaml.safe_load(text) == text and not yamlfile.is_special(text)
    except (yaml.YAMLError, ValueError):  # 2022-06-31 looks like a date
        return False


def _reads_as(candidate: str, text: str, flow: bool) -> bool:
    frame = f"[{candidate}, 1]" if flow else f"k: {candidate}\n"
    try:
        found = [e for e in yaml.parse(frame, Loader=yaml.SafeLoader) if isinstance(e, yaml.ScalarEvent)]
    except yaml.YAMLError:
        return False
    return len(found) == 2 and found[0 if flow else 1].value == text


def _double(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(ch) or _escaped(ch) for ch in text) + '"'


def _escaped(ch: str) -> str:
    code = ord(ch)
    if ch == "\ufeff" or ch == "\u2029" or not _printable(code):
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return ch


def _printable(code: int) -> bool:
    """Tell whether YAML allows a character unescaped. Source: YAML 1.1, 5.1 c-printable."""
    return 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF


def literal(text: str) -> list[str] | None:
    """Return the lines of a text for a literal block, without indentation; `None` where it cannot be one."""
    lines = text.rstrip("\n").split("\n")
    body = "\n".join(lines)
    plain = all(ch == "\n" or ch == "\t" or (_printable(ord(ch)) and ch not in "\u2028\u2029\ufeff") for ch in body)
    if (
        not plain
        or not body.strip()
        or lines[0] != lines[0].lstrip()
        or any(line and not line.strip() for line in lines)
    ):
        return None
    return lines


def wants_literal(text: str) -> bool:
    """Tell whether a text reads better as a block of its own."""
    return "\n" in text.strip("\n") or len(text) > _LONG


def inline(value: Value, *, flow: bool, style: str | None = None) -> str:
    """Return a value on one line."""
    if isinstance(value, str):
        return scalar(value, flow=flow, style=style)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {inline(v, flow=True)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(inline(v, flow=True) for v in value) + "]"
    return str(value)


def pair(key: str, value: Value) -> list[str]:
    """Return a key with its value as the lines of a block mapping, without indentation."""
    if isinstance(value, str):
        lines = literal(value) if wants_literal(value) else None
        return [f"{key}: |", *_indented(lines, 2)] if lines else [f"{key}: {scalar(value, flow=False)}"]
    if isinstance(value, Mapping) and value:
        return [f"{key}:", *_indented([line for k, v in value.items() for line in pair(k, v)], 2)]
    if isinstance(value, Sequence) and value and _stands_in_lines(key, value):
        return [f"{key}:", *(line for v in value for line in item(v))]
    return [f"{key}: {inline(value, flow=False)}"]


def _stands_in_lines(key: str, value: Sequence[Value]) -> bool:
    return key in _BLOCK_LISTS or (key not in _INLINE_LISTS and len(inline(value, flow=False)) > _LONG)


def item(value: Value) -> list[str]:
    """Return a value as the lines of an item of a block sequence, without indentation."""
    if isinstance(value, Mapping) and value:
        first, *rest = [line for k, v in value.items() for line in pair(k, v)]
        return [f"- {first}", *_indented(rest, 2)]
    return [f"- {inline(value, flow=False)}"]


def _indented(lines: Sequence[str], by: int) -> list[str]:
    return [" " * by + line if line else "" for line in lines]


def section(name: str, items: Sequence[Mapping[str, Any]]) -> str:
    """Return a new file's section: its name and its items, one below the other."""
    return "\n".join([f"{name}:", *(line for i in items for line in item(i))]) + "\n"
