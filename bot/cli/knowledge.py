"""`helpdesk knowledge`: what maintainers do."""

import typer

from bot import app as parts
from bot.cli.common import Folder, Now, clock_of, folder_of

knowledge = typer.Typer(help="지식(YAML)을 점검하고 시험합니다.", no_args_is_help=True, rich_markup_mode=None)


@knowledge.command("check")
def check(folder: Folder = None) -> None:
    """형식과 내용의 잘못을 모두 찾아 파일:줄과 함께 보입니다."""
    from bot.workshop.check import check_folder
    from bot.workshop.show import show_check

    raise typer.Exit(show_check(check_folder(folder_of(folder))))


@knowledge.command("test")
def test(folder: Folder = None, now: Now = None) -> None:
    """항목 옆에 적힌 시험(match, not_match, ask, dialogues)을 돌립니다."""
    from bot.workshop.show import show_tests
    from bot.workshop.test import run

    raise typer.Exit(show_tests(run(parts.desk(folder_of(folder)), clock_of(now)())))


@knowledge.command("evaluate")
def evaluate(folder: Folder = None) -> None:
    """지식의 시험으로 가중치와 기준값을 맞추어 evaluation.json에 적습니다."""
    from bot.workshop.evaluate import evaluate_folder

    print(evaluate_folder(folder_of(folder)))
