"""`helpdesk knowledge`: what maintainers do."""

import gc
import sys
from datetime import datetime
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import app as parts
from bot import settings
from bot.cli.common import Folder, Now, clock_of, folder_of
from bot.cli.writing import DryRun

if TYPE_CHECKING:
    from bot.knowledge.base import KnowledgeBase
    from bot.words import Problem
    from bot.workshop.test import TestResult

knowledge = typer.Typer(help="지식(YAML)을 점검하고 시험합니다.", no_args_is_help=True, rich_markup_mode=None)
_COLLECT_AFTER = 100_000
"""Objects after which garbage is collected: most of what a verb makes stays until its end, and to look through it costs a fifth."""


@knowledge.callback()
def begin() -> None:
    """지식(YAML)을 점검하고 시험합니다."""
    gc.set_threshold(_COLLECT_AFTER, 50, 100)


@knowledge.command("check")
def check(
    folder: Folder = None,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="탭, 전각, 둥근따옴표, 풀린 한글, 날짜 꼴처럼 뜻이 분명한 것은 고쳐 적습니다."),
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """형식과 내용의 잘못을 모두 찾아 파일:줄과 함께 보입니다."""
    from bot.knowledge.documents import language_in
    from bot.workshop.show import show_check

    where = folder_of(folder)
    if fix:
        _mend(where, dry_run=dry_run)
    if not (fix and dry_run):
        raise typer.Exit(show_check(_problems(where), language_in(where)))


def _mend(where: Path, *, dry_run: bool) -> None:
    """Fix what has only one right form; with `dry_run` only show it."""
    from bot.workshop import mend

    found = mend.mend(where)
    print("\n".join(line for one in found for line in one.told) or "저절로 고칠 것이 없습니다.", file=sys.stderr)
    if dry_run:
        print("".join(one.patch(where) for one in found), end="")
        return
    mend.write(where, found)
    for one in found:
        print(f"{where / one.name}: 고쳤습니다.", file=sys.stderr)


def _problems(where: Path) -> "list[Problem]":
    from bot.workshop import check_form
    from bot.workshop.check import check_folder
    from bot.workshop.kept import at_home

    kept = at_home()
    return [*check_folder(where, kept=kept), *check_form.problems(where, kept)]


@knowledge.command("format")
def format(
    folder: Folder = None,
    check: Annotated[bool, typer.Option("--check", help="적지 않고, 꼴이 다른 파일이 있으면 1로 끝납니다.")] = False,
) -> None:
    """YAML 파일을 정해진 꼴로 적습니다. 질문은 한 줄에 하나, 답은 문장마다 한 줄이며 주석은 남습니다."""
    from bot.workshop.format_folder import format_folder

    names = format_folder(folder_of(folder), write=not check)
    for name in names:
        print(name)
    if check:
        print(f"꼴이 다른 파일 {len(names)}개" if names else "모두 정해진 꼴입니다.")
    raise typer.Exit(1 if check and names else 0)


@knowledge.command("test")
def test(
    folder: Folder = None,
    now: Now = None,
    entry: Annotated[str, typer.Option("--entry", metavar="ID", help="이 항목(또는 틀)의 시험만.")] = "",
    known: Annotated[bool, typer.Option("--known", help="알려진 실패도 하나씩 보입니다.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="되묻거나 못 찾은 것뿐이면 0으로 끝납니다.")] = False,
) -> None:
    """항목 옆에 적힌 시험(match, not_match, ask, dialogues)을 돌립니다. 틀린 답과 되물은 것을 나누어 보입니다."""
    from bot.knowledge.build import load
    from bot.workshop.show import show_tests
    from bot.workshop.test import run
    from bot.workshop.test_hints import hints

    where, moment = folder_of(folder), clock_of(now)()
    base = load(where, to_serve=True)
    if entry and entry not in {f.id for f in base.frames}:
        raise typer.BadParameter(f"그런 항목이 없습니다: {entry}", param_hint="--entry")
    if entry:
        result = run(parts.desk(where, base=base, encoder=False), moment, entry)
    else:
        result = _tested(where, base, moment)
    raise typer.Exit(show_tests(result, known=known, anyway=anyway, hints=lambda f: hints(base, f)))


def _tested(where: Path, base: "KnowledgeBase", moment: datetime) -> "TestResult":
    """Return the results of all tests; they are run only if anything has changed since the last run."""
    from bot.workshop.edit_desk import Before
    from bot.workshop.kept import at_home
    from bot.workshop.mutate_show import progress_bar
    from bot.workshop.test_kept import kept_or_run, run_touched

    kept = at_home("tests")

    def make() -> "TestResult":
        with progress_bar("시험을 돌리는 중") as progress:
            before = Before.of(where, parts.learned(where, encoder=False), at_home("desk"), base)
            result, spared = run_touched(kept, before, moment, progress)
        if spared:
            print(f"고친 글이 닿을 수 없는 시험 {spared}건은 지난번 결과 그대로입니다.", file=sys.stderr)
        return result

    result, known = kept_or_run(kept, where, base, moment, make)
    if known:
        print("지난번에 돌린 뒤로 바뀐 것이 없어 그 결과를 보입니다.", file=sys.stderr)
    return result


@knowledge.command("train")
def train(
    folder: Folder = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="재기만 하고 적지 않습니다.")] = False,
) -> None:
    """질문과 사람들의 말에서 배우고, 사람을 빼 가며 재고, 기본 판단보다 나으면 learned.zip에 적습니다."""
    from bot.workshop import train as training
    from bot.workshop.train_dialogues import lines as dialogues
    from bot.workshop.train_report import compared, lines

    where = folder_of(folder)
    found = training.train(where)
    for kind, serves in (found.figures if found.is_better else found.general).items():
        print(f"— {'문장 부호기까지' if kind == 'full' else '문장 부호기 없이'}")
        for line in (*lines(serves), *dialogues(found.talked.get(kind, ()))):
            print(line)
        print(compared(found.figures[kind], found.general[kind]))
    if found.is_better and not dry_run:
        print(f"{training.write(where, found.kept)}에 적었습니다.")
    elif not found.is_better:
        if not dry_run:
            training.forget(where)
        print(
            "여기서 배운 판단이 기본 판단보다 낫다고 할 수 없어, 기본 판단이 사람들의 말까지 보고 답합니다(learned.zip 없음)."
        )


