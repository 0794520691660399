"""The public question sets: where their files stand, and how their rows become questions."""

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUICK = 200
_NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Rows:
    """Pairs of an entry and a text, as two columns of the same length."""

    entries: tuple[str, ...]
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def only(self, entries: Collection[str]) -> "Rows":
        """Return the rows of these entries, in order."""
        return _rows(pair for pair in zip(self.entries, self.texts, strict=True) if pair[0] in entries)

    def sample(self, limit: int | None) -> "Rows":
        """Return `limit` rows, always the same ones, in order; all of them when `limit` is None."""
        if limit is None or limit >= len(self):
            return self
        chosen = sorted(random.Random(20261124).sample(range(len(self)), limit))
        return Rows(tuple(self.entries[i] for i in chosen), tuple(self.texts[i] for i in chosen))

    def __add__(self, other: "Rows") -> "Rows":
        return Rows(self.entries + other.entries, self.texts + other.texts)


@dataclass(frozen=True)
class Case:
    """One index and the files of questions that are asked of it, each under its name in the tables."""

    name: str
    index: Path
    clean: dict[str, Path]
    noisy: dict[str, Path]


@dataclass(frozen=True)
class PublicSet:
    """A folder of the data, and for which numbers of variants an entry it has an index."""

    name: str
    variants: tuple[int, ...]
    noisy_variants: int | None = None
    queries: tuple[str, ...] = ()


SETS = (
    PublicSet("pkqc_dev", (1, 3, 5), noisy_variants=3),
    PublicSet("skqc_dev", (1, 3), noisy_variants=3),
    PublicSet("qpair", (1,)),
    PublicSet("sae4k_kw", (1,)),
    PublicSet("banking77", (10,)),
    PublicSet("names", (1,), queries=("choseong", "typo1")),
)

# Sets from which a table that we ship was learned: what we reach there is no test of ours.
LEARNED = {"qpair": ROOT / "bot" / "matching" / "prior.npz"}


def seen(case: str) -> bool:
    """Return whether our shipped matcher has learned from the set that a case belongs to."""
    table = LEARNED.get(case.split()[0])
    return table is not None and table.exists()


def cases(data: Path, only: str | None = None) -> Iterator[Case]:
    """Yield every index with its questions, of one set or of all."""
    for public in SETS:
        if only not in (None, public.name):
            continue
        folder = data / public.name
        for count in public.variants:
            noise = sorted((folder / "noise").glob("*.tsv")) if count == public.noisy_variants else []
            clean = {f"{public.name} {kind}": folder / f"queries_{kind}.tsv" for kind in public.queries}
            name, index = f"{public.name} k{count}", folder / f"index_k{count}.tsv"
            yield Case(name, index, clean or {name: folder / "queries.tsv"}, {p.stem: p for p in noise})


def read(path: Path) -> Rows:
    """Return the rows of a tab-separated file of two columns."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        return _rows(line.rstrip("\n").split("\t", 1) for line in lines if line.strip())


def indexed_groups(data: Path, name: str) -> frozenset[str]:
    """Return the entries to index when the questions of the others must be refused."""
    text = (data / name / "ood_index_groups.tsv").read_text(encoding="utf-8")
    return frozenset(line.split("\t")[0] for line in text.splitlines() if line.strip())


def scale_index(data: Path, size: int) -> Rows:
    """Return pkqc_dev with 3 variants and pool rows, one entry each: `size` variants in all.

    None is a copy of one of the set's questions: `extractOne` would stop at it, and look faster than it is.
    """
    index, questions = read(data / "pkqc_dev" / "index_k3.tsv"), read(data / "pkqc_dev" / "queries.tsv")
    return index + _fill(read(data / "scale" / "pool.tsv"), index + questions, size - len(index))


def skqc_with_distractors(data: Path, distractors: int) -> Rows:
    """Return skqc_dev with 3 variants and `distractors` pool rows, one entry each.

    The pool holds the set's own paraphrases, which would be right answers counted as wrong. So rows of other
    sources come first, and of this source those least alike to the set's sentences fill up what is missing.
    """
    index = read(data / "skqc_dev" / "index_k3.tsv")
    questions = read(data / "skqc_dev" / "queries.tsv")
    pool = read(data / "scale" / "pool.tsv")
    foreign = [pair for pair in zip(pool.entries, pool.texts, strict=True) if pair[0] != "skqc"]
    kin = sorted(pool.only({"skqc"}).texts, key=_alikeness((index + questions).texts))
    return index + _fill(_rows([*foreign, *(("skqc", text) for text in kin)]), index + questions, distractors)


def _fill(pool: Rows, others: Rows, count: int) -> Rows:
    """Return `count` pool rows that repeat none of the others, each as an entry of its own."""
    taken = {_squeeze(text) for text in others.texts}
    fresh = [text for text in pool.texts if _squeeze(text) not in taken][: max(count, 0)]
    return Rows(tuple(f"pool-{n}" for n in range(len(fresh))), tuple(fresh))


def _alikeness(sentences: Sequence[str]) -> Callable[[str], float]:
    """Return the function that tells what share of a text's syllable bigrams one of these sentences has."""
    holders: dict[str, set[int]] = defaultdict(set)
    for number, sentence in enumerate(sentences):
        for gram in _bigrams(sentence):
            holders[gram].add(number)

    def share(text: str) -> float:
        grams = _bigrams(text)
        counts: dict[int, int] = defaultdict(int)
        for gram in grams:
            for number in holders.get(gram, ()):
                counts[number] += 1
        return max(counts.values(), default=0) / max(len(grams), 1)

    return share


def _bigrams(text: str) -> set[str]:
    squeezed = _squeeze(text)
    return {squeezed[i : i + 2] for i in range(len(squeezed) - 1)}


def _squeeze(text: str) -> str:
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFC", text).lower())


def _rows(pairs: Iterable[Sequence[str]]) -> Rows:
    columns = tuple(zip(*pairs, strict=True))
    return Rows(*columns) if columns else Rows((), ())
