"""Nothing of the first programme is in the code: another knowledge base is served by the same program."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.desk.desk import HelpDesk

BOT = Path(__file__).resolve().parents[2] / "bot"


def strings(source: str) -> Iterator[tuple[int, str]]:
    """The line and text of every string that is not a docstring."""
    tree = ast.parse(source)
    said = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def names(desk: HelpDesk) -> set[str]:
    """What the shipped knowledge base calls its programmes and institutions, and how they are reached."""
    base = desk.base
    proper = {g.id for g in base.groups.values() if g.exclusive} & {
        "institution",
        "organisation",
        "otherprogramme",
        "programme",
    }
    found = {a for t in base.terms.values() if t.group in proper for a in (*t.aliases, *t.exact)}
    return {base.name, *(n for n in found if re.search("[가-힣]{3}", n)), *(v for v in base.contacts if len(v) > 3)}


def test_no_name_of_the_first_programme_is_in_the_code(shipped: HelpDesk) -> None:
    known = names(shipped)
    assert len(known) > 300
    pattern = re.compile("|".join(rf"(?<!\d){re.escape(n)}(?!\d)" for n in sorted(known, key=len, reverse=True)))
    found = [
        f"{path.relative_to(BOT)}:{line}: {hit[0]}"
        for path in sorted(BOT.rglob("*.py"))
        for line, text in strings(path.read_text(encoding="utf-8"))
        if (hit := pattern.search(text))
    ]
    for path in sorted(
        p
        for p in BOT.rglob("*")
        if p.parent.name != "general" and p.suffix in {".html", ".js", ".css", ".svg", ".xml", ".txt", ".yaml", ".md"}
    ):
        found += [f"{path.relative_to(BOT)}: {hit}" for hit in pattern.findall(path.read_text(encoding="utf-8"))]
    assert not found


def test_no_group_of_the_first_programme_is_in_the_desk_or_the_matcher() -> None:
    """Only the names of record types and of the desk's own word groups are known to the code."""
    groups = re.compile(r"\b(institution|otherprogramme|organisation|university)\b")
    found = [
        f"{path.relative_to(BOT)}:{line}"
        for part in ("desk", "matching")
        for path in (BOT / part).rglob("*.py")
        for line, text in strings(path.read_text(encoding="utf-8"))
        if groups.search(text)
    ]
    assert not found
