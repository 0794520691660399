"""Print what the workshop found, in the editors' words."""

from collections.abc import Sequence

from bot.words import Problem
from bot.workshop.check import WARNINGS
from bot.workshop.test import TestResult


def show_check(problems: Sequence[Problem]) -> int:
    """Print what `knowledge check` found; return the exit code."""
    for problem in problems:
        print(problem)
    warnings = sum(p.code in WARNINGS for p in problems)
    faults = len(problems) - warnings
    print(f"문제 {faults}건" if faults else "문제가 없습니다.", *([f"살펴볼 것 {warnings}건."] if warnings else []))
    return 1 if faults else 0


def show_tests(result: TestResult) -> int:
    """Print what `knowledge test` found; return the exit code."""
    for failure in result.failures:
        print(failure)
    if result.known:
        print(f"\n알려진 실패 {len(result.known)}건:")
        for failure in result.known:
            print(f"  {failure}")
    print(
        f"\n시험 {result.passed + len(result.failures)}건 가운데 {result.passed}건 통과, {len(result.failures)}건 실패"
    )
    return 1 if result.failures else 0
