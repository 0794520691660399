"""Gaps and learn: from what people asked in vain to an answer with its own test, and never at another's cost."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app
from bot.desk.desk import HelpDesk
from bot.store.database import Database
from bot.store.gaps import Record, collect, mark, records
from bot.store.memory import Exchange, Feedback, Memory, Unanswered
from bot.words import RefusedError
from bot.workshop import gaps
from bot.workshop.edit_folder import Drafts
from bot.workshop.learn import Teacher
from bot.workshop.learn_names import LearnError, slotted
from bot.workshop.test import run
from tests.conftest import NOW

LIBRARY = Path(__file__).resolve().parents[1] / "examples" / "library"


def rows(*asked: tuple[str, str, str], start: int = 1) -> list[Record]:
    """Records of (user, question, why)."""
    return [
        Record(i, user, "telegram", NOW + timedelta(minutes=i), question, why)
        for i, (user, question, why) in enumerate(asked, start)
    ]


@pytest.fixture(scope="module")
def desk() -> HelpDesk:
    return app.desk(LIBRARY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(LIBRARY, tmp_path / "kb")
    return tmp_path / "kb"


def teacher(folder: Path) -> Teacher:
    return Teacher(Drafts(folder), app.learned(folder), NOW)


LOCKERS = (
    ("u1", "사물함 있나요", "fallback"),
    ("u1", "사물함 있나요", "none"),
    ("u2", "사물함을 쓰고 싶어요", "fallback"),
    ("u3", "사물함 이용", "fallback"),
)


def test_wordings_of_one_question_are_one_gap_counted_by_people_and_the_largest_is_first(desk: HelpDesk) -> None:
    found = gaps.find(rows(("u9", "낭독 봉사 하고 싶어요", "fallback"), *LOCKERS), desk, NOW)
    first, second = found
    assert (first.people, first.times) == (3, 4)
    assert set(first.wordings) == {"사물함 있나요", "사물함을 쓰고 싶어요", "사물함 이용"}
    assert (second.wordings, second.people, second.id) == (("낭독 봉사 하고 싶어요",), 1, 1)
    assert first.why == {"fallback": 3, "none": 1}
    assert first.reason
    assert not first.answered


def test_the_number_of_a_gap_stays_when_others_ask(desk: HelpDesk) -> None:
    before = gaps.find(rows(*LOCKERS), desk, NOW)
    more = rows(*LOCKERS) + rows(
        ("u7", "사물함 비밀번호", "fallback"), ("u8", "강아지 데려가도 돼요", "fallback"), start=20
    )
    after = gaps.find(more, desk, NOW)
    assert before[0].id == after[0].id == 1
    assert gaps.one(after, 20) is after[0]
    assert gaps.one(after, 99) is None


def test_a_template_s_names_are_one_gap_and_other_names_are_not(desk: HelpDesk) -> None:
    asked = rows(("u1", "솔빛도서관 사물함 있나요", "fallback"), ("u2", "중앙도서관 사물함 있나요", "fallback"))
    assert [g.people for g in gaps.find(asked, desk, NOW)] == [2]
    unnamed = rows(("u1", "솔빛도서관 사물함 있나요", "fallback"), ("u2", "사물함 있나요", "fallback"))
    assert [g.people for g in gaps.find(unnamed, desk, NOW)] == [1, 1]


def test_what_is_answered_by_now_is_marked_and_what_was_turned_down_is_not(desk: HelpDesk) -> None:
    asked = rows(("u1", "책 몇 권 빌릴 수 있어요", "fallback"))
    (gap,) = gaps.find(asked, desk, NOW)
    assert (gap.answered, gap.reason) == ("loan-count", "")
    down = [Record(1, "u1", "web", NOW, "책 몇 권 빌릴 수 있어요", "down", "loan-count")]
    (gap,) = gaps.find(down, desk, NOW)
    assert not gap.answered
    assert "[loan-count]" in gap.reason


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("전화 몇 번인지요 도서관", ""),
        ("양자역학의 해석", "낱말이 너무 다릅니다"),
        ("쓰레기 언제 버려요", "다루지 않는다고"),
        ("ㄷㅊㄱㅅ", "초성"),
    ],
)
def test_why_the_nearest_entry_fails_is_said_in_korean(desk: HelpDesk, question: str, said: str) -> None:
    asked = gaps.ask_again(desk, question, NOW)
    assert said in asked.reason
    assert asked.answered or asked.reason


def test_states(desk: HelpDesk) -> None:
    def state(*states: str) -> str:
        made = [Record(i, f"u{i}", "web", NOW, "사물함 있나요", "fallback", state=s) for i, s in enumerate(states, 1)]
        return gaps.find(made, desk, NOW)[0].state

    assert state("done", "done") == "done"
    assert state("done", "new") == "new"  # somebody asked again
    assert state("ignored", "new") == "ignored"
    assert state("pending", "new") == "pending"


def test_labels_of_redaction_are_no_words(desk: HelpDesk) -> None:
    (gap,) = gaps.find(rows(("u1", "사물함 있나요 [전화번호] 로 답 주세요", "fallback")), desk, NOW)
    assert "[전화번호]" not in gap.wordings[0]
    assert gaps.find(rows(("u1", "[전화번호]", "fallback")), desk, NOW) == []


async def test_answers_turned_down_without_a_word_are_collected_once(database: Database) -> None:
    memory = Memory()
    memory.exchanges.append(Exchange("x1", "u1", "kakao", NOW, "몇 권 빌려요", "…", "answer", "loan-count", 0.9, "v"))
    memory.exchanges.append(Exchange("x2", "u2", "web", NOW, "연체료", "…", "answer", "return-late", 0.9, "v"))
    memory.feedback.append(Feedback("x1", "u1", "down", NOW, "", "loan-count", "v"))
    memory.feedback.append(Feedback("x2", "u2", "up", NOW, "", "return-late", "v"))
    memory.unanswered.append(Unanswered("u3", "web", NOW, "사물함", "call"))
    async with database.write() as connection:
        await memory.flush(connection)
    for expected in (1, 0):
        async with database.write() as connection:
            assert await collect(connection, NOW) == expected
    async with database.read() as connection:
        found = await records(connection)
    assert [(r.user, r.question, r.why, r.nearest) for r in found] == [
        ("u3", "사물함", "call", ""),
        ("u1", "몇 권 빌려요", "down", "loan-count"),
    ]
    async with database.write() as connection:
        assert await mark(connection, [r.id for r in found], "pending") == 2
        assert {r.state for r in await records(connection)} == {"pending"}


def test_learning_adds_what_people_said_with_a_test_and_touches_nothing_else(folder: Path) -> None:
    before = (folder / "entries" / "use.yaml").read_bytes()
    t = teacher(folder)
    wordings = ["전기 콘센트 쓸 수 있어요", "노트북 충전 되나요", "콘센트 있는 자리"]
    learned = t.add_entry(
        {
            "id": "use-power",
            "questions": [*wordings, "콘센트"],
            "answer": "열람실 창가 자리에 콘센트가 있습니다.",
            "tests": {"match": ["콘센트 있어요"]},
        },
        "entries/use.yaml",
    )
    assert learned.passed > 40
    after = t.drafts.changed["entries/use.yaml"]
    added = [line for line in after.split(b"\n") if line not in before.split(b"\n")]
    assert [line for line in before.split(b"\n") if line not in after.split(b"\n")] == []
    assert len(added) >= 6
    t.drafts.write()
    more = teacher(folder).add_wordings(
        "use-power", ["충전기 꽂을 데 있나요", "폰 충전하고 싶어요", "콘센트 있는 자리!"]
    )
    assert set(more.voices) | set(more.tests) | set(more.offered) == {"충전기 꽂을 데 있나요", "폰 충전하고 싶어요"}
    more.drafts.write()
    desk = app.desk(folder)
    assert run(desk, NOW).failures == []
    for wording in (*wordings, "충전기 꽂을 데 있나요", "폰 충전하고 싶어요"):
        assert gaps.answers(desk, wording, "use-power", NOW), wording


def test_one_wording_alone_is_learned_and_is_no_test_of_itself(folder: Path) -> None:
    learned = teacher(folder).add_wordings("use-wifi", ["공유기 이름이 뭐예요", "공유기 이름이 뭐에요"])
    assert learned.voices == ("공유기 이름이 뭐예요",)
    assert learned.slips == ("공유기 이름이 뭐에요",)
    assert (learned.tests, learned.offered) == ((), ())
    assert learned.handled == {"공유기 이름이 뭐예요", "공유기 이름이 뭐에요"}


def test_in_a_template_the_name_becomes_its_place_with_the_right_particle(folder: Path) -> None:
    desk = app.desk(folder)
    assert slotted(desk, "branch", "솔빛관은 몇 시까지 세워요") == "{short:은/는} 몇 시까지 세워요"
    assert slotted(desk, "branch", "중앙도서관에 몇 시까지 세워도 돼요") == "{short}에 몇 시까지 세워도 돼요"
    with pytest.raises(LearnError, match="이름이 있어야"):
        teacher(folder).add_wordings("branch-parking", ["차를 세워도 돼요"])


def test_it_is_refused_where_another_test_breaks_and_says_which(folder: Path) -> None:
    t = teacher(folder)
    with pytest.raises(LearnError) as refused:
        t.add_wordings(
            "use-print", ["연체료 얼마예요", "연체료가 얼마", "책을 늦게 돌려주면", "늦게 반납하면 어떻게 되죠"]
        )
    assert "return-late" in str(refused.value)
    assert "→ 고친 뒤" in str(refused.value) or "문제가 생깁니다" in str(refused.value)
    assert "아무것도 적지 않았습니다" in str(refused.value)


def test_it_is_refused_where_the_entry_would_still_not_answer(folder: Path) -> None:
    use = folder / "entries" / "use.yaml"
    use.write_text(
        use.read_text(encoding="utf-8").replace("- id: use-wifi\n", "- id: use-wifi\n  status: draft\n"),
        encoding="utf-8",
    )
    with pytest.raises(LearnError, match=r"답하지 않습니다[\s\S]*공유기 이름"):
        teacher(folder).add_wordings("use-wifi", ["공유기 이름이 뭐예요"])  # it is not served


def test_what_is_there_already_is_not_learned_again(folder: Path) -> None:
    with pytest.raises(LearnError, match="이미 다 있습니다"):
        teacher(folder).add_wordings("loan-count", ["몇 권까지 빌려요?", "대출권수"])
    with pytest.raises(RefusedError, match="항목이 없습니다"):
        teacher(folder).add_wordings("no-such", ["가나다"])


def test_a_known_failure_that_passes_leaves_the_list(folder: Path) -> None:
    (folder / "tests" / "known.yaml").write_text(
        "tests:\n  known_failures:\n  # 남는 것\n  - {q: 양자역학, entry: loan-count, why: 모름}\n"
        "  - {q: 충전 단자 자리, entry: use-wifi, why: 아직}\n",
        encoding="utf-8",
    )
    use = folder / "entries" / "use.yaml"
    use.write_text(
        use.read_text(encoding="utf-8").replace(
            "match: [와이파이 비밀번호]", "match: [와이파이 비밀번호, 충전 단자 자리]"
        ),
        encoding="utf-8",
    )
    learned = teacher(folder).add_wordings(
        "use-wifi", ["충전 단자는 어느 자리에 있나요", "충전 단자 자리 어디예요", "충전 단자 있는 자리요"]
    )
    assert learned.mended == ("충전 단자 자리",)
    known = learned.drafts.changed["tests/known.yaml"].decode()
    assert "충전 단자" not in known
    assert "# 남는 것\n  - {q: 양자역학" in known


def test_words_without_the_names_that_the_entry_needs_are_refused_and_it_says_why(folder: Path) -> None:
    before = (folder / "entries" / "use.yaml").read_text(encoding="utf-8")
    with pytest.raises(LearnError) as caught:
        teacher(folder).add_wordings("use-compare", ["어디가 제일 좋아요"])
    assert "어디가 제일 좋아요" in str(caught.value)
    assert "이름이 있어야 합니다" in str(caught.value)
    assert (folder / "entries" / "use.yaml").read_text(encoding="utf-8") == before


def test_a_gap_is_learned_as_it_was_shown_and_nothing_is_asked_for_it(desk: HelpDesk) -> None:
    records = rows(*LOCKERS, ("u9", "낭독 봉사 하고 싶어요", "fallback"))
    found = gaps.find(records, desk, NOW)
    names = gaps.unnamed(found, records)
    late = rows(("u7", "사물함은 어디에 있어요", "fallback"), start=50)
    seen = [*(replace(r, gap=names[r.id]) for r in records), *late]
    first = gaps.one(found, 1)
    again = gaps.shown(seen, 1)
    assert first is not None
    assert again is not None
    assert (again.id, set(again.wordings), again.people) == (first.id, set(first.wordings), first.people)
    assert set(again.seen) == set(again.wordings), "what came later was not shown"
    assert gaps.shown(seen, records[-1].id) != again
    unseen = gaps.shown(seen, 50)
    assert unseen is not None
    assert unseen.seen == (), "its words were shown to nobody"
    assert gaps.shown(seen, 99) is None
