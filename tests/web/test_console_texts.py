"""What the console makes of texts: copies, changes word by word, freshness, what comes last. Pure."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import app
from bot.channels.web.console.copies import KAKAO, Source, copies
from bot.channels.web.console.library import Library
from bot.channels.web.console.standing import standing
from bot.channels.web.console.worddiff import diff, tokens
from bot.channels.web.console.words import numbers
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST
from bot.words import Entry
from tests.conftest import NOW

LINK = "https://desk.example/a/x"


def test_copies_carry_source_and_date() -> None:
    made = copies(Source("접수 언제까지?", "6월 7일까지입니다.", "출처: 공고 · 확인일 2026-11-23", "", LINK))
    assert made.plain == f"6월 7일까지입니다.\n\n출처: 공고 · 확인일 2026-11-23\n\n{LINK}"
    assert made.kakao == f"6월 7일까지입니다.\n\n자세히: {LINK}", "one link, no list of sources"
    assert made.subject == "[안내] 접수 언제까지?"
    assert made.mail.startswith("안녕하세요.")
    assert "\n\n문의: 접수 언제까지?\n\n6월 7일까지입니다.\n\n출처: 공고" in made.mail
    assert made.subject not in made.mail
    assert made.mail.endswith(LINK)


def test_the_short_form_names_whom_to_call_and_fits_one_glance() -> None:
    body = "첫 문장입니다. " + "이어지는 긴 설명입니다. " * 60
    made = copies(Source("물음", body, "출처: 공고", "", LINK, "창원대 055-213-2114")).kakao
    assert len(made) <= KAKAO
    assert made.startswith("첫 문장입니다.")
    assert made.endswith(f"창원대 055-213-2114\n\n자세히: {LINK}")
    assert made.count("http") == 1
    assert copies(Source("물음", "055-1로 거세요.", "", "", LINK, "055-1")).kakao.count("055-1") == 1


def test_an_english_answer_is_copied_in_english(shipped: HelpDesk) -> None:
    made = Library(shipped).answer("royalty-cap", NOW, LINK, language="en").copies
    assert made.plain.endswith(f"{LINK}?lang=en")
    assert made.mail.startswith("Hello.")
    assert "자세히" not in made.kakao


def test_an_answer_leads_to_each_other_language_that_it_is_in(folder: Callable[..., Path]) -> None:
    text = """
    entries:
    - id: a
      questions: [몇 시에 여나요, 여는 시각, 언제 열어요]
      answer: 아홉 시에 엽니다.
      say: 아홉 시에 열어요.
      english: {answer: It opens at nine.}
    - {id: b, questions: [얼마예요, 값, 요금], answer: 백 원입니다.}
    """
    library = Library(app.desk(folder(base=text), languages=("ko", "en", "vi")))
    shown = {language: library.answer("a", NOW, LINK, language=language) for language in ("", "ko", "en", "vi")}
    ko, en = ("ko", "한국어"), ("en", "English")
    assert {code: a.others for code, a in shown.items()} == {"": (en,), "ko": (en,), "en": (ko,), "vi": (ko, en)}
    assert (shown[""].say, shown["en"].say) == ("아홉 시에 열어요.", "It opens at nine.")
    assert library.answer("b", NOW, LINK).others == ()


def test_copies_of_expired_answers_warn() -> None:
    made = copies(Source("물음", "답", "출처: 공고", "[주의] 확인 기한(2026-01-01)이 지난 안내입니다.", LINK))
    assert made.plain.startswith("[주의]")
    assert all("[주의]" in text for text in (made.kakao, made.mail))


@given(
    st.text(st.sampled_from("가나다 .\n😀a"), max_size=1500),
    st.sampled_from(["", "창원대 055-213-2114"]),
    st.sampled_from(["", "[주의] 확인 기한(2026-01-01)이 지난 안내입니다."]),
)
def test_copies_for_kakao_fit(body: str, contact: str, warning: str) -> None:
    made = copies(Source("물음", body, "출처", warning, LINK, contact)).kakao
    assert len(made) <= KAKAO
    assert made.endswith(LINK)
    assert contact in made
    assert warning in made


def test_no_copy_of_the_shipped_answers_has_markup(shipped: HelpDesk) -> None:
    library = Library(shipped)
    for id in shipped.base.entries:
        made = library.answer(id, NOW, LINK).copies
        assert len(made.kakao) <= KAKAO
        for text in (made.plain, made.kakao, made.mail):
            assert not any(mark in text for mark in ("<b>", "</", "&amp;", "**", "](")), id


def test_what_changed_word_by_word() -> None:
    pieces = diff("한 곳에 5천만 원까지 지원합니다.", "한 곳에 최대 6천만 원까지 지원합니다.")
    assert [(p.kind, p.text) for p in pieces] == [
        ("same", "한 곳에 "),
        ("gone", "5천만"),
        ("new", "최대 6천만"),
        ("same", " 원까지 지원합니다."),
    ]
    assert [(p.kind, p.text) for p in diff("", "새 답")] == [("new", "새 답")]
    assert tokens("055-213-2114로 2022.6.7.까지, 50%") == ["055-213-2114로", " ", "2022.6.7.까지", ",", " ", "50%"]


@given(
    st.text(st.sampled_from("가나 다.,1-\n%"), max_size=60), st.text(st.sampled_from("가나 다.,1-\n%"), max_size=60)
)
def test_a_change_tells_both_texts(before: str, after: str) -> None:
    pieces = diff(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after
    assert "".join(tokens(before)) == before


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-11-01", "good"),
        ("2027-02-06", "good"),
        ("2027-02-07", "soon"),
        ("2027-02-21", "soon"),
        ("2027-02-22", "expired"),
    ],
)
def test_freshness_follows_the_dates(today: str, state: str) -> None:
    entry = Entry("a", "a", (), (), verified_on=date(2026, 11, 23), review_by=date(2027, 2, 21), owner="안내팀")
    fresh = standing(entry, date.fromisoformat(today))
    assert fresh.state == state
    assert "2026-11-23 확인" in fresh.sentence
    assert "안내팀" in fresh.sentence
    assert bool(fresh.warning) is (state == "expired")
    assert standing(Entry("a", "a", (), ()), date.fromisoformat(today)).state == "unknown"


def test_expired_answers_come_last(tmp_path: Path) -> None:
    (tmp_path / "entries.yaml").write_text(
        """
