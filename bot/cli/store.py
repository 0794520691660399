"""`helpdesk store`: what an operator does to the database."""

from pathlib import Path
from typing import Annotated

import typer

from bot import settings

store = typer.Typer(help="저장소(데이터베이스)를 돌봅니다.", no_args_is_help=True, rich_markup_mode=None)


@store.command("backup")
def backup(path: Annotated[Path, typer.Argument(metavar="파일", help="백업 파일(예: helpdesk.backup.gz)")]) -> None:
    """저장된 것을 모두 한 파일에 적습니다. 쓰는 동안에도 됩니다."""
    from bot import upkeep

    print(f"{upkeep.back_up(settings.read(), path)}줄을 {path}에 적었습니다.")


@store.command("restore")
def restore(
    path: Annotated[Path, typer.Argument(metavar="파일")],
    replace: Annotated[bool, typer.Option("--replace", help="지금 있는 것을 지우고 되돌립니다.")] = False,
) -> None:
    """백업 파일을 되돌립니다. 정보를 지워 달라고 한 이용자는 되돌아오지 않습니다."""
    from bot import upkeep

    print(f"{upkeep.restore(settings.read(), path, replace=replace)}줄을 되돌렸습니다.")


@store.command("purge")
def purge() -> None:
    """보관 기한이 지난 것을 지웁니다(켜 두면 한 시간마다 스스로 합니다)."""
    from bot import upkeep

    gone = upkeep.purge(settings.read())
    print("\n".join(f"{name}: {count}줄" for name, count in gone.items() if count) or "지울 것이 없습니다.")


@store.command("status")
def status() -> None:
    """기다리는 것과 보낸 것의 수를 보입니다."""
    from bot import upkeep

    for name, count in upkeep.status(settings.read()).items():
        print(f"{name}: {count}")
