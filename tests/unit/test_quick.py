"""What makes it quick changes nothing: grams looked up, results remembered."""

import pickle

import pytest

from bot.caches import LRUCache
from bot.desk.desk import HelpDesk
from bot.matching import matcher as module
from bot.matching.grams import GramCache, grams

TEXTS = [
    "창원대 담당자 전화번호 알려 주세요",
    "자부담이 얼마예요 우리 회사는 3억 받았는데",
    "ㅊㅇㄷ",
    "TRL이 뭐예요?",
    "조선대하고 창원대 중에 배터리 하는 데가 어디죠",
    "",
    "가",
    "😀",
]


@pytest.mark.parametrize("text", [*TEXTS, "\ue001 전화\u241f\ue002\u241f\ue003"])
def test_grams_looked_up_are_the_grams(text: str) -> None:
    cache = GramCache(16)
    expected = set(grams([text], 16).bucket.tolist())
    assert cache.buckets(text) == expected
    assert cache.buckets(text) == expected


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_remembered_is_what_was_found(shipped: HelpDesk, text: str) -> None:
    matcher = shipped.matcher
    matcher.forget()
    first = matcher.rank(matcher.read(text))
    assert matcher.rank(matcher.read(text)) is first
    assert matcher._ranked(matcher.reader.read(text), deep=True) == first


def test_memory_is_bounded(shipped: HelpDesk) -> None:
    matcher = shipped.matcher
    assert matcher._read.most == module._CACHED
    long = "가나다라 " * 100
    before = len(matcher._read)
    matcher.rank(matcher.read(long))
    assert len(matcher._read) == before


def test_only_the_last_are_remembered() -> None:
    remembered: LRUCache[int] = LRUCache(2)
    made: list[int] = []

    def value(key: int) -> int:
        return remembered.get(key, lambda: made.append(key) or 10 * key)

    assert [value(k) for k in (1, 2, 1, 3, 1, 2)] == [10, 20, 10, 30, 10, 20]
    assert made == [1, 2, 3, 2]
    assert len(remembered) == 2
    remembered.clear()
    assert len(remembered) == 0


def test_a_desk_can_be_packed_and_answers_the_same(shipped: HelpDesk) -> None:
    again = pickle.loads(pickle.dumps(shipped))
    for text in (*TEXTS, "싱청 자격이 머에요"):
        assert again.matcher.reader.read(text) == shipped.matcher.reader.read(text)
