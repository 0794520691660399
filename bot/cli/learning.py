"""`helpdesk knowledge`: gaps, learn and new: from a question without an answer to an entry."""

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import app as parts
from bot import settings
from bot.cli.common import Folder, Now, clock_of, folder_of
from bot.cli.knowledge import knowledge
from bot.cli.writing import Anyway, DryRun, Json, Patch, day_of, finish
from bot.words import RefusedError

if TYPE_CHECKING:
    from bot.workshop.gaps import Gap
    from bot.workshop.learn_result import Learned
    from bot.workshop.new import Made, Wanted

Questions = Annotated[list[str] | None, typer.Option("--question", "-q", help="질문. 여러 번 쓸 수 있습니다.")]
TestsGiven = Annotated[list[str] | None, typer.Option("--test", help="시험할 질문. 여러 번 쓸 수 있습니다.")]
Sources = Annotated[list[str] | None, typer.Option("--source", metavar="ID", help="출처 id. 여러 번 쓸 수 있습니다.")]
Answer = Annotated[str, typer.Option("--answer", help="답.")]
Id = Annotated[str, typer.Option("--id", help="새 항목의 id.")]
Owner = Annotated[str, typer.Option("--owner", help="맡은 사람이나 팀.")]
Topic = Annotated[str, typer.Option("--topic", help="주제.")]
File = Annotated[str, typer.Option("--file", metavar="이름", help="적을 파일(지식 폴더 안의 이름).")]
AsDraft = Annotated[bool, typer.Option("--draft", help="아직 내보내지 않는 초안으로 적습니다.")]


_WAIT = "고친 지식을 다시 읽고 시험하는 중입니다…"


class _Terminal:
    """Asks the person at the terminal."""

    def ask(self, question: str, default: str = "") -> str:
        try:
            return input(f"{question} [{default}]: " if default else f"{question}: ").strip() or default
        except EOFError:
            print("\n입력이 끝나 그만둡니다. 아무것도 적지 않았습니다.", file=sys.stderr)
            raise typer.Exit(1) from None

    def say(self, text: str) -> None:
        print(text)


@knowledge.command("gaps")
def gaps(
    folder: Folder = None,
    now: Now = None,
    everything: Annotated[bool, typer.Option("--all", help="이미 답하거나 마친 것도 보입니다.")] = False,
    pending: Annotated[int | None, typer.Option("--pending", metavar="번호", help="보는 중으로 둡니다.")] = None,
    done: Annotated[int | None, typer.Option("--done", metavar="번호", help="마쳤다고 적습니다.")] = None,
    ignore: Annotated[int | None, typer.Option("--ignore", metavar="번호", help="답하지 않기로 합니다.")] = None,
    reopen: Annotated[int | None, typer.Option("--reopen", metavar="번호", help="다시 엽니다.")] = None,
    json: Json = False,
) -> None:
    """답을 못 찾았거나 도움이 안 된 물음을 모아, 여러 사람이 물은 것부터 보입니다."""
    from bot.workshop import show_editing as show

    found = _gaps(folder, now, show=pending is done is ignore is reopen is None)
    chosen = {"pending": pending, "done": done, "ignored": ignore, "new": reopen}
    for state, number in chosen.items():
        if number is not None:
            _mark(_one(found, number).records, state)
            print(f"{number}번: {show.STATES[state]}")
    if any(number is not None for number in chosen.values()):
        return
    if json:
        print(show.gaps_as_json(found))
    else:
        show.show_gaps(found, everything=everything)


def _gaps(folder: Path | None, now: str | None, *, show: bool = False) -> list["Gap"]:
    """Return the gaps; `show`: they are shown, so that their numbers and what stands under them stay."""
    from bot import upkeep
    from bot.workshop import gaps as work

    records = upkeep.left_behind(settings.read())
    found = work.find(records, parts.desk(folder_of(folder)), clock_of(now)())
    if show:
        upkeep.name_gaps(settings.read(), work.unnamed(found, records))
    return found


