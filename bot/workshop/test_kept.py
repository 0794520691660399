"""How the tests went last time: the same knowledge, program and day have the same outcome, so nothing is asked again."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.desk.compose import Composer
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KnowledgeBase
from bot.workshop.edit_desk import Before
from bot.workshop.edit_reach import edited_of, spared
from bot.workshop.kept import Json, Kept, named
from bot.workshop.test import Failure, Key, TestResult, Verdict
from bot.workshop.test_noted import noting
from bot.workshop.test_split import Progress, run_split
from bot.workshop.test_touched import Gone, doors, gone, untouched

_LONGEST = timedelta(hours=1)
"""No dialogue of a test lasts longer."""


def kept_or_run(
    kept: Kept, folder: Path, base: KnowledgeBase, now: datetime, make: Callable[[], TestResult]
) -> tuple[TestResult, bool]:
    """Return how all tests of a folder go, and whether that was known from before."""
    name = _name(folder, base, now)
    if name and (found := _read(kept.read(name))):
        return found, True
    result = make()
    if name:
        kept.write(name, _written(result))
    return result, False


def run_touched(
    kept: Kept, before: Before, now: datetime, progress: Progress | None = None
) -> tuple[TestResult, int]:
    """Run the tests that what answers say now can have changed, and return how all go and how many were not asked."""
    name = _verdicts(before, now)
    if not name:
        return run_split(before.desk, now, progress=progress), 0
    known_now = doors(before.desk)
    known = untouched(gone(kept, name), known_now)
    with noting(before.desk) as noted:
        result = run_split(before.desk, now, progress=progress, known=known, noted=noted)
    kept.store(name, Gone(known_now, result.verdicts))
    return result, len(known)


def not_reached(kept: Kept, before: Before, after: HelpDesk, now: datetime) -> dict[Key, Verdict]:
    """Return how the tests go that an edit cannot touch, as far as it is known how they went before it."""
    name, edited = _verdicts(before, now), edited_of(before.desk, after)
    if not name or edited is None:
        return {}
    return spared(gone(kept, name).verdicts, edited, before.desk, after)


def _verdicts(before: Before, now: datetime) -> str:
    moment = moment_of(before.desk.composer, now)
    return named("verdicts", before.folder, before.heard, moment) if moment else ""


def moment_of(composer: Composer, now: datetime) -> str:
    """Return a name for all moments at which everything reads as now; nothing where it changes within the hour."""
    moment = composer.moment(now)
    return str(moment) if moment == composer.moment(now + _LONGEST) else ""


def _name(folder: Path, base: KnowledgeBase, now: datetime) -> str:
    """Return what the outcome depends on, as a name; nothing where it changes within the hour."""
    moment = moment_of(Composer(base), now)
    return named("tests", folder, base.version, moment) if moment else ""


def _written(result: TestResult) -> Json:
    return asdict(replace(result, verdicts=[])) | {"scores": [[*key, score] for key, score in result.scores.items()]}


def _read(found: Json) -> TestResult | None:
    """Return an outcome as it was kept; nothing where it is no outcome."""
    try:
        failures, known, mended = ([Failure(**f) for f in found[name]] for name in ("failures", "known", "mended"))
        scores = {(q, w): score for q, w, score in found["scores"]}
        return TestResult(int(found["passed"]), failures, known, mended, scores)
    except (TypeError, KeyError, ValueError):
        return None
