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

    chosen = settings.read()
    print(f"{upkeep.back_up(chosen, path)}줄을 {path}에 적었습니다.")
    key = "HELPDESK_SECRET 값" if chosen.secret else str(settings.key_file(chosen))
    print(f"되돌리려면 열쇠도 있어야 합니다. 백업과 다른 곳에 따로 보관하세요: {key}")


@store.command("restore")
def restore(
    path: Annotated[Path, typer.Argument(metavar="파일")],
    replace: Annotated[bool, typer.Option("--replace", help="지금 있는 것을 지우고 되돌립니다.")] = False,
) -> None:
    """백업 파일을 되돌립니다. 정보를 지워 달라고 한 이용자는 되돌아오지 않습니다."""
    from bot import upkeep

    print(f"{upkeep.restore(settings.read(), path, replace=replace)}줄을 되돌렸습니다.")


@store.command("forget-key")
def forget_key() -> None:
    """예전 열쇠를 잃었을 때: 예전 이용자와의 이음을 끊고 지금 열쇠로 이어 갑니다."""
    from bot import upkeep

    upkeep.forget_key(settings.read())
    print("지금 열쇠로 이어 갑니다. 예전 이용자의 글은 보관 기한이 지나면 지워집니다.")


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
