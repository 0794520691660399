"""Numbers that are written as they are spoken are shown as digits too, and never others than the answer says."""

import re

import pytest

from bot.channels.web.console.library import Library
from bot.channels.web.console.spoken import digits
from bot.desk.desk import HelpDesk
from tests.conftest import NOW

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:-\d+)?")


@pytest.mark.parametrize(
    ("spoken", "read"),
    [
        ("이천이십사 년 십이월 삼십일일 이후입니다.", "2024년 12월 31일 이후입니다."),
        ("유월 칠 일까지, 시월 삼일부터", "6월 7일까지, 10월 3일부터"),
        ("이월 말까지 냅니다. 예산은 이월할 수 있습니다.", "2월 말까지 냅니다. 예산은 이월할 수 있습니다."),
        ("중소기업은 이점오 퍼센트, 대기업은 십 퍼센트입니다.", "중소기업은 2.5%, 대기업은 10%입니다."),
        ("최대 이억 오천만 원이고 이 년 사 개월입니다.", "최대 2억 5000만원이고 2년 4개월입니다."),
        ("매출 사백억에서 천팔백억 원", "매출 400억에서 1800억원"),
        ("국번 없이 일삼오칠로, 일팔칠칠 국에 이공사일로", "국번 없이 1357로, 1877-2041로"),
        ("전화 일삼구팔, 일일공으로", "전화 1398, 110으로"),
        ("집현중앙로 칠십구에 있습니다.", "집현중앙로 79에 있습니다."),
        ("이 일은 사람이 합니다. 만일 그 일이 백 번째라면", "이 일은 사람이 합니다. 만일 그 일이 백 번째라면"),
        ("이 사업은 삼성과 오이도, 육아와 구미", "이 사업은 삼성과 오이도, 육아와 구미"),
    ],
)
def test_numbers_in_words_are_shown_as_digits(spoken: str, read: str) -> None:
    assert digits(spoken) == read
    assert digits(read) == read


def test_no_shipped_answer_gets_a_number_that_it_does_not_say(shipped: HelpDesk) -> None:
    """What is shown for reading out stands in the answer itself; most sentences that have numbers have them as digits."""
    library, shown = Library(shipped), 0
    for entry in shipped.base.entries.values():
        answer = library.answer(entry.id, NOW, "x")
        body = re.sub(r"(\d)천만", r"\g<1>000만", f"{answer.body} {answer.notice}").replace(",", "")
        whole = body + " ".join(p.text for p in entry.phases)
        assert not [n for n in _NUMBER.findall(answer.digits) if n not in whole], (entry.id, answer.digits)
        shown += bool(answer.digits)
    assert shown > 80
