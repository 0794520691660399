"""A second knowledge base, of another kind of office: the whole program serves it, and nothing of the first shows."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot import app
from bot.channels.telegram.buttons import Say
from bot.channels.telegram.menu import Menu
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.knowledge import yamlfile
from bot.knowledge.base import KST
from bot.store.database import Database
from bot.words import Outcome, Query, Reply
from bot.workshop import exchange, exchange_csv, schema
from bot.workshop.check import check_folder
from bot.workshop.edit_folder import Drafts
from bot.workshop.test import run
from tests.conftest import NOW
from tests.examples.test_neutral import names
from tests.web.conftest import Opens
from tests.web.conftest import site as site

LIBRARY = Path(__file__).parent / "library"
_users = iter(range(10**6))


@pytest.fixture(scope="module")
def library() -> HelpDesk:
    return app.desk(LIBRARY)


def ask(desk: HelpDesk, text: str, user: str = "", at: datetime = NOW) -> Reply:
    return desk.ask(Query(text, user or f"u{next(_users)}", at))


def test_it_is_small_but_whole() -> None:
    base = app.desk(LIBRARY).base
    assert len(base.frames) >= 25
    assert "institution" not in base.groups
    assert {s.id for s in base.menu} == {"loan", "card", "branch", "use"}


def test_it_has_no_problem_and_its_tests_pass(library: HelpDesk) -> None:
    assert check_folder(LIBRARY, date(2026, 11, 25)) == []
    result = run(library, NOW)
    assert result.failures == []
    assert result.passed >= 45


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("책 몇 권 빌릴 수 있어요?", "loan-count"),
        ("솔빛도서관 전화번호", "branch-phone.solbit"),
        ("솔빛관 전번 좀", "branch-phone.solbit"),
        ("강마루 어린이도서관은 어디에 있나요", "branch-address.gangmaru"),
        ("중앙도서관 몇시까지해요", "branch-hours.central"),
        ("컴퓨터실 이용 방법", "room-rule.digital"),
        ("what is the phone number of Solbit Library", ""),
    ],
)
def test_it_answers(library: HelpDesk, question: str, entry: str) -> None:
    reply = ask(library, question)
    assert reply.entry == entry or (not entry and reply.outcome is not Outcome.ANSWER)


def test_a_name_in_doubt_is_asked_about_in_any_group_whose_names_tell_answers_apart(library: HelpDesk) -> None:
    reply = ask(library, "솔빛조서관 전화번호")
    assert reply.entry == "branch-phone.solbit"
    assert "솔빛도서관" in reply.text
    other = ask(library, "한빛도서관 전화번호")
    assert other.entry not in ("branch-phone.central", "branch-phone.solbit", "branch-phone.gangmaru")


def test_one_library_never_gets_the_answer_of_another(library: HelpDesk) -> None:
    for frame in library.base.frames:
        for member, entry in frame.entries.items():
            for question in entry.questions if frame.slot == "branch" else ():
                reply = ask(library, question)
                assert all(library.base.entries[e].member == member for e in reply.entries), question


def test_a_conversation_keeps_and_replaces_the_library(library: HelpDesk) -> None:
    assert ask(library, "솔빛도서관 주소", "talk").entry == "branch-address.solbit"
    assert ask(library, "그럼 중앙도서관은?", "talk").entry == "branch-address.central"
    assert ask(library, "거기 전화번호는요", "talk").entry == "branch-phone.central"


def test_choices_are_picked_by_the_name_of_the_library(library: HelpDesk) -> None:
    offered = Context(choices=("branch-phone.central", "branch-phone.solbit", "use-phones"), at=NOW)
    reply, _ = library.answer(Query("솔빛 쪽이요", "pick", NOW), offered)
    assert reply.entry == "branch-phone.solbit"


def test_a_question_that_needs_a_name_gets_the_entry_for_all(library: HelpDesk) -> None:
    assert ask(library, "도서관 전화번호").entry == "use-phones"


def test_a_notice_changes_with_the_day(library: HelpDesk) -> None:
    assert "앞으로 21일" in ask(library, "휴관일").text
    assert "점검은 끝났습니다" in ask(library, "휴관일", at=datetime(2026, 12, 16, tzinfo=KST)).text


def test_its_contacts_become_buttons(library: HelpDesk) -> None:
    reply = ask(library, "솔빛도서관 전화번호")
    assert [(c.label, c.value) for c in reply.contacts] == [("솔빛도서관", "02-000-1002")]


def pages(menu: Menu, say: Say) -> Iterator[str]:
    """Every label behind every button of the menu, three taps deep."""
    todo, seen = ["m"], set[str]()
    while todo:
        data = todo.pop()
        page = menu.page(data, say)
        assert page is not None, data
        for button in (b for row in page.keyboard for b in row):
            yield str(button["text"])
            target = str(button.get("callback_data", ""))
            if target.startswith(("m:", "t:")) and target not in seen:
                seen.add(target)
                todo.append(target)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_menu_of_telegram_leads_to_every_library(library: HelpDesk, language: str) -> None:
    found = set(pages(Menu(library.base), Say(library.base, language)))
    assert {"한별중앙도서관", "솔빛도서관", "강마루어린이도서관"} <= found


async def test_the_web_shows_it_and_nothing_of_the_first_programme(
    site: Opens, database: Database, library: HelpDesk, shipped: HelpDesk
) -> None:
    known = [n for n in names(shipped) if len(n) > 3]
    async with site(database, desk=library) as opened, opened.client() as web:
        for path in (
            "/",
            "/chat",
            "/a/",
            "/a/loan-count",
            "/a/branch-phone.solbit",
            "/api/v1/menu",
            "/api/v1/entries",
        ):
            answer = await web.get(path, follow_redirects=True)
            if answer.status_code == 404:
                continue
            assert answer.status_code == 200, path
            said = re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL)
            assert not [n for n in known if n in said], path
        page = (await web.get("/a/branch-phone.solbit")).text
        assert "02-000-1002" in page
        reply = (await web.post("/api/v1/ask", json={"text": "솔빛도서관 전화번호"})).json()
        assert reply["entry"] == "branch-phone.solbit"


def test_the_workshop_works_on_it(library: HelpDesk) -> None:
    validator = Draft202012Validator(schema.schema())
    for path in LIBRARY.rglob("*.yaml"):
        assert validator.is_valid(yamlfile.read(path, path.name, [])), path.name
    drafts = Drafts(LIBRARY)
    exchange.take(drafts, exchange_csv.from_csv(exchange_csv.to_csv(exchange.rows_of(LIBRARY))), "new.yaml")
    assert not drafts.changed
