"""Labelled questions from people: what evaluation is best done with, since no wording was ever chosen for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge import yamlfile
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.yamlfile import Node
from bot.words import Problem, RefusedError


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the ids of the entries or templates that answer it; none where nothing may be answered."""

    question: str
    right: tuple[str, ...] = ()


def read_questions(place: str, base: KnowledgeBase) -> list[Labelled]:
    """Return the questions of `FILE` or `FILE:side,side`: side → kind → questions.

    A question is a text, which nothing may answer, or `{q: …, right: [id, …]}`.

    Raises:
        RefusedError: the file cannot be read, a side is not there, or a label names no entry; all faults at once.
    """
    name, _, sides = place.rpartition(":") if ":" in place and not Path(place).exists() else (place, "", "")
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise RefusedError(f"{name}을(를) 읽을 수 없습니다: {error.strerror}") from None
    problems: list[Problem] = []
    content = yamlfile.parse(data, name, problems)
    wanted = sides.split(",") if sides else list(content or ())
    if not problems and not isinstance(content, Node):
        problems.append(Problem(name, 1, "‘쪽: {갈래: [질문, …]}’ 꼴이어야 합니다"))
    found = []
    for side in wanted if isinstance(content, Node) else ():
        if side not in content:
            problems.append(Problem(name, 1, f"'{side}' 쪽이 없습니다"))
        else:
            found += list(_questions(content[side], name, content.line_of(side), base, problems))
    if problems:
        raise RefusedError("\n".join(f"{p.file}:{p.line}: {p.message}" for p in problems))
    return found


def _questions(
    kinds: object, name: str, line: int, base: KnowledgeBase, problems: list[Problem]
) -> Iterator[Labelled]:
    known = {f.id for f in base.frames} | set(base.entries)
    for kind, asked in kinds.items() if isinstance(kinds, Node) else ((None, None),):
        if not isinstance(asked, list):
            problems.append(Problem(name, line, f"'{kind or ''}'에는 질문의 목록을 적어야 합니다"))
            continue
        for item in asked:
            text = item.get("q") if isinstance(item, Node) else item
            right = item.get("right", []) if isinstance(item, Node) else []
            where = item.line if isinstance(item, Node) else line
            if not isinstance(text, str) or not isinstance(right, list):
                problems.append(Problem(name, where, "질문은 글이거나 {q: 질문, right: [항목, …]}이어야 합니다"))
                continue
            problems += [Problem(name, where, f"'{r}' 항목이 없습니다") for r in right if r not in known]
            yield Labelled(text, tuple(map(str, right)))
