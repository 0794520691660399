"""What was learned, and the file that keeps it: classifier, head, coefficients, and what all of it was learned from."""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.base import KnowledgeBase
from bot.matching.classifier import Classifier
from bot.matching.linear import Floats, in_bytes
from bot.matching.meaning import Answers, Head, Meaning, Nearest, unit
from bot.matching.model import Model
from bot.matching.moves import Moves
from bot.matching.network import Network
from bot.matching.policy import Cutoffs
from bot.matching.talk import Talk
from bot.words import Frame

VERSION = 6
"""Of the layout of `learned.zip`: another one is not read."""
_ALL, _EACH = 12, 4
"""Hexadecimal digits of the digest of all texts of a frame, and of each of them."""
_LARGEST = 256 << 20
"""Bytes of a file's contents: those of the shipped one are 38 MB."""
_OF_THE_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)
_OF_ITS_CONTENTS = (AttributeError, KeyError, TypeError, ValueError)
STALE = -1
"""Column of a frame that the file knows nothing of, or something else."""
NONE = "-"
_MOVES, _NETWORK = "moves_", "network_"
"""Beginnings of the names of what belongs to the classifier of moves, and to the network."""


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
    conversations: Mapping[str, Judgement] = field(default_factory=dict)
    """How to judge what a message may mean in its conversation, by the kinds of evidence as well."""
    moves: Moves | None = None
    talk: Talk | None = None
    """What tells small talk from everything else, where the base has learned none of its own."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in a file, its labels by name."""

    labels: tuple[str, ...]
    digests: Mapping[str, str]
    classifier: Classifier
    head: Head | None
    judgements: Mapping[str, Judgement]
    conversations: Mapping[str, Judgement] = field(default_factory=dict)
    moves: Moves | None = None
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

    def grown(self, base: KnowledgeBase) -> list[int]:
        """Return for each frame of a base its column here; -1 where it has lost any of its texts since, or is new."""
        place = {label: i for i, label in enumerate(self.labels)}
        known = ((f.id, digest) for f, digest in zip(base.frames, digests(base), strict=True))
        return [place[id] if id in place and holds(self.digests[id], digest) else STALE for id, digest in known]


def digests(base: KnowledgeBase) -> list[str]:
    """Return for each frame a digest of what is learned for it: of all its texts, then of each."""
    return list(map(_digest, texts_of(base)))


def texts_of(base: KnowledgeBase) -> list[tuple[str, ...]]:
    """Return for each frame what is learned for it: its wordings, and the voices for it by author."""
    said: dict[str, list[str]] = {}
    for author, sections in sorted(base.voices.items()):
        for name, texts in sorted(sections.items()):
            entry = base.entry(name)
            said.setdefault(entry.frame if entry else name, []).extend((author, *texts))
    return [(*f.wordings, "", *said.get(f.id, ())) for f in base.frames]


