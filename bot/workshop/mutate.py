"""Mutation score: does an entry still get its answer when its questions are typed as people type?

A mutation must keep the meaning. Left out by rule are those that become another name, another word of the
knowledge base or another entry's wording: no reader could tell them from the real thing.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot import hangul
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.hangul import compact
from bot.matching.squeeze import squeeze
from bot.words import Entry, Outcome, Query, Reply, Utterance
from bot.workshop.forked import in_order
from bot.workshop.mutate_text import KINDS, Kind, mutate

FILE = "mutation.json"
"""The file of the score that must not drop."""
TOLERANCE = 0.002
"""By how much the share kept may drop, or the share of other answers rise, before `--gate` fails."""
PLAIN = Kind("plain", "그대로", lambda text, _: text)
VERDICTS = ("kept", "asked", "fallback", "other")


@dataclass(frozen=True, slots=True)
class Result:
    """One mutated question. `verdict`: kept, asked, fallback or other."""

    entry: str
    question: str
    kind: str
    text: str
    verdict: str
    got: str = ""


@dataclass(slots=True)
class Report:
    """All results, and how many mutations were left out because they no longer meant the same."""

    results: list[Result] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def table(self) -> dict[str, Counter[str]]:
        """Return the verdicts of each kind, in the order of KINDS; the questions as they are first."""
        rows: dict[str, Counter[str]] = {k.id: Counter() for k in (PLAIN, *KINDS)}
        for r in self.results:
            rows[r.kind][r.verdict] += 1
        return {kind: count for kind, count in rows.items() if count}

    def total(self) -> Counter[str]:
        """Return the verdicts over all kinds; the questions as they are do not count."""
        return Counter(r.verdict for r in self.results if r.kind != PLAIN.id)

    def entries(self) -> list[tuple[str, Counter[str]]]:
        """Return the verdicts of each entry, the least robust first: other answers weigh most."""
        rows: dict[str, Counter[str]] = {}
        for r in self.results:
            rows.setdefault(r.entry, Counter())[r.verdict] += 1
        return sorted(rows.items(), key=lambda kv: (score(kv[1]) - share(kv[1], "other"), kv[0]))


def share(count: Counter[str], verdict: str) -> float:
    """Return the share of a verdict, in 0–1."""
    return count[verdict] / max(count.total(), 1)


def score(count: Counter[str]) -> float:
    """Return the robustness, in 0–1: the share that kept its answer."""
    return share(count, "kept")


def questions(desk: HelpDesk, only: str = "", sample: int = 0) -> list[tuple[Entry, tuple[str, ...]]]:
    """Return the entries and the questions to mutate, at most `sample` of each entry (0: all).

    A template's questions are shared out among its members, two or more to each.
    """
    found = []
    members = Counter(e.frame for e in desk.base.entries.values() if e.member)
    turn: Counter[str] = Counter()
    for entry in desk.base.entries.values():
        place = turn[entry.frame]
        turn[entry.frame] += 1
        if entry.unlisted or (only and only not in (entry.id, entry.frame)):
            continue
        texts = [q for q in entry.questions if compact(hangul.clean(q))]
        if entry.member and not only:
            step = max(1, min(members[entry.frame], len(texts) // 2))
            texts = texts[place % step :: step]
        found.append((entry, tuple(_spread(texts, sample))))
    return found


def _spread(texts: Sequence[str], most: int) -> Iterator[str]:
    if not most or len(texts) <= most:
        yield from texts
        return
    yield from (texts[i * len(texts) // most] for i in range(most))


class Judge:
    """Asks a desk and tells what became of an entry's question."""

    def __init__(self, desk: HelpDesk, now: datetime, seed: int) -> None:
        self.desk, self.now, self.seed = desk, now, seed
        self.reader = desk.matcher.reader
        self.wordings: dict[str, set[str]] = {}
        self.words: set[str] = set()
        for frame in desk.base.written():
            for text in frame.wordings:
                normal = hangul.clean(text).lower()
                self.wordings.setdefault(compact(normal), set()).add(frame.id)
                self.words.update(_words(normal))

    def entry(self, entry: Entry, texts: Iterable[str]) -> tuple[list[Result], Counter[str]]:
        """Return the verdicts of all mutations of an entry's questions, and how many were left out."""
        results: list[Result] = []
        left_out: Counter[str] = Counter()
        for text in texts:
            plain = self._ask(text)
            answered = _says(plain, entry)
            verdict = "kept" if answered or _offers(plain, entry) else _verdict(plain)
            results.append(Result(entry.id, text, PLAIN.id, text, verdict, _got(plain)))
            for kind in KINDS:
                changed = mutate(text, kind, self.seed)
                if not changed:
                    continue
                if not kind.offered and self._means_another(text, changed, entry):
                    left_out[kind.id] += 1
                    continue
                reply = self._ask(changed)
                kept = _says(reply, entry) or (_offers(reply, entry) and (kind.offered or not answered))
                verdict = "kept" if kept else _verdict(reply)
                results.append(Result(entry.id, text, kind.id, changed, verdict, _got(reply)))
        return results, left_out

    def _ask(self, text: str) -> Reply:
        return self.desk.answer(Query(text, "", self.now), Context())[0]

    def _means_another(self, text: str, changed: str, entry: Entry) -> bool:
        """Tell whether a mutation is a wording of another entry, another name or another known word."""
        before, after = (hangul.compose(hangul.clean(t)).lower() for t in (text, changed))
        if self.wordings.get(compact(after), {entry.frame}) - {entry.frame}:
            return True
        new = [w for w in _words(after) if w not in _words(before)]
        if len(after.split()) == len(before.split()) and any(w in self.words for w in new):
            return True
        known = _names(self.reader.read(text))
        return bool(_names(self.reader.read(changed, curated=True)) - known) and compact(before) != compact(after)


