"""The language of a question that nobody chose: English is answered in English, Korean on a wrong keyboard is not."""

import pytest

from bot.channels.terminal import parse_line
from bot.desk.language import spoken


@pytest.mark.parametrize(
    "text",
    [
        "can we still apply?",
        "What is the royalty rate?",
        "how long is the support",
        "phone number of Kumoh",
        "who leads the project",
    ],
)
def test_an_english_question_is_english(text: str) -> None:
    assert spoken(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "KIMM",
        "ckddnjseo wjsghk",
        "wlrma tlscjd ehlsk",
        "1357",
        "",
        "我们公司可以申请吗",
    ],
)
def test_what_is_not_clearly_english_is_not(text: str) -> None:
    assert spoken(text) == ""


@pytest.mark.parametrize("text", ["지금 신청되나요", "TIPA 전화", "IRIS what 이에요", "ㅅㅊ"])
def test_hangul_is_korean_where_the_desk_speaks_it(text: str) -> None:
    assert (spoken(text), spoken(text, ("en",))) == ("ko", "")


def test_a_line_of_json_may_choose_the_language() -> None:
    assert parse_line(b'{"user": "u", "text": "KIMM", "language": "en"}', 1) == ("u", "KIMM", "en")
    assert parse_line(b'{"text": "can we apply", "language": "ko"}', 2) == ("line-2", "can we apply", "ko")
    assert parse_line(b'{"text": "can we apply", "language": 7}', 3)[2] == ""
    assert parse_line("지금 돼요".encode(), 4) == ("line-4", "지금 돼요", "")
