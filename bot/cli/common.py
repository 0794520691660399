"""Options and helpers that the verbs share."""

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

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


def gathering(verb: Callable[..., None]) -> Callable[..., None]:
    """Return a verb that takes the fields of each dataclass among its parameters as options of their own, in its place.

    So options that several verbs share are declared once, and each verb gets one object made of them.
    """
    parameters = inspect.signature(verb).parameters
    classes: dict[str, Any] = {n: p.annotation for n, p in parameters.items() if is_dataclass(p.annotation)}

    @wraps(verb)
    def run(**given: object) -> None:
        for name, made in classes.items():
            given[name] = made(**{f.name: given.pop(f.name) for f in fields(made)})
        verb(**given)

    spread: list[inspect.Parameter] = []
    for name, p in parameters.items():
        spread += inspect.signature(classes[name]).parameters.values() if name in classes else [p]
    spread = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in spread]
    run.__signature__ = inspect.Signature(spread)  # type: ignore[attr-defined]  # where typer looks for options
    run.__annotations__ = {p.name: p.annotation for p in spread}
    return run
