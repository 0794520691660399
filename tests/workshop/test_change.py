"""Rename, retire, add, try and undo: each place that names an entry follows, and the last edit can be taken back."""

from pathlib import Path

import pytest

from bot.knowledge.build import build, load
from bot.words import RefusedError
from bot.workshop import change, undo
from bot.workshop.edit_folder import Drafts
from bot.workshop.edit_tree import EditError

BASE = """\
defaults: {owner: 팀, verified_on: 2026-11-23, review_by: 2027-02-21}   # 기본
institutions:
- {id: busan, name: 부산도서관, short: 부산관, facts: {phone: {value: 051-123-4567}}}
templates:
- id: phone-of
  for: institution
  questions: ["{short} 전화", "{short} 번호", "{short} 연락"]
  answers: [{answer: "{name} 전화는 {phone}입니다."}]
entries:
- id: opening   # 여는 때
  questions: [언제 여나요, 여는 시간, 몇 시부터]
  answer: 아홉 시에 엽니다.
  related: [closing, phone-of.busan]
- id: closing
  questions: [언제 닫나요, 닫는 시간, 몇 시까지]
  answer: 여섯 시에 닫습니다.
  related: opening
- id: later
  status: draft
  questions: [새 소식, 다음 행사, 행사 언제]
  answer: 곧 알려 드립니다.
tests:
  ask:
  - {q: 시간, choices: [opening, closing]}
  dialogues:
  - [{q: 언제 열어요, entry: opening}]
  known_failures:
  - {q: 아침에 와도 되나요, entry: opening, why: 모름}
  - {q: 밤에 와도 되나요, entry: closing, why: 모름}
"""
VOICES = "# 사람들\n\n[opening]\n언제 열어요\n\n[phone-of.busan]\n부산 번호\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "kb"
    (folder / "voices" / "people").mkdir(parents=True)
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "voices" / "people" / "all.txt").write_text(VOICES, encoding="utf-8")
    return folder


def test_a_new_id_is_used_wherever_the_entry_is_named_and_the_old_one_leads_to_it(base: Path) -> None:
    drafts = Drafts(base)
    assert len(change.rename(drafts, "opening", "hours-open")) == 4
    after = drafts.changed["base.yaml"].decode()
    for old, new in (
        ("- id: opening   # 여는 때", "- id: hours-open   # 여는 때"),
        ("related: opening", "related: hours-open"),
        ("choices: [opening,", "choices: [hours-open,"),
        ("entry: opening}]", "entry: hours-open}]"),
        ("entry: opening, why", "entry: hours-open, why"),
    ):
        assert old not in after
        assert new in after
    assert drafts.changed["voices/people/all.txt"].decode() == VOICES.replace("[opening]", "[hours-open]")
    drafts.write()
    assert load(base).moved == {"opening": "hours-open"}


def test_what_a_template_makes_follows_its_name(base: Path) -> None:
    drafts = Drafts(base)
    change.rename(drafts, "phone-of", "number-of")
    assert "number-of.busan" in drafts.changed["base.yaml"].decode()
    assert b"[number-of.busan]" in drafts.changed["voices/people/all.txt"]
    drafts.write()
    assert build(base)[1] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("opening", "closing", "이미 있"),
        ("opening", "Open_1", "꼴이 다릅니다"),
        ("nothing", "else", "항목이 없습니다"),
        ("phone-of.busan", "busan-phone", "틀 'phone-of'"),
    ],
)
def test_an_id_that_cannot_be_is_refused(base: Path, old: str, new: str, said: str) -> None:
    drafts = Drafts(base)
    with pytest.raises(RefusedError, match=said):
        change.rename(drafts, old, new)
    assert not drafts.changed


