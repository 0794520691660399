"""Options and helpers of the verbs that write knowledge files."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import Folder, Now, clock_of, folder_of
from bot.words import RefusedError

if TYPE_CHECKING:
    from bot.workshop.edit_folder import Drafts

DryRun = Annotated[bool, typer.Option("--dry-run", help="적지 않고 바뀔 것만 보입니다(diff).")]
Patch = Annotated[Path | None, typer.Option("--patch", metavar="파일", help="적지 않고 패치 파일을 만듭니다.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="다른 시험이 틀린 답을 하게 되더라도, 알고도 적습니다.")]
Json = Annotated[bool, typer.Option("--json", help="JSON으로 냅니다.")]


def day_of(text: str | None, option: str) -> date | None:
    """Return the day of an option, or `None` where it is not given."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"날짜가 아닙니다: {text} (예: 2026-11-24)", param_hint=option) from None


@dataclass(frozen=True)
class Edit:
    """What is edited and how it is written: the options of a verb that writes."""

    folder: Folder = None
    now: Now = None
    dry_run: DryRun = False
    patch: Patch = None

    @cached_property
    def drafts(self) -> "Drafts":
        """Return the files of the folder, to be changed."""
        from bot.workshop.edit_folder import Drafts

        return Drafts(folder_of(self.folder))

    @cached_property
    def moment(self) -> datetime:
        """Return the present time.

        Raises:
            typer.BadParameter: what was given is no time.
        """
        return clock_of(self.now)()

    def finish(self) -> bool:
        """Show, save as a patch or write what changed; return whether it is written."""
        return finish(self.drafts, self.dry_run, self.patch)

    def settle(self, *, heard: bool, anyway: bool = False) -> bool:
        """Finish a change if it causes no new problem; `heard`: it may change answers, so it must break no test either.

        Raises:
            RefusedError: it causes one, or a test would get a wrong answer and the editor does not insist.
        """
        told(self.drafts, self.moment)
        if heard:
            guarded(self.drafts, self.moment, anyway=anyway)
        return self.finish()


def guarded(drafts: "Drafts", now: datetime, *, anyway: bool) -> None:
    """Run the tests with the change; report what is asked back now, and refuse what would be answered wrongly.

    Raises:
        RefusedError: a test would get a wrong answer and the editor does not insist.
    """
    from bot import app as parts
    from bot.workshop.edit_check import guard
    from bot.workshop.mutate_show import progress_bar

    if not drafts.changed:
        return
    print("시험을 돌리는 중입니다…", file=sys.stderr)
    with progress_bar("시험을 돌리는 중") as progress:
        lines = guard(drafts, parts.learned(drafts.folder, encoder=False), now, anyway=anyway, progress=progress)
    print("\n".join(lines), file=sys.stderr)


def told(drafts: "Drafts", now: datetime) -> None:
    """Refuse changes that would cause problems that the folder does not have now.

    Raises:
        RefusedError: there are any; each is reported.
    """
    from bot.workshop.edit_check import new_problems

    if problems := new_problems(drafts, now):
        lines = ["고치면 지식 폴더에 문제가 생깁니다. 아무것도 적지 않았습니다.", *map(str, problems)]
        raise RefusedError("\n".join(lines))


def finish(drafts: "Drafts", dry_run: bool, patch: Path | None) -> bool:
    """Show, save as a patch or write what changed; return whether it is written."""
    from bot.workshop.edit_folder import write_whole

    if dry_run:
        print(drafts.diff() or "바뀐 것이 없습니다.\n", end="")
    elif patch is not None:
        write_whole(patch, drafts.diff().encode())
        print(f"{patch}에 패치를 적었습니다. 적용: git apply {patch}")
    else:
        both = drafts.both
        names = drafts.write()
        if names:
            _keep(drafts.folder, both)
        print("\n".join(f"{drafts.folder / name}: 고쳤습니다." for name in names) or "바뀐 것이 없습니다.")
        return bool(names)
    return False


def _keep(folder: Path, both: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Keep what an edit changed, so that it can be undone. If that fails the edit is kept all the same."""
    from bot import settings
    from bot.workshop import undo

    words = [w for w in sys.argv[1:] if not w.startswith("--")]
    try:
        undo.keep(settings.undo_file(settings.read()), folder, " ".join(words[1:4])[:120], both)
    except OSError as error:
        print(f"되돌리기에 쓸 것을 적어 두지 못했습니다({error.strerror}).", file=sys.stderr)
