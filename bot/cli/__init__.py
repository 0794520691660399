"""The command `helpdesk`: thin; every verb calls one function.

Exit codes: 0 done, 1 the input or the knowledge base is at fault, 2 wrong usage, 3 a fault of ours, 130 interrupted.
"""

import sys
import traceback
from io import TextIOWrapper
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from bot import app as parts
from bot import settings
from bot.channels import terminal
from bot.cli import changing as changing
from bot.cli import editing as editing
from bot.cli import learning as learning
from bot.cli import report as report
from bot.cli import voices as voices
from bot.cli.common import Folder, Now, clock_of, folder_of
from bot.cli.keys import keys
from bot.cli.knowledge import knowledge
from bot.cli.staff import staff
from bot.cli.starting import init
from bot.cli.store import store
from bot.cli.usage import in_korean
from bot.knowledge.build import KnowledgeError
from bot.words import RefusedError

cli = typer.Typer(
    help="확인된 답만 하는 안내 창구: 묻기, 열기, 지식 돌보기",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.add_typer(knowledge, name="knowledge")
cli.add_typer(store, name="store")
cli.add_typer(keys, name="keys")
cli.command("init")(init)
cli.add_typer(staff, name="staff")


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
    clock = clock_of(now)
    if json not in (None, "-"):
        raise typer.BadParameter("--json 뒤에는 - 만 쓸 수 있습니다(표준 입력).", param_hint="--json")
    if json is None and not question:
        raise typer.BadParameter('질문을 적어 주세요. 예: helpdesk ask "문 여는 시간"', param_hint="질문")
    desk = parts.desk(folder_of(folder), languages=settings.spoken())
    if json == "-":
        terminal.answer_lines(desk, clock, sys.stdin.buffer, sys.stdout, explain=explain)
    else:
        terminal.answer_once(desk, clock, " ".join(question or []), explain=explain)


@cli.command()
def chat(folder: Folder = None, now: Now = None, explain: Annotated[bool, typer.Option("--explain")] = False) -> None:
    """이어서 묻고 답합니다. /처음 · /도움말 · /종료"""
    desk = parts.desk(folder_of(folder), languages=settings.spoken())
    terminal.converse(desk, clock_of(now), explain=explain)


@cli.command()
def serve(folder: Folder = None) -> None:
    """모두 엽니다: 웹 서버, 그리고 TELEGRAM_BOT_TOKEN이 있으면 텔레그램."""
    from bot import heap, logs
    from bot.reload.builder import Builder

    chosen, place = settings.read(), folder_of(folder)
    logs.set_up(as_json=chosen.log_json)
    heap.share()
    with Builder(
        place, chosen.spoken
    ) as builder:  # it forks: before the web's libraries are loaded, so that it stays small
        from bot.serve import serve as run

        run(chosen, place, builder)


@cli.command("settings")
def show_settings() -> None:
    """환경 변수로 정할 수 있는 것을 모두 보입니다."""
    for name, field in settings.Settings.model_fields.items():
        print(f"{settings.variable(name)}  (기본: {field.default!r})\n    {field.description}")


def main() -> NoReturn:
    """Run the command and turn every failure into a message and an exit code."""
    for out in (sys.stdout, sys.stderr):  # a console in CP949 lacks some letters: they become question marks
        if isinstance(out, TextIOWrapper):
            out.reconfigure(errors="replace")
    try:
        left = cli(standalone_mode=False)  # the exit code, where a verb ends with one
        code = left if isinstance(left, int) else 0
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
        code = _tell([f"쓰는 법이 다릅니다: {in_korean(error.format_message())}", "helpdesk --help를 보세요."], 2)
    except TyperException as error:
        code = _tell([f"쓰는 법이 다릅니다: {in_korean(str(error))}", "helpdesk --help를 보세요."], 2)
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except Exception:  # a fault of ours: whoever fixes it needs the whole traceback
        traceback.print_exc()
        code = 3
    sys.exit(code)


def _tell(lines: list[str], code: int) -> int:
    print("\n".join(lines), file=sys.stderr)
    return code
