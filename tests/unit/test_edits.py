"""Words a few edits away: the look-up finds what comparing with every word finds."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, Levenshtein

from bot.hangul import jamo, to_qwerty
from bot.matching.edits import Edits

_LETTERS = st.text("abcㄱ", max_size=9)
_WORDS = st.text("가각간강고곡노녹소속", min_size=1, max_size=6)


def _compared(words: list[str], word: str, most: int, *, swaps: bool) -> dict[int, int]:
    distance = OSA.distance if swaps else Levenshtein.distance
    return {i: d for i, w in enumerate(words) if (d := distance(word, w)) <= most}


@pytest.mark.parametrize(("most", "swaps"), [(1, False), (1, True), (2, False)])
@given(words=st.lists(_LETTERS, max_size=30), word=_LETTERS)
def test_the_same_words_as_by_comparing_with_each(most: int, swaps: bool, words: list[str], word: str) -> None:
    assert Edits(words, most, swaps=swaps).within(word) == _compared(words, word, most, swaps=swaps)


@pytest.mark.parametrize(("most", "swaps"), [(1, False), (1, True), (2, False)])
@given(words=st.lists(_WORDS, max_size=40), data=st.data())
def test_the_same_words_near_one_of_them(most: int, swaps: bool, words: list[str], data: st.DataObject) -> None:
    """Texts at random are seldom near: here a word of the list is mistyped."""
    forms = [to_qwerty(w) if swaps else jamo(w) for w in words]
    letters = list(data.draw(st.sampled_from(forms))) if forms else []
    for _ in range(data.draw(st.integers(0, most))):
        at = data.draw(st.integers(0, max(len(letters) - 1, 0)))
        what = data.draw(st.sampled_from(["insert", "delete", "replace", "swap"]))
        if what == "insert":
            letters.insert(at, data.draw(st.sampled_from("ㄱㅏa")))
        elif what == "delete":
            del letters[at : at + 1]
        elif what == "replace":
            letters[at : at + 1] = data.draw(st.sampled_from("ㄱㅏa"))
        else:
            letters[at : at + 2] = reversed(letters[at : at + 2])
    typed = "".join(letters)
    assert Edits(forms, most, swaps=swaps).within(typed) == _compared(forms, typed, most, swaps=swaps)


def test_words_longer_than_any() -> None:
    long = "가" * 70
    assert Edits([long], 1).within(long + "나") == {0: 1}
    assert Edits([long], 2).within(long) == {0: 0}


def test_it_can_be_packed() -> None:
    """A help desk is built in another process."""
    assert pickle.loads(pickle.dumps(Edits(["abcd"], 1, swaps=True))).within("acbd") == {0: 1}


@pytest.mark.parametrize(("most", "swaps"), [(0, False), (3, False), (2, True)])
def test_what_it_cannot_do_is_refused(most: int, swaps: bool) -> None:
    with pytest.raises(ValueError, match="most"):
        Edits(["abcd"], most, swaps=swaps)
