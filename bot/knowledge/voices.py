"""Voices: what people type, by author, as plain text apart from the answers, so that authors can be left out.

A file `voices/<author>/<topic>.txt` has a section for each entry, `[id]`, and a question on each line. Besides ids a
section may be named `-` (nothing may answer this) or `talk:<label>` (small talk or an act of conversation). A fault
concerns its own lines: they are left out, and all others count.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import get_args

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.documents import Item
from bot.knowledge.schema import TalkLabel
from bot.words import LabelledDialogue, LabelledTurn, Problem

OUTSIDE = "-"
"""The section of what nothing may answer."""
TALK = "talk:"
TALK_LABELS: frozenset[str] = frozenset(get_args(TalkLabel))
ACTS = frozenset({"talk", "person", "ask", "repeat", "none"})
"""What a turn of a labelled dialogue may want besides entries."""
LONGEST = 400
"""Characters of a line; longer ones are not questions but documents."""
HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufff9-\ufffd\uffa0]|(?<![\u203c-\u3299\ufe0f\U0001f000-\U0001faff])\u200d"
)
"""Invisible characters: control, direction, fillers; a joiner is fine only between emoji."""
_PRINTABLE = "\u115f\u1160\u3164\uffa0\ufffc\ufffd"
"""Those of them that Python considers printable."""
_MOST_HINTS = 20
"""Unknown ids for which the nearest known one is looked up: that takes milliseconds each."""
_MARKS = "#[\\"
_HEADER = re.compile(r"\[\s*([^\[\]]+?)\s*\]")


@dataclass(frozen=True, slots=True)
class Section:
    """What is listed under one name in one file: questions with their lines (1-based)."""

    name: str
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)


def author_of(name: str) -> str:
    """Return whose voices a file holds; empty where it is not in an author's folder."""
    parts = PurePosixPath(name).parts
    return parts[1] if len(parts) == 3 else ""


def written(text: str) -> str:
    """Return a question as written in a file: with a backslash before what would be read as something else."""
    return "\\" + text if text == "#" or text.startswith(("# ", "[", "\\#", "\\[", "\\\\")) else text


def read(line: str) -> str:
    """Return the question on a line. Undoes `written`."""
    return line[1:] if line.startswith(("\\#", "\\[", "\\\\")) else line


def parse(data: bytes, name: str, problems: list[Problem]) -> list[Section]:
    """Return the sections of a file in order, adding every fault to `problems`. Never raises."""
    text = _decoded(data, name, problems)
    parser = _Parser(name, problems)
    if text is not None:
        parser.take(text)
    return parser.sections


def _decoded(data: bytes, name: str, problems: list[Problem]) -> str | None:
    try:
        return data.decode("utf-8").replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        likely = _likely_encoding(data)
        message = "UTF-8로 저장된 파일이 아닙니다" + (f"({likely}인 듯합니다)" if likely else "")
        problems.append(Problem(name, line, message, "편집기에서 UTF-8로 다시 저장해 주세요", "voices-encoding"))
        return None


def _likely_encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        data.decode("cp949")
    except UnicodeDecodeError:
        return ""
    return "CP949"


class _Parser:
    """Reads one file. A section without a name leads nowhere: so do the lines before the first one."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name, self.problems = name, problems
        self.section = Section("", 0)
        self.sections: list[Section] = []
        self.empty = False

    def fault(self, line: int, message: str, hint: str, code: str) -> None:
        self.problems.append(Problem(self.name, line, message, hint, code))

    def take(self, text: str) -> None:
        before = lines = self.section.lines
        unsure = _may_hide(text)
        for number, raw in enumerate(text.split("\n"), 1):
            line = raw.strip()
            if line and (unsure or line[0] in _MARKS or len(line) > LONGEST):
                self.special(line, number)
                lines = self.section.lines
            elif line:
                lines.append((number, line))
        self.close()
        if before:
            hint = "첫 질문보다 먼저 [항목id]를 한 줄로 적으세요. 설명은 ‘# ’로 시작합니다"
            self.fault(before[0][0], "어느 항목의 말인지 알 수 없는 줄이 있습니다", hint, "voices-before-section")

    def special(self, line: str, number: int) -> None:
        """Take a line that may be something other than a question."""
        if line == "#" or line.startswith("# "):
            return
        if line[0] == "[":
            self.header(line, number)
        elif len(line) > LONGEST:
            self.unfit(number, f"한 줄이 {len(line)}자입니다", f"{LONGEST}자 안으로 줄이세요", "voices-long")
        elif found := HIDDEN.findall(line):
            points = ", ".join(dict.fromkeys(f"U+{ord(c):04X}" for c in found))
            hint = "그 글자를 지우거나 줄을 다시 입력하세요"
            self.unfit(number, f"보이지 않는 글자가 있습니다: {points}", hint, "voices-hidden")
            if HIDDEN.sub("", line).startswith("["):
                self.open("", number)  # the questions below it cannot be assigned to anything
        else:
            self.section.lines.append((number, read(line)))

    def header(self, line: str, number: int) -> None:
        found = _HEADER.fullmatch(line)
        self.open(found[1] if found else "", number)
        if not found:
            hint = "한 줄에 [항목id]만 적으세요. [로 시작하는 질문은 앞에 \\를 붙입니다. 다음 [항목id]까지는 쓰지 않습니다"
            self.fault(number, f"항목 줄이 잘못되었습니다: {line[:40]}", hint, "voices-header")

    def open(self, name: str, number: int) -> None:
        self.close()
        self.section, self.empty = Section(name, number), True

    def close(self) -> None:
        """End the present section."""
        done = self.section
        if done.name and done.lines:
            self.sections.append(done)
        elif done.name and self.empty:
            hint = "질문을 한 줄에 하나씩 적거나 이 줄을 지우세요"
            self.fault(done.line, f"[{done.name}]에 질문이 없습니다", hint, "voices-empty")

    def unfit(self, number: int, message: str, hint: str, code: str) -> None:
        self.fault(number, message, hint, code)
        self.empty = False


def _may_hide(text: str) -> bool:
    """Tell whether hidden characters are worth looking for: nearly no file has any, and looking for them is slow."""
    return not text.replace("\n", "").isprintable() or any(c in text for c in _PRINTABLE)


class Names:
    """What a section may be called, in one knowledge base. `waiting`: entries that are in a file but not served."""

    def __init__(self, base: KnowledgeBase, waiting: Container[str] = ()) -> None:
        self.base, self.waiting = base, waiting
        self._hints = 0

    def present(self, name: str) -> str | None:
        """Return what a name means now, or `None` where that is nothing that is served."""
        if (
            name in self.base.entries
            or name == OUTSIDE
            or (name.startswith(TALK) and name[len(TALK) :] in TALK_LABELS)
        ):
            return name
        return self.base.moved.get(name)

    def is_waiting(self, name: str) -> bool:
        """Tell whether a name is of an entry, or of a template's, that is not served yet."""
        return name in self.waiting or name.partition(".")[0] in self.waiting

    def unknown(self, name: str, file: str, line: int) -> Problem:
        """Return the fault of a name that means nothing."""
        return Problem(file, line, f"말이 붙은 항목 '{name}'이(가) 없습니다", self._hint(name), "unknown-entry")

    def _hint(self, name: str) -> str:
        if name.startswith(TALK):
            return f"쓸 수 있는 말: {', '.join(sorted(TALK_LABELS))}"
        if self.base.taken_back(name):
            return "거둔 항목입니다. 이 말들을 다른 항목으로 옮기거나 지우세요"
        if frame := next((f for f in self.base.frames if f.id == name and f.slot), None):
            return f"틀은 이름까지 적습니다: {next(iter(frame.entries.values())).id}"
        self._hints += 1
        near = get_close_matches(name, self.base.entries, 1) if self._hints <= _MOST_HINTS else []
        return f"혹시 '{near[0]}'인가요?" if near else "id를 살피세요"


