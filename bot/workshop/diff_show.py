"""Print whose answer changes: on the terminal, as JSON, and as Markdown for a comment on a pull request."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from difflib import SequenceMatcher
from html import escape as escape_html

from rich.markup import escape
from rich.table import Table

from bot.words import Outcome
from bot.workshop.diff import PAST, TEST, WORDING, Diff, Row, Said, Text
from bot.workshop.diff_voices import voice_lines
from bot.workshop.show_editing import console

_OUTCOMES = {
    Outcome.ANSWER: "답함",
    Outcome.ASK: "되물음",
    Outcome.FALLBACK: "모른다고 함",
    Outcome.HANDOVER: "사람에게 넘김",
    Outcome.SMALLTALK: "인사말",
}
_TITLES = {PAST: "사람들이 물은 것", TEST: "시험", WORDING: "항목에 적힌 질문"}
_MOST_ROWS = 200
"""Rows of one table in Markdown: a comment holds 65,536 characters."""
_MOST_CHARACTERS = 60_000
_MOST_IDS = 30
_WORD = re.compile(r"\s*\S+|\s+")
"""A word with the space before it: separate, identical spaces would make comparing long texts slow."""
_SPECIAL = re.compile(r"[\\`*_\[\]|~#:!]")


def said(what: Said) -> str:
    """Return what a question gets in a few words."""
    if what.entries:
        return f"{_OUTCOMES[what.outcome]} [{', '.join(what.entries)}]"
    if what.outcome is Outcome.ASK:
        return f"{_OUTCOMES[what.outcome]}: {', '.join(what.choices)}"
    return _OUTCOMES[what.outcome]


def marked(before: str, after: str, gone: Callable[[str], str], new: Callable[[str], str]) -> str:
    """Return both texts as one, word by word, with what is gone and what is new marked."""
    old, fresh = _WORD.findall(before), _WORD.findall(after)
    parts = []
    for tag, a, b, c, d in SequenceMatcher(None, old, fresh, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("", "".join(old[a:b])))
        else:
            was, now = "".join(old[a:b]), "".join(fresh[c:d])
            space = 1 if was[:1] == now[:1] == " " else 0
            parts += [("", " " * space), ("-", was[space:]), ("+", now[space:])]
    mark = {"": lambda text: text, "-": gone, "+": new}
    return "".join(mark[kind](text) for kind, text in parts if text)


def summary(found: Diff, against: str, asked: int | None) -> Iterator[str]:
    """Iterate over the lines that say how much changes. `asked`: distinct questions of people; `None`: no database."""
    past = found.of(PAST)
    people = len(frozenset(user for r in past for user in r.users))
    if found.blocking:
        yield (
            f"{against}과(와) 견주어 답이 달라지는 것: 사람들이 물은 말 {len(past)}가지"
            f"(사람 {people}명, {sum(r.times for r in past)}번), 시험 {len(found.of(TEST))}건, "
            f"항목의 질문 {len(found.of(WORDING))}개. 글이 바뀐 항목 {len(found.texts)}개."
        )
    else:
        yield f"{against}과(와) 견주어 묻거나 시험한 것의 답이 달라지지 않습니다."
    renamed = tuple(f"{old} → {now}" for old, now in found.renamed)
    for name, ids in (
        ("더한 항목", found.added),
        ("이름이 바뀐 항목", renamed),
        ("없앤 항목", found.removed),
        ("거둔 항목", found.retired),
    ):
        if ids:
            rest = f" 외 {len(ids) - _MOST_IDS}개" if len(ids) > _MOST_IDS else ""
            yield f"{name} {len(ids)}개: {', '.join(ids[:_MOST_IDS])}{rest}"
    if found.removed:
        yield (
            "없앤 항목의 옛 주소는 열리지 않습니다. 이름만 바꿨다면 새 항목에 former를, 거뒀다면 status: retired를 적으세요."
        )
    yield from voice_lines(found.voices)
    if found.expected:
        yield f"더한 항목의 질문과 시험 {found.expected}개에는 이제 그 항목이 답합니다(전에는 답이 없었음)."
    if found.offers:
        yield f"모른다고 하며 권하는 것이나 고를 것의 순서만 바뀐 물음이 {found.offers}개 있습니다."
    if asked is None:
        yield "사람들이 물은 것은 보지 않았습니다."
    elif not asked:
        yield "데이터베이스에 사람들이 물은 것이 없어 시험과 항목의 질문만 견주었습니다."


def show(found: Diff, against: str, asked: int | None) -> None:
    """Print tables of what changes, and how much."""
    for place, title in _TITLES.items():
        if rows := found.of(place):
            console().print(_table(title, rows, counted=place == PAST))
    if found.texts:
        table = Table(title="글이 바뀐 항목 ([-없앤 말-] {+더한 말+})", title_justify="left", show_lines=True)
        for name, ratio in (("항목", 2), ("들은 사람", None), ("글", 6)):
            table.add_column(name, ratio=ratio)
        for t in found.texts:
            table.add_row(t.id, str(len(t.users)), escape(_plainly(t)))
        console().print(table)
    print("\n".join(summary(found, against, asked)))


def _table(title: str, rows: Sequence[Row], *, counted: bool) -> Table:
    table = Table(title=f"{title}: {len(rows)}", title_justify="left")
    if counted:
        table.add_column("사람", justify="right")
        table.add_column("번", justify="right")
    for name in ("물은 말", "전", "뒤"):
        table.add_column(name, ratio=1)
    for r in rows:
        counts = (str(len(r.users)), str(r.times)) if counted else ()
        table.add_row(*counts, *(escape(text) for text in (r.question, said(r.before), said(r.after))))
    return table


def _plainly(text: Text) -> str:
    return marked(text.before, text.after, lambda gone: f"[-{gone}-]", lambda new: f"{{+{new}+}}")


def as_json(found: Diff, against: str, asked: int | None) -> str:
    """Return all of it as JSON. People are counted, not named."""
    document = {
        "against": against,
        "blocking": found.blocking,
        "compared": found.compared,
        "asked": asked,
        "questions": [
            {
                "question": r.question,
                "where": r.where,
                "people": len(r.users),
                "times": r.times,
                "before": _as_dict(r.before),
                "after": _as_dict(r.after),
            }
            for r in found.rows
        ],
        "texts": [
            {"id": t.id, "people": len(t.users), "times": t.times, "before": t.before, "after": t.after}
            for t in found.texts
        ],
        "added": found.added,
        "renamed": dict(found.renamed),
        "removed": found.removed,
        "retired": found.retired,
        "expected": found.expected,
        "offers": found.offers,
        "voices": [asdict(change) for change in found.voices],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _as_dict(what: Said) -> dict[str, object]:
    return {"outcome": what.outcome.value, "entries": what.entries, "choices": what.choices}


def as_markdown(found: Diff, against: str, asked: int | None) -> str:
    """Return it as Markdown in which nothing that anybody wrote is markup, short enough for one comment."""
    lines = ["### 지식이 바뀌면 답이 달라지는 것", "", *(f"- {_cell(s)}" for s in summary(found, against, asked))]
    for place, title in _TITLES.items():
        if rows := found.of(place):
            lines += ["", f"**{title}: {len(rows)}**", ""]
            lines += ["| 사람 | 물은 말 | 전 | 뒤 |", "|---:|---|---|---|"] if place == PAST else []
            lines += ["| 물은 말 | 전 | 뒤 |", "|---|---|---|"] if place != PAST else []
            lines += [_line(r, counted=place == PAST) for r in rows[:_MOST_ROWS]]
            lines += [f"\n… {len(rows) - _MOST_ROWS}개 더"] if len(rows) > _MOST_ROWS else []
    if found.texts:
        lines += ["", f"**글이 바뀐 항목: {len(found.texts)}**", "", "| 항목 | 들은 사람 | 글 |", "|---|---:|---|"]
        lines += [f"| {_cell(t.id)} | {len(t.users)} | {_marked(t)} |" for t in found.texts[:_MOST_ROWS]]
        more = len(found.texts) - _MOST_ROWS
        lines += [f"\n… {more}개 더"] if more > 0 else []
    return "\n".join(_short_enough(lines))


def _line(row: Row, *, counted: bool) -> str:
    counts = [str(len(row.users))] if counted else []
    return f"| {' | '.join([*counts, *map(_cell, (row.question, said(row.before), said(row.after)))])} |"


def _marked(text: Text) -> str:
    return marked(
        _cell(text.before, "\n"),
        _cell(text.after, "\n"),
        lambda gone: f"<del>{gone}</del>",
        lambda new: f"<ins>{new}</ins>",
    ).replace("\n", "<br>")


def _cell(text: str, newline: str = " ") -> str:
    """Return a text escaped so that nothing in it reads as HTML, as Markdown or as a mention of somebody."""
    safe = _SPECIAL.sub(lambda m: f"&#{ord(m[0])};", escape_html(text, quote=False))
    return safe.replace("@", "@\u200b").replace("\r", "").replace("\n", newline)


def _short_enough(lines: Sequence[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > _MOST_CHARACTERS:
            yield "\n… 너무 길어 나머지는 뺐습니다. helpdesk knowledge diff --json으로 모두 볼 수 있습니다."
            return
        yield line
