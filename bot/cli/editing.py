"""`helpdesk knowledge`: review, sources, tables, schema. Each verb calls one function of the workshop."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import Folder, folder_of, gathering
from bot.cli.knowledge import knowledge
from bot.cli.writing import Anyway, DryRun, Edit, Json, Patch, day_of, finish, guarded
from bot.words import RefusedError

if TYPE_CHECKING:
    from bot.workshop.edit_folder import Drafts
    from bot.workshop.exchange_table import Table


@knowledge.command("review")
@gathering
def review(
    *,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="확인할 항목.", show_default=False)
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="그대로 맞다고 적습니다.")] = False,
    by: Annotated[str, typer.Option("--by", metavar="이름", help="확인한 사람(verified_by).")] = "",
    on: Annotated[str | None, typer.Option("--date", metavar="날짜", help="확인한 날. 기본은 오늘.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="며칠 뒤에 다시 볼지.")] = 90,
    within: Annotated[int, typer.Option("--within", min=0, help="며칠 안에 볼 것까지 보일지.")] = 14,
    owner: Annotated[str, typer.Option("--owner", help="이 사람이 맡은 것만.")] = "",
    json: Json = False,
    edit: Edit,
) -> None:
    """다시 볼 때가 된 항목을 맡은 사람별로 보이고, 그대로 맞으면 날짜를 새로 적습니다."""
    from bot.knowledge.build import load
    from bot.workshop import review as work
    from bot.workshop import show_editing as show

    if confirm:
        _confirm(edit, ids or [], day_of(on, "--date") or edit.moment.date(), days, by)
        return
    base = load(folder_of(edit.folder))
    due = work.due(base, edit.moment.date(), 10_000 if ids else within, owner)
    found = [d for d in due if not ids or d.id in ids]
    if json:
        print(show.due_as_json(found))
    else:
        show.show_due(found, within)


def _confirm(edit: Edit, ids: list[str], day: date, days: int, by: str) -> None:
    """Note that entries are still correct."""
    from bot.workshop.review import confirm

    if not ids:
        raise typer.BadParameter("확인한 항목의 id를 적어 주세요.", param_hint="ID")
    if day > edit.moment.date():
        raise typer.BadParameter(f"확인한 날이 앞날입니다: {day}", param_hint="--date")
    for id in confirm(edit.drafts, ids, day, days, by):
        print(f"[{id}] {day}에 확인함, {days}일 뒤 다시 봄", file=sys.stderr)
    edit.finish()


@knowledge.command("sources")
def sources(
    changed: Annotated[
        str, typer.Option("--changed", metavar="주소|해시|ID", help="바뀐 자료: 다시 볼 항목을 보입니다.")
    ] = "",
    document: Annotated[
        Path | None, typer.Option("--file", metavar="파일", help="이 자료가 어느 출처인지 봅니다.")
    ] = None,
    source: Annotated[str, typer.Option("--source", metavar="ID", help="--file이 이 출처의 자료라고 봅니다.")] = "",
    record: Annotated[bool, typer.Option("--record", help="--file의 해시를 --source에 적습니다.")] = False,
    json: Json = False,
    folder: Folder = None,
    dry_run: DryRun = False,
    patch: Patch = None,
) -> None:
    """출처마다 그것을 근거로 든 항목을 보입니다."""
    from bot.knowledge.build import load
    from bot.workshop import show_editing as show
    from bot.workshop import sources as work
    from bot.workshop.edit_folder import Drafts

    if document is not None and record:
        _record(document, source, Drafts(folder_of(folder)), dry_run, patch)
        return
    base = load(folder_of(folder))
    if document is not None:
        raise typer.Exit(show.show_document(base, document.name, work.hash_of(document), source))
    found = work.changed(base, changed) if changed else work.used(base)
    if json:
        print(show.sources_as_json(found))
    elif changed:
        show.show_affected(found)
    else:
        show.show_sources(found)


def _record(document: Path, source: str, drafts: "Drafts", dry_run: bool, patch: Path | None) -> None:
    """Note the hash of a source's document."""
    from bot.workshop import sources as work

    if not source:
        raise typer.BadParameter("어느 출처인지 --source에 적어 주세요.", param_hint="--source")
    work.record(drafts, source, work.hash_of(document))
    finish(drafts, dry_run, patch)