def test_a_retired_entry_is_related_to_nothing_and_its_known_failures_go(base: Path) -> None:
    drafts = Drafts(base)
    left = change.retire(drafts, "closing")
    after = drafts.changed["base.yaml"].decode()
    assert "related: [phone-of.busan]" in after
    assert "밤에 와도" not in after
    assert "아침에 와도" in after
    assert [place.split(": ")[1] for place in left] == ["choices"]
    drafts.write()
    assert "closing" in build(base)[0].gone  # type: ignore[union-attr]
    with pytest.raises(RefusedError, match="이미 거두었습니다"):
        change.retire(Drafts(base), "closing")


def test_the_only_related_entry_takes_the_list_with_it(base: Path) -> None:
    drafts = Drafts(base)
    change.retire(drafts, "phone-of")
    change.retire(drafts, "closing")
    assert "related: [" not in drafts.changed["base.yaml"].decode()


def test_questions_and_tests_are_added_and_none_twice(base: Path) -> None:
    drafts = Drafts(base)
    change.add_questions(drafts, "closing", ["마감이 몇 시", "문 닫는 때"])
    change.add_questions(drafts, "closing", ["끝나는 시각"], "match")
    change.add_questions(drafts, "closing", ["마치는 시각"], "match")
    after = drafts.changed["base.yaml"].decode()
    assert "몇 시까지, 마감이 몇 시, 문 닫는 때]" in after
    assert "match: [끝나는 시각, 마치는 시각]" in after
    with pytest.raises(RefusedError, match="이미 있는 말"):
        change.add_questions(drafts, "closing", ["언제  닫나요?"])
    with pytest.raises(RefusedError, match="이름 자리"):
        change.add_questions(drafts, "phone-of", ["전화 번호"])
    change.add_questions(drafts, "phone-of", ["{short:은/는} 몇 번"])


def test_drafts_are_served_for_a_trial_and_nothing_is_written(base: Path) -> None:
    drafts = Drafts(base)
    assert change.served(drafts) == ["later"]
    assert "later" in load(base, drafts.changed).entries
    assert "later" not in load(base).entries


def edited(base: Path, kept: Path, question: str) -> bytes:
    drafts = Drafts(base)
    change.add_questions(drafts, "closing", [question])
    drafts.of("new.yaml").append_section(("notices",), [])
    both = drafts.both
    drafts.write()
    undo.keep(kept, base, f"add {question}", both)
    return (base / "base.yaml").read_bytes()


def test_the_last_edits_are_undone_one_by_one(base: Path, tmp_path: Path) -> None:
    kept = tmp_path / "data" / "undo.json"
    once = edited(base, kept, "하나 더")
    drafts = Drafts(base)
    change.add_questions(drafts, "closing", ["둘 더"])
    both = drafts.both
    drafts.write()
    undo.keep(kept, base, "add 둘 더", both)
    what, patch = undo.undo(kept, base, dry_run=True)
    assert what == "add 둘 더"
    assert "-  questions: [언제 닫나요, 닫는 시간, 몇 시까지, 하나 더, 둘 더]" in patch
    assert (base / "base.yaml").read_bytes() != once
    undo.undo(kept, base, dry_run=False)
    assert (base / "base.yaml").read_bytes() == once
    undo.undo(kept, base, dry_run=False)
    assert (base / "base.yaml").read_bytes() == BASE.encode()
    assert not (base / "new.yaml").exists()
    with pytest.raises(RefusedError, match="되돌릴 것이 없습니다"):
        undo.undo(kept, base, dry_run=False)


def test_what_somebody_changed_since_is_not_undone(base: Path, tmp_path: Path) -> None:
    kept = tmp_path / "undo.json"
    after = edited(base, kept, "하나 더")
    (base / "base.yaml").write_bytes(after + b"# more\n")
    with pytest.raises(RefusedError, match="다시 고쳐져"):
        undo.undo(kept, base, dry_run=False)
    assert (base / "new.yaml").exists()
    with pytest.raises(RefusedError, match="되돌릴 것이 없습니다"):
        undo.undo(kept, tmp_path, dry_run=False)  # of another folder
    assert issubclass(EditError, RefusedError)
