"""Print what the workshop found, in the editors' words."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from bot.languages import ENGLISH, KOREAN
from bot.words import Problem
from bot.workshop.check import WARNINGS
from bot.workshop.english import in_english
from bot.workshop.test import ASKED, NOTHING, WRONG, Failure, TestResult

Hints: TypeAlias = Callable[[Failure], Iterable[str]]
_KINDS = {WRONG: "틀린 답", ASKED: "되물은 것", NOTHING: "답을 못 찾은 것"}


def show_check(problems: Sequence[Problem], language: str = KOREAN) -> int:
    """Print what `knowledge check` found, in the language of the knowledge base; return the exit code."""
    for problem in problems:
        print(in_english(problem) if language == ENGLISH else problem)
    warnings = sum(p.code in WARNINGS for p in problems)
    faults = len(problems) - warnings
    if language == ENGLISH:
        print(
            f"{faults} problem{'s' if faults > 1 else ''}." if faults else "No problems.",
            *([f"{warnings} to look at."] if warnings else []),
        )
        return 1 if faults else 0
    print(f"문제 {faults}건" if faults else "문제가 없습니다.", *([f"살펴볼 것 {warnings}건."] if warnings else []))
    return 1 if faults else 0


def show_tests(result: TestResult, *, known: bool = False, anyway: bool = False, hints: Hints | None = None) -> int:
    """Print what `knowledge test` found, wrong answers first; return the exit code.

    `known`: known failures are shown one by one. `anyway`: only wrong answers count. `hints`: what would mend a
    failure.
    """
    for kind, title in _KINDS.items():
        if failures := result.of_kind(kind):
            print(f"{title} {len(failures)}건:")
            for failure in failures:
                print(f"  {failure} (확실함 {100 * failure.score:.0f}%)")
                for line in hints(failure) if hints else ():
                    print(f"    → {line}")
    if known and result.known:
        print(f"\n알려진 실패 {len(result.known)}건:")
        print("\n".join(f"  {failure}" for failure in result.known))
    for failure in result.mended:
        print(f"알려진 실패가 이제 통과합니다. known_failures에서 빼 주세요: 「{failure.question}」")
    count = result.passed + len(result.failures)
    hidden = (
        f" 알려진 실패 {len(result.known)}건은 뺐습니다(--known으로 봅니다)." if result.known and not known else ""
    )
    print(f"\n시험 {count}건 가운데 {result.passed}건 통과, {len(result.failures)}건 실패.{hidden}")
    return 1 if result.of_kind(WRONG) or (result.failures and not anyway) else 0
