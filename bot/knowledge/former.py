"""Former ids: the present id of what was published under another one, and what was withdrawn."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.words import Frame, Problem


@dataclass(frozen=True, slots=True)
class Named:
    """An entry or template in a file, with the ids that it had before and their line."""

    id: str
    former: tuple[str, ...]
    status: str
    file: str
    line: int
    former_line: int = 0


@dataclass(frozen=True, slots=True)
class Ids:
    """`moved`: former ids of entries, and their present ids. `gone`: ids of what was withdrawn."""

    moved: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()


def ids_of(items: Iterable[Named], frames: Iterable[Frame], problems: list[Problem]) -> Ids:
    """Return where former ids lead, reporting those that lead nowhere or to two places."""
    items, made = list(items), {f.id: f for f in frames}
    if any(n.former for n in items):
        problems += _faults(items, made.values())
    moved: dict[str, str] = {}
    for item in items:
        for old in item.former if item.id in made else ():
            moved |= _members(old, made[item.id])
    gone = {id for n in items if n.status == "retired" for id in (n.id, *n.former)}
    return Ids(moved, frozenset(gone))


def _members(old: str, frame: Frame) -> dict[str, str]:
    """Return an entry's former id; for a template that of each entry made from it."""
    if not frame.slot:
        return {old: frame.id}
    made = [*frame.entries.values(), *([frame.unnamed] if frame.unnamed else [])]
    return {old + e.id.removeprefix(frame.id): e.id for e in made}


def _faults(items: Iterable[Named], frames: Iterable[Frame]) -> Iterator[Problem]:
    taken = {e.id: (f.file, f.line) for f in frames for e in f.entries.values()}
    taken |= {n.id: (n.file, n.line) for n in items}
    claims: dict[str, list[Named]] = defaultdict(list)
    for n in items:
        for old in n.former:
            claims[old].append(n)
            if old == n.id:
                yield _at(n, f"former에 지금의 id '{old}'이(가) 있습니다", "옛 id만 적으세요", "former-own")
            elif old in taken:
                file, line = taken[old]
                hint = "합쳤다면 그 항목을 지우고, 따로 있는 항목이면 former에서 빼세요"
                yield _at(n, f"former의 '{old}'은(는) {file}:{line}에 있는 항목의 id입니다", hint, "former-taken")
    for old, claiming in claims.items():
        for n in claiming[1:]:
            first = claiming[0]
            message = f"former의 '{old}'이(가) {first.file}:{first.former_line} [{first.id}]에도 있습니다"
            yield _at(n, message, "옛 id 하나는 한 항목으로만 이어집니다", "former-twice")


def _at(item: Named, message: str, hint: str, code: str) -> Problem:
    return Problem(item.file, item.former_line, f"[{item.id}] {message}", hint, code)
