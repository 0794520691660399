"""Parts of a message: which of its sentences asks, and how many questions it holds."""

import pytest

from bot.matching.parts import joined, questions, sentences, stands_alone


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


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("지원금 얼마고 자부담 얼마예요", ["지원금 얼마고", "자부담 얼마예요"]),
        ("경쟁률은 얼마였고 몇개 뽑았어요?", ["경쟁률은 얼마였고", "몇개 뽑았어요?"]),
        ("기술료도 내나요 그리고 조선대 담당자는?", ["기술료도 내나요", "조선대 담당자는?"]),
        ("지금 신청되나요? 안되면 비슷한 사업 뭐있어요", ["지금 신청되나요?", "안되면 비슷한 사업 뭐있어요"]),
        ("기술료안내면어떻게되고분할은되나요", ["기술료안내면어떻게되고", "분할은되나요"]),
        (
            "저희는 구미 회사인데요. 신청 되나요? 얼마까지 줘요?",
            ["저희는 구미 회사인데요. 신청 되나요?", "얼마까지 줘요?"],
        ),
        ("what was the maximum grant and how long", ["what was the maximum grant", "how long"]),
    ],
)
def test_several_questions_are_told_apart(text: str, asked: list[str]) -> None:
    assert questions(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "산학연과 기업이 같이 하는 사업인가요",
        "창원대 분야하고 전화번호",  # two things, one question
        "기업이 주관인가요 대학이 주관인가요",
        "드론은 한서대인가요? 아니면 금오공대인가요",
        "뭘 하고 싶은데 어디에 물어보죠",
        "어떻게 되냐고 물어봤는데 답이 없어요",
        "누가 심사하고 선정했나요",
        "연구비로 노트북하고 책상 사도 돼요?",
        "몇 년부터 몇 년까지 하는 사업인가요",
        "근로자가 몇 명인지도 신청 조건이었나요",
        "Our firm has tax arrears, could we apply?",
        "?" * 400,
        "얼마고 " * 500,
    ],
)
def test_one_question_stays_one(text: str) -> None:
    assert questions(text) == []


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("창원대 분야하고 전화번호", ["창원대 분야", "전화번호"]),
        ("창원대 전화번호랑 주소랑 홈피", ["창원대 전화번호", "주소", "홈피"]),
        ("최종보고서 기한 / 성과활용보고 기한", ["최종보고서 기한", "성과활용보고 기한"]),
        ("대학이랑 기업 중에 누가 주관이에요", []),
        ("정부출연금이랑 민간부담금 차이", []),
        ("위탁기관 성과 귀속", []),
        ("확인하고 싶어요", []),
        ("R&D 예산", []),
    ],
)
def test_things_that_a_question_joins(text: str, things: list[str]) -> None:
    assert joined(text) == things
