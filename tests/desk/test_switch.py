"""Whoever writes in another language than the desk's own is answered in it, and told once how to change that."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest

from bot import app
from bot.channels.terminal import answer_lines
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST
from bot.words import Outcome, Query, Reply

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=KST)
FOLDER = """
programme: {name: 도서관}
sources: [{id: guide, title: 이용 안내, date: 2026-01}]
defaults: {owner: 안내팀, verified_on: 2026-11-20, review_by: 2027-11-20, sources: [guide]}
entries:
- id: hours
  questions: [도서관은 몇 시에 여나요, 문 여는 시각, 언제 열어요, what time does the library open, when do you open]
  answer: 아홉 시에 엽니다.
  english: {answer: It opens at nine.}
- id: fee
  questions: [책을 늦게 내면 연체료가 있나요, 연체료, 늦게 반납하면 돈 내나요, what do we pay for a late book, Iris]
  answer: 하루 백 원입니다.
  english: {answer: It is 100 won a day.}
"""
HOURS, FEE = "what time does the library open", "what do we pay for a late book"
LINE = "For answers in Korean, just write in Korean: 한국어로 물으시면 한국어로 답합니다."
Ask = Callable[..., Reply]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    folder: Path = tmp_path_factory.mktemp("library")
    (folder / "kb.yaml").write_text(FOLDER, encoding="utf-8")
    return app.desk(folder)


@pytest.fixture
def ask(desk: HelpDesk) -> Ask:
    """A conversation in which nobody chose a language."""
    desk.forget("u")

    def say(text: str, minutes: int = 0, **more: object) -> Reply:
        query = Query(text, "u", NOW + timedelta(minutes=minutes), chosen=False)
        return desk.ask(replace(query, **more))  # type: ignore[arg-type]

    return say


def test_an_english_question_is_answered_in_english_and_told_once_how_to_change_that(ask: Ask) -> None:
    first = ask(HOURS)
    assert first.body == f"It opens at nine.\n\n{LINE}"
    assert first.text.startswith(f"{first.body}\n\nSource: ")
    assert first.language == "en"
    assert ask(FEE).body == "It is 100 won a day."
    korean = ask("연체료")
    assert (korean.language, LINE in korean.text) == ("ko", False)
    assert "하루 백 원입니다." in korean.body
    assert LINE not in ask(HOURS).text


def test_another_conversation_is_told_again(ask: Ask) -> None:
    assert LINE in ask(HOURS).text
    assert LINE in ask(HOURS, minutes=11).text


def test_a_topic_is_forgotten_before_what_was_told(ask: Ask) -> None:
    assert LINE in ask(HOURS).text
    for _ in range(4):
        assert LINE not in ask("what is the price of gold and who can tell me").text
    assert LINE not in ask(FEE).text


def test_it_stands_below_a_list_and_a_number_stays_in_the_language(ask: Ask) -> None:
    listed = ask("who is the owner of the red car in the yard")
    assert listed.outcome is Outcome.ASK
    assert listed.text.endswith(f"2. {listed.choices[1].question}\n\n{LINE}")
    assert listed.body.endswith(LINE)
    assert ask("1").language == "en"


def test_what_shows_no_language_is_answered_in_that_of_the_conversation(ask: Ask) -> None:
    assert ask("Iris").language == "ko"
    ask(HOURS)
    assert ask("Iris").language == "en"
    assert ask("", choice="fee").body == "It is 100 won a day."


def test_a_messenger_in_english_is_a_guess_and_no_choice(ask: Ask) -> None:
    named = ask("Iris", language="en")
    assert (named.language, LINE in named.text) == ("en", False)
    assert ask("연체료", language="en").language == "ko"


def test_whoever_chose_a_language_is_not_told(ask: Ask) -> None:
    for text in (HOURS, "연체료"):
        reply = ask(text, language="en", chosen=True)
        assert (reply.language, LINE in reply.text) == ("en", False)
    assert ask(HOURS, language="ko", chosen=True).language == "ko"


def test_whoever_may_be_in_danger_hears_nothing_else(ask: Ask, desk: HelpDesk) -> None:
    reply = ask("i want to die")
    entry = desk.base.entry(reply.entry)
    assert entry is not None
    assert desk.base.is_urgent(entry)
    assert (reply.language, LINE in reply.text) == ("en", False)
    assert LINE in ask(HOURS).text


def test_a_desk_of_one_language_has_nothing_to_change_to(tmp_path: Path) -> None:
    (tmp_path / "kb.yaml").write_text(FOLDER, encoding="utf-8")
    only = app.desk(tmp_path, languages=("ko",))
    reply = only.ask(Query(HOURS, "u", NOW, chosen=False))
    assert (reply.language, reply.body) == ("ko", "아홉 시에 엽니다.")


def test_lines_of_json_are_told_whether_or_not_they_name_the_language(desk: HelpDesk) -> None:
    lines = [
        {"user": "a", "text": HOURS},
        {"user": "b", "text": HOURS, "language": "en"},
        {"user": "b", "text": FEE, "language": "en"},
        {"user": "c", "text": HOURS, "language": "ko"},
        {"user": "d", "text": "연체료", "language": "en"},
    ]
    out = StringIO()
    answer_lines(desk, lambda: NOW, BytesIO("\n".join(map(json.dumps, lines)).encode()), out)
    said = [json.loads(line)["text"] for line in out.getvalue().splitlines()]
    assert [LINE in text for text in said] == [True, True, False, False, False]
    assert [("nine" in text or "won" in text) for text in said] == [True, True, True, False, True]
