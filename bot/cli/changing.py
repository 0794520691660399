"""`helpdesk knowledge`: find, replace, add, rename, retire, undo: small changes of many places, each shown as a diff."""

import sys
from typing import Annotated

import typer

from bot.cli.common import Folder, Now, clock_of, folder_of
from bot.cli.knowledge import knowledge
from bot.cli.writing import Anyway, DryRun, Patch, finish, guarded, told

Id = Annotated[str, typer.Argument(metavar="ID", help="항목(또는 틀)의 id.")]


@knowledge.command("find")
def find(text: Annotated[str, typer.Argument(metavar="글", help="찾을 글이나 번호.")], folder: Folder = None) -> None:
    """글이나 번호가 적힌 곳을 모두 찾습니다: 답, 소리로 읽을 답, 영어, 기록, 시험, 사람들의 말까지."""
    from bot.knowledge.build import build
    from bot.workshop.edit_folder import Drafts
    from bot.workshop.search import find as work
    from bot.workshop.search import said_by

    where = folder_of(folder)
    hits = work(Drafts(where), text)
    print("\n".join(map(str, hits)) or f"「{text}」이(가) 적힌 곳이 없습니다.")
    base, _ = build(where)
    if base is not None and (ids := said_by(base, text, hits)):
        print(f"\n기록에서 불러 와 말하는 항목 {len(ids)}개: {', '.join(ids)}")
    print(f"\n적힌 곳 {len(hits)}곳.")
    raise typer.Exit(0 if hits else 1)


@knowledge.command("replace")
def replace(
    old: Annotated[str, typer.Argument(metavar="옛글", help="바꿀 글이나 번호.")],
    new: Annotated[str, typer.Argument(metavar="새글", help="새 글이나 번호.")],
    entry: Annotated[
        list[str] | None,
        typer.Option("--entry", metavar="ID", help="이 항목이나 기록에서만. 여러 번 쓸 수 있습니다."),
    ] = None,
    anyway: Anyway = False,
    folder: Folder = None,
    now: Now = None,
    dry_run: DryRun = False,
    patch: Patch = None,
) -> None:
    """글이나 번호를 모든 곳에서 바꾸고 바뀐 것을 보입니다. id와 사람들이 한 말은 그대로 둡니다."""
    from bot.workshop.edit_folder import Drafts
    from bot.workshop.search import replace as work
    from bot.workshop.texts import ASKED

    drafts, moment = Drafts(folder_of(folder)), clock_of(now)()
    hits = work(drafts, old, new, entry or [])
    print("\n".join(map(str, hits)), file=sys.stderr)
    told(drafts, moment)
    if any(h.key in ASKED for h in hits):
        guarded(drafts, moment, anyway=anyway)
    if finish(drafts, dry_run, patch):
        print(f"{len(hits)}곳을 바꿨습니다. 되돌리려면 helpdesk knowledge undo", file=sys.stderr)
