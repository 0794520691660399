"""The notice about the closed call is told once in a conversation, whatever is asked in it."""

import re
from datetime import timedelta

import pytest

from bot.desk.desk import HelpDesk
from bot.knowledge.build import load
from bot.words import Query
from tests.conftest import NOW, SHIPPED


def told(desk: HelpDesk, user: str, words: list[str]) -> list[str]:
    """Play a conversation; return the messages whose reply has a notice."""
    notices = [desk.composer.notice(name, NOW) for name in desk.base.notices]
    replies = [desk.ask(Query(w, user, NOW + timedelta(seconds=n))).text for n, w in enumerate(words)]
    return [w for w, text in zip(words, replies, strict=True) if any(n in text for n in notices)]


def test_no_dialogue_of_anybody_tells_a_notice_twice(shipped: HelpDesk) -> None:
    played = [d for d in load(SHIPPED).dialogues if re.fullmatch(r"D(0|1)\d\d", d.id)]  # voices/dialogues.yaml
    assert len(played) == 180
    seen = {d.id: told(shipped, d.id, [t.q for t in d.turns]) for d in played}
    assert {id: words for id, words in seen.items() if len(words) > 1} == {}
    assert sum(map(bool, seen.values())) > 10, "and it is told in some"


@pytest.mark.parametrize("then", ["다시 말해 줘", "더 자세히 알려 주세요", "신청 자격이 어떻게 되나요"])
def test_it_is_not_told_again_with_an_answer_that_is_told_again(shipped: HelpDesk, then: str) -> None:
    words = ["얼마를 지원해 줬나요", then]
    assert told(shipped, then, words) == words[:1]
