"""Options and helpers that the verbs share."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import settings
from bot.channels.terminal import Clock
from bot.knowledge.base import KST

Folder = Annotated[Path | None, typer.Option("--knowledge", metavar="DIR", help="다른 지식 폴더를 씁니다.")]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", metavar="때", help="이 때에 묻는 것으로 합니다(2022-05-01, 2022-06-07T17:59). 기본은 지금."
    ),
]


def folder_of(folder: Path | None) -> Path:
    return folder or settings.knowledge_folder()


def clock_of(now: str | None) -> Clock:
    if now is None:
        return lambda: datetime.now(KST)
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        raise typer.BadParameter(
            f"날짜나 시각이 아닙니다: {now} (예: 2022-05-01, 2022-06-07T17:59)", param_hint="--now"
        ) from None
    fixed = moment if moment.tzinfo else moment.replace(tzinfo=KST)
    return lambda: fixed
