"""`helpdesk knowledge check`: seeded errors, each reported with file, line and a hint in Korean."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.workshop.check import check_folder

TODAY = date(2026, 11, 24)

GOOD = """\
sources:
- {id: src, title: 안내문, date: "2022-04-11", url: "https://example.kr/a"}
figures:
- {id: most, value: 2억 원, sources: [src]}
channels:
- {id: call, name: 콜센터, phone: "1357", sources: [src]}
notices:
- id: ended
  phases: [{until: 2022-06-07, answer: 모집 중입니다.}, {answer: 끝났습니다.}]
institutions:
- id: changwon
  name: 국립창원대학교
  short: 창원대
  kind: university
  facts: {phone: {value: 055-213-2114, sources: [src]}}
groups:
- id: kind
  name: 종류
  terms: [{id: university, name: 대학}]
- id: word
  name: 낱말
  terms:
  - {id: phone, name: 전화번호, aliases: [전번]}
defaults: {owner: 안내팀, verified_on: 2026-11-23, review_by: 2027-02-21, sources: [src]}
templates:
- id: phone-of
  for: institution
  questions: ["{short} 전화", "{short}에 걸 번호", "{short} 연락"]
  answers: [{needs: [phone], answer: "{name} 전화는 {phone}입니다."}]
  tests: {match: [창원대 통화]}
entries:
- id: period
  questions: [모집 기간, 접수는 언제, 며칠까지 받았나요]
  notice: ended
  answer: "{figure.most}까지입니다. {channel.call.phone}로 문의하세요."
  related: [phone-of]
  tests:
    match: [언제 모집했죠]
    not_match: [이의신청 기간]
