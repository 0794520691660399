"""Group unanswered questions, count the people behind each, and ask them again now."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from bot.desk.desk import HelpDesk
from bot.desk.reasons import Reason
from bot.matching.grams import body_of, grams
from bot.matching.plain import plain as as_read
from bot.store.gaps import Record, state_of
from bot.words import Kind, Outcome, Query, Reply
from bot.workshop.gaps_group import grouped
from bot.workshop.test import of_frame

_LABEL = re.compile(r"\[[가-힣]+\]")
"""The label that replaces personal data."""
_MOST_WORDINGS = 5000
"""Most distinct wordings that are looked at, the newest: bounds the time."""
_TURNED_DOWN = frozenset({"down", "wrong", "stale"})


@dataclass(frozen=True, slots=True)
class Asked:
    """How one wording fares on the present knowledge."""

    wording: str
    entry: str = ""
    """What is answered, or the nearest entry."""
    answered: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """One question that has no good answer, in the words of those who asked. The oldest record gives its number."""

    id: int
    state: str
    people: int
    times: int
    wordings: tuple[str, ...]
    """Distinct wordings, those of most people first."""
    why: dict[str, int]
    """How often it came up, and why: fallback, ask, none, down, staff, call, wrong, stale."""
    first: datetime
    last: datetime
    nearest: str = ""
    reason: str = ""
    """Why the nearest entry is not the answer now, in the editor's words."""
    answered: str = ""
    """The entry that answers it now, or empty."""
    answers: tuple[str, ...] = ()
    """What members of staff answered, newest first."""
    notes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    records: tuple[int, ...] = ()
    seen: tuple[str, ...] = ()
    """The wordings that maintainers saw under this number: only these are learned."""
    by_wording: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """The records of each wording."""
    reasked: tuple[Asked, ...] = field(default=(), repr=False)


def find(records: Sequence[Record], desk: HelpDesk, now: datetime) -> list[Gap]:
    """Return the gaps, those of most people first, each asked again on the desk's knowledge."""
    texts = list(dict.fromkeys(plain(r.question) for r in reversed(records)))[:_MOST_WORDINGS]
    wordings = [t for t in reversed(texts) if t]
    asked = {t: ask_again(desk, t, now) for t in wordings}
    by_wording: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_wording[plain(record.question)].append(record)
    named = {plain(r.question): r.gap for r in reversed(records) if r.gap is not None}
    nearest = {t: a.entry for t, a in asked.items()}
    clusters = grouped(
        wordings, _Likeness(desk).add, lambda t: _names(desk, t), nearest, named, partial(_nameless, desk)
    )
    found = [_gap([r for t in c for r in by_wording[t]], [asked[t] for t in c]) for c in clusters]
    return sorted(found, key=lambda g: (-g.people, -g.times, g.id))


def plain(question: str) -> str:
    """Return a question without labels of what was redacted, on one line."""
    return " ".join(_LABEL.sub(" ", question).split())


def _names(desk: HelpDesk, wording: str) -> object:
    """Return what distinguishes two questions however alike their words: names; for a template's group only that one is named."""
    matcher = desk.matcher
    u = matcher.reader.read(wording)
    return frozenset(
        m.group if m.group in matcher.reader.slots else m.term
        for m in u.mentions
        if not m.negated and any(g.id == m.group for g in matcher.binding)
    )


def _nameless(desk: HelpDesk, wording: str) -> str:
    """Return a wording with each name replaced by what it is the name of."""
    reader = desk.matcher.reader
    return as_read(reader.read(wording), reader)