@knowledge.command("export")
def export(
    path: Annotated[Path, typer.Argument(metavar="파일", help="entries.csv 또는 entries.xlsx")], folder: Folder = None
) -> None:
    """항목을 엑셀로 열 수 있는 표로 내보냅니다(CSV, XLSX)."""
    from bot.knowledge.build import load
    from bot.workshop import exchange, exchange_csv, exchange_records, exchange_xlsx
    from bot.workshop.edit_folder import Drafts, write_whole

    base = load(folder_of(folder))
    rows = exchange.rows_of(folder_of(folder))
    if _is_xlsx(path):
        choices = {
            "출처 id": sorted(base.sources),
            "주제": sorted({f.topic for f in base.frames if f.topic and f.file}),
        }
        write_whole(path, exchange_xlsx.to_xlsx(rows, choices, exchange_records.sheets_of(Drafts(folder_of(folder)))))
    else:
        write_whole(path, exchange_csv.to_csv(rows))
    print(f"항목 {len(rows)}개를 {path}에 적었습니다. 고친 뒤 helpdesk knowledge import {path}")


@knowledge.command("import")
@gathering
def import_table(
    *,
    path: Annotated[Path, typer.Argument(metavar="파일", help="고친 표(CSV, XLSX)")],
    file: Annotated[
        str, typer.Option("--new-file", metavar="이름", help="새 항목을 적을 파일.")
    ] = "entries/new.yaml",
    anyway: Anyway = False,
    edit: Edit,
) -> None:
    """고친 표를 되돌립니다. 바뀐 칸만 고치고, 표에 없는 항목은 지우지 않습니다."""
    from bot.workshop import exchange

    table, cp949 = _table_in(path, edit.drafts)
    taken = exchange.take(edit.drafts, table, file, edit.moment, cp949=cp949)
    for id, heads in taken.changed.items():
        print(f"[{id}] 바뀐 칸: {', '.join(heads)}", file=sys.stderr)
    if taken.added:
        print(f"새 항목 {len(taken.added)}개: {', '.join(taken.added)}", file=sys.stderr)
    if taken.missing:
        few = ", ".join(taken.missing[:10]) + (" …" if len(taken.missing) > 10 else "")
        print(f"표에 없는 항목 {len(taken.missing)}개는 그대로 둡니다: {few}", file=sys.stderr)
    if taken.is_heard:
        guarded(edit.drafts, edit.moment, anyway=anyway)
    edit.finish()


def _table_in(path: Path, drafts: "Drafts") -> tuple["Table", bool]:
    """Return the table in a file, after taking in what its sheets say of records, and whether letters may be lost."""
    from bot.workshop import exchange_csv, exchange_records, exchange_xlsx

    try:
        data = path.read_bytes()
    except OSError as error:
        raise RefusedError(f"{path}: 파일을 읽을 수 없습니다({error.strerror})") from None
    if not _is_xlsx(path):
        return exchange_csv.from_csv(data), exchange_csv.is_cp949(data)
    for id, heads in exchange_records.take(drafts, data).items():
        print(f"[{id}] 바뀐 칸: {', '.join(heads)}", file=sys.stderr)
    return exchange_xlsx.from_xlsx(data), False


def _is_xlsx(path: Path) -> bool:
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise typer.BadParameter(f"이름이 .csv나 .xlsx로 끝나야 합니다: {path}", param_hint="파일")
    return path.suffix.lower() == ".xlsx"


@knowledge.command("schema")
def schema(
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="파일", help="파일에 적습니다.")] = None,
    vscode: Annotated[bool, typer.Option("--vscode", help="VS Code의 설정을 보입니다(확장 ‘YAML’).")] = False,
    write: Annotated[bool, typer.Option("--write", help="--vscode와 함께: .vscode에 적습니다.")] = False,
    folder: Folder = None,
) -> None:
    """YAML 편집기가 쓰는 JSON Schema를 냅니다: 쓰는 동안 항목과 id를 알려 주고 틀린 것을 표시합니다."""
    import json

    from bot.knowledge.build import build
    from bot.workshop import schema as work
    from bot.workshop.edit_folder import write_whole

    where = os.path.relpath(folder_of(folder))
    base = build(folder_of(folder))[0] if folder_of(folder).is_dir() else None
    if vscode and write:
        print("\n".join(f"{path}: 적었습니다." for path in work.write_vscode(Path(), where, base)))
    elif vscode:
        print(json.dumps(work.settings(where), ensure_ascii=False, indent=2))
    elif output is not None:
        write_whole(output, work.as_json(base).encode())
        print(f"{output}: 적었습니다.")
    else:
        print(work.as_json(base), end="")
