"""Parts of a message: which of its sentences asks."""

import pytest

from bot.matching.parts import sentences, stands_alone


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("저희는 직원 다섯 명입니다. 벤처 인증은 없습니다. 지금도 신청 받나요", ["지금도 신청 받나요"]),
        ("특허는 누구 것이 되나요? 교수님과는 사이가 좋습니다.", ["특허는 누구 것이 되나요?"]),
        ("얼마 전에 우편이 왔는데요 매출이 없습니다. 뭘 내야 하는 건가요", ["뭘 내야 하는 건가요"]),
        ("얼마까지 지원했는지 알고 싶습니다. 서울 회사입니다.", ["얼마까지 지원했는지 알고 싶습니다."]),
        ("장비를 샀습니다. 이제 팔려고 합니다.", ["이제 팔려고 합니다."]),
    ],
)
def test_a_sentence_that_asks_comes_before_those_that_tell(text: str, asked: list[str]) -> None:
    found = sentences(text)
    assert [part for part, asks in found if asks] == asked
    assert all(asks for _, asks in found[: len(asked)])


def test_a_greeting_is_no_sentence_beside_others() -> None:
    assert [part for part, _ in sentences("안녕하세요 저희는 구미에 있습니다. 신청되나요?")] == [
        "신청되나요?",
        "저희는 구미에 있습니다.",
    ]


def test_one_sentence_has_no_parts() -> None:
    assert sentences("지금 신청되나요?") == []


@pytest.mark.parametrize(
    ("sentence", "alone"),
    [("기술료는 몇 년 내나요?", True), ("이런 경우 누구 것입니까", False), ("그래도 내야 하나요", False)],
)
def test_a_sentence_that_points_back_does_not_stand_alone(sentence: str, alone: bool) -> None:
    assert stands_alone(sentence) is alone
