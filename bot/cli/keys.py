"""`helpdesk keys`: keys of the HTTP API."""

from typing import Annotated

import typer

from bot import settings
from bot.words import RefusedError

keys = typer.Typer(help="HTTP API의 키를 만들고 지웁니다.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(metavar="이름", help="누가 쓰는 키인지(예: 콜센터)")]


@keys.command("add")
def add(
    name: Name,
    role: Annotated[
        str, typer.Option("--role", metavar="역할", help="public(더 자주 부르기), agent(상담), maintainer(상담)")
    ] = "public",
) -> None:
    """키를 만들어 한 번만 보입니다. 저장소에는 되돌릴 수 없는 값만 남습니다."""
    from bot import upkeep

    print(upkeep.add_key(settings.read(), name, role))


@keys.command("list")
def show() -> None:
    """키의 이름과 역할, 만든 때와 마지막으로 쓴 때를 보입니다."""
    from bot import upkeep
    from bot.knowledge.base import KST

    for key in upkeep.list_keys(settings.read()):
        used = f"{key.used_at.astimezone(KST):%Y-%m-%d %H시}" if key.used_at else "아직"
        print(f"{key.name}  {key.role}  만든 날 {key.created_at.astimezone(KST):%Y-%m-%d}  쓴 때 {used}")


@keys.command("remove")
def remove(name: Name) -> None:
    """키를 지웁니다. 돌고 있는 서버에서는 30초까지 더 쓸 수 있습니다."""
    from bot import upkeep

    if not upkeep.remove_key(settings.read(), name):
        raise RefusedError(f"이름이 '{name}'인 키가 없습니다. helpdesk keys list로 볼 수 있습니다.")
    print(f"'{name}' 키를 지웠습니다.")
