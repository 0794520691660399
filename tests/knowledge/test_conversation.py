"""Conversations on the shipped knowledge: what is remembered, and what is not taken for a follow-up."""

import random
from datetime import timedelta

import pytest

from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.words import Kind, Outcome, Query, Reply
from bot.workshop.test import of_frame
from tests.conftest import NOW


def talk(desk: HelpDesk, *texts: str) -> list[Reply]:
    """The replies of one conversation."""
    user = f"talk-{texts}"
    return [desk.ask(Query(t, user, NOW + timedelta(seconds=20 * i))) for i, t in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "entries"),
    [
        (
            ("드론은 어디 담당이에요", "주소요", "전화번호는?"),
            ("institution-address.hanseo", "institution-phone.hanseo"),
        ),
        (("which university handled drones", "where is it"), ("institution-address.hanseo",)),
    ],
)
def test_the_institution_that_a_field_stood_for_is_remembered(
    shipped: HelpDesk, texts: tuple[str, ...], entries: tuple[str, ...]
) -> None:
    assert tuple(r.entry for r in talk(shipped, *texts)[1:]) == entries


def test_a_field_goes_on_as_a_field(shipped: HelpDesk) -> None:
    assert talk(shipped, "드론은 어디 담당이에요", "배터리는요")[1].entry == "field-operator.battery"


def test_a_message_that_shares_only_a_lent_name_is_not_answered_by_it(shipped: HelpDesk) -> None:
    last = talk(shipped, "which university handled drones", "and is it open now?")[1]
    assert last.outcome is not Outcome.ANSWER or last.entry == "status-open-now"


@pytest.mark.parametrize("text", ["hmm and is it open now?"])
def test_what_shares_hardly_a_letter_with_small_talk_is_none(shipped: HelpDesk, text: str) -> None:
    assert talk(shipped, text)[0].outcome is not Outcome.SMALLTALK


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("부천에서 금형 하는데 어디예요", {"field-operator.mold", "region-operator.gyeonggi"}),
        ("광주 드론 업체인데 어느 대학이에요", {"region-operator.gwangju", "field-operator.drone"}),
        ("조선대 드론 하나요", {"institution-field.chosun", "field-operator.drone"}),
    ],
)
def test_a_field_beside_a_region_or_an_institution_is_not_ignored(
    shipped: HelpDesk, text: str, entries: set[str]
) -> None:
    assert set(talk(shipped, text)[0].entries) == entries


DIALOGUES = [
    [("금오공대 참여기업 몇 곳이에요", "institution-firms-count.kumoh"), ("어디어디예요", "institution-firms.kumoh")],
    [("대학 몇군데가 참여했나요", "programme-universities"), ("어디어디인데요", "programme-universities")],
    [("장비 사도 됩니까", ""), ("나중에 누구꺼가 돼요", "money-equipment")],
    [("참여제한 몇년이에요", "sanction-length"), ("풀리면 다시 신청 가능?", "exclusion-sanction")],
    [("정산 이의는 언제까지 낼 수 있어요", "settlement-objection"), ("평가는?", "appeal-evaluation")],
    [
        ("중간에 그만두면 어찌됩니까", "sanction-abandon"),
        ("돈은 다 물어내야 돼요?", ""),
        ("제재도 받고요?", "sanction-abandon"),
    ],
    [("구미 쪽은 어디가 맡았나요", "region-operator.gumi"), ("연락처", "institution-phone.kumoh")],
    [("which university handled drones", "field-operator.drone"), ("and is it open now?", "status-open-now")],
    [
        ("기술료 몇프로에요", "royalty-rate"),
        ("안내면 어떻게 돼요", ""),
        ("분할도 됨?", "royalty-instalment"),
    ],
    [
        ("한서대 주소 알려주세요", "institution-address.hanseo"),
        ("번호는", "institution-phone.hanseo"),
        ("홈피도", "institution-website.hanseo"),
    ],
    [
        ("최종보고서 언제까지 내요", "report-final"),
        ("늦으면요", "report-late"),
    ],
    [
        ("iris 로그인이 안돼요", "iris-login"),
        ("거기 전화번호 좀", "iris-call"),
        ("몇시까지 해요", "contact-hours"),
    ],
    [
        ("연구비 증빙 뭐 남겨요", "money-evidence"),
        ("카드로만 써야되나", "money-card"),
        ("잃어버리면?", "money-card-lost"),
    ],
    [("후속사업 있어요?", "status-successor"), ("이름이 뭔데", "status-successor")],
    [("이의신청 며칠 안에 해요", "appeal-evaluation"), ("어디로?", "appeal-how")],
    [("조선대 얼마 받았어요", "institution-money.chosun"), ("재료연은요", "institution-money.kims")],
    [
        ("창원대 담당자 번호", "institution-phone.changwon"),
        ("근데 우리회사가 세금을 좀 밀렸는데 괜찮나요", "exclusion-tax"),
    ],
    [("이 사업 언제 끝났어요", "status-ended-when"), ("그럼 다음 사업은 없어요?", "status-successor")],
    [
        ("신청자격이 뭐예요", "eligibility-base"),
        ("개인사업자는?", "eligibility-sole"),
        ("연구소 없어도", "eligibility-lab"),
    ],
    [("how much was the grant", "programme-amount"), ("and how long?", "programme-duration")],
    # the second message stands by itself, whatever was talked about
    [("창원대 전화번호", "institution-phone.changwon"), ("기술료는 몇 년 내나요", "royalty-period")],
    [("조선대 지원금이 왜 기사마다 달라요", ""), ("한 업체당 지원금 최대치", "programme-amount")],
]


