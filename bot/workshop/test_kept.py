"""How the tests went last time: the same knowledge, program and day have the same outcome, so nothing is asked again."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from bot.desk.compose import Composer
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.trained import read_trained
from bot.workshop.kept import Json, Kept, digest, program
from bot.workshop.test import Failure, TestResult
from bot.workshop.test_split import Progress, run_split
from bot.workshop.test_touched import doors, heard, keep, noting, untouched

_DATA = ("matching", "knowledge")
"""Parts of the program that come with data of their own."""
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
    kept: Kept, folder: Path, desk: HelpDesk, now: datetime, progress: Progress | None = None
) -> tuple[TestResult, int]:
    """Run the tests that what answers say now can have changed, and return how all go and how many were not asked."""
    moment = moment_of(desk.composer, now)
    if not moment:
        return run_split(desk, now, progress=progress), 0
    name, now_known = named("verdicts", folder, heard(desk), moment), doors(desk)
    known = untouched(kept, name, now_known)
    with noting(desk) as noted:
        result = run_split(desk, now, progress=progress, known=known, noted=noted)
    keep(kept, name, now_known, result.verdicts)
    return result, len(known)


def moment_of(composer: Composer, now: datetime) -> str:
    """Return a name for all moments at which everything reads as now; nothing where it changes within the hour."""
    moment = composer.moment(now)
    return str(moment) if moment == composer.moment(now + _LONGEST) else ""


def _name(folder: Path, base: KnowledgeBase, now: datetime) -> str:
    """Return what the outcome depends on, as a name; nothing where it changes within the hour."""
    moment = moment_of(Composer(base), now)
    return named("tests", folder, base.version, moment) if moment else ""


def named(kind: str, folder: Path, about: str, moment: str) -> str:
    """Return a name for what depends on the program, on what was learned, on `about`, and on a moment."""
    parts = (program(), _data(), about, moment)
    return f"{kind}-{digest([*(p.encode() for p in parts), read_trained(folder) or b''])}"


@cache
def _data() -> str:
    """Return a name for what the program knows besides its code."""
    root = Path(__file__).resolve().parent.parent
    files = sorted(p for name in _DATA for p in (root / name).rglob("*") if p.is_file() and p.suffix != ".py")
    return digest(p.read_bytes() for p in files if "__pycache__" not in p.parts)


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