def _words(normal: str) -> list[str]:
    sq = squeeze(normal)
    return [hangul.strip_particle(sq.text[a:b]) for a, b in sq.words if b - a >= 2]


def _names(u: Utterance) -> set[str]:
    return {m.term for m in u.mentions if m.group not in ("word", "filler", "reference")}


def _says(reply: Reply, entry: Entry) -> bool:
    return entry.id in reply.entries and reply.outcome is not Outcome.ASK


def _offers(reply: Reply, entry: Entry) -> bool:
    return reply.outcome in (Outcome.ASK, Outcome.FALLBACK) and any(c.entry == entry.id for c in reply.choices)


def _verdict(reply: Reply) -> str:
    if reply.outcome is Outcome.ASK:
        return "asked"
    return "other" if reply.entries and reply.entry else "fallback"


def _got(reply: Reply) -> str:
    if reply.entry:
        return ", ".join(reply.entries)
    return f"{reply.outcome.value}: {', '.join(c.entry for c in reply.choices)}"


def run(
    desk: HelpDesk,
    now: datetime,
    *,
    seed: int = 1,
    sample: int = 0,
    only: str = "",
    processes: int = 0,
    progress: Callable[[int, int], object] = max,
) -> Report:
    """Return what becomes of all mutated questions, in the order of the entries. Deterministic.

    `processes`: 0 for one to each core. `progress` is told how many entries are done, of how many.
    """
    work, judge, report = questions(desk, only, sample), Judge(desk, now, seed), Report()
    for i, (results, left_out) in enumerate(in_order(lambda n: judge.entry(*work[n]), len(work), processes), 1):
        report.results += results
        report.left_out += left_out
        progress(i, len(work))
    return report


def figures(report: Report) -> dict[str, object]:
    """Return the figures that are recorded: shares in all, and kept and other of each kind."""
    total = report.total()
    return {
        "questions": sum(r.kind == PLAIN.id for r in report.results),
        "mutations": total.total(),
        "left_out": report.left_out.total(),
        **{v: round(share(total, v), 4) for v in VERDICTS},
        "kinds": {
            kind: {"n": count.total(), **{v: round(share(count, v), 4) for v in VERDICTS}}
            for kind, count in report.table().items()
        },
    }


def recorded(folder: Path) -> dict[str, object]:
    """Return the figures recorded for a folder; empty where there are none or they cannot be read."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def record(folder: Path, report: Report, **how: object) -> None:
    """Write the figures into the folder."""
    text = json.dumps({**how, **figures(report)}, ensure_ascii=False, indent=1)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def dropped(report: Report, before: dict[str, object]) -> list[str]:
    """Return where the score is worse than recorded, in the editors' words; empty if it is not."""
    total, faults = report.total(), []
    was = {v: float(str(before.get(v, 0))) for v in ("kept", "other")}
    if score(total) < was["kept"] - TOLERANCE:
        faults.append(f"제 답을 지킨 비율이 {was['kept']:.1%}에서 {score(total):.1%}로 떨어졌습니다")
    if "other" in before and share(total, "other") > was["other"] + TOLERANCE:
        faults.append(
            f"묻지 않고 다른 답을 한 비율이 {was['other']:.2%}에서 {share(total, 'other'):.2%}로 늘었습니다"
        )
    return faults