class _Likeness:
    """How alike texts are by the desk's own weights: between cosine and the share of the shorter one."""

    def __init__(self, desk: HelpDesk) -> None:
        self.desk = desk
        self.holders: dict[int, list[int]] = defaultdict(list)
        self.sizes: list[float] = []

    def add(self, text: str) -> dict[int, float]:
        """Return the likeness in 0–1 to each text that was added before, by its number; then add this one."""
        index = self.desk.matcher.index
        body = body_of(self.desk.matcher.reader.read(text).masked)
        buckets = grams([body], index.bits).bucket
        weights = [float(w) ** 2 for w in index.weight[buckets]]
        shared: dict[int, float] = defaultdict(float)
        for bucket, weight in zip(buckets.tolist(), weights, strict=True):
            for number in self.holders[bucket]:
                shared[number] += weight
            self.holders[bucket].append(len(self.sizes))
        size = sum(weights) or 1.0
        found = {
            n: 0.5 * s / (size * self.sizes[n]) ** 0.5 + 0.5 * s / min(size, self.sizes[n]) for n, s in shared.items()
        }
        self.sizes.append(size)
        return found


def _gap(records: list[Record], asked: list[Asked]) -> Gap:
    records = sorted(records, key=lambda r: r.id)
    users: dict[str, set[str]] = defaultdict(set)
    for r in records:
        users[plain(r.question)].add(r.user)
    times = Counter(plain(r.question) for r in records)
    order = sorted(asked, key=lambda a: (-len(users[a.wording]), -times[a.wording]))
    of = {t: tuple(r.id for r in records if plain(r.question) == t) for t in users}
    seen = {plain(r.question) for r in records if r.gap is not None}
    down = all(r.why in _TURNED_DOWN for r in records)
    refused = {r.nearest for r in records if r.why in (*_TURNED_DOWN, "none") and r.nearest}
    solved = all(a.answered and a.entry not in refused for a in order)
    first = order[0]
    unsolved = next((a for a in order if not (a.answered and a.entry not in refused)), first)
    reason = unsolved.reason
    if unsolved.answered and unsolved.entry in refused:
        reason = f"[{unsolved.entry}]이(가) 답하지만 " + (
            "도움이 되지 않았다는 평가를 받았습니다" if down else "찾던 답이 아니었다고 합니다"
        )
    return Gap(
        id=next((r.gap for r in records if r.gap is not None), records[0].id),
        state=state_of(r.state for r in records),
        people=len({r.user for r in records}),
        times=len(records),
        wordings=tuple(a.wording for a in order),
        why=dict(Counter(r.why for r in records)),
        first=records[0].at,
        last=max(r.at for r in records),
        nearest=unsolved.entry or next(iter(refused), ""),
        reason="" if solved else reason,
        answered=first.entry if solved else "",
        answers=tuple(dict.fromkeys(r.answer for r in reversed(records) if r.answer)),
        notes=tuple(dict.fromkeys(r.note for r in records if r.note)),
        channels=tuple(sorted({r.channel for r in records})),
        records=tuple(r.id for r in records),
        seen=tuple(a.wording for a in order if a.wording in seen),
        by_wording=tuple((a.wording, of[a.wording]) for a in order),
        reasked=tuple(order),
    )


def ask_again(desk: HelpDesk, wording: str, now: datetime) -> Asked:
    """Ask a wording by itself and return how it fares."""
    desk.forget("gaps")
    reply = desk.ask(Query(wording, "gaps", now), explain=True)
    desk.forget("gaps")
    if reply.outcome in (Outcome.ANSWER, Outcome.SMALLTALK, Outcome.HANDOVER):
        return Asked(wording, reply.entry, True, f"[{reply.entry}]이(가) 답합니다")
    nearest, reason = _why(desk, reply)
    return Asked(wording, nearest, False, reason)


def _why(desk: HelpDesk, reply: Reply) -> tuple[str, str]:
    """Return the nearest entry and why it does not answer."""
    trace = reply.trace or {}
    if reply.entry and desk.base.entries[reply.entry].kind is Kind.BOUNDARY:
        return reply.entry, f"다루지 않는다고 적어 둔 질문입니다([{reply.entry}])"
    candidates, refused = _near(desk, trace.get("candidates")), _near(desk, trace.get("refused"))
    if refused and (not candidates or _number(refused[0], "similarity") > _number(candidates[0], "similarity")):
        entry = str(refused[0]["entry"])
        return entry, f"[{entry}] {_guarded(desk, str(refused[0]['group']))}"
    candidates = candidates or [{"entry": c.entry} for c in reply.choices]
    if not candidates:
        only_talk = bool(trace.get("candidates"))
        return "", "잡담과 비슷할 뿐 가까운 항목이 없습니다" if only_talk else "닿는 낱말이 하나도 없습니다"
    return str(candidates[0]["entry"]), _undecided(reply, candidates)


