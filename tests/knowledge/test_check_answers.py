"""`helpdesk knowledge check`: what an answer may not say, each rule with a seeded error and with what it must let pass."""

from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.build import build
from bot.words import Kind
from bot.workshop import check_claims, check_english, check_now, check_plain
from bot.workshop.check import WARNINGS, check_folder
from tests.conftest import SHIPPED

TODAY = date(2026, 11, 24)

BASE = """\
sources:
- {{id: looked, title: 찾아본 것, date: "2026-11-23", not_found: true}}
- {{id: news, title: 기사, date: "2022-04-24", says: [2억 5천만 원, "25%", 2022년 6월 7일, 031-123-4567, www.example.go.kr]}}
- {{id: quiet, title: 값을 적지 않은 자료, date: "2022-04-24"}}
figures:
- {{id: most, value: 3억 2천만 원, sources: [news]}}
defaults: {{owner: 안내팀, verified_on: 2026-11-23, review_by: 2027-02-21, sources: [{source}]}}
entries:
- id: entry
  questions: [기술료를 내나요, 기술료 납부 여부, 안 내도 되나요, must we pay]
  {text}
  english: {{answer: "{english}"}}
  tests: {{match: [내야 하는지]}}
"""


def codes(
    folder: Path,
    text: str,
    source: str = "news",
    english: str = "It is due by the general rules; not all is confirmed.",
) -> set[str]:
    content = BASE.format(text=text, source=source, english=english)
    (folder / "base.yaml").write_text(content, encoding="utf-8")
    return {p.code for p in check_folder(folder, TODAY)}


def answer(text: str) -> str:
    return f'answer: "{text}"'


SEEDED = [
    ("아니요, 수익이 없으면 내지 않습니다.", "opens-with-yes-or-no"),
    ("네. 한 번만 낼 수 있습니다.", "opens-with-yes-or-no"),
    (f"{'아주 ' * 20}긴 첫 문장입니다.", "long-first-sentence"),
    (f"짧습니다. {'그리고 뒤가 아주 길게 이어집니다. ' * 25}", "long-answer"),
    (f"대학({'가' * 50})과 기업({'나' * 50})이 함께 합니다.", "no-short-form"),
    ("신청에 관한 사항은 누리집에 있습니다.", "roundabout"),
    ("수는 확인되지 않았습니다. 날도 확인되지 않았습니다. 곳도 찾지 못했습니다.", "unknown-thrice"),
    ("주소는 www.example.go.kr입니다.", "glued-address"),
    ("기술원(KAIST)는 대학입니다.", "particle-after-bracket"),
    ("지원금은 4억 원입니다.", "value-in-no-source"),
    ("지원금은 5천만 원입니다.", "value-in-no-source"),
    ("비율은 35%입니다.", "value-in-no-source"),
    ("마감은 6월 8일입니다.", "value-in-no-source"),
    ("전화는 031-123-4568입니다.", "value-in-no-source"),
    ("누리집은 https://www.other.go.kr 입니다.", "value-in-no-source"),
    ("지금은 신청을 받습니다.", "undated-now"),
    ("올해 다시 모집합니다.", "undated-now"),
    ("법이 2027년 3월 30일에 시행됩니다.", "future-without-phase"),
]


@pytest.mark.parametrize(("text", "code"), SEEDED, ids=[f"{c}-{i}" for i, (_, c) in enumerate(SEEDED)])
def test_a_seeded_error_is_found(tmp_path: Path, text: str, code: str) -> None:
    assert code in codes(tmp_path, answer(text))


PASSING = [
    "수익이 없으면 내지 않습니다.",
    "네 기관이 맡았습니다.",
    "누리집 주소: www.example.go.kr",
    "기술원(KAIST)은 대학입니다.",
    "지원금은 최대 2억5천만원입니다.",
    "지원금은 {figure.most}입니다.",
    "비율은 25 %입니다.",
    "마감은 2022년 6월 7일(화)입니다. 6월 7일이 지나면 받지 않습니다.",
    "예를 들어 1억 원이면 500만 원입니다(계산 예).",
    "지금은 받지 않습니다({checked} 기준).",
    "지금 조건은 확인되지 않았습니다.",
    "최근 3년 안의 제재를 봅니다.",
    "2027년 3월 시행 예정으로 보도되었습니다.",
]


@pytest.mark.parametrize("text", PASSING)
def test_what_is_right_passes(tmp_path: Path, text: str) -> None:
    assert codes(tmp_path, answer(text)) == set()


def test_a_fact_may_not_rest_on_what_was_not_found(tmp_path: Path) -> None:
    assert codes(tmp_path, answer("협약은 전자계약으로 맺습니다."), "looked") == {"unfounded"}
    assert codes(tmp_path, answer("비율은 확인되지 않았습니다."), "looked") == set()
    assert codes(tmp_path, answer("협약은 전자계약으로 맺습니다."), "looked, news") == set()


def test_a_source_whose_values_nobody_noted_is_not_held_against_an_answer(tmp_path: Path) -> None:
    assert codes(tmp_path, answer("지원금은 4억 원입니다."), "quiet") == set()


