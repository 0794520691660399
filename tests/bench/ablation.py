"""What each ingredient of the ranker is worth: `python -m tests.bench.ablation [--data ../shared/bench]`.

Top-1 in percent on the development sets, on clean text, for rankers that lack one thing each. The
numbers stand in docs/adr/0002.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.matching import index as ranker
from bot.matching import prior
from bot.matching.index import Index, Tuning

_SETS = {
    "pkqc 1": "pkqc_dev/index_k1.tsv",
    "pkqc 3": "pkqc_dev/index_k3.tsv",
    "pkqc 5": "pkqc_dev/index_k5.tsv",
    "sae4k 1": "sae4k_kw/index_k1.tsv",
    "banking 10": "banking77/index_k10.tsv",
}
_MOST = 1500


class FlatIndex(Index):
    """Rarity counted over wordings instead of frames, as ordinary TF-IDF does."""

    def __init__(self, wordings: Sequence[Sequence[str]], tuning: Tuning) -> None:
        self.owner = np.repeat(np.arange(len(wordings)), [len(g) for g in wordings])
        self.count = len(wordings)
        super().__init__([[text] for group in wordings for text in group], tuning)

    def scores(self, text: str) -> ranker.Floats:
        best = np.zeros(self.count, dtype=np.float32)
        np.maximum.at(best, self.owner, super().scores(text))
        return best


def _without_prior(wordings: Sequence[Sequence[str]], tuning: Tuning) -> Index:
    known = prior.stability
    prior.stability = lambda bits, value: np.full(1 << bits, value, dtype=np.float32)  # type: ignore[assignment]
    try:
        return Index(wordings, tuning)
    finally:
        prior.stability = known


_FULL = Tuning()
RANKERS = {
    "as shipped": (Index, _FULL),
    "- general prior of stability": (_without_prior, _FULL),
    "- stability at all": (Index, replace(_FULL, stability=0.0)),
    "- mean of the wordings": (Index, replace(_FULL, mean=0.0)),
    "- jamo grams": (Index, replace(_FULL, jamo=0.0)),
    "- weighting by entry (plain TF-IDF, best wording)": (FlatIndex, replace(_FULL, stability=0.0)),
}


def _pairs(path: Path) -> list[tuple[str, str]]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line)
    return [(entry, text.lower()) for entry, text in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/bench"))
    data = parser.parse_args().data
    print(f"{'':52}" + "".join(f"{name:>12}" for name in _SETS))
    for label, (build, tuning) in RANKERS.items():
        cells = []
        for path in _SETS.values():
            groups: dict[str, list[str]] = {}
            for entry, text in _pairs(data / path):
                groups.setdefault(entry, []).append(text)
            index, names = build(list(groups.values()), tuning), list(groups)
            queries = _pairs(data / Path(path).parent / "queries.tsv")
            queries = queries[:: max(1, len(queries) // _MOST)]
            right = sum(names[int(index.scores(text).argmax())] == entry for entry, text in queries)
            cells.append(f"{100 * right / len(queries):>12.1f}")
        print(f"{label:52}" + "".join(cells))


if __name__ == "__main__":
    main()
