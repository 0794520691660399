"""Typing slips in the text of a YAML file, line by line: what looks right to people but not to YAML.

Each knows how its line would be right. Where a file cannot be read, these are told instead of what YAML makes of them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_KEY = r"^(?P<head>\s*(?:-\s+)*[^\s#:：\"'\[\]{}“”-][^\s:：]*)"
_WIDE_DASH = re.compile(r"^(?P<head>\s*(?:-\s+)*)[－–—−](?P<rest>\s*[a-z_]+\s*:(?:\s.*)?)$")
_TIGHT_DASH = re.compile(r"^(?P<head>\s*(?:-\s+)*)-(?P<rest>[a-z_]+:(?:\s.*)?)$")
_ESCAPE = re.compile(r"^\s*(?:-\s+)*(?:[^\s#:]+:\s+)?\"(?:[^\"\\]|\\.)*?(?P<sign>\\[abefrtv])")
_ASCII_SLIP = re.compile(r"^\s*-[a-z_]+:|\t|^<{7}|\\", re.MULTILINE)
_WIDE_COMMAS = re.compile(
    r"^(?P<head>\s*(?:-\s+)*[a-z_]+:\s+\[|\s*-\s+\[)(?P<value>[^\[\]\"']*[，、][^\[\]\"']*)\](?P<tail>\s*)$"
)
_MERGE = re.compile(r"^(?:<{7}|>{7}|={7}|\|{7})(?:\s|$)")
_TAB = re.compile(r"^ *\t[ \t]*")
_ODD_INDENT = re.compile(rf"^[ \t]*[{_SPACES}][ \t{_SPACES}]*")
_WIDE_COLON = re.compile(rf"{_KEY}\s*：(?P<rest>.*)$")
_ODD_GAP = re.compile(rf"{_KEY}:(?P<gap>[ ]*[{_SPACES}][ {_SPACES}]*)(?P<rest>.*)$")
_WIDE_BRACKETS = re.compile(r"^(?P<head>\s*(?:-\s+)*[^\s#:]+:\s+|\s*-\s+)(?P<value>［.*］|｛.*｝)\s*$")
_CURLY = re.compile(r"^(?P<head>\s*(?:-\s+)*[^\s#:]+:\s+|\s*-\s+)[“”‘’„](?P<value>[^“”‘’„]*)[“”‘’](?P<tail>\s*)$")
_ODD_BREAK = re.compile("[\x85\u2028\u2029]")
_WIDE = str.maketrans("［］｛｝，：", "[]{},:")


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip on one line (1-based), and the line as it would be right; `None` where only a person can tell."""

    line: int
    code: str
    message: str
    hint: str
    right: str | None = None


def slips(text: str) -> list[Slip]:
    """Return the slips in a text, in order of their lines; a decomposed (NFD) text yields one for the whole file."""
    if text.isascii() and not _ASCII_SLIP.search(text):
        return []
    found = [slip for number, line in enumerate(text.split("\n"), 1) for slip in _of_line(number, line.rstrip("\r"))]
    merges = [s for s in found if s.code == "merge-marker"]
    found = [s for s in found if s.code != "merge-marker"] + merges[:1]
    if not unicodedata.is_normalized("NFC", text):
        lines = text.split("\n")
        number = next(i for i, line in enumerate(lines, 1) if not unicodedata.is_normalized("NFC", line))
        hint = "맥에서 온 글이면 helpdesk knowledge check --fix로 모아 쓸 수 있습니다"
        found.append(Slip(number, "nfd", "한글이 자모로 풀어져 있습니다(NFD)", hint))
    return sorted(found, key=lambda s: s.line)


def mended(text: str) -> str:
    """Return a text with every slip corrected that can be. Idempotent."""
    lines = unicodedata.normalize("NFC", text).split("\n")
    for number, line in enumerate(lines):
        end = "\r" if line.endswith("\r") else ""
        body = line.removesuffix("\r")
        for _ in range(4):  # a line may have several
            right = next((s.right for s in _of_line(0, body) if s.right is not None and s.right != body), None)
            if right is None:
                break
            body = right
        lines[number] = body + end
    return "\n".join(lines)


def _of_line(number: int, line: str) -> Iterator[Slip]:
    for look in _LOOKS:
        slip = look(number, line)
        if slip is not None:
            yield slip


def _merge(number: int, line: str) -> Slip | None:
    if not _MERGE.match(line):
        return None
    message = "git이 합치다 만 자국(<<<<<<<, =======, >>>>>>>)이 남아 있습니다"
    return Slip(number, "merge-marker", message, "두 쪽 가운데 남길 줄만 두고 이 표시가 있는 줄은 지우세요")


