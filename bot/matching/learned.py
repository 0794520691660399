"""What was learned, and the file that keeps it: classifier, head, coefficients, and what all of it was learned from."""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.base import KnowledgeBase
from bot.matching.classifier import Classifier
from bot.matching.index import Tuning
from bot.matching.meaning import Head, Meaning
from bot.matching.model import Model
from bot.matching.policy import Cutoffs
from bot.words import Frame

VERSION = 1
_OF_THE_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)
_OF_ITS_CONTENTS = (AttributeError, KeyError, TypeError, ValueError)
STALE = -1
"""Column of a frame that the file knows nothing of, or something else."""
NONE = "-"


class LearnedError(ValueError):
    """A file of what was learned cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How to decide with some kinds of evidence: the model, and from which probabilities on to do what."""

    model: Model
    cutoffs: Cutoffs


@dataclass(frozen=True, slots=True)
class Learned:
    """What a matcher needs beside the wordings. Labels are the frames of a base in order, and NONE last."""

    judgements: Mapping[str, Judgement]
    """By the kinds of evidence: `plain`, `cheap`, `full`."""
    classifier: Classifier | None = None
    meaning: Meaning | None = None
    stale: frozenset[int] = frozenset()
    """Frames that have changed since, or are new."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in a file, its labels by name."""

    labels: tuple[str, ...]
    digests: Mapping[str, str]
    classifier: Classifier
    head: Head | None
    judgements: Mapping[str, Judgement]
    tuning: Tuning = field(default_factory=Tuning)
    source: str = ""
    """Of what it was learned, as `source_of` tells it."""
    report: Mapping[str, Any] = field(default_factory=dict)
    """The figures of the training."""

    def columns(self, base: KnowledgeBase) -> list[int]:
        """Return for each frame of a base, and NONE, its column here; -1 where it has changed since, or is new."""
        place = {label: i for i, label in enumerate(self.labels)}
        found = [
            place[f.id] if f.id in place and self.digests.get(f.id) == digest else STALE
            for f, digest in zip(base.frames, digests(base), strict=True)
        ]
        return [*found, place[NONE]]


def digests(base: KnowledgeBase) -> list[str]:
    """Return for each frame a digest of what is learned for it: its wordings and the voices for it."""
    said: dict[str, list[str]] = {}
    for author, sections in sorted(base.voices.items()):
        for name, texts in sorted(sections.items()):
            entry = base.entry(name)
            said.setdefault(entry.frame if entry else name, []).extend((author, *texts))
    return [_digest((*f.wordings, "", *said.get(f.id, ()))) for f in base.frames]


def _digest(texts: Iterable[str]) -> str:
    return hashlib.blake2b("\0".join(texts).encode(), digest_size=6).hexdigest()


def source_of(base: KnowledgeBase) -> str:
    """Return 12 hexadecimal digits of all that is learned from: wordings, voices, questions that belong elsewhere."""
    outside = [t for sections in base.voices.values() for name in ("-",) for t in sections.get(name, ())]
    frames: Iterable[Frame] = base.frames
    names = [f"{f.id}{d}" for f, d in zip(frames, digests(base), strict=True)]
    return hashlib.blake2b("\0".join([*names, *outside, *base.elsewhere]).encode(), digest_size=6).hexdigest()


def pack(kept: Kept) -> bytes:
    """Return the bytes of a file; the same for the same contents."""
    meta = {
        "version": VERSION,
        "labels": kept.labels,
        "digests": dict(kept.digests),
        "judgements": {
            name: {"cutoffs": j.cutoffs.as_dict(), "coefficients": dict(j.model.coefficients)}
            for name, j in kept.judgements.items()
        },
        "tuning": asdict(kept.tuning),
        "source": kept.source,
        "report": dict(kept.report),
    }
    c, out = kept.classifier, io.BytesIO()
    arrays: dict[str, NDArray[Any]] = {
        "weights": c.weights,
        "scale": c.scale,
        "counts": np.packbits(c.counts),
    }
    if kept.head is not None:
        arrays |= {"head": kept.head.weights.astype(np.float16), "mean": kept.head.mean}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr(_named("meta.json"), json.dumps(meta, ensure_ascii=False, indent=1))
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            file.writestr(_named(f"{name}.npy"), buffer.getvalue())
    return out.getvalue()


def _named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))  # no date of making: the same contents are the same bytes
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def unpack(data: bytes) -> Kept:
    """Return what `pack` wrote.

    Raises:
        LearnedError: it is something else, or of another version.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            meta = json.loads(file.read("meta.json"))
            if meta.get("version") != VERSION:
                raise LearnedError(f"version {meta.get('version')}")
            arrays = {n[:-4]: np.load(io.BytesIO(file.read(n))) for n in file.namelist() if n.endswith(".npy")}
        counts = np.unpackbits(arrays["counts"]).astype(bool)
        classifier = Classifier(arrays["weights"], arrays["scale"], counts)
        head = Head(arrays["mean"], arrays["head"].astype(np.float32)) if "head" in arrays else None
        judgements = {
            name: Judgement(Model(j["coefficients"]), Cutoffs.from_dict(j["cutoffs"]))
            for name, j in meta["judgements"].items()
        }
        tuning = Tuning(**meta["tuning"])
        return Kept(
            tuple(meta["labels"]),
            meta["digests"],
            classifier,
            head,
            judgements,
            tuning,
            meta["source"],
            meta["report"],
        )
    except (*_OF_THE_ARCHIVE, *_OF_ITS_CONTENTS) as error:
        raise LearnedError(str(error)) from None


def column_wise(weights: NDArray[Any], columns: list[int]) -> NDArray[Any]:
    """Return weights with their columns as asked for; what is stale is 0."""
    found = np.ascontiguousarray(weights[:, np.maximum(columns, 0)])  # a row is fetched at a time
    found[:, np.array(columns) < 0] = 0
    return found
