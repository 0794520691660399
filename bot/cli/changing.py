"""`helpdesk knowledge`: find, replace, add, rename, retire, undo: small changes in many places, each shown as a diff."""

import sys
from typing import Annotated

import typer

from bot.cli.common import Folder, Now, clock_of, folder_of, gathering
from bot.cli.knowledge import knowledge
from bot.cli.writing import Anyway, DryRun, Edit

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
@gathering
def replace(
    *,
    old: Annotated[str, typer.Argument(metavar="옛글", help="바꿀 글이나 번호.")],
    new: Annotated[str, typer.Argument(metavar="새글", help="새 글이나 번호.")],
    entry: Annotated[
        list[str] | None,
        typer.Option("--entry", metavar="ID", help="이 항목이나 기록에서만. 여러 번 쓸 수 있습니다."),
    ] = None,
    anyway: Anyway = False,
    edit: Edit,
) -> None:
    """글이나 번호를 모든 곳에서 바꾸고 바뀐 것을 보입니다. id와 사람들이 한 말은 그대로 둡니다."""
    from bot.workshop.search import replace as work
    from bot.workshop.texts import ASKED

    hits = work(edit.drafts, old, new, entry or [])
    print("\n".join(map(str, hits)), file=sys.stderr)
    if edit.settle(heard=any(h.key in ASKED for h in hits), anyway=anyway):
        print(f"{len(hits)}곳을 바꿨습니다. 되돌리려면 helpdesk knowledge undo", file=sys.stderr)


@knowledge.command("add")
@gathering
def add(
    *,
    id: Id,
    questions: Annotated[list[str], typer.Argument(metavar="질문...", help="더할 말. 여럿이면 하나씩 따옴표로.")],
    test: Annotated[bool, typer.Option("--test", help="질문이 아니라 시험(match)으로 더합니다.")] = False,
    anyway: Anyway = False,
    edit: Edit,
) -> None:
    """항목에 묻는 말이나 시험을 더합니다."""
    from bot.workshop.change import add_questions

    add_questions(edit.drafts, id, questions, "match" if test else "questions")
    edit.settle(heard=True, anyway=anyway)


@knowledge.command("rename")
@gathering
def rename(
    *,
    old: Annotated[str, typer.Argument(metavar="옛ID", help="지금 id.")],
    new: Annotated[str, typer.Argument(metavar="새ID", help="새 id.")],
    edit: Edit,
) -> None:
    """항목의 id를 부르는 곳까지 모두 바꾸고, 옛 id는 former에 남겨 옛 주소가 이어지게 합니다."""
    from bot.workshop.change import rename as work

    for place in work(edit.drafts, old, new):
        print(place, file=sys.stderr)
    edit.settle(heard=False)


@knowledge.command("retire")
@gathering
def retire(
    *,
    id: Id,
    anyway: Anyway = False,
    edit: Edit,
) -> None:
    """항목을 거둡니다. 관련 항목에서 빼고, 다른 시험이 어떻게 달라지는지 보입니다."""
    from bot.workshop.change import retire as work

    for place in work(edit.drafts, id):
        print(f"아직 부르는 곳: {place}", file=sys.stderr)
    edit.settle(heard=True, anyway=anyway)


@knowledge.command("try")
def try_out(
    question: Annotated[str, typer.Argument(metavar="질문", help="물어볼 말.")],
    folder: Folder = None,
    now: Now = None,
) -> None:
    """초안(status: draft)까지 내보낸 것처럼 물어봅니다. 아무것도 바뀌지 않습니다."""
    from bot import app as parts
    from bot.workshop.change import served
    from bot.workshop.edit_check import desk_of
    from bot.workshop.edit_folder import Drafts
    from bot.workshop.gaps import ask_again
    from bot.workshop.test import run

    drafts, moment = Drafts(folder_of(folder)), clock_of(now)()
    ids = served(drafts)
    print(f"초안 {len(ids)}개: {', '.join(ids)}" if ids else "초안이 없습니다.", file=sys.stderr)
    desk = desk_of(drafts, parts.learned(drafts.folder))
    asked = ask_again(desk, question, moment)
    print(asked.reason)
    if asked.answered and asked.entry in desk.base.entries:
        print(desk.base.entries[asked.entry].phases[-1].text)
    for id in ids:
        for failure in run(desk, moment, id).failures:
            print(failure)


@knowledge.command("undo")
def undo(folder: Folder = None, dry_run: DryRun = False) -> None:
    """도구로 마지막에 고친 것을 되돌립니다."""
    from bot import settings
    from bot.workshop.undo import undo as work

    what, patch = work(settings.undo_file(settings.read()), folder_of(folder), dry_run=dry_run)
    print(patch, end="")
    print(f"{'되돌릴 것' if dry_run else '되돌렸습니다'}: {what}", file=sys.stderr)