def _tab(number: int, line: str) -> Slip | None:
    found = _TAB.match(line)
    if not found or not line.strip():
        return None
    right = found.group().replace("\t", "  ") + line[found.end() :]
    return Slip(number, "tab", "탭으로 들여 쓴 줄입니다", "탭 대신 빈칸을 쓰세요", right)


def _odd_indent(number: int, line: str) -> Slip | None:
    found = _ODD_INDENT.match(line)
    if not found or not line.strip():
        return None
    spaces = "".join("  " if ch == "\u3000" else " " for ch in found.group())
    kind = "전각 빈칸" if "\u3000" in found.group() else "줄 바꿈 없는 빈칸(NBSP)"
    return Slip(
        number, "odd-indent", f"{kind}으로 들여 쓴 줄입니다", "보통 빈칸을 쓰세요", spaces + line[found.end() :]
    )


def _wide_colon(number: int, line: str) -> Slip | None:
    found = _WIDE_COLON.match(line)
    if not found or line.lstrip().startswith("#") or not re.search(r"[A-Za-z_]$", found["head"]):
        return None
    right = f"{found['head']}: {found['rest'].lstrip()}".rstrip()
    return Slip(number, "wide-colon", "이름 뒤의 콜론이 전각(：)입니다", "보통 콜론(:)과 빈칸을 쓰세요", right)


def _odd_gap(number: int, line: str) -> Slip | None:
    found = _ODD_GAP.match(line)
    if not found or line.lstrip().startswith("#"):
        return None
    message = "콜론 뒤의 빈칸이 보통 빈칸이 아닙니다(NBSP나 전각)"
    return Slip(number, "odd-gap", message, "보통 빈칸을 쓰세요", f"{found['head']}: {found['rest']}")


def _wide_brackets(number: int, line: str) -> Slip | None:
    found = _WIDE_BRACKETS.match(line)
    if not found:
        return None
    right = found["head"] + found["value"].translate(_WIDE)
    return Slip(
        number, "wide-brackets", "목록의 괄호가 전각(［ ］)입니다", "보통 괄호([ ])와 쉼표(,)를 쓰세요", right
    )


def _dash(number: int, line: str) -> Slip | None:
    if found := _WIDE_DASH.match(line):
        right = f"{found['head']}- {found['rest'].lstrip()}"
        message = "줄 머리의 줄표가 보통 붙임표(-)가 아닙니다"
        return Slip(number, "wide-dash", message, "보통 붙임표(-)와 빈칸을 쓰세요", right)
    if found := _TIGHT_DASH.match(line):
        right = f"{found['head']}- {found['rest']}"
        return Slip(number, "tight-dash", "목록의 붙임표(-) 뒤에 빈칸이 없습니다", "‘- ’처럼 한 칸 띄우세요", right)
    return None


def _escape(number: int, line: str) -> Slip | None:
    found = _ESCAPE.match(line)
    if not found:
        return None
    message = f"겹따옴표 안의 {found['sign']}은(는) 그 글자가 아니라 보이지 않는 글자가 됩니다"
    return Slip(number, "escape", message, "\\를 보이려면 \\\\로 적거나 홑따옴표(' ')로 감싸세요")


def _wide_commas(number: int, line: str) -> Slip | None:
    found = _WIDE_COMMAS.match(line)
    if not found:
        return None
    value = re.sub(r"\s*[，、]\s*", ", ", found["value"])
    message = "목록의 쉼표가 전각(， 、)이라 한 덩이로 읽힙니다"
    return Slip(
        number, "wide-commas", message, "보통 쉼표(,)와 빈칸을 쓰세요", f"{found['head']}{value}]{found['tail']}"
    )


def _curly(number: int, line: str) -> Slip | None:
    found = _CURLY.match(line)
    if not found:
        return None
    value = found["value"].replace("\\", "\\\\").replace('"', '\\"')
    message = "글 전체가 둥근따옴표(“ ”)로 싸여 있어, 따옴표까지 그대로 보입니다"
    return Slip(
        number, "curly-quotes", message, '따옴표를 빼거나 곧은 따옴표(")를 쓰세요', f'{found["head"]}"{value}"'
    )


def _odd_break(number: int, line: str) -> Slip | None:
    if not _ODD_BREAK.search(line):
        return None
    message = "보이지 않는 줄 바꿈(U+2028 따위)이 있습니다"
    return Slip(number, "odd-break", message, "그 글자를 지우거나 Enter로 줄을 바꾸세요", _ODD_BREAK.sub(" ", line))


_LOOKS: tuple[Callable[[int, str], Slip | None], ...] = (
    _merge,
    _tab,
    _odd_indent,
    _wide_colon,
    _odd_gap,
    _wide_brackets,
    _wide_commas,
    _dash,
    _escape,
    _curly,
    _odd_break,
)