"""
"""Line numbers below count from 1 in this text."""


def folder(tmp_path: Path, text: str | bytes) -> Path:
    (tmp_path / "base.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path


def test_a_good_base_has_no_problem(tmp_path: Path) -> None:
    assert check_folder(folder(tmp_path, GOOD), TODAY) == []


SEEDED = [
    # what is written instead of what, code, line
    ("figures:\n", "figures: [\n", "yaml-syntax", 4),
    ('  answer: "{figure.most}', '  questions: [또]\n  answer: "{figure.most}', "yaml-duplicate-key", 35),
    ("  related: [phone-of]", "  related: *x", "yaml-alias", 36),
    ("entries:\n", "---\nentries:\n", "yaml-documents", 31),
    ("entries:\n", "entires:\n", "unknown-section", 31),
    ("figures:\n- {id: most", "figures:\n  {id: most", "list_type", 3),
    ("- {id: call, name: 콜센터", "- 콜센터\n- {id: call, name: 콜센터", "item-shape", 5),
    ("  notice: ended\n", "  former: [period]\n", "former-own", 34),
    ("  notice: ended\n", "  former: [when, phone-of.changwon]\n", "former-taken", 34),
    ("  notice: ended\n", "  former: [when, when]\n", "former-twice", 34),
    ("  notice: ended\n", "  notise: ended\n", "notise:extra_forbidden", 34),
    ('date: "2022-04-11"', 'date: "2022-04-11", sha256: 1234', "sha256:string_pattern_mismatch", 2),
    ("  notice: ended\n", "  verified_by: []\n", "verified_by:string_type", 34),
    ("title: 안내문", "title: 안내문, 둘째", "둘째:extra_forbidden", 2),
    (
        "  - {id: phone, name: 전화번호",
        "  - {id: phone, fields: {hours: 9시, 18시}, name: 전화번호",
        "terms:value-missing",
        23,
    ),
    ("  - {id: phone, name: 전화번호", "  - {id: phone, fields: {phone: 삼번}, name: 전화번호", "contact-form", 20),
    ("  questions: [모집 기간, 접수는 언제, 며칠까지 받았나요]\n", "", "questions:missing", 32),
    ("review_by: 2027-02-21", "review_by: 내년", "review_by:date_from_datetime_parsing", 24),
    ("kind: university\n  facts", "kind: school\n  facts", "unknown-term", 11),
    ("defaults: {owner", "defaults: {status: live, owner", "status:literal_error", 24),
    ('url: "https://example.kr/a"', "url: example", "url:string_pattern_mismatch", 2),
    ('date: "2022-04-11"', 'date: "22년 4월"', "date:string_pattern_mismatch", 2),
    ("title: 안내문", 'title: ""', "title:string_too_short", 2),
    ("{until: 2022-06-07, answer", "{until: 2022-06-31, answer", "phases:date_from_datetime_parsing", 9),
    ("- id: period\n", "- id: phone-of\n", "duplicate-id", 32),
    ("sources: [src]}\nchannels", "sources: [scr]}\nchannels", "unknown-source", 4),
    ("{figure.most}까지", "{figure.least}까지", "unknown-placeholder", 35),
    ("answer: 모집 중입니다.}", 'answer: "모집 중입니다({checked} 기준)."}', "unknown-placeholder", 9),
    ("{channel.call.phone}로", "{channel.call.phone:로로}", "unknown-particle", 35),
    ("  for: institution\n", "  for: institutions\n", "unknown-group", 27),
    ('"{short} 연락"]', '"연락처"]', "no-slot", 28),
    ("{needs: [phone], answer", "{needs: [fax], answer", "no-answer-for-member", 29),
    ("  for: institution\n", "  for: institution\n  only: [busan]\n", "unknown-member", 28),
    ('  answer: "{figure.most}까지입니다. {channel.call.phone}로 문의하세요."\n', "", "answer-or-phases", 32),
    ("  related: [phone-of]", "  phases: [{answer: 끝}]", "answer-or-phases", 35),
    (
        "{until: 2022-06-07, answer: 모집 중입니다.}, {answer: 끝났습니다.}",
        "{answer: 가.}, {until: 2022-06-07, answer: 나.}",
        "phase-order",
        9,
    ),
    ("  related: [phone-of]", "  related: [address-of]", "unknown-entry", 36),
    ("  notice: ended\n", "  notice: closed\n", "unknown-notice", 34),
    ("figures:\n", "programme: {name: 안내, notice: closed}\nfigures:\n", "unknown-notice", 3),
    ("  related: [phone-of]", "  about: [kind.institute]", "unknown-term", 36),
    ("  kind: university\n  facts", "  kind: university\n  region: [region.busan]\n  facts", "unknown-term", 11),
    (
        "[{id: university, name: 대학}]",
        "[{id: university, name: 대학}, {id: university, name: 학교}]",
        "duplicate-term",
        17,
    ),
    ("- id: word\n  name: 낱말\n", "- id: kind\n  name: 낱말\n", "group-conflict", 20),
    ("facts: {phone: {value: 055-213-2114", "facts: {phone: {value: 055-213-21", "contact-form", 11),
    ('phone: "1357"', 'phone: "일삼오칠"', "contact-form", 6),
    (
        "{value: 055-213-2114, sources: [src]}}",
        "{value: 055-213-2114, sources: [src]}, name: {value: 창원}}",
        "fact-name",
        11,
    ),
    ("[모집 기간, 접수는 언제, 며칠까지 받았나요]", "[모집 기간, 접수는 언제]", "few-questions", 32),
    ("[모집 기간, 접수는 언제, 며칠까지 받았나요]", "[모집 기간, 접수는 언제, 모집기간?]", "same-question", 32),
    ("[모집 기간, 접수는 언제, 며칠까지 받았나요]", "[모집 기간, 접수는 언제, 왜]", "short-question", 32),
    (
        "[모집 기간, 접수는 언제, 며칠까지 받았나요]",
        f"[모집 기간, 접수는 언제, {'가나다라마' * 41}]",
        "long-question",
        32,
    ),
    ("    match: [언제 모집했죠]\n", "", "no-tests", 32),
    ("    match: [언제 모집했죠]", "    match: [모집기간]", "test-is-question", 32),
    ("    match: [언제 모집했죠]", "    match: [이의신청 기간]", "test-contradicts", 32),
    ("owner: 안내팀, ", "", "no-owner", 26),
    ("verified_on: 2026-11-23, ", "", "no-verified-on", 26),
    ("review_by: 2027-02-21, ", "", "no-review-by", 26),
    ("review_by: 2027-02-21", "review_by: 2026-11-23", "review-before-verified", 26),
    ("review_by: 2027-02-21", "review_by: 2028-02-21", "review-too-far", 26),
    (
        "verified_on: 2026-11-23, review_by: 2027-02-21",
        "verified_on: 2026-01-01, review_by: 2026-04-01",
        "expired",
        26,
    ),
    ("verified_on: 2026-11-23", "verified_on: 2026-12-01", "verified-in-future", 26),
    ("까지입니다. {channel", "까지입니다. **꼭** {channel", "markup", 32),
    ("까지입니다. {channel", f"까지입니다. {'길다 ' * 300}{{channel", "long-answer", 32),
    ("까지입니다. {channel", "까지\u200b입니다. {channel", "hidden-characters", 32),
    ("까지입니다. {channel", "까지입니다. 055-213-21145 {channel", "phone", 32),
    ("까지입니다. {channel", "까지 {days_left}일. {channel", "days-left", 32),
    ("  related: [phone-of]", f"  say: {'말' * 121}", "long-say", 32),
    ("- id: period\n", "- id: Period_1\n", "id-form", 32),
    ("aliases: [전번]}", "aliases: [전번]}\n  - {id: tel, name: 전번}", "shared-alias", 24),
    ("aliases: [전번]}", "aliases: [전번, '!!']}", "empty-alias", 23),
    ("- id: kind\n  name: 종류\n", "- id: kind\n  name: 종류\n  patterns: ['(가)(나)']\n", "pattern", 17),
    ("- id: kind\n  name: 종류\n", "- id: kind\n  name: 종류\n  patterns: ['(가']\n", "pattern", 17),
]


@pytest.mark.parametrize(("old", "new", "code", "line"), SEEDED, ids=[f"{c[2]}-{i}" for i, c in enumerate(SEEDED)])
def test_a_seeded_error_is_reported_at_its_place(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    assert old in GOOD
    problems = check_folder(folder(tmp_path, GOOD.replace(old, new, 1)), TODAY)
    found = [p for p in problems if p.code == code]
    assert found, [(p.code, p.line, str(p)) for p in problems]
    assert found[0].file == "base.yaml"
    assert found[0].line == line
    assert re.search(r"[가-힣]{2}", found[0].message)


def test_there_are_many_kinds() -> None:
    assert len({c[2] for c in SEEDED}) >= 45


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace("  notice: ended\n", "  notise: ended\n")
        .replace("title: 안내문", 'title: ""')
        .replace("most, value: 2억 원", "most, valeu: 2억 원")
    )
    codes = {p.code for p in check_folder(folder(tmp_path, text), TODAY)}
    assert {"notise:extra_forbidden", "title:string_too_short", "valeu:extra_forbidden", "value:missing"} == codes


def test_what_refers_to_a_broken_item_is_not_reported_as_well(tmp_path: Path) -> None:
    text = GOOD.replace("- id: changwon\n", "- id: changwon\n  fax: 1\n").replace(
        "related: [phone-of]", "related: [phone-of.changwon]"
    )
    assert [p.code for p in check_folder(folder(tmp_path, text), TODAY)] == ["fax:extra_forbidden"]


def test_shared_questions_name_the_other_entry(tmp_path: Path) -> None:
    other = "- id: other\n  questions: [모집 기간, 가나다, 라마바]\n  answer: 답.\n  tests: {match: [사아자]}\n"
    (found,) = check_folder(folder(tmp_path, GOOD + other), TODAY)
    assert (found.code, found.line) == ("shared-question", 40)
    assert "period" in found.message


def test_a_file_that_is_not_utf8_and_an_empty_folder(tmp_path: Path) -> None:
    assert [p.code for p in check_folder(tmp_path, TODAY)] == ["no-files"]
    problems = check_folder(folder(tmp_path, "entries: []\n# 가".encode("euc-kr")), TODAY)
    assert (problems[0].code, problems[0].line) == ("yaml-encoding", 2)


def test_an_answer_without_any_source(tmp_path: Path) -> None:
    text = GOOD.replace("2027-02-21, sources: [src]}", "2027-02-21}").replace(
        "{figure.most}까지입니다. {channel.call.phone}로", "1357로"
    )
    assert [(p.code, p.line) for p in check_folder(folder(tmp_path, text), TODAY)] == [("no-source", 32)]


def test_one_name_missing_in_many_places_and_a_file_that_is_gone_are_one_message_each(tmp_path: Path) -> None:
    more = "".join(
        f"- {{id: e{i}, questions: [가{i}, 나{i}, 다{i}], answer: 답., sources: [s{i}, scr]}}\n" for i in range(10)
    )
    found = [p for p in check_folder(folder(tmp_path, GOOD + more), TODAY) if p.code == "unknown-source"]
    assert len(found) == 1  # eleven names of which none is there: a file is gone
    assert "출처 11가지" in found[0].message
    assert "20곳" in found[0].message
    few = "".join(
        f"- {{id: e{i}, questions: [가{i}, 나{i}, 다{i}], answer: 답., sources: [scr]}}\n" for i in range(5)
    )
    (one,) = [p for p in check_folder(folder(tmp_path, GOOD + few), TODAY) if p.code == "unknown-source"]
    assert "4곳에 더" in one.hint
    gone = GOOD.replace("sources:\n- {id: src", "figures:\n- {id: src", 1).split("figures:\n", 2)
    text = gone[0] + "figures:\n" + gone[2]
    assert [p.code for p in check_folder(folder(tmp_path, text), TODAY) if p.code == "unknown-source"] == [
        "unknown-source"
    ]


SAID = [
    # what is written instead of what, what must be said
    ("  answer: ", "  anser: ", "'answer'을(를) 적으려 했나요"),
    ("  answer: ", "  답: ", "'answer'을(를) 적으려 했나요"),
    ("  questions: [모집", "  질문: [모집", "'questions'을(를) 적으려 했나요"),
    ("entries:\n", "entry:\n", "'entries'을(를) 적으려 했나요"),
    ("  notice: ended\n", "  status: retire\n", "'retired'을(를) 적으려 했나요"),
    ("  notice: ended\n", "  status: 폐지\n", "쓸 수 있는 값: active, draft, retired"),
    ("review_by: 2027-02-21", "review_by: 20270221", "2026-11-24처럼"),
    ("review_by: 2027-02-21", "review_by: 2027.02.21", "2026-11-24처럼"),
    ("figures:\n", "office: {hours: {월: 9시~18시}}\nfigures:\n", "09:00-18:00처럼"),
    ("related: [phone-of]", "related: [phone-off]", "'phone-of'을(를) 적으려 했나요"),
]


@pytest.mark.parametrize(("old", "new", "said"), SAID, ids=range(len(SAID)))
def test_the_hint_says_what_was_meant(tmp_path: Path, old: str, new: str, said: str) -> None:
    problems = check_folder(folder(tmp_path, GOOD.replace(old, new, 1)), TODAY)
    assert any(said in str(p) for p in problems), list(map(str, problems))


def test_a_date_that_may_have_a_time_is_told_once_by_its_own_name(tmp_path: Path) -> None:
    problems = check_folder(folder(tmp_path, GOOD.replace("2022-06-07", "2027-13-01")), TODAY)
    assert [(p.line, p.code.split(":")[0]) for p in problems] == [(9, "phases")]
    assert "'until'의 날짜" in problems[0].message


def test_a_bad_date_in_the_defaults_is_one_fault(tmp_path: Path) -> None:
    problems = check_folder(folder(tmp_path, GOOD.replace("review_by: 2027-02-21", "review_by: 2027.2.21")), TODAY)
    assert [p.line for p in problems] == [24], list(map(str, problems))


def test_a_dialogue_that_names_a_missing_entry_is_told_at_its_line(tmp_path: Path) -> None:
    tests = (
        "tests:\n  out_of_scope: [날씨]\n  dialogues:\n  - - {q: 가, entry: period}\n    - {q: 나, entry: perod}\n"
    )
    (found,) = check_folder(folder(tmp_path, GOOD + tests), TODAY)
    assert (found.code, found.line) == ("unknown-entry", GOOD.count("\n") + 5)
    assert "'period'을(를)" in found.hint