def test_what_a_message_leaves_out_is_mostly_taken_from_the_last_question(shipped: HelpDesk) -> None:
    right, wrong, wanted = 0, [], 0
    for turns in DIALOGUES:
        for reply, (text, entry) in zip(talk(shipped, *(text for text, _ in turns)), turns, strict=True):
            wanted += bool(entry)
            right += bool(entry) and entry in reply.entries
            if entry and entry not in reply.entries and reply.outcome is Outcome.ANSWER:
                wrong.append(f"{text} → {reply.entries}")
    print(f"{right} of {wanted} right, wrong:", *wrong, sep="\n")
    assert right >= 0.75 * wanted
    assert len(wrong) <= 0.06 * wanted


SEVERAL = [
    ("창원대 분야하고 전화번호", ["institution-field.changwon", "institution-phone.changwon"]),
    ("지원금 얼마고 자부담 얼마예요", ["programme-amount", "matching-ratio"]),
    ("기술료도 내나요 그리고 조선대 담당자는?", ["royalty-must", "institution-unit.chosun"]),
    ("한서대는 어디있고 뭐하는데예요?", ["institution-address.hanseo", "institution-overview.hanseo"]),
    ("자부담 몇퍼고 현금은 얼마나", ["matching-ratio", "matching-cash"]),
    ("기술료 감면 되나요? 분할납부는요?", ["royalty-reduce", "royalty-instalment"]),
    ("what was the maximum grant and how long", ["programme-amount", "programme-duration"]),
    ("폐업하면 과제는 어떻게 되고 돈은 돌려줘야 하나요", ["agreement-partner-exit", "money-repay"]),
    ("조선대 뭐했고 얼마받았노", ["institution-overview.chosun", "institution-money.chosun"]),
    ("경쟁률은 얼마였고 몇개 뽑았어요?", ["evaluation-competition", "programme-count"]),
    ("안녕하세요 한서대 전번이랑 위치 좀요", ["institution-phone.hanseo", "institution-address.hanseo"]),
    ("기술료안내면어떻게되고분할은되나요", ["royalty-unpaid", "royalty-instalment"]),
    ("지금 신청되나요? 안되면 비슷한 사업 뭐있어요", ["status-open-now", "status-alternatives"]),
    ("조선대 홈페이지 그리고 재료연 전화번호", ["institution-website.chosun", "institution-phone.kims"]),
    (
        "창원대 전화번호랑 주소랑 홈피",
        ["institution-phone.changwon", "institution-address.changwon", "institution-website.changwon"],
    ),
    ("대학이랑 기업 중에 누가 주관이에요", ["role-lead"]),
    ("대학과 연구기관의 차이가 뭐예요", ["compare-univ-institute"]),
    ("정부지원금하고 자부담 비율", ["matching-ratio"]),
    ("연구비로 노트북하고 책상 사도 돼요?", ["money-items"]),
    ("산학연과 기업이 같이 하는 사업인가요", ["programme-what"]),
]


