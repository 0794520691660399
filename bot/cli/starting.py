"""`helpdesk init`: a new knowledge base."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import Now, clock_of
from bot.languages import KOREAN, Written


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="새 폴더(없거나 비어 있어야 합니다).")],
    language: Annotated[Written, typer.Option("--language", help="지식의 말.")] = KOREAN,
    name: Annotated[str, typer.Option("--name", help="안내의 이름. 기본은 폴더 이름.")] = "",
    now: Now = None,
) -> None:
    """새 지식 폴더를 만듭니다: 보기 항목, 시험, 용어, 출처, 점검 설정까지."""
    from bot.workshop.init import init as make

    names = make(folder, language, name, clock_of(now)().date())
    print("\n".join(f"{folder / n}" for n in names))
    print(f"\n지식 폴더를 만들었습니다. 다음: {folder / 'README.md'}를 읽고")
    for verb in ("knowledge check", "knowledge test", "chat", "serve"):
        print(f"  helpdesk {verb} --knowledge {folder}")
