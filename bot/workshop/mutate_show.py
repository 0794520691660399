"""Print the mutation score: a table of the kinds, the least robust entries, the worst cases."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.workshop.mutate import PLAIN, VERDICTS, Report, figures, score, share
from bot.workshop.mutate_text import KINDS

_WIDTH = 110
"""Columns where the output is no terminal."""
_NAMES = {"kept": "제 답", "asked": "되물음", "fallback": "모른다고 함", "other": "다른 답"}


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error while the work runs; nothing where that is no terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show(report: Report, worst: int) -> None:
    """Print the table and, of entries and cases, the worst."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    console.print(_kinds(report))
    console.print(
        f"뜻이 달라져 뺀 것: {report.left_out.total():,}개 (다른 이름이나 다른 항목의 말이 된 것). "
        "초성은 되물으며 제 항목을 보이면 제 답으로 칩니다."
    )
    weak = [(e, c) for e, c in report.entries() if c["kept"] < c.total()][:worst]
    if weak:
        console.print(_entries(weak))
    cases = [r for r in report.results if r.kind == PLAIN.id and r.verdict != "kept"]
    cases += [r for v in ("other", "fallback") for r in report.results if r.verdict == v and r.kind != PLAIN.id]
    names = {k.id: k.name for k in (PLAIN, *KINDS)}
    for r in list({(r.question, r.verdict): r for r in reversed(cases)}.values())[::-1][:worst]:
        print(f"{_NAMES[r.verdict]} · {names[r.kind]} · [{r.entry}] 「{r.question}」 → 「{r.text}」: {r.got}")


def _kinds(report: Report) -> Table:
    table = Table(title="바꾼 질문의 답", title_justify="left")
    table.add_column("바꾼 방법")
    for name in ("질문", *(_NAMES[v] for v in VERDICTS)):
        table.add_column(name, justify="right")
    names = {k.id: k.name for k in (PLAIN, *KINDS)}
    for kind, count in report.table().items():
        table.add_row(names[kind], *_row(count), end_section=kind in (PLAIN.id, KINDS[-1].id))
    table.add_row("모두 (그대로는 빼고)", *_row(report.total()))
    return table


def _row(count: Counter[str]) -> list[str]:
    return [f"{count.total():,}", *(f"{share(count, v):.2%}" for v in VERDICTS)]


def _entries(rows: list[tuple[str, Counter[str]]]) -> Table:
    table = Table(title="가장 약한 항목", title_justify="left")
    for name in ("항목", "버틴 비율", *(_NAMES[v] for v in VERDICTS)):
        table.add_column(name, justify="left" if name == "항목" else "right")
    for entry, count in rows:
        table.add_row(entry, f"{score(count):.0%}", *(str(count[v]) for v in VERDICTS))
    return table


def as_json(report: Report) -> str:
    """Return the figures, every entry's score and all that was not kept, as JSON."""
    return json.dumps(
        {
            **figures(report),
            "entries": [{"entry": e, "score": round(score(c), 4), **c} for e, c in report.entries()],
            "not_kept": [
                {"entry": r.entry, "kind": r.kind, "question": r.question, "text": r.text, "verdict": r.verdict}
                | {"got": r.got}
                for r in report.results
                if r.verdict != "kept"
            ],
        },
        ensure_ascii=False,
        indent=1,
    )