def test_each_question_of_a_message_is_answered_or_asked_back_and_one_is_not_split(shipped: HelpDesk) -> None:
    right, strange = 0, []
    for text, entries in SEVERAL:
        reply = talk(shipped, text)[0]
        right += list(reply.entries) == entries
        if set(reply.entries) - set(entries):
            strange.append(f"{text} → {reply.entries}")
    print(f"{right} of {len(SEVERAL)} whole, with another answer:", *strange, sep="\n")
    assert right >= len(SEVERAL) // 2
    assert len(strange) <= 4


def test_what_follows_two_questions_follows_the_second(shipped: HelpDesk) -> None:
    last = talk(shipped, "기술료도 내나요 그리고 조선대 전화번호는?", "주소도요")[1]
    assert last.entry == "institution-address.chosun"


def test_a_second_question_in_doubt_is_offered_and_can_be_picked(shipped: HelpDesk) -> None:
    first, picked = talk(shipped, "가점 있나예? 글고 경쟁률은", "1")
    assert first.entries == ("glossary-bonus",)
    assert "1. 경쟁률이 얼마였나요" in first.text
    assert first.text.endswith(first.signature)
    assert first.related[0].entry == "evaluation-competition"
    assert picked.entry == "evaluation-competition"


@pytest.mark.parametrize("text", ["이거 신청 돼요 안 돼요", "이거 지금 돼요 안돼요", "신청 되나요 안 되나요"])
def test_a_question_put_both_ways_at_the_very_start(shipped: HelpDesk, text: str) -> None:
    assert talk(shipped, text)[0].entry == "status-open-now"


def test_a_general_answer_to_a_question_about_one_institution_says_so(shipped: HelpDesk) -> None:
    reply = talk(shipped, "조선대에 기술료도 내요?")[0]
    assert reply.entry == "royalty-university"
    assert reply.body.startswith("‘조선대학교’에만 해당하는 것이 아니라")
    assert "공통으로" not in talk(shipped, "조선대 전화번호")[0].text


def own_tests(desk: HelpDesk) -> list[tuple[str, str]]:
    """The knowledge base's own tests of answers, without the known failures, with their entries."""
    failing = {q for q, _, _ in desk.base.tests.known_failures}
    frames = (f for f in desk.base.frames if f.kind is Kind.ANSWER)
    return [(q, f.id) for f in frames for q in f.tests.match if q not in failing]


def test_a_new_topic_is_answered_as_if_it_came_first(shipped: HelpDesk) -> None:
    asked, chance = own_tests(shipped), random.Random(1)
    short = [t for t in asked if len(t[0]) <= 16]
    lost = []
    for text, frame in chance.sample(short, 150):
        before = chance.choice(asked)[0]
        alone, after = talk(shipped, text)[0], talk(shipped, before, text)[1]
        if of_frame(shipped, alone, frame) and not of_frame(shipped, after, frame):
            lost.append(f"{before} | {text} → {after.entries}")
    print(*lost, sep="\n")
    assert (
        len(lost) <= 16
    )  # 12 of 150 (2026-11-30): the conversation makes the desk ask back where it would have answered
    assert sum(" → ()" not in line for line in lost) <= 3


def test_two_questions_that_have_nothing_in_common_are_mostly_both_answered(shipped: HelpDesk) -> None:
    asked, chance = [t for t in own_tests(shipped) if len(t[0]) <= 30 and "?" not in t[0]], random.Random(2)
    both = 0
    for _ in range(100):
        (one, first), (two, second) = chance.sample(asked, 2)
        reply = talk(shipped, f"{one}? 그리고 {two}")[0]
        both += of_frame(shipped, reply, first) and of_frame(shipped, reply, second)
    print(f"both of two questions answered: {both} of 100")
    assert both >= 80


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("접수 기간하고 지원 금액", ("application-period", "programme-amount")),
        ("지원금액하고 접수 기간이요", ("programme-amount", "application-period")),
        ("기술료율이랑 납부 기한", ("royalty-rate", "royalty-pay")),
    ],
)
def test_each_thing_that_is_asked_for_at_once_is_answered(
    shipped: HelpDesk, text: str, entries: tuple[str, ...]
) -> None:
    """The second one leans on the first only where it says too little by itself."""
    assert talk(shipped, text)[0].entries == entries


