"""Who is ahead, in one table; and where we stand beside the prototype."""

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.bench import reference, table
from tests.bench.accuracy import Result as Top1
from tests.bench.data import LEARNED, seen
from tests.bench.http import Figures
from tests.bench.ours import NAME
from tests.bench.refusal import Result as Refusal
from tests.bench.search import Typing
from tests.bench.telegram import Webhook
from tests.bench.throughput import Throughput
from tests.bench.timing import Cost, Distracted
from tests.bench.workshop import Spent

_COSTS = ("p50 ms", "p99 ms", "RSS MB")


@dataclass
class Measured:
    """Everything that one run measured."""

    accuracy: list[Top1] = field(default_factory=list)
    refusal: list[Refusal] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)
    distracted: list[Distracted] = field(default_factory=list)
    throughput: Throughput | None = None
    telegram: list[Webhook] = field(default_factory=list)
    search: Typing | None = None
    http: list[Figures] = field(default_factory=list)
    workshop: list[Spent] = field(default_factory=list)

    def ours(self) -> bool:
        """Return whether our command gave any figure."""
        tables = (self.accuracy, self.refusal, self.costs, self.distracted)
        names = (row.system for rows in tables for row in rows)
        return bool(self.throughput or self.telegram or self.search or self.http or self.workshop) or NAME in names


@dataclass(frozen=True)
class Duel:
    """We and one peer on one set of questions; `margin` in points, better is positive."""

    peer: str
    kind: str
    label: str
    ours: float
    theirs: float
    margin: float
    doubt: float = 0.0  # half of the 95 % interval of the margin, 0 where it is not known


def duels(run: Measured) -> list[Duel]:
    """Return every comparison of ours with a peer on the same questions."""
    return [*_top1(run.accuracy), *_refusals(run.refusal), *_distractors(run.distracted)]


def _top1(results: Sequence[Top1]) -> Iterator[Duel]:
    ours = {r.label: r for r in results if r.system == NAME}
    for r in results:
        if r.system != NAME and r.label in ours:
            own = ours[r.label]
            differ = sum(a != b for a, b in zip(own.hits, r.hits, strict=True))
            doubt = 196 * math.sqrt(differ) / max(len(r.hits), 1)
            kind = "seen" if seen(r.case) else "noisy" if r.noise not in ("", "clean") else "clean"
            yield Duel(r.system, kind, r.label, own.top1, r.top1, own.top1 - r.top1, doubt)


def _refusals(results: Sequence[Refusal]) -> Iterator[Duel]:
    ours = {r.topic: r for r in results if r.system == NAME}
    for r in results:
        if r.system != NAME and r.topic in ours:
            own = ours[r.topic]
            auroc, answered = own.auroc - r.auroc, r.answered - own.answered
            yield Duel(r.system, "refusal", f"{r.topic}: AUROC", own.auroc, r.auroc, auroc)
            yield Duel(r.system, "refusal", f"{r.topic}: out answered", own.answered, r.answered, answered)


def _distractors(results: Sequence[Distracted]) -> Iterator[Duel]:
    own = next((r.top1 for r in results if r.system == NAME), None)
    if own is not None:
        for r in results:
            if r.system != NAME:
                yield Duel(r.system, "clean", "skqc_dev k3 among distractors", own, r.top1, own - r.top1)


def show(run: Measured) -> None:
    """Print who is ahead of whom, where we are not, and the prototype's figures."""
    found = duels(run)
    kinds = [kind for kind in ("clean", "noisy", "refusal", "seen") if any(d.kind == kind for d in found)]
    peers = dict.fromkeys(d.peer for d in found)
    rows = [[peer, *(_count(found, peer, kind) for kind in kinds)] for peer in peers]
    table.show("Verdict: sets on which ours is ahead / level / behind", ["peer", *kinds], rows)
    if "seen" in kinds:
        print(f"\nseen ({', '.join(LEARNED)}): our shipped table was learned from these questions; no test of us.")
    behind = sorted((d for d in found if d.margin < 0), key=lambda d: d.margin)
    points = ((d, f"{d.ours:.1f}", f"{d.theirs:.1f}", f"{d.margin:+.1f}") for d in behind)
    rows = [[d.label, d.peer, *cells, f"{d.doubt:.1f}" if d.doubt else ""] for d, *cells in points]
    table.show("Behind", ["questions", "peer", "ours", "theirs", "margin", "± 95 %"], rows, words=2)
    _list("Level", [d for d in found if d.margin == 0])
    _list("Ahead, but within chance (95 %)", [d for d in found if 0 < d.margin <= d.doubt])
    if found and all(d.margin > 0 for d in found if d.kind != "seen"):
        print("\nOurs is ahead of every peer here on every set measured but not seen.")
    _beside_prototype(run)


def _list(title: str, some: list[Duel]) -> None:
    if some:
        print(f"\n{title}\n")
    for peer in dict.fromkeys(d.peer for d in some):
        labels = ", ".join(d.label for d in some if d.peer == peer)
        print(textwrap.fill(f"{peer}: {labels}", 100, subsequent_indent="    "))


def _count(found: list[Duel], peer: str, kind: str) -> str:
    margins = [d.margin for d in found if d.peer == peer and d.kind == kind]
    return f"{sum(m > 0 for m in margins)} / {sum(m == 0 for m in margins)} / {sum(m < 0 for m in margins)}"


def _beside_prototype(run: Measured) -> None:
    pairs = prototype(run)
    rows = [[what, f"{own:.1f}", f"{then:.1f}", f"{own - then:+.1f}"] for what, own, then in pairs]
    title = "Beside the prototype (its figures: held-back splits, another machine; ours: dev splits, here)"
    table.show(title, ["", "ours", "prototype", "difference"], rows)


def prototype(run: Measured) -> Iterator[tuple[str, float, float]]:
    """Yield what is measured, our figure and the prototype's."""
    for r in run.accuracy:
        if r.system == NAME and r.label in reference.TOP1:
            yield f"{r.label}, top-1 %{' (seen)' if seen(r.case) else ''}", r.top1, reference.TOP1[r.label]
    yield from _refusal(run)
    for d in run.distracted:
        if d.system == NAME:
            yield "skqc_dev k3 among distractors, top-1 %", d.top1, reference.DISTRACTED
    for c in run.costs:
        if c.system == NAME:
            then = reference.COSTS.get(c.variants, ())
            for what, ours, theirs in zip(_COSTS, (c.p50, c.p99, c.rss), then, strict=False):
                yield f"{c.variants:,} variants, {what}", ours, theirs


def _refusal(run: Measured) -> Iterator[tuple[str, float, float]]:
    for s in run.refusal:
        if s.system == NAME and s.topic in reference.AUROC:
            yield f"{s.topic}, AUROC %", s.auroc, reference.AUROC[s.topic]
        if s.system == NAME and s.topic in reference.ANSWERED:
            yield f"{s.topic}, out answered %", s.answered, reference.ANSWERED[s.topic]
