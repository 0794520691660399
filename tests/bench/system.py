"""What is measured: anything that can hold an index and name the best entry for a question."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

Ranked = tuple[str, float]  # the best entry ("" for none) and its score, in the system's own scale


class System(Protocol):
    """One row of the tables."""

    name: str

    def build(self, entries: Sequence[str], texts: Sequence[str]) -> None:
        """Index `texts`, each a variant of the entry at the same place."""

    def rank(self, query: str) -> Ranked:
        """Return the best entry for one question, and its score."""

    def rank_many(self, queries: Sequence[str]) -> list[Ranked]:
        """Return the same as `rank` for each, in the fastest way the system has on one core."""

    def pid(self) -> int:
        """Return the process that answers."""

    def close(self) -> None:
        """Let go of processes and files. Idempotent."""


def memory(pid: int) -> tuple[float, float]:
    """Return resident memory of a process now, and its peak, in MB; zeros where there is no /proc."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0, 0.0
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    now, peak = (int(fields[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))
    return now, peak


def one_thread() -> None:
    """Keep numeric libraries of this process, and of those it starts, to one thread each."""
    for name in ("OMP", "OPENBLAS", "MKL", "RAYON", "NUMEXPR", "NUMBA"):
        os.environ[f"{name}_NUM_THREADS"] = "1"


def pin(pid: int) -> str:
    """Keep a process to one core, and say so; where the system cannot, say that."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned (no sched_setaffinity here)"
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(pid, {core})
    return f"pinned to core {core}"


def say(text: str) -> None:
    """Report progress, beside the tables."""
    print(text, file=sys.stderr, flush=True)