def test_what_changes_by_itself_may_speak_of_now(tmp_path: Path) -> None:
    phases = "phases: [{until: 2027-03-29, answer: 지금은 받습니다.}, {answer: 지금은 받지 않습니다.}]"
    assert codes(tmp_path, phases) == set()


def test_a_short_form_stands_in_for_a_long_first_sentence(tmp_path: Path) -> None:
    text = answer(f"대학({'가' * 50})과 기업({'나' * 50})이 함께 합니다.")
    assert "no-short-form" not in codes(tmp_path, f"{text}\n  short: 대학과 기업이 함께 합니다.")
    assert "no-short-form" in codes(tmp_path, f"{text}\n  short: {'길' * 91}")


def test_an_english_answer_does_not_begin_with_yes_or_no(tmp_path: Path) -> None:
    assert codes(tmp_path, answer("내지 않습니다."), english="No, nothing is due.") == {"opens-with-yes-or-no"}


LIMITED = [
    ("협약은 30일 안에 맺습니다. (국가 R&D 일반 규정 기준)", "The agreement is signed within 30 days."),
    ("지금 비율은 확인되지 않았습니다. 공고를 보세요.", "Read the notice of the call for the rate."),
]


@pytest.mark.parametrize(("korean", "english"), LIMITED)
def test_the_english_answer_keeps_what_limits_the_korean_one(tmp_path: Path, korean: str, english: str) -> None:
    assert codes(tmp_path, answer(korean), english=english) == {"english-without-caveat"}
    assert codes(tmp_path, answer(korean), english=f"{english} By the general rules; not confirmed here.") == set()


def test_those_who_read_english_are_offered_an_entry_in_english(tmp_path: Path) -> None:
    asked = BASE.format(text=answer("내지 않습니다."), source="news", english="It is due.")
    bare = asked.replace(", must we pay]", "]")
    named = bare.replace('{answer: "It is due."}', '{question: Must we pay?, answer: "It is due."}')
    for content, found in ((bare, {"english-title"}), (named, set()), (asked, set())):
        (tmp_path / "base.yaml").write_text(content, encoding="utf-8")
        assert {p.code for p in check_folder(tmp_path, TODAY)} == found


def test_an_english_title_needs_an_english_answer(tmp_path: Path) -> None:
    asked = BASE.format(text=answer("내지 않습니다."), source="news", english="It is due.")
    (tmp_path / "base.yaml").write_text(
        asked.replace('{answer: "It is due."}', "{question: Must we pay?}"), encoding="utf-8"
    )
    assert {p.code for p in check_folder(tmp_path, TODAY)} == {"no-english"}


TO_VERIFY = """
institutions:
- {id: one, name: 하나대학교, short: 하나대, english: Hana, facts: {phone: {value: 031-123-4567, verify: true, sources: [news]}}}
templates:
- id: phone
  for: institution
  questions: ["{short} 전화", "{short} 번호", "{short}에 거는 번호", "phone of {short}"]
  answers: [{answer: "TEXT", english: {question: "Phone of {english}", answer: "ENGLISH"}}]
  tests: {match: [하나대 전번]}
"""


def test_what_a_record_says_to_verify_is_not_told_as_if_it_were(tmp_path: Path) -> None:
    entry = BASE.format(text=answer("내지 않습니다."), source="news", english="It is due.").split("entries:")[0]

    def found(text: str, english: str) -> set[str]:
        content = entry + TO_VERIFY.replace("TEXT", text).replace("ENGLISH", english)
        (tmp_path / "base.yaml").write_text(content, encoding="utf-8")
        return {p.code for p in check_folder(tmp_path, TODAY)}

    assert found("번호는 {phone} 입니다.", "Confirm it: {phone}.") == {"unverified-flat"}
    assert found("번호는 {phone} 입니다. 걸기 전에 확인하세요.", "It is {phone}.") == {"unverified-flat"}
    assert found("번호는 {phone} 입니다. 걸기 전에 확인하세요.", "Confirm it: {phone}.") == set()


def test_style_may_be_published_and_what_misleads_may_not() -> None:
    assert "long-first-sentence" in WARNINGS
    assert not {"opens-with-yes-or-no", "unfounded", "value-in-no-source", "undated-now"} & WARNINGS


def test_the_shipped_answers_keep_every_rule() -> None:
    base, problems = build(SHIPPED)
    assert base is not None
    assert not problems
    modules = (check_plain, check_claims, check_english, check_now)
    assert [str(p) for module in modules for p in module.problems(base)] == []


def test_few_answers_carry_a_notice() -> None:
    base, _ = build(SHIPPED)
    assert base is not None
    answers = [e for f in base.frames for e in f.entries.values() if e.kind is Kind.ANSWER]
    assert sum(bool(e.notice) for e in answers) <= 0.2 * len(answers)
    bare = {"contact", "glossary", "settlement", "royalty", "report", "ip", "sanction", "appeal", "system", "sme"}
    assert [e.id for e in answers if e.notice and e.topic in bare] == []
