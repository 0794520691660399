"""`helpdesk knowledge report`: what was asked, what had no answer, what is due; to read, or as a table."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot import settings
from bot.cli.common import Folder, Now, clock_of, folder_of
from bot.cli.knowledge import knowledge


@knowledge.command("report")
def report(
    folder: Folder = None,
    now: Now = None,
    week: Annotated[bool, typer.Option("--week", help="지난주(월요일부터 일요일까지)를 봅니다.")] = False,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, metavar="N", help="지난 N일을 봅니다.")] = 7,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="파일", help="항목마다 쓰임을 표(CSV)로 적습니다. 엑셀에서 열립니다."),
    ] = None,
) -> None:
    """무엇을 물었고 무엇에 답이 없었는지, 다시 볼 답과 쓰이지 않는 답을 봅니다."""
    from bot import upkeep
    from bot.desk.report import last_week, summary
    from bot.desk.table import as_csv
    from bot.knowledge.build import load

    until = clock_of(now)()
    since = until - timedelta(days=days)
    if week:
        since, until = last_week(until)
    base = load(folder_of(folder))
    found = upkeep.report(settings.read(), base, since, until)
    print(summary(found, base))
    if csv is not None:
        csv.write_bytes(as_csv(found.rows, found.unused))
        print(f"\n항목 {len(found.rows)}개의 쓰임을 {csv}에 적었습니다.")
