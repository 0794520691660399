"""Learn the table of stabilities: `python -m tests.bench.prior [--data ../shared/bench]`.

For each gram: how often a question of a group with one meaning shares it with its siblings. Learned from
songys/Question_pair (MIT); grams seen fewer than three times are left out.
"""

import argparse
from pathlib import Path

import numpy as np

from bot.matching import prior
from bot.matching.grams import grams

_FEWEST = 3
_TARGET = Path(prior.__file__).with_name("prior.npz")


def learn(groups: list[list[str]]) -> dict[str, np.ndarray]:
    """Return bucket, shared and seen: parallel arrays."""
    sizes = np.array([len(g) for g in groups])
    group = np.repeat(np.arange(len(groups)), sizes)
    found = grams([text for g in groups for text in g], prior.BITS)
    packed, count = np.unique(group[found.text].astype(np.int64) << prior.BITS | found.bucket, return_counts=True)
    several = sizes[packed >> prior.BITS]
    bucket, place = np.unique(packed & ((1 << prior.BITS) - 1), return_inverse=True)
    shared = np.bincount(place, weights=count * (count - 1) / (several - 1))
    seen = np.bincount(place, weights=count)
    keep = seen >= _FEWEST
    return {
        "bucket": bucket[keep].astype(np.uint32),
        "shared": shared[keep].astype(np.float16),
        "seen": seen[keep].astype(np.float16),
    }


def paraphrases(folder: Path) -> list[list[str]]:
    """Return the groups of questions with one meaning in songys/Question_pair."""
    groups: dict[str, list[str]] = {}
    for name in ("index_k1.tsv", "queries.tsv"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            key, _, text = line.partition("\t")
            groups.setdefault(key, []).append(text.lower())
    return [g for g in groups.values() if len(g) > 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/bench"))
    options = parser.parse_args()
    table = learn(paraphrases(options.data / "qpair"))
    np.savez_compressed(_TARGET, **table)
    print(f"{len(table['bucket'])} grams, {_TARGET.stat().st_size / 1024:.0f} KB: {_TARGET}")


if __name__ == "__main__":
    main()
