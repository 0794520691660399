"""How many questions a second the shipped knowledge base answers on one core."""

import itertools
import shlex
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.bench import table
from tests.bench.data import ROOT
from tests.bench.ours import CommandError, Conversation
from tests.bench.roster import Roster
from tests.bench.system import memory, one_thread, pin, say

_LINES = 5_000
_STARTS = 5


@dataclass(frozen=True)
class Throughput:
    """The command on the shipped knowledge base."""

    questions: int
    distinct: int
    a_second: float  # each question for the first time
    repeated: float  # the same questions again
    start: float  # seconds from nothing to the first answer, median
    rss: float  # MB
    peak: float  # MB
    core: str


def measure(roster: Roster, questions: Path, quick: bool) -> Throughput | None:
    """Start the command several times, then ask 5,000 questions (`quick`: 1,000); None when it fails."""
    one_thread()
    texts = asked(questions)
    lines = list(itertools.islice(itertools.cycle(texts), 1_000 if quick else _LINES))
    if not lines:
        roster.failed(f"throughput: no questions in {questions} or in {ROOT / 'knowledge'}")
        return None
    try:
        starts = [_first_answer(roster.command, texts[0]) for _ in range(_STARTS)]
        return _bulk(roster.command, lines, len(texts), statistics.median(starts))
    except CommandError as error:
        roster.failed(f"throughput: {error}")
        return None


def asked(folder: Path) -> list[str]:
    """Return the distinct questions (`q`) in a folder's YAML; in the shipped tests where it is absent."""
    source = folder if folder.is_dir() else ROOT / "knowledge" / "tests"
    say(f"  throughput: questions of {source}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, None] = {}
    for path in sorted(source.rglob("*.yaml")):
        found.update(dict.fromkeys(_texts(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))))
    return list(found)


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("q"), str):
            yield node["q"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _texts(child)


def _first_answer(command: str, text: str) -> float:
    start = time.perf_counter()
    talk = Conversation(shlex.split(command))
    try:
        talk.ask(text)
        return time.perf_counter() - start
    finally:
        talk.close()


def _bulk(command: str, lines: list[str], distinct: int, start: float) -> Throughput:
    talk = Conversation(shlex.split(command))
    try:
        core = pin(talk.pid)
        talk.ask(lines[0])
        first, again = lines[1:distinct], lines[distinct:]
        rates = [_rate(talk, part) for part in (first, again)]
        rss, peak = memory(talk.pid)
        return Throughput(len(lines), distinct, rates[0], rates[1], start, rss, peak, core)
    finally:
        talk.close()


def _rate(talk: Conversation, lines: list[str]) -> float:
    """Return how many of the lines are answered a second; 0 where there are none."""
    begun = time.perf_counter()
    if lines:
        talk.ask_all(lines)
    return len(lines) / (time.perf_counter() - begun)


def show(result: Throughput | None) -> None:
    """Print the figures, if there are any."""
    if result is None:
        return
    rows = [
        ["questions a second, asked for the first time", f"{result.a_second:,.0f}"],
        ["questions a second, asked before", f"{result.repeated:,.0f}"],
        ["first answer after, s (median of 5 starts)", f"{result.start:.2f}"],
        ["resident memory, MB", f"{result.rss:.0f}"],
        ["peak memory, MB", f"{result.peak:.0f}"],
    ]
    lines = f"{result.questions:,} lines ({result.distinct:,} distinct)"
    title = f"Throughput, shipped knowledge, {lines}, {result.core}"
    table.show(title, ["", "measured"], rows)
