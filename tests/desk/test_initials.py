"""Messages in initial consonants: key words are asked back about, interjections are small talk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import app
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.desk.reasons import Reason
from bot.words import Outcome, Query, Reply
from tests.conftest import NOW


def said(desk: HelpDesk, text: str) -> Reply:
    return desk.answer(Query(text, "u", NOW, "test"), Context())[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ㄱㅅㄹ", "royalty-"),
        ("ㅇㅇㅅㅊ", "appeal-"),
        ("ㅇㄱㄴㅌ", "ip-labnote"),
        ("ㄱㅅㄹ 얼마", "royalty-"),
        ("창원대 ㅈㅎ", "institution-phone.changwon"),
        ("ㅊㅇㄷㅈㅎ", "institution-phone.changwon"),
    ],
)
def test_initials_of_a_key_word_are_asked_back_about(shipped: HelpDesk, text: str, wanted: str) -> None:
    reply = said(shipped, text)
    assert (reply.outcome, reply.why) == (Outcome.ASK, Reason.INITIALS)
    assert reply.choices[0].entry.startswith(wanted)
    assert reply.body == shipped.base.reply("initials")


@pytest.mark.parametrize("text", ["ㄱㅅ", "ㄱㅅㄱㅅ", "ㄳ", "ㅇㅋ ㄱㅅ", "ㄱㅅㅎㄴㄷ", "ㅋㅋㅋ", "ㅅㄱ", "ㅈㅅ"])
def test_interjections_stay_small_talk(shipped: HelpDesk, text: str) -> None:
    assert said(shipped, text).outcome is Outcome.SMALLTALK


def test_a_search_shows_what_is_beside_a_known_question(shipped: HelpDesk) -> None:
    found = [m.entry.id for m in shipped.search("신청 자격", 5)]
    assert len(set(found)) == 5
    assert found[0] == said(shipped, "신청 자격").entry


def test_a_search_reads_them_too(shipped: HelpDesk) -> None:
    found = [m.entry.id for m in shipped.search("ㄱㅅㄹ", 3)]
    assert found[0] == "royalty-rate"
    assert len(found) == 3
    assert [m.entry.id for m in shipped.search("기술료", 1)] == found[:1]


def test_of_what_they_may_mean_only_what_is_near_is_suggested(shipped: HelpDesk) -> None:
    read = shipped.suggester.read("ㄱㅅㄹ", 20)
    assert read is not None
    found, every = ([m.entry.id for m in one] for one in (shipped.suggester.near("ㄱㅅㄹ", 40), read.matches))
    furthest = min(read.matches, key=lambda m: m.score).entry.id
    assert set(found) < set(every)
    assert furthest not in found
    assert found[0] == "royalty-rate"


def test_what_is_chosen_of_them_is_answered(shipped: HelpDesk) -> None:
    first, context = shipped.answer(Query("ㄱㅅㄹ", "u", NOW, "test"), Context())
    then, _ = shipped.answer(Query("1", "u", NOW, "test"), context)
    assert then.entries == (first.choices[0].entry,)


def test_in_any_knowledge_base(folder: Callable[..., Path]) -> None:
    text = """
    entries:
    - {id: late, questions: [연체료가 있나요, 연체료 얼마, 연체료는 언제 내요], answer: 하루 백 원입니다.}
    - {id: hours, questions: [몇 시에 여나요, 여는 시각, 언제 열어요], answer: 아홉 시에 엽니다.}
    - {id: thanks, kind: smalltalk, talk: [thanks], questions: [고마워요, 감사합니다, 고맙습니다], answer: 천만에요.}
    """
    desk = app.desk(folder(base=text))
    assert [c.entry for c in said(desk, "ㅇㅊㄹ").choices][:1] == ["late"]
    assert said(desk, "ㄱㅅㅎㄴㄷ").outcome is Outcome.SMALLTALK