def _near(desk: HelpDesk, rows: object) -> list[dict[str, object]]:
    """Return the rows of a trace that could answer a gap: what it is learned for is no small talk, nor what is said in distress."""
    found = [(desk.base.entries[str(row["entry"])], row) for row in _rows(rows)]
    return [row for e, row in found if e.kind in (Kind.ANSWER, Kind.BOUNDARY) and not desk.base.is_urgent(e)]


def _guarded(desk: HelpDesk, group: str) -> str:
    name = desk.base.groups[group].name if group in desk.base.groups else group
    return f"항목은 다른 '{name}'에 관한 것이라 막혔습니다"


def _undecided(reply: Reply, candidates: Sequence[Mapping[str, object]]) -> str:
    entry = str(candidates[0]["entry"])
    sure = f"(확실함 {100 * _number(candidates[0], 'score'):.0f}%)" if "score" in candidates[0] else ""
    said: dict[str, str] = {
        Reason.TOO_WEAK: f"가장 가까운 [{entry}]와(과)도 낱말이 너무 다릅니다{sure}",
        Reason.UNSURE: f"[{entry}]인지 확실하지 않아 되묻습니다{sure}",
        Reason.NAME_IN_DOUBT: "이름의 철자가 확실하지 않아 되묻습니다",
        Reason.INITIALS: "초성뿐이라 되묻습니다",
        Reason.SEVERAL_FIT: f"[{entry}] 말고도 맞는 이름이 여럿이라 되묻습니다",
    }
    return said.get(reply.why, f"답하지 못합니다({reply.why})")


def _rows(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []


def _number(row: Mapping[str, object], key: str) -> float:
    value = row[key]
    return float(value) if isinstance(value, int | float) else 0.0


def answers(desk: HelpDesk, wording: str, frame: str, now: datetime) -> bool:
    """Tell whether an entry or template answers a wording asked by itself."""
    desk.forget("gaps")
    reply = desk.ask(Query(wording, "gaps", now))
    desk.forget("gaps")
    return of_frame(desk, reply, frame)


def offers(desk: HelpDesk, wording: str, frame: str, now: datetime) -> bool:
    """Tell whether an entry or template answers a wording asked by itself, or is among the choices."""
    desk.forget("gaps")
    reply = desk.ask(Query(wording, "gaps", now))
    desk.forget("gaps")
    return of_frame(desk, reply, frame) or any(desk.base.entries[c.entry].frame == frame for c in reply.choices)


def one(gaps: Sequence[Gap], number: int) -> Gap | None:
    """Return a gap by its own number, or the one that has the record with that number."""
    own = next((g for g in gaps if g.id == number), None)
    return own or next((g for g in gaps if number in g.records), None)


def shown(records: Sequence[Record], number: int) -> Gap | None:
    """Return a gap as maintainers saw it, by its number or that of a record in it; nothing is asked again."""
    own = next((r.gap for r in records if number in (r.gap, r.id) and r.gap is not None), None)
    found = [r for r in records if (r.id == number if own is None else r.gap == own)]
    asked = [Asked(wording) for r in found if (wording := plain(r.question))]
    return _gap(found, list(dict.fromkeys(asked))) if asked else None


def unnamed(gaps: Iterable[Gap], records: Iterable[Record]) -> dict[int, int]:
    """Return the gap of each record that was not shown yet."""
    of = {id: g.id for g in gaps for id in g.records}
    return {r.id: of[r.id] for r in records if r.gap is None and r.id in of}