def test_the_second_of_two_things_is_offered_where_it_is_in_doubt(shipped: HelpDesk) -> None:
    first, picked = talk(shipped, "신청 기간이랑 지원금 알려줘", "얼마를 지원해 줬나요")
    assert first.entries == ("application-period",)
    assert "얼마를 지원해 줬나요" in first.text
    assert picked.entries == ("programme-amount",)
    assert len(talk(shipped, "신청 기간이랑 치킨")[0].entries) < 2


def test_one_question_is_hardly_ever_answered_as_two(shipped: HelpDesk) -> None:
    asked = own_tests(shipped)
    split = [q for q, _ in asked if talk(shipped, q)[0].why == "two questions"]
    print(*split, sep="\n")
    assert len(split) <= 0.015 * len(asked)  # 0.9 % when this was written, most of them two indeed


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("지원금이 얼마예요? 우주선 만드는 것도 되나요?", "programme-amount"),
        ("창원대 전화번호 알려주세요. 택배 요금은 얼마예요?", "institution-phone.changwon"),
    ],
)
def test_a_further_question_without_an_answer_is_not_passed_over(shipped: HelpDesk, text: str, entry: str) -> None:
    line = shipped.base.reply("also_unknown", "ko")
    reply, _ = shipped.answer(Query(text, "u", NOW), Context())
    assert (reply.outcome, reply.entries, reply.text.count(line)) == (Outcome.ANSWER, (entry,), 1)
    assert line not in shipped.answer(Query(text.split("?")[0].split(".")[0], "u", NOW), Context())[0].text


def test_what_stands_in_no_list_is_offered_nowhere(shipped: HelpDesk) -> None:
    """It is about whatever name was typed: its title would show a placeholder."""
    for text in ("국립대 전화번호", "사립대 연락처", "도립대 주소"):
        for choice in talk(shipped, text)[0].choices:
            assert not shipped.base.entries[choice.entry].unlisted, text


@pytest.mark.parametrize("between", ["네", "고마워요", "ㅎㅎ"])
def test_small_talk_leaves_a_list_as_it_is(shipped: HelpDesk, between: str) -> None:
    asked, _, chosen = talk(shipped, "KIT 연락처", between, "2번")
    assert chosen.entry == asked.choices[1].entry


def test_a_boundary_about_a_name_is_gone_on_from(shipped: HelpDesk) -> None:
    assert talk(shipped, "경북대 번호", "금오공대는")[1].entry == "institution-phone.kumoh"


def test_a_boundary_about_a_name_is_not_said_again_of_another(shipped: HelpDesk) -> None:
    first, second = talk(shipped, "카이스트도 하나요", "그럼 한서대는")
    assert first.entry == "organisation-not-operator.kaist"
    assert second.entry != first.entry
    assert "KAIST" not in second.text


@pytest.mark.parametrize("thanks", ["고마워요", "감사합니다", "고맙습니다"])
@pytest.mark.parametrize("before", ["지금 신청 되나요", "내년에 또 하나요"])
def test_thanks_is_thanks_whatever_was_said_before(shipped: HelpDesk, before: str, thanks: str) -> None:
    *_, last = talk(shipped, "비슷한 사업 추천해줘", before, thanks)
    assert last.entry == "talk-thanks"


@pytest.mark.parametrize("announced", ["질문이 있는데요", "질문이 있습니다", "하나만 더 물어볼게요"])
@pytest.mark.parametrize("before", ["창원대 전화번호", "기술료 몇 퍼센트"])
def test_who_announces_a_question_is_invited_to_ask_it(shipped: HelpDesk, before: str, announced: str) -> None:
    *_, last = talk(shipped, before, announced)
    assert (last.outcome, last.choices, last.related) == (Outcome.SMALLTALK, (), ())
    assert last.body == "네, 말씀해 주세요. 무엇이 궁금하세요?"
