"""Conversation on a small knowledge base: guard, asking back, follow-ups, memory that expires."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import app
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST
from bot.words import Kind, Outcome, Query, Reply
from tests.conftest import NOW

BASE = """
sources:
- {id: s1, title: 안내문, date: "2022-04-11", url: "https://example.kr/a"}
institutions:
- id: changwon
  name: 국립창원대학교
  short: 창원대
  kind: university
  region: [region.changwon]
  aliases: [창원대학교, CWNU]
  facts: {phone: {value: 055-213-2114, sources: [s1]}, field: {value: 디지털트윈}}
- id: chosun
  name: 조선대학교
  short: 조선대
  kind: university
  region: [region.gwangju]
  former: [{alias: 조선공대, note: 조선공대는 옛 이름입니다.}]
  facts: {field: {value: 바이오벤처}}
- id: kimm
  name: 한국기계연구원
  short: 기계연
  kind: institute
  region: [region.daejeon]
  exact: [KIMM, KIT]
  facts: {phone: {value: 042-868-7114}, field: {value: 탄소중립}}
- id: kims
  name: 한국재료연구원
  short: 재료연
  kind: institute
  region: [region.changwon]
  exact: [KIMS, KIT]
  facts: {phone: {value: 055-280-3000}, field: {value: 첨단소재}}
groups:
- id: region
  name: 지역
  terms:
  - {id: gyeongnam, name: 경남}
  - {id: changwon, name: 창원, within: region.gyeongnam}
  - {id: gwangju, name: 광주}
  - {id: daejeon, name: 대전}
- id: kind
  name: 종류
  terms: [{id: university, name: 대학, aliases: [학교]}, {id: institute, name: 연구원, aliases: [연구소]}]
- id: organisation
  name: 다른 기관
  exclusive: true
  silent: none
  patterns: ['(?<![가-힣])([가-힣]{2,4}대)(?=[은는이가도 ]|$)']
  terms: [{id: hoseo, name: 호서대}]
- id: programme
  name: 사업
  exclusive: true
  silent: [programme.this]
  needed: true
  terms: [{id: this, name: 플랫폼 사업, aliases: [이 사업]}, {id: collabo, name: 콜라보, aliases: [Collabo]}]
- id: reference
  name: 가리킴
  terms:
  - {id: there, name: 거기, aliases: [거긴, 그 기관]}
  - {id: then, name: 그럼}
  - {id: instead, name: 말고, aliases: [아니라]}
  - {id: both, name: 둘 다}
- id: word
  name: 낱말
  terms: [{id: phone, name: 전화번호, aliases: [전번, 연락처]}]
templates:
- id: phone
  for: institution
  questions: ["{short} 전화번호", "{short}에 전화하고 싶어요", "{short} 대표번호 알려주세요"]
  answers:
  - {needs: [phone], answer: "{name} 전화는 {phone}입니다."}
  - {answer: "{name} 전화는 확인하지 못했습니다."}
- id: field
  for: institution
  questions: ["{short} 분야가 뭐예요", "{short:은/는} 무엇을 맡았나요", "{short} 담당 분야"]
  answers: [{answer: "{name} 분야는 {field}입니다."}]
- id: outsider
  for: organisation
  kind: boundary
  questions: ["{short} 전화번호", "{short:이/가} 운영기관인가요", "{short} 분야"]
  answers: [{answer: "{name:은/는} 운영기관이 아닙니다."}]
entries:
- id: period
  questions: [모집 기간이 언제였나요, 접수 기간, 언제까지 신청을 받았나요]
  sources: [s1]
  phases:
  - {until: 2022-06-07, answer: "접수 중입니다. {days_left}일 남았습니다."}
  - {answer: 모집은 끝났습니다.}
- id: objection
  questions: [이의신청 기간이 며칠인가요, 결과에 이의가 있으면 며칠 안에, 이의신청 기한]
  answer: 열흘입니다.
- id: collabo-lead
  questions: [콜라보는 주관이 누구예요, Collabo 주관기관]
  answer: 중소기업이 주관입니다.
- id: lead
  questions: [주관기관이 누구예요, 누가 주관하나요]
  answer: 대학과 연구소입니다.