_Kept = dict[str, dict[str, tuple[str, Section]]]
"""For one author, by what a section means: each question and its place."""


def voices_of(
    files: Mapping[str, bytes], names: Names, problems: list[Problem]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what is said in files, by author and by what it asks for, adding every fault to `problems`."""
    found: dict[str, _Kept] = {}
    for file, data in files.items():
        if author := author_of(file):
            _take(found.setdefault(author, {}), file, data, names, problems)
        else:
            message, hint = "누구의 말인지 알 수 없는 파일입니다", "voices/누구/주제.txt에 두세요"
            problems.append(Problem(file, 0, message, hint, "voices-place"))
    return {author: {name: tuple(kept) for name, kept in of.items() if kept} for author, of in found.items()}


def _take(found: _Kept, file: str, data: bytes, names: Names, problems: list[Problem]) -> None:
    for section in parse(data, file, problems):
        now = names.present(section.name)
        if now is None:
            if not names.is_waiting(section.name):
                problems.append(names.unknown(section.name, file, section.line))
            continue
        kept = found.setdefault(now, {})
        fresh = dict.fromkeys([text for _, text in section.lines], (file, section))
        if len(fresh) < len(section.lines) or not kept.keys().isdisjoint(fresh):
            problems += _twice(kept, file, section)
        kept |= fresh


def _twice(kept: Mapping[str, tuple[str, Section]], file: str, section: Section) -> Iterator[Problem]:
    """Iterate over the lines of a section that are also earlier, or elsewhere, under the same name."""
    seen: dict[str, str] = {}
    for number, text in section.lines:
        if text in kept:
            other, at = kept[text]
            seen.setdefault(text, f"{other}:{next(n for n, t in at.lines if t == text)}")
        if text in seen:
            message = f"[{section.name}]에 같은 말이 {seen[text]}에도 있습니다: {text[:40]}"
            yield Problem(file, number, message, "한쪽을 지우세요", "voices-twice")
        seen.setdefault(text, f"{file}:{number}")


def dialogues_of(items: Iterable[Item], names: Names, problems: list[Problem]) -> tuple[LabelledDialogue, ...]:
    """Return labelled dialogues with the present ids of entries. What is wanted and is not there is left out and told."""
    found: dict[str, LabelledDialogue] = {}
    for item in items:
        if item.doc.id in found:
            message = f"대화 '{item.doc.id}'이(가) 두 번 있습니다"
            problems.append(Problem(item.file, item.line, message, "다른 id를 주세요", "voices-dialogue-twice"))
            continue
        turns = (
            LabelledTurn(t.q, *(tuple(_wanted(ids, item, names, problems)) for ids in (t.want, t.asked)))
            for t in item.doc.turns
        )
        found[item.doc.id] = LabelledDialogue(item.doc.id, tuple(turns))
    return tuple(found.values())


def _wanted(want: Iterable[str], item: Item, names: Names, problems: list[Problem]) -> Iterator[str]:
    for name in want:
        now = name if name in ACTS else names.present(name)
        if now is not None:
            yield now
        elif not names.is_waiting(name):
            problems.append(names.unknown(name, item.file, item.line))
