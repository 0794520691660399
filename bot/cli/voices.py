"""`helpdesk knowledge voices`: list authors and import more."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import Folder, folder_of
from bot.cli.knowledge import knowledge
from bot.cli.writing import DryRun, Json, Patch, finish
from bot.words import RefusedError

voices = typer.Typer(help="사람들의 말(voices)을 보고 더합니다.", rich_markup_mode=None)
knowledge.add_typer(voices, name="voices")


@voices.callback(invoke_without_command=True)
def authors(context: typer.Context, folder: Folder = None, json: Json = False) -> None:
    """누구의 말이 몇 줄 있고 항목 몇 개에 붙어 있는지 보입니다."""
    from bot.knowledge.build import load
    from bot.workshop import show_voices as show
    from bot.workshop import voices as work

    if context.invoked_subcommand is not None:
        return
    base = load(folder_of(folder))
    found = work.authors(base)
    print(show.as_json(found) if json else show.as_text(found, len(base.entries)))


@voices.command("import")
def take(
    author: Annotated[str, typer.Argument(metavar="누구", help="voices 아래의 폴더 이름.")],
    table: Annotated[Path, typer.Argument(metavar="파일", help="한 줄에 항목id, 탭, 질문(UTF-8).")],
    topic: Annotated[
        str, typer.Option("--topic", metavar="주제", help="모두 이 파일에 적습니다. 기본은 항목의 주제마다 한 파일.")
    ] = "",
    about: Annotated[str, typer.Option("--about", metavar="글", help="새 파일 첫 줄에 적을, 누구의 말인지.")] = "",
    folder: Folder = None,
    dry_run: DryRun = False,
    patch: Patch = None,
) -> None:
    """한 사람이 쓴 말을 표(TSV)에서 더합니다. 잘못이 하나라도 있으면 아무것도 적지 않습니다."""
    from bot.knowledge.build import load
    from bot.workshop import voices as work
    from bot.workshop.edit_folder import Drafts

    try:
        data = table.read_bytes()
    except OSError as error:
        raise RefusedError(f"{table}: 파일을 읽을 수 없습니다({error.strerror})") from None
    where = folder_of(folder)
    drafts = Drafts(where)
    taken = work.take(drafts, load(where), author, data, name=table.name, topic=topic, about=about)
    known = f", 이미 있던 것 {taken.known}줄" if taken.known else ""
    print(f"[{author}] {taken.added}줄{known}", file=sys.stderr)
    finish(drafts, dry_run, patch)
