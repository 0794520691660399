"""What the console writes is committed under the name of who wrote it, and nothing else is."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.desk.maintain import By
from bot.knowledge.build import load
from bot.reload.bench import Bench
from tests.repository import git

BASE = """entries:
- id: apple
  questions: [사과가 뭐예요, 사과 알려 주세요, 사과란]
  answer: 사과는 과일입니다.
  verified_on: 2026-11-01
  review_by: 2027-01-01
- id: pear
  questions: [배가 뭐예요, 배 알려 주세요, 배란]
  answer: 배는 과일입니다.
  verified_on: 2026-11-01
  review_by: 2027-01-01
"""
KIM = By("김 <상담> 담당", "kim", "심사위원이 물어서")
NOW = datetime(2026, 11, 25, tzinfo=UTC)


class InPlace:
    """Does heavy work at once."""

    async def apart(self, work: Callable[..., object], *values: object) -> object:
        return work(*values)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "faq.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "note.txt").write_text("1", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "start")
    return tmp_path


def bench(place: Path, **how: bool) -> Bench:
    return Bench(place, Front(HelpDesk(load(place))), InPlace(), **{"editable": True, "commits": True, **how})  # type: ignore[arg-type]


async def test_the_author_is_the_member_of_staff(place: Path) -> None:
    (place / "note.txt").write_text("2", encoding="utf-8")
    git(place, "add", "note.txt")
    made = await bench(place).mend("apple", {"answer": "사과는 빨간 과일입니다."}, KIM, NOW, write=True)
    assert (made.written, made.said) == (True, "")
    assert git(place, "log", "-1", "--format=%an|%ae|%cn") == "김 상담 담당|kim@helpdesk.invalid|helpdesk\n"
    said = git(place, "log", "-1", "--format=%B")
    assert "apple" in said
    assert "심사위원이 물어서" in said
    assert git(place, "show", "--name-only", "--format=").split() == ["faq.yaml"], (
        "what others staged is not taken along"
    )
    assert git(place, "status", "--porcelain").strip() == "M  note.txt"


async def test_what_no_message_can_hold_is_left_out_of_it(place: Path) -> None:
    reason = By("김", "kim", "까\0닭\x1b[31m \ud800<b>")
    made = await bench(place).mend("apple", {"answer": "사과는 빨간 과일입니다."}, reason, NOW, write=True)
    assert (made.written, made.said) == (True, "")
    assert "까닭[31m b" in git(place, "log", "-1", "--format=%B")


async def test_confirming_and_learning_are_somebody_s_too(place: Path) -> None:
    await bench(place).confirm(["pear"], date(2026, 11, 20), KIM)
    await bench(place).learn("apple", ["빨간 과일이 뭐예요"], By("", "lee"), NOW)
    assert git(place, "log", "-2", "--format=%an").split("\n")[:2] == ["lee", "김 상담 담당"]
    assert "verified_by: 김 <상담> 담당" in (place / "faq.yaml").read_text(encoding="utf-8").replace("'", "")
    assert git(place, "status", "--porcelain") == ""


async def test_nobody_is_given_what_another_had_not_committed(place: Path) -> None:
    (place / "faq.yaml").write_text(BASE.replace("배는 과일", "배는 큰 과일"), encoding="utf-8")
    made = await bench(place).mend("apple", {"answer": "사과는 빨간 과일입니다."}, KIM, NOW, write=True)
    assert "커밋하지 않은 다른 고침" in made.said
    assert "빨간" in (place / "faq.yaml").read_text(encoding="utf-8")
    assert git(place, "log", "--oneline").count("\n") == 1


async def test_it_is_written_where_it_cannot_be_committed(place: Path, tmp_path: Path) -> None:
    hook = place / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    hook.chmod(0o755)
    made = await bench(place).mend("apple", {"answer": "사과는 빨간 과일입니다."}, KIM, NOW, write=True)
    assert made.said == "적었지만 커밋하지 못했습니다. no"
    assert "빨간" in (place / "faq.yaml").read_text(encoding="utf-8")
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "faq.yaml").write_text(BASE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
        made = await bench(alone).mend("apple", {"answer": "사과는 빨간 과일입니다."}, KIM, NOW, write=True)
    assert made.said == "git 저장소가 아니라 커밋하지 않았습니다."


async def test_nothing_is_committed_unasked(place: Path) -> None:
    await bench(place, commits=False).mend("apple", {"answer": "사과는 빨간 과일입니다."}, KIM, NOW, write=True)
    await bench(place, editable=False).mend("pear", {"answer": "배는 큰 과일입니다."}, KIM, NOW, write=True)
    assert git(place, "log", "--oneline").count("\n") == 1
    assert git(place, "diff", "--name-only").split() == ["faq.yaml"]