def _one(found: list["Gap"], number: int) -> "Gap":
    from bot.workshop.gaps import one

    gap = one(found, number)
    if gap is None:
        raise RefusedError(f"{number}번 물음이 없습니다. helpdesk knowledge gaps --all로 볼 수 있습니다.")
    return gap


def _mark(records: Iterable[int], state: str) -> None:
    from bot import upkeep

    upkeep.mark_gap(settings.read(), records, state)


@knowledge.command("learn")
def learn(
    number: Annotated[int, typer.Argument(metavar="번호", help="gaps가 보인 번호.")],
    entry: Annotated[str, typer.Option("--entry", metavar="ID", help="이 항목(또는 틀)에 물은 말을 더합니다.")] = "",
    new: Annotated[bool, typer.Option("--new", help="새 항목을 만듭니다.")] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="말", help="물은 말 가운데 이것만 더합니다.")
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option("--skip", metavar="말", help="물은 말 가운데 이것은 뺍니다. 뺀 말은 gaps에 남습니다."),
    ] = None,
    answer: Answer = "",
    source: Sources = None,
    question: Questions = None,
    test: TestsGiven = None,
    id: Id = "",
    owner: Owner = "",
    topic: Topic = "",
    file: File = "",
    draft: AsDraft = False,
    anyway: Anyway = False,
    folder: Folder = None,
    now: Now = None,
    dry_run: DryRun = False,
    patch: Patch = None,
) -> None:
    """답이 없던 물음을, 물은 사람의 말 그대로 시험과 함께 지식에 더합니다. gaps가 보인 말만 더합니다."""
    from bot.workshop.learn import Teacher

    if bool(entry) == new:
        raise typer.BadParameter("--entry 항목id와 --new 가운데 하나를 적어 주세요.", param_hint="--entry")
    gap = _one(_gaps(folder, now), number)
    wordings = _chosen(gap, only or [], skip or [])
    where = folder_of(folder)
    if entry:
        from bot.workshop.edit_folder import Drafts

        print(_WAIT, file=sys.stderr)
        teacher = Teacher(Drafts(where), parts.learned(where), clock_of(now)(), anyway=anyway)
        learned = teacher.add_wordings(entry, wordings)
        handled = learned.handled
    else:
        wanted = _wanted(question, answer or next(iter(gap.answers), ""), source, test, id, owner, topic, file, draft)
        _from_gap(wanted, wordings)
        learned = _make(wanted, where, clock_of(now)().date(), now, anyway=anyway)
        handled = frozenset(wordings) - {*learned.unanswered}
    _tell(learned)
    if finish(learned.drafts, dry_run, patch):
        done = [id for w, ids in gap.by_wording if w in handled for id in ids]
        _mark(done, "done")
        left = len(gap.wordings) - len({w for w, _ in gap.by_wording if w in handled})
        more = f" 남은 말 {left}가지는 gaps에 그대로 둡니다." if left else ""
        print(f"{number}번 물음에서 배운 말을 마쳤다고 적었습니다.{more}")


def _chosen(gap: "Gap", only: Sequence[str], skip: Sequence[str]) -> tuple[str, ...]:
    """Return which of the wordings that were shown are learned; at a terminal one by one."""
    unknown = [w for w in (*only, *skip) if w not in gap.wordings]
    if unknown:
        known = " · ".join(gap.wordings)
        raise RefusedError(f"{gap.id}번 물음에 '{unknown[0]}'이라는 말이 없습니다. 있는 말: {known}")
    chosen = [w for w in gap.seen if w not in skip and (not only or w in only)]
    if sys.stdin.isatty() and not (only or skip):
        chosen = [
            w for w in chosen if input(f"「{w}」 더할까요? [Y/n]: ").strip().lower() in ("", "y", "yes", "예", "네")
        ]
    if not chosen:
        hint = "helpdesk knowledge gaps로 먼저 보고 번호를 적어 주세요" if not gap.seen else "더할 말을 남겨 주세요"
        raise RefusedError(f"{gap.id}번 물음에서 더할 말이 없습니다. {hint}.")
    return tuple(chosen)


