"""Before anything is written: is the whole folder still valid, and does every test still pass?"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bot.desk.desk import HelpDesk
from bot.knowledge.build import KnowledgeError
from bot.matching.learned import Kept as Learned
from bot.words import Problem, RefusedError
from bot.workshop.check import WARNINGS, check_folder
from bot.workshop.edit_desk import Before
from bot.workshop.edit_folder import Drafts
from bot.workshop.kept import Kept, Results, at_home, content_of
from bot.workshop.test import ASKED, NOTHING, WRONG, Failure, TestResult, questions_of, run
from bot.workshop.test_kept import not_reached
from bot.workshop.test_split import Progress, run_split

_KINDS = {WRONG: "틀린 답", ASKED: "되묻기", NOTHING: "못 찾음"}


@dataclass(frozen=True, slots=True)
class Broken:
    """A test that passed before a change and does not after it. Scores: how sure the desk is, 0–1."""

    failure: Failure
    before: float | None
    """How sure it was when it passed; `None` for a new test."""

    @property
    def misleads(self) -> bool:
        """Tell whether somebody would get a wrong answer."""
        return self.failure.kind == WRONG

    def __str__(self) -> str:
        f = self.failure
        after = f"{_KINDS[f.kind]}({f.got}, 확실함 {100 * f.score:.0f}%)"
        now = "새 시험" if self.before is None else f"지금: 통과(확실함 {100 * self.before:.0f}%)"
        return f"{f.where}: 「{f.question}」 바란 것: {f.wanted} / {now} → 고친 뒤: {after}"


@dataclass(frozen=True, slots=True)
class Effect:
    """What the changes of some drafts would do."""

    desk: HelpDesk
    """The desk as it would be."""
    broken: tuple[Broken, ...] = ()
    """Tests that no longer pass: those that would mislead first."""
    mended: tuple[str, ...] = ()
    """Known failures that pass after the change."""
    passed: int = 0

    def harm(self, own: str = "") -> list[Broken]:
        """Return what would be answered wrongly, except for an entry's own tests."""
        return [b for b in self.broken if b.misleads and (not own or b.failure.frame != own)]

    def doubts(self, own: str = "") -> list[Broken]:
        """Return what would no longer be answered, though not wrongly, except for an entry's own tests."""
        return [b for b in self.broken if not b.misleads and (not own or b.failure.frame != own)]


def new_problems(drafts: Drafts, now: datetime) -> list[Problem]:
    """Return the problems that the folder has with the changes and did not have without them; no warnings."""
    kept = at_home()
    before = Counter((p.file, p.code, p.message) for p in _problems(drafts.folder, now.date(), kept))
    fresh = []
    for problem in check_folder(drafts.folder, now.date(), drafts.changed, warn=False, kept=kept, built=drafts.built):
        key = (problem.file, problem.code, problem.message)
        if problem.code in WARNINGS:
            continue
        if before[key]:
            before[key] -= 1
        else:
            fresh.append(problem)
    return fresh


def _problems(folder: Path, day: date, kept: Kept) -> list[Problem]:
    """Return the problems of a folder as it stands; the same files have the same ones, so these are looked for once a day."""
    results = Results(kept, "folder")
    found = results.problems(
        str(day), content_of(folder).encode(), lambda: check_folder(folder, day, warn=False, kept=kept)
    )
    results.close()
    return found


def desk_of(drafts: Drafts, kept: Learned | None) -> HelpDesk:
    """Return the desk as it would be with the changes.

    Raises:
        KnowledgeError: the folder could not be served.
    """
    base, problems = drafts.built
    if base is None or problems:
        raise KnowledgeError(problems)
    return HelpDesk(base, kept, encoder=False)


def effect(
    drafts: Drafts,
    before: Before,
    now: datetime,
    desk: HelpDesk | None = None,
    *,
    processes: int = 1,
    progress: Progress | None = None,
    kept: Kept | None = None,
) -> Effect:
    """Run all tests on the knowledge with the changes; what does not pass is asked on the desk as it was `before`.

    Where the changes touch nothing but tests, only the new ones are asked: the others go as they went. So do those that the
    change of some entries cannot touch, where it is `kept` how they went.

    `desk`: the desk as it would be, where it is at hand. `processes`: as of `run_split`; a process with threads of its
    own should not be forked.
    """
    desk = desk or before.after(drafts)
    if before.serves(desk):
        after = run(desk, now, questions=questions_of(desk.base, but=before.base))
    else:
        known = not_reached(kept, before, desk, now) if kept else {}
        after = run_split(desk, now, processes=processes, progress=progress, known=known)
    doubtful = frozenset(f.question for f in (*after.failures, *after.mended))
    was = run(before.desk, now, questions=doubtful) if doubtful else TestResult()
    return Effect(desk, *compared(was, after), after.passed)


def guard(
    drafts: Drafts, kept: Learned | None, now: datetime, *, anyway: bool, progress: Progress | None = None
) -> list[str]:
    """Return what the changes of some drafts do to the tests, a line each.

    Raises:
        RefusedError: a test would get a wrong answer and the editor does not insist.
    """
    tests = at_home("tests")
    before = Before.of(drafts.folder, kept, at_home("desk"))
    found = effect(drafts, before, now, processes=0, progress=progress, kept=tests)
    lines = []
    if harm := found.harm():
        lines += [f"고치면 시험 {len(harm)}건이 틀린 답을 하게 됩니다.", *map(str, harm)]
        if not anyway:
            hint = "아무것도 적지 않았습니다. 그래도 적으려면 --anyway를 붙이세요."
            raise RefusedError("\n".join([*lines, hint]))
    if doubts := found.doubts():
        lines += [f"시험 {len(doubts)}건이 덜 확실해져 되묻거나 찾지 못합니다.", *map(str, doubts)]
    return [*lines, f"시험 {found.passed}건이 통과합니다."]


def compared(before: TestResult, after: TestResult) -> tuple[tuple[Broken, ...], tuple[str, ...]]:
    """Return the tests that no longer pass, and the known failures that pass now.

    What failed before is not broken: it was reported then. What passed by chance and is asked back now is no wrong answer.
    """
    was = {f.question for f in before.mended}
    failed = {_key(f) for f in before.failures}
    broken = [Broken(f, before.scores.get(_key(f))) for f in after.failures if _key(f) not in failed]
    mended = tuple(f.question for f in after.mended if f.question not in was)
    return tuple(sorted(broken, key=lambda b: not b.misleads)), mended


def _key(failure: Failure) -> tuple[str, str]:
    return failure.question, failure.wanted


def drop_known_failures(drafts: Drafts, questions: tuple[str, ...]) -> None:
    """Take questions out of the list of known failures: they pass."""
    for draft in drafts.all():
        listed = (draft.get(("tests", "known_failures")) or []) if isinstance(draft.value, dict) else []
        for number in range(len(listed) - 1, -1, -1):
            if listed[number].get("q") in questions:
                draft.remove(("tests", "known_failures", number))
