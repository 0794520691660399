"""Before anything is written: does the whole folder still hold, and does every test still pass?"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from bot.desk.desk import HelpDesk
from bot.knowledge.build import KnowledgeError, build
from bot.matching.learned import Kept
from bot.words import Problem
from bot.workshop.check import check_folder
from bot.workshop.edit_folder import Drafts
from bot.workshop.test import Failure, TestResult, run

_NOW_PASSES = "이제 통과합니다"


@dataclass(frozen=True, slots=True)
class Broken:
    """A test that passed before a change and does not after it."""

    question: str
    wanted: str
    before: str
    after: str
    where: str

    def __str__(self) -> str:
        return (
            f"{self.where}: 「{self.question}」 바란 것: {self.wanted} / 지금: {self.before} → 고친 뒤: {self.after}"
        )


@dataclass(frozen=True, slots=True)
class Effect:
    """What the changes of some drafts would do."""

    desk: HelpDesk
    """The desk as it would be."""
    broken: tuple[Broken, ...] = ()
    mended: tuple[str, ...] = ()
    """Known failures that pass after the change."""
    passed: int = 0


def new_problems(drafts: Drafts, now: datetime) -> list[Problem]:
    """Return the problems that the folder has with the changes and did not have without them."""
    before = Counter((p.file, p.code, p.message) for p in check_folder(drafts.folder, now.date()))
    fresh = []
    for problem in check_folder(drafts.folder, now.date(), drafts.changed):
        key = (problem.file, problem.code, problem.message)
        if before[key]:
            before[key] -= 1
        else:
            fresh.append(problem)
    return fresh


def desk_of(drafts: Drafts, kept: Kept | None) -> HelpDesk:
    """Return the desk as it would be with the changes.

    Raises:
        KnowledgeError: the folder could not be served.
    """
    base, problems = build(drafts.folder, drafts.changed)
    if base is None or problems:
        raise KnowledgeError(problems)
    return HelpDesk(base, kept, encoder=False)


def effect(drafts: Drafts, kept: Kept | None, before: TestResult, now: datetime) -> Effect:
    """Run all tests on the knowledge with the changes and compare with how they went `before`."""
    desk = desk_of(drafts, kept)
    after = run(desk, now)
    failed = {_key(f) for f in before.failures}
    listed = {q for q, _, _ in desk.base.tests.known_failures}
    mended = tuple(f.question for f in after.failures if f.got == _NOW_PASSES and f.question in listed)
    worse = [f for f in after.failures if _key(f) not in failed and f.got != _NOW_PASSES]
    return Effect(
        desk, tuple(Broken(f.question, f.wanted, "통과", f.got, f.where) for f in worse), mended, after.passed
    )


def _key(failure: Failure) -> tuple[str, str]:
    return failure.question, failure.wanted


def drop_known_failures(drafts: Drafts, questions: tuple[str, ...]) -> None:
    """Take questions out of the list of known failures: they pass."""
    for draft in drafts.all():
        listed = (draft.get(("tests", "known_failures")) or []) if isinstance(draft.value, dict) else []
        for number in range(len(listed) - 1, -1, -1):
            if listed[number].get("q") in questions:
                draft.remove(("tests", "known_failures", number))