entries:
- {id: old, questions: [주차장 요금, 주차장 요금 얼마], answer: 옛 요금입니다., verified_on: 2025-01-01, review_by: 2025-04-01}
- {id: new, questions: [주차장 위치, 주차장 어디], answer: 뒤쪽입니다., verified_on: 2026-11-01, review_by: 2027-02-01}
""",
        encoding="utf-8",
    )
    library = Library(app.desk(tmp_path))
    found = library.search("주차장 요금", datetime(2026, 11, 24, tzinfo=KST))
    assert [r.entry for r in found.rows] == ["new", "old"]
    assert found.rows[-1].fresh.label == "만료"
    assert library.answer("old", datetime(2026, 11, 24, tzinfo=KST), LINK).copies.plain.startswith("[주의]")


def test_the_first_sentence_is_said_where_none_was_written(shipped: HelpDesk) -> None:
    library = Library(shipped)
    given = [library.answer(id, NOW, LINK) for id, e in shipped.base.entries.items() if e.say]
    others = [library.answer(id, NOW, LINK) for id, e in shipped.base.entries.items() if not e.say]
    assert given
    assert all(a.say_given for a in given)
    assert all(a.say and not a.say_given and a.body.startswith(a.say) for a in others)


def test_the_caveat_stands_apart(shipped: HelpDesk) -> None:
    library = Library(shipped)
    noticed = [library.answer(id, NOW, LINK) for id, e in shipped.base.entries.items() if e.notice]
    assert noticed
    for answer in noticed:
        assert answer.notice
        assert answer.notice not in answer.body
        assert answer.notice in answer.copies.plain


@pytest.mark.parametrize("text", ["ㅊㅇㄷ", "ckddnjseo", "창원", "chang", "국립창원"])
def test_the_directory_is_found_as_well(shipped: HelpDesk, text: str) -> None:
    names = [t.name for t in Library(shipped).search(text, NOW).cards]
    if text != "chang":
        assert "국립창원대학교" in names


def test_contacts_are_found_by_name_and_number(shipped: HelpDesk) -> None:
    library = Library(shipped)
    assert "1877-2041" in [c.value for c in library.search("IRIS 통합콜센터", NOW).contacts]
    assert "1877-2041" in [c.value for c in library.search("1877", NOW).contacts]


def test_the_directory_reads_what_was_typed_in_the_wrong_layout(shipped: HelpDesk) -> None:
    library = Library(shipped)
    assert [c.id for c in library.cards("whtjseo")] == ["institution.chosun"]
    assert "institution.changwon" in [c.id for c in library.cards("ckddnjs")]


def test_the_directory_says_what_is_not_known(shipped: HelpDesk) -> None:
    library = Library(shipped)
    cards = library.cards()
    assert len(cards) == len(library.members)
    assert all(len(c.lines) == len(library.keys) for c in cards)
    changwon = library.card("institution.changwon")
    assert changwon.line("phone").verify
    assert library.card("institution.kimm").line("phone").value == ""
    assert [c.id for c in library.cards("055-213-2114")] == ["institution.changwon"]
    assert "institution.changwon" in [c.id for c in library.cards("창원시")]
    assert library.card("no-such") is None


def test_numbers_stay_on_one_line() -> None:
    assert numbers("전화 <055-213-2114>") == '전화 &lt;<span class="value">055-213-2114</span>&gt;'


@pytest.mark.parametrize("text", ["", " ", "?", "ㅁㄴㅇㄹ", "a" * 300, "😀", "\x00", "%", "창" * 200])
def test_any_text_can_be_searched_for(shipped: HelpDesk, text: str) -> None:
    Library(shipped).search(text, NOW)
