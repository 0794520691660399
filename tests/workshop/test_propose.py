"""What staff answered becomes a draft: it stands in the file, whole and checked, and nobody is told it yet."""

from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.knowledge.build import KnowledgeError, load
from bot.words import Query
from bot.workshop.edit_folder import Drafts
from bot.workshop.propose import propose
from tests.conftest import NOW
from tests.workshop.test_amend import FILE


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path


def test_a_draft_stands_in_the_file_and_is_told_to_nobody(place: Path) -> None:
    drafts = Drafts(place)
    id = propose(drafts, ["와이파이 비밀번호가 뭐예요"], "안내대에 적혀 있습니다.", "이지식", NOW)
    assert "status: draft" in drafts.diff()
    drafts.write()
    text = "".join(p.read_text(encoding="utf-8") for p in sorted(place.rglob("*.yaml")))
    assert "# 자주 바뀝니다" in text
    assert "와이파이 비밀번호가 뭐예요" in text
    assert "owner: 이지식" in text
    base = load(place)
    assert id not in base.entries
    assert "안내대" not in HelpDesk(base, None, encoder=False).ask(Query("와이파이 비밀번호가 뭐예요", "u", NOW)).text


def test_in_a_folder_at_fault_nothing_is_proposed(place: Path) -> None:
    (place / "b.yaml").write_text("entries:\n- {id: hours}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError):
        propose(Drafts(place), ["와이파이 비밀번호가 뭐예요"], "안내대에 있습니다.", "이지식", NOW)