- {id: hello, kind: smalltalk, questions: [안녕하세요, 안녕, 반갑습니다], answer: 안녕하세요.}
- {id: person, kind: handover, questions: [상담원 연결해 주세요, 사람과 통화하고 싶어요], answer: 1357로 전화하세요.}
"""


@pytest.fixture(scope="module")
def learned_desk(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    return app.desk(folder)


@pytest.fixture
def desk(learned_desk: HelpDesk) -> HelpDesk:
    learned_desk.contexts.clear()
    return learned_desk


def talk(desk: HelpDesk, *texts: str, user: str = "u", apart: int = 20, start: datetime = NOW) -> list[Reply]:
    return [desk.ask(Query(t, user, start + timedelta(seconds=apart * i))) for i, t in enumerate(texts)]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("창원대 전화번호", "phone.changwon"),
        ("CWNU 전화번호 좀요", "phone.changwon"),
        ("창운대 전화번호", "phone.changwon"),
        ("ckddnjseo wjsghkqjsgh", "phone.changwon"),
        ("창원대전화번호알려줘요", "phone.changwon"),
        ("창 원 대 전 화 번 호", "phone.changwon"),
        ("KIMM 분야", "field.kimm"),
        ("ㅏㅑㅡㅡ 분야", "field.kimm"),
        ("광주에 있는 대학 분야가 뭐예요", "field.chosun"),
        ("기계연 말고 재료연 전화번호", "phone.kims"),
        ("콜라보 주관이 누구", "collabo-lead"),
        ("이 사업 주관기관은 누구예요", "lead"),
        ("이의신청 기간", "objection"),
        ("신청 접수 기간이 언제", "period"),
        ("ㅊㅇㄷ 전화번호", "phone.changwon"),
    ],
)
def test_reads_questions_as_people_type_them(desk: HelpDesk, text: str, entry: str) -> None:
    (reply,) = talk(desk, text)
    assert (reply.outcome, reply.entry) == (Outcome.ANSWER, entry), reply


@pytest.mark.parametrize("text", ["호서대 전화번호", "부산대 분야", "한밭대 전화번호"])
def test_an_outsider_never_gets_an_operators_answer(desk: HelpDesk, text: str) -> None:
    (reply,) = talk(desk, text)
    assert reply.outcome is Outcome.FALLBACK
    assert "운영기관이 아닙니다" in reply.text


def test_a_name_one_consonant_away_is_asked_about_not_corrected(desk: HelpDesk) -> None:
    (reply,) = talk(desk, "장원대 전화번호")
    assert reply.outcome is Outcome.ASK
    assert "055" not in reply.text


def test_a_name_with_two_owners_asks_back_and_takes_name_or_number(desk: HelpDesk) -> None:
    first, second = talk(desk, "KIT 전화번호", "재료연이요")
    assert first.outcome is Outcome.ASK
    assert {c.entry for c in first.choices} == {"phone.kimm", "phone.kims"}
    assert second.entry == "phone.kims"
    number = talk(desk, "KIT 전화번호", "2번", user="v")[1]
    assert number.entry == first.choices[1].entry


def test_a_number_still_chooses_after_another_was_chosen(desk: HelpDesk) -> None:
    first = desk.ask(Query("KIT 전화번호", "left", NOW))
    entries = [c.entry for c in first.choices]
    assert desk.ask(Query("1번", "left", NOW)).entry == entries[0]
    assert desk.ask(Query("2번도요", "left", NOW)).entry == entries[1]


def test_a_name_after_a_choice_is_a_question_of_its_own(desk: HelpDesk) -> None:
    first = desk.ask(Query("KIT 전화번호", "own", NOW))
    assert len(first.choices) == 2
    desk.ask(Query("1번", "own", NOW))
    assert desk.ask(Query("재료연 분야가 뭐예요", "own", NOW)).entry == "field.kims"


def test_the_very_question_of_an_entry_is_answered_where_there_is_nothing_to_lean_on(desk: HelpDesk) -> None:
    entry = next(
        e for e in desk.base.entries.values() if e.member == "institution.changwon" and e.kind is Kind.ANSWER
    )
    for question in entry.questions:
        (reply,) = talk(desk, question)
        assert (reply.entry, reply.score) == (entry.id, 1.0)
        desk.contexts.clear()


def test_two_named_institutions_are_both_answered(desk: HelpDesk) -> None:
    (reply,) = talk(desk, "창원대랑 재료연 전화번호")
    assert set(reply.entries) == {"phone.changwon", "phone.kims"}


def test_two_questions_in_one_message_are_both_answered(desk: HelpDesk) -> None:
    (reply,) = talk(desk, "모집 기간이랑 이의신청 기간 알려주세요")
    assert set(reply.entries) == {"period", "objection"}


@pytest.mark.parametrize(
    ("texts", "entry"),
    [
        (("창원대 분야가 뭐예요", "그럼 조선대는?"), "field.chosun"),
        (("창원대 분야가 뭐예요", "거긴 전화번호는"), "phone.changwon"),
        (("창원대 분야가 뭐예요", "전화번호도요"), "phone.changwon"),
        (("기계연 분야", "아니 기계연 말고 재료연"), "field.kims"),
        (("콜라보 주관이 누구", "이 사업은요"), "lead"),
        (("창원대 분야가 뭐예요", "거긴 전화번호는", "그럼 재료연은?"), "phone.kims"),
        (("창원대 분야가 뭐예요", "전화번호도요", "기계연은?"), "phone.kimm"),
    ],
)
def test_follow_ups_keep_what_they_leave_out(desk: HelpDesk, texts: tuple[str, ...], entry: str) -> None:
    assert talk(desk, *texts)[-1].entry == entry


def test_a_new_topic_does_not_inherit_the_institution(desk: HelpDesk) -> None:
    assert talk(desk, "창원대 전화번호", "이의신청 기간이 며칠인가요")[-1].entry == "objection"


def test_memory_expires_and_is_not_shared(desk: HelpDesk) -> None:
    assert talk(desk, "창원대 분야", "거긴 전화번호는", apart=601)[-1].entry != "phone.changwon"
    talk(desk, "창원대 분야", user="a")
    assert talk(desk, "거긴 전화번호는", user="b")[-1].entry != "phone.changwon"
    desk.forget("a")
    assert talk(desk, "거긴 전화번호는", user="a")[-1].entry != "phone.changwon"


def test_dated_text_changes_by_itself(desk: HelpDesk) -> None:
    last = datetime(2022, 6, 7, 23, 59, 59, tzinfo=KST)
    assert "0일 남았습니다" in talk(desk, "모집 기간", start=last)[0].text
    assert "끝났습니다" in talk(desk, "모집 기간", start=last + timedelta(seconds=1))[0].text


def test_small_talk_and_people(desk: HelpDesk) -> None:
    assert talk(desk, "안녕하세요~")[0].outcome is Outcome.SMALLTALK
    assert talk(desk, "상담원 연결")[0].outcome is Outcome.HANDOVER


def test_what_it_does_not_know_it_does_not_answer(desk: HelpDesk) -> None:
    for text in ("오늘 점심 메뉴 추천해 줘", "비트코인 지금 사도 되나", "월드컵 언제 해"):
        assert talk(desk, text)[0].outcome is not Outcome.ANSWER, text


def test_answers_carry_source_and_date(desk: HelpDesk) -> None:
    (reply,) = talk(desk, "모집 기간")
    assert "출처: 안내문(2022-04-11)" in reply.text
    assert reply.sources[0].url == "https://example.kr/a"


def test_explain_shows_terms_candidates_guard_and_decision(desk: HelpDesk) -> None:
    reply = desk.ask(Query("호서대 전화번호", "u", NOW), explain=True)
    assert reply.trace is not None
    assert reply.trace["terms"][0]["term"] == "organisation.hoseo"  # type: ignore[index]
    assert any(r["guard"] for r in reply.trace["refused"])  # type: ignore[attr-defined]
    assert reply.trace["decision"] == "fallback"


def test_a_region_and_a_field_in_one_question_are_both_answered(folder: Callable[..., Path]) -> None:
    more = """
- id: in-region
  for: region
  questions: ["{short}에 있는 기관", "{short} 회사인데 어디로 가나요", "{short} 담당 기관"]
  answers: [{answer: "{name} 답."}]
- id: in-kind
  for: kind
  questions: ["{short}에 있는 기관", "{short} 회사인데 어디로 가나요 물어봐요", "{short} 담당 기관"]
  answers: [{answer: "{name} 답."}]
entries:
"""
    both = app.desk(folder(base=BASE.replace("\nentries:\n", more, 1)))
    (reply,) = talk(both, "광주 연구소 담당 기관")
    assert set(reply.entries) == {"in-region.gwangju", "in-kind.institute"}


def test_initial_consonants_of_a_name_offer_each_entry_once(shipped: HelpDesk) -> None:
    reply = shipped.ask(Query("ㅊㅇㄷ", "initials", NOW))
    assert reply.outcome is Outcome.ASK
    offered = [c.entry for c in reply.choices]
    assert offered
    assert len(set(offered)) == len(offered)
