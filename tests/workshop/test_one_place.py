"""One number, one place: what contradicts a record is told, what keeps an old value is listed, and all of it is found."""

from pathlib import Path

import pytest

from bot.knowledge.build import load
from bot.words import RefusedError
from bot.workshop import literals
from bot.workshop.edit_folder import Drafts
from bot.workshop.revision import changed_files
from bot.workshop.search import find, replace, said_by
from tests.repository import git

RECORDS = """\
sources:
- {id: a, title: 자료}
figures:
- {id: fee, value: "1,200원", sources: [a]}
channels:
- {id: call, name: 통합콜센터, phone: 1877-2041, email: help@example.kr, sources: [a]}
institutions:
- id: busan
  name: 부산도서관
  short: 부산관
  facts: {phone: {value: 051-123-4567, sources: [a]}}
groups:
- {id: word, name: 낱말, terms: [{id: loan, name: 대출}]}
"""
ENTRIES = """\
defaults: {owner: 팀, verified_on: 2026-11-23, review_by: 2027-02-21, sources: [a]}
entries:
- id: call
  questions: [전화, 번호, 연락처]
  answer: "{channel.call.phone}로 거세요."
- id: help
  questions: [도움, 문의, 1877-2041이 뭐죠]
  answer: 통합콜센터(1877-2041)에서 돕습니다. 값은 1,200원입니다.
  say: 천팔백칠십칠 번이 아니라 1877-2041로 거세요.
  english: {question: "help", answer: "Call 1877-2041."}
  staff_note: 밤에는 1877-2041이 받지 않습니다.
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "records.yaml").write_text(RECORDS, encoding="utf-8")
    (tmp_path / "entries.yaml").write_text(ENTRIES, encoding="utf-8")
    (tmp_path / "voices" / "people").mkdir(parents=True)
    (tmp_path / "voices" / "people" / "all.txt").write_text("[help]\n1877-2041 이거 뭐예요\n", encoding="utf-8")
    return tmp_path


def told(folder: Path, former: dict[str, bytes] | None = None) -> list[tuple[str, int]]:
    found = literals.problems(folder, load(folder), {}, former or {})
    return [(p.code, p.line) for p in found if p.code != literals.TWIN]


def test_what_agrees_with_the_records_is_no_fault(base: Path) -> None:
    assert told(base) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("통합콜센터(1877-2041)", "통합콜센터(1877-9999)", "literal-differs", 8),
        ("통합콜센터(1877-2041)", "부산관 대표전화 051-999-9999", "literal-differs", 8),
        ("통합콜센터(1877-2041)", "부산도서관의 전화번호는 051-999-9999", "literal-differs", 8),
        ("통합콜센터(1877-2041)", "통합콜센터 메일 desk@example.kr", "literal-differs", 8),
        ("통합콜센터(1877-2041)", "부산도서관 어린이실 담당자 051-999-9999", "literal-beside", 8),
        ("Call 1877-2041.", "Call 통합콜센터 1877-9999.", "literal-differs", 10),
        ("밤에는 1877-2041", "밤에는 통합콜센터 1877-9999", "literal-differs", 11),
        ("아니라 1877-2041", "아니라 통합콜센터 1877-9999", "literal-differs", 9),
    ],
)
def test_a_literal_beside_a_name_is_compared_wherever_it_stands(
    base: Path, old: str, new: str, code: str, line: int
) -> None:
    assert old in ENTRIES
    (base / "entries.yaml").write_text(ENTRIES.replace(old, new, 1), encoding="utf-8")
    assert told(base) == [(code, line)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Call 1877-2041.", "Call 1877-2042.", "전화번호"),
        ("Call 1877-2041.", "It is 1,500 won.", "금액"),
        ("아니라 1877-2041로", "아니라 1,000원이고 1877-2041로", "금액"),
    ],
)
def test_english_and_what_is_read_aloud_say_the_numbers_of_the_answer(
    base: Path, old: str, new: str, said: str
) -> None:
    (base / "entries.yaml").write_text(ENTRIES.replace(old, new, 1), encoding="utf-8")
    found = list(literals.problems(base, load(base), {}, {}))
    assert [(p.code, said in p.message) for p in found] == [(literals.TWIN, True)]


def test_the_number_of_somebody_else_far_away_is_none_of_theirs(base: Path) -> None:
    text = ENTRIES.replace("통합콜센터(1877-2041)", "통합콜센터는 쉽니다. 급하면 02-111-2222")
    (base / "entries.yaml").write_text(text, encoding="utf-8")
    assert told(base) == []


def test_a_changed_record_lists_the_texts_that_keep_what_it_said(base: Path) -> None:
    changed = RECORDS.replace("1877-2041", "1577-0000").replace("1,200원", "1,500원")
    (base / "records.yaml").write_text(changed, encoding="utf-8")
    found = list(literals.problems(base, load(base), {}, {"records.yaml": RECORDS.encode()}))
    stale = [(p.line, p.hint.split("replace ")[1]) for p in found if p.code == literals.STALE]
    phone, fee = '"1877-2041" "1577-0000"', '"1,200원" "1,500원"'
    assert sorted(stale) == [(7, phone), (8, fee), (8, phone), (9, phone), (10, phone), (11, phone)]


def test_the_last_commit_is_where_a_record_changed_from(base: Path) -> None:
    assert changed_files(base) == {}  # no repository
    git(base, "init")
    assert changed_files(base) == {}  # no commit
    git(base, "add", ".")
    git(base, "commit", "-m", "a")
    assert changed_files(base) == {}
    (base / "records.yaml").write_text(RECORDS.replace("1877-2041", "1577-0000"), encoding="utf-8")
    (base / "new.yaml").write_text("entries: []\n", encoding="utf-8")
    assert changed_files(base) == {"records.yaml": RECORDS.encode()}


def test_all_places_are_found_and_so_are_those_who_say_it_without_its_standing_there(base: Path) -> None:
    for wanted in ("1877-2041", "18772041", "1877 2041"):
        hits = find(Drafts(base), wanted)
        assert [(h.file, h.line, h.key) for h in hits] == [
            ("entries.yaml", 7, "questions"),
            ("entries.yaml", 8, "answer"),
            ("entries.yaml", 9, "say"),
            ("entries.yaml", 10, "answer"),
            ("entries.yaml", 11, "staff_note"),
            ("records.yaml", 6, "phone"),
            ("voices/people/all.txt", 2, "사람들의 말"),
        ]
        assert said_by(load(base), wanted, hits) == ["call"]
    assert "통합콜센터(1877-2041)에서" in str(find(Drafts(base), "1877-2041")[1])
    assert find(Drafts(base), "없는 글") == []


def test_replacing_changes_every_text_and_nothing_else(base: Path) -> None:
    drafts = Drafts(base)
    hits = replace(drafts, "1877-2041", "1577-0000")
    assert len(hits) == 6
    assert drafts.changed["entries.yaml"].decode() == ENTRIES.replace("1877-2041", "1577-0000")
    assert drafts.changed["records.yaml"].decode() == RECORDS.replace("1877-2041", "1577-0000")
    assert "voices/people/all.txt" not in drafts.changed
    some = Drafts(base)
    assert len(replace(some, "1877-2041", "1577-0000", ["help"])) == 5
    assert "records.yaml" not in some.changed


def test_ids_stay_and_what_stands_nowhere_is_refused(base: Path) -> None:
    drafts = Drafts(base)
    replace(drafts, "help", "aid")
    after = drafts.changed["entries.yaml"].decode()
    assert "- id: help\n" in after
    assert 'question: "aid"' in after
    with pytest.raises(RefusedError, match="적힌 곳이 없습니다"):
        replace(Drafts(base), "없는 글", "새 글")
    with pytest.raises(RefusedError, match="달라야"):
        replace(Drafts(base), "가", "가")