@knowledge.command("mutate")
def mutate(
    folder: Folder = None,
    now: Now = None,
    sample: Annotated[
        int, typer.Option("--sample", min=0, metavar="N", help="항목마다 질문 N개만 바꿉니다. 0은 모두.")
    ] = 0,
    entry: Annotated[str, typer.Option("--entry", metavar="ID", help="이 항목(또는 틀)만.")] = "",
    seed: Annotated[int, typer.Option("--seed", help="같은 수면 같은 결과가 나옵니다.")] = 1,
    worst: Annotated[int, typer.Option("--worst", min=0, metavar="N", help="나쁜 것부터 N개를 보입니다.")] = 20,
    processes: Annotated[int, typer.Option("--processes", min=0, help="함께 돌릴 수. 0은 코어 수만큼.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="JSON으로 냅니다.")] = False,
    record: Annotated[bool, typer.Option("--record", help="나온 점수를 mutation.json에 적습니다.")] = False,
    gate: Annotated[bool, typer.Option("--gate", help="적어 둔 점수보다 떨어지면 1로 끝납니다.")] = False,
) -> None:
    """질문을 사람들이 치는 대로(오타, 띄어쓰기, 조사, 자판, 초성, 말투) 바꾸어 물어 점수를 냅니다."""
    from bot.workshop import mutate as work
    from bot.workshop import mutate_show as show

    where = folder_of(folder)
    desk = parts.desk(where)
    if entry and not work.questions(desk, entry):
        raise typer.BadParameter(f"그런 항목이 없습니다: {entry}", param_hint="--entry")
    with show.progress_bar("질문을 바꾸어 묻는 중") as progress:
        report = work.run(
            desk, clock_of(now)(), seed=seed, sample=sample, only=entry, processes=processes, progress=progress
        )
    if json:
        print(show.as_json(report))
    else:
        show.show(report, worst)
    if record:
        work.record(where, report, seed=seed, sample=sample)
    faults = work.dropped(report, work.recorded(where)) if gate else []
    for fault in faults:
        print(fault, file=sys.stderr)
    raise typer.Exit(1 if faults else 0)


@knowledge.command("diff")
def diff(
    against: Annotated[
        str, typer.Argument(metavar="[버전|폴더]", help="git의 버전(HEAD, main, v1.0)이나 다른 지식 폴더.")
    ] = "HEAD",
    folder: Folder = None,
    now: Now = None,
    json: Annotated[bool, typer.Option("--json", help="JSON으로 냅니다.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown으로 냅니다(풀 리퀘스트의 댓글).")] = False,
    tests_only: Annotated[bool, typer.Option("--tests-only", help="사람들이 물은 것은 보지 않습니다.")] = False,
    allow: Annotated[bool, typer.Option("--allow", help="달라지는 것이 있어도 0으로 끝납니다.")] = False,
) -> None:
    """지식을 고치면 누가 물은 것, 어느 시험의 답이 달라지는지 이전 버전과 견주어 보입니다."""
    from bot import upkeep
    from bot.matching.wordings import Readings
    from bot.workshop import diff as work
    from bot.workshop import diff_show as show
    from bot.workshop import revision
    from bot.workshop.diff_asked import Both
    from bot.workshop.kept import at_home
    from bot.workshop.mutate_show import progress_bar

    if json and markdown:
        raise typer.BadParameter("--json과 --markdown 가운데 하나만 쓸 수 있습니다.", param_hint="--json")
    where = folder_of(folder)
    moment, readings = clock_of(now)(), Readings()
    with revision.opened(where, against) as (place, name):
        with revision.named(place, name):
            before = parts.desk(place, readings=readings)
        after = parts.desk(where, readings=readings)
        both = Both(at_home("diff"), (place, before), (where, after), moment)
    asked = None if tests_only else upkeep.questions_asked(settings.read(), work.MOST_ASKED)
    with progress_bar("이전 버전과 견주는 중") as progress:
        found = work.compare(before, after, asked or (), moment, progress, (both.before, both.after))
    both.close()
    found = work.with_retired(found, before, where)
    count = None if asked is None else len(asked)
    if json or markdown:
        print(show.as_json(found, name, count) if json else show.as_markdown(found, name, count))
    else:
        show.show(found, name, count)
    raise typer.Exit(1 if found.blocking and not allow else 0)


@knowledge.command("why")
def why(
    question: Annotated[str, typer.Argument(help="질문", show_default=False)],
    folder: Folder = None,
    now: Now = None,
    json: Annotated[bool, typer.Option("--json", help="ask --explain과 같은 자취를 JSON으로 냅니다.")] = False,
) -> None:
    """왜 이 답이 나왔는지, 무엇을 고치면 되는지 말합니다."""
    from bot.workshop.why import explained

    trace, lines = explained(parts.desk(folder_of(folder)), question, clock_of(now)())
    print(dumps(trace, ensure_ascii=False, indent=1) if json else "\n".join(lines))
