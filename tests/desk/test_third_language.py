"""A third language is a file: Vietnamese, once it is turned on, and never before."""

import json
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import app
from bot.channels.terminal import answer_lines
from bot.desk.desk import HelpDesk
from bot.desk.language import heard, of_person, spoken, tongue_of
from bot.desk.menu import Menu
from bot.desk.say import Say, typed
from bot.knowledge import locale
from bot.knowledge.base import KST
from bot.words import Outcome, Query

ALL = ("ko", "en", "vi")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=KST)
FOLDER = """
programme: {name: 도서관}
sources: [{id: guide, title: 이용 안내, date: 2026-01}]
menu:
- {id: use, title: 이용, english: Use, topics: [{topic: use, title: 시간과 연체, english: Hours}]}
office: {hours: {월: 09:00-18:00, 화: 09:00-18:00, 수: 09:00-18:00}}
notices: [{id: moved, phases: [{answer: 새 건물입니다., english: We have moved.}]}]
defaults: {owner: 안내팀, verified_on: 2026-11-20, review_by: 2027-11-20, topic: use, sources: [guide]}
entries:
- id: hours
  questions: [도서관은 몇 시에 여나요, 문 여는 시각, 언제 열어요, what time does the library open]
  answer: "아홉 시에 엽니다(확인 {checked})."
  english: {answer: "It opens at nine ({checked})."}
  notice: moved
- id: fee
  questions: [책을 늦게 내면 연체료가 있나요, 연체료, 늦게 반납하면 돈 내나요]
  answer: "하루 백 원입니다(확인 {checked})."
- id: person
  kind: handover
  questions: [사람과 이야기하고 싶어요, 직원 바꿔 주세요, 상담원 연결]
  answer: 직원에게 전합니다.
  english: {answer: A person will answer.}
"""
VIETNAMESE = ["Thư viện mở cửa lúc mấy giờ?", "tôi có thể mượn sách không", "số điện thoại là gì", "Xin chào"]
NOT = [
    "KIMM",
    "what time do you open",
    "몇 시에 열어요",
    "1357",
    "",
    "où est la bibliothèque",
    "我们可以申请吗",
    "ckddnjseo",
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    folder: Path = tmp_path_factory.mktemp("library")
    (folder / "kb.yaml").write_text(FOLDER, encoding="utf-8")
    return app.desk(folder, languages=ALL)


@pytest.fixture(scope="module")
def off(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    folder: Path = tmp_path_factory.mktemp("library")
    (folder / "kb.yaml").write_text(FOLDER, encoding="utf-8")
    return app.desk(folder)


def says(code: str, name: str, **values: str) -> str:
    return locale.of(code).replies[name].format(**values)


@pytest.mark.parametrize("text", VIETNAMESE)
def test_vietnamese_is_known_by_its_letters(text: str, desk: HelpDesk, off: HelpDesk) -> None:
    assert (spoken(text, ALL), spoken(text)) == ("vi", "")
    assert (heard("", text, desk.base), heard("", text, off.base)) == ("vi", "ko")
    assert (heard("ko", text, desk.base), heard("ko", text, off.base)) == ("vi", "ko")
    assert (of_person("ko", text, desk.base), of_person("en-US", text, off.base)) == ("vi", "en")


def test_its_letters_are_known_in_pieces_as_well() -> None:
    """A Macintosh sends letters and marks apart."""
    assert spoken("Thu\u031b vie\u0302\u0323n mo\u031b\u0309 cu\u031b\u0309a khi na\u0300o", ALL) == "vi"


@pytest.mark.parametrize("text", NOT)
def test_nothing_else_is_vietnamese(text: str) -> None:
    assert spoken(text, ALL) == spoken(text) != "vi"


def test_what_a_messenger_is_set_to_counts_where_the_text_tells_nothing(desk: HelpDesk, off: HelpDesk) -> None:
    for tag, expected in (("vi-VN", "vi"), ("vi", "vi"), ("ko", "ko"), ("en_GB", "en"), ("ja", "en"), ("", "ko")):
        assert of_person(tag, "KIMM", desk.base) == expected
    assert of_person("vi", "KIMM", off.base) == "en"
    assert of_person("vi", "몇 시에 열어요", desk.base) == "ko"
    assert heard("en", "몇 시에 열어요", desk.base) == "en", "a button that was tapped goes before its words"


def test_a_question_gets_our_sentences_in_vietnamese(desk: HelpDesk) -> None:
    reply = desk.ask(Query(VIETNAMESE[1], "asks", NOW, language="vi"))
    assert reply.outcome in (Outcome.FALLBACK, Outcome.ASK)
    assert reply.body.startswith((says("vi", "fallback"), says("vi", "ask")))


@pytest.mark.parametrize(
    ("entry", "told", "answer"), [("hours", "en", "It opens at nine"), ("fee", "ko", "하루 백 원입니다")]
)
def test_an_answer_is_told_in_the_next_language_and_says_so_first(
    desk: HelpDesk, entry: str, told: str, answer: str
) -> None:
    reply = desk.ask(Query("", "reads", NOW, choice=entry, language="vi"))
    first, second, *_ = reply.body.splitlines()
    assert first == says("vi", "untranslated", language=locale.of("vi").names[told])
    assert second.startswith(answer)
    month = locale.of(told).month(NOW)
    assert month in second, "a date in an answer is in the answer's language"
    assert reply.signature.startswith(f"{says('vi', 'source')}: ")
    assert ("We have moved." in reply.body) is (entry == "hours")


@pytest.mark.parametrize(("entry", "language"), [("hours", "ko"), ("hours", "en"), ("fee", "ko")])
def test_nothing_is_said_where_there_is_a_translation(desk: HelpDesk, entry: str, language: str) -> None:
    body = desk.ask(Query("", "reads", NOW, choice=entry, language=language)).body
    for code in ALL:
        assert locale.of(code).replies["untranslated"].partition("{")[0] not in body


def test_english_says_that_what_follows_is_korean(desk: HelpDesk) -> None:
    body = desk.ask(Query("", "reads", NOW, choice="fee", language="en")).body
    assert body.splitlines()[0] == "(Not translated yet: the approved Korean answer follows.)"


def test_titles_and_questions_are_in_the_next_language(desk: HelpDesk) -> None:
    menu = Menu(desk.base)
    (section,) = desk.base.menu
    assert [(section.title.in_(code), menu.items(section, code)[0].title) for code in ALL] == [
        ("이용", "시간과 연체"),
        ("Use", "Hours"),
        ("Use", "Hours"),
    ]
    assert desk.composer.choice(desk.base.entries["hours"], NOW, "vi").question == "what time does the library open"


def test_small_talk_is_answered_in_vietnamese(desk: HelpDesk) -> None:
    reply = desk.ask(Query("고마워요", "thanks", NOW, language="vi"))
    assert (reply.outcome, reply.body) == (Outcome.SMALLTALK, locale.of("vi").talk["thanks"])


def test_what_stands_on_a_button_may_be_typed_in_vietnamese(desk: HelpDesk, off: HelpDesk) -> None:
    assert typed(desk.base, "person", "hỏi nhân viên")
    assert not typed(off.base, "person", "hỏi nhân viên")


SAID = {
    "문 여는 시각": Outcome.ANSWER,
    "연체료": Outcome.ANSWER,
    "상담원 연결": Outcome.HANDOVER,
    "고마워요": Outcome.SMALLTALK,
    "자동차 보험료가 얼마인가요": Outcome.FALLBACK,
    "ㅇㅊㄹ": Outcome.ASK,
    "": Outcome.FALLBACK,
    "ans dusms tlrkr": Outcome.ANSWER,
}


def test_every_kind_of_reply_is_among_those_below(desk: HelpDesk) -> None:
    for number, (text, outcome) in enumerate(SAID.items()):
        assert desk.ask(Query(text, f"kind-{number}", NOW)).outcome is outcome, text
    assert {*SAID.values()} == {*Outcome}


@given(st.lists(st.tuples(st.sampled_from([*SAID]), st.sampled_from(ALL)), min_size=1, max_size=4))
def test_every_kind_of_reply_is_whole_in_each_language(desk: HelpDesk, conversation: list[tuple[str, str]]) -> None:
    desk.forget("anybody")
    for text, language in conversation:
        reply = desk.ask(Query(text, "anybody", NOW, language=language))
        assert reply.text.strip()
        assert "{" not in reply.text
        own, others = (says(code, "source") + ": " for code in (language,)), [c for c in ALL if c != language]
        if reply.signature:
            assert reply.signature.startswith(tuple(own))
        for name in ("fallback", "ask", "empty", "initials", "and_also"):
            for code in others:
                assert says(code, name) not in reply.text, (language, code, name)


def test_a_line_of_json_may_choose_it(desk: HelpDesk, off: HelpDesk) -> None:
    line = json.dumps({"text": "연체료", "language": "vi"}).encode() + b"\n" + VIETNAMESE[0].encode() + b"\n"
    for wanted, lead in ((desk, "(Câu trả lời này"), (off, "(Not translated yet")):
        out = StringIO()
        answer_lines(wanted, lambda: NOW, BytesIO(line), out)
        texts = [json.loads(said)["text"] for said in out.getvalue().splitlines()]
        assert (lead in texts[0]) is (wanted is desk)
        assert (says("vi", "source") in texts[0]) is (wanted is desk)


def test_the_opening_hours_are_in_vietnamese(desk: HelpDesk) -> None:
    from bot.desk import office

    open_now, hours = office.lines(Say(desk.base, "vi"), NOW)
    assert open_now == says("vi", "office_open", until="18:00")
    assert hours == says("vi", "office_hours", hours="T2–T4 09:00–18:00")
    closed = office.lines(Say(desk.base, "vi"), NOW.replace(hour=20))[0]
    assert "T2, ngày 30 tháng 11, 09:00 (giờ Hàn Quốc)" in closed


def test_the_language_of_a_text_on_a_page() -> None:
    assert tongue_of("아홉 시에 엽니다", "vi") == tongue_of("It opens", "ko") == "ko"
    assert (tongue_of("It opens at nine", "vi"), tongue_of("It opens at nine", "en")) == ("en", "en")
    assert tongue_of(says("vi", "fallback"), "vi") == "vi"
