"""Run the benchmark: `python -m tests.bench`, in the root of the project."""

import argparse
import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

from tests.bench import accuracy, http, refusal, search, telegram, throughput, timing, verdict, workshop
from tests.bench.data import QUICK, ROOT, SETS
from tests.bench.roster import Roster, gather
from tests.bench.system import one_thread, say

PARTS = ("accuracy", "refusal", "time", "throughput", "telegram", "search", "http", "workshop")
COMMAND = ".venv/bin/helpdesk ask --json -"


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m tests.bench", description="Measure us beside our peers.")
    add = parser.add_argument
    add("--data", type=Path, default=Path("../shared/bench"), help="the public sets (default: %(default)s)")
    add("--questions", type=Path, help="YAML questions for throughput (default: `questions` beside --data)")
    add("--command", default=COMMAND, help="what answers (default: %(default)s)")
    add("--only", choices=PARTS, help="one part")
    add("--set", choices=[s.name for s in SETS], help="one public set, in accuracy and refusal")
    add("--quick", action="store_true", help=f"{QUICK} questions a set, and fewer of the slow peers")
    add("--json", type=Path, help="also write every figure to this file")
    chosen = parser.parse_args()
    chosen.data = ROOT / chosen.data
    chosen.questions = ROOT / (chosen.questions or chosen.data.parent / "questions")
    return chosen


def main() -> int:
    """Measure the parts asked for and print their tables; return 1 when something could not be measured."""
    chosen = options()
    one_thread()
    roster = gather(chosen.command)
    print(_headline(roster))
    run = verdict.Measured()
    for part in _parts(chosen):
        _MEASURE[part](run, roster, chosen)
    verdict.show(run)
    for failure in roster.failures:
        print(f"\nNot measured: {failure}")
    if chosen.json:
        figures = _figures(run, roster, chosen)
        chosen.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    return 1 if roster.failures or not run.ours() else 0


def _parts(chosen: argparse.Namespace) -> list[str]:
    """Return the parts to run: those asked for, as far as the data are there."""
    parts = [part for part in PARTS if chosen.only in (None, part)]
    if chosen.data.is_dir():
        return parts
    print(f"\n{chosen.data.resolve()} is not there (--data): left out are accuracy, refusal and time.")
    return [part for part in parts if part in ("throughput", "telegram", "search", "http", "workshop")]


def _accuracy(run: verdict.Measured, roster: Roster, chosen: argparse.Namespace) -> None:
    run.accuracy = accuracy.measure(roster, chosen.data, chosen.set, QUICK if chosen.quick else None)
    accuracy.show(run.accuracy, roster)


def _refusal(run: verdict.Measured, roster: Roster, chosen: argparse.Namespace) -> None:
    run.refusal = refusal.measure(roster, chosen.data, chosen.set, QUICK if chosen.quick else None)
    refusal.show(run.refusal)


def _time(run: verdict.Measured, roster: Roster, chosen: argparse.Namespace) -> None:
    run.costs, run.distracted = timing.measure(roster, chosen.data, chosen.quick)
    timing.show(run.costs, run.distracted)


def _throughput(run: verdict.Measured, roster: Roster, chosen: argparse.Namespace) -> None:
    run.throughput = throughput.measure(roster, chosen.questions, chosen.quick)
    throughput.show(run.throughput)


def _telegram(run: verdict.Measured, roster: Roster, chosen: argparse.Namespace) -> None:
    run.telegram = telegram.measure(roster, chosen.questions, chosen.quick)
    telegram.show(run.telegram)


def _search(run: verdict.Measured, roster: Roster, chosen: argparse.Namespace) -> None:
    run.search = search.measure(roster, chosen.questions, chosen.quick)
    search.show(run.search)


def _http(run: verdict.Measured, roster: Roster, chosen: argparse.Namespace) -> None:
    run.http = http.measure(roster, chosen.questions, chosen.quick)
    http.show(run.http)


def _workshop(run: verdict.Measured, roster: Roster, chosen: argparse.Namespace) -> None:
    run.workshop = workshop.measure()
    workshop.show(run.workshop)


_MEASURE = dict(
    zip(PARTS, (_accuracy, _refusal, _time, _throughput, _telegram, _search, _http, _workshop), strict=True)
)


def _headline(roster: Roster) -> str:
    lines = [
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; one thread each.",
        "Peers are given every text in NFC and lower case and nothing else; ours is given the raw text.",
        *(f"Not in this run: {why}" for why in roster.absent),
    ]
    return "\n".join(lines)


def _figures(run: verdict.Measured, roster: Roster, chosen: argparse.Namespace) -> dict[str, object]:
    return {
        "command": chosen.command,
        "quick": chosen.quick,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "absent": roster.absent,
        "failures": roster.failures,
        "accuracy": [
            {"questions": r.label, "system": r.system, "n": len(r.hits), "top1": r.top1, "ms": r.ms}
            for r in run.accuracy
        ],
        "refusal": [asdict(r) for r in run.refusal],
        "time": [asdict(c) for c in run.costs],
        "distractors": [asdict(d) for d in run.distracted],
        "throughput": asdict(run.throughput) if run.throughput else None,
        "telegram": [asdict(w) for w in run.telegram],
        "workshop": [asdict(s) for s in run.workshop],
        "search": asdict(run.search) if run.search else None,
        "http": [asdict(f) for f in run.http],
        "verdict": [asdict(d) for d in verdict.duels(run)],
    }


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        say("stopped")
        raise SystemExit(130) from None
