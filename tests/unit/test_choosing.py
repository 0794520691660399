"""Which of several things a message points at: by number, by order, all of them, all but one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.choosing import chosen, items, places, points


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


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("첫 번째", 0), ("두 번째", 1), ("둘째", 1), ("세 번째", 2), ("셋째", 2), ("네 번째", 3), ("넷째", 3),
        ("다섯 번째", 4), ("여섯 번째", 5), ("일곱째", 6), ("9번", 8),
        ("일번", 0), ("이번", 1), ("삼번", 2), ("사번", 3), ("맨 뒤에 거", 8),
    ],
)  # fmt: skip
def test_every_place_has_its_number_and_its_order(text: str, place: int) -> None:
    assert chosen(text, 9) == (place,)


def test_a_number_in_words_is_said_with_번() -> None:
    assert chosen("이거 1번", 3) == (0,)
    assert chosen("일번이랑 이거", 3) == (0,)


@pytest.mark.parametrize(
    ("text", "pointing"),
    [("1번 전화", True), ("일번 전화", True), ("①번", True), ("마지막 거", True), ("기술료는요", False), ("", False)],
)
def test_what_points_at_anything(text: str, *, pointing: bool) -> None:
    assert points(text) is pointing


@pytest.mark.parametrize(
    ("text", "expected", "rest"),
    [
        ("전부전화", (0, 1, 2), ["전화"]),
        ("주소전부전화", (0, 1, 2), ["주소", "전화"]),
        ("주소1번전화", (0,), ["주소", "전화"]),
        ("주소 2번 말고 전화", (0, 2), ["주소", "전화"]),
        ("2️⃣호점", (1,), ["호점"]),
        ("1번 4번", (), ["1번", "4번"]),
        ("전화 말고", (), ["전화", "말고"]),
    ],
)
def test_what_else_is_said_is_left(text: str, expected: tuple[int, ...], rest: list[str]) -> None:
    found, left = places(text, 3)
    assert (found, left.split()) == (expected, rest)


def test_what_is_said_of_a_thing_in_a_list_is_left() -> None:
    place, rest = places("두 번째 거 전화번호요", 3)
    assert place == (1,)
    assert "전화번호" in rest


def test_an_answer_lists_its_marked_lines_or_its_clauses() -> None:
    assert items("내는 것:\n- 연차보고서\n- 최종보고서") == ["연차보고서", "최종보고서"]
    assert items("- 연차보고서, 최종보고서") == ["- 연차보고서", "최종보고서"]
    assert items("연차보고서 그리고 최종보고서 또는 요약") == ["연차보고서", "최종보고서", "요약"]
    assert items("1. 연차보고서 \n2. 최종보고서") == ["연차보고서 ", "최종보고서"]
    assert items("연차보고서는 매년, 최종보고서는 끝나고 냅니다.") == [
        "연차보고서는 매년",
        "최종보고서는 끝나고 냅니다.",
    ]


@given(st.text(max_size=60), st.integers(1, 6))
def test_only_what_is_offered_is_chosen(text: str, count: int) -> None:
    found = chosen(text, count)
    assert len(set(found)) == len(found)
    assert all(0 <= i < count for i in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("the second one", (1,)), ("First please", (0,)), ("third", (2,)), ("what comes first?", ())],
)
def test_ordinals_in_english_choose(text: str, expected: tuple[int, ...]) -> None:
    assert chosen(text, 3) == expected
