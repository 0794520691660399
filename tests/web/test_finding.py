"""What agents find: initial consonants for every word, and an honest «no confirmed answer» where there is none."""

import time

import pytest

from bot import hangul
from bot.channels.web.console.library import Library
from bot.desk import initials as module
from bot.desk.desk import HelpDesk
from bot.desk.initials import Initials
from bot.store import flags
from bot.store.database import Database
from bot.words import Query
from tests.conftest import NOW
from tests.web.conftest import Opens
from tests.web.staffroom import ONE, Colleague, hire

NAMES = ["창원대", "조선대", "한서대", "금오공대", "한국공학대", "재료연", "기계연", "전자기술연", "독성연"]
TOPICS = ["전화", "주소", "홈페이지", "분야", "예산"]
WORDS = {
    "기술료": "royalty-",
    "정산": "settlement-",
    "이의신청": "appeal-",
    "협약변경": "agreement-change",
    "연구노트": "ip-labnote",
    "경쟁률": "evaluation-competition",
    "사업계획서": "application-form",
    "민간부담금": "matching-",
    "참여제한": "sanction-length",
    "신청자격": "eligibility-",
    "폐업": "exclusion-closed",
    "최종보고서": "report-final",
    "졸업제": "grad-limit",
    "후불제": "specific-pay-later",
    "정산 반납": "settlement-",
}


@pytest.fixture(scope="module")
def library(shipped: HelpDesk) -> Library:
    return Library(shipped)


def entries(library: Library, text: str) -> list[str]:
    return [r.entry for r in library.search(text, NOW).rows]


@pytest.mark.parametrize("form", ["창원대 ㅈㅎ", "ㅊㅇㄷ ㅈㅎ", "ㅊㅇㄷㅈㅎ"])
def test_an_institution_and_a_topic_in_initial_consonants(library: Library, form: str) -> None:
    """Of 45 pairs at least 40 stand first, as they do in full words, whichever way they are typed."""
    right = 0
    for name in NAMES:
        for topic in TOPICS:
            wanted = entries(library, f"{name} {topic}")[0]
            first = name if form[0] == "창" else hangul.initials(name)
            typed = f"{first}{' ' if ' ' in form else ''}{hangul.initials(topic)}"
            right += entries(library, typed)[0] == wanted
    assert right >= 40


def test_key_words_in_initial_consonants(library: Library) -> None:
    """At least 14 of 15 key words are in the list, and how they were read is said."""
    missed = {}
    for word, wanted in WORDS.items():
        typed = " ".join(hangul.initials(w) for w in word.split())
        if not any(e.startswith(wanted) for e in entries(library, typed)):
            missed[typed] = entries(library, typed)
    assert len(missed) <= 1, missed
    assert library.search("ㄱㅅㄹ", NOW).read_as[0] == "기술료"


def test_what_is_laughed_or_half_typed_is_not_read_as_initials(shipped: HelpDesk) -> None:
    initials = Initials(shipped.base)
    for text in ("ㅋㅋ", "ㅎㅎㅎ", "ㅋㅋ ㅎㅎ", "ㅊ", "창원대", "", "!!", "ㅠㅠ", "ㅏㅏ"):
        assert initials.readings(text) == [], text
    assert initials.readings("ㄳㄹ")[0] == "기술료", "some keyboards make two consonants one"
    assert initials.readings("창원대 ㅈ") == []


@pytest.mark.parametrize(
    "text",
    [
        "qwezxc",
        "아이스크림 만드는 법",
        "주차",
        "비트코인 시세",
        "강아지 예방접종",
        "실업급여 신청",
        "ㅋㅋ",
        "asdf",
        "안녕하세요",
    ],
)
def test_where_nothing_answers_it_says_so(library: Library, text: str) -> None:
    found = library.search(text, NOW)
    assert not found.known
    assert found.instead
    assert not any(r.sure for r in found.rows)
    assert not any(r.entry.startswith(("talk-", "out-")) for r in found.rows)


@pytest.mark.parametrize(
    "text",
    ["창원", "구미", "드론", "기술ㄹ", "민부담 현", "정산 반", "협약", "1357 무료", "rltnffy", "신청 돼?", "ㄱㅅㄹ"],
)
def test_what_is_half_typed_or_one_word_is_still_found(library: Library, text: str) -> None:
    found = library.search(text, NOW)
    assert found.known
    assert found.rows


@pytest.mark.parametrize("text", ["신청 돼?", "신청돼", "지금 신청 돼요"])
def test_the_commonest_question_finds_its_answer_first(library: Library, text: str) -> None:
    assert entries(library, text)[0] == "status-open-now"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("구미", "region-operator.gumi"), ("창원", "region-operator.changwon"), ("창원대", "changwon")],
)
def test_a_name_alone_shows_what_is_said_of_it(library: Library, name: str, wanted: str) -> None:
    found = library.search(name, NOW)
    assert found.known
    assert wanted in found.rows[0].entry
    if name != "창원대":
        assert not any(r.sure for r in found.rows), "which of its answers is meant nobody knows"


