"""Options and helpers of the verbs that write knowledge files."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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


def finish(drafts: "Drafts", dry_run: bool, patch: Path | None) -> bool:
    """Show, save as a patch or write what changed; return whether it is written."""
    from bot.workshop.edit_folder import write_whole

    if dry_run:
        print(drafts.diff(), end="")
    elif patch is not None:
        write_whole(patch, drafts.diff().encode())
        print(f"{patch}에 패치를 적었습니다. 적용: git apply {patch}")
    else:
        names = drafts.write()
        print("\n".join(f"{drafts.folder / name}: 고쳤습니다." for name in names) or "바뀐 것이 없습니다.")
        return bool(names)
    return False
