"""Former ids: what was published under another id leads to the entry of now, wherever it was kept or linked."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.telegram.buttons import Codes, code_of
from bot.desk import history
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.knowledge.build import build
from bot.store import answers
from bot.store.database import Database
from bot.store.memory import Exchange, Memory, Unanswered
from bot.store.schema import exchanges, unanswered
from bot.words import Outcome, Query
from bot.workshop import diff_show
from bot.workshop.check import check_folder
from bot.workshop.diff import compare
from tests.conftest import NOW
from tests.renamed import AFTER, BEFORE, desk


@pytest.fixture
def before(tmp_path: Path) -> HelpDesk:
    return desk(tmp_path / "before", BEFORE)


@pytest.fixture
def after(tmp_path: Path) -> HelpDesk:
    return desk(tmp_path / "after", AFTER)


def test_former_ids_of_entries_and_of_what_templates_make_are_known(after: HelpDesk) -> None:
    assert after.base.moved == {
        "loan": "loan-period",
        "branch-open.east": "opening.east",
        "branch-open.west": "opening.west",
    }
    assert [after.base.taken_back(id) for id in ("fax", "telefax", "loan", "nothing")] == [True, True, False, False]


def test_who_names_a_former_id_is_told_the_new_one(folder: Callable[..., Path]) -> None:
    _, problems = build(folder(a=AFTER.replace("related: [loan-period]", "related: [loan]")))
    assert [str(p) for p in problems] == [
        "a.yaml:11: [card] 관련 항목 'loan'이(가) 없습니다 (이제 'loan-period'입니다)"
    ]


def test_a_former_id_that_is_anybody_elses_is_named_with_both_places(folder: Callable[..., Path]) -> None:
    place = folder(a=AFTER, b="entries:\n- id: other\n  former: [loan, fax]\n  questions: [딴것]\n  answer: 답\n")
    found = {p.code: str(p) for p in check_folder(place) if p.code.startswith("former-")}
    assert found == {
        "former-taken": "b.yaml:3: [other] former의 'fax'은(는) a.yaml:10에 있는 항목의 id입니다 "
        "(합쳤다면 그 항목을 지우고, 따로 있는 항목이면 former에서 빼세요)",
        "former-twice": "b.yaml:3: [other] former의 'loan'이(가) a.yaml:9 [loan-period]에도 있습니다 "
        "(옛 id 하나는 한 항목으로만 이어집니다)",
    }


def test_a_choice_and_a_conversation_survive_the_change(before: HelpDesk, after: HelpDesk) -> None:
    reply, _ = after.answer(Query("", "u", NOW, choice="loan"), Context())
    assert (reply.entry, reply.outcome) == ("loan-period", Outcome.ANSWER)
    offered = Context(choices=("fax", "loan"), at=NOW)
    assert offered.within(after.base).choices == ()  # one of them went: nothing can be picked by its number
    assert Context(choices=("loan", "card"), at=NOW).within(after.base).choices == ("loan-period", "card")
    codes = Codes(after.base.entries, after.base.moved)
    assert [codes.entry(code_of(e.id)) for e in before.base.entries.values() if e.file] == [
        "opening.east",
        "opening.west",
        "loan-period",
        "",
        "card",
    ]


def test_diff_says_renamed_and_nothing_that_is_asked_changes(before: HelpDesk, after: HelpDesk) -> None:
    found = compare(before, after, (), NOW)
    assert found.renamed == (
        ("branch-open.east", "opening.east"),
        ("branch-open.west", "opening.west"),
        ("loan", "loan-period"),
    )
    assert (found.added, found.removed, found.texts) == ((), ("fax",), ())
    assert {r.before.entries for r in found.rows} == {("fax",)}
    assert (
        "이름이 바뀐 항목 3개: branch-open.east → opening.east, branch-open.west → opening.west, loan → loan-period"
        in (diff_show.summary(found, "main", 0))
    )


async def test_what_was_kept_under_the_old_id_goes_on_under_the_new(
    database: Database, before: HelpDesk, after: HelpDesk
) -> None:
    async with database.write() as c:
        await history.note(c, before.base, NOW)
        left = Memory()
        left.answered(Exchange("x", "u", "web", NOW, "대출 기간", "14일", "answer", "loan", 1.0, "v1"))
        left.unanswered.append(Unanswered("u", "web", NOW, "팩스", "down", "loan"))
        await left.flush(c)
        await history.note(c, after.base, NOW + timedelta(hours=1))
        again = await history.note(c, after.base, NOW + timedelta(hours=2))
        changes = await answers.changed_since(c, NOW)
        kept = (await c.execute(exchanges.select())).one()
        noted = (await c.execute(unanswered.select())).one()
    assert [(x.entry, x.after) for x in changes] == [("fax", "")]
    assert (again.changes, kept.entry, noted.nearest) == (0, "loan-period", "loan-period")
