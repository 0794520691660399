"""Print gaps, due reviews and sources as tables, in the editors' words."""

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.knowledge.base import KnowledgeBase
from bot.workshop.gaps import Gap
from bot.workshop.review import Due, owners
from bot.workshop.sources import Used, changed, of_document

_WIDTH = 118
"""Columns where the output is no terminal."""
_WHY = {
    "fallback": "답을 못 찾음",
    "ask": "되물었지만 고르지 않음",
    "none": "고를 것 중에 없음",
    "down": "👎",
    "staff": "상담원에게 감",
    "call": "전화 상담에서 못 찾음",
    "wrong": "상담원이 틀렸다고 함",
    "stale": "상담원이 오래됐다고 함",
}
STATES = {"new": "새것", "pending": "보는 중", "done": "마침", "ignored": "두기로 함"}
_MOST_WORDINGS = 4


def console() -> Console:
    """Return the console to print on: as wide as the terminal, or fixed where there is none."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)


def show_gaps(gaps: Sequence[Gap], *, everything: bool) -> None:
    """Print gaps, those of most people first; what is settled only if asked for."""
    shown = [g for g in gaps if everything or (g.state in ("new", "pending") and not g.answered)]
    if shown:
        table = Table(title="답이 없는 물음 (여러 사람이 물은 것부터)", title_justify="left")
        table.add_column("번호", justify="right")
        table.add_column("사람", justify="right")
        table.add_column("물은 말", ratio=5)
        table.add_column("왜 답이 안 되나", ratio=5)
        table.add_column("상태")
        for gap in shown:
            table.add_row(str(gap.id), str(gap.people), escape(_words(gap)), escape(_reason(gap)), STATES[gap.state])
        console().print(table)
    else:
        print("답이 없는 물음이 없습니다.")
    hidden = len(gaps) - len(shown)
    if hidden:
        print(f"이미 답하거나 마친 것 {hidden}건은 뺐습니다(--all로 봅니다).")
    if shown:
        print(f"배우기: helpdesk knowledge learn {shown[0].id} --entry 항목id  또는  --new")


def _words(gap: Gap) -> str:
    lines = list(gap.wordings[:_MOST_WORDINGS])
    more = len(gap.wordings) - len(lines)
    return "\n".join([*lines, *([f"… 말 {more}가지 더"] if more else [])])


def _reason(gap: Gap) -> str:
    how = ", ".join(f"{_WHY.get(why, why)} {count}" for why, count in gap.why.items())
    lines = [how, f"지금은 [{gap.answered}]이(가) 답합니다" if gap.answered else gap.reason]
    lines += [f"상담원의 답: {gap.answers[0]}"] if gap.answers else []
    lines += [f"메모: {note}" for note in gap.notes]
    return "\n".join(line for line in lines if line)


def gaps_as_json(gaps: Sequence[Gap]) -> str:
    """Return gaps as JSON, all of them, in order."""
    rows = [
        {
            "id": g.id, "state": g.state, "people": g.people, "times": g.times, "wordings": g.wordings, "why": g.why,
            "first": g.first.isoformat(), "last": g.last.isoformat(), "nearest": g.nearest, "reason": g.reason,
            "answered": g.answered or None, "seen": g.seen, "answers": g.answers, "notes": g.notes, "channels": g.channels,
        }
        for g in gaps
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, indent=1)


def show_due(found: Sequence[Due], within: int) -> None:
    """Print what is due to be checked again, by owner."""
    if not found:
        print(f"{within}일 안에 다시 볼 항목이 없습니다.")
        return
    for owner, items in owners(found).items():
        table = Table(title=f"{owner}: {len(items)}건", title_justify="left")
        for name, ratio in (("항목", 3), ("질문", 4), ("확인한 날", None), ("다시 볼 날", None), ("곳", 3)):
            table.add_column(name, ratio=ratio)
        for d in items:
            when = f"{d.review_by}\n{_days(d.days)}" if d.review_by else "없음"
            table.add_row(d.id, escape(d.question), str(d.verified_on or "없음"), when, f"{d.file}:{d.line}")
        console().print(table)
    late = sum(d.days < 0 for d in found)
    print(f"다시 볼 항목 {len(found)}건, 그 가운데 지난 것 {late}건.")
    print(f"그대로 맞으면: helpdesk knowledge review {found[0].id} --confirm")


def _days(days: int) -> str:
    return f"{-days}일 지남" if days < 0 else "오늘" if days == 0 else f"{days}일 남음"


def due_as_json(found: Sequence[Due]) -> str:
    """Return what is due as JSON."""
    return json.dumps([d.as_dict() for d in found], ensure_ascii=False, indent=1)


def show_sources(found: Sequence[Used]) -> None:
    """Print sources and how many entries rest on each."""
    table = Table(title="출처", title_justify="left")
    table.add_column("id", ratio=3)
    table.add_column("자료", ratio=6)
    table.add_column("날짜")
    table.add_column("항목", justify="right")
    table.add_column("해시")
    for u in found:
        s = u.source
        table.add_row(s.id, escape(s.title), s.date, str(len(u.entries)), s.sha256[:8])
    console().print(table)
    unused = sum(not u.entries for u in found)
    print(f"출처 {len(found)}개, 아무 항목도 쓰지 않는 것 {unused}개.")


def show_affected(found: Sequence[Used]) -> None:
    """Print every entry that must be looked at again because its source changed."""
    for u in found:
        print(f"[{u.source.id}] {u.source.title} {u.source.url}".rstrip())
        for entry, place in zip(u.entries, u.places, strict=True):
            print(f"  {place}: {entry}")
        print(f"  다시 볼 항목 {len(u.entries)}개")


def sources_as_json(found: Sequence[Used]) -> str:
    """Return sources as JSON."""
    return json.dumps([u.as_dict() for u in found], ensure_ascii=False, indent=1)


def show_document(base: KnowledgeBase, name: str, digest: str, id: str) -> int:
    """Say which source a document is and whether it changed; return 1 where entries must be looked at again."""
    same = of_document(base, digest)
    if same:
        print("\n".join(f"{name}: [{u.source.id}] {u.source.title}, 적어 둔 것과 같습니다." for u in same))
        return 0
    if not id:
        print(f"{name}: 적어 둔 해시와 같은 출처가 없습니다. 바뀐 자료이면 --source ID로 어느 출처인지 알려 주세요.")
        print(f"sha256 {digest}")
        return 1
    (found,) = [u for u in changed(base, id) if u.source.id == id][:1] or changed(base, id)[:1]
    if not found.source.sha256:
        print(f"[{id}]에는 적어 둔 해시가 없습니다. --record로 적을 수 있습니다.\nsha256 {digest}")
        return 1
    print(f"{name}: [{id}]의 자료가 바뀌었습니다.")
    show_affected([found])
    return 1
