"""Which of several things a message points at: by number, by order, all of them, all but one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.choosing import chosen, items, places


@pytest.mark.parametrize(
    "text",
    [
        "1번 알려주세요", "1번으로 부탁드려요", "1번 선택", "1번 궁금해요", "그냥 1", "아 1번", "첫번째 것 알려주세요",
        "일번", "1️⃣", "①", "1.", "1) ", "첫 번째요", "위에 거", "맨 앞에 거요", "1번이요!",
    ],
)  # fmt: skip
def test_the_first_is_chosen_in_many_words(text: str) -> None:
    assert chosen(text, 3) == (0,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("둘 다", (0, 1)), ("둘 다 알려줘", (0, 1)), ("둘다요", (0, 1)), ("전부 다 알려주세요", (0, 1)), ("1번이랑 2번", (0, 1)),
        ("1,2", (0, 1)), ("2번 말고", (0,)), ("첫번째 말고", (1,)), ("마지막 거요", (1,)), ("밑에 거요", (1,)),
    ],
)  # fmt: skip
def test_several_or_all_but_one_are_chosen(text: str, expected: tuple[int, ...]) -> None:
    assert chosen(text, 2) == expected


@pytest.mark.parametrize(
    "text",
    ["1번 기업도 되나요", "5번", "1357 번호", "이번에 신청 되나요", "둘이 뭐가 달라요", "2022년", "1억", "", "요"],
)
def test_what_says_more_or_points_at_nothing_chooses_nothing(text: str) -> None:
    assert chosen(text, 3) == ()


def test_what_is_said_of_a_thing_in_a_list_is_left() -> None:
    place, rest = places("두 번째 거 전화번호요", 3)
    assert place == (1,)
    assert "전화번호" in rest


def test_an_answer_lists_its_marked_lines_or_its_clauses() -> None:
    assert items("내는 것:\n- 연차보고서\n- 최종보고서") == ["연차보고서", "최종보고서"]
    assert items("연차보고서는 매년, 최종보고서는 끝나고 냅니다.") == [
        "연차보고서는 매년",
        "최종보고서는 끝나고 냅니다.",
    ]


@given(st.text(max_size=60), st.integers(1, 6))
def test_only_what_is_offered_is_chosen(text: str, count: int) -> None:
    found = chosen(text, count)
    assert len(set(found)) == len(found)
    assert all(0 <= i < count for i in found)