def test_words_of_somebody_in_danger_are_answered_and_never_kept(library: Library) -> None:
    found = library.search("죽고싶다 회사 망했어", NOW)
    assert found.crisis
    assert "109" in found.instead


@ONE
async def test_words_of_somebody_in_danger_are_no_gap(database: Database, site: Opens) -> None:
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        refused = await kim.send("/console/none", question="죽고 싶다", call="c1")
        assert refused.status_code == 422
        await opened.user().post("/api/v1/ask", json={"text": "죽고 싶다"})
        await opened.user().post("/api/v1/ask", json={"text": "qwezxc"})
        async with database.read() as connection:
            assert [left.question for left in await flags.queue(connection, 50)] == ["qwezxc"]
        # nor do they stand in what goes with another question, or with a flag
        await kim.send("/console/none", question="구내식당", call="c2", words="죽고 싶다\n구내식당 메뉴")
        flag = {"entry": "royalty-cap", "why": "wrong", "question": "죽고 싶다", "call": "c3"}
        assert (await kim.send("/console/flag", **flag)).status_code == 200
        async with database.read() as connection:
            left = await flags.queue(connection, 50)
        assert {row.question for row in left} == {"qwezxc", "구내식당", ""}
        assert "죽고" not in str(left)
        assert "구내식당 메뉴" in str(left)
        page = (await kim.get("/console/search?q=죽고 싶다", script=True)).text
        assert "위험에 처한 사람일 수 있습니다" in page
        assert 'data-known="0"' in page


def test_a_value_that_the_directory_doubts_is_doubted_everywhere(library: Library) -> None:
    assert library.card("institution.changwon").line("phone").verify
    answer = library.answer("institution-phone.changwon", NOW, "https://desk/a/x")
    assert (answer.fresh.label, answer.fresh.tone) == ("확인 필요", "warn")
    assert "전화" in answer.fresh.doubted
    (row,) = [r for r in library.search("창원대 전화번호", NOW).rows if r.entry == "institution-phone.changwon"]
    assert row.fresh.state == "verify"
    assert library.answer("royalty-cap", NOW, "x").fresh.state == "good"


def test_a_note_for_staff_speaks_of_its_own_institution(library: Library) -> None:
    assert "조선대" in library.answer("institution-address.chosun", NOW, "x").staff_note
    assert "조선대" not in library.answer("institution-address.kims", NOW, "x").staff_note


def test_the_bot_says_itself_what_the_console_calls_known(library: Library, shipped: HelpDesk) -> None:
    for text in ("창원대 전화번호", "기술료 얼마", "접수기간", "졸업제"):
        found, reply = library.search(text, NOW), shipped.ask(Query(text, f"x{text}", NOW))
        wanted = reply.entry or (reply.choices[0].entry if reply.choices else "")
        assert (found.rows[0].entry, found.known) == (wanted, True), text


@ONE
async def test_what_was_typed_for_an_answer_that_was_copied_is_proposed(database: Database, site: Opens) -> None:
    """As a way to ask for it, redacted; what the desk answers already is not, and neither is in the queue of what is amiss."""
    await hire(database)
    async with site(database) as opened:
        kim = await Colleague(opened).enter("agent1")
        for question in ("창원대 전화번호", "창대 산단 쪽 010-1234-5678"):
            form = {"question": question, "entry": "institution-phone.changwon", "call": "c1"}
            assert (await kim.send("/console/copied", **form)).status_code == 200
        assert (await kim.send("/console/copied", question="x", entry="nothing", call="c1")).status_code == 422
        async with database.read() as connection:
            assert await flags.queue(connection, 9) == []
            (left,) = await flags.queue(connection, 9, ["copied"])
        assert (left.question, left.nearest) == ("창대 산단 쪽 [전화번호]", "institution-phone.changwon")


@pytest.mark.parametrize("runs", [8, 60])
def test_many_initials_take_no_longer_than_their_number(shipped: HelpDesk, runs: int) -> None:
    """Anybody may type them: each run may mean six words, and all their combinations are 6 to the power of their number."""
    initials = Initials(shipped.base)
    began = time.process_time()
    assert len(initials.readings(" ".join(["ㅈㅎ", "ㅅㅊ", "ㄱㅅ"] * runs)[: 3 * runs - 1])) == 8
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize("text", ["ㅊㅇㄷ ㅈㅎ", "ㅈㅎ ㅅㅊ ㄱㅅ", "창원대 ㅈㅎㅂㅎ ㅁㄱㅇ", "ㅁㄱㅇ ㄱㅅㄹ ㅁㄱㅇ"])
def test_what_is_left_out_early_is_not_among_the_likeliest(
    shipped: HelpDesk, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    initials = Initials(shipped.base)
    found = initials.readings(text)
    monkeypatch.setattr(module, "_KEPT", 10_000)  # every combination
    assert set(found) == set(initials.readings(text))