def _digest(texts: Sequence[str]) -> str:
    each = sorted({zlib.crc32(text.encode()) & 0xFFFF for text in texts})
    all_of_them = hashlib.blake2b("\0".join(texts).encode(), digest_size=_ALL // 2).hexdigest()
    return all_of_them + "".join(map("{:04x}".format, each))


def holds(digest: str, other: str) -> bool:
    """Tell whether all that was learned for a frame of one digest is also among what the other one is of."""
    here, there = ({d[i : i + _EACH] for i in range(_ALL, len(d), _EACH)} for d in (digest, other))
    return here <= there


def source_of(base: KnowledgeBase) -> str:
    """Return 12 hexadecimal digits of all that is learned from: wordings, voices, questions that belong elsewhere."""
    outside = [t for sections in base.voices.values() for name in ("-",) for t in sections.get(name, ())]
    frames: Iterable[Frame] = base.frames
    names = [f"{f.id}{d[:_ALL]}" for f, d in zip(frames, digests(base), strict=True)]
    return hashlib.blake2b("\0".join([*names, *outside, *base.elsewhere]).encode(), digest_size=6).hexdigest()


def pack(kept: Kept) -> bytes:
    """Return the bytes of a file; the same for the same contents."""
    meta = {
        "version": VERSION,
        "labels": kept.labels,
        "digests": dict(kept.digests),
        "judgements": written(kept.judgements),
        "conversations": written(kept.conversations),
        "source": kept.source,
        "report": dict(kept.report),
    }
    out = io.BytesIO()
    arrays = arrays_of(kept.classifier)
    if kept.moves is not None:
        arrays |= arrays_of(kept.moves.classifier, _MOVES)
    if kept.head is not None:
        arrays |= _of_head(kept.head)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr(_named("meta.json"), json.dumps(meta, ensure_ascii=False, indent=1))
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            file.writestr(_named(f"{name}.npy"), buffer.getvalue())
    return out.getvalue()


def arrays_of(c: Classifier, prefix: str = "") -> dict[str, NDArray[Any]]:
    """Return a classifier as arrays that `classifier_of` reads."""
    return {f"{prefix}weights": c.weights, f"{prefix}scale": c.scale, f"{prefix}counts": np.packbits(c.counts)}


def classifier_of(arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> Classifier:
    """Return the classifier that `arrays_of` gave."""
    counts = np.unpackbits(arrays[f"{prefix}counts"]).astype(bool)
    return Classifier(arrays[f"{prefix}weights"], arrays[f"{prefix}scale"], counts)


def written(judgements: Mapping[str, Judgement]) -> dict[str, Any]:
    """Return judgements as `judgements_of` reads them."""
    return {
        name: {"cutoffs": j.cutoffs.as_dict(), "coefficients": dict(j.model.coefficients)}
        for name, j in judgements.items()
    }


def judgements_of(data: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, Judgement]:
    """Return judgements as they stand in a file."""
    return {name: Judgement(Model(j["coefficients"]), Cutoffs.from_dict(j["cutoffs"])) for name, j in data.items()}


def _of_head(head: Head) -> dict[str, NDArray[Any]]:
    """Return a head as arrays; short vectors in bytes, of unit length once they are read again."""
    near = head.nearest
    return {
        "mean": head.mean,
        **_of_network(head.network),
        "basis": near.basis,
        "near": np.rint(near.vectors / np.abs(near.vectors).max(initial=1e-6) * 127).astype(np.int8),
        "near_labels": near.labels.astype(np.int16),
        "answers": head.answers.vectors.astype(np.float16),
        "like": np.array(head.like),
    }


def _head(arrays: Mapping[str, NDArray[Any]]) -> Head:
    """Return the head that `_of_head` gave."""
    vectors = unit(arrays["near"].astype(np.float32))
    line, nearest, answer, middle = map(tuple, arrays["like"].tolist())
    near = Nearest(arrays["basis"], vectors, arrays["near_labels"].astype(np.int64), nearest)
    answers = Answers(arrays["answers"].astype(np.float32), answer)
    return Head(arrays["mean"], replace(_network(arrays), like=line), near, answers, middle)


def _of_network(network: Network) -> dict[str, NDArray[Any]]:
    """Return a network as arrays of bytes, and what they are in units of by column."""
    found: dict[str, NDArray[Any]] = {}
    for number, layer in enumerate(network.layers):
        name = f"{_NETWORK}{number}"
        found[name], found[f"{name}_scale"] = in_bytes(layer)
    return found


def _network(arrays: Mapping[str, NDArray[Any]]) -> Network:
    """Return the network that `_of_network` gave."""

    def layer(number: int) -> Floats:
        found: Floats = arrays[f"{_NETWORK}{number}"].astype(np.float32) * arrays[f"{_NETWORK}{number}_scale"]
        return found

    return Network((layer(0), layer(1)))


def _named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))  # no date of making: the same contents are the same bytes
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def unpack(data: bytes, *, head: bool = True) -> Kept:
    """Return what `pack` wrote; without the head where no encoder is asked: it takes 25 MB.

    Raises:
        LearnedError: it is something else, or of another version.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            if (size := sum(part.file_size for part in file.infolist())) > _LARGEST:
                raise LearnedError(f"{size} bytes")
            meta = json.loads(file.read("meta.json"))
            if meta.get("version") != VERSION:
                raise LearnedError(f"version {meta.get('version')}")
            arrays = {n[:-4]: np.load(io.BytesIO(file.read(n))) for n in file.namelist() if n.endswith(".npy")}
        classifier = classifier_of(arrays)
        moves = Moves(classifier_of(arrays, _MOVES)) if f"{_MOVES}weights" in arrays else None
        found = _head(arrays) if head and "mean" in arrays else None
        return Kept(
            tuple(meta["labels"]),
            meta["digests"],
            classifier,
            found,
            judgements_of(meta["judgements"]),
            judgements_of(meta["conversations"]),
            moves,
            meta["source"],
            meta["report"],
        )
    except (*_OF_THE_ARCHIVE, *_OF_ITS_CONTENTS) as error:
        raise LearnedError(str(error)) from None
