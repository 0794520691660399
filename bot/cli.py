"""The command `helpdesk`: thin; every verb calls one function.

Exit codes: 0 done, 1 the input or the knowledge base is at fault, 2 wrong usage, 3 a fault of ours, 130 interrupted.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from bot import app as parts
from bot import settings
from bot.channels import terminal
from bot.knowledge.base import KST
from bot.knowledge.build import KnowledgeError
from bot.words import RefusedError

cli = typer.Typer(
    help="산학연플랫폼 협력기술개발사업 안내 도우미",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
knowledge = typer.Typer(help="지식(YAML)을 점검하고 시험합니다.", no_args_is_help=True, rich_markup_mode=None)
cli.add_typer(knowledge, name="knowledge")
store = typer.Typer(help="저장소(데이터베이스)를 돌봅니다.", no_args_is_help=True, rich_markup_mode=None)
cli.add_typer(store, name="store")

Folder = Annotated[Path | None, typer.Option("--knowledge", metavar="DIR", help="다른 지식 폴더를 씁니다.")]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", metavar="때", help="이 때에 묻는 것으로 합니다(2022-05-01, 2022-06-07T17:59). 기본은 지금."
    ),
]


def _folder(folder: Path | None) -> Path:
    return folder or settings.knowledge_folder()


def _clock(now: str | None) -> terminal.Clock:
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


@cli.command()
def ask(
    question: Annotated[
        list[str] | None, typer.Argument(help="질문. 낱말을 띄어 써도 됩니다.", show_default=False)
    ] = None,
    folder: Folder = None,
    now: Now = None,
    explain: Annotated[bool, typer.Option("--explain", help="왜 그렇게 답했는지 보입니다.")] = False,
    json: Annotated[
        str | None,
        typer.Option("--json", metavar="-", help="표준 입력에서 한 줄에 한 질문을 읽어 JSON으로 답합니다."),
    ] = None,
) -> None:
    """한 번 묻고 답을 받습니다."""
    clock = _clock(now)
    if json not in (None, "-"):
        raise typer.BadParameter("--json 뒤에는 - 만 쓸 수 있습니다(표준 입력).", param_hint="--json")
    if json is None and not question:
        raise typer.BadParameter('질문을 적어 주세요. 예: helpdesk ask "창원대 전화번호"', param_hint="질문")
    desk = parts.desk(_folder(folder))
    if json == "-":
        terminal.answer_lines(desk, clock, sys.stdin.buffer, sys.stdout, explain=explain)
    else:
        terminal.answer_once(desk, clock, " ".join(question or []), explain=explain)


@cli.command()
def chat(folder: Folder = None, now: Now = None, explain: Annotated[bool, typer.Option("--explain")] = False) -> None:
    """이어서 묻고 답합니다. /처음 · /도움말 · /종료"""
    terminal.converse(parts.desk(_folder(folder)), _clock(now), explain=explain)


@cli.command()
def serve(folder: Folder = None) -> None:
    """모두 엽니다: 웹 서버, 그리고 TELEGRAM_BOT_TOKEN이 있으면 텔레그램."""
    from bot import logs
    from bot.serve import serve as run

    chosen = settings.read()
    logs.set_up(as_json=chosen.log_json)
    run(chosen, _folder(folder))


@cli.command("settings")
def show_settings() -> None:
    """환경 변수로 정할 수 있는 것을 모두 보입니다."""
    for name, field in settings.Settings.model_fields.items():
        variable = field.validation_alias or f"HELPDESK_{name.upper()}"
        print(f"{variable}  (기본: {field.default!r})\n    {field.description}")


@store.command("backup")
def backup(path: Annotated[Path, typer.Argument(metavar="파일", help="백업 파일(예: helpdesk.backup.gz)")]) -> None:
    """저장된 것을 모두 한 파일에 적습니다. 쓰는 동안에도 됩니다."""
    from bot import upkeep

    print(f"{upkeep.back_up(settings.read(), path)}줄을 {path}에 적었습니다.")


@store.command("restore")
def restore(
    path: Annotated[Path, typer.Argument(metavar="파일")],
    replace: Annotated[bool, typer.Option("--replace", help="지금 있는 것을 지우고 되돌립니다.")] = False,
) -> None:
    """백업 파일을 되돌립니다. 정보를 지워 달라고 한 이용자는 되돌아오지 않습니다."""
    from bot import upkeep

    print(f"{upkeep.restore(settings.read(), path, replace=replace)}줄을 되돌렸습니다.")


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


@knowledge.command("check")
def check(folder: Folder = None) -> None:
    """형식과 내용의 잘못을 모두 찾아 파일:줄과 함께 보입니다."""
    from bot.workshop.check import check_folder
    from bot.workshop.show import show_check

    raise typer.Exit(show_check(check_folder(_folder(folder))))


@knowledge.command("test")
def test(folder: Folder = None, now: Now = None) -> None:
    """항목 옆에 적힌 시험(match, not_match, ask, dialogues)을 돌립니다."""
    from bot.workshop.show import show_tests
    from bot.workshop.test import run

    raise typer.Exit(show_tests(run(parts.desk(_folder(folder)), _clock(now)())))


@knowledge.command("evaluate")
def evaluate(folder: Folder = None) -> None:
    """지식의 시험으로 가중치와 기준값을 맞추어 evaluation.json에 적습니다."""
    from bot.workshop.evaluate import evaluate_folder

    print(evaluate_folder(_folder(folder)))


def main() -> NoReturn:
    """Run the command and turn every failure into a message and an exit code."""
    try:
        cli(standalone_mode=False)
        code = 0
    except typer.Exit as stop:
        code = stop.exit_code
    except KnowledgeError as error:
        code = _tell(
            [
                *map(str, error.problems),
                f"지식 폴더에 문제가 {len(error.problems)}건 있습니다. helpdesk knowledge check로 모두 볼 수 있습니다.",
            ],
            1,
        )
    except RefusedError as error:
        code = _tell([str(error)], 1)
    except typer.BadParameter as error:
        code = _tell([f"쓰는 법이 다릅니다: {error.format_message()}", "helpdesk --help를 보세요."], 2)
    except TyperException as error:
        code = _tell([f"쓰는 법이 다릅니다: {error}", "helpdesk --help를 보세요."], 2)
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    sys.exit(code)


def _tell(lines: list[str], code: int) -> int:
    print("\n".join(lines), file=sys.stderr)
    return code