def _from_gap(wanted: "Wanted", wordings: Sequence[str]) -> None:
    """Take what people asked as questions, and the rarest wording as the test where there are several."""
    from bot.workshop.learn import shared_out

    questions, tests = shared_out(wordings, len(wanted.questions))
    wanted.questions = [*questions, *wanted.questions]
    wanted.tests = wanted.tests or tests


def _tell(learned: "Learned") -> None:
    print("\n".join(learned.said), file=sys.stderr)
    if not (learned.tests or learned.offered):
        print(
            "시험으로 남길 다른 말이 없어 시험은 더하지 않았습니다. tests.match에 직접 적어 주세요.", file=sys.stderr
        )
    for known in learned.mended:
        print(f"알려진 실패에서 뺐습니다(이제 통과): {known}", file=sys.stderr)
    broken = len(learned.harm) + len(learned.doubts)
    print(f"시험 {learned.passed}건 통과{f', {broken}건은 위와 같이 달라집니다' if broken else ''}.", file=sys.stderr)


def _wanted(
    question: list[str] | None,
    answer: str,
    source: list[str] | None,
    test: list[str] | None,
    id: str,
    owner: str,
    topic: str,
    file: str,
    draft: bool,
) -> "Wanted":
    from bot.workshop.new import Wanted, several

    return Wanted(
        id, several(question), answer, "", several(source), owner, topic, several(test), file=file, draft=draft
    )


def _make(wanted: "Wanted", where: Path, today: date, now: str | None, *, anyway: bool) -> "Learned":
    """Complete a new entry by asking, check it and test it; what was typed is shown where it cannot be written."""
    from bot.workshop.edit_folder import Drafts
    from bot.workshop.learn import Teacher
    from bot.workshop.learn_names import LearnError
    from bot.workshop.new import Form

    drafts = Drafts(where)
    teacher = Teacher(drafts, parts.learned(where), clock_of(now)(), anyway=anyway)
    made: Made = Form(drafts, teacher.desk, _Terminal(), today).complete(wanted)
    print(_WAIT, file=sys.stderr)
    try:
        return teacher.add_entry(made.fields, made.file)
    except LearnError as error:
        raise LearnError(f"{error}\n\n적으려던 항목({made.file}):\n{made.text}") from None


@knowledge.command("new")
def new(
    question: Questions = None,
    answer: Answer = "",
    source: Sources = None,
    test: TestsGiven = None,
    id: Id = "",
    owner: Owner = "",
    topic: Topic = "",
    english: Annotated[str, typer.Option("--english", help="영어 답.")] = "",
    verified_on: Annotated[str | None, typer.Option("--verified-on", metavar="날짜", help="기본은 오늘.")] = None,
    review_by: Annotated[str | None, typer.Option("--review-by", metavar="날짜", help="기본은 90일 뒤.")] = None,
    file: File = "",
    draft: AsDraft = False,
    anyway: Anyway = False,
    folder: Folder = None,
    now: Now = None,
    dry_run: DryRun = False,
    patch: Patch = None,
) -> None:
    """새 항목을 차례로 물어 만듭니다. 선택으로 준 것은 묻지 않습니다."""
    wanted = _wanted(question, answer, source, test, id, owner, topic, file, draft)
    wanted.english = english
    wanted.verified_on, wanted.review_by = day_of(verified_on, "--verified-on"), day_of(review_by, "--review-by")
    learned = _make(wanted, folder_of(folder), clock_of(now)().date(), now, anyway=anyway)
    _tell(learned)
    finish(learned.drafts, dry_run, patch)
