"""`helpdesk knowledge`: gaps, learn and new: from a question without an answer to an entry."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import app as parts
from bot import settings
from bot.cli.common import Folder, Now, clock_of, folder_of, gathering
from bot.cli.knowledge import knowledge
from bot.cli.writing import Anyway, Edit, Json, day_of
from bot.words import RefusedError

if TYPE_CHECKING:
    from bot.workshop.gaps import Gap
    from bot.workshop.learn import Teacher
    from bot.workshop.learn_result import Learned
    from bot.workshop.new import Made, Wanted

Texts = list[str] | None


@dataclass(frozen=True)
class Given:
    """What is given of a new entry; the rest is asked for."""

    question: Annotated[Texts, typer.Option("--question", "-q", help="질문. 여러 번 쓸 수 있습니다.")] = None
    answer: Annotated[str, typer.Option("--answer", help="답.")] = ""
    source: Annotated[Texts, typer.Option("--source", metavar="ID", help="출처 id. 여러 번 쓸 수 있습니다.")] = None
    test: Annotated[Texts, typer.Option("--test", help="시험할 질문. 여러 번 쓸 수 있습니다.")] = None
    id: Annotated[str, typer.Option("--id", help="새 항목의 id.")] = ""
    owner: Annotated[str, typer.Option("--owner", help="맡은 사람이나 팀.")] = ""
    topic: Annotated[str, typer.Option("--topic", help="주제.")] = ""
    file: Annotated[str, typer.Option("--file", metavar="이름", help="적을 파일(지식 폴더 안의 이름).")] = ""
    draft: Annotated[bool, typer.Option("--draft", help="아직 내보내지 않는 초안으로 적습니다.")] = False

    def wanted(self) -> "Wanted":
        """Return it in a form that can be completed."""
        from bot.workshop.new import Wanted, several

        return Wanted(
            self.id,
            several(self.question),
            self.answer,
            sources=several(self.source),
            owner=self.owner,
            topic=self.topic,
            tests=several(self.test),
            file=self.file,
            draft=self.draft,
        )


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
    """Return the gaps; `show`: they are shown, so their numbers and contents must not change afterwards."""
    from bot import upkeep
    from bot.workshop import gaps as work

    records = upkeep.left_behind(settings.read())
    found = work.find(records, parts.desk(folder_of(folder)), clock_of(now)())
    if show:
        upkeep.name_gaps(settings.read(), work.unnamed(found, records))
    return found


def _one(found: list["Gap"], number: int) -> "Gap":
    from bot.workshop.gaps import one

    return _there(one(found, number), number)


def _shown(number: int) -> "Gap":
    from bot import upkeep
    from bot.workshop.gaps import shown

    return _there(shown(upkeep.left_behind(settings.read()), number), number)


def _there(gap: "Gap | None", number: int) -> "Gap":
    if gap is None:
        raise RefusedError(f"{number}번 물음이 없습니다. helpdesk knowledge gaps --all로 볼 수 있습니다.")
    return gap


def _mark(records: Iterable[int], state: str) -> None:
    from bot import upkeep

    upkeep.mark_gap(settings.read(), records, state)


@knowledge.command("learn")
@gathering
def learn(
    *,
    number: Annotated[int, typer.Argument(metavar="번호", help="gaps가 보인 번호.")],
    entry: Annotated[str, typer.Option("--entry", metavar="ID", help="이 항목(또는 틀)에 물은 말을 더합니다.")] = "",
    new: Annotated[bool, typer.Option("--new", help="새 항목을 만듭니다.")] = False,
    only: Annotated[Texts, typer.Option("--only", metavar="말", help="물은 말 가운데 이것만 더합니다.")] = None,
    skip: Annotated[
        Texts, typer.Option("--skip", metavar="말", help="물은 말 가운데 이것은 뺍니다. 뺀 말은 gaps에 남습니다.")
    ] = None,
    given: Given,
    anyway: Anyway = False,
    edit: Edit,
) -> None:
    """답이 없던 물음을, 물은 사람의 말 그대로 시험과 함께 지식에 더합니다. gaps가 보인 말만 더합니다."""
    if bool(entry) == new:
        raise typer.BadParameter("--entry 항목id와 --new 가운데 하나를 적어 주세요.", param_hint="--entry")
    gap = _shown(number)
    wordings = _chosen(gap, only or [], skip or [])
    if entry:
        learned = _taught(entry, wordings, edit, anyway=anyway)
        handled = learned.handled
    else:
        learned = _made_of(gap, wordings, given, edit, anyway=anyway)
        handled = frozenset(wordings) - {*learned.unanswered}
    _tell(learned)
    if edit.finish():
        _done(gap, number, handled)


def _taught(entry: str, wordings: Sequence[str], edit: Edit, *, anyway: bool) -> "Learned":
    """Let an entry learn what people asked."""
    from bot.workshop.mutate_show import progress_bar

    print(_WAIT, file=sys.stderr)
    teacher = _teacher(edit, anyway=anyway)
    with progress_bar("시험을 돌리는 중") as teacher.progress:
        return teacher.add_wordings(entry, wordings)


def _teacher(edit: Edit, *, anyway: bool) -> "Teacher":
    from bot.workshop.edit_desk import Before
    from bot.workshop.kept import at_home
    from bot.workshop.learn import Teacher

    learned = parts.learned(edit.drafts.folder, encoder=False)
    before = Before.of(edit.drafts.folder, learned, at_home("desk"))
    return Teacher(
        edit.drafts, learned, edit.moment, anyway=anyway, processes=0, before=before, tests=at_home("tests")
    )


def _done(gap: "Gap", number: int, handled: frozenset[str]) -> None:
    """Mark some wordings of a gap as done, and say how many are left."""
    _mark([id for w, ids in gap.by_wording if w in handled for id in ids], "done")
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


def _made_of(gap: "Gap", wordings: Sequence[str], given: Given, edit: Edit, *, anyway: bool) -> "Learned":
    """Make an entry of what people asked: the rarest wording is the test where there are several."""
    from bot.workshop.learn_words import shared_out

    wanted = given.wanted()
    questions, tests = shared_out(wordings, len(wanted.questions))
    wanted.answer = wanted.answer or next(iter(gap.answers), "")
    wanted.questions = [*questions, *wanted.questions]
    wanted.tests = wanted.tests or tests
    return _make(wanted, edit, anyway=anyway)


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


def _make(wanted: "Wanted", edit: Edit, *, anyway: bool) -> "Learned":
    """Complete a new entry by asking, check it and test it; what was typed is shown where it cannot be written."""
    from bot.workshop.learn_names import LearnError
    from bot.workshop.mutate_show import progress_bar
    from bot.workshop.new import Form

    teacher = _teacher(edit, anyway=anyway)
    made: Made = Form(edit.drafts, teacher.desk, _Terminal(), edit.moment.date()).complete(wanted)
    print(_WAIT, file=sys.stderr)
    try:
        with progress_bar("시험을 돌리는 중") as teacher.progress:
            return teacher.add_entry(made.fields, made.file)
    except LearnError as error:
        raise LearnError(f"{error}\n\n적으려던 항목({made.file}):\n{made.text}") from None


@knowledge.command("new")
@gathering
def new(
    *,
    given: Given,
    english: Annotated[str, typer.Option("--english", help="영어 답.")] = "",
    verified_on: Annotated[str | None, typer.Option("--verified-on", metavar="날짜", help="기본은 오늘.")] = None,
    review_by: Annotated[str | None, typer.Option("--review-by", metavar="날짜", help="기본은 90일 뒤.")] = None,
    anyway: Anyway = False,
    edit: Edit,
) -> None:
    """새 항목을 차례로 물어 만듭니다. 선택으로 준 것은 묻지 않습니다."""
    wanted = given.wanted()
    wanted.english = english
    wanted.verified_on, wanted.review_by = day_of(verified_on, "--verified-on"), day_of(review_by, "--review-by")
    learned = _make(wanted, edit, anyway=anyway)
    _tell(learned)
    edit.finish()
