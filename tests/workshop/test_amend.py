"""Mending an answer: the file's smallest change, checked; what cannot be changed so is said with its place."""

from pathlib import Path

import pytest

from bot.knowledge.build import load
from bot.words import RefusedError
from bot.workshop.amend import amend, raw
from bot.workshop.edit_folder import Drafts
from tests.conftest import NOW

FILE = """\
# 여는 시간
entries:
- id: hours   # 자주 바뀝니다
  questions: [몇 시까지 하나요, 여는 시간, 언제 닫아요]
  answer: |
    여섯 시까지 합니다.
    주말은 쉽니다.
  say: 여섯 시까지입니다.
  verified_on: 2026-01-01
  review_by: 2026-04-01
- {id: price, questions: [얼마예요, 요금, 값이 얼마인가요], answer: 천 원입니다., verified_on: 2026-01-01, review_by: 2026-04-01}
- id: dated
  questions: [언제까지 받아요, 접수 기간, 접수 언제 끝나나요]
  phases: [{until: 2027-01-01, answer: 받습니다.}, {answer: 끝났습니다.}]
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path


def test_only_what_was_changed_changes(place: Path) -> None:
    base = load(place)
    drafts = Drafts(place)
    assert raw(drafts, base.entries["hours"])["answer"] == "여섯 시까지 합니다.\n주말은 쉽니다.\n"
    made = amend(
        drafts, base.entries["hours"], {"answer": "일곱 시까지 합니다.\n주말은 쉽니다."}, None, "이지식", NOW
    )
    assert made.body.startswith("일곱 시까지 합니다.")
    patch = made.drafts.diff()
    removed = [line[1:] for line in patch.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert removed == ["    여섯 시까지 합니다.", "  verified_on: 2026-01-01", "  review_by: 2026-04-01"]
    made.drafts.write()
    text = (place / "a.yaml").read_text(encoding="utf-8")
    assert "# 자주 바뀝니다" in text
    assert "    일곱 시까지 합니다.\n    주말은 쉽니다.\n" in text
    assert "verified_by: 이지식" in text
    assert load(place).entries["hours"].phases[0].text.startswith("일곱 시까지")


def test_what_stands_in_one_line_and_what_is_emptied(place: Path) -> None:
    base = load(place)
    made = amend(Drafts(place), base.entries["price"], {"answer": "이천 원입니다: 부가세 포함"}, None, "이지식", NOW)
    made.drafts.write()
    assert load(place).entries["price"].phases[0].text == "이천 원입니다: 부가세 포함"
    made = amend(Drafts(place), load(place).entries["hours"], {"say": ""}, None, "이지식", NOW)
    made.drafts.write()
    assert load(place).entries["hours"].say == ""


@pytest.mark.parametrize(
    ("id", "wanted", "fault"),
    [
        ("hours", {"answer": "여섯 시까지 합니다.\n주말은 쉽니다."}, "바뀐 것이 없습니다"),
        ("hours", {"answer": " "}, "답이 비어 있습니다"),
        ("hours", {"answer": "**일곱 시**까지 합니다."}, "잘못이 생깁니다"),
        ("dated", {"answer": "x"}, "a.yaml:12"),
    ],
)
def test_what_cannot_be_is_refused_in_words(place: Path, id: str, wanted: dict[str, str], fault: str) -> None:
    with pytest.raises(RefusedError) as refused:
        amend(Drafts(place), load(place).entries[id], wanted, None, "이지식", NOW)
    assert fault in str(refused.value)
    assert (place / "a.yaml").read_text(encoding="utf-8") == FILE
